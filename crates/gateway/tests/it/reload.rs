//! Promise 4.5: another plan without a failed request, a plan that cannot be followed changes nothing, and an orderly end.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use rolo_gateway::{BoxError, Hosts, Patience, Plan, Route, Site};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::harness::{
    Answer, Ask1, Does, Held, Running, client, fetch, fetch_tls, get, http1, http2, plan, raw, self_signed, text, tls,
    try_fetch, try_fetch_tls, try_whole, whole,
};

/// A plan whose site says its number.
fn numbered(listens: &[&str], number: usize) -> Plan {
    let says = Does(move |_, _| async move { text(StatusCode::OK, number.to_string()) });
    let sites = vec![Site { routes: vec![Route::new("/v1", Arc::new(says))], ..Site::default() }];
    Plan { sites, hosts: Hosts::Any, ..plan(listens) }
}

#[derive(Clone, Copy)]
enum Way {
    Kept,
    New,
    Tls,
}

async fn once_more(kept: &mut Ask1) -> Result<Answer, BoxError> {
    kept.ready().await?;
    try_whole(kept.send_request(get("/v1", "localhost", &[])).await?).await
}

/// Visitors who ask again and again: over a connection they keep, over a new one each time, over TLS.
#[derive(Clone)]
struct Visitors {
    open: SocketAddr,
    secret: SocketAddr,
    over: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
}

impl Visitors {
    /// Two of each kind, until it is over.
    fn come(open: SocketAddr, secret: SocketAddr) -> (Self, JoinSet<()>) {
        let visitors = Self { open, secret, over: Arc::default(), asked: Arc::default(), failed: Arc::default() };
        let mut each = JoinSet::new();
        for kind in [Way::Kept, Way::New, Way::Tls, Way::Kept, Way::New, Way::Tls] {
            each.spawn(visitors.clone().ask(kind));
        }
        (visitors, each)
    }

    async fn ask(self, way: Way) {
        let mut kept = http1(TcpStream::connect(self.open).await.unwrap()).await.0;
        let mut last = 0;
        while !self.over.load(Ordering::SeqCst) {
            let answer = match way {
                Way::Kept => once_more(&mut kept).await,
                Way::New => try_fetch(self.open, "/v1", "localhost", &[]).await,
                Way::Tls => try_fetch_tls(self.secret, "localhost", "/v1", "localhost").await,
            };
            match answer {
                Ok(answer) if answer.status == 200 => {
                    let number: usize = answer.text.parse().unwrap();
                    assert!(number >= last, "a plan that was replaced came back");
                    last = number;
                }
                _ => {
                    self.failed.fetch_add(1, Ordering::SeqCst);
                }
            }
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    }

    /// Until so many more have been answered.
    async fn more(&self, count: usize) {
        let before = self.asked.load(Ordering::SeqCst);
        while self.asked.load(Ordering::SeqCst) < before + count {
            tokio::task::yield_now().await;
        }
    }

    /// How many requests failed.
    async fn go(self, each: JoinSet<()>) -> usize {
        self.over.store(true, Ordering::SeqCst);
        each.join_all().await;
        self.failed.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_reloads_fail_no_request() {
    let (certificates, _folder) = self_signed(&["localhost"]);
    // A third listener comes and goes all the time.
    let listens = ["127.0.0.1:0", "https://127.0.0.1:0", "http://[::1]:0"];
    let next = |number| Plan { certificates: certificates.clone(), ..numbered(&listens[..2 + number % 2], number) };
    let running = Running::start(next(0)).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);
    let (visitors, each) = Visitors::come(open, secret);
    for number in 1..=100 {
        running.gateway.reload(next(number)).await.unwrap();
        visitors.more(3).await;
    }
    assert_eq!(visitors.go(each).await, 0);
    assert_eq!(fetch(open, "/v1", "localhost", &[]).await.text, "100");
}

/// The control: a gateway that is stopped and started again is noticed by those very visitors.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_instead_of_a_reload_is_noticed() {
    let (certificates, _folder) = self_signed(&["localhost"]);
    let next = |listens: &[&str], number| Plan { certificates: certificates.clone(), ..numbered(listens, number) };
    // On an address of its own: nobody's connection goes out from a port of it while it is free.
    let running = Running::start(next(&["127.0.0.77:0", "https://127.0.0.77:0"], 0)).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);
    let (visitors, each) = Visitors::come(open, secret);
    visitors.more(6).await;
    running.stop.cancel();
    running.ended.await.unwrap();
    let _again = Running::start(next(&[&open.to_string(), &format!("https://{secret}")], 1)).await;
    visitors.more(6).await;
    assert_ne!(visitors.go(each).await, 0);
}

#[tokio::test]
async fn a_plan_that_cannot_be_followed_changes_nothing_and_says_why() {
    let running = Running::start(numbered(&["127.0.0.1:0"], 1)).await;
    let at = running.at(0).await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let before = running.gateway.addresses().await;

    let free = "127.0.0.1:0";
    for (listens, why) in [
        (vec!["127.0.0.1:0", free, taken.as_str()], taken.as_str()),
        (vec!["https://127.0.0.1:0"], "no certificate"),
        (vec!["unix:/nowhere/at/all.sock"], "/nowhere/at/all.sock"),
    ] {
        let refused = running.gateway.reload(numbered(&listens, 2)).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
        assert_eq!(running.gateway.addresses().await, before);
        assert_eq!(fetch(at, "/v1", "localhost", &[]).await.text, "1");
    }
    running.gateway.reload(numbered(&["127.0.0.1:0"], 3)).await.unwrap();
    assert_eq!(fetch(at, "/v1", "localhost", &[]).await.text, "3");
}

#[tokio::test]
async fn listeners_come_and_go_and_what_runs_finishes_on_the_old_plan() {
    let held = Held::new();
    let mut first = numbered(&["127.0.0.1:0", "http://[::1]:0"], 1);
    first.sites[0].routes.insert(0, Route::new("/v1/slow", Arc::new(held.clone())));
    let running = Running::start(first).await;
    let (stays, goes) = (running.at(0).await, running.at(1).await);
    let slow = tokio::spawn(async move { fetch(goes, "/v1/slow", "localhost", &[]).await });
    held.asked.acquire().await.unwrap().forget();
    let (_ask, idle) = http1(TcpStream::connect(goes).await.unwrap()).await;

    let (certificates, _folder) = self_signed(&["localhost"]);
    let next = Plan { certificates, ..numbered(&["127.0.0.1:0", "https://127.0.0.1:0"], 2) };
    running.gateway.reload(next).await.unwrap();
    assert_eq!(running.at(0).await, stays, "a socket that stays is kept");
    let comes = running.at(1).await;
    assert_eq!(fetch_tls(comes, "localhost", "/v1", "localhost").await.text, "2");
    idle.await.unwrap();
    assert!(TcpStream::connect(goes).await.is_err(), "nobody listens there any more");
    held.let_go.add_permits(1);
    assert_eq!(slow.await.unwrap().text, "at last");
}

#[tokio::test]
async fn a_port_changes_to_tls_without_being_closed() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let running = Running::start(numbered(&[&free.to_string()], 1)).await;
    assert_eq!(fetch(free, "/v1", "localhost", &[]).await.text, "1");
    let (certificates, _folder) = self_signed(&["localhost"]);
    let next = Plan { certificates, ..numbered(&[&format!("https://{free}")], 2) };
    running.gateway.reload(next).await.unwrap();
    assert_eq!(fetch_tls(free, "localhost", "/v1", "localhost").await.text, "2");
}

#[tokio::test]
async fn at_the_end_what_runs_finishes_and_what_rests_is_closed() {
    let held = Held::new();
    let (certificates, _folder) = self_signed(&["localhost"]);
    let mut plan = Plan { certificates, ..numbered(&["127.0.0.1:0", "https://127.0.0.1:0"], 1) };
    plan.sites[0].routes.insert(0, Route::new("/v1/slow", Arc::new(held.clone())));
    let running = Running::start(plan).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);

    let slow = tokio::spawn(async move { fetch(open, "/v1/slow", "localhost", &[]).await });
    let (mut slow2, connection2) = http2(tls(secret, "localhost", &client(&["h2"])).await.unwrap()).await;
    let running2 = slow2.send_request(get("https://localhost/v1/slow", "", &[]));
    let running2 = tokio::spawn(async move { whole(running2.await.unwrap()).await });
    held.asked.acquire_many(2).await.unwrap().forget();
    // Those that rest: never used, used before, and of HTTP/2.
    let never = http1(TcpStream::connect(open).await.unwrap()).await;
    let mut before = http1(TcpStream::connect(open).await.unwrap()).await;
    assert_eq!(whole(before.0.send_request(get("/v1", "localhost", &[])).await.unwrap()).await.text, "1");
    let mut rests = http2(TcpStream::connect(open).await.unwrap()).await;
    assert_eq!(whole(rests.0.send_request(get("http://localhost/v1", "", &[])).await.unwrap()).await.text, "1");

    running.stop.cancel();
    for connection in [never.1, before.1, rests.1] {
        connection.await.unwrap();
    }
    while TcpStream::connect(open).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(
        slow2.send_request(get("https://localhost/v1", "", &[])).await.is_err(),
        "no new request: it was said goodbye"
    );
    assert!(!running.ended.is_finished(), "it waits for those that run");
    held.let_go.add_permits(2);
    assert_eq!(slow.await.unwrap().text, "at last");
    assert_eq!(running2.await.unwrap().text, "at last");
    connection2.await.unwrap();
    running.ended.await.unwrap();
    assert_eq!(running.gateway.figures().connections, 0);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_within_half_a_minute() {
    assert!(Patience::default().drain <= Duration::from_secs(30));
    let held = Held::new();
    let patience = Patience { drain: Duration::from_millis(200), ..Patience::default() };
    let mut plan = Plan { patience, ..numbered(&["127.0.0.1:0"], 1) };
    plan.sites[0].routes.insert(0, Route::new("/v1/slow", Arc::new(held.clone())));
    let running = Running::start(plan).await;
    let mut stream = TcpStream::connect(running.at(0).await).await.unwrap();
    stream.write_all(b"GET /v1/slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    held.asked.acquire().await.unwrap().forget();
    running.stop.cancel();
    running.ended.await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert_eq!(held.answered.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_gateway_that_is_dropped_lets_go_of_its_port() {
    let running = Running::start(numbered(&["127.0.0.1:0"], 1)).await;
    let at = running.at(0).await;
    assert!(raw(at, "GET /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.ends_with('1'));
    running.ended.abort();
    let _ = running.ended.await;
    drop(running.gateway);
    while TcpListener::bind(at).await.is_err() {
        tokio::task::yield_now().await;
    }
}
