//! What a web server in front hands on, seen by a server that writes down what reaches it; and what it serves itself.

use std::{
    fs,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{
    stage::{Kind, Site},
    visitor::Visitor,
};

/// A server that answers everything well and keeps the heads of what it was asked.
async fn recorder() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, heads) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    tokio::spawn({
        let heads = Arc::clone(&heads);
        async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let heads = Arc::clone(&heads);
                tokio::spawn(async move {
                    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
                    while !seen.ends_with(b"\r\n\r\n") {
                        match stream.read(&mut piece).await {
                            Ok(read) if read > 0 => seen.extend_from_slice(&piece[..read]),
                            _ => return,
                        }
                    }
                    heads.lock().unwrap().push(String::from_utf8(seen).unwrap());
                    let _gone = stream
                        .write_all(b"HTTP/1.1 200 OK\r\nstrict-transport-security: max-age=1\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
                        .await;
                });
            }
        }
    });
    (address, heads)
}

fn values<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(said, _)| said.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_visitor_claims_about_himself_is_thrown_away() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let Some(program) = kind.found() else { continue };
        let (recorder, heads) = recorder().await;
        let front = Site::printed(kind, &recorder.to_string(), &[]).start(&program);
        for protocol in ["h2", "http/1.1"] {
            let visitor = Visitor::over_tls(front.site.https, &front.site.certificate, protocol);
            let forged = [
                ("x-forwarded-for", "203.0.113.9"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-port", "1"),
                ("x-real-ip", "203.0.113.9"),
                ("forwarded", "for=203.0.113.9;proto=http"),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                ("tracestate", "a=b"),
                ("x-kept", "as it is"),
            ];
            let path = "/v1/contacts/a%2Fb%5C%20c?q=%26&r=a+b";
            let answer = visitor.ask("GET", path, &forged, "").await;
            assert_eq!(answer.status, 200, "{kind:?} {answer:?} {}", front.log());
            assert_eq!(
                answer.said("strict-transport-security"),
                "max-age=31536000",
                "said once, by the one with the TLS"
            );
            let head = heads.lock().unwrap().pop().unwrap();
            assert!(head.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{kind:?}: {head}");
            let host = format!("localhost:{}", front.site.https);
            for (name, expected) in [
                ("host", &[host.as_str()][..]),
                ("x-forwarded-for", &["127.0.0.1"]),
                ("x-forwarded-proto", &["https"]),
                ("x-forwarded-host", &[host.as_str()]),
                ("x-forwarded-port", &[]),
                ("x-real-ip", &[]),
                ("forwarded", &[]),
                ("traceparent", &[]),
                ("tracestate", &[]),
                ("x-kept", &["as it is"]),
            ] {
                assert_eq!(values(&head, name), expected, "{kind:?} {protocol} {name}: {head}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_gateways_place_they_serve_files_and_hand_on_the_rest() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let Some(program) = kind.found() else { continue };
        let web = tempfile::tempdir().unwrap();
        fs::create_dir(web.path().join("assets")).unwrap();
        for (name, text) in [
            ("index.html", "the shell"),
            ("favicon.svg", "<svg/>"),
            ("assets/app-1.js", "long and plain"),
            ("assets/app-1.js.gz", "short"),
        ] {
            fs::write(web.path().join(name), text).unwrap();
        }
        open_to_all(web.path());
        let ((api, asked), (pages, drawn)) = (recorder().await, recorder().await);
        let (api, pages, files) = (api.to_string(), pages.to_string(), web.path().to_str().unwrap());
        let split = ["--split", "--files", files, "--api", &api, "--pages", &pages];
        let front = Site::printed(kind, "127.0.0.1:8080", &split).start(&program);
        let visitor = Visitor::over_tls(front.site.https, &front.site.certificate, "h2");

        let chunk = visitor.get("/assets/app-1.js").await;
        assert_eq!(
            (&chunk.body[..], chunk.said("cache-control")),
            (&b"long and plain"[..], "public, max-age=31536000, immutable")
        );
        assert_eq!(chunk.said("x-content-type-options"), "nosniff");
        assert!(chunk.said("content-type").contains("javascript"), "{kind:?}: {chunk:?}");
        let packed = visitor.ask("GET", "/assets/app-1.js", &[("accept-encoding", "gzip")], "").await;
        assert_eq!(
            (&packed.body[..], packed.said("content-encoding")),
            (&b"short"[..], "gzip"),
            "{kind:?}: {packed:?}"
        );
        assert!(packed.said("content-type").contains("javascript"), "{kind:?}: {packed:?}");
        assert_eq!(packed.said("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(visitor.get("/assets/app-0.js").await.status, 404, "a missing chunk is never a page");
        assert_eq!(&visitor.get("/favicon.svg").await.body[..], b"<svg/>");

        for path in ["/v1/contacts", "/v1/events", "/healthz", "/v1/imports"] {
            assert_eq!(&visitor.get(path).await.body[..], b"ok", "{kind:?} {path}");
            assert!(asked.lock().unwrap().pop().unwrap().starts_with(&format!("GET {path} ")), "{kind:?}");
        }
        for path in ["/", "/contacts/some?a=%26", "/organisations/1/details"] {
            assert_eq!(&visitor.get(path).await.body[..], b"ok", "{kind:?} {path}");
            assert!(drawn.lock().unwrap().pop().unwrap().starts_with(&format!("GET {path} ")), "{kind:?}");
        }
        assert!(asked.lock().unwrap().is_empty() && drawn.lock().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_ssr_server_every_page_is_the_shell_with_its_policy() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let Some(program) = kind.found() else { continue };
        let web = tempfile::tempdir().unwrap();
        fs::write(web.path().join("index.html"), "the shell").unwrap();
        open_to_all(web.path());
        // Nobody listens there.
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let split = ["--split", "--files", web.path().to_str().unwrap(), "--api", &closed, "--pages", &closed];
        let front = Site::printed(kind, "127.0.0.1:8080", &split).start(&program);
        let visitor = Visitor::over_tls(front.site.https, &front.site.certificate, "h2");
        let page = visitor.get("/contacts").await;
        assert_eq!(&page.body[..], b"the shell", "{kind:?}: {page:?}");
        assert!(page.said("content-security-policy").contains("script-src 'self'"));
        assert_eq!(page.said("cache-control"), "no-cache");
        if kind == Kind::Nginx {
            assert_eq!(page.status, 200);
        }
        let problem = visitor.get("/v1/contacts").await;
        assert!(
            matches!(problem.status.as_u16(), 502..=504) && &problem.body[..] != b"the shell",
            "{kind:?}: {problem:?}"
        );
    }
}

fn open_to_all(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}
