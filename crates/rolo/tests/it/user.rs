//! `rolo user …`.

use serde_json::{Value, json};

use crate::place::{PASSWORD, both_ways};

#[test]
fn accounts_are_added_listed_given_a_password_and_removed() {
    both_ways(|place| {
        let noor = place.person("noor@rolo.example");
        assert_eq!(
            (&noor["email"], &noor["role"], &noor["enabled"]),
            (&json!("noor@rolo.example"), &json!("owner"), &json!(true))
        );
        let bo = place.person("bo@rolo.example");
        assert_eq!((&bo["role"], &bo["organisation"]), (&json!("member"), &noor["organisation"]));

        let password = place.file("password", PASSWORD);
        let add = ["user", "add", "--name", "Cy", "--password-file", &password, "--email"];
        let elsewhere = place.told(&[&add[..], &["cy@rolo.example", "--organisation", "new"]].concat());
        assert_eq!(elsewhere["role"], "owner");
        assert_ne!(elsewhere["organisation"], noor["organisation"]);
        let id = noor["organisation"].as_str().unwrap();
        let dee = place.told(&[&add[..], &["dee@rolo.example", "--organisation", id, "--role", "admin"]].concat());
        assert_eq!((&dee["role"], &dee["organisation"]), (&json!("admin"), &noor["organisation"]));

        let emails = |list: &Value| -> Vec<String> {
            let accounts = list["accounts"].as_array().unwrap().iter();
            accounts.filter(|row| row["enabled"] == true).map(|row| row["email"].as_str().unwrap().to_owned()).collect()
        };
        let mut all = emails(&place.told(&["user", "list"]));
        all.sort_unstable();
        assert_eq!(all, ["bo@rolo.example", "cy@rolo.example", "dee@rolo.example", "noor@rolo.example"]);
        assert!(place.run(&["user", "list"]).well().out.contains("bo@rolo.example"), "people read it too");

        let other = place.file("other", "seven quiet harbour mornings\n");
        let set = place.told(&["user", "password", "--email", "bo@rolo.example", "--password-file", &other]);
        assert_eq!(set["id"], bo["id"]);
        assert_eq!(place.told(&["user", "remove", "--email", "bo@rolo.example"])["id"], bo["id"]);
        assert!(!emails(&place.told(&["user", "list"])).contains(&"bo@rolo.example".to_owned()));
    });
}

#[test]
fn a_new_password_ends_the_tokens_of_the_old_one() {
    let place = crate::place::Place::served();
    place.person("noor@rolo.example");
    let token = place.told(&["token", "add", "--email", "noor@rolo.example"])["token"].as_str().unwrap().to_owned();
    assert_eq!(crate::place::get(place.url(), "/v1/account", &token).0, 200);
    let other = place.file("other", "seven quiet harbour mornings");
    place.run(&["user", "password", "--email", "noor@rolo.example", "--password-file", &other]).well();
    assert_eq!(crate::place::get(place.url(), "/v1/account", &token).0, 401);
}
