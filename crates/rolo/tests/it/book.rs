//! `rolo book …`.

use serde_json::{Value, json};

use crate::place::both_ways;

#[test]
fn access_is_given_changed_and_taken_back() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let bo = place.person("bo@rolo.example");
        let own = place.told(&["book", "list", "--email", "noor@rolo.example"]);
        let book = own["books"].as_array().unwrap().iter().find(|book| book["right"] == "manage").unwrap().clone();
        let id = book["id"].as_str().unwrap();
        let seen = || -> Value {
            let books = place.told(&["book", "list", "--email", "bo@rolo.example"]);
            books["books"]
                .as_array()
                .unwrap()
                .iter()
                .find(|row| row["id"] == *id)
                .map_or(Value::Null, |row| row["right"].clone())
        };
        assert_eq!(seen(), Value::Null, "somebody's own book is nobody else's");
        for role in ["see", "edit", "manage"] {
            let told = place.told(&["book", "access", id, "--email", "bo@rolo.example", "--role", role]);
            assert_eq!(told, json!({ "book": id, "account": bo["id"], "right": role }));
            assert_eq!(seen(), role);
        }
        place.run(&["book", "access", id, "--email", "bo@rolo.example", "--role", "none"]).well();
        assert_eq!(seen(), Value::Null);
        assert!(place.run(&["book", "list", "--email", "noor@rolo.example"]).well().out.contains(id));
    });
}

#[test]
fn a_book_is_found_by_a_name_that_only_one_has() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.person("bo@rolo.example");
        let file = place.file("one.vcf", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nN:;Ann;;;\r\nEND:VCARD\r\n");
        place.run(&["import", &file, "--email", "noor@rolo.example", "--book", "Choir"]).well();
        place.run(&["book", "access", "Choir", "--email", "bo@rolo.example", "--role", "see"]).well();
        let seen = place.told(&["book", "list", "--email", "bo@rolo.example"]);
        let choir = seen["books"].as_array().unwrap().iter().find(|book| book["name"] == "Choir").unwrap().clone();
        assert_eq!((&choir["right"], &choir["contacts"]), (&json!("see"), &json!(1)));
        let refused = place.run(&["import", &file, "--email", "bo@rolo.example", "--book", "Choir"]);
        assert_eq!(refused.code, 1, "who may only see imports nothing: {refused:?}");
    });
}
