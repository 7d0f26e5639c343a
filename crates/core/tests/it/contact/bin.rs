//! The bin: deleted, restored, purged, swept.

use jiff::SignedDuration;
use rolo_core::{
    Seed, Seen,
    account::{Right, person},
    contact::{Emptied, Filter, NewContact, Sort, create, delete::delete, list, purge, restore::restore, sweep::sweep},
    id::Revision,
};

use crate::world::{World, ann, model, refusal, world};

async fn in_bin(w: &World) -> u64 {
    let bin = Filter { binned: true, sort: Sort::Deleted, limit: 10, ..Filter::default() };
    list::page(&w.s, &w.noor, &bin).await.unwrap().1
}

#[tokio::test]
async fn deleted_and_back_byte_for_byte() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let before = w.bytes(ann.id).await;
    assert_eq!(refusal(delete(&w.s, &w.noor, ann.id, Seen::Revision(Revision::of(b"x"))).await).0, "conflict");
    delete(&w.s, &w.noor, ann.id, Seen::Revision(ann.revision)).await.unwrap();
    assert!(w.now(ann.id).await.stored.deleted_at.is_some());
    assert_eq!((in_bin(&w).await, refusal(delete(&w.s, &w.noor, ann.id, Seen::Any).await).0), (1, "not found"));
    let back = restore(&w.s, &w.noor, ann.id).await.unwrap();
    assert_eq!((back.value.stored.deleted_at, in_bin(&w).await), (None, 0));
    assert_eq!(w.bytes(ann.id).await, before);
    assert_eq!(restore(&w.s, &w.noor, ann.id).await.unwrap().batch, None, "a living one stays as it is");
}

#[tokio::test]
async fn what_has_taken_its_place_keeps_it() {
    let w = world().await;
    let new = NewContact { uid: Some("one".into()), card: model(ann()), ..NewContact::default() };
    let first = w.make_new(new.clone()).await.value.stored.id;
    delete(&w.s, &w.noor, first, Seen::Any).await.unwrap();
    create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap();
    let (kind, why) = refusal(restore(&w.s, &w.noor, first).await);
    assert_eq!(kind, "conflict");
    assert!(why.contains("UID"), "{why}");
}

#[tokio::test]
async fn purged_is_gone_for_good() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    assert_eq!(refusal(purge::purge(&w.s, &w.noor, ann).await).0, "conflict", "living ones are not purged");
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    purge::purge(&w.s, &w.noor, ann).await.unwrap();
    assert_eq!(refusal(restore(&w.s, &w.noor, ann).await).0, "not found");
    assert_eq!(refusal(purge::purge(&w.s, &w.noor, ann).await).0, "not found");
}

#[tokio::test]
async fn only_who_may_change_the_book_deletes() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let (see, stranger) = (w.again(&see).await, w.stranger().await);
    assert_eq!(refusal(delete(&w.s, &see, ann, Seen::Any).await).0, "denied");
    assert_eq!(refusal(delete(&w.s, &stranger, ann, Seen::Any).await).0, "not found");
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    for (caller, kind) in [(&see, "denied"), (&stranger, "not found")] {
        assert_eq!(refusal(restore(&w.s, caller, ann).await).0, kind);
        assert_eq!(refusal(purge::purge(&w.s, caller, ann).await).0, kind);
    }
    // Emptying one's bin leaves what one may only see.
    assert!(matches!(purge::empty(&w.s, &see).await.unwrap(), Emptied::Done(done) if done.value == 0));
    assert_eq!(in_bin(&w).await, 1);
}

#[tokio::test]
async fn the_bin_is_emptied_at_once() {
    let w = world().await;
    for n in 0..3 {
        let id = w.ann().await.stored.id;
        if n > 0 {
            delete(&w.s, &w.noor, id, Seen::Any).await.unwrap();
        }
    }
    let Emptied::Done(done) = purge::empty(&w.s, &w.noor).await.unwrap() else { panic!("two are no job") };
    assert_eq!((done.value, in_bin(&w).await), (2, 0));
    assert_eq!(list::page(&w.s, &w.noor, &Filter { limit: 9, ..Filter::default() }).await.unwrap().1, 1);
}

#[tokio::test]
async fn the_bin_forgets_after_thirty_days_and_not_before() {
    let w = world().await;
    let (old, young) = (w.ann().await.stored.id, w.ann().await.stored.id);
    delete(&w.s, &w.noor, old, Seen::Any).await.unwrap();
    w.clock.forward(SignedDuration::from_hours(24));
    delete(&w.s, &w.noor, young, Seen::Any).await.unwrap();
    w.clock.forward(SignedDuration::from_hours(24 * 29 - 1));
    assert_eq!((sweep(&w.s).await.unwrap(), in_bin(&w).await), (0, 2));
    w.clock.forward(SignedDuration::from_hours(2));
    assert_eq!((sweep(&w.s).await.unwrap(), sweep(&w.s).await.unwrap()), (1, 0));
    assert_eq!(refusal(restore(&w.s, &w.noor, old).await).0, "not found");
    restore(&w.s, &w.noor, young).await.unwrap();
}
