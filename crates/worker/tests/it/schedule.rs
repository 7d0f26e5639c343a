//! What the night does: the bin, what is past its time.

use jiff::SignedDuration;
use rolo_core::{
    Seen,
    account::{of_session, sign_in::sign_in},
    contact::delete::delete,
};
use rolo_worker::schedule::{Done, pass};

use crate::world::{PASSWORD, browser, refusal, world};

#[tokio::test]
async fn the_bin_forgets_and_old_sessions_go_when_their_time_comes() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    let session = sign_in(&w.s, "noor@rolo.example", PASSWORD, browser()).await.unwrap();
    let mut done = Done::default();
    pass(&w.s, &mut done).await.unwrap();
    assert!(w.now(ann).await.stored.deleted_at.is_some());
    w.clock.forward(SignedDuration::from_hours(24 * 30 + 1));
    pass(&w.s, &mut done).await.unwrap();
    assert_eq!(refusal(rolo_core::contact::read::get(&w.s, &w.noor, ann).await).0, "not found");
    assert!(of_session(&w.s, &session.secret).await.unwrap().is_none());
    assert!(w.s.database.sessions(w.noor.account()).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_done_before_it_is_due() {
    let w = world().await;
    let mut done = Done::default();
    pass(&w.s, &mut done).await.unwrap();
    let ann = w.ann().await.stored.id;
    w.clock.forward(SignedDuration::from_hours(-24 * 31));
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    w.clock.forward(SignedDuration::from_hours(24 * 31));
    w.clock.forward(SignedDuration::from_mins(30));
    pass(&w.s, &mut done).await.unwrap();
    assert!(w.now(ann).await.stored.deleted_at.is_some(), "half an hour is too soon");
    w.clock.forward(SignedDuration::from_mins(31));
    pass(&w.s, &mut done).await.unwrap();
    assert_eq!(refusal(rolo_core::contact::read::get(&w.s, &w.noor, ann).await).0, "not found");
}
