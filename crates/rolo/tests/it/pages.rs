//! What became of pages, told in `/metrics`: by the one process, and by an SSR server of its own whose API fails it.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use crate::place::{Place, Server, built, get};

/// A figure of the SSR server.
fn figure(metrics: &str, name: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().unwrap()
}

fn pages(metrics: &str) -> Vec<(&'static str, u64)> {
    ["drawn", "led_on", "left_to_browser", "threw", "late", "memory", "busy", "unanswered"]
        .into_iter()
        .map(|result| (result, figure(metrics, &format!("rolo_ssr_pages_total{{result=\"{result}\"}}")) as u64))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn what_was_drawn_and_what_was_not_is_told_with_the_time_it_took() {
    if !built() {
        return;
    }
    let mut place = Place::alone();
    place.person("noor@rolo.example");
    place.server = Some(Server::start(&place.data()));
    let told = || get(place.url(), "/metrics", "").1;
    assert_eq!((pages(&told()), figure(&told(), "rolo_ssr_cpu_seconds_total")), (Vec::new(), 0.0));

    for (path, status) in [("/sign-in", 200), ("/", 303), ("/settings", 303), ("/import", 200)] {
        assert_eq!(get(place.url(), path, "").0, status, "{path}");
    }
    assert_eq!(pages(&told()), [("drawn", 1), ("led_on", 2), ("left_to_browser", 1)]);
    let spent = figure(&told(), "rolo_ssr_cpu_seconds_total");
    assert!(spent > 0.0);

    assert_eq!(get(place.url(), "/sign-in", "").0, 200);
    assert_eq!(pages(&told()), [("drawn", 2), ("led_on", 2), ("left_to_browser", 1)]);
    assert!(figure(&told(), "rolo_ssr_cpu_seconds_total") > spent);
}

/// An API that answers each call with what no answer is, until the process ends.
fn rubbish() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut piece = [0; 4096];
            while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                match socket.read(&mut piece) {
                    Ok(length) if length > 0 => head.extend_from_slice(&piece[..length]),
                    _ => break,
                }
            }
            // Who is gone meanwhile wants no answer.
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nrubbish");
        }
    });
    url
}

#[test]
fn a_page_that_fell_back_is_counted_by_its_reason() {
    if !built() {
        return;
    }
    let place = Place::bare();
    let api = rubbish();
    let ssr = Server::start_as(&["ssr", "--listen", "127.0.0.1:0"], &place.data(), &[("ROLO_API__URL", &api)]);
    let (status, page) = get(&ssr.url, "/sign-in", "");
    assert!(status == 200 && page.contains("<div id=\"app\"></div>"), "{status} {page}");
    assert_eq!(pages(&get(&ssr.url, "/metrics", "").1), [("unanswered", 1)]);
    assert_eq!(ssr.end(), Some(0));
}
