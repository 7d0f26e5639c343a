//! Where does a request end? Two servers that disagree about it are two servers of which one can be fooled.

use std::net::SocketAddr;

use crate::{
    front::{self, SHORT},
    ledger::Ledger,
    wire::{exchange, statuses},
};

/// What is to come of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The backend sees nothing of it.
    Refused,
    /// The backend sees so many requests, each of which was answered.
    Served(usize),
    /// It may be read in this way or that, as long as the front and the backend agree.
    Agreed,
}
use Fate::{Agreed, Refused, Served};

/// A request that only a fooled front lets through.
const HIDDEN: &str = "GET {p}/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// Conversations: `{p}` is a path of its own, `{hidden}` is [`HIDDEN`].
const LENGTHS: &[(Fate, &str)] = &[
    (Served(1), "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello"),
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5, 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: +5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0x5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5;a\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 18446744073709551616\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length : 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length\r\n\r\n{hidden}"),
    // Less than was announced: the backend gets no whole request.
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nhello"),
];

const CODINGS: &[(Fate, &str)] = &[
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    // Both lengths: read by the coding, and the connection ends with it (RFC 9112 §6.3).
    (
        Served(1),
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    ),
    (
        Served(1),
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
    ),
    (
        Served(1),
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 60\r\n\r\n0\r\n\r\n{hidden}",
    ),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5c\r\nGPOST / HTTP/1.1\r\n\r\n",
    ),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    ),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello"),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked;q=1\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: \x0bchunked\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        Refused,
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: \"chunked\"\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding:\r\nContent-Length: 5\r\n\r\nhello"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding\0: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.0\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
    (
        Refused,
        "POST {p} HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    // Nobody's header: no body, and what follows is no request.
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n"),
];

const CHUNKS: &[(Fate, &str)] = &[
    (Served(1), "5;name=value\r\nhello\r\n0\r\n\r\n"),
    (Served(1), "5;name=\"va;lue\"\r\nhello\r\n0;last\r\n\r\n"),
    (Served(1), "005\r\nhello\r\n00\r\n\r\n"),
    (Served(1), "5\r\nhello\r\n0\r\nTrailer: value\r\n\r\n"),
    (Served(1), "5\r\nhello\r\n0\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (Refused, "5;name\nhello\r\n0\r\n\r\n{hidden}"),
    (Refused, "5;\n\r\nhello\r\n0\r\n\r\n"),
    (Refused, "5\nhello\n0\n\n{hidden}"),
    (Refused, "5\r\nhello\n0\r\n\r\n"),
    (Refused, "5\rhello\r\n0\r\n\r\n"),
    (Refused, "0x5\r\nhello\r\n0\r\n\r\n"),
    (Refused, "+5\r\nhello\r\n0\r\n\r\n"),
    (Refused, "-5\r\nhello\r\n0\r\n\r\n"),
    (Refused, "\r\nhello\r\n0\r\n\r\n"),
    (Refused, "g\r\nhello\r\n0\r\n\r\n"),
    (Refused, "5 5\r\nhello\r\n0\r\n\r\n"),
    (Refused, "3\r\nhello\r\n0\r\n\r\n"),
    (Refused, "5\r\nhelloXX0\r\n\r\n"),
    (Refused, "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
    (Refused, "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
    (Refused, "5\r\nhello\r\n0\r\nTrailer : value\r\n\r\n"),
    (Refused, "5\r\nhello\r\n0\r\n"),
    (Refused, "5\r\nhel"),
];

const LINES: &[(Fate, &str)] = &[
    (Agreed, "GET {p} HTTP/1.1\nHost: 127.0.0.1\n\n"),
    (Agreed, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\n\r\n"),
    (Agreed, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: y\n\n{hidden}"),
    (Agreed, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (Agreed, "\r\n\r\nGET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.1\rHost: 127.0.0.1\r\r"),
    (Refused, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX Y: z\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n: z\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nX\r\n\r\n"),
    (Refused, "GET {p}\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.2\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "GET {p} HTTP/2.0\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "GET {p} http/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "GET {p} HTTP/1.1 x\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "GET\t{p}\tHTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "G@T {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    (Refused, "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 200-ok\r\nContent-Length: 5\r\n\r\nhello"),
    (Served(1), "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello"),
];

/// What is sent before the answer to the request in front of it is there.
const AHEAD: &[(Fate, &str)] = &[
    (
        Served(3),
        "GET {p}/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET {p}/2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET {p}/3 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ),
    (Served(1), "GET {p}/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n{hidden}"),
    (Served(1), "GET {p}/1 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n{hidden}"),
    // Refused by us: its body is never taken for a request.
    (Refused, "POST {p}/%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 56\r\n\r\n{hidden}"),
    (Refused, "POST {p} HTTP/1.1\r\nContent-Length: 56\r\n\r\n{hidden}"),
    // Answered by the backend before it has read what belongs to it.
    (Served(1), "POST {p}/early HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3a\r\n{hidden}"),
    (Served(1), "POST {p}/early HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n{hidden}"),
    (
        Agreed,
        "POST {p}/early HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 56\r\n\r\n{hidden}",
    ),
    // Another protocol is asked for, and nobody agreed to it: it stays HTTP.
    (Agreed, "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n{hidden}"),
    (
        Agreed,
        "GET {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ),
    (
        Served(1),
        "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (Refused, "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n{hidden}"),
];

/// Holds all conversations at once, each over a connection of its own: with a backend in the same process, and with one behind
/// the reverse proxy.
async fn hold(name: &str, cases: Vec<(Fate, String)>) {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    hold_before(&front, ledger, name, &cases).await;
    let ledger = Ledger::default();
    let [first, _second] = front::start_two(ledger.clone(), SHORT).await;
    hold_before(&first, ledger, name, &cases).await;
}

async fn hold_before(front: &front::Front, ledger: Ledger, name: &str, cases: &[(Fate, String)]) {
    let held = cases.iter().enumerate().map(|(at, (fate, case))| {
        let path = format!("/v1/{name}-{at}-");
        let octets = case.replace("{hidden}", HIDDEN).replace("{p}", &path).into_bytes();
        judged(front.address, ledger.clone(), *fate, path, octets)
    });
    let wrong: Vec<String> = futures_util::future::join_all(held).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All of them, each with a path of its own.
pub(crate) fn conversations() -> Vec<Vec<u8>> {
    let cases = [LENGTHS, CODINGS, LINES, AHEAD].into_iter().flatten();
    let path = |at: usize| format!("/v1/any-{at}-");
    cases
        .enumerate()
        .map(|(at, (_, case))| case.replace("{hidden}", HIDDEN).replace("{p}", &path(at)).into_bytes())
        .collect()
}

/// What is wrong with the outcome of one conversation.
async fn judged(address: SocketAddr, ledger: Ledger, fate: Fate, path: String, octets: Vec<u8>) -> Option<String> {
    let answers = exchange(address, &octets).await;
    let (seen, unanswered) = (ledger.seen(&path), ledger.unanswered(&path, &answers));
    let well = match fate {
        Refused => seen.is_empty(),
        Served(count) => seen.len() == count && !seen.iter().any(|line| line.contains("hidden")),
        Agreed => true,
    };
    let refused_rightly = fate != Refused || statuses(&answers).iter().all(|status| *status >= 400);
    let told = || {
        format!(
            "{fate:?}: {:?}\n saw {seen:?}, unanswered {unanswered:?}, {:?}",
            String::from_utf8_lossy(&octets),
            statuses(&answers)
        )
    };
    (!well || !unanswered.is_empty() || !refused_rightly).then(told)
}

fn owned(cases: &[(Fate, &str)]) -> Vec<(Fate, String)> {
    cases.iter().map(|(fate, case)| (*fate, (*case).to_owned())).collect()
}

#[tokio::test]
async fn a_length_is_said_once_and_in_one_way() {
    hold("length", owned(LENGTHS)).await;
}

#[tokio::test]
async fn only_one_coding_is_understood_and_nothing_hides_behind_it() {
    hold("coding", owned(CODINGS)).await;
}

#[tokio::test]
async fn chunks_have_exact_sizes() {
    let head = "POST {p} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut cases: Vec<_> = CHUNKS.iter().map(|(fate, body)| (*fate, format!("{head}{body}"))).collect();
    cases.push((Refused, format!("{head}5;{}\r\nhello\r\n0\r\n\r\n", "x".repeat(64 * 1024))));
    cases.push((Refused, format!("{head}5\r\nhello\r\n0\r\n{}\r\n", "T: v\r\n".repeat(20_000))));
    hold("chunk", cases).await;
}

#[tokio::test]
async fn lines_that_can_be_read_in_two_ways_hide_no_request() {
    hold("line", owned(LINES)).await;
}

#[tokio::test]
async fn what_is_sent_ahead_is_a_request_or_nothing() {
    hold("ahead", owned(AHEAD)).await;
}

/// The control: a front that splices octets by Content-Length, before a backend that goes by Transfer-Encoding.
#[tokio::test]
async fn a_front_that_can_be_fooled_is_found() {
    let ledger = Ledger::default();
    let backend = front::start(ledger.clone(), SHORT).await;
    let hidden = HIDDEN.replace("{p}", "/v1/fooled");
    let body = format!("0\r\n\r\n{hidden}");
    // It takes the whole for one request, and hands it on in a form that says otherwise.
    let handed_on = format!("POST /v1/fooled HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
    let answers = exchange(backend.address, handed_on.as_bytes()).await;
    let text = String::from_utf8(answers).unwrap();
    // One request, one answer: the second stays in the connection for the next visitor.
    let first = &text[..text.match_indices("HTTP/1.1 ").nth(1).expect("two answers").0];
    assert_eq!(ledger.unanswered("/v1/fooled", first.as_bytes()), ["GET /v1/fooled/hidden 0"]);
}
