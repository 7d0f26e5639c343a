//! Who is found, by what, and in which order.

use super::*;

#[tokio::test]
async fn every_field_is_searched() {
    let card = json!({
        "name": {"full": "Dr. Zora Quist", "components": [{"kind": "given", "value": "Zora", "phonetic": "Sora"}, {"kind": "surname", "value": "Quist"}]},
        "nicknames": {"a": {"name": "Zizi"}}, "rolo:fileAs": "Archive",
        "organizations": {"a": {"name": "Bluebird", "units": [{"name": "Kitchens"}]}}, "titles": {"a": {"name": "Taster"}},
        "emails": {"a": {"address": "z.quist@mailer.example", "label": "holiday"}},
        "phones": {"a": {"number": "+43 664 1234567"}},
        "addresses": {"a": {"components": [{"kind": "name", "value": "Ringstrasse 9"}, {"kind": "locality", "value": "Graz"}, {"kind": "postcode", "value": "8010"}]}},
        "anniversaries": {"a": {"kind": "birth", "date": {"year": 1980, "month": 3, "day": 21}}, "b": {"kind": "rolo:other", "rolo:label": "nameday", "date": {"month": 7, "day": 1}}},
        "notes": {"a": {"note": "allergic to walnuts"}}, "links": {"a": {"uri": "https://quistian.example/blogroll"}},
        "onlineServices": {"a": {"service": "Mastodon", "user": "zq"}}, "rolo:customFields": {"a": {"label": "shoesize", "value": "thirtynine"}},
        "relatedTo": {"Bertil": {"rolo:label": "godfather"}}, "personalInfo": {"a": {"kind": "hobby", "value": "falconry"}}, "keywords": {"Choir": true},
        "vCardProps": [["x-favourite-colour", {}, "text", "purple"]]
    });
    let shelf = Shelf::with(vec![doc(1, card), named(2, "Somebody Else")]).await;
    shelf
        .only(
            1,
            &[
                "zora",
                "quist",
                "dr",
                "sora",
                "zizi",
                "archive",
                "bluebird",
                "kitchens",
                "taster",
                "z.quist@mailer.example",
                "z.quist@mail",
                "mailer",
                "holiday",
                "0664 1234567",
                "ringstrasse 9",
                "graz",
                "8010",
                "1980-03-21",
                "1980",
                "nameday",
                "walnuts",
                "quistian.example",
                "blogroll",
                "mastodon",
                "zq",
                "shoesize",
                "thirtynine",
                "bertil",
                "godfather",
                "falconry",
                "choir",
                "purple",
            ],
        )
        .await;
}

#[tokio::test]
async fn several_words_in_any_order_each_by_its_beginning() {
    let shelf = Shelf::with(vec![named(1, "John Smith"), named(2, "John Miller"), named(3, "Cheyenne Johnson")]).await;
    shelf.only(1, &["john smith", "smith john", "smi joh", "SMITH, John", "j s"]).await;
    shelf.nobody(&["ith", "john walnut", "smith miller"]).await;
}

#[tokio::test]
async fn accents_case_and_width_do_not_matter() {
    let shelf = Shelf::with(vec![
        named(1, "Žofie Müller"),
        named(2, "José O’Brien-Łukasz"),
        named(3, "Ｆｕｌｌ Width"),
        named(4, "Θεόδωρος Ёлкин"),
    ])
    .await;
    shelf
        .only(1, &["zofie", "ZOFIE", "Žofie", "zo\u{30c}fie", "muller", "mueller", "Müller", "MÜLLER", "mu\u{308}ller"])
        .await;
    shelf.only(2, &["jose", "obrien", "o'brien", "brien-lukasz", "lukasz", "obrienlukasz"]).await;
    shelf.only(3, &["full", "ＷＩＤＴＨ"]).await;
    shelf.only(4, &["θεοδωρος", "ΘΕΌΔΩΡΟΣ", "елкин", "ЁЛКИН"]).await;
}

#[tokio::test]
async fn either_spelling_of_an_umlaut_finds_either_spelling() {
    let shelf = Shelf::with(vec![named(1, "Jörg"), named(2, "Joerg"), named(3, "Jorg")]).await;
    for (typed, found) in [("jörg", vec![1, 2, 3]), ("joerg", vec![1, 2]), ("jorg", vec![1, 3])] {
        let mut have = shelf.found(typed).await;
        have.sort_unstable();
        assert_eq!(have, found, "{typed}");
    }
}

#[tokio::test]
async fn phones_are_found_in_any_notation() {
    let phone = |n, number: &str| doc(n, json!({"name": {"full": "Someone"}, "phones": {"a": {"number": number}}}));
    let shelf = Shelf::with(vec![
        phone(1, "+1 (202) 555-0143 ext. 89"),
        phone(2, "0664/123 45 67"),
        phone(3, "tel:+44-20-7946-0018"),
        phone(4, "(٢٠٣) ٤٤٤-٠١٤٩"),
    ])
    .await;
    shelf
        .only(
            1,
            &[
                "0202555",
                "202555",
                "(202) 555",
                "202-555-0143",
                "+1 202",
                "1 202 555 0143",
                "0143",
                "2025550143",
                "001 202 555",
                "89",
                "55501",
            ],
        )
        .await;
    shelf
        .only(2, &["0664", "664 123", "+43 664 1234567", "0043664", "00 43 (664) 123", "1234567", "+43 (0)664 123"])
        .await;
    shelf.only(3, &["+44 (0)20 7946", "020 7946", "79460018"]).await;
    shelf.only(4, &["203444", "203 444 0149", "٢٠٣٤٤٤"]).await;
}

#[tokio::test]
async fn digits_that_are_no_number_are_words() {
    let home = json!({"name": {"full": "Ann"}, "addresses": {"a": {"full": "Ring 12, 1010 Wien"}}});
    let shelf = Shelf::with(vec![
        doc(1, home),
        doc(2, json!({"name": {"full": "Bo"}, "phones": {"a": {"number": "+43 1 9912101055"}}})),
    ])
    .await;
    shelf.only(2, &["12 1010"]).await;
    shelf.only(1, &["1010 wien 12", "ring 12 1010"]).await;
    assert_eq!(shelf.found("1010 12").await, [1, 2], "two parts of a number are words of it");
}

#[tokio::test]
async fn scripts_without_spaces_are_found_inside_their_words() {
    let shelf = Shelf::with(vec![
        named(1, "田中太郎"),
        doc(
            2,
            json!({"name": {"components": [{"kind": "given", "value": "花子"}, {"kind": "surname", "value": "山田"}]}}),
        ),
        named(3, "김민준"),
        named(4, "ﾀﾅｶ商店"),
        named(5, "王小明"),
    ])
    .await;
    shelf.only(1, &["田中", "太郎", "田中太郎", "中太", "太"]).await;
    shelf.only(2, &["山田花子", "花子", "山田 花子", "山"]).await;
    shelf.only(3, &["김", "민준", "김민준"]).await;
    shelf.only(4, &["タナカ", "たなか", "商店", "な"]).await;
    shelf.only(5, &["小明", "王"]).await;
    shelf.nobody(&["田郎", "郎太"]).await;
}

#[tokio::test]
async fn arabic_hebrew_thai_and_indic_names() {
    let names = ["محمد أحمد", "فاطمة مصطفى", "שָׁלוֹם בן־גוריון", "สมชาย ใจดี", "कृष्ण कुमार", "அனிதா"];
    let shelf = Shelf::with(names.iter().zip(1..).map(|(name, n)| named(n, name)).collect()).await;
    shelf.only(1, &["مُحَمَّد", "احمد", "محـــمد", "ﻣﺤﻤﺪ"]).await;
    shelf.only(2, &["فاطمه", "مصطفي"]).await;
    shelf.only(3, &["שלום", "גוריון", "בןגוריון"]).await;
    shelf.only(4, &["สมชาย", "สมช", "ใจ"]).await;
    shelf.only(5, &["कृष्ण", "कृष्", "कुमार"]).await;
    shelf.nobody(&["कषण", "ชาย"]).await;
    shelf.only(6, &["அனி"]).await;
}

#[tokio::test]
async fn filters() {
    let shelf = Shelf::with(vec![
        labelled(1, json!({"name": {"full": "Ann"}, "phones": {"a": {"number": "112"}}, "notes": {"a": {"note": "tea"}}}), &[1]),
        labelled(2, json!({"name": {"full": "Ann"}, "emails": {"a": {"address": "a@b.example"}}}), &[1, 2]),
        doc(3, json!({"name": {"full": "Bo"}, "phones": {"a": {"number": "113"}}, "media": {"a": {"kind": "photo", "uri": "x:"}}})),
    ])
    .await;
    for (query, found) in [
        ("has:phone", vec![1, 3]),
        ("no:phone", vec![2]),
        ("ann has:phone", vec![1]),
        ("label:family", vec![1, 2]),
        ("label:fam label:work", vec![2]),
        ("label:nobody", vec![]),
        ("no:label", vec![3]),
        ("has:photo", vec![3]),
        ("has:note no:email", vec![1]),
        ("has:birthday", vec![]),
        ("book:home ann", vec![1, 2]),
        ("book:club ann", vec![]),
        ("has:wings", vec![]),
    ] {
        assert_eq!(shelf.found(query).await, found, "{query}");
    }
}

#[tokio::test]
async fn whole_words_of_the_name_then_beginnings_then_the_rest() {
    let shelf = Shelf::with(vec![
        doc(1, json!({"name": {"full": "Bo Lee"}, "organizations": {"a": {"name": "Jo & Sons"}}})),
        named(2, "Matthew Joseph"),
        doc(3, json!({"name": {"full": "Carl"}, "emails": {"a": {"address": "jo@example.org"}}})),
        named(4, "Jo Lee"),
        named(5, "Josephine"),
    ])
    .await;
    assert_eq!(shelf.found("jo").await, [4, 2, 5, 1, 3]);
    assert_eq!(shelf.found("jo lee").await, [4, 1]);
    assert_eq!(shelf.found("jos").await, [2, 5]);
}

#[tokio::test]
async fn a_phrase_is_whole_words_of_one_field() {
    let shelf = Shelf::with(vec![
        named(1, "Ann Lee"),
        named(2, "Anna Leeds"),
        doc(3, json!({"name": {"full": "Ann"}, "organizations": {"a": {"name": "Lee"}}})),
        doc(4, json!({"name": {"full": "Carl"}, "notes": {"a": {"note": "knows Ann Lee"}}})),
    ])
    .await;
    assert_eq!(shelf.found("\"ann lee\"").await, [1, 4]);
    assert_eq!(shelf.found("ann lee").await, [1, 2, 3, 4]);
    assert_eq!(shelf.found("\"ann le").await, [1, 4], "the second quote is still to come");
}

#[tokio::test]
async fn one_typo_is_forgiven_when_nothing_else_is_found() {
    let shelf = Shelf::with(vec![
        named(1, "John Smith"),
        named(2, "María González"),
        named(3, "Elizabeth Jones"),
        named(4, "Jhona Doe"),
    ])
    .await;
    shelf.only(1, &["jhon smith", "smiht", "smth", "smitth"]).await;
    shelf.only(2, &["gonzales", "gonzalex", "maria gonzales"]).await;
    shelf.only(3, &["elizabteh", "elisabeth", "jnoes"]).await;
    shelf.only(4, &["jhon"]).await;
    shelf.nobody(&["elisabteh", "gonsales x", "smt", "jhon gonzalezzz"]).await;
}

#[tokio::test]
async fn one_tenant_never_finds_what_is_anothers() {
    let shelf = Shelf::empty();
    let (mine, ours, theirs) = (book(1, 1), book(1, 2), book(2, 1));
    for (n, key) in [(1, mine), (2, ours), (3, theirs)] {
        shelf.apply(key, at(1), vec![named(n, "Ann Lee")], Vec::new()).await;
    }
    for (books, found) in [
        (vec![mine], vec![1]),
        (vec![mine, ours], vec![1, 2]),
        (vec![theirs], vec![3]),
        (vec![], vec![]),
        (vec![book(9, 9)], vec![]),
    ] {
        for query in ["ann", "an lee", "annn", ""] {
            assert_eq!(numbers(&shelf.index.find(&plan(query, &books), None, 9).await.unwrap()), found, "{query}");
        }
    }
    let filtered = shelf.index.find(&plan("ann book:club", &[mine, ours]), None, 9).await.unwrap();
    assert_eq!(numbers(&filtered), [2]);
    assert_eq!(filtered.items[0].book, ours);
}

#[tokio::test]
async fn pages_follow_each_other_while_contacts_come_and_go() {
    let names = ["Jo", "Jo Lee", "Joan", "Lee Jo", "Joe"];
    let shelf = Shelf::with((0..200).map(|n| named(n + 1, names[n as usize % names.len()])).collect()).await;
    let second = book(1, 2);
    shelf
        .apply(second, at(1), (0..50).map(|n| named(n + 1_001, names[n as usize % names.len()])).collect(), Vec::new())
        .await;
    let plan = plan("jo", &[BOOK, second]);
    let whole = numbers(&shelf.index.find(&plan, None, 1_000).await.unwrap());
    assert_eq!(whole.len(), 250);

    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let hits = shelf.index.find(&plan, after, 7).await.unwrap();
        assert_eq!((hits.total, hits.more), (250, false));
        paged.extend(numbers(&hits));
        after = hits.next;
        // Shown already, so its going moves nobody.
        if paged.len() == 7 {
            shelf.apply(BOOK, at(2), Vec::new(), vec![id(paged[0])]).await;
            shelf.apply(BOOK, at(3), vec![named(paged[0], "Jo")], Vec::new()).await;
        }
        if after.is_none() {
            break;
        }
    }
    paged.dedup();
    let mut once = paged.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 250);
}

#[tokio::test]
async fn a_thousand_are_counted_and_no_more() {
    let shelf = Shelf::with((1..=999).map(|n| named(n, "Ann Lee")).collect()).await;
    let counted = async |query: &str| {
        let hits = shelf.hits(query).await;
        (hits.items.len(), hits.total, hits.more)
    };
    assert_eq!(counted("ann").await, (50, 999, false));
    shelf.apply(BOOK, at(2), vec![named(1_000, "Ann Bo")], Vec::new()).await;
    assert_eq!(counted("ann").await, (50, 1_000, false));
    assert_eq!(counted("an bo").await, (1, 1, false));
    shelf.apply(BOOK, at(3), vec![named(1_001, "Ann Bo")], Vec::new()).await;
    assert_eq!(counted("ann").await, (50, 1_000, true));
    assert_eq!(counted("").await, (50, 1_000, true));
}

#[tokio::test]
async fn whatever_is_typed_is_no_error() {
    let shelf = Shelf::with(vec![named(1, "Ann \"OR\" Lee NEAR * ^")]).await;
    for query in [
        "\"",
        "''",
        "*",
        "^ann",
        "ann*",
        "name:ann",
        "NEAR(ann lee)",
        "ann OR",
        "OR",
        "NOT ann",
        "(((",
        "a:b:c",
        "{name}:",
        "-ann",
        "ann + lee",
        "\0",
        "·all",
        "label:\"",
        "has:\"phone",
        "%",
        "\\",
        "ann--",
        "/*",
        "ann;drop table doc",
        "\u{202e}ann",
        "@",
        "a@",
        "+",
        "(0)",
        "00000",
    ] {
        shelf.index.find(&plan(query, &[BOOK]), None, 10).await.unwrap();
    }
    let many = format!("\"{}\"", "müller-lüdenscheidt ".repeat(40));
    shelf.index.find(&plan(&many, &[BOOK]), None, 10).await.unwrap();
    let wide: Vec<_> = (0..32).map(|n| format!("möller-lüdenscheidt{n}-größe")).collect();
    shelf.index.find(&plan(&wide.join(" "), &[BOOK]), None, 10).await.unwrap();
    shelf.index.find(&plan(&"田中".repeat(400), &[BOOK]), None, 10).await.unwrap();
}
