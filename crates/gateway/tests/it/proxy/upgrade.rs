//! Connections that become something else.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rolo_gateway::{ProxyPlan, proxy::PhaseTimes};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{accept_async, client_async, tungstenite::Message};

use super::{
    behind::{Behind, Caller},
    front, patient, to,
};
use crate::harness::raw;

/// A WebSocket that says everything back.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut socket = accept_async(stream).await.unwrap();
            tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    if message.is_close() || socket.send(message).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn a_websocket_passes_both_ways_until_one_side_closes() {
    let front = front(ProxyPlan { times: patient(), ..to(echo().await) }).await;
    let stream = TcpStream::connect(front.at(0).await).await.unwrap();
    let (mut socket, answer) = client_async("ws://rolo.example/live", stream).await.unwrap();
    assert_eq!(answer.status(), 101);
    for size in [0, 5, 70_000, 3_000_000] {
        socket.send(Message::binary(vec![7; size])).await.unwrap();
        let back = socket.next().await.unwrap().unwrap();
        assert_eq!(back.into_data().len(), size);
    }
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
}

#[tokio::test]
async fn one_on_which_nothing_is_said_is_closed_and_one_that_talks_is_not() {
    let times = PhaseTimes { upgraded: Duration::from_millis(800), ..patient() };
    let front = front(ProxyPlan { times, ..to(echo().await) }).await;
    let stream = TcpStream::connect(front.at(0).await).await.unwrap();
    let (mut socket, _) = client_async("ws://rolo.example/live", stream).await.unwrap();
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        socket.send(Message::text("still here")).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap(), "still here");
    }
    assert!(socket.next().await.is_none_or(|message| message.is_err()), "nothing was said, and it ends");
}

#[tokio::test]
async fn nothing_goes_to_the_upstream_before_it_has_agreed() {
    let behind = Behind::start(|mut caller: Caller, _| async move {
        while let Some(came) = caller.request().await {
            let answer = came.head.lines().next().unwrap_or("");
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len())).await;
        }
    })
    .await;
    let front = front(to(&behind)).await;
    // What follows is not for the WebSocket, since there is none: it is the next request.
    let both = "GET /one HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let back = raw(front.at(0).await, both).await;
    assert_eq!(back.matches("HTTP/1.1 200").count(), 2, "{back}");
    assert!(back.contains("GET /one HTTP/1.1") && back.ends_with("GET /two HTTP/1.1"), "{back}");

    let (told, mut came) = Behind::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let front = super::front(to(&told)).await;
    let with_body = "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello";
    assert!(raw(front.at(0).await, with_body).await.ends_with("ok"));
    let came = came.recv().await.unwrap();
    assert_eq!((came.header("upgrade"), came.body.as_slice()), (None, &b"hello"[..]));
}

#[tokio::test]
async fn an_upstream_becomes_only_what_was_asked_for() {
    let behind = Behind::start(|mut caller: Caller, _| async move {
        caller.request().await;
        caller.say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n").await;
        caller.until_closed().await;
    })
    .await;
    let front = front(to(&behind)).await;
    let back =
        raw(front.at(0).await, "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n")
            .await;
    assert!(back.starts_with("HTTP/1.1 502 "), "{back}");
}

#[tokio::test]
async fn any_protocol_may_be_upgraded_to_and_its_first_octets_are_not_lost() {
    let behind = Behind::start(|mut caller: Caller, _| async move {
        let came = caller.request().await.unwrap();
        assert_eq!((came.header("upgrade"), came.header("connection")), (Some("echo/1"), Some("upgrade")));
        caller.say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo/1\r\n\r\nhello ").await;
        let mut said = [0; 5];
        caller.stream.read_exact(&mut said).await.unwrap();
        caller.say(said).await;
    })
    .await;
    let front = front(to(&behind)).await;
    let mut visitor = TcpStream::connect(front.at(0).await).await.unwrap();
    visitor
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\nworld")
        .await
        .unwrap();
    let mut back = String::new();
    visitor.read_to_string(&mut back).await.unwrap();
    assert!(back.starts_with("HTTP/1.1 101 ") && back.ends_with("\r\n\r\nhello world"), "{back}");
}
