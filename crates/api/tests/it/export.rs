//! Exports over HTTP: what has been chosen leaves as a file, however much it is.

use serde_json::{Value, json};

use crate::support::{House, Person};

/// More than an address can name.
const MANY: usize = 1_200;

impl House {
    /// The ids of so many new contacts.
    async fn many(&self, person: &Person, many: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < many {
            let items: Vec<Value> = (ids.len()..many.min(ids.len() + 1_000))
                .map(|n| json!({ "op": "create", "book": person.book, "card": { "name": { "full": format!("Bo {n}") } } }))
                .collect();
            let done =
                self.post("/v1/batches", json!({ "atomic": true, "items": items })).by(person).await.expect(200).json();
            let made = done["items"].as_array().unwrap().iter();
            ids.extend(made.map(|item| item["id"].as_str().unwrap().to_owned()));
        }
        ids
    }
}

#[tokio::test]
async fn a_choice_that_no_address_can_name_leaves_in_every_format() {
    let (house, ann) = House::of_ann().await;
    let mut ids = house.many(&ann, MANY).await;
    ids.reverse();
    let said = format!("/v1/exports?format=vcard3&contacts={}", ids.join(","));
    assert_eq!(house.get(said).by(&ann).await.refused().0, 413, "the control");
    let chosen = |format: &str| json!({ "format": format, "contacts": ids });
    for (format, media, name) in [
        ("google-csv", "text/csv; charset=utf-8", "contacts.csv"),
        ("outlook-csv", "text/csv; charset=utf-8", "contacts.csv"),
        ("vcard3", "text/vcard; charset=utf-8", "contacts.vcf"),
        ("vcard4", "text/vcard; charset=utf-8", "contacts.vcf"),
        ("jscontact", "application/json", "contacts.json"),
    ] {
        let file = house.post("/v1/exports", chosen(format)).in_browser(&ann).await.expect(200);
        assert_eq!(file.header("content-type"), media);
        assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        let text = file.text();
        let held: Vec<usize> = (0..MANY).rev().filter_map(|n| place(&text, n)).collect();
        assert_eq!(held.len(), MANY, "{format}");
        assert!(held.is_sorted(), "{format}: in the order they were chosen");
    }
}

/// Where somebody stands in a file.
fn place(text: &str, n: usize) -> Option<usize> {
    let name = format!("Bo {n}");
    let ends = |at: usize| !text[at + name.len()..].starts_with(|next: char| next.is_ascii_digit());
    text.match_indices(&name).map(|(at, _)| at).find(|at| ends(*at))
}

#[tokio::test]
async fn a_choice_is_refused_whole_before_its_first_byte() {
    let (house, ann) = House::of_ann().await;
    let bo = house.contact(&ann, "Bo").await["id"].clone();
    let send = |contacts: Value| house.post("/v1/exports", json!({ "format": "vcard3", "contacts": contacts }));
    let mut ids = vec![bo.clone(); 100_000];
    send(json!(ids)).by(&ann).await.expect(200);
    ids.push(bo.clone());
    assert_eq!(send(json!(ids)).by(&ann).await.refused(), (422, "/contacts".into()));
    assert_eq!(send(json!([])).by(&ann).await.refused(), (422, "/contacts".into()));
    assert_eq!(send(json!([bo, "nobody"])).by(&ann).await.refused(), (422, "/contacts/1".into()));
    let nowhere = "0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a";
    assert_eq!(send(json!([bo, nowhere])).by(&ann).await.refused().0, 404);
    let long = send(json!(vec!["x".repeat(1_000); 4_200])).by(&ann).await;
    assert_eq!(long.refused().0, 413);
    let twice = send(json!([bo])).with("idempotency-key", "again").by(&ann).await;
    assert_eq!(twice.refused(), (422, "Idempotency-Key".into()));
    let elsewhere = send(json!([bo])).with("cookie", format!("rolo={}", ann.cookie)).await;
    assert_eq!(elsewhere.refused(), (403, "Origin".into()));
}
