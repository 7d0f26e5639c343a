//! The same folder in the hands of restic itself: nobody needs Rolo to get at what is inside.

use std::{env, fs, path::Path, process::Command};

use serde_json::Value;

use super::world::{Beside, PASSPHRASE};
use crate::database::{
    copy::furnish,
    technology::{Technology, run},
    world::World,
};

/// What it prints; `None` where it is not installed.
fn restic(repository: &Path, args: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new("restic");
    command.args(["--no-cache", "--repo"]).arg(repository).args(args);
    let ran = match command.env("RESTIC_PASSWORD", PASSPHRASE).output() {
        Ok(ran) => ran,
        Err(error) => {
            assert!(env::var("CI").is_err(), "restic must be there in CI: {error}");
            println!("left out: there is no restic");
            return None;
        }
    };
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(ran.stdout)
}

#[test]
fn restic_finds_no_fault_and_reads_every_part() {
    run(Technology::Sqlite, async |world: World| {
        furnish(&world).await;
        let beside = Beside::with_files().await;
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        let folder = beside.path("backups");
        let Some(_) = restic(&folder, &["check", "--read-data"]) else { return };
        let manifest = restic(&folder, &["dump", "latest", "/manifest.json"]).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        let target = beside.path("restored");
        restic(&folder, &["restore", "latest", "--target", target.to_str().unwrap()]).unwrap();
        let mut parts = 0;
        for table in manifest["tables"].as_array().unwrap() {
            for (number, part) in table["parts"].as_array().unwrap().iter().enumerate() {
                let path = format!("data/{}/{number:06}.cbor", table["name"].as_str().unwrap());
                assert_eq!(fs::metadata(target.join(&path)).unwrap().len(), part["octets"].as_u64().unwrap(), "{path}");
                parts += 1;
            }
        }
        assert!(parts > 20, "{parts} parts");
        for (key, octets) in beside.files().await {
            assert!(fs::read(target.join("files").join(&key)).unwrap() == octets, "{key} is another");
        }

        // And one file is such a folder, packed.
        let file = rolo_services::backup::Place::of(beside.path("book.rolo"));
        beside.taken(&world.db, &file).await.unwrap();
        let unpacked = beside.path("unpacked");
        tar::Archive::new(fs::File::open(beside.path("book.rolo")).unwrap()).unpack(&unpacked).unwrap();
        restic(&unpacked, &["check", "--read-data"]).unwrap();
    });
}
