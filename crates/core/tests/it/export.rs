//! Exports of a real book: every format, every selection, and what happens while one runs.

use std::collections::HashSet;

use futures_util::{StreamExt, TryStreamExt};
use rolo_core::{
    Error, Seed, Seen,
    account::Caller,
    card::{Card, Version, split},
    contact::{
        BatchItem, Change, NewContact,
        batch::{self, Batch},
        delete, mark, save,
    },
    contracts::storage::Chunks,
    export::{self, CONTACTS_MAX, Format, Selection},
    id::{ContactId, LabelId},
    invent::People,
    label::create::{self, NewLabel},
};
use serde_json::{Value, json};

use crate::world::{World, ann, model, refusal, world};

/// Octets of a chunk, with room for the contact that fills it.
const CHUNK_MAX: usize = 72 << 10;
/// More than two pages of a list.
const MANY: usize = 1_100;

impl World {
    async fn label(&self, name: &str) -> LabelId {
        let new = NewLabel { id: None, book: self.book, name: name.into(), hue: None };
        create::create(&self.s, &self.noor, new, &Seed::default()).await.unwrap().value.id
    }

    async fn many(&self) -> Vec<ContactId> {
        let mut ids = Vec::new();
        let people: Vec<_> = People::seeded(5).take(MANY).collect();
        for part in people.chunks(500) {
            let new = part.iter().map(|person| NewContact { card: bare(&person.model), ..NewContact::default() });
            let items = new.map(|new| BatchItem::Create(Box::new(new))).collect();
            let batch = Batch { items, ..Batch::default() };
            let done = batch::run(&self.s, &self.noor, batch, &Seed::default()).await.unwrap();
            ids.extend(done.items.into_iter().map(|item| item.unwrap().id));
        }
        ids.sort_unstable();
        ids
    }

    async fn export(&self, format: Format, selection: Selection) -> Chunks<'static> {
        export::write(&self.s, &self.noor, format, selection).await.unwrap()
    }

    async fn file(&self, format: Format, selection: Selection) -> Vec<u8> {
        self.export(format, selection).await.try_collect::<Vec<_>>().await.unwrap().concat()
    }

    async fn refused(&self, caller: &Caller, selection: Selection) -> (&'static str, String) {
        refusal(export::write(&self.s, caller, Format::Vcard3, selection).await.map(|_| ()))
    }
}

fn bare(of: &rolo_core::card::Model) -> rolo_core::card::Model {
    rolo_core::card::Model { kind: None, ..of.clone() }
}

fn cards(file: &[u8]) -> Vec<Card> {
    split::cards(file).into_iter().map(|piece| Card::parse(piece.card.unwrap()).unwrap()).collect()
}

fn table(file: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (header, reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect())
}

/// Cells of a column.
fn column(file: &[u8], name: &str) -> Vec<String> {
    let (header, rows) = table(file);
    let at = header.iter().position(|one| one == name).unwrap();
    rows.into_iter().map(|mut row| row.swap_remove(at)).collect()
}

#[tokio::test]
async fn every_contact_leaves_in_every_format_a_little_at_a_time() {
    let w = world().await;
    let ids: HashSet<String> = w.many().await.iter().map(ToString::to_string).collect();
    let gone = w.ann().await.stored;
    delete::delete(&w.s, &w.noor, gone.id, Seen::Any).await.unwrap();
    w.make_new(NewContact { kind: Some("group".into()), card: model(ann()), ..NewContact::default() }).await;

    for format in Format::ALL {
        let chunks: Vec<Vec<u8>> = w.export(format, Selection::All).await.try_collect().await.unwrap();
        assert!(chunks.len() > 2, "{format}: {} chunks", chunks.len());
        let largest = chunks.iter().map(Vec::len).max().unwrap();
        assert!(largest < CHUNK_MAX, "{format}: a chunk of {largest} octets");
        let file = chunks.concat();
        let uids: Vec<String> = match format {
            Format::GoogleCsv | Format::OutlookCsv => {
                assert_eq!(table(&file).1.len(), MANY, "{format}");
                continue;
            }
            Format::Vcard3 | Format::Vcard4 => {
                let version = if format == Format::Vcard3 { Version::V30 } else { Version::V40 };
                let cards = cards(&file);
                assert!(cards.iter().all(|card| card.version() == version), "{format}");
                cards.iter().map(|card| card.uid().unwrap()).collect()
            }
            Format::JsContact => {
                let cards: Vec<Value> = serde_json::from_slice(&file).unwrap();
                assert!(cards.iter().all(|card| card["@type"] == "Card" && card["version"] == "1.0"));
                assert!(cards.iter().all(|card| card["kind"] == "individual"));
                cards.iter().map(|card| card["uid"].as_str().unwrap().to_owned()).collect()
            }
        };
        assert_eq!(uids.len(), MANY, "{format}");
        assert_eq!(uids.into_iter().collect::<HashSet<_>>(), ids, "{format}");
    }
}

#[tokio::test]
async fn what_a_table_could_not_hold_is_told_when_it_ends() {
    let w = world().await;
    let card = json!({
        "name": {"components": [{"kind": "given", "value": "Ann"}], "full": "Ann"},
        "emails": {"a": {"address": "a@b.example", "label": "Club", "example.com:a": 1}},
        "media": {"m": {"kind": "photo", "uri": "data:image/png;base64,iVBORw0KGgo="}},
        "vCardProps": [["x-odd", {}, "text", "x"]],
    });
    w.make_new(NewContact { card: model(card), ..NewContact::default() }).await;
    for (format, want) in [
        (Format::GoogleCsv, &["X-ODD (1)", "example.com:a (1)", "photo (1)"][..]),
        (Format::OutlookCsv, &["X-ODD (1)", "example.com:a (1)", "label (1)", "photo (1)"]),
        (Format::Vcard3, &[]),
        (Format::Vcard4, &[]),
        (Format::JsContact, &[]),
    ] {
        let (chunks, report) = export::write_reported(&w.s, &w.noor, format, Selection::All).await.unwrap();
        assert!(report.lost().is_empty(), "{format}: nothing is known before it is written");
        chunks.try_collect::<Vec<_>>().await.unwrap();
        let told: Vec<String> = report.lost().iter().map(ToString::to_string).collect();
        assert_eq!(told, want, "{format}");
    }
}

#[tokio::test]
async fn an_empty_book_is_a_file_of_its_format() {
    let w = world().await;
    assert_eq!(w.file(Format::Vcard3, Selection::All).await, b"");
    assert_eq!(w.file(Format::JsContact, Selection::All).await, b"[\n]\n");
    for format in [Format::GoogleCsv, Format::OutlookCsv] {
        let (header, rows) = table(&w.file(format, Selection::All).await);
        assert!(header.contains(&"First Name".to_owned()) && rows.is_empty(), "{format}");
    }
}

#[tokio::test]
async fn labels_and_stars_leave_with_the_contact_and_its_bytes_stay() {
    let w = world().await;
    let label = w.label("Family, old").await;
    let mine = NewContact { card: model(ann()), labels: vec![label], starred: true, ..NewContact::default() };
    let mine = w.make_new(mine).await.value.stored;
    let other = w.make(json!({"emails": {"e": {"address": "bo@example.org"}}})).await.stored;
    let stored = w.bytes(mine.id).await;

    let chosen = Selection::Contacts(vec![other.id, mine.id, other.id]);
    let file = w.file(Format::Vcard3, chosen.clone()).await;
    let found = cards(&file);
    assert_eq!(found.len(), 2, "in the order they were chosen, each once");
    assert_eq!(found[0].bytes(), w.bytes(other.id).await, "a stored 3.0 card leaves byte for byte");
    assert_eq!(found[1].categories(), ["Family, old", "starred"]);
    assert_eq!(w.bytes(mine.id).await, stored, "the star is in the file alone");
    assert_eq!(cards(&w.file(Format::Vcard4, chosen.clone()).await)[1].categories(), ["Family, old", "starred"]);

    let objects: Vec<Value> = serde_json::from_slice(&w.file(Format::JsContact, chosen.clone()).await).unwrap();
    assert_eq!(objects[1]["keywords"], json!({"Family, old": true, "starred": true}));
    assert_eq!(objects[0].get("keywords"), None);

    let google = w.file(Format::GoogleCsv, chosen.clone()).await;
    assert_eq!(column(&google, "Labels"), ["* myContacts", "* myContacts ::: * starred ::: Family, old"]);
    assert_eq!(column(&w.file(Format::OutlookCsv, chosen).await, "Categories"), ["", "Family, old"]);

    let labelled = w.file(Format::Vcard3, Selection::Label(label)).await;
    assert_eq!(cards(&labelled).iter().map(|card| card.uid().unwrap()).collect::<Vec<_>>(), [mine.uid]);
    mark::star(&w.s, &w.noor, mine.id, false).await.unwrap();
    assert_eq!(w.file(Format::Vcard3, Selection::Label(label)).await, stored);
}

#[tokio::test]
async fn a_choice_of_many_leaves_in_its_order_in_every_format() {
    let w = world().await;
    let mut ids = w.many().await;
    ids.reverse();
    let mut wanted = w.s.database.cards(w.noor.scope(), &ids[..1_000]).await.unwrap();
    wanted.extend(w.s.database.cards(w.noor.scope(), &ids[1_000..]).await.unwrap());
    for format in Format::ALL {
        let file = w.file(format, Selection::Contacts(ids.clone())).await;
        let held = match format {
            Format::GoogleCsv | Format::OutlookCsv => table(&file).1.len(),
            Format::Vcard3 | Format::Vcard4 => {
                let all = cards(&file);
                let ordered = all.iter().zip(&wanted).all(|(card, one)| card.uid().unwrap() == one.uid);
                assert!(ordered, "{format}: as they were chosen");
                all.len()
            }
            Format::JsContact => serde_json::from_slice::<Vec<Value>>(&file).unwrap().len(),
        };
        assert_eq!(held, MANY, "{format}");
    }

    let mut chosen = w.export(Format::Vcard3, Selection::Contacts(ids.clone())).await;
    let mut file = chosen.next().await.unwrap().unwrap();
    delete::delete(&w.s, &w.noor, ids[MANY - 1], Seen::Any).await.unwrap();
    file.extend(chosen.try_collect::<Vec<_>>().await.unwrap().concat());
    assert_eq!(cards(&file).len(), MANY - 1, "the one that went to the bin meanwhile is left out");
    assert_eq!(w.refused(&w.noor, Selection::Contacts(ids)).await.0, "not found", "the last of them, too");
}

#[tokio::test]
async fn photos_are_inside() {
    let w = world().await;
    const IMAGE: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=";
    let mut card = ann();
    card["media"] = json!({"m": {"kind": "photo", "uri": IMAGE, "mediaType": "image/gif"}});
    w.make(card).await;
    let octets = |file: &[u8]| cards(file)[0].photo().unwrap().bytes;
    let (old, new) = (w.file(Format::Vcard3, Selection::All).await, w.file(Format::Vcard4, Selection::All).await);
    assert!(octets(&old).starts_with(b"GIF89a"));
    assert_eq!(octets(&old), octets(&new));
    let objects: Vec<Value> = serde_json::from_slice(&w.file(Format::JsContact, Selection::All).await).unwrap();
    let media = objects[0]["media"].as_object().unwrap().values().next().unwrap();
    assert_eq!(media["uri"], IMAGE);
}

#[tokio::test]
async fn what_is_not_there_to_see_is_not_found_before_the_first_byte() {
    let w = world().await;
    let label = w.label("Family").await;
    let ann = w.ann().await.stored.id;
    let binned = w.make(json!({"name": {"full": "Bo"}})).await.stored.id;
    delete::delete(&w.s, &w.noor, binned, Seen::Any).await.unwrap();
    let stranger = w.stranger().await;
    let nowhere = ContactId(w.s.random.id());

    assert!(export::write(&w.s, &w.noor, Format::Vcard3, Selection::Contacts(vec![ann])).await.is_ok());
    for selection in [Selection::Label(label), Selection::Contacts(vec![ann])] {
        assert_eq!(w.refused(&stranger, selection).await.0, "not found");
    }
    for ids in [vec![ann, nowhere], vec![binned]] {
        assert_eq!(w.refused(&w.noor, Selection::Contacts(ids)).await.0, "not found");
    }
    let gone = Selection::Label(LabelId(w.s.random.id()));
    assert_eq!(w.refused(&w.noor, gone).await.0, "not found");
    for ids in [Vec::new(), vec![ann; CONTACTS_MAX + 1]] {
        assert_eq!(w.refused(&w.noor, Selection::Contacts(ids)).await, ("invalid", "/contacts".to_owned()));
    }
    let all = export::write(&w.s, &stranger, Format::Vcard3, Selection::All).await.unwrap();
    assert!(all.try_collect::<Vec<_>>().await.unwrap().is_empty(), "a stranger's book has none of Noor's contacts");
}

#[tokio::test]
async fn what_changes_while_it_is_exported_breaks_nothing() {
    let w = world().await;
    let ids = w.many().await;
    let (last, before) = (ids[MANY - 1], ids[MANY - 2]);
    let mut google = w.export(Format::GoogleCsv, Selection::All).await;
    let mut cards_file = w.export(Format::Vcard3, Selection::All).await;
    let mut file = google.next().await.unwrap().unwrap();
    let mut vcards = cards_file.next().await.unwrap().unwrap();
    let (header, _) = table(&file[..=file.iter().position(|octet| *octet == b'\n').unwrap()]);
    let groups = header.iter().filter(|name| name.starts_with("E-mail") && name.ends_with("Value")).count();

    delete::delete(&w.s, &w.noor, before, Seen::Any).await.unwrap();
    let many: Vec<String> = (0..groups + 2).map(|nth| format!("e{nth}@example.org")).collect();
    let emails: Value = many.iter().map(|one| (one.replace('@', "-"), json!({"address": one}))).collect();
    let change = |card: Value| Change { card: Some(model(card)), ..Change::default() };
    let wide = change(json!({"name": {"full": "Wide"}, "emails": emails}));
    save::replace(&w.s, &w.noor, last, Seen::Any, wide).await.unwrap();

    file.extend(google.try_collect::<Vec<_>>().await.unwrap().concat());
    vcards.extend(cards_file.try_collect::<Vec<_>>().await.unwrap().concat());
    assert_eq!(table(&file).1.len(), MANY - 1, "the one in the bin is left out");
    assert_eq!(cards(&vcards).len(), MANY - 1);
    let value = column(&file, &format!("E-mail {groups} - Value")).pop().unwrap();
    assert_eq!(value, many[groups - 1..].join(" ::: "), "more than there are columns share the last one");

    let mut google = w.export(Format::GoogleCsv, Selection::All).await;
    google.next().await.unwrap().unwrap();
    let event = json!({"x": {"kind": "rolo:other", "date": {"month": 7, "day": 26}}});
    save::replace(&w.s, &w.noor, last, Seen::Any, change(json!({"anniversaries": event}))).await.unwrap();
    let broken = google.try_collect::<Vec<_>>().await;
    assert!(matches!(broken, Err(Error::Conflict { .. })), "no column at all: told, not left out: {broken:?}");
}
