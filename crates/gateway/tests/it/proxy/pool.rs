//! Connections that are used again, and which of several upstreams is asked.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rolo_gateway::{
    Proxy, ProxyPlan,
    proxy::{Choice, HealthCheck, Rate},
};
use tokio::{net::TcpListener, sync::Notify};

use super::{
    behind::{Behind, Caller},
    front, patient, to, to_all,
};
use crate::harness::{self, fetch, raw};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn saying(name: &'static str) -> impl Future<Output = Behind> {
    Behind::start(move |mut caller: Caller, _| async move {
        while caller.request().await.is_some() {
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len())).await;
        }
    })
}

#[tokio::test]
async fn requests_one_after_the_other_share_a_connection() {
    let (behind, _came) = Behind::answering(OK).await;
    let front = front(to(&behind)).await;
    for _ in 0..20 {
        assert_eq!(fetch(front.at(0).await, "/", "a", &[]).await.text, "ok");
    }
    assert_eq!(behind.connections(), 1);
}

/// An upstream whose first connection answers one request, and dies when the second has been read.
async fn dying() -> (Behind, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let behind = Behind::start(move |mut caller: Caller, nth| {
        let requests = Arc::clone(&count);
        async move {
            let mut answered = 0;
            while caller.request().await.is_some() {
                requests.fetch_add(1, Ordering::SeqCst);
                if nth == 0 && answered == 1 {
                    return;
                }
                caller.say(OK).await;
                answered += 1;
            }
        }
    });
    (behind.await, requests)
}

#[tokio::test]
async fn a_kept_connection_that_dies_is_made_anew_for_what_may_be_repeated_alone() {
    let (behind, requests) = dying().await;
    let proxy = front(to(&behind)).await;
    for _ in 0..2 {
        assert_eq!(fetch(proxy.at(0).await, "/", "a", &[]).await.text, "ok");
    }
    assert_eq!((behind.connections(), requests.load(Ordering::SeqCst)), (2, 3));

    let (behind, requests) = dying().await;
    let proxy = front(to(&behind)).await;
    assert_eq!(fetch(proxy.at(0).await, "/", "a", &[]).await.text, "ok");
    for post in [
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ] {
        let before = requests.load(Ordering::SeqCst);
        let back = raw(proxy.at(0).await, post).await;
        assert_eq!(requests.load(Ordering::SeqCst), before + 1, "it may have been done: nobody does it twice");
        let status = if before == 1 { "502" } else { "200" };
        assert!(back.starts_with(&format!("HTTP/1.1 {status} ")), "{back}");
    }
}

#[tokio::test]
async fn a_new_connection_that_dies_is_not_tried_again() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let requests = Arc::clone(&count);
        async move {
            caller.request().await;
            requests.fetch_add(1, Ordering::SeqCst);
        }
    })
    .await;
    let front = front(to(&behind)).await;
    assert_eq!(fetch(front.at(0).await, "/", "a", &[]).await.status, 502);
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn each_in_turn_or_the_one_with_least_to_do() {
    let (one, two) = (saying("one").await, saying("two").await);
    let in_turn = front(ProxyPlan { choice: Choice::InTurn, ..to_all(&[&one, &two]) }).await;
    let mut said = Vec::new();
    for _ in 0..4 {
        said.push(fetch(in_turn.at(0).await, "/", "a", &[]).await.text);
    }
    assert!(said == ["one", "two", "one", "two"] || said == ["two", "one", "two", "one"], "{said:?}");

    let release = Arc::new(Notify::new());
    let held = Arc::clone(&release);
    let busy = Behind::start(move |mut caller: Caller, _| {
        let held = Arc::clone(&held);
        async move {
            caller.request().await;
            held.notified().await;
            caller.say(OK).await;
        }
    })
    .await;
    let least = front(ProxyPlan { times: patient(), ..to_all(&[&busy, &two]) }).await;
    let address = least.at(0).await;
    let mut waiting = tokio::task::JoinSet::new();
    while busy.connections() == 0 {
        waiting.spawn(async move { fetch(address, "/", "a", &[]).await.text });
        tokio::task::yield_now().await;
        while waiting.len() > 1 {
            waiting.join_next().await;
        }
    }
    for _ in 0..5 {
        assert_eq!(fetch(address, "/", "a", &[]).await.text, "two", "the other one is busy");
    }
    release.notify_one();
    while let Some(text) = waiting.join_next().await {
        text.unwrap();
    }
}

#[tokio::test]
async fn when_one_upstream_is_away_the_others_answer_and_when_all_are_it_is_said_for_how_long() {
    let (one, two) = (saying("one").await, saying("two").await);
    let front = front(to_all(&[&one, &two])).await;
    one.stop().await;
    for _ in 0..6 {
        assert_eq!(fetch(front.at(0).await, "/", "a", &[]).await.text, "two");
    }
    let back_on = two.stop().await;
    let away = fetch(front.at(0).await, "/", "a", &[("accept", "text/html")]).await;
    assert_eq!(away.status, 503);
    let wait: u64 = away.header("retry-after").parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    assert!(away.text.contains("Back in a moment"), "{}", away.text);

    // One is there again, and nobody has to say so.
    let two = Behind::on(TcpListener::bind(back_on).await.unwrap(), |mut caller, _| async move {
        while caller.request().await.is_some() {
            caller.say(OK).await;
        }
    });
    while fetch(front.at(0).await, "/", "a", &[]).await.status != 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(two.connections(), 1);
}

#[tokio::test]
async fn a_body_that_was_not_begun_goes_to_the_next_upstream() {
    let gone = saying("gone").await.stop().await;
    let (behind, mut came) = Behind::answering(OK).await;
    let front = front(ProxyPlan { choice: Choice::InTurn, ..to_all(&[&format!("http://{gone}"), &behind]) }).await;
    for number in 0..4 {
        let post = format!("POST /{number} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        assert!(raw(front.at(0).await, &post).await.starts_with("HTTP/1.1 200 "));
        let came = came.recv().await.unwrap();
        assert_eq!((came.head.split(' ').nth(1), came.body.as_slice()), (Some(&*format!("/{number}")), &b"hi"[..]));
    }
}

/// Three servers, of which the first two are away: how many others are asked is the plan's to say.
#[tokio::test]
async fn no_more_others_are_asked_than_the_plan_says() {
    for (retries, status) in [(0, 502), (1, 502), (2, 200)] {
        let mut gone = [String::new(), String::new()];
        for gone in &mut gone {
            *gone = format!("http://{}", saying("gone").await.stop().await);
        }
        let (behind, _came) = Behind::answering(OK).await;
        let plan = ProxyPlan { choice: Choice::InTurn, retries, ..to_all(&[&gone[0], &gone[1], &behind]) };
        let front = front(plan).await;
        assert_eq!(fetch(front.at(0).await, "/", "a", &[]).await.status, status, "{retries} retries");
    }
}

#[tokio::test]
async fn one_that_hangs_is_found_by_its_checks_and_is_back_once_it_is_well() {
    let well = Arc::new(AtomicBool::new(true));
    let is_well = Arc::clone(&well);
    let ailing = Behind::start(move |mut caller: Caller, _| {
        let well = Arc::clone(&is_well);
        async move {
            while let Some(came) = caller.request().await {
                if came.head.starts_with("GET /ready") && !well.load(Ordering::SeqCst) {
                    caller.say("HTTP/1.1 503 Ill\r\nContent-Length: 0\r\n\r\n").await;
                } else {
                    caller.say(OK).await;
                }
            }
        }
    })
    .await;
    let health = Some(HealthCheck { interval: Duration::from_millis(50), ..HealthCheck::at("/ready") });
    let proxy = Arc::new(Proxy::new(ProxyPlan { health, ..to(&ailing) }));
    let up = || proxy.standing()[0].up;
    assert!(up());
    for state in [false, true] {
        well.store(state, Ordering::SeqCst);
        while up() != state {
            tokio::task::yield_now().await;
        }
    }
    well.store(false, Ordering::SeqCst);
    while up() {
        tokio::task::yield_now().await;
    }
    let request = harness::get("/", "a", &[]).map(|body| {
        use http_body_util::BodyExt as _;
        body.map_err(|never| match never {}).boxed_unsync()
    });
    let visitor = rolo_gateway::Peer { address: "192.0.2.1:1".parse().unwrap(), tls: false };
    let answer = rolo_gateway::Upstream::answer(&*proxy, request, visitor).await;
    assert_eq!(answer.status(), 503, "it is not asked while it is ill");
}

#[tokio::test]
async fn an_upstream_is_given_no_more_than_it_may_have() {
    let release = Arc::new(Notify::new());
    let held = Arc::clone(&release);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let held = Arc::clone(&held);
        async move {
            caller.request().await;
            held.notified().await;
            caller.say(OK).await;
        }
    })
    .await;
    let front = front(ProxyPlan { running_max: 1, times: patient(), ..to(&behind) }).await;
    let address = front.at(0).await;
    let first = tokio::spawn(async move { fetch(address, "/", "a", &[]).await });
    while behind.connections() == 0 {
        tokio::task::yield_now().await;
    }
    let second = fetch(address, "/", "a", &[]).await;
    assert_eq!((second.status, second.header("retry-after")), (503, "1"));
    release.notify_one();
    assert_eq!(first.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_visitor_who_asks_too_often_is_told_when_to_come_back() {
    let (behind, _came) = Behind::answering(OK).await;
    let front = front(ProxyPlan { rate: Some(Rate { per_second: 1, burst: 3 }), ..to(&behind) }).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(fetch(front.at(0).await, "/v1/contacts", "a", &[]).await);
    }
    assert!(statuses[..3].iter().all(|answer| answer.status == 200));
    let refused = statuses.iter().find(|answer| answer.status == 429).unwrap();
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
}
