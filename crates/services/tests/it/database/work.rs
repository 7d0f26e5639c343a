//! Imports and jobs.

use std::time::Duration;

use rolo_core::{
    account::{Right, Role},
    contracts::Database,
    id::{ImportId, JobId},
    write::{Act, Admin, Effect, KeptRow},
};

use super::{
    rules,
    world::{World, card, id},
};

rules![
    only_who_has_the_last_number_goes_on,
    what_a_batch_remembers_is_for_all_who_see_it,
    what_is_unfinished_is_found_after_a_start,
    new_work_wakes_whoever_waits_for_it,
    kept_rows_page_between_fingerprints,
    a_purge_forgets_the_kept_row,
];

async fn only_who_has_the_last_number_goes_on(world: World) {
    let (import, job): (ImportId, JobId) = (id(), id());
    world
        .one(Act::Import, Admin::CreateImport { id: import, into: world.ada.may(), state: "{}".into() })
        .await
        .unwrap();
    world.one(Act::Settings, Admin::CreateJob { id: job, kind: "undo".into(), state: "{}".into() }).await.unwrap();
    let scope = world.ada.scope();
    let first = world.db.import(scope, import).await.unwrap().unwrap().number;
    let save = |expect, state: &str| Admin::SaveImport { id: import, expect, state: state.into(), done: false };
    world.one(Act::Import, save(first, r#"{"at":1}"#)).await.unwrap();
    assert!(world.one(Act::Import, save(first, r#"{"at":"two workers"}"#)).await.is_err());
    let row = world.db.import(scope, import).await.unwrap().unwrap();
    assert_eq!((row.number, row.state.as_str(), row.kind.as_str()), (first + 1, r#"{"at":1}"#, "import"));
    let stored = world.db.job(scope, job).await.unwrap().unwrap();
    assert_eq!((stored.kind.as_str(), stored.account), ("undo", world.ada.account()));
    // An import is no job and a job is no import.
    assert!(world.db.job(scope, JobId(import.0)).await.unwrap().is_none());
    assert!(world.db.import(scope, ImportId(job.0)).await.unwrap().is_none());
    let wrong = Admin::SaveJob { id: JobId(import.0), expect: first + 1, state: "{}".into(), done: true };
    assert!(world.one(Act::Import, wrong).await.is_err());
    let eve = world.stranger().await;
    assert!(world.db.import(eve.scope(), import).await.unwrap().is_none());
    assert!(world.db.job(eve.scope(), job).await.unwrap().is_none());
    let theirs = world.write_by(&eve, Act::Import).and(save(first + 1, "{}").into());
    assert!(world.db.commit(theirs).await.is_err());
    assert_eq!(world.db.imports(scope, 10).await.unwrap(), [row]);
    world.one(Act::Import, Admin::RemoveImport { id: import }).await.unwrap();
    assert!(world.db.import(scope, import).await.unwrap().is_none());
}

async fn what_a_batch_remembers_is_for_all_who_see_it(world: World) {
    let write = world.write(Act::Label);
    let batch = write.batch.id;
    let label = Effect::SaveLabel { into: world.ada.may(), id: id(), expect: None, name: "Family".into(), hue: None };
    let note = Admin::CreateJob { id: JobId(batch.0), kind: "label.note".into(), state: "{}".into() };
    world.commit(write.and(label).and(note.into())).await;
    let (bob, eve) = (world.member("bob@example.org", Role::Member).await, world.stranger().await);
    assert_eq!(world.db.job_of_batch(bob.scope(), batch).await.unwrap(), None, "not yet");
    let (account, right) = (bob.account(), Some(Right::See));
    world.one(Act::Settings, Effect::SetAccess { book: world.ada.manages(), account, right }).await.unwrap();
    let bob = world.again(&bob).await;
    let told = world.db.job_of_batch(bob.scope(), batch).await.unwrap().unwrap();
    assert_eq!((told.id, told.account), (batch.0, world.ada.account()));
    assert_eq!(world.db.job_of_batch(world.ada.scope(), batch).await.unwrap(), Some(told));
    assert_eq!(world.db.job_of_batch(eve.scope(), batch).await.unwrap(), None);
    assert_eq!(world.db.job(bob.scope(), JobId(batch.0)).await.unwrap(), None, "the job itself is its account's");
}

async fn new_work_wakes_whoever_waits_for_it(world: World) {
    let import: ImportId = id();
    let begin = Admin::CreateImport { id: import, into: world.ada.may(), state: "{}".into() };
    let checked = Admin::SaveImport { id: import, expect: 1, state: "{}".into(), done: true };
    let running = Admin::SaveImport { id: import, expect: 2, state: "{}".into(), done: false };
    let job = Admin::CreateJob { id: id(), kind: "undo".into(), state: "{}".into() };
    let effects = [begin, checked, running, job].map(Effect::from);
    for work in effects.into_iter().chain([Effect::Tell { event: "mail.wanted", payload: "{}".into() }]) {
        let told = format!("{work:?}");
        let tick = world.db.committed_after(0).await;
        world.one(Act::Import, work).await.unwrap();
        let woken = tokio::time::timeout(Duration::from_secs(10), world.db.committed_after(tick)).await;
        assert!(woken.is_ok_and(|newer| newer > tick), "nobody was woken by {told}");
    }
}

async fn what_is_unfinished_is_found_after_a_start(world: World) {
    let (import, job): (ImportId, JobId) = (id(), id());
    world
        .one(Act::Import, Admin::CreateImport { id: import, into: world.ada.may(), state: "{}".into() })
        .await
        .unwrap();
    world.one(Act::Settings, Admin::CreateJob { id: job, kind: "undo".into(), state: "{}".into() }).await.unwrap();
    let world = world.reopened().await;
    let unfinished = async || world.db.unfinished().await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(unfinished().await, [import.0, job.0]);
    world.one(Act::Import, Admin::SaveImport { id: import, expect: 1, state: "{}".into(), done: true }).await.unwrap();
    assert_eq!(unfinished().await, [job.0]);
    world.one(Act::Settings, Admin::SaveJob { id: job, expect: 1, state: "{}".into(), done: true }).await.unwrap();
    assert!(unfinished().await.is_empty());
}

async fn kept_rows_page_between_fingerprints(world: World) {
    let contact = world.create(card("Imported")).await;
    let row = |fingerprint: u8, source_key: Option<&[u8]>| KeptRow {
        fingerprint: [fingerprint; 16],
        source_key: source_key.map(<[u8]>::to_vec),
        contact: if fingerprint == 2 { id() } else { contact },
        model: r#"{"a":1}"#.into(),
    };
    // Identical rows are a multiset.
    let rows = vec![row(3, None), row(2, Some(b"uid\0x")), row(1, None), row(2, None), row(2, Some(b"b"))];
    let keep = Admin::KeepRows { into: world.ada.may(), rows: rows.clone() };
    world.one(Act::Import, keep.clone()).await.unwrap();
    world.one(Act::Import, keep).await.unwrap();
    let scope = world.ada.scope();
    let (mut kept, mut after): (Vec<KeptRow>, _) = (Vec::new(), None);
    loop {
        let page = world.db.kept_rows(scope, world.ada.book, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.fingerprint);
        kept.extend(page);
    }
    assert_eq!(kept.iter().map(|row| row.fingerprint[0]).collect::<Vec<_>>(), [1, 2, 2, 2, 3]);
    assert_eq!(
        kept[1..4].iter().map(|row| row.source_key.as_deref()).collect::<Vec<_>>(),
        [None, Some(b"b".as_slice()), Some(b"uid\0x".as_slice()),]
    );
    let eve = world.stranger().await;
    assert!(world.db.kept_rows(eve.scope(), world.ada.book, None, 9).await.unwrap().is_empty());
}

async fn a_purge_forgets_the_kept_row(world: World) {
    let contact = world.create(card("Imported")).await;
    let rows = vec![KeptRow { fingerprint: [1; 16], source_key: None, contact, model: "{}".into() }];
    world.one(Act::Import, Admin::KeepRows { into: world.ada.may(), rows }).await.unwrap();
    world.bin(contact).await.unwrap();
    assert_eq!(world.db.kept_rows(world.ada.scope(), world.ada.book, None, 9).await.unwrap().len(), 1);
    world.one(Act::Purge, Effect::PurgeContact { from: world.ada.may(), id: contact }).await.unwrap();
    assert!(world.db.kept_rows(world.ada.scope(), world.ada.book, None, 9).await.unwrap().is_empty());
}
