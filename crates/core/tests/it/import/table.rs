//! Tables from file to contacts.

use rolo_core::{
    import::{self, Format, Policy, State, Verdict},
    label,
};

use super::{
    begin, checked, contacts, counts, fixture, google, imported, model_of, name_of, names, one, rows, run, text,
};
use crate::world::world;

#[tokio::test]
async fn a_google_export_arrives_with_labels_stars_and_photos() {
    let w = world().await;
    let import = checked(&w, "contacts.csv", &fixture("google.csv")).await;
    assert_eq!((import.state, import.format, import.rows), (State::Checked, Some(Format::GoogleCsv), 6));
    assert_eq!((import.encoding.as_deref(), import.delimiter), (Some("UTF-8"), Some(',')));
    assert_eq!(counts(&import), [6, 0, 0, 0, 0]);
    assert!(contacts(&w).await.is_empty(), "the dry run writes nothing");

    let done = run(&w, import.id, Policy::Skip).await;
    assert_eq!((done.state, done.done, counts(&done)), (State::Done, 6, [6, 0, 0, 0, 0]));
    let margot = one(&w, "Dr. Marguerite Anne Toussaint PhD").await;
    assert!(margot.starred);
    let model = model_of(&margot);
    assert_eq!(model.media.values().next().unwrap().uri, "https://photos.example/marguerite.jpg");
    let labels: std::collections::BTreeSet<String> = label::list(&w.s, &w.noor)
        .await
        .unwrap()
        .into_iter()
        .map(|label| format!("{} {}", label.name, label.contacts))
        .collect();
    assert_eq!(labels, ["Family 1", "ग्राहक 1", "عائلة 1"].map(str::to_owned).into());
    assert_eq!(one(&w, "Bäckerei Müller GmbH").await.kind, "org");
}

#[tokio::test]
async fn every_dialect_arrives_whole() {
    for (name, format, count) in [
        ("google-template.csv", Format::GoogleCsv, 1),
        ("google-old-utf16.csv", Format::GoogleCsvOld, 1),
        ("outlook.csv", Format::OutlookCsv, 1),
        ("outlook-microsoft-cp1252.csv", Format::OutlookCsv, 1),
        ("linkedin.csv", Format::Linkedin, 2),
        ("yahoo.csv", Format::Yahoo, 1),
        ("thunderbird-de-cp1252.csv", Format::Thunderbird, 1),
        ("thunderbird-headless.tab", Format::Thunderbird, 1),
        ("any-japanese-shift-jis.csv", Format::Csv, 2),
        ("any-swedish-semicolon.csv", Format::Csv, 2),
        ("any-headless.csv", Format::Csv, 2),
    ] {
        let w = world().await;
        let import = imported(&w, name, &fixture(name)).await;
        assert_eq!((import.format, counts(&import)), (Some(format), [count, 0, 0, 0, 0]), "{name}");
        let again = imported(&w, name, &fixture(name)).await;
        assert_eq!(counts(&again), [0, 0, count, 0, 0], "{name} again");
        assert_eq!(contacts(&w).await.len() as u64, count, "{name}");
    }
}

#[tokio::test]
async fn the_columns_of_an_unknown_table_wait_for_somebody_and_can_be_changed() {
    let w = world().await;
    let begun = begin(&w, "fair.csv", &fixture("any-swedish-semicolon.csv")).await;
    assert_eq!(begun.state, State::Reading);
    super::work(&w).await;
    let import = import::get(&w.s, &w.noor, begun.id).await.unwrap();
    assert_eq!((import.state, import.columns.len()), (State::Mapping, 10));
    assert!(import.fields.contains(&import::Field::Nickname));

    let mut columns = import.columns.clone();
    columns[6].field = Some(import::Field::Notes);
    columns[9].field = None;
    let import = import::map(&w.s, &w.noor, begun.id, columns).await.unwrap();
    assert_eq!((import.state, import.columns[6].guessed_by), (State::Reading, None));
    super::work(&w).await;
    let done = run(&w, begun.id, Policy::Skip).await;
    assert_eq!(counts(&done), [2, 0, 0, 0, 0]);
    let saga = model_of(&one(&w, "Saga Åkesson").await);
    assert_eq!(saga.notes.values().next().unwrap().note, "C14");
    assert!(saga.custom_fields.is_empty(), "x_id was left out");
}

#[tokio::test]
async fn several_files_of_several_programs_are_one_import() {
    let w = world().await;
    let (google, cards) = (fixture("google.csv"), fixture("cards.vcf"));
    let json = br#"{"@type":"Card","name":{"full":"Alone"}}"#;
    let files: [(&str, &[u8]); 3] = [("contacts.csv", &google), ("cards.vcf", &cards), ("one.json", json)];
    let begun = super::begin_files(&w, &w.noor, &files).await;
    let import = import::check(&w.s, &w.noor, begun.id).await.unwrap();
    assert_eq!((import.state, counts(&import)), (State::Checked, [10, 0, 0, 0, 0]));
    run(&w, import.id, Policy::Skip).await;
    assert_eq!(contacts(&w).await.len(), 10);
    assert!(names(&w).await.contains(&"Alone".to_owned()));
}

#[tokio::test]
async fn a_bad_row_is_one_reported_row() {
    let w = world().await;
    let bytes = google(&[
        "Ann,Lee,,,ann@lee.example,,,",
        ",,* myContacts,,,,,",
        "Bob,\"Ray,,,,,,",
        "Cy,Moe,,,cy@moe.example,,,",
    ]);
    let import = checked(&w, "contacts.csv", &bytes).await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 2]);
    let refused = rows(&w, import.id, Some(Verdict::Refused)).await;
    let told: Vec<(u64, &str)> = refused.iter().map(|row| (row.row, row.why.as_str())).collect();
    assert_eq!(
        told,
        [(2, "No name, e-mail or phone in this row."), (3, "A quotation mark in this row is never closed.")]
    );
    run(&w, import.id, Policy::Skip).await;
    assert_eq!(names(&w).await, ["Ann Lee", "Cy Moe"]);
}

#[tokio::test]
async fn rows_tell_what_will_happen_and_the_report_what_happened() {
    let w = world().await;
    let import = checked(&w, "old.csv", &fixture("google-old-utf16.csv")).await;
    let told = rows(&w, import.id, None).await.remove(0);
    assert_eq!((told.row, told.name.as_str(), told.verdict), (1, "Dr. Tobias Wren", Verdict::New));
    assert!(told.why.starts_with("Card with ") && told.why.contains("label Climbing."), "{}", told.why);
    assert!(told.why.contains("“Mileage” has no field of its own and is kept as a custom field."), "{}", told.why);
    run(&w, import.id, Policy::Skip).await;
    let report = text(import::report(&w.s, &w.noor, import.id).await.unwrap()).await;
    let mut reader = csv_rows(&report);
    assert_eq!(reader.remove(0), ["Row", "Verdict", "Name", "Why", "Kept otherwise or left out"]);
    assert_eq!(reader[0][..3], ["1", "new", "Dr. Tobias Wren"]);
    assert!(reader[0][4].contains("Sensitivity “Normal” says nothing and is left out."));
}

#[tokio::test]
async fn pages_of_rows_go_on_behind_each_other() {
    let w = world().await;
    let lines: Vec<String> = (0..450).map(|n| format!("Nr{n:03},Person,,,p{n}@many.example,,,")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let import = checked(&w, "many.csv", &google(&lines)).await;
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = import::rows(&w.s, &w.noor, import.id, Some(Verdict::New), after, 199).await.unwrap();
        after = page.items.last().map(|row| row.row);
        seen.extend(page.items.into_iter().map(|row| row.row));
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, (1..=450).collect::<Vec<u64>>());
}

#[tokio::test]
async fn an_import_is_its_owners() {
    let w = world().await;
    let import = checked(&w, "contacts.csv", &fixture("google.csv")).await;
    for other in [w.stranger().await, w.member("ann").await] {
        assert!(matches!(import::get(&w.s, &other, import.id).await, Err(rolo_core::Error::NotFound)));
        assert!(matches!(import::run(&w.s, &other, import.id, Policy::Skip).await, Err(rolo_core::Error::NotFound)));
        assert!(import::report(&w.s, &other, import.id).await.is_err());
    }
    import::remove(&w.s, &w.noor, import.id).await.unwrap();
    assert!(import::get(&w.s, &w.noor, import.id).await.is_err());
}

pub(crate) fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    let (mut cell, mut quoted) = (String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut().unwrap().push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                rows.last_mut().unwrap().push(std::mem::take(&mut cell));
                rows.push(Vec::new());
            }
            c => cell.push(c),
        }
    }
    rows.pop();
    rows
}

#[tokio::test]
async fn what_goes_in_as_google_comes_out_as_google() {
    use rolo_core::export::{Format, Selection, write};
    let w = world().await;
    imported(&w, "contacts.csv", &fixture("google.csv")).await;
    let exported = text(write(&w.s, &w.noor, Format::GoogleCsv, Selection::All).await.unwrap()).await;
    let other = world().await;
    let import = imported(&other, "back.csv", exported.as_bytes()).await;
    assert_eq!(counts(&import), [6, 0, 0, 0, 0]);
    let (mine, theirs) = (contacts(&w).await, contacts(&other).await);
    for (one, two) in mine.iter().zip(&theirs) {
        assert_eq!(name_of(one), name_of(two));
        assert_eq!((one.starred, one.labels.len()), (two.starred, two.labels.len()));
        let (mut one, mut two) = (model_of(one), model_of(two));
        // Both were drawn at once, by the same pen.
        (one.prod_id, two.prod_id) = (None, None);
        assert!(rolo_core::card::diff(&one, &two).is_empty(), "{:#?}", rolo_core::card::diff(&one, &two));
    }
}

#[tokio::test]
async fn what_has_no_field_is_kept_and_named_in_the_report() {
    let w = world().await;
    let report = async |name: &str, bytes: &[u8]| {
        let import = imported(&w, name, bytes).await;
        assert_eq!(counts(&import)[4], 0, "{name}");
        let mut table = csv_rows(&text(import::report(&w.s, &w.noor, import.id).await.unwrap()).await);
        table.remove(1).remove(4)
    };
    let csv = "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,,Shoe size\nAnn,Lee,,,ann@lee.example,nameless,42,beyond\n";
    assert_eq!(
        report("ann.csv", csv.as_bytes()).await,
        "A column without a name has no field of its own and is kept as a custom field. \
         “Shoe size” has no field of its own and is kept as a custom field. \
         A column without a name has no field of its own and is kept as a custom field."
    );
    let mut kept: Vec<_> =
        model_of(&one(&w, "Ann Lee").await).custom_fields.into_values().map(|one| (one.label, one.value)).collect();
    kept.sort();
    assert_eq!(
        kept,
        [("", "beyond"), ("", "nameless"), ("Shoe size", "42")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );

    let card = |rest: &str| format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{rest}END:VCARD\r\n");
    let zoe = card(
        "UID:z-1\r\nFN:Zoe Ray\r\nN:Ray;Zoe;;;\r\nX-SHOE-SIZE:42\r\nX-SHOE-SIZE:43\r\nMAILER:x\r\nEMAIL:zoe@ray.example\r\n",
    );
    let told = "“X-SHOE-SIZE” and “MAILER” have no fields of their own and are kept as they are.";
    assert_eq!(report("zoe.vcf", zoe.as_bytes()).await, told);
    assert_eq!(w.bytes(one(&w, "Zoe Ray").await.id).await, zoe.as_bytes());

    let quin =
        r#"{"@type":"Card","version":"1.0","uid":"q","name":{"full":"Quin Oak"},"example.com:shoe":{"size":42}}"#;
    let told = "“example.com:shoe” has no field of its own and is kept as it is.";
    assert_eq!(report("quin.json", quin.as_bytes()).await, told);
    assert_eq!(model_of(&one(&w, "Quin Oak").await).other["example.com:shoe"]["size"], 42);

    // Onto a contact that is there already, the same.
    let ann = card("FN:Ann Lee\r\nN:Lee;Ann;;;\r\nEMAIL:ann@lee.example\r\nX-HAT-SIZE:58\r\n");
    assert_eq!(report("ann.vcf", ann.as_bytes()).await, "“X-HAT-SIZE” has no field of its own and is kept as it is.");
    let bytes = String::from_utf8(w.bytes(one(&w, "Ann Lee").await.id).await).unwrap();
    assert!(bytes.contains("\r\nX-HAT-SIZE:58\r\n"), "{bytes}");
}

#[tokio::test]
async fn each_verdict_stands_in_the_report_with_its_reason() {
    let w = world().await;
    let ann = "Ann,Lee,,,ann@lee.example,,,";
    imported(&w, "one.csv", &google(&[ann, "Bob,Ray,,,bob@ray.example,,,"])).await;
    let file = google(&[
        "Cy,Moe,Club,,cy@moe.example,,,",
        "Bob,Ray,,,bob@ray.example,,,A note",
        ann,
        "Eve,Lee,,,ann@lee.example,,,",
        ",,Club,,,,,",
    ]);
    let import = checked(&w, "two.csv", &file).await;
    assert_eq!(counts(&import), [1, 1, 1, 1, 1]);
    let table = async || csv_rows(&text(import::report(&w.s, &w.noor, import.id).await.unwrap()).await);
    let before = table().await;
    let done = run(&w, import.id, Policy::Skip).await;
    assert_eq!((done.state, done.done, counts(&done)), (State::Done, 5, [1, 1, 1, 1, 1]));
    for table in [before, table().await] {
        let told: Vec<(&str, &str)> = table[1..].iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
        let names =
            [("new", "Cy Moe"), ("update", "Bob Ray"), ("same", "Ann Lee"), ("check", "Eve Lee"), ("refused", "")];
        assert_eq!(told, names);
        assert!(table[1..].iter().all(|row| row[3].len() > 10), "each has its reason: {table:?}");
    }
    assert_eq!(names(&w).await, ["Ann Lee", "Bob Ray", "Cy Moe"]);
}
