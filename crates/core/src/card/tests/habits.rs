//! What other programs write (conventions §2), and what Rolo reads from it: one test per habit.

use serde_json::json;

use super::*;

#[test]
fn apple_labels_in_any_case_of_group() {
    let card = card(
        "3.0",
        &[
            "item1.TEL:1",
            "ITEM1.X-ABLABEL:Boat",
            "item2.URL:http\\://example.org/a",
            "item2.X-ABLabel:_$!<HomePage>!$_",
            "X-ABLabel:stray",
            "nextcloud1.EMAIL:a@b.example",
            "nextcloud1.X-ABLabel:School",
        ],
    );
    assert_eq!(members(&card, "phones"), [json!({"number": "1", "label": "Boat"})]);
    assert_eq!(members(&card, "links"), [json!({"uri": "http://example.org/a", "label": "home page"})]);
    assert_eq!(members(&card, "emails"), [json!({"address": "a@b.example", "label": "school"})]);
}

#[test]
fn free_text_types_and_label_parameters_are_labels() {
    let card = card(
        "3.0",
        &[
            "TEL;TYPE=Summer house:1",
            "TEL;X-LABEL=Boat:2",
            "EMAIL;LABEL=\"Club, old\":c@d.example",
            "TEL;TYPE=HOME;TYPE=weird:3",
        ],
    );
    let labels: Vec<_> = members(&card, "phones").iter().map(|phone| phone["label"].clone()).collect();
    assert_eq!(labels, [json!("Summer house"), json!("Boat"), json!(null)]);
    assert_eq!(members(&card, "emails")[0]["label"], "Club, old");
}

#[test]
fn dates_of_apple_and_their_labels() {
    let card = card(
        "3.0",
        &[
            "item1.X-ABDATE;type=pref:1970-06-02",
            "item1.X-ABLabel:_$!<Anniversary>!$_",
            "item2.X-ABLabel:Name day",
            "item2.X-ABDATE;X-APPLE-OMIT-YEAR=1604:1604-07-26",
        ],
    );
    assert_eq!(
        members(&card, "anniversaries"),
        [
            json!({"kind": "wedding", "date": {"year": 1970, "month": 6, "day": 2}}),
            json!({"kind": "rolo:other", "date": {"month": 7, "day": 26}, "rolo:label": "Name day"}),
        ]
    );
}

#[test]
fn an_anniversary_doubled_by_sabre_is_one() {
    let lines = [
        "ANNIVERSARY:19700602",
        "X-ANNIVERSARY:1970-06-02",
        "ITEM1.X-ABDATE:1970-06-02",
        "ITEM1.X-ABLABEL:_$!<Anniversary>!$_",
    ];
    assert_eq!(members(&card("3.0", &lines), "anniversaries").len(), 1);
    let twins = [
        "item1.X-ABDATE:1970-06-02",
        "item1.X-ABLabel:_$!<Anniversary>!$_",
        "item2.X-ABDATE:1970-06-02",
        "item2.X-ABLabel:_$!<Anniversary>!$_",
    ];
    let json = json(&card("3.0", &twins));
    let ids: Vec<&String> = json["anniversaries"].as_object().unwrap().keys().collect();
    assert_eq!(ids[1], &format!("{}-2", ids[0]));
}

#[test]
fn yearless_birthdays_in_every_spelling() {
    for line in [
        "BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20",
        "BDAY:1604-08-20",
        "BDAY;value=DATE:--08-20",
        "BDAY:--0820",
        "BDAY:-0820",
        "BDAY;VALUE=date-and-or-time:0000-08-20",
    ] {
        assert_eq!(
            members(&card("3.0", &[line]), "anniversaries"),
            [json!({"kind": "birth", "date": {"month": 8, "day": 20}})],
            "{line}"
        );
    }
    assert_eq!(json(&card("4.0", &["BDAY;VALUE=text:circa 1800"]))["rolo:birthdayText"], "circa 1800");
    assert_eq!(json(&card("4.0", &["BDAY:---21"]))["vCardProps"], json!([["bday", {}, "unknown", "---21"]]));
}

#[test]
fn a_birthday_has_its_place() {
    let card = card("3.0", &["BIRTHPLACE:Linz", "BDAY:1980-03-21", "DEATHPLACE;VALUE=uri:geo:48.2,16.3"]);
    assert_eq!(
        members(&card, "anniversaries"),
        [
            json!({"kind": "birth", "date": {"year": 1980, "month": 3, "day": 21}, "place": {"full": "Linz"}}),
            json!({"kind": "death", "place": {"coordinates": "geo:48.2,16.3"}}),
        ]
    );
}

#[test]
fn phonetic_names_stand_beside_the_written() {
    let card = card(
        "3.0",
        &[
            "N:山田;太郎;;;",
            "X-PHONETIC-FIRST-NAME:たろう",
            "X-PHONETIC-LAST-NAME:やまだ",
            "X-PHONETIC-MIDDLE-NAME:x",
            "ORG:山田商店",
            "X-PHONETIC-ORG:やまだ",
        ],
    );
    let json = json(&card);
    assert_eq!(
        json["name"],
        json!({
            "components": [
                {"kind": "given", "value": "太郎", "phonetic": "たろう"},
                {"kind": "surname", "value": "山田", "phonetic": "やまだ"},
            ],
            "phoneticScript": "Hira",
        })
    );
    assert_eq!(json["vCardProps"], json!([["x-phonetic-middle-name", {}, "text", "x"]]));
    assert_eq!(members(&card, "organizations")[0]["rolo:phonetic"], "やまだ");
}

#[test]
fn a_second_name_with_altid_is_its_sound() {
    let card = card(
        "4.0",
        &[
            "N;ALTID=1;LANGUAGE=ja;PHONETIC=jyut;SCRIPT=Latn:Yamada;Taro;;;",
            "N;ALTID=1:山田;太郎;;;",
            "FN;ALTID=2;LANGUAGE=en:Taro Yamada",
            "FN;ALTID=2:山田太郎",
        ],
    );
    let json = json(&card);
    assert_eq!(json["name"]["full"], "山田太郎");
    assert_eq!(json["name"]["components"][1], json!({"kind": "surname", "value": "山田", "phonetic": "Yamada"}));
}

#[test]
fn maiden_names_nicknames_and_filing() {
    let card = card(
        "3.0",
        &[
            "NICKNAME:Ann,Annie\\, dear",
            "X-MAIDENNAME:Lee",
            "NICKNAME;TYPE=x-initials:AL",
            "SORT-STRING:Doe",
            "X-EVOLUTION-FILE-AS:Doe\\, Ann",
        ],
    );
    let json = json(&card);
    assert_eq!(members(&card, "nicknames"), [json!({"name": "Ann"}), json!({"name": "Annie, dear"})]);
    assert_eq!(
        members(&card, "rolo:customFields"),
        [json!({"label": "maiden name", "value": "Lee"}), json!({"label": "initials", "value": "AL"})]
    );
    assert_eq!((&json["name"]["sortAs"], &json["rolo:fileAs"]), (&json!({"surname": "Doe"}), &json!("Doe, Ann")));
}

#[test]
fn a_company_is_told_either_way() {
    for lines in [
        &["N:;;;;", "FN:Acme", "ORG:Acme;Research;Lab", "X-ABShowAs:COMPANY"][..],
        &["KIND:ORG", "FN:Acme", "ORG:Acme;Research;Lab"],
    ] {
        let card = card("3.0", lines);
        assert_eq!(json(&card)["kind"], "org");
        assert_eq!(
            members(&card, "organizations"),
            [json!({"name": "Acme", "units": [{"name": "Research"}, {"name": "Lab"}]})]
        );
    }
}

#[test]
fn jobs_are_joined_by_their_group() {
    let card =
        card("3.0", &["item1.ORG:One", "item1.TITLE:Head", "item2.ROLE:Night watch", "item2.ORG:Two", "TITLE:Alone"]);
    let json = json(&card);
    let organizations: Vec<String> = json["organizations"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        members(&card, "titles"),
        [
            json!({"name": "Head", "organizationId": organizations[0]}),
            json!({"name": "Night watch", "kind": "role", "organizationId": organizations[1]}),
            json!({"name": "Alone"}),
        ]
    );
}

#[test]
fn relations_of_every_dialect() {
    let three = card(
        "3.0",
        &[
            "item1.X-ABRELATEDNAMES:Ann Lee",
            "item1.X-ABLabel:_$!<Mother>!$_",
            "item2.X-ABRELATEDNAMES:Ann Lee",
            "item2.X-ABLabel:_$!<Friend>!$_",
            "X-EVOLUTION-SPOUSE:Bo",
        ],
    );
    let want = json!({
        "Ann Lee": {"relation": {"parent": true, "friend": true}, "rolo:label": "mother", "vCardParams": {"value": "text"}},
        "Bo": {"relation": {"spouse": true}, "vCardParams": {"value": "text"}},
    });
    assert_eq!(json(&three)["relatedTo"], want);
    let four = card(
        "4.0",
        &[
            "RELATED;TYPE=mother,parent;VALUE=text:Ann Lee",
            "RELATED;TYPE=friend;VALUE=text:Ann Lee",
            "X-MS-SPOUSE:Bo",
            "RELATED;TYPE=kin:urn:uuid:1",
        ],
    );
    assert_eq!(json(&four)["relatedTo"]["Ann Lee"], want["Ann Lee"]);
    assert_eq!(json(&four)["relatedTo"]["urn:uuid:1"], json!({"relation": {"kin": true}}));
}

#[test]
fn a_link_holds_while_the_name_does() {
    let lines =
        ["item1.X-ABRELATEDNAMES:Ann Lee", "item1.X-ABLabel:_$!<Sister>!$_", "X-ROLO-LINK:urn:uuid:1;sister;Ann Lee"];
    let linked = card("3.0", &lines);
    assert_eq!(
        json(&linked)["relatedTo"],
        json!({"urn:uuid:1": {"relation": {"sibling": true}, "rolo:label": "sister", "rolo:name": "Ann Lee"}})
    );
    let renamed = card("3.0", &["item1.X-ABRELATEDNAMES:Ann Roe", lines[1], lines[2]]);
    assert_eq!(
        json(&renamed)["relatedTo"],
        json!({"Ann Roe": {"relation": {"sibling": true}, "rolo:label": "sister", "vCardParams": {"value": "text"}}})
    );
}

#[test]
fn messengers_and_profiles_of_every_dialect() {
    let card = card(
        "3.0",
        &[
            "IMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:ann",
            "X-AIM;type=WORK:ann9",
            "X-SIP:ann@sip.example",
            "X-SOCIALPROFILE;type=twitter;x-user=ann:https://twitter.example/ann",
            "SOCIALPROFILE;SERVICE-TYPE=Mastodon;VALUE=text:@ann@m.example",
        ],
    );
    assert_eq!(
        members(&card, "onlineServices"),
        [
            json!({"service": "Skype", "uri": "skype:ann", "contexts": {"private": true}, "vCardName": "impp"}),
            json!({"service": "AIM", "user": "ann9", "contexts": {"work": true}, "vCardName": "x-aim"}),
            json!({"uri": "sip:ann@sip.example", "vCardName": "x-sip"}),
            json!({"service": "twitter", "uri": "https://twitter.example/ann", "user": "ann", "vCardName": "socialprofile"}),
            json!({"service": "Mastodon", "user": "@ann@m.example", "vCardName": "socialprofile"}),
        ]
    );
}

#[test]
fn preferred_is_told_in_every_version() {
    for (version, line) in
        [("2.1", "TEL;CELL;PREF:1"), ("3.0", "TEL;type=CELL;type=VOICE;type=pref:1"), ("4.0", "TEL;TYPE=cell;PREF=1:1")]
    {
        assert_eq!(
            members(&card(version, &[line]), "phones"),
            [json!({"number": "1", "features": {"mobile": true}, "pref": 1})]
        );
    }
    assert_eq!(members(&card("4.0", &["EMAIL;PREF=7:a@b.example"]), "emails")[0]["pref"], 7);
}

#[test]
fn photos_inline_or_by_url() {
    let jpeg = "data:image/jpeg;base64,/9j/4AAQ";
    for (version, lines) in [
        ("3.0", &["PHOTO;ENCODING=b;TYPE=JPEG:/9j/\r\n 4AAQ", "X-ABCROP-RECTANGLE:ABClipRect_1&0&0&1&1&x"][..]),
        ("2.1", &["PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/\r\n 4AAQ\r\n"]),
        ("4.0", &["PHOTO:data:image/jpeg;base64,/9j/4AAQ"]),
        ("3.0", &["PHOTO;VALUE=URI;ENCODING=b:/9j/4AAQ"]),
    ] {
        assert_eq!(
            members(&card(version, lines), "media"),
            [json!({"kind": "photo", "uri": jpeg, "mediaType": "image/jpeg"})]
        );
    }
    let by_url = card("3.0", &["PHOTO;VALUE=uri:https\\://example.org/a.jpg"]);
    assert_eq!(members(&by_url, "media"), [json!({"kind": "photo", "uri": "https://example.org/a.jpg"})]);
}

#[test]
fn a_light_model_names_large_photos_by_their_octets() {
    let photo = "QUJD".repeat(2000);
    let folded = photo
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join("\r\n ");
    let three = card("3.0", &[&format!("PHOTO;ENCODING=b;TYPE=JPEG:{folded}")]);
    let four = card("4.0", &[&format!("PHOTO:data:image/jpeg;base64,{photo}")]);
    let uri = three.model_light().media.values().next().unwrap().uri.clone();
    assert!(uri.starts_with("rolo:blob:") && uri.len() == 74);
    assert_eq!(three.model_light(), four.model_light());
    assert_eq!(three.blob(&uri).unwrap(), ("ABC".repeat(2000).into_bytes(), Some("image/jpeg".to_owned())));
    assert_eq!(three.model().media.keys().next(), three.model_light().media.keys().next());
    let small = card("4.0", &["PHOTO:data:image/jpeg;base64,/9j/4AAQ"]);
    assert_eq!(small.model_light(), small.model());
}

#[test]
fn addresses_and_what_belongs_to_them() {
    let card = card(
        "3.0",
        &[
            "item1.ADR;type=WORK;type=pref:;Top 4;Gasse 2,Stiege 3;Wien;;1020;Austria",
            "item1.X-ABADR:at",
            "LABEL;TYPE=WORK:Gasse 2\\nWien",
            "ADR;TYPE=HOME:;;123 Main St, Apt 4;Austin;TX;78701;USA",
            "item2.ADR:;;;;;;",
            "item1.GEO:48.2;16.37",
            "TZ:-05:00",
        ],
    );
    assert_eq!(
        members(&card, "addresses"),
        [
            json!({
                "components": [
                    {"kind": "apartment", "value": "Top 4"}, {"kind": "name", "value": "Gasse 2\nStiege 3"}, {"kind": "locality", "value": "Wien"},
                    {"kind": "postcode", "value": "1020"}, {"kind": "country", "value": "Austria"},
                ],
                "full": "Gasse 2\nWien", "countryCode": "AT", "coordinates": "geo:48.2,16.37", "contexts": {"work": true}, "pref": 1,
            }),
            json!({
                "components": [
                    {"kind": "name", "value": "123 Main St, Apt 4"}, {"kind": "locality", "value": "Austin"}, {"kind": "region", "value": "TX"},
                    {"kind": "postcode", "value": "78701"}, {"kind": "country", "value": "USA"},
                ],
                "timeZone": "Etc/GMT+5", "contexts": {"private": true},
            }),
        ]
    );
}

#[test]
fn the_finer_parts_of_four_hide_the_coarse() {
    let card = card("4.0", &["ADR;CC=AT;LABEL=\"Gasse 2^nWien\":;Top 4;Gasse 2;Wien;;1020;;;4;;2;Gasse;;;;;;"]);
    let kinds: Vec<_> = members(&card, "addresses")[0]["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["locality", "postcode", "apartment", "number", "name"]);
}

#[test]
fn outlook_in_quoted_printable_and_other_sets() {
    let card = card(
        "2.1",
        &[
            "N;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;;",
            "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BC=C3=9Fe=0D=0A=\r\nnote",
            "TEL;WORK;VOICE:1",
            "FBURL:",
        ],
    );
    let json = json(&card);
    assert_eq!(
        json["name"]["components"],
        json!([{"kind": "given", "value": "Jörg"}, {"kind": "surname", "value": "Müller"}])
    );
    assert_eq!(members(&card, "notes"), [json!({"note": "Grüße\nnote"})]);
    assert_eq!(members(&card, "phones"), [json!({"number": "1", "contexts": {"work": true}})]);
}

#[test]
fn groups_of_either_version() {
    for lines in [
        &["X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1", "N:Family"][..],
        &["KIND:group", "MEMBER:urn:uuid:1", "N:Family"],
    ] {
        let json = json(&card("3.0", lines));
        assert_eq!((&json["kind"], &json["members"]), (&json!("group"), &json!({"urn:uuid:1": true})));
    }
}

#[test]
fn evolution_renames_are_read_as_what_they_were() {
    let json = json(&card(
        "3.0",
        &[
            "X-EVOLUTION-GENDER:F;woman",
            "X-EVOLUTION-RELATED;TYPE=friend;VALUE=text:Bo",
            "EMAIL;X-EVOLUTION-PREF=2:a@b.example",
        ],
    ));
    assert_eq!(json["rolo:gender"], json!({"sex": "F", "text": "woman"}));
    assert_eq!(json["relatedTo"]["Bo"]["relation"], json!({"friend": true}));
}

#[test]
fn custom_fields_stand_alone() {
    let card = card("3.0", &["X-ROLO-FIELD:Shoe size;44\\; wide", "X-CUSTOM2:b"]);
    assert_eq!(
        members(&card, "rolo:customFields"),
        [json!({"label": "Shoe size", "value": "44; wide"}), json!({"label": "Custom 2", "value": "b"})]
    );
}

#[test]
fn what_four_adds_is_read_in_three_too() {
    let lines = [
        "PRONOUNS:she/her",
        "GRAMGENDER:FEMININE",
        "LANG;TYPE=work:de",
        "EXPERTISE;LEVEL=expert;INDEX=1:maps",
        "CONTACT-URI:https://example.org/c",
        "CALURI:https://example.org/k",
        "ORG-DIRECTORY:https://example.org/d",
        "CREATED:20200101T000000Z",
        "REV:2026-11-21T09:30:00Z",
        "X-ROLO-JSPROP:example.com:mood;{\"a\":[1]}",
    ];
    for version in ["3.0", "4.0"] {
        let card = card(version, &lines);
        let json = json(&card);
        assert_eq!(json["speakToAs"]["grammaticalGender"], "feminine");
        assert_eq!(members(&card, "preferredLanguages"), [json!({"language": "de", "contexts": {"work": true}})]);
        assert_eq!(
            members(&card, "personalInfo"),
            [json!({"kind": "expertise", "value": "maps", "level": "high", "listAs": 1})]
        );
        assert_eq!(members(&card, "links")[0]["kind"], "contact");
        assert_eq!(
            (&json["created"], &json["updated"]),
            (&json!("2020-01-01T00:00:00Z"), &json!("2026-11-21T09:30:00Z"))
        );
        assert_eq!(json["example.com:mood"], json!({"a": [1]}));
    }
}

#[test]
fn unknown_properties_are_served() {
    let json = json(&card("3.0", &["item7.X-ABUID;type=a;type=b:5AD380FD\\:ABPerson"]));
    assert_eq!(
        json["vCardProps"],
        json!([["x-abuid", {"group": "item7", "type": ["a", "b"]}, "unknown", "5AD380FD\\:ABPerson"]])
    );
}

#[test]
fn ids_survive_an_apple_rewrite_and_follow_the_value() {
    let id = |line: &str| json(&card("3.0", &[line]))["phones"].as_object().unwrap().keys().next().unwrap().clone();
    let first = id("TEL;TYPE=CELL:+1 202");
    assert_eq!(first.len(), 10);
    assert_eq!(id("item3.TEL;type=HOME;type=pref:+1\r\n  202"), first);
    assert_ne!(id("TEL;TYPE=CELL:+1 203"), first);
    assert_eq!(id("TEL;PROP-ID=a1:5"), "a1");
}
