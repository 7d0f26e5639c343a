//! How backups stand is known to every process of an instance, and what an earlier version wrote beside the data is not lost.

use std::{fs, path::Path, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use rolo_core::contracts::{Backups, backup::BackupState};
use rolo_services::{
    backup::Standing,
    clock::SystemClock,
    database::{Relational, connect},
    random::SystemRandom,
};

use super::world::Beside;

/// The backups as a process with this data folder has them.
fn standing(database: &Arc<Relational>, beside: &Beside, data: &Path) -> Standing {
    fs::create_dir_all(data).unwrap();
    Standing {
        database: Arc::clone(database),
        storage: Arc::clone(&beside.storage),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        config: String::new(),
        rolo: "0.1.0".to_owned(),
        to: data.join("backups"),
        passphrase_file: data.join("backup.passphrase"),
        keep: "daily 2".parse().unwrap(),
        scratch: data.join("scratch"),
        earlier_file: data.join("backup-state.json"),
        longest: SignedDuration::from_hours(26),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_notes_every_process_knows() {
    let beside = Beside::empty();
    let database = Arc::new(connect(&format!("sqlite:{}", beside.path("rolo.db").display()), true).await.unwrap());
    let (worker, api) = ["worker", "api"].map(|name| standing(&database, &beside, &beside.path(name))).into();
    assert_eq!(api.state().await.unwrap(), BackupState::default());
    let state = BackupState { not_taken: Some("The disk is full.".to_owned()), ..BackupState::default() };
    worker.note(state.clone()).await.unwrap();
    assert_eq!(api.state().await.unwrap(), state);
    let alert = api.alert(Timestamp::now()).await.unwrap().unwrap();
    assert!(alert.ends_with("The disk is full."), "{alert}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_earlier_version_wrote_beside_the_data_is_taken_over_once() {
    let beside = Beside::empty();
    let database = Arc::new(connect(&format!("sqlite:{}", beside.path("rolo.db").display()), true).await.unwrap());
    let (worker, api) = ["worker", "api"].map(|name| standing(&database, &beside, &beside.path(name))).into();
    let earlier = r#"{"since":"2026-01-01T00:00:00Z","not_whole":"A part is damaged."}"#;
    fs::write(&worker.earlier_file, earlier).unwrap();
    assert!(worker.state().await.unwrap().not_whole.is_some(), "whoever only looks is told of it, too");
    worker.take_over().await.unwrap();
    assert_eq!(api.state().await.unwrap().not_whole.as_deref(), Some("A part is damaged."));
    assert!(!worker.earlier_file.exists(), "a database that takes this one's place would have it for its own");

    // A file that comes back is older than what is noted.
    let good = BackupState { good: Some(Timestamp::UNIX_EPOCH), ..BackupState::default() };
    worker.note(good.clone()).await.unwrap();
    fs::write(&worker.earlier_file, earlier).unwrap();
    worker.take_over().await.unwrap();
    assert_eq!(worker.state().await.unwrap(), good);
}
