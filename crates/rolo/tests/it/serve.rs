//! `rolo serve`.

use std::{
    cell::RefCell,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
};

use crate::place::{Place, Server, ask, get, until};

#[test]
fn it_makes_the_folder_prints_the_code_and_one_ready_line_and_ends_when_told() {
    let place = Place::bare();
    let server = Server::start(&place.data());
    let [first, ready] = &server.said[..] else { panic!("{:?}", server.said) };
    assert_eq!(ready, &format!("ready {}", server.url));
    assert!(server.url.starts_with("http://127.0.0.1:") && !server.url.ends_with(":0"), "{}", server.url);
    let code = fs::read_to_string(place.data().join("setup-code")).unwrap();
    assert!(first.ends_with(&format!("Open {}/setup and type this code: {}", server.url, code.trim())), "{first}");
    for private in ["setup-code", "admin.sock"] {
        let mode = fs::metadata(place.data().join(private)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{private}");
    }
    assert_eq!(get(&server.url, "/healthz", ""), (200, "ok\n".to_owned()));
    assert_eq!(get(&server.url, "/readyz", "").0, 200);
    assert_eq!(server.end(), Some(0));
    assert!(!place.data().join("admin.sock").exists());
}

#[test]
fn once_there_is_an_account_it_prints_the_ready_line_alone() {
    let place = Place::alone();
    place.person("noor@rolo.example");
    let server = Server::start(&place.data());
    assert_eq!(server.said, [format!("ready {}", server.url)]);
    assert!(!place.data().join("setup-code").exists());
    assert_eq!(get(&server.url, "/v1/setup", "").0, 404);
}

#[test]
fn once_it_was_stopped_its_file_alone_holds_everything() {
    let mut place = Place::served();
    place.person("noor@rolo.example");
    let _drawn = get(place.url(), "/sign-in", "");
    let log = place.data().join("rolo.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0, "the control: while it runs what is new stands in its log");
    assert_eq!(place.server.take().unwrap().end(), Some(0));
    assert!(!log.exists());
    let copy = Place::bare();
    fs::create_dir(copy.data()).unwrap();
    fs::copy(place.data().join("rolo.db"), copy.data().join("rolo.db")).unwrap();
    assert!(copy.run(&["user", "list"]).well().out.contains("noor@rolo.example"));
}

#[test]
fn what_keeps_it_from_serving_is_said_in_a_sentence() {
    let place = Place::served();
    let second = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 5, "one process owns a data folder: {second:?}");
    assert!(second.err.contains("Another Rolo is using"), "{second:?}");
    let port = place.url().strip_prefix("http://").unwrap();
    let other = Place::bare();
    let taken = other.run(&["serve", "--listen", port]);
    assert!(taken.code == 1 && taken.err.contains("is taken"), "{taken:?}");
    let open = other.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(open.code == 1 && open.err.contains("--behind-proxy"), "{open:?}");
}

/// Two rest: one more is closed, and the metrics count it.
#[test]
fn an_address_has_as_many_connections_as_the_settings_say() {
    let place = Place::alone();
    let server = Server::start_with(&place.data(), &[("ROLO_SERVER__CONNECTIONS_PER_ADDRESS", "2")]);
    let at = server.url.strip_prefix("http://").unwrap();
    let crowd = RefCell::new(Vec::new());
    // Whoever asked before may still be leaving: two that were answered are in.
    until("two are in", || {
        let Ok(mut stream) = TcpStream::connect(at) else { return false };
        let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if asked.is_ok() && stream.read(&mut [0; 512]).is_ok_and(|octets| octets > 0) {
            crowd.borrow_mut().push(stream);
        }
        crowd.borrow().len() == 2
    });
    let status = |path| ask(&server.url, &format!("GET {path}"), &[], b"").map(|answer| answer.0);
    assert_eq!(status("/healthz"), None, "it is closed, and not answered");
    drop(crowd);
    until("there is room again", || status("/metrics") == Some(200));
    let mut metrics = String::new();
    while metrics.is_empty() {
        metrics = ask(&server.url, "GET /metrics", &[], b"").map(|answer| answer.1).unwrap_or_default();
    }
    let counted = metrics.lines().find_map(|line| line.strip_prefix("rolo_gateway_turned_away_total ")).unwrap();
    assert!(counted.parse::<u64>().unwrap() >= 1, "{counted}");
    assert_eq!(server.end(), Some(0));
}
