//! Writes that come twice (`Idempotency-Key`, chosen ids), batches, undo, and writes whose sender has left.

use std::{future::IntoFuture as _, time::Duration};

use serde_json::{Value, json};

use crate::support::{House, Line, schema};

const KEY: &str = "idempotency-key";

#[tokio::test]
async fn the_same_request_again_is_answered_again_and_not_done_again() {
    let (house, ann) = House::of_ann().await;
    let body = json!({ "card": { "name": { "full": "Bo" } } });
    let first = house.post("/v1/contacts", body.clone()).with(KEY, "one").by(&ann).await.expect(201);
    let again = house.post("/v1/contacts", body.clone()).with(KEY, "one").by(&ann).await.expect(201);
    assert_eq!(again.body, first.body);
    for name in ["etag", "location", "rolo-batch", "content-type"] {
        assert_eq!(again.header(name), first.header(name));
    }
    assert_eq!(house.get("/v1/contacts").by(&ann).await.json()["total"], 1);

    let other =
        house.post("/v1/contacts", json!({ "card": { "name": { "full": "Cy" } } })).with(KEY, "one").by(&ann).await;
    assert_eq!(other.refused(), (422, "Idempotency-Key".into()));
    let elsewhere = house.post("/v1/batches", body.clone()).with(KEY, "one").by(&ann).await;
    assert_eq!(elsewhere.refused(), (422, "Idempotency-Key".into()), "another address is another request");
    let long = house.post("/v1/contacts", body).with(KEY, "x".repeat(201)).by(&ann).await;
    assert_eq!(long.refused(), (422, "Idempotency-Key".into()));
    assert_eq!(house.get("/v1/contacts").by(&ann).await.json()["total"], 1);
}

#[tokio::test]
async fn every_write_takes_a_key_or_says_why_it_cannot() {
    let (house, ann) = House::of_ann().await;
    let writes = schema::operations().into_iter().filter(|operation| operation.method != "GET");
    let (takes, refuses): (Vec<_>, Vec<_>) =
        writes.partition(|operation| operation.has_parameter("header", "Idempotency-Key"));
    let ids: Vec<&str> = refuses.iter().map(|operation| operation.id.as_str()).collect();
    let other = ["createImport", "exportChosen", "changePassword", "setUp", "uploadBackup", "restoreBackup"];
    assert_eq!(ids, [&other[..], &["signIn", "endSession", "createToken"]].concat());
    for operation in &refuses {
        let path = format!("{}{}", operation.path, if operation.id == "createImport" { "?book=x&name=x" } else { "" });
        let call = house.call(&operation.method, path).with("sec-fetch-site", "same-origin").with(KEY, "one");
        let reply = call.by(&ann).json(&json!({})).await;
        assert_eq!(reply.refused(), (422, "Idempotency-Key".into()), "{}", operation.id);
    }
    assert_eq!(house.get("/v1/tokens").by(&ann).await.json()["items"].as_array().unwrap().len(), 1);
    for operation in &takes {
        let path = operation.path.replace(['{', '}'], "");
        let call = house.call(&operation.method, path).with(KEY, "x".repeat(201)).seen("*");
        let reply = call.by(&ann).json(&json!({})).await;
        assert_eq!(reply.refused(), (422, "Idempotency-Key".into()), "{} passes the key over", operation.id);
    }
}

#[tokio::test]
async fn a_change_a_deletion_and_a_put_back_are_answered_again_too() {
    let (house, ann) = House::of_ann().await;
    let made = house.contact(&ann, "Bo").await;
    let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
    let tag = house.get(&path).by(&ann).await.header("etag").to_owned();
    let patch = json!({ "card": { "notes": { "n": { "note": "Met in Oslo" } } } });
    let change = || house.call("PATCH", &path).json(&patch).seen(&tag).with(KEY, "change").by(&ann);
    let first = change().await.expect(200);
    let again = change().await.expect(200);
    assert_eq!((again.body, again.headers.get("etag")), (first.body, first.headers.get("etag")));
    let restore = format!("{path}/versions/{}/restore", made["modseq"]);
    let back = || house.call("POST", &restore).seen("*").with(KEY, "back").by(&ann);
    let (first, again) = (back().await.expect(200), back().await.expect(200));
    assert_eq!((again.header("rolo-batch"), &again.body), (first.header("rolo-batch"), &first.body));
    let versions = house.get(format!("{path}/versions")).by(&ann).await.expect(200).json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 3);
    let delete = || house.call("DELETE", &path).seen("*").with(KEY, "delete").by(&ann);
    let (first, again) = (delete().await.expect(204), delete().await.expect(204));
    assert_eq!(again.header("rolo-batch"), first.header("rolo-batch"));
}

#[tokio::test]
async fn a_refused_request_may_be_repaired_under_the_same_key() {
    let (house, ann) = House::of_ann().await;
    let name = |name: &str| json!({ "book": ann.book, "name": name });
    house.post("/v1/labels", name("")).with(KEY, "one").by(&ann).await.expect(422);
    house.post("/v1/labels", name("Friends")).with(KEY, "one").by(&ann).await.expect(201);
}

#[tokio::test]
async fn two_at_once_make_one() {
    let (house, ann) = House::of_ann().await;
    let body = json!({ "card": { "name": { "full": "Bo" } } });
    let ask = || house.post("/v1/contacts", body.clone()).with(KEY, "one").by(&ann).send();
    let (a, b, c) = futures_util::future::join3(ask(), ask(), ask()).await;
    let statuses: Vec<u16> = [&a, &b, &c].iter().map(|reply| reply.status).collect();
    assert!(statuses.iter().all(|status| [201, 409].contains(status)) && statuses.contains(&201), "{statuses:?}");
    assert_eq!(house.get("/v1/contacts").by(&ann).await.json()["total"], 1);
}

#[tokio::test]
async fn a_chosen_id_makes_one_contact() {
    let (house, ann) = House::of_ann().await;
    let mel = house
        .person("Mel", rolo_core::account::person::Tenant::Of(ann.organisation), rolo_core::account::Role::Member)
        .await;
    let id = house.services.random.id();
    let body = json!({ "id": id, "card": { "name": { "full": "Bo" } } });
    house.post("/v1/contacts", body.clone()).by(&ann).await.expect(201);
    assert_eq!(house.post("/v1/contacts", body.clone()).by(&ann).await.expect(200).json()["id"], json!(id));
    let taken = house.post("/v1/contacts", body).by(&mel).await;
    assert_eq!(taken.refused().0, 409);
    assert!(!taken.text().contains("Bo"));
    let old = json!({ "id": "7f000001-0000-4000-8000-000000000001", "card": { "name": { "full": "Bo" } } });
    assert_eq!(house.post("/v1/contacts", old).by(&ann).await.refused(), (422, "/id".into()));
}

#[tokio::test]
async fn a_batch_is_all_or_none_or_each_for_itself() {
    let (house, ann) = House::of_ann().await;
    let (bo, cy) = (house.contact(&ann, "Bo").await, house.contact(&ann, "Cy").await);
    let stale = json!({ "op": "delete", "contact": cy["id"], "revision": "AAAAAAAAAAAAAAAAAAAAAA" });
    let items = json!([{ "op": "star", "contact": bo["id"] }, stale]);
    let whole = house.post("/v1/batches", json!({ "atomic": true, "items": items })).by(&ann).await;
    assert_eq!(whole.refused().0, 409);
    let starred = async || {
        house.get(format!("/v1/contacts/{}", bo["id"].as_str().unwrap())).by(&ann).await.json()["starred"].clone()
    };
    assert_eq!(starred().await, false);
    let each = house
        .post("/v1/batches", json!({ "atomic": false, "summary": "Tidy", "items": items }))
        .by(&ann)
        .await
        .expect(200);
    let answer = each.json();
    assert_eq!((&answer["items"][0]["status"], &answer["items"][1]["status"]), (&json!(200), &json!(409)));
    assert_eq!(answer["batch"], each.header("rolo-batch"));
    assert_eq!(starred().await, true);
    let many: Vec<Value> = (0..1_001).map(|_| json!({ "op": "star", "contact": bo["id"] })).collect();
    let many = house.post("/v1/batches", json!({ "atomic": false, "items": many })).by(&ann).await;
    assert_eq!(many.refused(), (422, "/items".into()));
}

#[tokio::test]
async fn a_batch_is_undone_and_the_undoing_too() {
    let (house, ann) = House::of_ann().await;
    let bo = house.contact(&ann, "Bo").await;
    let path = format!("/v1/contacts/{}", bo["id"].as_str().unwrap());
    let gone = house.call("DELETE", &path).seen("*").by(&ann).await.expect(204).header("rolo-batch").to_owned();
    let undone = house.post("/v1/undo", json!({ "batch": gone })).by(&ann).await.expect(200).json();
    assert_eq!((&undone["undone"], &undone["left"]), (&json!(1), &json!([])));
    assert_eq!(house.get(&path).by(&ann).await.json()["deleted_at"], Value::Null);
    house.post("/v1/undo", json!({ "batch": undone["batch"] })).by(&ann).await.expect(200);
    assert_ne!(house.get(&path).by(&ann).await.json()["deleted_at"], Value::Null);
    let batches = house.get("/v1/batches?limit=1").by(&ann).await.expect(200).json();
    assert_eq!((&batches["items"][0]["act"], &batches["items"][0]["undoes"]), (&json!("undo"), &undone["batch"]));
}

#[tokio::test]
async fn merging_keeps_everything_and_can_be_undone() {
    let (house, ann) = House::of_ann().await;
    let make = async |name: &str, mail: &str| {
        let card = json!({ "name": { "full": name }, "emails": { "e": { "address": mail } } });
        house.post("/v1/contacts", json!({ "card": card })).by(&ann).await.expect(201).json()
    };
    let (one, two) = (make("Bo Finch", "bo@home.example").await, make("Bo Finch", "bo@work.example").await);
    let body = json!({ "contacts": [one["id"], two["id"]] });
    let preview = house.post("/v1/merges/preview", body.clone()).by(&ann).await.expect(200).json();
    assert_eq!(preview["card"]["emails"].as_object().unwrap().len(), 2);
    let merged = house.post("/v1/merges", body).by(&ann).await.expect(200);
    assert_eq!((&merged.json()["id"], merged.json()["card"]["emails"].as_object().unwrap().len()), (&one["id"], 2));
    assert_eq!(house.get("/v1/contacts").by(&ann).await.json()["total"], 1);
    house.post("/v1/undo", json!({ "batch": merged.header("rolo-batch") })).by(&ann).await.expect(200);
    assert_eq!(house.get("/v1/contacts").by(&ann).await.json()["total"], 2);
}

#[tokio::test]
async fn a_batch_says_what_it_changed_page_by_page_and_by_what_it_was_undone() {
    let (house, ann) = House::of_ann().await;
    let (bo, cy) = (house.contact(&ann, "Bo").await, house.contact(&ann, "Cy").await);
    let card = json!({ "name": { "full": "Di" } });
    let note = json!({ "notes": { "n": { "note": "Met in Oslo" } } });
    let items = json!([
        { "op": "create", "card": card },
        { "op": "patch", "contact": bo["id"], "revision": "*", "card": note },
        { "op": "delete", "contact": cy["id"], "revision": "*" },
    ]);
    let body = json!({ "atomic": true, "summary": "Tidy", "items": items });
    let done = house.post("/v1/batches", body).by(&ann).await.expect(200).header("rolo-batch").to_owned();
    let get = async |path: &str| house.get(path).by(&ann).await.expect(200).json();
    let (mut told, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("/v1/batches/{done}/items?limit=2{cursor}")).await;
        assert!(page["items"].as_array().unwrap().len() <= 2);
        told.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let of = |name: &str| told.iter().find(|item| item["name"] == name).unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!([&of("Di")["act"], &of("Bo")["act"], &of("Cy")["act"]], ["create", "edit", "delete"]);
    assert_eq!((&of("Bo")["contact"], &of("Bo")["book"]), (&bo["id"], &json!(ann.book)));
    let changes: Vec<&str> =
        of("Bo")["changes"].as_array().unwrap().iter().map(|c| c["path"].as_str().unwrap()).collect();
    assert!(changes.iter().any(|path| path.starts_with("notes/")), "{changes:?}");
    assert_eq!(of("Cy")["changes"], json!([]));

    let path = format!("/v1/batches/{done}");
    assert_eq!(get(&path).await["undone_by"], Value::Null);
    let undo =
        async |batch: &Value| house.post("/v1/undo", json!({ "batch": batch })).by(&ann).await.expect(200).json();
    let undone = undo(&json!(done)).await;
    assert_eq!(get(&path).await["undone_by"], undone["batch"]);
    let back = get(&format!("/v1/batches/{}/items", undone["batch"].as_str().unwrap())).await;
    let acts = back["items"].as_array().unwrap().iter().map(|item| (item["name"].clone(), item["act"].clone()));
    let acts: std::collections::BTreeMap<String, Value> =
        acts.map(|(name, act)| (name.as_str().unwrap().to_owned(), act)).collect();
    assert_eq!(json!(acts), json!({ "Bo": "edit", "Cy": "restore", "Di": "delete" }));
    let redone = undo(&undone["batch"]).await;
    assert_eq!(get(&path).await["undone_by"], Value::Null, "redone, it stands again");
    undo(&redone["batch"]).await;
    assert_eq!(get(&path).await["undone_by"], undone["batch"], "the first undo counts again");

    let label = house.post("/v1/labels", json!({ "book": ann.book, "name": "Choir", "hue": 25 })).by(&ann).await;
    let made = get(&format!("/v1/batches/{}", label.header("rolo-batch"))).await;
    let face = json!({ "name": "Choir", "hue": 25 });
    let wanted = json!([{ "label": label.json()["id"], "book": ann.book, "before": null, "after": face }]);
    assert_eq!((&made["labels"], &made["summary"]), (&wanted, &json!("Choir")));
    assert_eq!(get("/v1/batches?limit=1").await["items"][0].get("labels"), None, "a list leaves them out");
}

#[tokio::test]
async fn a_book_goes_back_to_a_moment_after_a_look_and_once_per_key() {
    let (house, ann) = House::of_ann().await;
    let (bo, cy) = (house.contact(&ann, "Bo").await, house.contact(&ann, "Cy").await);
    let at = house.services_now();
    house.clock.pass(jiff::SignedDuration::from_mins(1));
    let path = |contact: &Value| format!("/v1/contacts/{}", contact["id"].as_str().unwrap());
    let patch = json!({ "card": { "notes": { "n": { "note": "Met in Oslo" } } } });
    house.call("PATCH", path(&bo)).json(&patch).seen("*").by(&ann).await.expect(200);
    house.call("DELETE", path(&cy)).seen("*").by(&ann).await.expect(204);
    let di = house.contact(&ann, "Di").await;
    let moment = format!("/v1/books/{}/moment", ann.book);
    let heads = async || format!("{:?}", house.services.database.all_books().await.unwrap());
    let before = heads().await;
    let look = house.post(&moment, json!({ "at": at })).by(&ann).await.expect(200);
    let told = look.json();
    let counts = ["restored", "binned", "changed", "moved", "purged", "forgotten", "elsewhere"];
    assert_eq!(counts.map(|name| told[name].as_u64().unwrap()), [1, 1, 1, 0, 0, 0, 0]);
    assert_eq!(told["dry_run"], true, "so when nothing is said");
    let of = |name: &str| told["examples"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!([&of("Bo")["act"], &of("Cy")["act"], &of("Di")["act"]], ["edit", "restore", "delete"]);
    let bo_changes = of("Bo")["changes"].as_array().unwrap().clone();
    let note = bo_changes.iter().find(|change| change["path"].as_str().unwrap().starts_with("notes/")).unwrap();
    assert_eq!(note["after"], Value::Null, "the note would go: {bo_changes:?}");
    assert_eq!((look.header("rolo-batch"), heads().await), ("", before));

    let go = || house.post(&moment, json!({ "at": at, "dry_run": false })).with(KEY, "back").by(&ann);
    let done = go().await.expect(200);
    assert_eq!((&done.json()["done"], &done.json()["left"]), (&json!(3), &json!([])));
    assert_eq!(done.json()["batch"], done.header("rolo-batch"));
    assert_eq!(go().await.expect(200).body, done.body);
    assert_eq!(house.get(path(&bo)).by(&ann).await.json()["card"], bo["card"]);
    assert_eq!(house.get(path(&cy)).by(&ann).await.json()["deleted_at"], Value::Null);
    assert_ne!(house.get(path(&di)).by(&ann).await.json()["deleted_at"], Value::Null);
    let batch = house.get("/v1/batches?limit=1").by(&ann).await.expect(200).json()["items"][0].clone();
    assert_eq!((&batch["act"], &batch["id"]), (&json!("moment"), &done.json()["batch"]));

    house.post("/v1/undo", json!({ "batch": done.header("rolo-batch") })).by(&ann).await.expect(200);
    assert_eq!(house.get(path(&di)).by(&ann).await.json()["deleted_at"], Value::Null);
    for wrong in ["2001-01-31T12:00:00Z", "2101-01-31T12:00:00Z", "yesterday"] {
        let refused = house.post(&moment, json!({ "at": wrong })).by(&ann).await;
        assert_eq!(refused.refused(), (422, "/at".into()), "{wrong}");
    }
}

#[tokio::test]
async fn what_arrived_is_done_also_when_whoever_sent_it_has_left() {
    let (house, ann, line) = House::on_a_line().await;
    line.make(Line::Held);
    let sent = house.post("/v1/contacts", json!({ "card": { "name": { "full": "Bo" } } })).by(&ann);
    let left = tokio::time::timeout(Duration::from_millis(100), sent.into_future()).await;
    assert!(left.is_err(), "the control: it was not done when they left");
    line.make(Line::Whole);
    let there = async {
        while house.get("/v1/contacts").by(&ann).await.expect(200).json()["total"] != 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), there).await.unwrap();
}
