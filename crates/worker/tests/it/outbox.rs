//! Outside effects: leased, handled, tried again, parked.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use rolo_core::{
    Error, Result,
    contracts::database::OutboxRow,
    id::BatchId,
    write::{Act, Effect, Write},
};
use rolo_worker::outbox::{ATTEMPTS_MAX, Handler, Handlers, pass};
use uuid::Uuid;

use crate::world::{World, world};

/// Notes what it is asked; fails while it is told to.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<String>>,
    down: AtomicBool,
}

#[async_trait]
impl Handler for Post {
    async fn handle(&self, row: &OutboxRow) -> Result<()> {
        if self.down.load(Ordering::SeqCst) {
            return Err(Error::unavailable("mail", "refused"));
        }
        self.sent.lock().unwrap().push(row.payload.clone());
        Ok(())
    }
}

async fn tell(w: &World, event: &'static str, payload: &str) {
    let write = Write::by(&w.noor, w.s.clock.now(), BatchId(Uuid::now_v7()), Act::Settings);
    w.s.database.commit(write.and(Effect::Tell { event, payload: payload.into() })).await.unwrap();
}

#[tokio::test]
async fn what_was_told_is_done_once() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    tell(&w, "mail.wanted", "1").await;
    tell(&w, "nobody.knows", "2").await;
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 2, "an unknown event is settled too");
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0);
    w.clock.forward(SignedDuration::from_hours(1));
    assert_eq!(
        (pass(&w.s, &handlers).await.unwrap(), post.sent.lock().unwrap().as_slice()),
        (0, &["1".to_owned()][..])
    );
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_set_aside_at_last() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    post.down.store(true, Ordering::SeqCst);
    tell(&w, "mail.wanted", "1").await;
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0, "not at once");
    post.down.store(false, Ordering::SeqCst);
    w.clock.forward(SignedDuration::from_secs(10));
    assert_eq!((pass(&w.s, &handlers).await.unwrap(), post.sent.lock().unwrap().len()), (1, 1));

    post.down.store(true, Ordering::SeqCst);
    tell(&w, "mail.wanted", "2").await;
    let mut tries = 0;
    for _ in 0..3 * ATTEMPTS_MAX {
        tries += pass(&w.s, &handlers).await.unwrap();
        w.clock.forward(SignedDuration::from_hours(2));
    }
    assert_eq!(tries, ATTEMPTS_MAX as usize);
}

#[tokio::test]
async fn what_a_stopped_worker_had_taken_is_taken_again() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    tell(&w, "mail.wanted", "1").await;
    assert_eq!(w.s.database.lease_outbox(w.s.clock.now(), 60, 10).await.unwrap().len(), 1);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0, "it is somebody's");
    w.clock.forward(SignedDuration::from_secs(61));
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
}
