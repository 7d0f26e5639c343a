//! The organisation and who belongs to it.

use rolo_core::account::{Role, person, person::Tenant};
use serde_json::Value;

use crate::support::House;

#[tokio::test]
async fn members_see_each_other_page_by_page_and_strangers_nobody() {
    let (house, ann) = House::of_ann().await;
    let here = || Tenant::Of(ann.organisation);
    for (name, role) in [("Zed", Role::Member), ("Bo", Role::Admin)] {
        house.person(name, here(), role).await;
    }
    let gone = house.person("Gone", here(), Role::Member).await;
    let eve = house.person("Eve", Tenant::New("Elsewhere".to_owned()), Role::Owner).await;
    person::remove(&house.services, gone.account).await.unwrap();
    let path = format!("/v1/organisations/{}/members", ann.organisation);
    let page = async |query: &str| house.get(format!("{path}?{query}")).by(&ann).await.expect(200).json();
    let first = page("limit=2").await;
    let second = page(&format!("limit=2&cursor={}", first["next"].as_str().unwrap())).await;
    let told: Vec<[&str; 3]> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| ["name", "email", "role"].map(|member| item[member].as_str().unwrap()))
        .collect();
    let zed = ["Zed", "zed@example.org", "member"];
    assert_eq!(told, [["Ann", "ann@example.org", "owner"], ["Bo", "bo@example.org", "admin"], zed]);
    assert_eq!((&first["total"], &second["total"], &second["next"]), (&3.into(), &3.into(), &Value::Null));
    assert_eq!(first["items"][0]["account"], ann.account.to_string());
    assert!(first["items"][0]["since"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert_eq!(house.get(&path).by(&eve).await.refused().0, 404);
    assert_eq!(house.get(&path).await.refused().0, 401);
}
