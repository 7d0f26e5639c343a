//! The worked edits of the card map: each a small card, an edit, and exactly the card that must come of it.

use serde_json::{Value, json};

use super::*;

/// Edits a card's model as JSON and compares the bytes.
fn edit(before: &str, change: impl FnOnce(&mut Value), after: &str) {
    let crlf = |text: &str| text.trim_start().lines().map(str::trim_start).collect::<Vec<_>>().join("\r\n") + "\r\n";
    let card = Card::parse(crlf(before).into_bytes()).unwrap();
    let mut model = serde_json::to_value(card.model()).unwrap();
    change(&mut model);
    let wanted: Model = serde_json::from_value(model).unwrap();
    let now = "2026-11-21T09:30:00Z".parse().unwrap();
    let edited = card.edited(&wanted, Some(now)).unwrap();
    assert_eq!(String::from_utf8_lossy(edited.card.bytes()), crlf(after));
}

/// The n-th member of a field.
fn nth<'v>(model: &'v mut Value, field: &str, nth: usize) -> &'v mut Value {
    model[field].as_object_mut().unwrap().values_mut().nth(nth).unwrap()
}

fn remove(model: &mut Value, field: &str, nth: usize) {
    let members = model[field].as_object_mut().unwrap();
    let id = members.keys().nth(nth).unwrap().clone();
    members.shift_remove(&id);
}

#[test]
fn edit_01_apple_changes_a_number() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        PRODID:-//Apple Inc.//iOS 17.0//EN
        N:Doe;John;;;
        FN:John Doe
        EMAIL;type=INTERNET;type=HOME:john@example.org
        TEL;type=CELL;type=VOICE;type=pref:+1 (202) 555-0143
        TEL;type=HOME;type=VOICE:+1 (202) 555-0100
        END:VCARD",
        |model| nth(model, "phones", 0)["number"] = json!("+1 (202) 555-0199"),
        "BEGIN:VCARD
        VERSION:3.0
        PRODID:-//Apple Inc.//iOS 17.0//EN
        N:Doe;John;;;
        FN:John Doe
        EMAIL;type=INTERNET;type=HOME:john@example.org
        TEL;type=CELL;type=VOICE;type=pref:+1 (202) 555-0199
        TEL;type=HOME;type=VOICE:+1 (202) 555-0100
        END:VCARD",
    );
}

#[test]
fn edit_02_apple_mobile_becomes_a_label_of_ones_own() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        N:Doe;John;;;
        FN:John Doe
        TEL;type=CELL;type=VOICE:+1 202 555 0110
        item1.URL;type=pref:https://example.org
        item1.X-ABLabel:_$!<HomePage>!$_
        item2.X-ABDATE;type=pref:1970-06-02
        item2.X-ABLabel:_$!<Anniversary>!$_
        END:VCARD",
        |model| {
            let phone = nth(model, "phones", 0);
            phone["features"] = json!({});
            phone["label"] = json!("Boat");
        },
        "BEGIN:VCARD
        VERSION:3.0
        N:Doe;John;;;
        FN:John Doe
        item3.TEL;type=VOICE:+1 202 555 0110
        item3.X-ABLabel:Boat
        item1.URL;type=pref:https://example.org
        item1.X-ABLabel:_$!<HomePage>!$_
        item2.X-ABDATE;type=pref:1970-06-02
        item2.X-ABLabel:_$!<Anniversary>!$_
        END:VCARD",
    );
}

#[test]
fn edit_03_google_label_becomes_work() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        N:Lee;Ann;;;
        item1.EMAIL;TYPE=INTERNET:ann@example.org
        item1.X-ABLabel:Club
        item2.TEL:+1 202-555-0110
        item2.X-ABLabel:Boat
        TEL;TYPE=CELL:+1 202-555-0111
        CATEGORIES:myContacts
        END:VCARD",
        |model| {
            let phone = nth(model, "phones", 0);
            phone["contexts"] = json!({"work": true});
            phone.as_object_mut().unwrap().remove("label");
        },
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        N:Lee;Ann;;;
        item1.EMAIL;TYPE=INTERNET:ann@example.org
        item1.X-ABLabel:Club
        TEL;TYPE=WORK:+1 202-555-0110
        TEL;TYPE=CELL:+1 202-555-0111
        CATEGORIES:myContacts
        END:VCARD",
    );
}

#[test]
fn edit_04_google_gets_another_email() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        N:Lee;Ann;;;
        EMAIL;TYPE=INTERNET;TYPE=HOME:ann@example.org
        TEL;TYPE=CELL:+1 202-555-0111
        END:VCARD",
        |model| model["emails"]["new"] = json!({"address": "ann@firm.example", "contexts": {"work": true}}),
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        N:Lee;Ann;;;
        EMAIL;TYPE=INTERNET;TYPE=HOME:ann@example.org
        EMAIL;TYPE=INTERNET;TYPE=WORK:ann@firm.example
        TEL;TYPE=CELL:+1 202-555-0111
        END:VCARD",
    );
}

#[test]
fn edit_05_google_loses_the_first_of_two_equal_dates() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        item4.X-ABDATE:1970-06-02
        item4.X-ABLabel:_$!<Anniversary>!$_
        item5.X-ABDATE:1970-06-02
        item5.X-ABLabel:_$!<Anniversary>!$_
        END:VCARD",
        |model| remove(model, "anniversaries", 0),
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        item5.X-ABDATE:1970-06-02
        item5.X-ABLabel:_$!<Anniversary>!$_
        END:VCARD",
    );
}

#[test]
fn edit_06_apple_birthday_gets_its_year() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        N:Doe;John;;;
        FN:John Doe
        BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20
        END:VCARD",
        |model| nth(model, "anniversaries", 0)["date"]["year"] = json!(1984),
        "BEGIN:VCARD
        VERSION:3.0
        N:Doe;John;;;
        FN:John Doe
        BDAY:1984-08-20
        END:VCARD",
    );
}

#[test]
fn edit_07_davx5_birthday_loses_its_year() {
    edit(
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        UID:u1
        FN:Ann Lee
        BDAY:19840820
        END:VCARD",
        |model| nth(model, "anniversaries", 0)["date"] = json!({"month": 8, "day": 20}),
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        UID:u1
        FN:Ann Lee
        BDAY:--0820
        END:VCARD",
    );
}

#[test]
fn edit_08_davx5_mother_becomes_friend() {
    edit(
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        FN:Bo Lee
        RELATED;TYPE=mother,parent;VALUE=text:Ann Lee
        END:VCARD",
        |model| {
            let relation = nth(model, "relatedTo", 0);
            relation["relation"] = json!({"friend": true});
            relation.as_object_mut().unwrap().remove("rolo:label");
        },
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        FN:Bo Lee
        RELATED;TYPE=friend;VALUE=text:Ann Lee
        END:VCARD",
    );
}

#[test]
fn edit_09_davx5_gets_a_second_street_line() {
    edit(
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        FN:Ann Lee
        ADR;TYPE=work;LABEL=\"Gasse 2^nWien\":;;Gasse 2;Wien;;1020;Austria
        END:VCARD",
        |model| {
            let parts = nth(model, "addresses", 0)["components"].as_array_mut().unwrap();
            parts.iter_mut().find(|part| part["kind"] == "name").unwrap()["value"] = json!("Gasse 2\nStiege 3");
        },
        "BEGIN:VCARD
        VERSION:4.0
        PRODID:DAVx5/4.5 ez-vcard/0.12.1
        FN:Ann Lee
        ADR;TYPE=work:;;Gasse 2,Stiege 3;Wien;;1020;Austria
        END:VCARD",
    );
}

#[test]
fn edit_10_outlook_note_with_umlaut_and_newline() {
    edit(
        "BEGIN:VCARD
        VERSION:2.1
        N:Lee;Ann
        FN:Ann Lee
        NOTE;ENCODING=QUOTED-PRINTABLE:Old=0D=0Anote
        REV:20121012T210525Z
        END:VCARD",
        |model| nth(model, "notes", 0)["note"] = json!("Grüße\nnote"),
        "BEGIN:VCARD
        VERSION:2.1
        N:Lee;Ann
        FN:Ann Lee
        NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe=0D=0Anote
        REV:20261121T093000Z
        END:VCARD",
    );
}

#[test]
fn edit_11_outlook_street_changes_and_its_label_goes() {
    edit(
        "BEGIN:VCARD
        VERSION:2.1
        N:Lee;Ann
        FN:Ann Lee
        ADR;WORK;PREF:;;1 Main St;Austin;TX;12345;USA
        LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:1 Main St=0D=0A=
        Austin, TX 12345=0D=0A=
        USA
        X-MS-OL-DEFAULT-POSTAL-ADDRESS:2
        END:VCARD",
        |model| {
            let parts = nth(model, "addresses", 0)["components"].as_array_mut().unwrap();
            parts.iter_mut().find(|part| part["kind"] == "name").unwrap()["value"] = json!("9 Elm St");
        },
        "BEGIN:VCARD
        VERSION:2.1
        N:Lee;Ann
        FN:Ann Lee
        ADR;WORK;PREF:;;9 Elm St;Austin;TX;12345;USA
        X-MS-OL-DEFAULT-POSTAL-ADDRESS:2
        END:VCARD",
    );
}

#[test]
fn edit_12_nextcloud_renames_a_label() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        nextcloud1.TEL:+1 202
        nextcloud1.X-ABLABEL:Club
        END:VCARD",
        |model| nth(model, "phones", 0)["label"] = json!("Chess club"),
        "BEGIN:VCARD
        VERSION:3.0
        FN:Ann Lee
        nextcloud1.TEL:+1 202
        nextcloud1.X-ABLABEL:Chess club
        END:VCARD",
    );
}

#[test]
fn edit_13_nextcloud_gets_a_second_category() {
    edit(
        "BEGIN:VCARD
        VERSION:4.0
        FN:Ann Lee
        CATEGORIES:Family
        END:VCARD",
        |model| model["keywords"]["Friends, old"] = json!(true),
        "BEGIN:VCARD
        VERSION:4.0
        FN:Ann Lee
        CATEGORIES:Family,Friends\\, old
        END:VCARD",
    );
}

#[test]
fn edit_14_apple_last_name_takes_the_full_name_along() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        N:Doe;John;Richter,James;Mr.;Sr.
        FN:Mr. John Richter James Doe Sr.
        END:VCARD",
        |model| {
            let parts = model["name"]["components"].as_array_mut().unwrap();
            parts.iter_mut().find(|part| part["kind"] == "surname").unwrap()["value"] = json!("Roe");
        },
        "BEGIN:VCARD
        VERSION:3.0
        N:Roe;John;Richter,James;Mr.;Sr.
        FN:Mr. John Richter James Roe Sr.
        END:VCARD",
    );
}

#[test]
fn edit_15_apple_company_becomes_a_person_with_a_field() {
    edit(
        "BEGIN:VCARD
        VERSION:3.0
        N:;;;;
        FN:Acme
        ORG:Acme;
        X-ABShowAs:COMPANY
        UID:u-1
        END:VCARD",
        |model| {
            model.as_object_mut().unwrap().remove("kind");
            model["rolo:customFields"] = json!({"new": {"label": "Shoe size", "value": "44"}});
        },
        "BEGIN:VCARD
        VERSION:3.0
        N:;;;;
        FN:Acme
        ORG:Acme;
        X-ROLO-FIELD:Shoe size;44
        UID:u-1
        END:VCARD",
    );
}

#[test]
fn nothing_wanted_changes_nothing() {
    let card =
        card("3.0", &["N:Lee;Ann;;;", "FN:Ann Lee", "REV:2012-10-12T21:05:25Z", "TEL;TYPE=Boat house:1", "X-A:1"]);
    let now = "2026-11-21T09:30:00Z".parse().ok();
    for model in [card.model(), card.model_light()] {
        assert_eq!(card.edited(&model, now).unwrap().card, card);
    }
}

#[test]
fn a_photo_is_replaced_with_its_crop_and_left_by_its_name() {
    let photo = "/9j/4AAQ".repeat(800);
    let text = format!("PHOTO;ENCODING=b;TYPE=JPEG:{photo}");
    let card =
        card("3.0", &["N:Lee;Ann;;;", "FN:Ann Lee", &text, "X-ABCROP-RECTANGLE:ABClipRect_1&0&0&1&1&x", "NOTE:a"]);
    let mut light = card.model_light();
    light.notes.values_mut().next().unwrap().note = "b".into();
    let edited = card.edited(&light, None).unwrap().card;
    assert_eq!(edited.bytes(), String::from_utf8_lossy(card.bytes()).replace("NOTE:a", "NOTE:b").as_bytes());

    light.media.values_mut().next().unwrap().uri = "data:image/png;base64,iVBORw0KGgo=".into();
    light.media.values_mut().next().unwrap().media_type = Some("image/png".into());
    let edited = card.edited(&light, None).unwrap().card;
    let text = String::from_utf8_lossy(edited.bytes()).into_owned();
    assert!(text.contains("PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo=\r\nNOTE:b"), "{text}");

    light.media.values_mut().next().unwrap().uri = format!("rolo:blob:{}", "0".repeat(64));
    assert!(matches!(card.edited(&light, None), Err(crate::Error::Invalid { .. })));
}

#[test]
fn an_old_card_is_lifted_when_it_cannot_say_it() {
    let old = card(
        "2.1",
        &[
            "N;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;;",
            "TEL;WORK;VOICE:1, 2",
            "PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/\r\n 4AAQ\r\n",
            "NOTE:a,b\\c",
        ],
    );
    let mut model = old.model();
    model.phones.values_mut().next().unwrap().label = Some("Boat".into());
    let edited = old.edited(&model, None).unwrap();
    assert!(edited.lifted);
    let want = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Müller;Jörg;;;",
        "item1.TEL;TYPE=WORK;TYPE=VOICE:1\\, 2",
        "item1.X-ABLabel:Boat",
        "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ",
        "",
        "NOTE:a\\,b\\\\c",
        "END:VCARD",
        "",
    ];
    assert_eq!(String::from_utf8_lossy(edited.card.bytes()), want.join("\r\n"));
}

#[test]
fn a_label_is_renamed_in_place() {
    let card = card("3.0", &["CATEGORIES:A,Old\\, one,C", "CATEGORIES:Old\\, one"]);
    let renamed = card.with_renamed_category("Old, one", "New", None).unwrap();
    assert_eq!(renamed.bytes(), String::from_utf8_lossy(card.bytes()).replace("Old\\, one", "New").as_bytes());
}

#[test]
fn a_uid_is_inserted_where_there_is_none() {
    let bare = card("3.0", &["FN:A", "REV:20200101T000000Z"]);
    let with = bare.with_uid("u-1");
    assert_eq!(with.uid().unwrap(), "u-1");
    assert_eq!(with.with_uid("u-2"), with);
}
