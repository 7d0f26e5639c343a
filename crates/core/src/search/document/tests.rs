//! Every field has its tokens.

use serde_json::json;
use uuid::Uuid;

use super::*;

fn document(card: Value) -> Document {
    Document::of(ContactId(Uuid::from_u128(1)), &serde_json::from_value(card).unwrap(), Vec::new(), Some("US"))
}

fn finds(tokens: &[String], wanted: &[&str]) {
    for token in wanted {
        assert!(tokens.iter().any(|have| have == token), "no {token} in {tokens:?}");
    }
}

#[test]
fn a_name_is_found_as_written_and_as_pronounced() {
    let components = json!([
        {"kind": "given", "value": "太郎", "phonetic": "たろう"}, {"kind": "surname", "value": "田中", "phonetic": "タナカ"}
    ]);
    let document = document(
        json!({"name": {"components": components}, "nicknames": {"a": {"name": "Taro"}}, "rolo:fileAs": "Tanaka"}),
    );
    finds(&document.name, &["田中", "太郎", "中太", "たな", "taro", "tanaka"]);
}

#[test]
fn what_stands_in_for_a_name_ranks_as_one() {
    finds(&document(json!({"organizations": {"a": {"name": "Lee Bakery"}}})).name, &["lee", "bakery"]);
}

#[test]
fn addresses_are_found_whole_and_in_parts() {
    let document = document(json!({"emails": {"a": {"address": "Ann.Lee+shop@Müller.example"}}}));
    finds(
        &document.emails,
        &[
            "ann.lee+shop@xn--mller-kva.example",
            "ann.lee+shop@müller.example",
            "ann.lee+shop",
            "xn--mller-kva",
            "lee",
            "mueller",
        ],
    );
}

#[test]
fn phones_are_found_by_any_part_and_extension() {
    let document = document(json!({"phones": {"a": {"number": "(202) 555-0143 ext. 89", "label": "Boat"}}}));
    finds(&document.phones, &["12025550143", "2025550143", "143", "89"]);
    finds(&document.rest, &["boat"]);
}

#[test]
fn every_other_field_is_found() {
    let document = document(json!({
        "organizations": {"a": {"name": "Lee", "units": [{"name": "Baking"}], "rolo:phonetic": "Lii"}},
        "titles": {"a": {"name": "Chief"}},
        "addresses": {"a": {"components": [{"kind": "locality", "value": "Wien"}], "full": "Ring 1", "countryCode": "AT", "rolo:label": "summer"}},
        "anniversaries": {"a": {"kind": "birth", "date": {"year": 1980, "month": 3, "day": 21}, "place": {"full": "Graz"}},
                          "b": {"kind": "rolo:other", "date": {"utc": "2001-02-03T00:00:00Z"}, "rolo:label": "graduation"}},
        "notes": {"a": {"note": "likes tea"}}, "links": {"a": {"uri": "https://lee.example/page", "label": "shop"}},
        "onlineServices": {"a": {"service": "Skype", "uri": "skype:annie", "user": "ann.l"}},
        "rolo:customFields": {"a": {"label": "shoe", "value": "39"}},
        "relatedTo": {"Bob": {"rolo:label": "godfather"}, "urn:uuid:1": {"rolo:name": "Carl"}},
        "personalInfo": {"a": {"kind": "hobby", "value": "chess"}}, "keywords": {"Family": true},
        "speakToAs": {"pronouns": {"a": {"pronouns": "she/her"}}}, "rolo:gender": {"text": "woman"},
        "preferredLanguages": {"a": {"language": "de"}}, "rolo:birthdayText": "circa 1980",
        "localizations": {"ja": {"titles/a/name": "社長"}},
        "vCardProps": [["x-favorite", {}, "text", "purple"], ["x-blob", {}, "text", "data:zzz"]]
    }));
    finds(
        &document.rest,
        &[
            "lee",
            "baking",
            "lii",
            "chief",
            "wien",
            "ring",
            "at",
            "summer",
            "1980",
            "03",
            "21",
            "19800321",
            "graz",
            "20010203",
            "graduation",
            "likes",
            "tea",
            "example",
            "page",
            "shop",
            "skype",
            "annie",
            "ann",
            "shoe",
            "39",
            "bob",
            "godfather",
            "carl",
            "chess",
            "family",
            "she",
            "woman",
            "de",
            "circa",
            "社長",
            "purple",
        ],
    );
    assert!(!document.rest.iter().any(|token| token == "https" || token == "zzz"));
}

#[test]
fn features_say_what_is_really_there() {
    let full = document(json!({
        "phones": {"a": {"number": "112"}}, "emails": {"a": {"address": "a@b.example"}}, "media": {"a": {"kind": "photo", "uri": "x:"}},
        "addresses": {"a": {"full": "Ring 1"}}, "anniversaries": {"a": {"kind": "birth", "date": {"month": 3, "day": 21}}},
        "notes": {"a": {"note": "n"}}, "links": {"a": {"uri": "x:"}}, "organizations": {"a": {"name": "Lee"}}
    }));
    assert_eq!(full.features, Feature::ALL[..8]);
    let empty = document(json!({
        "phones": {"a": {"number": " "}}, "media": {"a": {"kind": "logo", "uri": "x:"}}, "organizations": {"a": {"units": [{"name": "B"}]}},
        "anniversaries": {"a": {"kind": "wedding", "date": {"year": 2000}}}, "addresses": {"a": {"timeZone": "Europe/Vienna"}}
    }));
    assert_eq!(empty.features, []);
}

#[test]
fn a_filter_word_may_be_plural() {
    assert_eq!(Feature::named("Phones"), Some(Feature::Phone));
    assert_eq!(Feature::named("e-mail"), Some(Feature::Email));
    assert_eq!(Feature::named("addresses"), Some(Feature::Address));
    assert_eq!(Feature::named("companies"), None);
}

#[test]
fn a_book_in_a_note_is_cut() {
    let text: String = (0..200_000).map(|n| format!("w{n} ")).collect();
    let document = document(json!({"notes": {"a": {"note": text}}}));
    assert!((1_000..=SECTION_TOKENS_MAX).contains(&document.rest.len()));
}
