//! Contacts over HTTP.

use serde_json::json;

use crate::support::House;

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
