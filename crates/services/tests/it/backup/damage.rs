//! What is no whole archive of Rolo is refused, with the reason, before anything is touched.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fastrand::Rng;
use rolo_core::Error;
use rolo_services::backup::{Archive, Place, try_out};

use super::world::{Beside, looked_at, passphrase, quiet};
use crate::database::{
    copy::furnish,
    technology::{Technology, run},
    world::World,
};

/// Half on the folder, half on the file.
const DAMAGES: usize = 200;

#[test]
fn two_hundred_damages_are_refused_and_an_undamaged_one_is_not() {
    run(Technology::Sqlite, async |world: World| {
        furnish(&world).await;
        let beside = Beside::with_files().await;
        let (folder, file) = (beside.backups(), Place::of(beside.path("book.rolo")));
        beside.taken(&world.db, &folder).await.unwrap();
        beside.taken(&world.db, &file).await.unwrap();
        looked_at(&folder).await.unwrap();
        looked_at(&file).await.unwrap();
        let mut dice = Rng::with_seed(11);
        for number in 0..DAMAGES / 2 {
            let copy = beside.path(&format!("copy-{number}"));
            copy_all(&beside.path("backups"), &copy);
            let done = damage_folder(&copy, &mut dice);
            refused(&Place::of(&copy), &done).await;
            fs::remove_dir_all(copy).unwrap();

            let copy = beside.path(&format!("copy-{number}.rolo"));
            fs::copy(beside.path("book.rolo"), &copy).unwrap();
            let done = damage_file(&copy, &mut dice);
            refused(&Place::of(&copy), &done).await;
            fs::remove_file(copy).unwrap();
        }
        // The control: what was not damaged is still whole, and restored.
        try_out(&folder, &passphrase(), beside.folder.path(), &quiet).await.unwrap();
        try_out(&file, &passphrase(), beside.folder.path(), &quiet).await.unwrap();
    });
}

async fn refused(place: &Place, done: &str) {
    match looked_at(place).await {
        Ok(_) => panic!("taken, though {done}"),
        Err(Error::Invalid { why, .. }) => assert!(why.ends_with('.') && !why.contains("rustic"), "{done}: {why}"),
        Err(other) => panic!("{done}: {other:?}"),
    }
}

/// One of: a bit turned, the end cut off, a part missing.
fn damage_folder(folder: &Path, dice: &mut Rng) -> String {
    let mut files = Vec::new();
    all_files(folder, &mut files);
    files.retain(|file| !file.ends_with("rolo.lock"));
    files.sort();
    let file = files[dice.usize(..files.len())].clone();
    let name = file.strip_prefix(folder).unwrap().display().to_string();
    if dice.u8(..4) == 0 {
        fs::remove_file(&file).unwrap();
        return format!("{name} is missing");
    }
    format!("{name}: {}", damage_file(&file, dice))
}

fn damage_file(file: &Path, dice: &mut Rng) -> String {
    let mut octets = fs::read(file).unwrap();
    let at = dice.usize(..octets.len());
    let done = if dice.u8(..3) == 0 {
        octets.truncate(at);
        format!("it ends at {at}")
    } else {
        let bit = dice.u8(..8);
        octets[at] ^= 1 << bit;
        format!("bit {bit} of octet {at} is turned")
    };
    fs::write(file, octets).unwrap();
    done
}

fn all_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all_files(&path, found) } else { found.push(path) }
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn a_wrong_passphrase_and_what_is_no_archive_are_told_apart() {
    run(Technology::Sqlite, async |world: World| {
        let beside = Beside::empty();
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        let told = async |place: Place, passphrase: &str| {
            let error = Archive::open(&place, &passphrase.into(), None).await.map(drop).unwrap_err();
            error.to_string()
        };
        let right = super::world::PASSPHRASE;
        assert!(told(beside.backups(), "another passphrase").await.contains("passphrase does not open"));
        assert!(told(Place::of(beside.path("nowhere")), right).await.contains("There is no"));
        assert!(told(Place::of(beside.path("files")), right).await.contains("no archive of Rolo"));
        let mut tar = tar::Builder::new(Vec::new());
        tar.append_dir_all("files", beside.path("files")).unwrap();
        for (name, octets) in [
            ("zip.rolo", b"PK\x03\x04 and more".repeat(90)),
            ("tar.rolo", tar.into_inner().unwrap()),
            ("empty.rolo", vec![]),
        ] {
            fs::write(beside.path(name), octets).unwrap();
            let why = told(Place::of(beside.path(name)), right).await;
            assert!(why.contains("no archive of Rolo") || why.contains("damaged"), "{name}: {why}");
        }
        // A folder of restic's in which somebody else keeps things.
        fs::remove_dir_all(beside.path("backups/snapshots")).unwrap();
        assert!(told(beside.backups(), right).await.contains("no backup of Rolo"));
    });
}
