//! Nothing either contact says is lost.

use super::*;

fn merged(one: Value, other: Value) -> Value {
    let models: Vec<Model> = [one, other].into_iter().map(|card| serde_json::from_value(card).unwrap()).collect();
    serde_json::to_value(united(&models, Some("AT"))).unwrap()
}

#[test]
fn the_same_address_and_number_become_one_and_keep_what_either_says_of_them() {
    let out = merged(
        json!({"emails": {"a": {"address": "Ann@Example.org", "contexts": {"work": true}}},
               "phones": {"p": {"number": "+43 1 5880100"}}}),
        json!({"emails": {"x": {"address": "ann@example.org", "contexts": {"private": true}, "label": "main", "pref": 1},
                          "a": {"address": "lee@example.org"}},
               "phones": {"q": {"number": "01 5880-100", "features": {"mobile": true}}, "p": {"number": "112"}}}),
    );
    assert_eq!(
        out["emails"],
        json!({"a": {"address": "Ann@Example.org", "contexts": {"work": true, "private": true}, "label": "main"},
               "a-2": {"address": "lee@example.org"}})
    );
    assert_eq!(
        out["phones"],
        json!({"p": {"number": "+43 1 5880100", "features": {"mobile": true}}, "p-2": {"number": "112"}})
    );
}

#[test]
fn the_most_complete_name_leads_and_the_other_is_a_nickname() {
    let out = merged(
        json!({"name": {"full": "Annie"}}),
        json!({"name": {"full": "Dr. Ann Lee", "components": [{"kind": "title", "value": "Dr."},
            {"kind": "given", "value": "Ann"}, {"kind": "surname", "value": "Lee"}]}}),
    );
    assert_eq!(out["name"]["full"], "Dr. Ann Lee");
    assert_eq!(out["nicknames"], json!({"called-1": {"name": "Annie"}}));
    let same = merged(json!({"name": {"full": "Ann Lee"}}), json!({"name": {"full": "ann lee"}}));
    assert_eq!((&same["name"]["full"], same.get("nicknames")), (&json!("Ann Lee"), None));
}

#[test]
fn labels_notes_photos_and_unknown_members_all_stay() {
    let out = merged(
        json!({"keywords": {"A": true}, "notes": {"n": {"note": "one"}}, "media": {"m": {"kind": "photo", "uri": "data:image/png;base64,AA=="}},
               "vCardProps": [["x-one", {}, "text", "1"]]}),
        json!({"keywords": {"B": true, "A": true}, "notes": {"n": {"note": "two"}, "o": {"note": " one "}},
               "media": {"m": {"kind": "photo", "uri": "data:image/png;base64,BB=="}}, "x:odd": [1],
               "vCardProps": [["x-one", {}, "text", "1"], ["x-two", {}, "text", "2"]]}),
    );
    assert_eq!(out["keywords"], json!({"A": true, "B": true}));
    assert_eq!(out["notes"], json!({"n": {"note": "one"}, "n-2": {"note": "two"}}));
    assert_eq!(out["media"]["m"]["uri"], "data:image/png;base64,AA==");
    assert_eq!(out["media"]["m-2"]["uri"], "data:image/png;base64,BB==");
    assert_eq!(out["vCardProps"].as_array().unwrap().len(), 2);
    assert_eq!(out["x:odd"], json!([1]));
}

#[test]
fn a_person_is_born_once_and_another_date_is_kept_as_a_field() {
    let birth = |date: Value| json!({"anniversaries": {"b": {"kind": "birth", "date": date}}});
    let fuller = merged(birth(json!({"month": 8, "day": 20})), birth(json!({"year": 1984, "month": 8, "day": 20})));
    assert_eq!(fuller["anniversaries"].as_object().unwrap().len(), 1);
    assert_eq!(fuller["anniversaries"]["b-2"]["date"]["year"], 1984);
    assert_eq!(fuller.get("rolo:customFields"), None);
    let odd = merged(birth(json!({"year": 1984, "month": 8, "day": 20})), birth(json!({"month": 8, "day": 21})));
    assert_eq!(odd["anniversaries"]["b"]["date"]["day"], 20);
    assert_eq!(odd["rolo:customFields"]["merged"], json!({"label": "birthday", "value": "--08-21"}));
}

#[test]
fn titles_follow_their_company() {
    let work = |company: &str, title: &str| json!({"organizations": {"o": {"name": company}}, "titles": {"t": {"name": title, "organizationId": "o"}}});
    let two = merged(work("Acme", "Chemist"), work("Beta", "Chemist"));
    assert_eq!(two["organizations"]["o-2"]["name"], "Beta");
    assert_eq!(two["titles"]["t-2"], json!({"name": "Chemist", "organizationId": "o-2"}));
    let one = merged(work("Acme", "Chemist"), work("Acme", "Chemist"));
    assert_eq!((one["organizations"].as_object().unwrap().len(), one["titles"].as_object().unwrap().len()), (1, 1));
}

#[test]
fn what_can_be_once_is_the_leaders_and_the_other_becomes_a_field() {
    let out = merged(
        json!({"rolo:fileAs": "Lee, Ann", "rolo:gender": {"sex": "F"}, "speakToAs": {"pronouns": {"a": {"pronouns": "she/her"}}}}),
        json!({"rolo:fileAs": "Annie", "rolo:gender": {"sex": "O", "text": "other"},
               "speakToAs": {"grammaticalGender": "feminine", "pronouns": {"a": {"pronouns": "they/them"}}}}),
    );
    assert_eq!(out["rolo:fileAs"], "Lee, Ann");
    let fields: Vec<_> = out["rolo:customFields"].as_object().unwrap().values().cloned().collect();
    assert_eq!(fields, [json!({"label": "file as", "value": "Annie"}), json!({"label": "gender", "value": "O"})]);
    assert_eq!(out["rolo:gender"], json!({"sex": "F", "text": "other"}));
    assert_eq!(out["speakToAs"]["pronouns"]["a-2"]["pronouns"], "they/them");
    assert_eq!(out["speakToAs"]["grammaticalGender"], "feminine");
}

#[test]
fn merging_a_contact_with_itself_changes_nothing() {
    let card = json!({"name": {"full": "Ann Lee"}, "emails": {"a": {"address": "x@y"}, "a-2": {"address": "x@y"}},
        "addresses": {"h": {"components": [{"kind": "name", "value": "Main St"}]}}, "relatedTo": {"Bo": {"relation": {"friend": true}}}});
    assert_eq!(merged(card.clone(), card.clone()), card);
}
