//! Tries, claims, the outbox, and forgetting.

use rolo_core::{
    Error,
    contracts::{
        Database,
        database::{Answer, Claim, Rederived},
    },
    id::{Modseq, Revision},
    write::{Act, Effect},
};

use super::{
    rules,
    world::{World, card, living},
};

rules![
    tries_are_counted_in_windows_and_survive_a_restart,
    a_claim_is_ours_running_answered_or_another,
    a_claim_without_an_answer_is_taken_over_with_its_seed,
    an_outbox_row_is_leased_until_it_is_settled,
    old_versions_are_thinned_but_never_the_newest,
    changes_past_their_time_are_forgotten_and_older_tokens_refused,
    the_bin_is_swept_by_age,
    derived_columns_are_made_anew_only_for_the_card_they_came_from,
    a_touched_session_reaches_the_disk_once_a_minute,
    a_database_that_answers_is_ready,
];

const DAY: i64 = 86_400;

async fn tries_are_counted_in_windows_and_survive_a_restart(world: World) {
    let now = world.now();
    for wanted in 1..=3 {
        assert_eq!(world.db.count_try("sign-in ada", 60, now).await.unwrap(), wanted);
    }
    assert_eq!(world.db.count_try("sign-in bob", 60, now).await.unwrap(), 1);
    let world = world.reopened().await;
    assert_eq!(world.db.count_try("sign-in ada", 60, now).await.unwrap(), 4);
    world.later(61);
    assert_eq!(world.db.count_try("sign-in ada", 60, world.now()).await.unwrap(), 1);
    world.db.forget_tries("sign-in ada").await.unwrap();
    assert_eq!(world.db.count_try("sign-in ada", 60, world.now()).await.unwrap(), 1);
}

async fn a_claim_is_ours_running_answered_or_another(world: World) {
    let account = world.ada.account();
    let claim = async |key: &str, body: u8| world.db.claim(account, key, [body; 32], world.now()).await.unwrap();
    assert!(matches!(claim("k", 1).await, Claim::Ours { .. }));
    assert_eq!(claim("k", 1).await, Claim::Running);
    assert_eq!(claim("k", 2).await, Claim::Other);
    let answer = Answer { status: 201, headers: "{}".into(), body: b"made\0".to_vec() };
    world.db.settle(account, "k", Some(answer.clone())).await.unwrap();
    assert_eq!(claim("k", 1).await, Claim::Answered(answer));
    assert_eq!(claim("k", 2).await, Claim::Other);
    let eve = world.stranger().await;
    let theirs = world.db.claim(eve.account(), "k", [2; 32], world.now()).await.unwrap();
    assert!(matches!(theirs, Claim::Ours { .. }));
    world.later(DAY + 1);
    assert!(matches!(claim("k", 2).await, Claim::Ours { .. }), "kept for a day");
}

async fn a_claim_without_an_answer_is_taken_over_with_its_seed(world: World) {
    let account = world.ada.account();
    let claim = async |body: u8| world.db.claim(account, "k", [body; 32], world.now()).await.unwrap();
    let Claim::Ours { seed: first } = claim(1).await else { panic!("ours") };
    world.later(60);
    assert_eq!(claim(1).await, Claim::Running);
    world.later(120);
    assert_eq!(claim(1).await, Claim::Ours { seed: first }, "whoever had it is gone");
    assert_eq!(claim(1).await, Claim::Running);
    world.db.settle(account, "k", None).await.unwrap();
    assert_eq!(claim(1).await, Claim::Ours { seed: first }, "given back");
    world.db.settle(account, "k", None).await.unwrap();
    let Claim::Ours { seed: second } = claim(2).await else { panic!("another request may use what was given back") };
    assert_ne!(first, second);
}

async fn an_outbox_row_is_leased_until_it_is_settled(world: World) {
    for number in 0..3 {
        let payload = format!(r#"{{"number":{number}}}"#);
        world.one(Act::Settings, Effect::Tell { event: "contact.saved", payload }).await.unwrap();
    }
    let lease = async |limit| world.db.lease_outbox(world.now(), 60, limit).await.unwrap();
    let first = lease(2).await;
    assert_eq!(
        first.iter().map(|row| (row.payload.as_str(), row.attempts)).collect::<Vec<_>>(),
        [(r#"{"number":0}"#, 0), (r#"{"number":1}"#, 0),]
    );
    assert_eq!((first[0].event.as_str(), first[0].organisation), ("contact.saved", world.ada.organisation()));
    assert!(first[0].id < first[1].id);
    assert_eq!(lease(9).await.len(), 1);
    assert!(lease(9).await.is_empty());
    world.db.settle_outbox(first[0].id, None).await.unwrap();
    world.db.settle_outbox(first[1].id, Some(world.now())).await.unwrap();
    let again = lease(9).await;
    assert_eq!(again.iter().map(|row| (row.id, row.attempts)).collect::<Vec<_>>(), [(first[1].id, 1)]);
    world.later(61);
    assert_eq!(lease(9).await.len(), 2, "a lease runs out");
}

async fn old_versions_are_thinned_but_never_the_newest(world: World) {
    let (edited, left) = (world.create(card("1")).await, world.create(card("Left alone")).await);
    world.edit(edited, card("2")).await.unwrap();
    world.later(300 * DAY);
    world.edit(edited, card("3")).await.unwrap();
    assert_eq!(world.db.forget_expired(world.now()).await.unwrap().versions, 0);
    world.later(100 * DAY);
    assert_eq!(world.db.forget_expired(world.now()).await.unwrap().versions, 2);
    for contact in [edited, left] {
        let versions = world.db.versions(world.ada.scope(), contact, None, 9).await.unwrap().items;
        assert_eq!(versions.len(), 1);
        assert_eq!(versions[0].revision, world.contact(contact).await.revision);
    }
}

async fn changes_past_their_time_are_forgotten_and_older_tokens_refused(world: World) {
    world.create(card("Old")).await;
    let gone = world.create(card("Gone")).await;
    world.bin(gone).await.unwrap();
    let last = world.head().await;
    world.later(401 * DAY);
    world.create(card("New")).await;
    assert!(world.db.changes(world.ada.scope(), world.ada.book, Modseq(0), 9).await.is_ok());
    assert_eq!(world.db.forget_expired(world.now()).await.unwrap().changes, 2);
    let changes = async |since| world.db.changes(world.ada.scope(), world.ada.book, since, 9).await;
    assert!(matches!(changes(Modseq(0)).await, Err(Error::Gone)));
    assert!(matches!(changes(Modseq(last.0 - 1)).await, Err(Error::Gone)));
    assert_eq!(changes(last).await.unwrap().items.len(), 1);
}

async fn the_bin_is_swept_by_age(world: World) {
    let (old, new) = (world.create(card("Old")).await, world.create(card("New")).await);
    world.bin(old).await.unwrap();
    world.later(DAY);
    world.bin(new).await.unwrap();
    let before = jiff::Timestamp::from_millisecond(world.now().as_millisecond() - 1000 * DAY / 2).unwrap();
    let swept = world.db.binned_before(before, 9).await.unwrap();
    assert_eq!(swept.len(), 1);
    let (scope, book, contact) = &swept[0];
    assert_eq!((*book, *contact, scope.organisation()), (world.ada.book, old, world.ada.organisation()));
    assert!(scope.sees(world.ada.book));
    world.one(Act::Purge, Effect::PurgeContact { from: world.ada.may(), id: old }).await.unwrap();
    assert!(world.db.binned_before(before, 9).await.unwrap().is_empty());
}

async fn derived_columns_are_made_anew_only_for_the_card_they_came_from(world: World) {
    let first = card("Zoe");
    let (zoe, max) = (world.create(first.clone()).await, world.create(card("Max")).await);
    assert_eq!(world.all(&living()).await, [max, zoe]);
    let mut anew = first.clone();
    (anew.sort.given, anew.summary) = (b"a".to_vec(), r#"{"name":"New rule"}"#.into());
    let before = world.head().await;
    let rows = vec![
        Rederived { id: zoe, revision: first.revision, prepared: anew },
        Rederived { id: max, revision: Revision([0; 16]), prepared: card("Edited meanwhile") },
    ];
    assert_eq!(world.db.rederive(world.ada.scope(), world.ada.book, rows).await.unwrap(), 1);
    assert_eq!(world.all(&living()).await, [zoe, max]);
    assert_eq!(world.db.listed(world.ada.scope(), &[zoe]).await.unwrap()[0].summary, r#"{"name":"New rule"}"#);
    assert_eq!(world.contact(zoe).await.revision, first.revision);
    let told = world.db.changes(world.ada.scope(), world.ada.book, before, 9).await.unwrap().items;
    assert_eq!(told.iter().map(|change| change.id).collect::<Vec<_>>(), [zoe.0]);
    assert_eq!(world.db.versions(world.ada.scope(), zoe, None, 9).await.unwrap().items.len(), 1);
}

async fn a_touched_session_reaches_the_disk_once_a_minute(world: World) {
    let session = rolo_core::write::NewSession {
        id: super::world::id(),
        account: world.ada.account(),
        digest: [1; 32],
        device: String::new(),
        address: String::new(),
    };
    world.one(Act::Settings, rolo_core::write::Admin::StartSession(session.clone())).await.unwrap();
    let seen = async || world.db.sessions(world.ada.account()).await.unwrap()[0].seen_at;
    world.later(10);
    world.db.touch_session(session.id, world.now()).await.unwrap();
    let first = seen().await;
    world.later(30);
    world.db.touch_session(session.id, world.now()).await.unwrap();
    assert_eq!(seen().await, first);
    world.later(31);
    world.db.touch_session(session.id, world.now()).await.unwrap();
    assert!(seen().await > first);
}

async fn a_database_that_answers_is_ready(world: World) {
    world.db.ready().await.unwrap();
}
