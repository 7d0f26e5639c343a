//! Real web servers in front of Rolo, with the configuration `rolo config nginx|apache` prints. Debian's NGINX and Apache are
//! started by the tests; where they are not installed a test says that it was left out, and in CI it fails.

mod hands_on;
mod stage;
mod visitor;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::time::{sleep, timeout};

use self::{
    stage::{Kind, Running, Site},
    visitor::Visitor,
};
use crate::place::{Place, Server};

/// A Rolo with one person, and the token of that person.
fn stage() -> (Place, String) {
    let mut place = Place::alone();
    place.person("noor@rolo.example");
    let token = place.told(&["token", "add", "--email", "noor@rolo.example"])["token"].as_str().unwrap().to_owned();
    let behind = [("ROLO_SERVER__PUBLIC_URL", "https://localhost"), ("ROLO_SERVER__BEHIND_PROXY", "true")];
    place.server = Some(Server::start_with(&place.data(), &behind));
    (place, token)
}

fn address(place: &Place) -> String {
    place.url().strip_prefix("http://").unwrap().to_owned()
}

fn port(address: &str) -> u16 {
    address.rsplit(':').next().unwrap().parse().unwrap()
}

fn visitor(front: &Running, protocol: &str) -> Visitor {
    Visitor::over_tls(front.site.https, &front.site.certificate, protocol)
}

#[test]
fn both_web_servers_take_every_printed_configuration() {
    let web = tempfile::tempdir().unwrap();
    let files = web.path().to_str().unwrap();
    for kind in [Kind::Nginx, Kind::Apache] {
        let Some(program) = kind.found() else { continue };
        for args in [
            &[][..],
            &["--files", files],
            &["--split", "--files", files],
            &["--split", "--files", files, "--api", "unix:/run/rolo/api.sock", "--pages", "[::1]:4040"],
        ] {
            let site = Site::printed(kind, "127.0.0.1:8080", args);
            let (taken, said) = site.looked_at(&program);
            assert!(taken, "{kind:?} {args:?}: {said}");
            assert!(!said.contains("[warn]"), "{kind:?} {args:?}: {said}");
        }
        // The control: one brace less is not taken.
        let mut broken = Site::printed(kind, "127.0.0.1:8080", &[]);
        broken.text = broken.text.trim_end().trim_end_matches(['}', '>']).to_owned();
        assert!(!broken.looked_at(&program).0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_news_and_uploads_go_through_nginx() {
    a_day_through(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_goes_through_apache() {
    a_day_through(Kind::Apache).await;
}

async fn a_day_through(kind: Kind) {
    let Some(program) = kind.found() else { return };
    let (place, token) = stage();
    let front = Site::printed(kind, &address(&place), &[]).start(&program);
    for protocol in ["h2", "http/1.1"] {
        let visitor = visitor(&front, protocol).with_token(&token);
        doors(&front, &visitor).await;
        rest(&visitor, &place).await;
        news(&visitor).await;
        uploads(&visitor).await;
    }
    at_the_end(front, place).await;
}

/// Who comes by http is sent on, who asks for another name is refused, what is private stays so.
async fn doors(front: &Running, visitor: &Visitor) {
    let sent_on = Visitor::plain(front.site.http).get("/contacts?q=a%20b").await;
    assert_eq!(sent_on.status, 308);
    assert_eq!(sent_on.said("location"), format!("https://localhost:{}/contacts?q=a%20b", front.site.https));
    let mut stranger = visitor.clone();
    "other.example".clone_into(&mut stranger.host);
    assert_eq!(stranger.get("/v1/session").await.status, 421);
    assert_eq!(visitor.get("/metrics").await.status, 404);
    assert_eq!(visitor.get("/readyz").await.status, 200);
}

/// What the API answers comes through as it is: status, body, headers, conditions, problems, paths.
async fn rest(visitor: &Visitor, place: &Place) {
    let direct = Visitor::plain(port(&address(place))).with_token(&visitor.token);
    let typed = [("content-type", "application/json")];
    let card = json!({ "card": { "name": { "full": "Ann Lee" } } }).to_string();
    let made = visitor.ask("POST", "/v1/contacts", &typed, card).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/v1/contacts/{}", made.json()["id"].as_str().unwrap());
    let read = visitor.get(&path).await;
    assert!(read.status == 200 && read.json()["card"]["name"]["full"] == "Ann Lee", "{read:?}");
    assert!(read.said("server-timing").contains("c3"));
    assert_eq!(read.said("strict-transport-security"), "max-age=31536000");
    let tag = read.said("etag").to_owned();
    assert_eq!(visitor.ask("GET", &path, &[("if-none-match", &tag)], "").await.status, 304);
    let patch = json!({ "card": { "name": { "full": "Ann Lee-Ray" } } }).to_string();
    let changed = visitor.ask("PATCH", &path, &[typed[0], ("if-match", &tag)], patch).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let gone = visitor.ask("DELETE", &path, &[("if-match", changed.said("etag"))], "").await;
    assert!(gone.status.is_success(), "{gone:?}");
    // A search that says that its index is behind says something else a moment later.
    let caught_up = async {
        while direct.get("/v1/contacts?q=ann").await.json()["behind"] == true {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), caught_up).await.expect("the index takes in what was written");

    for odd in [
        "/v1/contacts/nobody",
        "/v1/contacts/a%2Fb",
        "/v1/contacts/%00",
        "/v1/contacts?q=a%26b&limit=2",
        "/v1/contacts?q=%E7%94%B0%E4%B8%AD",
        "/v1/nothing",
        "/v1/contacts/a%5Cb",
        "/",
        "/contacts/some",
        "/assets/none.js",
    ] {
        let (through, straight) = (visitor.get(odd).await, direct.get(odd).await);
        // A NUL in a path is refused by Apache itself, with words of its own.
        if odd.contains("%00") && through.status.is_client_error() {
            continue;
        }
        assert_eq!((through.status, &through.body), (straight.status, &straight.body), "{odd}");
        for name in
            ["content-type", "cache-control", "content-security-policy", "x-content-type-options", "referrer-policy"]
        {
            let all = |answer: &visitor::Answer| answer.headers.get_all(name).iter().cloned().collect::<Vec<_>>();
            assert_eq!(all(&through), all(&straight), "{odd}: {name}");
            assert!(all(&through).len() <= 1, "{odd}: {name} is doubled");
        }
        assert_eq!(through.said("strict-transport-security"), "max-age=31536000", "{odd}");
    }
}

/// What changed is told while the answer goes on.
async fn news(visitor: &Visitor) {
    let mut events = visitor.open("GET", "/v1/events", &[], Bytes::new()).await;
    assert!(events.status() == 200 && events.headers()["content-type"] == "text/event-stream", "{events:?}");
    let first = next_event(&mut events).await;
    assert!(first.contains("id: "), "{first}");
    let card = json!({ "card": { "name": { "full": "News" } } }).to_string();
    let made = visitor.ask("POST", "/v1/contacts", &[("content-type", "application/json")], card).await;
    assert_eq!(made.status, 201);
    let told = next_event(&mut events).await;
    assert!(told.contains("id: ") && told != first, "{told}");
}

/// The next event of a stream; a comment is none. Held back, it would wait for the next beat at least.
async fn next_event(events: &mut http::Response<hyper::body::Incoming>) -> String {
    let mut said = String::new();
    let waiting = async {
        while !(said.contains("id: ") && said.ends_with("\n\n")) {
            let frame = events.frame().await.expect("the stream ended").unwrap();
            said.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    };
    timeout(Duration::from_secs(15), waiting).await.expect("news are held back");
    said
}

/// A file larger than any other body is taken as an import; a body that is too large elsewhere is refused.
async fn uploads(visitor: &Visitor) {
    let mut file = String::from("Name,Notes\n");
    let note = "bees ".repeat(12_000);
    while file.len() < 34 << 20 {
        file.push_str(&format!("Person {},{note}\n", file.len()));
    }
    let books = visitor.get("/v1/books").await.json();
    let book = books["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{books}"));
    let path = format!("/v1/imports?book={book}&name=people.csv");
    let taken = visitor.ask("POST", &path, &[("content-type", "text/csv")], file.clone()).await;
    assert!(taken.status.is_success(), "{:?} {}", taken.status, String::from_utf8_lossy(&taken.body));
    let refused = visitor.ask("POST", "/v1/contacts", &[("content-type", "application/json")], file).await;
    // Apache gives up when Rolo refuses a body that is still on its way, and says so.
    let apache = refused.headers.get("server").is_some_and(|name| name.as_bytes().starts_with(b"Apache"));
    assert!(refused.status == 413 || apache && refused.status == 502, "{refused:?}");
}

/// With Rolo gone, the web server says so, and lives.
async fn at_the_end(front: Running, mut place: Place) {
    let visitor = visitor(&front, "h2");
    assert_eq!(place.server.take().unwrap().end(), Some(0));
    let answer = visitor.get("/v1/contacts").await;
    assert!(matches!(answer.status.as_u16(), 502..=504), "{answer:?}");
    assert_eq!(answer.said("strict-transport-security"), "max-age=31536000");
    assert_eq!(visitor.get("/metrics").await.status, 404, "{}", front.log());
}
