//! `[[site]]`: which host on which port is answered by whom, and that all of it can change while it serves.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use crate::place::{Place, Server, asked, built, free, until};

/// Somebody else's server, which answers its name to whatever it is asked until it is told to be ill.
struct Other {
    url: String,
    healthy: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Other {
    fn start(name: &'static str) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let healthy = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let well = healthy.clone();
        thread::spawn(move || {
            for stream in socket.incoming() {
                let (mut stream, well) = (stream.unwrap(), well.clone());
                thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    let Some(Ok(first)) = lines.next() else { return };
                    let head: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                    let ill = !well.load(std::sync::atomic::Ordering::Relaxed);
                    let status = if ill && first.contains("/up") { "500 Ill" } else { "200 OK" };
                    let told =
                        head.iter().find(|line| line.to_ascii_lowercase().starts_with("x-forwarded-for")).cloned();
                    let body = format!("{name} {first} {}", told.unwrap_or_default());
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                        body.len()
                    );
                });
            }
        });
        Self { url, healthy }
    }
}

/// A data folder whose file says this, and a server that listens at `front`.
fn serving(place: &Place, front: &str, file: &str) -> Server {
    write_file(place, file);
    Server::start_at(&place.data(), front, &[])
}

fn write_file(place: &Place, file: &str) {
    fs::create_dir_all(place.data()).unwrap();
    fs::write(place.data().join("rolo.toml"), file).unwrap();
}

#[test]
fn each_host_and_port_is_answered_by_whom_the_file_says() {
    let (one, two, files) = (Other::start("one"), Other::start("two"), Other::start("files"));
    let (place, front, own) = (Place::alone(), free(), free());
    place.person("noor@rolo.example");
    let file = format!(
        "[[site]]\nnames = \"demo.book.example\"\nroutes = {{ \"/\" = \"ssr\" }}\n\
         [[site]]\nnames = \"api.book.example\"\nroutes = {{ \"/v1\" = \"api\" }}\n\
         [[site]]\nnames = \"app.book.example\"\nroutes = {{ \"/\" = \"app\" }}\n\
         [[site]]\nnames = [\"wiki.book.example\", \"*.wiki.book.example\"]\nlisten = \"{own}\"\n\
         routes = {{ \"/\" = {{ to = [\"{}\", \"{}\"], health = \"/up\" }}, \"/files\" = \"{}\" }}\n",
        one.url, two.url, files.url
    );
    let server = serving(&place, &front, &file);

    // The article's three.
    let api = |host| asked(&front, host, "/v1/openapi.json").0;
    assert_eq!(["demo.book.example", "api.book.example", "app.book.example"].map(api), [200, 200, 200]);
    assert_eq!(asked(&front, "api.book.example", "/").0, 404, "a host for programs has no pages");
    if built() {
        for host in ["demo.book.example", "app.book.example", "localhost"] {
            let (status, page) = asked(&front, host, "/sign-in");
            assert!(status == 200 && page.contains("<html"), "{host}: {status} {page}");
        }
    }
    assert_eq!(asked(&front, "elsewhere.example", "/v1/openapi.json").0, 421);
    assert_eq!(asked(&front, "wiki.book.example", "/").0, 404, "that site is on its own port");

    // Somebody's own, on a port of its own, by two who share the work.
    let wiki = |path: &str| asked(&own, "wiki.book.example", path).1;
    let mut told: Vec<String> = (0..8).map(|_| wiki("/page?x=1")).collect();
    told.sort();
    assert!(told[0].starts_with("one GET /page?x=1 ") && told[7].starts_with("two "), "{told:?}");
    assert!(told[0].ends_with("127.0.0.1"), "who the visitor is: {told:?}");
    assert!(asked(&own, "a.wiki.book.example", "/files/a").1.starts_with("files GET /files/a "));
    assert!(!wiki("/filesystem").starts_with("files "), "whole parts of a path");
    assert_eq!(asked(&own, "demo.book.example", "/v1/openapi.json").0, 421, "and nobody else is there");
    one.healthy.store(false, std::sync::atomic::Ordering::Relaxed);
    until("who is ill is left out", || (0..8).all(|_| wiki("/page").starts_with("two ")));
    one.healthy.store(true, std::sync::atomic::Ordering::Relaxed);
    until("and is back once well", || (0..8).any(|_| wiki("/page").starts_with("one ")));
    assert_eq!(server.end(), Some(0));
}

#[test]
fn the_file_is_read_again_on_sighup_and_a_wrong_one_changes_nothing() {
    let (one, two) = (Other::start("one"), Other::start("two"));
    let (place, front) = (Place::bare(), free());
    let site = |to: &Other| format!("[[site]]\nnames = \"own.example\"\nroutes = {{ \"/\" = \"{}\" }}\n", to.url);
    let server = serving(&place, &front, &site(&one));
    let answers = |name: &str| asked(&front, "own.example", "/").1.starts_with(name);
    assert!(answers("one "));

    write_file(&place, &(site(&two) + "[log]\nlevel = \"debug\"\n[services]\ncache = \"redis://127.0.0.1:1\"\n"));
    server.signal("HUP");
    until("another route", || answers("two "));
    until("what needs a start is said", || {
        server.log().contains("services.cache") && server.log().contains("next start")
    });

    for wrong in
        ["[[site]]\nnames = \"own.example\"\nroute = {}\n", "[server]\ntrusted_proxies = \"everybody\"\n", "nonsense"]
    {
        let said = || server.log().matches("was not taken up").count();
        let before = said();
        write_file(&place, wrong);
        server.signal("HUP");
        until("why it is not taken up", || said() > before);
        assert!(answers("two "), "{wrong}");
    }
    assert!(server.log().contains("did you mean routes?"), "{}", server.log());
    assert_eq!(server.end(), Some(0));
}
