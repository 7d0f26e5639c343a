//! A backup brought back by whoever sets Rolo up, and what admins are told of the backups that are taken.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result,
    account::{Role, person::Tenant},
    contracts::{
        Backups, Restores,
        backup::BackupState,
        restore::{ARCHIVE_BYTES_MAX, RestoreState},
        storage::Chunks,
    },
};
use serde_json::{Value, json};

use crate::support::{CODE, Call, House, Reply, schema};

const PASSPHRASE: &str = "open this, please";

/// Keeps what it is given and opens it with one passphrase.
#[derive(Default)]
struct Chest {
    kept: Mutex<Vec<u8>>,
    state: Mutex<RestoreState>,
}

impl Chest {
    fn says(&self, state: RestoreState) {
        *self.state.lock().unwrap() = state;
    }
}

#[async_trait]
impl Restores for Chest {
    async fn keep(&self, mut archive: Chunks<'_>) -> Result<()> {
        let mut all = Vec::new();
        while let Some(chunk) = archive.next().await {
            all.extend(chunk?);
        }
        self.state.lock().unwrap().octets = all.len() as u64;
        *self.kept.lock().unwrap() = all;
        Ok(())
    }

    async fn begin(&self, passphrase: &str) -> Result<()> {
        if passphrase != PASSPHRASE {
            return Err(Error::denied("This passphrase does not open the archive. Nothing was changed."));
        }
        self.state.lock().unwrap().running = true;
        Ok(())
    }

    async fn state(&self) -> Result<RestoreState> {
        Ok(self.state.lock().unwrap().clone())
    }
}

async fn house() -> (House, Arc<Chest>) {
    let chest = Arc::new(Chest::default());
    let restores = Arc::clone(&chest);
    (House::empty().await.rebuilt(|parts| parts.restores = Some(restores)), chest)
}

fn upload<'a>(house: &'a House, code: &str, octets: &[u8]) -> Call<'a> {
    let call = house.call("PUT", "/v1/setup/backup").body("application/octet-stream", octets);
    call.with("sec-fetch-site", "same-origin").with("rolo-setup-code", code)
}

fn restore<'a>(house: &'a House, code: &str, passphrase: &str) -> Call<'a> {
    let body = json!({ "code": code, "passphrase": passphrase });
    house.post("/v1/setup/restore", body).with("sec-fetch-site", "same-origin")
}

async fn set_up(house: &House) -> Value {
    as_described("getSetUp", house.get("/v1/setup").await.expect(200)).json()
}

fn as_described(id: &str, reply: Reply) -> Reply {
    let operation = schema::operations().into_iter().find(|operation| operation.id == id).unwrap();
    assert_eq!(schema::differs(&operation, &reply), None);
    reply
}

#[tokio::test]
async fn whoever_reads_the_console_uploads_a_backup_and_restores_it() {
    let (house, chest) = house().await;
    let refused = upload(&house, "0000-0000", b"not read").await;
    assert_eq!(refused.refused(), (422, "rolo-setup-code".into()));
    assert!(chest.kept.lock().unwrap().is_empty(), "nothing of it is kept");
    let long = upload(&house, CODE, b"").with("content-length", (ARCHIVE_BYTES_MAX + 1).to_string()).await;
    assert_eq!(long.refused().0, 413, "refused by what it says of itself");
    as_described("uploadBackup", upload(&house, CODE, b"an archive").await.expect(204));
    assert_eq!(*chest.kept.lock().unwrap(), b"an archive");
    assert_eq!(set_up(&house).await["restore"]["octets"], 10);

    assert_eq!(restore(&house, "0000-0000", PASSPHRASE).await.refused(), (422, "/code".into()));
    assert_eq!(restore(&house, CODE, "another").await.refused(), (422, "/passphrase".into()));
    assert_eq!(set_up(&house).await["restore"]["running"], false);
    as_described("restoreBackup", restore(&house, CODE, PASSPHRASE).await.expect(202));
    chest.says(RestoreState { running: true, what: "contact".to_owned(), done: 3, of: 9, ..RestoreState::default() });
    let told = set_up(&house).await["restore"].clone();
    assert_eq!((&told["what"], &told["done"], &told["of"]), (&json!("contact"), &json!(3), &json!(9)));
}

#[tokio::test]
async fn while_a_backup_is_restored_nothing_else_is_begun() {
    let (house, chest) = house().await;
    chest.says(RestoreState { running: true, ..RestoreState::default() });
    let owner = json!({ "code": CODE, "name": "Eve", "email": "eve@example.org", "password": "correct horse battery" });
    let eve = house.post("/v1/setup", owner).with("sec-fetch-site", "same-origin").await;
    assert_eq!(eve.refused().0, 409);
    assert_eq!(restore(&house, CODE, PASSPHRASE).await.refused().0, 409);
    assert_eq!(upload(&house, CODE, b"another").await.refused().0, 409);
    assert!(!house.services.database.has_accounts().await.unwrap());
    let failed = Some("The disk is full.".to_owned());
    chest.says(RestoreState { failed, ..RestoreState::default() });
    assert_eq!(set_up(&house).await["restore"]["failed"], "The disk is full.");
    restore(&house, CODE, PASSPHRASE).await.expect(202);
}

#[tokio::test]
async fn once_somebody_has_an_account_nothing_is_restored() {
    let (house, chest) = house().await;
    house.person("Ann", Tenant::New("Lee".to_owned()), Role::Owner).await;
    assert_eq!(upload(&house, CODE, b"an archive").await.refused().0, 404);
    assert_eq!(restore(&house, CODE, PASSPHRASE).await.refused().0, 404);
    chest.says(RestoreState { failed: Some("The disk is full.".to_owned()), ..RestoreState::default() });
    assert_eq!(restore(&house, CODE, PASSPHRASE).await.refused().0, 404, "a try that failed opens no door");
    // The accounts of a database that is half filled are those of the backup.
    chest.says(RestoreState { half: true, ..RestoreState::default() });
    assert_eq!(set_up(&house).await["open"], true);
    restore(&house, CODE, PASSPHRASE).await.expect(202);
    let without = House::empty().await;
    assert_eq!(upload(&without, CODE, b"an archive").await.refused().0, 404, "where none can be made there is no way");
}

/// Backups of which something is to be said.
struct Told(BackupState);

#[async_trait]
impl Backups for Told {
    async fn take(&self) -> Result<Timestamp> {
        Ok(Timestamp::UNIX_EPOCH)
    }

    async fn try_out(&self) -> Result<Timestamp> {
        Ok(Timestamp::UNIX_EPOCH)
    }

    async fn state(&self) -> Result<BackupState> {
        Ok(self.0.clone())
    }

    async fn note(&self, _: BackupState) -> Result<()> {
        Ok(())
    }

    fn longest(&self) -> SignedDuration {
        SignedDuration::from_hours(26)
    }
}

#[tokio::test]
async fn admins_are_told_how_the_backups_stand_and_nobody_else() {
    let (house, ann) = House::of_ann().await;
    let none = as_described("getBackups", house.get("/v1/backups").by(&ann).await.expect(200)).json();
    assert_eq!(none, json!({ "scheduled": false, "good": null, "trouble": null }));
    let now = house.services_now();
    let good = BackupState { since: Some(now), good: Some(now), ..BackupState::default() };
    let full = Some("The disk is full.".to_owned());
    let old = Some(now - SignedDuration::from_hours(30));
    let cases = [
        (good.clone(), Value::Null),
        (BackupState { not_taken: full.clone(), ..good.clone() }, json!("not_taken")),
        (BackupState { not_whole: full.clone(), not_taken: full, ..good }, json!("not_whole")),
        (BackupState { since: old, good: old, ..BackupState::default() }, json!("too_old")),
        (BackupState { since: old, ..BackupState::default() }, json!("too_old")),
    ];
    let mut house = house;
    for (state, kind) in cases {
        house = house.rebuilt(|parts| parts.backups = Some(Arc::new(Told(state))));
        let told = as_described("getBackups", house.get("/v1/backups").by(&ann).await.expect(200)).json();
        assert_eq!((&told["scheduled"], &told["trouble"]["kind"]), (&json!(true), &kind));
        assert_eq!(told["trouble"]["why"].as_str().is_some_and(|why| why.ends_with('.')), !kind.is_null());
    }
    let mel = house.person("Mel", Tenant::Of(ann.organisation), Role::Member).await;
    assert_eq!(house.get("/v1/backups").by(&mel).await.refused().0, 403);
    assert_eq!(house.get("/v1/backups").await.refused().0, 401);
}
