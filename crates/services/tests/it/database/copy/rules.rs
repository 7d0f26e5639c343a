//! What holds on each technology alone.

use std::sync::Arc;

use super::{super::rules, *};

rules![
    a_restore_gives_each_book_a_new_epoch,
    a_row_that_is_lost_added_or_changed_is_found,
    a_page_is_no_larger_than_it_may_be,
    a_sealed_source_takes_no_change,
    a_write_that_was_begun_is_in_the_picture,
    what_a_database_notes_of_itself_does_not_travel,
];

async fn a_restore_gives_each_book_a_new_epoch(world: World) {
    world.create(card("Ann")).await;
    let before = world.db.heads(world.ada.scope()).await.unwrap().books[0];
    let mut source = world.db.frozen().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("rolo.db").display());
    let target = connect(&url, true).await.unwrap();
    let mut filling = target.filling("a backup").await.unwrap();
    copy(&mut source, &mut filling, usize::MAX).await;
    filling.finish(Epochs::New).await.unwrap();
    let after = target.heads(world.ada.scope()).await.unwrap().books[0];
    assert!(after.epoch > before.epoch, "a phone would believe its old sync token");
    assert_eq!((after.book, after.modseq), (before.book, before.modseq));
}

/// The control of every comparison: what is done behind Rolo's back to one row is found, and which row it was.
async fn a_row_that_is_lost_added_or_changed_is_found(world: World) {
    furnish(&world).await;
    let mut before = world.db.frozen().await.unwrap();
    let table = Table::named("mark").unwrap();
    for (sql, wanted) in
        [("update mark set hidden = 7 where starred = 1", "Changed"), ("delete from mark where starred = 1", "Missing")]
    {
        // A reader's picture does not keep SQLite's writer from writing.
        world.place.behind(sql).await;
        let mut after = world.db.frozen().await.unwrap();
        let found = compare(&mut before, &mut after, table, PAGE).await.unwrap().unwrap_err();
        assert!(format!("{found:?}").starts_with(wanted), "{found:?}");
    }
    let mut less = world.db.frozen().await.unwrap();
    let found = compare(&mut less, &mut before, table, PAGE).await.unwrap().unwrap_err();
    let first = before.page(table, None, PAGE).await.unwrap().remove(0);
    assert_eq!(found, Difference::Added(table.key_of(&first)));
    assert!(compare(&mut less, &mut before, Table::named("contact").unwrap(), PAGE).await.unwrap().is_ok());
}

async fn a_page_is_no_larger_than_it_may_be(world: World) {
    furnish(&world).await;
    let mut source = world.db.frozen().await.unwrap();
    for table in TABLES {
        let (mut after, mut seen): (Option<Key>, Vec<Row>) = (None, Vec::new());
        loop {
            let rows = source.page(table, after.as_ref(), PAGE).await.unwrap();
            let size = |row: &Row| row.iter().map(|value| 32 + octets(value)).sum::<usize>();
            assert!(rows.len() <= 1 || rows.iter().map(size).sum::<usize>() <= PAGE, "{}", table.name);
            let Some(last) = rows.last() else { break };
            after = Some(table.key_of(last));
            seen.extend(rows);
        }
        assert_eq!(seen.len() as u64, source.count(table).await.unwrap(), "{}", table.name);
        assert!(seen.windows(2).all(|pair| table.key_of(&pair[0]) < table.key_of(&pair[1])), "{}", table.name);
        assert_eq!(source.page(table, None, usize::MAX).await.unwrap(), seen, "{}", table.name);
    }
}

fn octets(value: &Value) -> usize {
    match value {
        Value::Null | Value::Int(_) => 0,
        Value::Blob(octets) => octets.len(),
        Value::Text(text) => text.len(),
    }
}

async fn a_sealed_source_takes_no_change(world: World) {
    let contact = world.create(card("Ann")).await;
    let to = "postgres://elsewhere/rolo".to_owned();
    world.db.set_seal(&Seal::Moving { to: to.clone(), picture: "p".into() }).await.unwrap();
    if world.place.embedded() {
        // The file has one owner, so it is looked at when it is opened.
        let World { db, place, ada, clock } = world;
        drop(db);
        let refused = connect(&place.url, false).await.map(drop);
        assert!(matches!(&refused, Err(Error::Conflict { why }) if why.contains(&to)), "{refused:?}");
        let db = Arc::new(place.open().await);
        db.take_seal().await.unwrap();
        drop(db);
        let db = Arc::new(Db::new(connect(&place.url, false).await.unwrap(), None));
        World { db, place, ada, clock }.bin(contact).await.unwrap();
        return;
    }
    let refused = world.bin(contact).await;
    assert!(matches!(&refused, Err(Error::ReadOnly { why }) if why.contains(&to)), "{refused:?}");
    assert!(world.db.count_try("sign-in", 60, world.now()).await.is_err());
    // Reading and the look at its health go on, here and in a process that starts now.
    assert_eq!(world.all(&living()).await, [contact]);
    world.db.ready().await.unwrap();
    assert!(connect(&world.place.url, false).await.unwrap().has_accounts().await.unwrap());
    world.db.set_seal(&Seal::Moved { to, picture: "p".into() }).await.unwrap();
    assert!(matches!(connect(&world.place.url, false).await.map(drop), Err(Error::Conflict { .. })));
    world.db.take_seal().await.unwrap();
    world.bin(contact).await.unwrap();
}

/// Whoever is told that a write is kept finds it on the other side: each is either in the picture or refused.
async fn a_write_that_was_begun_is_in_the_picture(world: World) {
    if world.place.embedded() {
        return;
    }
    let writers = (0..8).map(|_| {
        let world = world.clone();
        tokio::spawn(async move {
            let mut kept = Vec::new();
            loop {
                let contact = id();
                match world.one(Act::Create, save(&world.ada, contact, Expect::Absent, card("Ann"))).await {
                    Ok(_) => kept.push(contact),
                    Err(Error::ReadOnly { .. }) => return kept,
                    Err(other) => panic!("{other:?}"),
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    while world.all(&living()).await.len() < 20 {
        tokio::task::yield_now().await;
    }
    world.db.set_seal(&Seal::Moving { to: "elsewhere".into(), picture: "p".into() }).await.unwrap();
    let mut picture = world.db.frozen().await.unwrap();
    let table = Table::named("contact").unwrap();
    let rows = picture.page(table, None, usize::MAX).await.unwrap();
    let in_picture: std::collections::BTreeSet<_> = rows.iter().map(|row| table.key_of(row).pop().unwrap()).collect();
    for writer in writers {
        for contact in writer.await.unwrap() {
            assert!(in_picture.contains(&Value::Blob(contact.0.as_bytes().to_vec())), "{contact} was lost");
        }
    }
}

async fn what_a_database_notes_of_itself_does_not_travel(world: World) {
    furnish(&world).await;
    let mut before = world.db.frozen().await.unwrap();
    for note in [Note::Backups, Note::Restore] {
        assert_eq!(world.db.noted_down(note).await.unwrap(), None);
        world.db.note_down(note, b"one").await.unwrap();
        assert!(!world.db.note_over(note, None, b"late").await.unwrap(), "somebody was first");
        assert!(!world.db.note_over(note, Some(b"two"), b"late").await.unwrap());
        assert!(world.db.note_over(note, Some(b"one"), b"two").await.unwrap());
        assert_eq!(world.db.noted_down(note).await.unwrap().unwrap(), b"two");
    }
    let mut after = world.db.frozen().await.unwrap();
    assert_same(&mut before, &mut after).await;
    let folder = tempfile::tempdir().unwrap();
    let target = connect(&format!("sqlite:{}", folder.path().join("rolo.db").display()), true).await.unwrap();
    for note in [Note::Backups, Note::Restore] {
        target.note_down(note, b"of what was here").await.unwrap();
    }
    let name = target.instance().await.unwrap();
    let mut filling = target.filling("a backup").await.unwrap();
    copy(&mut after, &mut filling, usize::MAX).await;
    filling.finish(Epochs::New).await.unwrap();
    assert_eq!(target.noted_down(Note::Backups).await.unwrap(), None, "another instance's data has backups of its own");
    assert!(target.noted_down(Note::Restore).await.unwrap().is_some(), "whoever restores has still to say how it ends");
    assert_ne!(target.instance().await.unwrap(), name);
    assert_eq!(target.instance().await.unwrap(), world.db.instance().await.unwrap());
}
