//! The worker ends when it is told to.

use rolo_worker::Worker;
use tokio_util::sync::CancellationToken;

use crate::world::world;

#[tokio::test]
async fn a_worker_stops_when_it_is_told() {
    let w = world().await;
    let folder = tempfile::tempdir().unwrap();
    let index = rolo_services::search::open(&format!("fts:{}", folder.path().join("search.db").display())).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Worker::new(w.s.clone(), Some(index)).run(stop.clone()));
    w.ann().await;
    assert!(!running.is_finished());
    stop.cancel();
    running.await.unwrap();
}
