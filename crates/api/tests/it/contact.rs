//! Contacts over HTTP.

use serde_json::json;

use crate::support::{House, plain};

#[tokio::test]
async fn a_contact_is_made_read_changed_and_deleted() {
    let (house, ann) = House::of_ann().await;
    let made = house.contact(&ann, "Bo Finch").await;
    let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
    let read = house.get(&path).by(&ann).await.expect(200);
    assert_eq!(read.json(), made);
    assert!(read.header("etag").starts_with(&format!("\"{}.", made["revision"].as_str().unwrap())));

    let patch = json!({ "card": { "emails": { "e": { "address": "bo@example.org" } } } });
    let patched = house.call("PATCH", &path).json(&patch).seen(read.header("etag")).by(&ann).await.expect(200);
    assert_eq!(patched.json()["card"]["emails"].as_object().unwrap().len(), 1);
    assert_ne!(patched.header("rolo-batch"), "");
    let stale = house.call("PATCH", &path).json(&patch).seen(read.header("etag")).by(&ann).await;
    assert_eq!(stale.refused(), (412, "If-Match".into()));
    assert_eq!(house.call("DELETE", &path).by(&ann).await.refused(), (428, "If-Match".into()));

    house.call("DELETE", &path).seen("*").by(&ann).await.expect(204);
    let bin = house.get("/v1/bin").by(&ann).await.expect(200).json();
    assert_eq!((&bin["total"], &bin["items"][0]["id"]), (&json!(1), &made["id"]));
}

const DOT: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

#[tokio::test]
async fn a_contact_looks_like_this() {
    let (house, ann) = House::of_ann().await;
    let label =
        house.post("/v1/labels", json!({ "book": ann.book, "name": "Friends", "hue": 205 })).by(&ann).await.expect(201);
    let card = json!({
        "name": { "components": [{ "kind": "given", "value": "Zoë" }, { "kind": "surname", "value": "Ångström" }] },
        "emails": { "e1": { "address": "zoe@example.org", "contexts": { "work": true } } },
        "phones": { "p1": { "number": "+43 1 234567", "label": "Boat" } },
        "organizations": { "o1": { "name": "Halden & Oke" } },
        "example.org:pet": "cat",
    });
    let body = json!({ "labels": [label.json()["id"]], "starred": true, "card": card });
    let made = house.post("/v1/contacts", body).by(&ann).await.expect(201);
    insta::assert_json_snapshot!("contact", plain(&made.json()));
    insta::assert_json_snapshot!("label", plain(&label.json()));
    let path = format!("/v1/contacts/{}", made.json()["id"].as_str().unwrap());
    let patch = json!({ "labels": [], "card": { "emails": null, "notes": { "n": { "note": "Met in Oslo" } } } });
    house.call("PATCH", &path).json(&patch).seen("*").by(&ann).await.expect(200);
    insta::assert_json_snapshot!("list", plain(&house.get("/v1/contacts").by(&ann).await.expect(200).json()));
    insta::assert_json_snapshot!(
        "versions",
        plain(&house.get(format!("{path}/versions")).by(&ann).await.expect(200).json())
    );
    insta::assert_json_snapshot!("problem", plain(&house.call("DELETE", &path).by(&ann).await.expect(428).json()));
    insta::assert_json_snapshot!("books", plain(&house.get("/v1/books").by(&ann).await.expect(200).json()));
    insta::assert_json_snapshot!("account", plain(&house.get("/v1/account").by(&ann).await.expect(200).json()));
    let organisation = house.get(format!("/v1/organisations/{}", ann.organisation)).by(&ann).await.expect(200);
    insta::assert_json_snapshot!("organisation", plain(&organisation.json()));
    insta::assert_json_snapshot!("batches", plain(&house.get("/v1/batches").by(&ann).await.expect(200).json()));
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended() {
    let (house, ann) = House::of_ann().await;
    for name in ["Cy", "Ann", "Bo", "Eve", "Dan"] {
        house.contact(&ann, name).await;
    }
    let (mut names, mut next) = (Vec::new(), String::new());
    loop {
        let page = house.get(format!("/v1/contacts?limit=2{next}")).by(&ann).await.expect(200).json();
        assert_eq!(page["total"], 5);
        names.extend(page["items"].as_array().unwrap().iter().map(|line| line["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names, ["Ann", "Bo", "Cy", "Dan", "Eve"]);
    let other_order = house.get(format!("/v1/contacts?limit=2&sort=updated{next}")).by(&ann).await;
    assert_eq!(other_order.refused(), (422, "cursor".into()));
}

#[tokio::test]
async fn hidden_contacts_are_left_out_of_the_list_and_found_by_searching() {
    let (house, ann) = House::of_ann().await;
    let bo = house.contact(&ann, "Bo Finch").await;
    house.contact(&ann, "Cy Finch").await;
    house.call("PUT", format!("/v1/contacts/{}/hidden", bo["id"].as_str().unwrap())).by(&ann).await.expect(204);
    let total = async |path: &str| house.get(path).by(&ann).await.expect(200).json()["total"].as_u64().unwrap();
    assert_eq!((total("/v1/contacts").await, total("/v1/contacts?hidden=true").await), (1, 1));
    house.follow().await;
    assert_eq!(total("/v1/contacts?q=finch").await, 2);
    assert_eq!(house.get("/v1/contacts?q=finch&sort=family").by(&ann).await.refused(), (422, "sort".into()));
    let page = house.get("/v1/contacts?q=finch&limit=1").by(&ann).await.expect(200).json();
    let cursor = page["next"].as_str().unwrap();
    let rest = house.get(format!("/v1/contacts?q=finch&limit=1&cursor={cursor}")).by(&ann).await.expect(200).json();
    assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
    assert_eq!(rest["next"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_search_says_whether_its_index_still_follows() {
    let (house, ann) = House::of_ann().await;
    let ask = async |path: &str| {
        let page = house.get(path).by(&ann).await.expect(200).json();
        (page["total"].as_u64().unwrap(), page["behind"].as_bool())
    };
    let bo = house.contact(&ann, "Bo Finch").await;
    house.follow().await;
    assert_eq!(ask("/v1/contacts?q=ukulele").await, (0, None));
    let note = json!({ "card": { "notes": { "n": { "note": "Lent me the ukulele" } } } });
    let path = format!("/v1/contacts/{}", bo["id"].as_str().unwrap());
    house.call("PATCH", path).json(&note).seen("*").by(&ann).await.expect(200);
    assert_eq!(ask("/v1/contacts?q=ukulele").await, (0, Some(true)));
    assert_eq!(ask(&format!("/v1/contacts?q=ukulele&book={}", ann.book)).await, (0, Some(true)));
    house.follow().await;
    assert_eq!(ask("/v1/contacts?q=ukulele").await, (1, None));
    assert_eq!(ask("/v1/contacts").await, (1, None), "a list is no search");
}

#[tokio::test]
async fn a_photo_is_nothing_but_an_image() {
    let (house, ann) = House::of_ann().await;
    let card = json!({ "name": { "full": "Bo" }, "media": { "p": { "kind": "photo", "uri": DOT } } });
    let made = house.post("/v1/contacts", json!({ "card": card })).by(&ann).await.expect(201).json();
    let path = format!("/v1/contacts/{}/photo", made["id"].as_str().unwrap());
    let photo = house.get(&path).by(&ann).await.expect(200);
    assert_eq!((photo.header("content-type"), &photo.body[..6]), ("image/gif", b"GIF89a".as_slice()));
    assert_eq!(photo.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(
        (photo.header("x-content-type-options"), photo.header("cache-control")),
        ("nosniff", "private, no-store")
    );
    let version = house.get("/v1/contacts").by(&ann).await.json()["items"][0]["photo"].as_str().unwrap().to_owned();
    let kept = house.get(format!("{path}?v={version}")).by(&ann).await.expect(200);
    assert_eq!(kept.header("cache-control"), "private, max-age=31536000, immutable");
    house.get(&path).by(&ann).with("if-none-match", kept.header("etag")).await.expect(304);
    let bare = house.contact(&ann, "No photo").await;
    house.get(format!("/v1/contacts/{}/photo", bare["id"].as_str().unwrap())).by(&ann).await.expect(404);
}

#[tokio::test]
async fn a_card_leaves_in_the_version_that_is_asked_for() {
    let (house, ann) = House::of_ann().await;
    let made = house.contact(&ann, "Bo Finch").await;
    let path = format!("/v1/contacts/{}/card", made["id"].as_str().unwrap());
    for (accept, version) in [("*/*", "3.0"), ("text/vcard; version=4.0", "4.0"), ("text/vcard; version=3.0", "3.0")] {
        let card = house.get(&path).by(&ann).with("accept", accept).await.expect(200);
        assert!(card.text().contains(&format!("VERSION:{version}\r\n")), "{accept}: {}", card.text());
        assert_eq!(card.header("etag"), format!("\"{}\"", made["revision"].as_str().unwrap()));
        assert_eq!(card.header("vary"), "Accept");
    }
    let other = house.get(&path).by(&ann).with("accept", "application/pdf").await;
    assert_eq!(other.refused(), (406, "Accept".into()));
}

#[tokio::test]
async fn an_earlier_version_is_put_back() {
    let (house, ann) = House::of_ann().await;
    let made = house.contact(&ann, "Bo").await;
    let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
    let rename = json!({ "card": { "name": { "full": "Beau" } } });
    house.call("PATCH", &path).json(&rename).seen("*").by(&ann).await.expect(200);
    let back = format!("{path}/versions/{}/restore", made["modseq"]);
    let put_back = house.call("POST", &back).seen("*").by(&ann).await.expect(200);
    assert_eq!((&put_back.json()["card"], &put_back.json()["revision"]), (&made["card"], &made["revision"]));
    house.call("POST", format!("{path}/versions/999/restore")).seen("*").by(&ann).await.expect(404);
}
