//! Edits of what stands in several properties: an address and its LABEL, a name and its sounds, one of several that are
//! preferred, a value and its siblings in other languages.

use serde_json::{Value, json};

use super::*;

fn edited(card: &Card, change: impl FnOnce(&mut Value)) -> Card {
    let mut model = json(card);
    change(&mut model);
    card.edited(&serde_json::from_value(model).unwrap(), None).unwrap().card
}

fn text(card: &Card) -> String {
    String::from_utf8_lossy(card.bytes()).into_owned()
}

fn nth<'v>(model: &'v mut Value, field: &str, nth: usize) -> &'v mut Value {
    model[field].as_object_mut().unwrap().values_mut().nth(nth).unwrap()
}

const TWO: &[&str] = &[
    "FN:A",
    "ADR;TYPE=HOME:;;Gasse 2;Wien;;1020;",
    "LABEL;TYPE=HOME:Gasse 2\\nWien",
    "ADR;TYPE=WORK:;;Ring 1;Linz;;4020;",
    "LABEL;TYPE=WORK:Ring 1\\nLinz",
    "NOTE:x",
];

#[test]
fn a_second_address_of_the_same_types_takes_no_label_away() {
    let card = card("3.0", TWO);
    let more = edited(&card, |model| {
        model["addresses"]["new"] =
            json!({"components": [{"kind": "name", "value": "Weg 3"}], "contexts": {"private": true}});
    });
    let told = members(&more, "addresses");
    assert_eq!((&told[0]["full"], &told[1]["full"]), (&json!("Gasse 2\nWien"), &json!("Ring 1\nLinz")));
    assert_eq!(told[2], json!({"components": [{"kind": "name", "value": "Weg 3"}], "contexts": {"private": true}}));
    let want = text(&card)
        .replace("ADR;TYPE=HOME", "item1.ADR;TYPE=HOME")
        .replace("LABEL;TYPE=HOME", "item1.LABEL;TYPE=HOME")
        .replace("NOTE:x", "ADR;TYPE=HOME:;;Weg 3;;;;\r\nNOTE:x");
    assert_eq!(text(&more), want);
    assert_eq!(json(&more).get("vCardProps"), None, "no LABEL is left alone");
    // A second one at work leaves the one at home as it is.
    let other = edited(&card, |model| {
        model["addresses"]["new"] =
            json!({"components": [{"kind": "name", "value": "Weg 3"}], "contexts": {"work": true}});
    });
    assert!(text(&other).contains("\r\nLABEL;TYPE=HOME:"), "{}", text(&other));
}

#[test]
fn an_address_that_changes_its_type_keeps_its_label_and_leaves_the_others() {
    let card = card("3.0", TWO);
    for (at, contexts) in [(1, json!({"private": true})), (0, json!({})), (0, json!({"work": true}))] {
        let moved = edited(&card, |model| nth(model, "addresses", at)["contexts"] = contexts.clone());
        let told = members(&moved, "addresses");
        assert_eq!(
            (&told[0]["full"], &told[1]["full"]),
            (&json!("Gasse 2\nWien"), &json!("Ring 1\nLinz")),
            "{}",
            text(&moved)
        );
    }
    // Its own LABEL goes with its parts, and takes no other along.
    let street = edited(&card, |model| {
        nth(model, "addresses", 0)["components"][0]["value"] = json!("Gasse 4");
    });
    let told = members(&street, "addresses");
    assert_eq!((told[0].get("full"), &told[1]["full"]), (None, &json!("Ring 1\nLinz")));
}

#[test]
fn a_sound_is_changed_where_it_stands() {
    let lines = [
        "FN:山田太郎",
        "N;ALTID=1;LANGUAGE=ja:山田;太郎;;;",
        "N;ALTID=1;LANGUAGE=ja;PHONETIC=jyut;SCRIPT=Latn:Yamada;;;;",
        "N;ALTID=1;LANGUAGE=ja;PHONETIC=ipa;SCRIPT=Latn:jamada;taɾoː;;;",
    ];
    let part = |card: &Card, at: usize| json(card)["name"]["components"][at]["phonetic"].clone();
    let several = card("4.0", &lines);
    assert_eq!((part(&several, 1), part(&several, 0)), (json!("Yamada"), json!("taɾoː")));
    let surname = edited(&several, |model| model["name"]["components"][1]["phonetic"] = json!("Yamata"));
    assert_eq!(text(&surname), text(&several).replace("Yamada", "Yamata"));
    let given = edited(&several, |model| model["name"]["components"][0]["phonetic"] = json!("Taro"));
    assert_eq!(text(&given), text(&several).replace("taɾoː", "Taro"));
    // Taken away it is gone from each: else the other would come to light.
    let none =
        edited(&several, |model| drop(model["name"]["components"][1].as_object_mut().unwrap().remove("phonetic")));
    assert_eq!(part(&none, 1), json!(null));
    assert_eq!(text(&none), text(&several).replace("Yamada", "").replace("jamada", ""));
    // Beside Apple's properties the one that is read is the one that is changed.
    let both = card("4.0", &[lines[0], lines[1], "X-PHONETIC-LAST-NAME:やまだ", lines[3]]);
    let apple = edited(&both, |model| model["name"]["components"][1]["phonetic"] = json!("ヤマダ"));
    assert_eq!(text(&apple), text(&both).replace("やまだ", "ヤマダ"));
    // A sound of a part that had none goes where the card says sounds.
    let first = card("4.0", &lines[..3]);
    let more = edited(&first, |model| model["name"]["components"][0]["phonetic"] = json!("Taro"));
    assert_eq!(text(&more), text(&first).replace("Yamada;;", "Yamada;Taro;"));
}

/// They are not made into `localizations`, which would say the same twice and be edited in two places: only the
/// default-language property is edited, its siblings are never touched (card map §4), served under `vCardProps`.
#[test]
fn siblings_in_other_languages_stay_properties() {
    let card = card(
        "4.0",
        &[
            "FN;ALTID=1:山田太郎",
            "FN;ALTID=1;LANGUAGE=en:Taro Yamada",
            "TITLE;ALTID=2;LANGUAGE=de:Leiter",
            "TITLE;ALTID=2:部長",
            "NOTE:x",
        ],
    );
    let json = json(&card);
    assert_eq!((&json["name"]["full"], members(&card, "titles")), (&json!("山田太郎"), vec![json!({"name": "部長"})]));
    assert_eq!(
        json["vCardProps"],
        json!([
            ["fn", {"altid": "1", "language": "en"}, "unknown", "Taro Yamada"],
            ["title", {"altid": "2", "language": "de"}, "unknown", "Leiter"],
        ])
    );
    assert_eq!(json.get("localizations"), None);
    let after = edited(&card, |model| {
        nth(model, "titles", 0)["name"] = json!("社長");
        model["name"]["full"] = json!("山田 太郎");
    });
    assert_eq!(text(&after), text(&card).replace("部長", "社長").replace("山田太郎", "山田 太郎"));
    // A JSContact file brings them back.
    let back = jscontact::from_jscontact(jscontact::to_jscontact(&card, None)).unwrap();
    let drawn = Card::drawn(&back, Drawing { product: "1", uid: None, now: None }).unwrap();
    let told = self::json(&drawn);
    assert_eq!((&told["name"]["full"], members(&drawn, "titles")), (&json!("山田太郎"), vec![json!({"name": "部長"})]));
    assert!(text(&drawn).contains("TITLE;ALTID=2;LANGUAGE=de:Leiter"), "{}", text(&drawn));
}

#[test]
fn an_order_of_preference_holds_in_every_version() {
    for (version, first, second) in [
        ("2.1", "EMAIL;PREF:a@b.example", "EMAIL:c@d.example"),
        ("3.0", "EMAIL;TYPE=INTERNET,pref:a@b.example", "EMAIL;TYPE=INTERNET:c@d.example"),
        ("4.0", "EMAIL;PREF=1:a@b.example", "EMAIL:c@d.example"),
    ] {
        let card = card(version, &["N:;;;;", "FN:A", first, second]);
        let prefs = |card: &Card| members(card, "emails").iter().map(|one| one["pref"].clone()).collect::<Vec<_>>();
        let ranked = edited(&card, |model| nth(model, "emails", 1)["pref"] = json!(7));
        assert_eq!(prefs(&ranked), [json!(1), json!(7)], "{version}");
        assert!(text(&ranked).contains(first), "{version}: {}", text(&ranked));
        let second = edited(&ranked, |model| nth(model, "emails", 0)["pref"] = json!(2));
        assert_eq!(prefs(&second), [json!(2), json!(7)], "{version}: {}", text(&second));
        let turned = edited(&second, |model| nth(model, "emails", 1)["pref"] = json!(1));
        assert_eq!(prefs(&turned), [json!(2), json!(1)], "{version}: {}", text(&turned));
        let none = edited(&turned, |model| {
            for at in 0..2 {
                nth(model, "emails", at).as_object_mut().unwrap().remove("pref");
            }
        });
        assert_eq!(prefs(&none), [json!(null), json!(null)], "{version}: {}", text(&none));
        assert!(!text(&none).to_lowercase().contains("pref"), "{version}: {}", text(&none));
    }
    let ranked =
        json!({"emails": {"a": {"address": "a@b.example", "pref": 2}, "b": {"address": "c@d.example", "pref": 1}}});
    let drawn =
        Card::drawn(&serde_json::from_value(ranked).unwrap(), Drawing { product: "1", uid: None, now: None }).unwrap();
    assert!(
        text(&drawn).contains("EMAIL;type=INTERNET;PREF=2:a@b.example\r\nEMAIL;type=INTERNET;type=pref:c@d.example")
    );
}

/// A 3.0 card says fine parts in eighteen places: the seven every reader knows say the same, so nothing reads wrong, and
/// nothing is lost.
#[test]
fn fine_parts_of_an_address_hold_in_three_too() {
    let card = card("3.0", &["FN:A", "ADR;TYPE=HOME:;;Gasse 2;Wien;;1020;"]);
    let fine = edited(&card, |model| {
        nth(model, "addresses", 0)["components"] = json!([
            {"kind": "locality", "value": "Wien"}, {"kind": "postcode", "value": "1020"},
            {"kind": "floor", "value": "3"}, {"kind": "number", "value": "2"}, {"kind": "name", "value": "Gasse"},
        ]);
    });
    assert!(text(&fine).contains("ADR;TYPE=HOME:;3;Gasse 2;Wien;;1020;;;;3;2;Gasse\r\n"), "{}", text(&fine));
    let told = members(&fine, "addresses");
    assert_eq!(told[0]["components"].as_array().unwrap().len(), 5);
    // A reader of seven parts has the whole address.
    let seven = text(&fine).replace(";;;;3;2;Gasse", ";");
    let seven = Card::parse(seven.into_bytes()).unwrap();
    assert_eq!(members(&seven, "addresses")[0]["components"][1], json!({"kind": "name", "value": "Gasse 2"}));
}

/// Each of nine hundred goes and comes back, whatever lines they share.
#[test]
fn hundreds_go_and_come_at_once() {
    let many = |line: &str| (0..900).map(|at| line.replace('#', &at.to_string())).collect::<Vec<_>>();
    for (field, lines) in [
        ("phones", many("item#.TEL:#\r\nitem#.X-ABLabel:L#")),
        ("addresses", many("ADR;TYPE=X#:;;Street #;;;;\r\nLABEL;TYPE=X#:Street #")),
        ("addresses", many("item#.ADR:;;Street #;;;;\r\nitem#.GEO:1;#")),
        ("keywords", vec![format!("CATEGORIES:{}", many("c#").join(","))]),
        ("keywords", many("CATEGORIES:c#")),
        ("nicknames", vec![format!("NICKNAME:{}", many("c#")[..200].join(","))]),
        ("members", [vec!["KIND:group".to_owned()], many("MEMBER:urn:uuid:#")].concat()),
        ("notes", many("item1.NOTE:n#")),
        ("links", many("URL:https://x.example")),
    ] {
        let lines: Vec<&str> = ["FN:A", "NOTE:stays"].into_iter().chain(lines.iter().map(String::as_str)).collect();
        let whole = card("4.0", &lines);
        let bare = edited(&whole, |model| {
            let members = model[field].as_object_mut().unwrap();
            let stays = members.values().position(|one| one["note"] == "stays");
            let all = std::mem::take(members);
            *members = all.into_iter().enumerate().filter(|(at, _)| Some(*at) == stays).map(|(_, one)| one).collect();
        });
        let left = text(&bare);
        assert!(left.lines().filter(|line| !line.starts_with("KIND")).count() == 5, "{field}: {left}");
        let back = bare.edited(&whole.model(), None).unwrap().card;
        assert_eq!(
            json(&back)[field].as_object().unwrap().len(),
            json(&whole)[field].as_object().unwrap().len(),
            "{field}"
        );
    }
}
