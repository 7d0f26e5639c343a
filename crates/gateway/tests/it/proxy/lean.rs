//! What handing a request on costs. Most of its allocations are hyper's; one more for each header would show.

use http_body_util::BodyExt as _;
use rolo_gateway::{Peer, Proxy, Upstream as _};

use super::{behind::Behind, to};
use crate::harness;

/// What a browser sends.
const BROWSER: [(&str, &str); 12] = [
    ("connection", "keep-alive"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.5"),
    ("cookie", "session=0198f1c2"),
    ("referer", "https://rolo.example/contacts"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("upgrade-insecure-requests", "1"),
    ("priority", "u=0, i"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"),
];

#[test]
fn a_request_that_is_handed_on_costs_few_allocations() {
    let behind_runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (behind, _came) = behind_runtime.block_on(Behind::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let proxy = Proxy::new(to(&behind));
    let visitor = Peer { address: "192.0.2.1:1".parse().unwrap(), tls: true };
    for nth in 0..5 {
        let request = harness::get("/contacts", "rolo.example", &BROWSER)
            .map(|body| body.map_err(|never| match never {}).boxed_unsync());
        let cost = allocation_counter::measure(|| {
            runtime.block_on(async {
                let answer = proxy.answer(request, visitor).await;
                assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok");
            });
        });
        // The first one makes the connection.
        assert!(nth == 0 || (cost.count_total <= 44 && cost.bytes_total <= 24 * 1024), "{cost:?}");
    }
}
