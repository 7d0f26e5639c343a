//! Files that want too much: refused in a sentence, in bounded time and memory.

use std::io::{Cursor, Write};

use rolo_core::import::{self, State, Verdict};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{begin, checked, contacts, counts, fixture, imported, names, rows};
use crate::world::world;

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

async fn refusal(name: &str, bytes: &[u8]) -> String {
    let w = world().await;
    let import = checked(&w, name, bytes).await;
    assert_eq!(import.state, State::Failed, "{name}");
    assert!(w.s.database.unfinished().await.unwrap().is_empty());
    import.why.unwrap()
}

#[tokio::test]
async fn several_files_in_an_archive_are_imported_and_the_others_named() {
    let w = world().await;
    let inner = archive(&[("deep.csv", b"Name,E-mail\nDeep,deep@x.example\n")]);
    let zip = archive(&[
        ("Takeout/Contacts/All Contacts.vcf", &fixture("cards.vcf")),
        ("Takeout/Contacts/more.csv", &fixture("google.csv")),
        ("Takeout/Contacts/photo.jpg", b"\xff\xd8\xff"),
        ("../../etc/cards.json", &fixture("cards.json")),
        ("__MACOSX/._more.csv", b"junk"),
        ("inner.zip", &inner),
        ("hidden-inner.bin", &inner),
        ("readme.pdf.txt", b"%PDF-1.7"),
    ]);
    let import = imported(&w, "takeout.zip", &zip).await;
    assert_eq!(counts(&import), [11, 0, 0, 0, 0]);
    assert_eq!(import.left_out, ["photo.jpg", "inner.zip", "hidden-inner.bin", "readme.pdf.txt"]);
    assert!(names(&w).await.contains(&"Nordlys AS".to_owned()));
    assert_eq!(counts(&imported(&w, "takeout.zip", &zip).await), [0, 0, 11, 0, 0]);
}

#[tokio::test]
async fn an_archive_that_swells_is_refused() {
    let bomb = archive(&[("contacts.csv", &vec![b'a'; 40 << 20])]);
    assert!(bomb.len() < 100_000);
    let why = refusal("bomb.zip", &bomb).await;
    assert!(why.contains("unpacks to more than 200 times its size"), "{why}");
    let mut many: Vec<(String, Vec<u8>)> = Vec::new();
    for n in 0..150 {
        many.push((format!("{n}.csv"), b"Name,E-mail\nA,a@x.example\n".to_vec()));
    }
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let why = refusal("many.zip", &archive(&many)).await;
    assert!(why.contains("too many files"), "{why}");
    let zip = archive(&[("a.jpg", b"x")]);
    assert!(refusal("photos.zip", &zip).await.contains("No file in this .zip holds contacts"));
    assert!(refusal("cut.zip", &zip[..20]).await.contains("damaged"));
    let mut broken = archive(&[("a.csv", &fixture("google.csv"))]);
    broken[60..120].fill(7);
    assert!(refusal("broken.zip", &broken).await.contains("damaged"));
}

#[tokio::test]
async fn files_of_other_kinds_are_named() {
    for (bytes, says) in [
        (&b"%PDF-1.7 ..."[..], "PDF"),
        (b"\xd0\xcf\x11\xe0 old excel", "Excel"),
        (b"\x1f\x8b\x08packed", "gzip"),
        (b"<!doctype html><p>Sign in", "web page"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "no text"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"Name,E-mail\n", "no contacts"),
    ] {
        let why = refusal("file", bytes).await;
        assert!(why.contains(says), "{says}: {why}");
    }
}

#[tokio::test]
async fn an_endless_quote_costs_its_line_and_endless_quotes_the_file() {
    let w = world().await;
    let mut text = b"Name,E-mail\nAnn,ann@x.example\nBob,\"bob@x.example\n".to_vec();
    for n in 0..36_000 {
        text.extend_from_slice(format!("Person {n},person{n}@x.example\n").as_bytes());
    }
    let import = checked(&w, "quote.csv", &text).await;
    assert_eq!(counts(&import), [36_001, 0, 0, 0, 1]);
    let line = format!("\"{}\n", "x".repeat(700_000));
    let why = refusal("quotes.csv", format!("Name,E-mail\nA,a@x.example\n{}", line.repeat(60)).as_bytes()).await;
    assert!(why.contains("never closed"), "{why}");
}

#[tokio::test]
async fn a_line_of_many_megabytes_and_a_thousand_columns_are_one_row_each() {
    let w = world().await;
    let mut text = b"Name,E-mail\nAnn,ann@x.example\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 30 << 20));
    text.extend_from_slice(b"\n");
    text.extend(std::iter::repeat_n(b',', 100_000));
    text.extend_from_slice(b"\nBob,bob@x.example\n");
    let import = checked(&w, "long.csv", &text).await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 2]);
    let refused = rows(&w, import.id, Some(Verdict::Refused)).await;
    assert_eq!(refused[0].why, "This row is longer than 1 MiB.");
    assert_eq!(refused[1].why, "This row has more than 1,000 columns.");
}

#[tokio::test]
async fn a_card_of_a_million_lines_and_nested_cards_are_refused_one_by_one() {
    let w = world().await;
    let mut file = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Million\n".to_vec();
    for _ in 0..1_000_000 {
        file.extend_from_slice(b"X-A:b\n");
    }
    file.extend_from_slice(b"END:VCARD\n");
    for _ in 0..10_000 {
        file.extend_from_slice(b"BEGIN:VCARD\nAGENT:\n");
    }
    file.extend_from_slice("END:VCARD\n".repeat(10_000).as_bytes());
    file.extend_from_slice(b"BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nEND:VCARD\nBEGIN:VCARD\nFN:never ends\n");
    let import = imported(&w, "cards.vcf", &file).await;
    assert_eq!((counts(&import), names(&w).await), ([2, 0, 0, 0, 3], vec!["Ann".to_owned(), "Bob".to_owned()]));
    for row in rows(&w, import.id, Some(Verdict::Refused)).await {
        assert!(row.why.len() > 20, "{row:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_or_too_large_says_so() {
    let w = world().await;
    let begun = begin(&w, "gone.csv", b"Name,E-mail\nA,a@x.example\n").await;
    let rows = w.s.database.imports(w.noor.scope(), 1).await.unwrap();
    let state: serde_json::Value = serde_json::from_str(&rows[0].state).unwrap();
    w.s.storage.delete(state["files"][0]["key"].as_str().unwrap()).await.unwrap();
    let import = import::check(&w.s, &w.noor, begun.id).await.unwrap();
    assert_eq!(import.why.as_deref(), Some("The uploaded file is no longer there. Upload it again."));
    assert!(contacts(&w).await.is_empty());
}

#[tokio::test]
async fn labels_beyond_what_a_book_holds_are_left_out_and_named() {
    let w = world().await;
    let labels = |range: std::ops::Range<usize>| range.map(|n| format!("l{n}")).collect::<Vec<_>>().join(",");
    let card = |name: &str, labels: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nN:{name};;;;\r\nFN:{name}\r\nCATEGORIES:{labels}\r\nEND:VCARD\r\n"
        )
    };
    let file =
        card("Ann", &labels(0..4_999)) + &card("Bo", &labels(4_998..5_002)) + &card("Cy", &labels(6_000..106_000));
    let import = imported(&w, "labels.vcf", file.as_bytes()).await;
    assert_eq!((import.state, counts(&import)), (State::Done, [3, 0, 0, 0, 0]));
    assert_eq!(w.s.database.labels(w.noor.scope()).await.unwrap().len(), 5_000);
    let of = |name: &'static str| async { super::model_of(&super::one(&w, name).await).keywords.len() };
    assert_eq!((of("Ann").await, of("Bo").await, of("Cy").await), (0, 0, 0), "labels stand beside the card");
    let labels: Vec<usize> = contacts(&w).await.iter().map(|contact| contact.labels.len()).collect();
    assert_eq!(labels, [4_999, 2, 0]);
    let told = rows(&w, import.id, None).await;
    assert!(!told[0].why.contains("left out"), "{}", told[0].why);
    let left = "The labels “l5000” and “l5001” are left out: a book has at most 5000 labels.";
    assert!(told[1].why.ends_with(left), "{}", told[1].why);
    assert!(told[2].why.contains("“l6019” and 99980 others are left out"), "{}", told[2].why);
    let again = imported(&w, "labels.vcf", file.as_bytes()).await;
    assert_eq!((counts(&again), w.s.database.labels(w.noor.scope()).await.unwrap().len()), ([0, 0, 3, 0, 0], 5_000));
}
