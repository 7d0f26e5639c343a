//! Set-up, sign-in, sessions and tokens over HTTP.

use std::net::SocketAddr;

use jiff::SignedDuration;
use rolo_api::Peer;
use serde_json::{Value, json};

use crate::support::{CODE, House, PASSWORD, Reply, peer, schema};

fn owner(code: &str) -> Value {
    json!({ "code": code, "name": "Eve", "email": "eve@example.org", "password": PASSWORD, "organisation": "Eden" })
}

fn secret(reply: &Reply) -> String {
    reply.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned()
}

fn as_described(id: &str, reply: Reply) -> Reply {
    let operation = schema::operations().into_iter().find(|operation| operation.id == id).unwrap();
    assert_eq!(schema::differs(&operation, &reply), None);
    reply
}

#[tokio::test]
async fn the_first_account_is_made_with_the_code_from_the_console() {
    let house = House::empty().await;
    let state = as_described("getSetUp", house.get("/v1/setup").await.expect(200)).json();
    let services = json!([{ "name": "database", "ok": true }, { "name": "storage", "ok": true }, { "name": "search", "ok": true }, { "name": "cache", "ok": true }]);
    assert_eq!(state, json!({ "open": true, "services": services, "restore": null }));

    let wrong = house.post("/v1/setup", owner("0000-0000")).with("sec-fetch-site", "same-origin").await;
    assert_eq!(wrong.refused(), (422, "/code".into()));
    let made = house.post("/v1/setup", owner(CODE)).with("sec-fetch-site", "same-origin").await.expect(201);
    let made = as_described("setUp", made);
    let account = house.get("/v1/account").with("cookie", format!("rolo={}", secret(&made))).await.expect(200).json();
    assert_eq!(
        (&account["name"], &account["role"], &account["organisation"]["name"]),
        (&json!("Eve"), &json!("owner"), &json!("Eden"))
    );

    assert_eq!(house.get("/v1/setup").await.refused().0, 404, "once there is an account there is no set-up");
    let again = house.post("/v1/setup", owner(CODE)).with("sec-fetch-site", "same-origin").await;
    assert_eq!(again.refused().0, 404);
}

#[tokio::test]
async fn ten_wrong_codes_end_the_code() {
    let house = House::empty().await;
    for _ in 0..10 {
        house.post("/v1/setup", owner("AAAA-AAAA")).with("sec-fetch-site", "same-origin").await.expect(422);
    }
    let right = house.post("/v1/setup", owner(CODE)).with("sec-fetch-site", "same-origin").await;
    assert_eq!(right.refused(), (422, "/code".into()));
    assert_eq!(house.get("/v1/setup").await.expect(200).json()["open"], false);
    assert!(!house.services.database.has_accounts().await.unwrap());
}

#[tokio::test]
async fn signing_in_sets_a_cookie_that_scripts_cannot_read() {
    let (house, ann) = House::of_ann().await;
    let sign_in = |peer: Peer| {
        let body = json!({ "email": "ANN@example.org", "password": PASSWORD });
        house.post("/v1/sessions", body).with("sec-fetch-site", "same-origin").from(peer)
    };
    let plain = sign_in(peer()).await.expect(201);
    assert!(
        plain.header("set-cookie").starts_with("rolo=")
            && plain.header("set-cookie").ends_with("; HttpOnly; SameSite=Lax")
    );
    let tls = Peer { tls: true, ..peer() };
    let secure = sign_in(tls).await.expect(201);
    assert!(
        secure.header("set-cookie").starts_with("__Host-rolo=") && secure.header("set-cookie").ends_with("; Secure")
    );
    assert!(secure.header("strict-transport-security").starts_with("max-age=31536000"));

    let host_bound = format!("__Host-rolo={}", secret(&secure));
    house.get("/v1/account").with("cookie", &host_bound).from(tls).await.expect(200);
    house.get("/v1/account").with("cookie", &host_bound).await.expect(401);
    let planted = format!("rolo={}", ann.cookie);
    house.get("/v1/account").with("cookie", planted).from(tls).await.expect(401);
}

#[tokio::test]
async fn a_form_signs_in_without_scripts() {
    let (house, _ann) = House::of_ann().await;
    let form = |password: &str| {
        let body = format!("email=ann%40example.org&password={}", password.replace(' ', "+"));
        house
            .call("POST", "/v1/sessions")
            .body("application/x-www-form-urlencoded", body)
            .with("origin", "https://rolo.example")
    };
    let done = form(PASSWORD).await.expect(303);
    assert_eq!(done.header("location"), "/");
    house.get("/v1/account").with("cookie", format!("rolo={}", secret(&done))).await.expect(200);
    let refused = form("wrong").await.expect(303);
    assert_eq!((refused.header("location"), refused.header("set-cookie")), ("/sign-in?refused=true", ""));
}

#[tokio::test]
async fn guesses_are_slowed_where_they_come_from_and_the_owner_still_gets_in() {
    let (house, _ann) = House::of_ann().await;
    let sign_in = |password: &str, from: [u8; 4]| {
        let address = SocketAddr::from((from, 1));
        let body = json!({ "email": "ann@example.org", "password": password });
        house.post("/v1/sessions", body).with("sec-fetch-site", "same-origin").from(Peer { address, tls: false })
    };
    let stranger = [203, 0, 113, 9];
    for _ in 0..10 {
        sign_in("guess", stranger).await.expect(401);
    }
    let limited = sign_in(PASSWORD, stranger).with("x-forwarded-for", "198.51.100.1").await;
    assert_eq!(limited.refused().0, 429);
    assert!(limited.header("retry-after").parse::<u32>().unwrap() <= 60);
    sign_in(PASSWORD, [198, 51, 100, 1]).await.expect(201);
    house.clock.pass(SignedDuration::from_secs(61));
    sign_in(PASSWORD, stranger).await.expect(201);
}

#[tokio::test]
async fn a_session_ends_at_once_wherever_it_is_ended() {
    let (house, ann) = House::of_ann().await;
    house.get("/v1/account").in_browser(&ann).await.expect(200);
    let list = house.get("/v1/sessions").in_browser(&ann).await.expect(200).json();
    assert_eq!((&list["items"][0]["current"], &list["items"][0]["device"]), (&json!(true), &json!("Test on Linux")));

    let out = house.call("DELETE", "/v1/sessions/current").in_browser(&ann).await.expect(204);
    assert!(out.header("set-cookie").starts_with("rolo=; Path=/; Max-Age=0"));
    house.get("/v1/account").in_browser(&ann).await.expect(401);
    house.call("DELETE", "/v1/sessions/current").by(&ann).await.expect(404);
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_without_use() {
    let (house, ann) = House::of_ann().await;
    for _ in 0..3 {
        house.clock.pass(SignedDuration::from_hours(29 * 24));
        house.get("/v1/account").in_browser(&ann).await.expect(200);
    }
    house.clock.pass(SignedDuration::from_hours(31 * 24));
    house.get("/v1/account").in_browser(&ann).await.expect(401);
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked_or_over() {
    let (house, ann) = House::of_ann().await;
    let ends = house.services_now() + SignedDuration::from_secs(30);
    let made =
        house.post("/v1/tokens", json!({ "name": "Script", "expires_at": ends })).by(&ann).await.expect(201).json();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let ask = || house.get("/v1/account").with("authorization", &bearer);
    ask().await.expect(200);
    house.clock.pass(SignedDuration::from_secs(31));
    ask().await.expect(401);

    let list = house.get("/v1/tokens").by(&ann).await.expect(200).text();
    assert!(!list.contains(made["secret"].as_str().unwrap()), "a secret is shown once");
    house.get("/v1/account").by(&ann).await.expect(200);
    let own = serde_json::from_str::<Value>(&list).unwrap();
    let own = own["items"].as_array().unwrap().iter().find(|token| token["name"] == "Test").unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    house.call("DELETE", format!("/v1/tokens/{own}")).by(&ann).await.expect(204);
    house.get("/v1/account").by(&ann).await.expect(401);
}

#[tokio::test]
async fn an_app_password_does_not_open_the_api() {
    let (house, ann) = House::of_ann().await;
    let made = house.post("/v1/tokens", json!({ "name": "Phone", "kind": "dav" })).by(&ann).await.expect(201).json();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    house.get("/v1/account").with("authorization", bearer).await.expect(401);
}

/// What another site can make a browser send, to every write there is: nothing happens.
#[tokio::test]
async fn another_site_cannot_write_with_our_cookie() {
    let (house, ann) = House::of_ann().await;
    let contact = house.contact(&ann, "Bo").await;
    let id = contact["id"].as_str().unwrap();
    let heads = async || house.services.database.heads(&scope(&house, &ann).await).await.unwrap();
    let before = heads().await;
    let body = json!({ "card": { "name": { "full": "Forged" } } }).to_string();
    let sites: [&[(&str, &str)]; 5] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://blog.rolo.example")],
        &[],
    ];
    for operation in schema::operations().iter().filter(|operation| operation.method != "GET") {
        let path = operation
            .path
            .replace("{id}", id)
            .replace("{session}", "current")
            .replace("{modseq}", "1")
            .replace("{account}", id);
        for site in sites {
            for media in
                ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json", ""]
            {
                let mut call = house
                    .call(&operation.method, &path)
                    .with("cookie", format!("rolo={}", ann.cookie))
                    .with("host", "rolo.example");
                for (name, value) in site {
                    call = call.with(name, value);
                }
                let reply = call.seen("*").body(media, body.clone()).await;
                assert_eq!(reply.refused(), (403, "Origin".into()), "{} {media} {site:?}", operation.id);
            }
        }
    }
    assert_eq!(heads().await, before);
    house.get("/v1/account").in_browser(&ann).await.expect(200);
    // The floor: the same from Rolo's own page has an effect.
    let own = house
        .call("POST", "/v1/contacts")
        .with("cookie", format!("rolo={}", ann.cookie))
        .with("host", "localhost")
        .with("origin", "http://localhost");
    own.body("application/json", body).await.expect(201);
}

async fn scope(house: &House, person: &crate::support::Person) -> rolo_core::account::Scope {
    let (caller, _) = rolo_core::account::of_session(&house.services, &person.cookie).await.unwrap().unwrap();
    caller.scope().clone()
}
