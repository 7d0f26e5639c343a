//! Honest requests with some octets changed: whatever becomes of them, what the backend saw was answered.

use futures_util::future::join_all;

use crate::{
    front::{self, SHORT},
    ledger::Ledger,
    wire::exchange,
};

/// How many are tried; `ROLO_MUTATIONS` says more for a soak.
const MUTATIONS: usize = 2_000;
/// So many at a time.
const TOGETHER: usize = 200;

const SEEDS: &[&str] = &[
    "POST {p}/a HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\nGET {p}/b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "POST {p}/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhelloGET {p}/b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "POST {p}/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET {p}/b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET {p}/a HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nExpect: 100-continue\r\n\r\nGET {p}/b HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
];

const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\0",
    b":",
    b";",
    b",",
    b"0",
    b"5",
    b"0\r\n\r\n",
    b"\r\n ",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: identity\r\n",
    b"Connection: close\r\n",
    b"chunked",
    b"\x7f",
    b"\xff",
];

/// A seed with one to three changes.
fn mutated(dice: &mut fastrand::Rng, path: &str) -> Vec<u8> {
    let seed = SEEDS[dice.usize(..SEEDS.len())];
    let mut octets = seed.replace("{p}", path).into_bytes();
    for _ in 0..dice.usize(1..=3) {
        let at = dice.usize(..octets.len());
        match dice.u8(..4) {
            0 => drop(octets.remove(at)),
            1 => octets[at] ^= 1 << dice.u8(..8),
            2 => {
                let end = (at + dice.usize(1..20)).min(octets.len());
                let piece = octets[at..end].to_vec();
                octets.splice(at..at, piece);
            }
            _ => drop(octets.splice(at..at, PIECES[dice.usize(..PIECES.len())].iter().copied())),
        }
    }
    octets
}

#[tokio::test]
async fn whatever_is_changed_the_backend_sees_nothing_that_is_not_answered() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let [first, _second] = front::start_two(ledger.clone(), SHORT).await;
    let mut dice = fastrand::Rng::with_seed(0x0526);
    let asked = std::env::var("ROLO_MUTATIONS").ok();
    let count = asked.map_or(MUTATIONS, |count| count.parse().expect("ROLO_MUTATIONS is a number"));
    let mut seen = 0;
    for round in 0..count.div_ceil(TOGETHER) {
        let requests: Vec<_> =
            (0..TOGETHER).map(|number| mutated(&mut dice, &format!("/v1/{round}-{number}-"))).collect();
        // Every other time through the reverse proxy.
        let address = if round % 2 == 0 { front.address } else { first.address };
        let answers = join_all(requests.iter().map(|octets| exchange(address, octets))).await.concat();
        // One may have become another's path: what counts is all of them.
        let unanswered = ledger.unanswered("", &answers);
        let told =
            || requests.iter().map(|octets| format!("{:?}\n", String::from_utf8_lossy(octets))).collect::<String>();
        assert!(unanswered.is_empty(), "{unanswered:?} of {}", told());
        seen += ledger.seen("").len();
        ledger.clear();
    }
    // It was no wall: many of them are still requests.
    assert!(seen > count / 4, "{seen} of {count}");
    println!("{count} mutations, {seen} requests seen, 0 unanswered");
}
