//! Bodies on their way: piece by piece, both ways, and no more of them in memory than a little.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::{body::Frame, client::conn::http1};
use hyper_util::rt::TokioIo;
use rolo_gateway::ProxyPlan;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixListener},
    sync::{Notify, mpsc},
    time::timeout,
};

use super::{
    behind::{Behind, Caller},
    front, patient, to,
};
use crate::harness::{self, fetch, http2, raw, whole};

/// A loopback connection holds some megabytes in the kernel; what is beyond several of them would have to be in memory.
const BOUNDED: u64 = 48 * 1024 * 1024;
const ENDLESS: u64 = 512 * 1024 * 1024;
/// A write that waits so long waits for a reader.
const STANDS_STILL: Duration = Duration::from_secs(2);

#[tokio::test]
async fn an_event_arrives_before_the_next_one_is_made() {
    let seen = Arc::new(Notify::new());
    let seen_too = Arc::clone(&seen);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let seen = Arc::clone(&seen_too);
        async move {
            caller.request().await;
            caller
                .say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                .await;
            for number in 0..3 {
                caller.say(format!("9\r\ndata: {number}\n\n\r\n")).await;
                seen.notified().await;
                // Longer than any other answer may be silent.
                tokio::time::sleep(Duration::from_millis(900)).await;
            }
            caller.say("0\r\n\r\n").await;
        }
    })
    .await;
    let front = front(to(&behind)).await;
    let (mut ask, _connection) = harness::http1(TcpStream::connect(front.at(0).await).await.unwrap()).await;
    let mut answer = ask.send_request(harness::get("/", "a", &[])).await.unwrap();
    for number in 0..3 {
        let frame = answer.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(frame, format!("data: {number}\n\n"));
        seen.notify_one();
    }
    assert!(answer.frame().await.is_none());
}

/// Writes without end until nobody takes anything any more; how much was written.
async fn pour(stream: &mut (impl tokio::io::AsyncWrite + Unpin)) -> u64 {
    let piece = vec![b'x'; 64 * 1024];
    let mut written = 0;
    while written < ENDLESS {
        match timeout(STANDS_STILL, stream.write(&piece)).await {
            Ok(Ok(octets)) => written += octets as u64,
            _ => break,
        }
    }
    written
}

/// An upstream that pours out an answer, and says how much it got rid of.
async fn pouring() -> (Behind, mpsc::UnboundedReceiver<u64>) {
    let (tell, told) = mpsc::unbounded_channel();
    let behind = Behind::start(move |mut caller: Caller, _| {
        let tell = tell.clone();
        async move {
            caller.request().await;
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {ENDLESS}\r\n\r\n")).await;
            let _ = tell.send(pour(caller.stream.get_mut()).await);
        }
    });
    (behind.await, told)
}

#[tokio::test]
async fn a_reader_who_stops_stops_the_upstream_and_one_who_reads_does_not() {
    let (behind, mut told) = pouring().await;
    let front = front(ProxyPlan { times: patient(), ..to(&behind) }).await;
    let mut idle = TcpStream::connect(front.at(0).await).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let poured = told.recv().await.unwrap();
    assert!(poured < BOUNDED, "{poured} octets went somewhere, and nobody read them");

    let mut busy = TcpStream::connect(front.at(0).await).await.unwrap();
    busy.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let (mut taken, mut rest) = (0, vec![0; 1024 * 1024]);
    while taken < 2 * BOUNDED {
        taken += busy.read(&mut rest).await.unwrap() as u64;
    }
}

#[tokio::test]
async fn an_upstream_that_stops_reading_stops_the_visitor() {
    let held = Arc::new(Notify::new());
    let holds = Arc::clone(&held);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let held = Arc::clone(&holds);
        async move {
            caller.head().await;
            held.notified().await;
        }
    })
    .await;
    let front = front(ProxyPlan { times: patient(), ..to(&behind) }).await;
    let mut visitor = TcpStream::connect(front.at(0).await).await.unwrap();
    visitor
        .write_all(format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {ENDLESS}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let poured = pour(&mut visitor).await;
    assert!(poured < BOUNDED, "{poured} octets went somewhere, and nobody read them");
    held.notify_one();
}

/// An upstream that sends back what it was sent.
async fn echo() -> Behind {
    Behind::start(|mut caller: Caller, _| async move {
        while let Some(came) = caller.request().await {
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", came.body.len())).await;
            caller.say(came.body).await;
        }
    })
    .await
}

fn patterned(octets: usize) -> Vec<u8> {
    (0..octets).map(|place| (place * 31 % 251) as u8).collect()
}

#[tokio::test]
async fn large_bodies_arrive_as_they_were_sent_by_length_and_in_chunks() {
    let behind = echo().await;
    let front = front(ProxyPlan { times: patient(), ..to(&behind) }).await;
    let body = patterned(3_000_000);
    let (mut ask, connection) =
        http1::handshake(TokioIo::new(TcpStream::connect(front.at(0).await).await.unwrap())).await.unwrap();
    tokio::spawn(connection);
    for in_chunks in [false, true] {
        let whole = Full::new(Bytes::from(body.clone())).boxed_unsync();
        let pieces: Vec<Result<_, std::convert::Infallible>> =
            body.chunks(70_001).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect();
        let chunks = StreamBody::new(futures_util::stream::iter(pieces)).boxed_unsync();
        let request = Request::builder().method(Method::PUT).uri("/").header(header::HOST, "a");
        ask.ready().await.unwrap();
        let answer = ask.send_request(request.body(if in_chunks { chunks } else { whole }).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.collect().await.unwrap().to_bytes() == body, "in chunks: {in_chunks}");
    }
    assert_eq!(behind.connections(), 1);
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    let (behind, mut came) = Behind::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 2\r\nX-Other: 3\r\n\r\n",
    )
    .await;
    let front = front(to(&behind)).await;
    let asked = "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE, close\r\nTrailer: X-Sign, X-Forwarded-For\r\nTransfer-Encoding: chunked\r\n\r\n\
                 3\r\nabc\r\n0\r\nX-Sign: 7\r\nX-Forwarded-For: 8.8.8.8\r\n\r\n";
    let back = raw(front.at(0).await, asked).await.to_lowercase();
    assert!(back.ends_with("0\r\nx-sum: 2\r\n\r\n"), "{back}");
    let came = came.recv().await.unwrap();
    assert_eq!(String::from_utf8(came.body).unwrap().to_lowercase(), "abcx-sign: 7\r\n");
}

#[tokio::test]
async fn whoever_waits_to_be_told_to_go_on_is_told_once_the_upstream_reads() {
    let (behind, mut came) = Behind::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let front = front(ProxyPlan { body_octets_max: 10, ..to(&behind) }).await;
    let mut visitor = tokio::io::BufReader::new(TcpStream::connect(front.at(0).await).await.unwrap());
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    visitor.write_all(head.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    visitor.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    visitor.write_all(b"hello").await.unwrap();
    let came = came.recv().await.unwrap();
    assert_eq!((came.body.as_slice(), came.header("expect")), (&b"hello"[..], None));

    let refused = raw(
        front.at(0).await,
        &head.replace("Length: 5", "Length: 50").replace("Host: a", "Host: a\r\nConnection: close"),
    )
    .await;
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_however_it_is_announced() {
    let behind = echo().await;
    let front = front(ProxyPlan { body_octets_max: 1_000, ..to(&behind) }).await;
    let body = "x".repeat(1_500);
    let by_length = format!("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1500\r\n\r\n{body}");
    let in_chunks = format!(
        "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n{body}\r\n0\r\n\r\n"
    );
    for asked in [by_length, in_chunks] {
        let back = raw(front.at(0).await, &asked).await;
        assert!(back.starts_with("HTTP/1.1 413 "), "{back}");
        assert!(back.contains("At most 1000 octets"), "{back}");
    }
    let just = raw(
        front.at(0).await,
        &format!("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n{}", &body[..1_000]),
    )
    .await;
    assert!(just.starts_with("HTTP/1.1 200 "), "{just}");
}

#[tokio::test]
async fn answers_without_a_body_and_early_hints_leave_the_next_one_whole() {
    let (behind, _came) = Behind::answering(
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 204 No Content\r\nX-Last: 1\r\n\r\n",
    )
    .await;
    let front_of_empty = front(to(&behind)).await;
    let empty = fetch(front_of_empty.at(0).await, "/", "a", &[]).await;
    assert_eq!((empty.status, empty.header("x-last")), (204, "1"));

    let head_only = Behind::start(|mut caller: Caller, _| async move {
        while let Some(came) = caller.request().await {
            caller.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
            if came.head.starts_with("GET") {
                caller.say("hello").await;
            }
        }
    })
    .await;
    let front = front(to(&head_only)).await;
    let (mut ask, _connection) = harness::http1(TcpStream::connect(front.at(0).await).await.unwrap()).await;
    for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET] {
        let mut request = harness::get("/", "a", &[]);
        *request.method_mut() = method.clone();
        ask.ready().await.unwrap();
        let answer = whole(ask.send_request(request).await.unwrap()).await;
        assert_eq!(answer.header("content-length"), "5");
        assert_eq!(answer.text, if method == Method::GET { "hello" } else { "" });
    }
    assert_eq!(head_only.connections(), 1);
}

/// RFC 9110 §15.2 has a proxy hand on what it did not ask for itself. We live with not doing so: of hyper's server a request has one
/// answer, and one of 1xx would be that answer (the control). Once it can, this test is to be turned round.
#[tokio::test]
async fn hints_before_an_answer_are_kept_from_the_visitor_and_the_answer_is_whole() {
    let (behind, _came) = Behind::answering(
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n\
         HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    )
    .await;
    let front = front(to(&behind)).await;
    let back = raw(front.at(0).await, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(back.starts_with("HTTP/1.1 200 OK\r\n") && back.ends_with("\r\n\r\nhello"), "{back}");
    assert!(!back.contains(".css") && back.matches("HTTP/1.1 ").count() == 1, "{back}");
    let (mut ask, _connection) = http2(TcpStream::connect(front.at(0).await).await.unwrap()).await;
    let answer = whole(ask.send_request(harness::get("http://a/", "", &[])).await.unwrap()).await;
    assert_eq!((answer.status, answer.text.as_str(), answer.header("link")), (200, "hello", ""));
    assert_eq!(behind.connections(), 1, "nothing is left of one answer that the next could be taken for");
}

/// The control of the one above: hyper's server makes a failure of an answer that says 103.
#[tokio::test]
async fn hypers_server_has_no_way_to_send_hints() {
    let (here, there) = tokio::io::duplex(1024);
    let hints = hyper::service::service_fn(|_| async {
        let mut hints = harness::text(http::StatusCode::OK, "");
        *hints.status_mut() = http::StatusCode::EARLY_HINTS;
        Ok::<_, std::convert::Infallible>(hints)
    });
    let server = tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(there), hints));
    let (mut ask, _connection) = harness::http1(here).await;
    assert_eq!(ask.send_request(harness::get("/", "a", &[])).await.unwrap().status(), 500);
    assert!(server.await.unwrap().is_err_and(|error| error.is_user()));
}

#[tokio::test]
async fn a_client_of_http10_gets_an_answer_it_can_read() {
    let (behind, mut came) =
        Behind::answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").await;
    let front = front(to(&behind)).await;
    let back = raw(front.at(0).await, "GET / HTTP/1.0\r\nHost: old.example\r\n\r\n").await.to_lowercase();
    assert!(back.starts_with("http/1.0 200") && back.ends_with("\r\n\r\nhello"), "{back}");
    assert!(!back.contains("transfer-encoding"), "{back}");
    let came = came.recv().await.unwrap();
    assert!(
        came.head.starts_with("GET / HTTP/1.1") && came.header("via").unwrap().starts_with("1.0 "),
        "{}",
        came.head
    );
}

#[tokio::test]
async fn an_upstream_may_be_a_unix_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4_096];
        let octets = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        String::from_utf8_lossy(&head[..octets]).into_owned()
    });
    let front = front(to(format!("unix:{}", path.display()))).await;
    assert_eq!(fetch(front.at(0).await, "/", "rolo.example", &[]).await.text, "ok");
    assert!(served.await.unwrap().to_lowercase().contains("host: rolo.example"));
}

#[tokio::test]
async fn an_upstream_over_tls_shows_a_certificate_that_is_checked() {
    let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = key.cert.der().clone();
    let server = tokio_rustls::rustls::ServerConfig::builder_with_provider(rolo_gateway::tls::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.clone()],
            tokio_rustls::rustls::pki_types::PrivateKeyDer::Pkcs8(key.signing_key.serialize_der().into()),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = vec![0; 4_096];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret").await;
            let _ = stream.flush().await;
        }
    });
    let known = front(ProxyPlan { authorities: vec![certificate], times: patient(), ..to(&upstream) }).await;
    assert_eq!(fetch(known.at(0).await, "/", "rolo.example", &[]).await.text, "secret");
    let unknown = front(ProxyPlan { times: patient(), ..to(&upstream) }).await;
    assert_eq!(fetch(unknown.at(0).await, "/", "rolo.example", &[]).await.status, 502);
}

#[tokio::test]
async fn a_visitor_who_leaves_takes_the_upstreams_work_with_them() {
    let gone = Arc::new(Notify::new());
    let tell = Arc::clone(&gone);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let gone = Arc::clone(&tell);
        async move {
            caller.request().await;
            caller.until_closed().await;
            gone.notify_one();
        }
    })
    .await;
    let front = front(ProxyPlan { times: patient(), ..to(&behind) }).await;
    let (mut ask, connection) = http2(TcpStream::connect(front.at(0).await).await.unwrap()).await;
    let asked = tokio::spawn(async move { ask.send_request(harness::get("http://a/", "", &[])).await.map(drop) });
    while behind.connections() == 0 {
        tokio::task::yield_now().await;
    }
    connection.abort();
    asked.abort();
    gone.notified().await;
}
