//! Requests over HTTP/2 that would turn into something else over HTTP/1, or that say one length and have another.

use crate::{
    front::{self, SHORT},
    h2::{CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, converse, field, frame, get, head, hello},
    ledger::Ledger,
};

/// A request's fields, whole: by name and value.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Heads after which the backend sees nothing.
const HEADS: &[Fields<'_>] = &[
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET {p}/hidden"),
    ],
    &[
        (":method", "GET {p}/hidden HTTP/1.1\r\nHost: a\r\n\r\nGET"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
    ],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1\r\nX: y"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http://127.0.0.1/hidden?"), (":authority", "127.0.0.1"), (":path", "{p}")],
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
        ("x", "y\r\nTransfer-Encoding: chunked"),
    ],
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
        ("x\r\ntransfer-encoding: chunked\r\ny", "z"),
    ],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("x", "y\0z")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("X-Upper", "y")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("x y", "z")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("", "z")],
    &[
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
        ("transfer-encoding", "chunked"),
    ],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("connection", "x")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("upgrade", "h2c")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("te", "gzip")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), (":path", "{p}/hidden")],
    &[(":method", "GET"), (":method", "POST"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}")],
    &[
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
    ],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), ("x", "y"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), (":status", "200")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), (":odd", "x")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "v1{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}/../x")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1")],
    &[(":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), ("host", "evil.example"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("host", "evil.example")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", "anna@127.0.0.1"), (":path", "{p}")],
    &[(":method", "GET"), (":scheme", "http"), (":authority", ""), (":path", "{p}")],
    &[(":method", "CONNECT"), (":authority", "127.0.0.1:80")],
    &[
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
    ],
    &[(":method", "POST"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("content-length", "5")],
    &[(":method", "POST"), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", "{p}"), ("content-length", "x")],
    &[
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "127.0.0.1"),
        (":path", "{p}"),
        ("content-length", "-1"),
    ],
];

/// A front with its ledger, and how a conversation of frames turned out.
async fn told(cases: Vec<(usize, String, Vec<u8>)>) -> Vec<String> {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let mut told = told_before(&front, ledger, &cases).await;
    // And the same handed on over HTTP/1.1.
    let ledger = Ledger::default();
    let [first, _second] = front::start_two(ledger.clone(), SHORT).await;
    told.extend(told_before(&first, ledger, &cases).await);
    told
}

async fn told_before(front: &front::Front, ledger: Ledger, cases: &[(usize, String, Vec<u8>)]) -> Vec<String> {
    let held = cases.iter().map(|(wanted, path, frames)| {
        let (address, ledger) = (front.address, ledger.clone());
        async move {
            let bodies = converse(address, frames).await;
            let (seen, unanswered) = (ledger.seen(path), ledger.unanswered(path, &bodies));
            (seen.len() != *wanted || !unanswered.is_empty())
                .then(|| format!("{path}: saw {seen:?}, of which unanswered {unanswered:?}"))
        }
    });
    futures_util::future::join_all(held).await.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_head_that_is_not_one_request_reaches_nobody() {
    let cases = heads().into_iter().enumerate().map(|(at, frames)| (0, format!("/v1/head-{at}-"), frames));
    assert_eq!(told(cases.collect()).await, [""; 0]);
}

/// Each of the heads as a conversation, with a path of its own.
pub(crate) fn heads() -> Vec<Vec<u8>> {
    let heads = HEADS.iter().enumerate().map(|(at, fields)| {
        let path = format!("/v1/head-{at}-");
        let block: Vec<u8> = fields
            .iter()
            .flat_map(|(name, value)| {
                field(name.replace("{p}", &path).as_bytes(), value.replace("{p}", &path).as_bytes())
            })
            .collect();
        [hello(), frame(HEADERS, END_STREAM | END_HEADERS, 1, &block)].concat()
    });
    heads.collect()
}

#[tokio::test]
async fn a_body_is_as_long_as_it_says() {
    let body = |path: &str, length: Option<&str>, data: &[&[u8]]| {
        let mut block = head("POST", path);
        block.extend(length.into_iter().flat_map(|length| field(b"content-length", length.as_bytes())));
        let mut frames = [hello(), frame(HEADERS, END_HEADERS, 1, &block)].concat();
        frames.extend(data.iter().flat_map(|data| frame(DATA, 0, 1, data)));
        frames.extend(frame(DATA, END_STREAM, 1, b""));
        frames
    };
    let two = [field(b"content-length", b"5"), field(b"content-length", b"6")].concat();
    let doubled = [hello(), frame(HEADERS, END_HEADERS, 1, &[head("POST", "/v1/doubled"), two].concat())].concat();
    let cases = vec![
        (1, "/v1/without".into(), body("/v1/without", None, &[b"hello"])),
        (1, "/v1/exact".into(), body("/v1/exact", Some("5"), &[b"he", b"llo"])),
        (0, "/v1/short".into(), body("/v1/short", Some("6"), &[b"hello"])),
        (0, "/v1/long".into(), body("/v1/long", Some("4"), &[b"hello"])),
        (
            0,
            "/v1/hidden-in-body".into(),
            body("/v1/hidden-in-body", Some("0"), &[b"GET /v1/hidden-in-body HTTP/1.1\r\n\r\n"]),
        ),
        (0, "/v1/doubled".into(), [doubled, frame(DATA, END_STREAM, 1, b"hello")].concat()),
        (
            1,
            "/v1/looks".into(),
            body("/v1/looks", None, &[b"0\r\n\r\nGET /v1/looks/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"]),
        ),
    ];
    assert_eq!(told(cases).await, [""; 0]);
}

#[tokio::test]
async fn frames_out_of_order_reach_nobody() {
    let (block, half) = (head("GET", "/v1/order"), head("GET", "/v1/order").len() / 2);
    let begun = |flags| frame(HEADERS, flags, 1, &block[..half]);
    let rest = |stream| frame(CONTINUATION, END_HEADERS, stream, &block[half..]);
    let of = |frames: &[Vec<u8>]| (0, "/v1/order".to_owned(), [hello(), frames.concat()].concat());
    let cases = vec![
        // Another stream in the middle of a head; a head on the server's own stream, on none, on one that is gone.
        of(&[begun(END_STREAM), rest(3)]),
        of(&[begun(END_STREAM), frame(DATA, 0, 1, b"x"), rest(1)]),
        of(&[rest(1)]),
        of(&[frame(HEADERS, END_STREAM | END_HEADERS, 2, &block)]),
        of(&[frame(HEADERS, END_STREAM | END_HEADERS, 0, &block)]),
        of(&[frame(DATA, 0, 1, b"GET /v1/order HTTP/1.1\r\n\r\n")]),
        of(&[frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff; 64])]),
        of(&[frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0x80])]),
        of(&[b"GET /v1/order HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_vec()]),
    ];
    assert_eq!(told(cases).await, [""; 0]);
    let whole = vec![(1, "/v1/order".to_owned(), [hello(), begun(END_STREAM), rest(1)].concat())];
    assert_eq!(told(whole).await, [""; 0]);
    // A stream that was used is used again: the connection is over.
    let many = (0, "/v1/next".to_owned(), [hello(), get(1, "/v1/next"), get(1, "/v1/next/hidden")].concat());
    assert_eq!(told(vec![many]).await, [""; 0]);
}
