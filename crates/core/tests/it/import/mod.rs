//! Imports through the verbs, on the real database and the real storage.

mod again;
mod cards;
mod crash;
mod hostile;
mod rules;
mod table;

use futures_util::{StreamExt, stream};
use rolo_core::{
    account::Caller,
    card::Model,
    contact::{Filter, Sort, Stored},
    contracts::database::WorkRow,
    id::{ContactId, ImportId},
    import::{self, Import, NewImport, Policy, State, Upload, Verdict, Verdicted},
    verb::Seed,
};

use crate::world::World;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../fixtures/import/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A Google table of these rows; the columns stand in the first.
pub(crate) fn google(rows: &[&str]) -> Vec<u8> {
    let head = "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Notes";
    let mut text = head.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(row);
    }
    text.into_bytes()
}

/// Stores a file and begins its import.
pub(crate) async fn begin(w: &World, name: &str, bytes: &[u8]) -> Import {
    begin_as(w, &w.noor, name, bytes).await
}

pub(crate) async fn begin_as(w: &World, caller: &Caller, name: &str, bytes: &[u8]) -> Import {
    begin_files(w, caller, &[(name, bytes)]).await
}

/// Several files in one import.
pub(crate) async fn begin_files(w: &World, caller: &Caller, all: &[(&str, &[u8])]) -> Import {
    let mut files = Vec::new();
    for (name, bytes) in all {
        files.push(stored(w, name, bytes).await);
    }
    let new = NewImport { id: None, book: None, files };
    import::begin(&w.s, caller, new, &Seed::default()).await.unwrap()
}

async fn stored(w: &World, name: &str, bytes: &[u8]) -> Upload {
    let key = format!("imports/{}", w.s.random.id());
    let chunks: Vec<rolo_core::Result<Vec<u8>>> = bytes.chunks(60_000).map(|chunk| Ok(chunk.to_vec())).collect();
    w.s.storage.store(&key, Box::pin(stream::iter(chunks)), u64::MAX).await.unwrap();
    Upload { name: name.to_owned(), key }
}

pub(crate) async fn checked(w: &World, name: &str, bytes: &[u8]) -> Import {
    let begun = begin(w, name, bytes).await;
    import::check(&w.s, &w.noor, begun.id).await.unwrap()
}

/// Everything there is to do is done.
pub(crate) async fn work(w: &World) {
    for _ in 0..1_000 {
        let rows: Vec<WorkRow> = w.s.database.unfinished().await.unwrap();
        if rows.is_empty() {
            return;
        }
        for row in rows {
            // A write that was cut off may still land: then the state has moved on, and is read again.
            match import::advance(&w.s, &row).await {
                Ok(_) | Err(rolo_core::Error::Conflict { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    panic!("work never ends");
}

pub(crate) async fn run(w: &World, id: ImportId, policy: Policy) -> Import {
    import::run(&w.s, &w.noor, id, policy).await.unwrap();
    work(w).await;
    import::get(&w.s, &w.noor, id).await.unwrap()
}

/// From file to contacts; what waits is left out.
pub(crate) async fn imported(w: &World, name: &str, bytes: &[u8]) -> Import {
    let import = checked(w, name, bytes).await;
    assert_eq!(import.state, State::Checked, "{:?}", import.why);
    run(w, import.id, Policy::Skip).await
}

pub(crate) async fn rows(w: &World, id: ImportId, verdict: Option<Verdict>) -> Vec<Verdicted> {
    import::rows(&w.s, &w.noor, id, verdict, None, 200).await.unwrap().items
}

/// New, update, same, check, refused.
pub(crate) fn counts(import: &Import) -> [u64; 5] {
    let counts = import.counts;
    [counts.new, counts.update, counts.same, counts.check, counts.refused]
}

/// Every living contact, by name.
pub(crate) async fn contacts(w: &World) -> Vec<Stored> {
    let scope = w.noor.scope();
    let (mut after, mut ids) = (None, Vec::new());
    loop {
        let filter = Filter { sort: Sort::Id, limit: 500, after: after.clone(), ..Filter::default() };
        let page = w.s.database.list(scope, &filter).await.unwrap();
        ids.extend(page.items.iter().map(|line| line.id));
        after = page.items.last().map(|line| line.key.clone());
        if !page.more {
            break;
        }
    }
    let mut all = Vec::new();
    for ids in ids.chunks(500) {
        all.extend(w.s.database.contacts(scope, ids).await.unwrap());
    }
    all.sort_by_key(name_of);
    all
}

pub(crate) fn model_of(contact: &Stored) -> Model {
    serde_json::from_str(&contact.model).unwrap()
}

pub(crate) fn name_of(contact: &Stored) -> String {
    rolo_core::keys::display_name(&model_of(contact))
}

pub(crate) async fn names(w: &World) -> Vec<String> {
    contacts(w).await.iter().map(name_of).collect()
}

pub(crate) async fn one(w: &World, name: &str) -> Stored {
    let mut found: Vec<Stored> = contacts(w).await.into_iter().filter(|contact| name_of(contact) == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0)
}

pub(crate) async fn edit(w: &World, id: ContactId, change: impl FnOnce(&mut Model)) {
    let now = w.now(id).await;
    let mut model = crate::world::card(&now);
    change(&mut model);
    let change = rolo_core::contact::Change { card: Some(model), ..Default::default() };
    rolo_core::contact::save::replace(&w.s, &w.noor, id, rolo_core::Seen::Any, change).await.unwrap();
}

pub(crate) async fn text(chunks: rolo_core::contracts::storage::Chunks<'_>) -> String {
    let chunks: Vec<_> = chunks.collect().await;
    String::from_utf8(chunks.into_iter().flat_map(Result::unwrap).collect()).unwrap()
}
