//! The instance itself.

use std::net::SocketAddr;

use rolo_api::Peer;
use rolo_core::account::{Role, person::Tenant};
use serde_json::json;

use crate::support::{House, Line, peer, schema};

#[tokio::test]
async fn whoever_runs_it_sees_whether_it_lives_and_what_it_lacks() {
    let house = House::empty().await;
    assert_eq!(house.get("/healthz").await.expect(200).text(), "ok\n");
    let ready = house.get("/readyz").await.expect(200).json();
    assert_eq!((&ready["ready"], ready["culprits"].as_array().unwrap().len()), (&serde_json::json!(true), 0));
    assert_eq!(house.get("/version").await.expect(200).json()["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_admins() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let local = Peer { address: SocketAddr::from(([127, 0, 0, 1], 9)), tls: false };
    assert_eq!(house.get("/metrics").await.refused().0, 401);
    assert_eq!(house.get("/metrics").by(&mel).await.refused().0, 403);
    assert!(
        house
            .get("/metrics")
            .by(&ann)
            .await
            .expect(200)
            .text()
            .contains("rolo_requests_total{operation=\"getMetrics\",status=\"4xx\"} 2\n")
    );
    house.get("/metrics").from(local).await.expect(200);
    let through_a_proxy = house.get("/metrics").from(local).with("x-forwarded-for", "203.0.113.9").await;
    assert_eq!(through_a_proxy.refused().0, 401, "whoever comes through a proxy on this machine is not this machine");
}

#[tokio::test]
async fn every_answer_carries_what_keeps_browsers_safe() {
    let (house, ann) = House::of_ann().await;
    let tls = Peer { tls: true, ..peer() };
    for operation in schema::operations() {
        let reply = house.call(&operation.method, operation.path.replace(['{', '}'], "")).by(&ann).from(tls).await;
        let id = &operation.id;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{id}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{id}");
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000", "{id}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{id}");
        assert!(!reply.header("content-security-policy").contains("unsafe"), "{id}");
        assert!(reply.header("server-timing").starts_with("c3"), "{id}");
        assert_ne!(reply.header("x-request-id"), "", "{id}");
        assert!(reply.headers.get("access-control-allow-origin").is_none(), "{id}");
        let public = ["getOpenApi", "getReference"].contains(&id.as_str());
        assert_eq!(reply.header("cache-control"), if public { "no-cache" } else { "private, no-store" }, "{id}");
    }
    let nowhere = house.get("/v1/nowhere").await;
    assert_eq!((nowhere.refused().0, nowhere.header("x-content-type-options")), (404, "nosniff"));
}

#[tokio::test]
async fn the_reference_is_a_page_without_anything_of_others() {
    let house = House::empty().await;
    let page = house.get("/v1/docs").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("style-src 'sha256-"));
    assert!(page.text().contains("/v1/contacts/{id}"));
    house.get("/v1/docs").with("if-none-match", page.header("etag")).await.expect(304);
}

/// An operation's answer, held against its description.
async fn described(house: &House, id: &str) -> (u16, serde_json::Value) {
    let operation = schema::operations().into_iter().find(|operation| operation.id == id).unwrap();
    let reply = house.get(&operation.path).await;
    assert_eq!(schema::differs(&operation, &reply), None);
    (reply.status, reply.json())
}

#[tokio::test]
async fn a_database_that_is_cut_off_is_named_and_the_process_lives_on() {
    let (house, _ann, line) = House::on_a_line().await;
    assert_eq!(described(&house, "getReadiness").await.0, 200);
    // One that never answers is given up after two seconds.
    for broken in [Line::Cut, Line::Silent] {
        line.make(broken);
        let (status, ready) = described(&house, "getReadiness").await;
        assert_eq!((status, &ready["ready"], &ready["culprits"]), (503, &json!(false), &json!(["database"])));
        let database = ready["services"].as_array().unwrap().iter().find(|service| service["name"] == "database");
        assert_eq!(database.unwrap()["ok"], false);
        assert_eq!(house.get("/healthz").await.expect(200).text(), "ok\n");
        house.get("/version").await.expect(200);
        house.get("/v1/openapi.json").await.expect(200);
        line.make(Line::Whole);
        assert_eq!(described(&house, "getReadiness").await.0, 200);
    }
}

#[tokio::test]
async fn while_the_database_is_cut_off_every_operation_says_so_and_when_to_come_back() {
    let (house, ann, line) = House::on_a_line().await;
    house.contact(&ann, "Bo").await;
    line.make(Line::Cut);
    let mut asked = 0;
    for operation in schema::operations().iter().filter(|operation| operation.needs_account()) {
        let path = operation.path.replace("{session}", "current").replace("{id}", &ann.book.to_string());
        for call in
            [house.call(&operation.method, &path).by(&ann), house.call(&operation.method, &path).in_browser(&ann)]
        {
            let reply = call.await;
            assert_eq!(reply.refused().0, 503, "{}: {}", operation.id, reply.text());
            assert_ne!(reply.header("retry-after"), "", "{}", operation.id);
            assert!(reply.text().contains("database"), "{}: {}", operation.id, reply.text());
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    let sign_in = json!({ "email": ann.email, "password": crate::support::PASSWORD });
    let door = house.post("/v1/sessions", sign_in).with("sec-fetch-site", "same-origin").await;
    assert_eq!(door.refused().0, 503, "whoever signs in is not told that the password is wrong");
    line.make(Line::Whole);
    house.get("/v1/account").by(&ann).await.expect(200);
    assert_eq!(house.get("/v1/contacts").by(&ann).await.expect(200).json()["total"], 1);
}
