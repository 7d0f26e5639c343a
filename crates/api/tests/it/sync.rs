//! Everything once, then what changed.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::{House, Person};

async fn snapshot(house: &House, person: &Person) -> Vec<Value> {
    let reply = house.get("/v1/snapshot").by(person).await.expect(200);
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What changed since, page by page, as `(type, id, gone)`.
async fn changes(house: &House, person: &Person, since: &mut String, limit: usize) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    loop {
        let page = house.get(format!("/v1/changes?since={since}&limit={limit}")).by(person).await.expect(200).json();
        *since = page["since"].as_str().unwrap().to_owned();
        let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["value"].is_null(), item["gone"] == true || item["type"] == "account", "{item}");
            all.push((text(item, "type"), text(item, "id"), item["gone"] == true));
        }
        if page["more"] == false {
            return all;
        }
    }
}

#[tokio::test]
async fn a_client_that_follows_has_what_the_server_has() {
    let (house, ann) = House::of_ann().await;
    for n in 0..300 {
        house.contact(&ann, &format!("Person {n}")).await;
    }
    let lines = snapshot(&house, &ann).await;
    assert_eq!(lines[0]["total"], 300);
    let count = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!((count("book"), count("contact")), (1, 300));
    let mut since = lines[0]["since"].as_str().unwrap().to_owned();
    assert_eq!(changes(&house, &ann, &mut since, 100).await, []);

    let first =
        lines.iter().find(|line| line["type"] == "contact").unwrap()["value"]["id"].as_str().unwrap().to_owned();
    let label =
        house.post("/v1/labels", json!({ "book": ann.book, "name": "Friends" })).by(&ann).await.expect(201).json();
    let made = house.contact(&ann, "New").await;
    house.call("PUT", format!("/v1/contacts/{first}/star")).by(&ann).await.expect(204);
    house.call("DELETE", format!("/v1/contacts/{}", made["id"].as_str().unwrap())).seen("*").by(&ann).await.expect(204);
    let told = changes(&house, &ann, &mut since, 1).await;
    let has = |kind: &str, id: &str, gone: bool| told.contains(&(kind.to_owned(), id.to_owned(), gone));
    assert!(has("label", label["id"].as_str().unwrap(), false), "{told:?}");
    assert!(has("contact", &first, false), "a star is a change of the contact");
    assert!(has("contact", made["id"].as_str().unwrap(), true));
    assert_eq!(changes(&house, &ann, &mut since, 100).await, []);
}

#[tokio::test]
async fn a_contact_that_moves_is_there_and_not_gone() {
    let (house, ann) = House::of_ann().await;
    let other = house.post("/v1/books", json!({ "name": "Other" })).by(&ann).await.expect(201).json();
    let bo = house.contact(&ann, "Bo").await;
    let mut since = snapshot(&house, &ann).await[0]["since"].as_str().unwrap().to_owned();
    let path = format!("/v1/contacts/{}/book", bo["id"].as_str().unwrap());
    house.call("PUT", path).json(&json!({ "book": other["id"] })).seen("*").by(&ann).await.expect(200);
    let page = house.get(format!("/v1/changes?since={since}")).by(&ann).await.expect(200).json();
    let contacts: Vec<&Value> =
        page["items"].as_array().unwrap().iter().filter(|item| item["type"] == "contact").collect();
    assert_eq!(contacts.len(), 1);
    assert_eq!((&contacts[0]["gone"], &contacts[0]["book"]), (&json!(false), &other["id"]));
    since = page["since"].as_str().unwrap().to_owned();
    assert_eq!(changes(&house, &ann, &mut since, 100).await, []);
}

#[tokio::test]
async fn a_book_that_becomes_visible_comes_with_all_that_is_in_it() {
    use rolo_core::account::{Right, Role, person, person::Tenant};
    let (house, ann) = House::of_ann().await;
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    let bo = house.contact(&ann, "Bo").await;
    let mut since = snapshot(&house, &mel).await[0]["since"].as_str().unwrap().to_owned();
    person::set_access(&house.services, ann.book, mel.account, Some(Right::See)).await.unwrap();
    let told = changes(&house, &mel, &mut since, 100).await;
    assert!(told.contains(&("book".to_owned(), ann.book.to_string(), false)), "{told:?}");
    assert!(told.contains(&("contact".to_owned(), bo["id"].as_str().unwrap().to_owned(), false)), "{told:?}");
    person::set_access(&house.services, ann.book, mel.account, None).await.unwrap();
    let told = changes(&house, &mel, &mut since, 100).await;
    assert!(told.contains(&("book".to_owned(), ann.book.to_string(), true)), "{told:?}");
}

#[tokio::test]
async fn a_point_in_time_of_somebody_else_is_none() {
    let (house, ann) = House::of_ann().await;
    let zoe = house
        .person("Zoe", rolo_core::account::person::Tenant::New("Zoe".into()), rolo_core::account::Role::Owner)
        .await;
    let since = snapshot(&house, &ann).await[0]["since"].as_str().unwrap().to_owned();
    let asked = house.get(format!("/v1/changes?since={since}")).by(&zoe).await;
    assert_eq!(asked.refused(), (422, "since".into()));
}

#[tokio::test]
async fn every_line_says_the_uid_and_the_name_in_the_other_order() {
    let (house, ann) = House::of_ann().await;
    let since = snapshot(&house, &ann).await[0]["since"].as_str().unwrap().to_owned();
    let components = json!([{ "kind": "given", "value": "Bo" }, { "kind": "surname", "value": "Roe" }]);
    let card = json!({ "name": { "full": "Bo Roe", "components": components } });
    let made = house.post("/v1/contacts", json!({ "card": card })).by(&ann).await.expect(201).json();
    house.contact(&ann, "Bo Plain").await;
    house.follow().await;
    let page = async |path: String| {
        let page = house.get(path).by(&ann).await.expect(200).json();
        page["items"].as_array().unwrap().clone()
    };
    let told = page(format!("/v1/changes?since={since}")).await;
    let mut lists = vec![told.into_iter().map(|item| item["value"].clone()).collect()];
    lists.push(page("/v1/contacts".to_owned()).await);
    lists.push(page("/v1/contacts?q=bo".to_owned()).await);
    let lines = snapshot(&house, &ann).await;
    lists.push(lines.iter().filter(|line| line["type"] == "contact").map(|line| line["value"].clone()).collect());
    for list in lists {
        let named = |name: &str| list.iter().find(|line| line["name"] == name).unwrap();
        assert_eq!(named("Bo Roe")["name_family_first"], "Roe, Bo");
        assert_eq!(named("Bo Roe")["uid"], made["uid"]);
        assert_eq!(named("Bo Plain").get("name_family_first"), None, "it is no other");
    }
}

#[tokio::test]
async fn files_of_contacts_travel_packed_for_whoever_takes_them_so() {
    let (house, ann) = House::of_ann().await;
    for n in 0..300 {
        house.contact(&ann, &format!("Person {n}")).await;
    }
    for path in ["/v1/snapshot", "/v1/exports?format=vcard4"] {
        let plain = house.get(path).by(&ann).await.expect(200);
        assert_eq!((plain.header("content-encoding"), plain.header("vary")), ("", "Accept-Encoding"), "{path}");
        let packed = house.get(path).with("accept-encoding", "br;q=0.5, gzip").by(&ann).await.expect(200);
        assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "Accept-Encoding"), "{path}");
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body, "{path}");
        assert!(packed.body.len() * 3 < plain.body.len(), "{path}: {} of {}", packed.body.len(), plain.body.len());
    }
}
