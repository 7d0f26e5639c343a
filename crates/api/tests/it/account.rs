//! The caller's own account.

use serde_json::{Value, json};

use crate::support::{House, PASSWORD};

#[tokio::test]
async fn settings_are_patched_one_by_one() {
    let (house, ann) = House::of_ann().await;
    let patch = async |body: Value| house.call("PATCH", "/v1/account").json(&body).seen("*").by(&ann).await;
    patch(json!({ "settings": { "theme": "dark", "region": "AT" } })).await.expect(200);
    let now =
        patch(json!({ "name": "Ann Lee", "settings": { "theme": null, "sort": "family" } })).await.expect(200).json();
    assert_eq!((&now["name"], &now["settings"]), (&json!("Ann Lee"), &json!({ "region": "AT", "sort": "family" })));
    assert_eq!(patch(json!({ "settings": { "theme": "pink" } })).await.refused(), (422, "/settings/theme".into()));
    assert_eq!(patch(json!({ "settings": { "colour": "red" } })).await.refused(), (422, "/settings/colour".into()));
    assert_eq!(
        patch(json!({ "settings": { "region": "Atlantis" } })).await.refused(),
        (422, "/settings/region".into())
    );
    assert_eq!(patch(json!({ "role": "owner" })).await.refused(), (422, "/role".into()));

    let old = house.get("/v1/account").by(&ann).await.expect(200).header("etag").to_owned();
    house.call("PATCH", "/v1/account").json(&json!({ "name": "A" })).seen(&old).by(&ann).await.expect(200);
    let stale = house.call("PATCH", "/v1/account").json(&json!({ "name": "B" })).seen(&old).by(&ann).await;
    assert_eq!(stale.refused(), (412, "If-Match".into()));
}

#[tokio::test]
async fn settings_that_are_changed_at_once_all_stay() {
    let (house, ann) = House::of_ann().await;
    let wishes = [("theme", "dark"), ("region", "AT"), ("sort", "family"), ("density", "compact"), ("language", "de")];
    let change = |(name, value): (&str, &str)| {
        house.call("PATCH", "/v1/account").json(&json!({ "settings": { name: value } })).seen("*").by(&ann)
    };
    for _ in 0..8 {
        change(("theme", "light")).await.expect(200);
        let [one, two, three, four, five] = wishes.map(change);
        let done = tokio::join!(one, two, three, four, five);
        for answer in <[_; 5]>::from(done) {
            answer.expect(200);
        }
        let now = house.get("/v1/account").by(&ann).await.expect(200).json();
        assert_eq!(now["settings"], Value::from_iter(wishes));
    }
}

#[tokio::test]
async fn another_password_ends_everything_that_was_open_and_goes_on_here() {
    let (house, ann) = House::of_ann().await;
    let change = |old: &str, new: &str| {
        house.call("PUT", "/v1/account/password").json(&json!({ "old": old, "new": new })).in_browser(&ann)
    };
    assert_eq!(change("wrong", "a very different phrase").await.refused(), (422, "/old".into()));
    assert_eq!(change(PASSWORD, "short").await.refused(), (422, "/new".into()));
    let done = change(PASSWORD, "a very different phrase").await.expect(204);
    house.get("/v1/account").in_browser(&ann).await.expect(401);
    house.get("/v1/account").by(&ann).await.expect(401);
    let cookie = done.header("set-cookie").split(';').next().unwrap().to_owned();
    house.get("/v1/account").with("cookie", cookie).await.expect(200);
}
