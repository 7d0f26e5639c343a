//! Bad input (1.22): every route × every kind of it. The right status as a problem document that names the field, and
//! nothing changed.

use serde_json::{Value, json};

use crate::support::{
    House, Person, Reply,
    schema::{self, Operation, followed},
};

const ID: &str = "0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a";

/// One bad request, and how it is to be answered.
struct Bad {
    kind: &'static str,
    path: String,
    body: Option<(&'static str, Vec<u8>)>,
    seen: Option<&'static str>,
    wanted: &'static [(u16, &'static str)],
}

/// A path that names something that does not exist.
fn path(operation: &Operation) -> String {
    let path = operation.path.replace("{id}", ID).replace("{account}", ID).replace("{session}", ID);
    path.replace("{modseq}", "1").replace("{row}", "1")
}

/// The path with every parameter that must be given.
fn whole_path(operation: &Operation) -> String {
    let needed = operation.said["parameters"].as_array().unwrap().iter();
    let needed = needed.filter(|one| one["in"] == "query" && one["required"] == true);
    let query: Vec<String> = needed
        .map(|one| {
            let value = match one["schema"]["format"].as_str() {
                Some("uuid") => ID,
                _ => one["schema"]["enum"][0].as_str().unwrap_or("x"),
            };
            format!("{}={value}", one["name"].as_str().unwrap())
        })
        .collect();
    if query.is_empty() { path(operation) } else { format!("{}?{}", path(operation), query.join("&")) }
}

fn and(path: &str, parameter: &str) -> String {
    format!("{path}{}{parameter}", if path.contains('?') { '&' } else { '?' })
}

/// The smallest body of this shape.
fn body(schema: &Value) -> Value {
    let schema = followed(schema);
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let member =
                |name: &Value| (name.as_str().unwrap().to_owned(), body(&schema["properties"][name.as_str().unwrap()]));
            Value::Object(required.iter().map(member).collect())
        }
        Some("array") => json!([]),
        Some("boolean") => json!(true),
        Some("integer") => json!(1),
        _ if schema["format"] == "uuid" => json!(ID),
        _ if schema["format"] == "date-time" => json!("2026-01-31T12:00:00Z"),
        _ => json!("x"),
    }
}

fn bad(operation: &Operation) -> Vec<Bad> {
    let whole = whole_path(operation);
    let fine = operation.body().map(|schema| ("application/json", body(schema).to_string().into_bytes()));
    let base = |kind, wanted| Bad { kind, path: whole.clone(), body: fine.clone(), seen: Some("*"), wanted };
    let mut all = vec![Bad { path: and(&whole, "colour=red"), ..base("an unknown parameter", &[(422, "colour")]) }];
    for one in operation.said["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "query") {
        let name: &'static str = String::leak(one["name"].as_str().unwrap().to_owned());
        let wanted: &'static [(u16, &'static str)] = Box::leak(Box::new([(422, name)]));
        let bare = path(operation);
        all.push(Bad {
            path: format!("{whole}&{name}=%ff&").replacen(&format!("{name}="), "gone=", 0),
            ..base("bad UTF-8", wanted)
        });
        all.last_mut().unwrap().path = format!("{bare}?{name}=%ff");
        all.push(Bad { path: format!("{bare}?{name}=1&{name}=2"), ..base("a parameter said twice", wanted) });
        all.push(Bad { path: format!("{bare}?{name}=a%00b"), ..base("NUL in a parameter", wanted) });
        if one["schema"]["type"] != "string"
            || one["schema"].get("enum").is_some()
            || one["schema"].get("format").is_some()
            || name == "cursor"
        {
            let others: Vec<_> = whole.split_once('?').map_or(Vec::new(), |(_, query)| query.split('&').collect());
            let others: Vec<_> = others.into_iter().filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
            let query = [others.as_slice(), &[&format!("{name}=nonsense")]].concat().join("&");
            all.push(Bad { path: format!("{bare}?{query}"), ..base("a parameter of another type", wanted) });
        }
        if one["required"] == true {
            all.push(Bad {
                path: bare.clone(),
                ..base("a missing parameter", &[(422, "book"), (422, "since"), (422, "format"), (422, "name")])
            });
        }
    }
    if operation.has_parameter("header", "If-Match") {
        all.push(Bad { seen: None, ..base("no If-Match", &[(428, "If-Match")]) });
        all.push(Bad { seen: Some("abc"), ..base("an If-Match that is no tag", &[(422, "If-Match")]) });
        all.push(Bad { seen: Some("W/\"abc\""), ..base("a weak tag", &[(422, "If-Match")]) });
    }
    if operation.path.contains("{id}") {
        all.push(base("an unknown id", &[(404, "")]));
        all.push(Bad { path: whole.replace(ID, "not-an-id"), ..base("an id that is none", &[(404, "")]) });
        all.push(Bad { path: whole.replace(ID, "..%2f..%2fetc"), ..base("a path in an id", &[(404, "")]) });
    }
    if let (Some(schema), Some((_, good))) = (operation.body(), &fine) {
        all.extend(
            bad_bodies(operation, schema, good)
                .into_iter()
                .map(|(kind, media, body, wanted)| Bad { body: Some((media, body)), ..base(kind, wanted) }),
        );
    }
    all
}

type BadBody = (&'static str, &'static str, Vec<u8>, &'static [(u16, &'static str)]);

fn bad_bodies(operation: &Operation, schema: &Value, good: &[u8]) -> Vec<BadBody> {
    const JSON: &str = "application/json";
    let mut all: Vec<BadBody> = vec![
        ("no JSON", JSON, b"{".to_vec(), &[(400, "")]),
        ("nothing", JSON, Vec::new(), &[(400, "")]),
        ("two documents", JSON, b"{}{}".to_vec(), &[(400, "")]),
        ("bad UTF-8", JSON, b"{\"name\":\"\xff\"}".to_vec(), &[(400, "")]),
        ("a lone surrogate", JSON, br#"{"name":"\ud800"}"#.to_vec(), &[(400, "/name")]),
        ("NUL", JSON, br#"{"name":"a\u0000b"}"#.to_vec(), &[(422, "/name")]),
        ("a member said twice", JSON, br#"{"name":"a","name":"b"}"#.to_vec(), &[(422, "/name")]),
        ("too deep", JSON, format!("{{\"name\":{}{}}}", "[".repeat(40), "]".repeat(40)).into_bytes(), &[(422, "")]),
        ("endlessly deep", JSON, "[".repeat(60_000).into_bytes(), &[(422, "")]),
        ("another shape", JSON, b"[]".to_vec(), &[(422, "")]),
        ("another media type", "text/plain", good.to_vec(), &[(415, "Content-Type")]),
        ("another charset", "application/json; charset=iso-8859-1", good.to_vec(), &[(415, "Content-Type")]),
        ("no media type", "", good.to_vec(), &[(415, "Content-Type")]),
    ];
    let mut unknown: Value = serde_json::from_slice(good).unwrap();
    unknown["owner"] = json!(ID);
    all.push(("an unknown member", JSON, unknown.to_string().into_bytes(), &[(422, "/owner")]));
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let mut wrong: Value = serde_json::from_slice(good).unwrap();
        wrong[name] = wrong_type(member);
        let field: &'static str = String::leak(format!("/{name}"));
        all.push((
            "a member of another type",
            JSON,
            wrong.to_string().into_bytes(),
            Box::leak(Box::new([(422, field)])),
        ));
    }
    let small = !["createContact", "replaceContact", "patchContact", "runBatch", "mergeContacts", "exportChosen"]
        .contains(&operation.id.as_str());
    if small {
        let long = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
        all.push(("too large", JSON, long.into_bytes(), &[(413, "")]));
    }
    all
}

/// Something that is not what the schema says.
fn wrong_type(schema: &Value) -> Value {
    let schema = followed(schema);
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!(kind)))
    };
    if is("object") || is("array") { json!("text") } else { json!([{ "an": "object" }]) }
}

async fn send(house: &House, ann: &Person, operation: &Operation, bad: &Bad) -> Reply {
    let mut call = house.call(&operation.method, &bad.path).with("sec-fetch-site", "same-origin");
    if operation.needs_account() || ["getMetrics", "getBackups"].contains(&operation.id.as_str()) {
        call = call.by(ann);
    }
    if let Some(seen) = bad.seen.filter(|_| operation.has_parameter("header", "If-Match")) {
        call = call.seen(seen);
    }
    if let Some((media, body)) = &bad.body {
        call = call.body(media, body.clone());
    }
    call.await
}

#[tokio::test]
async fn every_route_refuses_every_kind_of_bad_input() {
    let (house, ann) = House::of_ann().await;
    house.contact(&ann, "Bo").await;
    let heads = async || house.services.database.all_books().await.unwrap();
    let before = format!("{:?}", heads().await);
    let (mut findings, mut asked) = (Vec::new(), 0);
    // Once there is an account, the set-up is nowhere whatever is sent to it: `session` and `restore` show its refusals.
    for operation in schema::operations().iter().filter(|operation| !operation.path.starts_with("/v1/setup")) {
        for bad in bad(operation) {
            let reply = send(&house, &ann, operation, &bad).await;
            asked += 1;
            let said = format!("{} with {} ({}) → {} {}", operation.id, bad.kind, bad.path, reply.status, reply.text());
            if reply.header("content-type") != "application/problem+json" {
                findings.push(said);
                continue;
            }
            let problem = reply.json();
            let field = problem["field"].as_str().unwrap_or("");
            let fits = |(status, name): &(u16, &str)| {
                *status == reply.status && (name.is_empty() || field == *name || field.starts_with(&format!("{name}/")))
            };
            if !bad.wanted.iter().any(fits) {
                findings.push(said.clone());
            }
            findings.extend(schema::differs(operation, &reply));
        }
    }
    assert!(findings.is_empty(), "{} of {asked}:\n{}", findings.len(), findings.join("\n"));
    assert!(asked > 600, "{asked}");
    assert_eq!(format!("{:?}", heads().await), before, "something was written");
}

#[tokio::test]
async fn a_stale_tag_an_unknown_label_and_a_key_used_twice_change_nothing() {
    let (house, ann) = House::of_ann().await;
    let made = house.contact(&ann, "Bo").await;
    let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
    let patch = |body: Value| house.call("PATCH", &path).json(&body).by(&ann);
    let stale = patch(json!({ "starred": true })).seen("\"AAAAAAAAAAAAAAAAAAAAAA.x\"").await;
    assert_eq!(stale.refused(), (412, "If-Match".into()));
    let label = patch(json!({ "labels": [ID] })).seen("*").await;
    assert!([404, 422].contains(&label.refused().0), "{}", label.text());
    let read_only = patch(json!({ "modseq": 1 })).seen("*").await;
    assert_eq!(read_only.refused(), (422, "/modseq".into()));
    let in_card = patch(json!({ "card": { "uid": "other" } })).seen("*").await;
    assert_eq!(in_card.refused(), (422, "/card/uid".into()));
    assert_eq!(house.get(&path).by(&ann).await.json(), made);
}

#[tokio::test]
async fn a_url_without_end_and_a_method_nobody_knows_are_refused() {
    let (house, ann) = House::of_ann().await;
    let long = format!("/v1/contacts?q={}", "x".repeat(50_000));
    assert_eq!(house.get(long).by(&ann).await.refused().0, 413);
    let method = house.call("BREW", "/v1/contacts").by(&ann).await;
    assert_eq!((method.refused().0, method.header("allow")), (405, "GET, POST, HEAD"));
    assert_eq!(house.get("/v1/Contacts").by(&ann).await.refused().0, 404);
    assert_eq!(house.get("/v1/contacts/").by(&ann).await.refused().0, 404);
}
