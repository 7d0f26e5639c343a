//! The life of a request: the article's numbered connections, in `Server-Timing`, by `rolo trace`, in traces and in metrics.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::Value;

use crate::{
    collector::{Collector, said},
    place::{Place, Server, get},
};

/// A server with one person.
fn served(environment: &[(&str, &str)]) -> Place {
    let mut place = Place::alone();
    place.person("noor@rolo.example");
    place.server = Some(Server::start_with(&place.data(), environment));
    place
}

/// The numbers of the connections a request used, with what is said of each.
fn connections(legs: &Value) -> Vec<(u64, String)> {
    let legs = legs.as_array().unwrap_or_else(|| panic!("{legs}"));
    let one = |leg: &Value| {
        assert!(leg["ms"].as_f64().is_some(), "{leg}");
        (leg["number"].as_u64().unwrap(), leg["result"].as_str().unwrap_or("").to_owned())
    };
    legs.iter().map(one).collect()
}

fn way(numbers: &[(u64, &str)]) -> Vec<(u64, String)> {
    numbers.iter().map(|(number, said)| (*number, (*said).to_owned())).collect()
}

/// The article's own example: the page of an organisation's details, its chunk, the call, the cache, the database.
#[test]
fn the_details_of_an_organisation_take_each_connection_of_the_article() {
    let place = served(&[]);
    let path = "/v1/organisations/{id}";
    let (miss, hit) = (way(&[(2, ""), (3, ""), (4, "miss"), (5, "")]), way(&[(2, ""), (3, ""), (4, "hit")]));
    let told = place.told(&["trace", "GET", path]);
    assert_eq!((&told["status"], connections(&told["connections"])), (&200.into(), miss.clone()), "{told}");
    // Connection 4 has it now, and nobody asks the database.
    assert_eq!(connections(&told["again"]), hit, "{told}");
    let path_asked = told["path"].as_str().unwrap();
    assert!(path_asked.starts_with("/v1/organisations/") && !path_asked.contains('{'), "{told}");
    // What is kept is kept for each account by itself.
    let password = place.file("password", crate::place::PASSWORD);
    place.run(&["user", "add", "--email", "ann@rolo.example", "--name", "Ann", "--password-file", &password]).well();
    let several = place.run(&["trace", "GET", path]);
    assert!(several.code == 1 && several.err.contains("--email"), "{several:?}");
    let other = place.told(&["trace", "get", path, "--email", "ann@rolo.example"]);
    assert_eq!((connections(&other["connections"]), connections(&other["again"])), (miss, hit), "{other}");

    // Connection 1 is the page and its chunks; a file that is not there was asked for over it, too.
    for page in ["/organisations/{id}/details", "/assets/none.js"] {
        let ran = place.run(&["trace", "GET", page, "--email", "ann@rolo.example", "--json"]);
        assert_eq!(connections(&ran.last()["connections"]), way(&[(1, "")]), "{ran:?}");
    }
    let text = place.run(&["trace", "GET", path, "--email", "ann@rolo.example"]).well().out;
    for line in [
        "2  browser → gateway",
        "3  gateway → API server",
        "4  API server → cache",
        "miss",
        "5  API server → database",
        "again",
        "hit",
    ] {
        assert!(text.contains(line), "{text}");
    }
    let tokens = place.told(&["token", "add", "--email", "ann@rolo.example"]);
    let (status, listed) = get(place.url(), "/v1/tokens", tokens["token"].as_str().unwrap());
    assert!(status == 200 && !listed.contains("rolo trace"), "what let it in is taken back: {listed}");
}

#[test]
fn what_cannot_be_traced_says_why() {
    let place = served(&[]);
    for (args, why) in [
        (&["trace", "POST", "/v1/contacts"][..], "GET or HEAD"),
        (&["trace", "GET", "/v1/contacts/{id}"], "leaves open"),
        (&["trace", "GET", "/v1/labels", "--url", "http://127.0.0.1:1"], "does not answer"),
        (&["trace", "GET", "/v1/labels", "--email", "nobody@rolo.example"], ""),
    ] {
        let ran = place.run(args);
        assert!(ran.code == 1 && ran.err.contains(why), "{args:?}: {ran:?}");
    }
    let alone = Place::alone().run(&["trace", "GET", "/v1/labels"]);
    assert!(alone.code == 1 && alone.err.contains("rolo serve"), "{alone:?}");
}

#[test]
fn metrics_count_each_connection() {
    let place = served(&[]);
    place.told(&["trace", "GET", "/v1/organisations/{id}"]);
    place.told(&["trace", "GET", "/v1/organisations/{id}"]);
    let text = get(place.url(), "/metrics", "").1;
    let count = |number: u8| -> u64 {
        let name = format!("rolo_connection_seconds_count{{connection=\"{number}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    };
    assert!(count(3) >= 4 && count(4) >= 2 && count(5) >= 1, "{text}");
    assert!(count(3) > count(5), "what the cache had, nobody asked the database for");
}

/// One request with headers of its own, and the head of its answer.
fn ask(url: &str, path: &str, headers: &str) -> String {
    let mut socket = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_collector_is_told_each_connection_of_a_request_and_nothing_that_was_said_in_it() {
    let collector = Collector::start();
    let place = served(&[
        ("ROLO_TELEMETRY__OTLP", &collector.url),
        ("ROLO_TELEMETRY__SHARE", "1.0"),
        ("ROLO_SERVER__TRUSTED_PROXIES", "10.0.0.0/8"),
    ]);
    let token = place.told(&["token", "add", "--email", "noor@rolo.example"])["token"].as_str().unwrap().to_owned();
    let strange = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\r\n";
    let answer = ask(place.url(), "/v1/contacts?q=canary", &format!("{strange}authorization: Bearer {token}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let spans = collector.until(|spans| {
        let has = |number: &str| spans.iter().any(|span| said(span, "rolo.connection") == number);
        has("2") && has("3") && has("5")
    });
    let of = |number: &str| spans.iter().find(|span| said(span, "rolo.connection") == number).unwrap();
    let (gateway, api, database) = (of("2"), of("3"), of("5"));
    assert_eq!((&api.parent_span_id, &database.parent_span_id), (&gateway.span_id, &api.span_id));
    for span in [gateway, api, database] {
        assert_eq!(span.trace_id, gateway.trace_id, "one trace");
        assert!(span.start_time_unix_nano > 0 && span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    assert!(gateway.parent_span_id.is_empty(), "a stranger's trace is not taken up");
    assert_ne!(gateway.trace_id[..2], [0x0a, 0xf7]);
    assert_eq!(
        (said(gateway, "url.path"), said(api, "rolo.operation")),
        ("/v1/contacts".to_owned(), "listContacts".to_owned())
    );
    assert_eq!(
        (said(api, "rolo.cache"), said(api, "http.response.status_code")),
        ("miss".to_owned(), "200".to_owned())
    );
    let all = format!("{spans:?}");
    assert!(!all.contains("canary") && !all.contains(&token) && !all.contains("noor"), "{all}");
}

#[test]
fn of_those_that_are_not_in_the_share_only_slow_ones_are_told_and_a_collector_that_is_away_holds_up_nobody() {
    let collector = Collector::start();
    let slow = |millis| {
        [
            ("ROLO_TELEMETRY__OTLP", collector.url.as_str()),
            ("ROLO_TELEMETRY__SHARE", "0.0"),
            ("ROLO_TELEMETRY__SLOW_MS", millis),
        ]
    };
    // Nothing takes an hour: none of these is told. Then each request is slow, and the first span is of the second server.
    let place = served(&slow("3600000"));
    assert!(ask(place.url(), "/version", "").starts_with("HTTP/1.1 200"));
    drop(place);
    let place = served(&slow("0"));
    assert!(ask(place.url(), "/healthz", "").starts_with("HTTP/1.1 200"));
    let spans = collector.until(|spans| spans.iter().any(|span| said(span, "url.path") == "/healthz"));
    assert!(spans.iter().all(|span| said(span, "url.path") != "/version"), "{spans:?}");

    let away = served(&[("ROLO_TELEMETRY__OTLP", "http://127.0.0.1:1"), ("ROLO_TELEMETRY__SHARE", "1.0")]);
    for _ in 0..20 {
        assert!(ask(away.url(), "/version", "").starts_with("HTTP/1.1 200"));
    }
    let refused = Place::alone().run_with(&["serve"], "", &[("ROLO_TELEMETRY__OTLP", "https://otlp.example")]);
    assert!(refused.code == 1 && refused.err.contains("telemetry.otlp"), "{refused:?}");
}
