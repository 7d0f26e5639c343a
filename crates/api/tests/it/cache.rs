//! The answer cache: quick, and never older than what was written.

use rolo_core::account::{
    Right, Role,
    person::{self, Tenant},
};
use serde_json::json;

use crate::support::House;

/// Which connections `Server-Timing` names, each of them with a time.
fn connections(said: &str) -> String {
    let marks = said.split(", ").map(|one| {
        let (mark, millis) = one.split_once(";dur=").unwrap_or_else(|| panic!("no time: {said}"));
        assert!(millis.parse::<f64>().is_ok(), "{said}");
        mark
    });
    marks.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_second_time_the_cache_answers_the_same_bytes() {
    let (house, ann) = House::of_ann().await;
    let contact = house.contact(&ann, "Bo").await;
    for path in [
        format!("/v1/contacts/{}", contact["id"].as_str().unwrap()),
        "/v1/contacts?limit=50".to_owned(),
        "/v1/labels".to_owned(),
        "/v1/books".to_owned(),
        "/v1/bin".to_owned(),
        format!("/v1/organisations/{}", ann.organisation),
    ] {
        let first = house.get(&path).in_browser(&ann).await.expect(200);
        assert_eq!(connections(first.header("server-timing")), "c3, c4;desc=miss, c5", "{path}");
        let second = house.get(&path).in_browser(&ann).await.expect(200);
        assert_eq!(connections(second.header("server-timing")), "c3, c4;desc=hit", "{path}");
        assert_eq!(second.body, first.body);
        for name in ["etag", "content-type", "cache-control", "content-security-policy", "x-content-type-options"] {
            assert_eq!(second.header(name), first.header(name), "{path} {name}");
        }
        let known = house.get(&path).in_browser(&ann).with("if-none-match", first.header("etag")).await.expect(304);
        assert!(known.body.is_empty());
    }
}

#[tokio::test]
async fn nobody_reads_older_than_what_was_written() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let shared = house.post("/v1/books", json!({ "name": "Team", "shared": true })).by(&ann).await.expect(201).json();
    let card = json!({ "name": { "full": "Bo" } });
    let made =
        house.post("/v1/contacts", json!({ "book": shared["id"], "card": card })).by(&ann).await.expect(201).json();
    let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
    for n in 0..5 {
        for reader in [&ann, &mel] {
            house.get(&path).by(reader).await.expect(200);
            house.get("/v1/contacts").by(reader).await.expect(200);
        }
        let name = format!("Bo the {n}th");
        house
            .call("PATCH", &path)
            .json(&json!({ "card": { "name": { "full": name } } }))
            .seen("*")
            .by(&ann)
            .await
            .expect(200);
        for reader in [&ann, &mel] {
            assert_eq!(house.get(&path).by(reader).await.expect(200).json()["card"]["name"]["full"], name);
            assert_eq!(house.get("/v1/contacts").by(reader).await.expect(200).json()["items"][0]["name"], name);
        }
    }
    // A star is each one's own.
    house.call("PUT", format!("{path}/star")).by(&mel).await.expect(204);
    assert_eq!(house.get(&path).by(&mel).await.json()["starred"], true);
    assert_eq!(house.get(&path).by(&ann).await.json()["starred"], false);
}

#[tokio::test]
async fn what_everyone_sees_of_the_organisation_is_never_old() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let path = format!("/v1/organisations/{}", ann.organisation);
    house.get(&path).by(&mel).await.expect(200);
    house.get(&path).by(&ann).await.expect(200);
    let patch = json!({ "name": "Lee and daughters" });
    house.call("PATCH", &path).json(&patch).seen("*").by(&ann).await.expect(200);
    for reader in [&ann, &mel] {
        assert_eq!(house.get(&path).by(reader).await.expect(200).json()["name"], "Lee and daughters");
    }
}

#[tokio::test]
async fn a_right_that_is_taken_away_counts_at_the_next_request() {
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let path = format!("/v1/contacts/{}", house.contact(&ann, "Bo").await["id"].as_str().unwrap());
    house.get(&path).by(&mel).await.expect(404);
    for _ in 0..2 {
        person::set_access(&house.services, ann.book, mel.account, Some(Right::See)).await.unwrap();
        house.get(&path).by(&mel).await.expect(200);
        house.get(&path).by(&mel).await.expect(200);
        person::set_access(&house.services, ann.book, mel.account, None).await.unwrap();
        house.get(&path).by(&mel).await.expect(404);
    }
    // With what the cache holds, too: a removed account is nobody.
    house.get("/v1/labels").by(&mel).await.expect(200);
    person::remove(&house.services, mel.account).await.unwrap();
    house.get("/v1/labels").by(&mel).await.expect(401);
}
