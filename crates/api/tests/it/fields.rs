//! Every field over REST (1.12): made, read back, changed one by one, exported and brought in again.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::support::{House, Person};

const DOT: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/// One with every field that has a place in a table, which the exports hold to as well, and with what has none.
fn everything() -> Value {
    let mut card = shared("everything");
    card["media"] = json!({"m": {"kind": "photo", "uri": DOT, "mediaType": "image/gif"}});
    card["calendars"] = json!({"k": {"kind": "freeBusy", "uri": "https://ann.example/busy"}});
    card["localizations"] = json!({"ja": {"name/full": "アン・リー"}});
    card
}

fn shared(name: &str) -> Value {
    let contacts = include_str!("../../../../fixtures/contacts.json");
    serde_json::from_str::<Value>(contacts).unwrap()[name].clone()
}

fn scripts() -> Value {
    shared("scripts")
}

/// What a card says, whatever its members are numbered and in whatever order they stand.
fn said(card: &Value) -> BTreeMap<String, Vec<String>> {
    let company = |id: &Value| card["organizations"][id.as_str().unwrap_or("")]["name"].clone();
    let own = |name: &str| ["@type", "version", "prodId"].contains(&name);
    let lines = card.as_object().unwrap().iter().filter(|(name, _)| !own(name)).map(|(name, value)| {
        let mut lines: Vec<String> = match value {
            Value::Object(map) if name == "relatedTo" || name == "localizations" => {
                map.iter().map(|(key, one)| format!("{key}: {}", plainly(one, &company))).collect()
            }
            Value::Object(map) if map.values().all(Value::is_object) => {
                map.values().map(|one| plainly(one, &company).to_string()).collect()
            }
            _ => vec![plainly(value, &company).to_string()],
        };
        lines.sort_unstable();
        (name.clone(), lines)
    });
    lines.collect()
}

/// A value without what does not matter: the order of members and of a name's or address's parts, ids, what is empty.
fn plainly(value: &Value, company: &dyn Fn(&Value) -> Value) -> Value {
    let Some(map) = value.as_object() else { return value.clone() };
    let mut told = BTreeMap::new();
    for (name, value) in map.iter().filter(|(name, value)| *name != "@type" && **value != json!({})) {
        let value = match (name.as_str(), value) {
            ("organizationId", id) => company(id),
            ("pronouns", Value::Object(all)) => all.values().cloned().collect(),
            ("components", Value::Array(parts)) => {
                let mut parts: Vec<String> = parts.iter().map(Value::to_string).collect();
                parts.sort_unstable();
                parts.into()
            }
            (_, value) => plainly(value, company),
        };
        told.insert(name.clone(), value);
    }
    told.into_iter().collect()
}

async fn made(house: &House, ann: &Person, card: &Value) -> (String, Value) {
    let reply = house.post("/v1/contacts", json!({ "card": card, "starred": true })).by(ann).await.expect(201);
    (format!("/v1/contacts/{}", reply.json()["id"].as_str().unwrap()), reply.json())
}

#[tokio::test]
async fn every_field_is_kept_as_it_was_sent() {
    let (house, ann) = House::of_ann().await;
    for card in [everything(), scripts()] {
        let (path, answer) = made(&house, &ann, &card).await;
        assert_eq!(said(&answer["card"]), said(&card));
        assert_eq!(house.get(&path).by(&ann).await.expect(200).json(), answer);
        let card = answer["card"].clone();
        let put = house.call("PUT", &path).json(&json!({ "card": card })).seen("*").by(&ann).await.expect(200).json();
        assert_eq!((&put["card"], &put["revision"]), (&card, &answer["revision"]), "what was read can be put as it is");
    }
}

#[tokio::test]
async fn each_field_is_taken_away_and_given_back_alone() {
    let (house, ann) = House::of_ann().await;
    let (path, answer) = made(&house, &ann, &everything()).await;
    let whole = said(&answer["card"]);
    let patch = async |members: &[(&str, Value)]| {
        let card: Map<String, Value> =
            members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let call = house.call("PATCH", &path).json(&json!({ "card": card })).seen("*").by(&ann);
        said(&call.await.expect(200).json()["card"])
    };
    let given = answer["card"].as_object().unwrap();
    assert!(given.len() > 18);
    for name in given.keys().filter(|name| whole.contains_key(*name)) {
        // A title says at which company, and cannot once that is gone.
        let also = (name == "organizations").then_some("titles");
        let names: Vec<&str> = [name.as_str()].into_iter().chain(also).collect();
        let gone: Vec<_> = names.iter().map(|name| (*name, Value::Null)).collect();
        let mut without = whole.clone();
        without.retain(|name, _| !names.contains(&name.as_str()));
        let mut left = patch(&gone).await;
        if name == "name" {
            // Nobody is left without one: it is the company's then.
            assert_eq!(left.remove("name"), Some(vec![json!({ "full": "Halden Oke" }).to_string()]));
        }
        assert_eq!(left, without, "{name} taken away");
        let back: Vec<_> = names.iter().map(|name| (*name, given[*name].clone())).collect();
        assert_eq!(patch(&back).await, whole, "{name} given back");
    }
}

#[tokio::test]
async fn an_export_holds_every_field_and_comes_back_the_same() {
    let (house, ann) = House::of_ann().await;
    let mut all = Vec::new();
    for card in [everything(), scripts()] {
        all.push(said(&made(&house, &ann, &card).await.1["card"]));
    }
    for format in ["vcard3", "vcard4", "jscontact"] {
        let file = house.get(format!("/v1/exports?format={format}")).by(&ann).await.expect(200).body;
        let book = house.post("/v1/books", json!({ "name": format })).by(&ann).await.expect(201).json()["id"].clone();
        let book = book.as_str().unwrap();
        let upload =
            house.call("POST", format!("/v1/imports?book={book}&name={format}")).body("application/octet-stream", file);
        let id = upload.by(&ann).await.expect(201).json()["id"].clone();
        let one = format!("/v1/imports/{}", id.as_str().unwrap());
        house.work().await;
        house.post(format!("{one}/run"), json!({})).by(&ann).await.expect(202);
        house.work().await;
        let done = house.get(&one).by(&ann).await.expect(200).json();
        assert_eq!((&done["state"], &done["counts"]["new"]), (&json!("done"), &json!(2)), "{format}: {done}");
        let list = house.get(format!("/v1/contacts?book={book}")).by(&ann).await.expect(200).json();
        for line in list["items"].as_array().unwrap() {
            let back =
                house.get(format!("/v1/contacts/{}", line["id"].as_str().unwrap())).by(&ann).await.expect(200).json();
            assert_eq!(back["starred"], true, "{format}");
            assert!(all.contains(&said(&back["card"])), "{format}: {:#?}", said(&back["card"]));
        }
    }
}
