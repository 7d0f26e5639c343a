//! How much of the gateway one address may have: by its connections, or by its requests where a proxy speaks for it.

use std::{net::SocketAddr, sync::Arc};

use rolo_gateway::{Plan, Route, Site, Trusted};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{Ask1, Held, Running, fetch, get, http1, plan, raw, try_fetch, whole};

const ASKED: &str = "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// A connection that was answered once, and rests.
async fn resting(stream: TcpStream) -> Ask1 {
    let (mut ask, _connection) = http1(stream).await;
    assert_eq!(whole(ask.send_request(get("/v1", "localhost", &[])).await.unwrap()).await.status, 200);
    ask
}

/// A connection from another address of this machine.
async fn from(address: &str, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(address.parse().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// Three rest: one more of the same address is closed unheard, whoever comes from another one is answered.
#[tokio::test]
async fn an_address_has_as_many_connections_as_it_may_and_others_come_in() {
    let running = Running::start(Plan { crowd_max: Some(3), ..plan(&["http://127.0.0.1:0"]) }).await;
    let at = running.at(0).await;
    let mut crowd = Vec::new();
    for _ in 0..3 {
        crowd.push(resting(TcpStream::connect(at).await.unwrap()).await);
    }
    assert_eq!(raw(at, ASKED).await, "", "it is closed, and not answered");
    assert_eq!(running.gateway.figures().turned_away, 1);
    let neighbour = resting(from("127.0.0.2", at).await).await;
    crowd.truncate(2);
    while try_fetch(at, "/v1", "localhost", &[]).await.is_err() {
        tokio::task::yield_now().await;
    }
    drop((crowd, neighbour));
}

/// A proxy's word about a visitor is one thing, how many connections it may have another.
#[tokio::test]
async fn whoever_is_believed_about_visitors_is_counted_unless_it_is_said_that_only_a_proxy_comes() {
    let trusted = || Trusted::parse(&["127.0.0.1"]).unwrap();
    for (uncounted, last) in [(Trusted::default(), 0), (trusted(), 200)] {
        let plan = Plan { crowd_max: Some(3), trusted: trusted(), uncounted, ..plan(&["http://127.0.0.1:0"]) };
        let running = Running::start(plan).await;
        let at = running.at(0).await;
        let mut crowd = Vec::new();
        for _ in 0..3 {
            crowd.push(resting(TcpStream::connect(at).await.unwrap()).await);
        }
        let answer = try_fetch(at, "/v1", "localhost", &[("x-forwarded-for", "192.0.2.1")]).await;
        assert_eq!(answer.map_or(0, |answer| answer.status), last);
    }
}

#[tokio::test]
async fn behind_a_proxy_what_a_visitor_asks_at_a_time_is_counted() {
    let held = Held::new();
    let site = Site { routes: vec![Route::new("/v1", Arc::new(held.clone()))], ..Site::default() };
    let trusted = || Trusted::parse(&["127.0.0.1"]).unwrap();
    let plan = Plan {
        sites: vec![site],
        crowd_max: Some(2),
        trusted: trusted(),
        uncounted: trusted(),
        ..plan(&["http://127.0.0.1:0"])
    };
    let running = Running::start(plan).await;
    let at = running.at(0).await;
    let ask = |visitor: &'static str| {
        tokio::spawn(async move { fetch(at, "/v1", "localhost", &[("x-forwarded-for", visitor)]).await })
    };
    let mut asked = vec![ask("2001:db8::1"), ask("2001:db8::2")];
    held.asked.acquire_many(2).await.unwrap().forget();
    let refused = tokio::select! {
        refused = ask("2001:db8::3") => refused.unwrap(),
        _ = held.asked.acquire() => panic!("a third was handed on"),
    };
    assert_eq!((refused.status, refused.header("retry-after")), (429, "1"), "{refused:?}");
    assert!(refused.text.contains("from your address"), "{refused:?}");
    assert_eq!(running.gateway.figures().turned_away, 1);
    asked.push(ask("2001:db8:0:1::1"));
    held.asked.acquire().await.unwrap().forget();
    held.let_go.add_permits(3);
    for answer in asked {
        assert_eq!(answer.await.unwrap().status, 200);
    }
    held.let_go.add_permits(1);
    while ask("2001:db8::3").await.unwrap().status == 429 {
        tokio::task::yield_now().await;
    }
}
