//! What the process that holds the data sees: its services with their versions, the clock, the disk, the backups.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::SystemTime};

use jiff::{SignedDuration, Timestamp};
use rolo_core::{Result, contracts::Backups as _};
use rolo_services::database::About;

use super::Finding;
use crate::wire::Machine;

/// Looks at all of it.
pub(super) async fn look(machine: &Machine) -> Vec<Finding> {
    let about = machine.backup.database().about().await;
    let now = machine.services.clock.now();
    let mut findings = vec![database(&about), clock(about.as_ref().ok(), newest(&machine.data), now)];
    findings.push(match room(machine).await {
        Ok(()) => Finding::well("files", format!("answer, with room for {ROOM_MIB} MiB more")),
        Err(error) => Finding::ill("files", error.to_string(), "Look at services.storage with rolo config."),
    });
    findings.push(disk("disk", &machine.data));
    findings.push(cache(machine).await);
    findings.push(match machine.search.cursors().await {
        Ok(_) => Finding::well("search", "full-text index, answers"),
        Err(error) => {
            Finding::ill("search", error.to_string(), "If it stays so, make the index anew with rolo rebuild.")
        }
    });
    findings.extend(backups(machine, now).await);
    findings
}

/// The oldest versions that are known to work.
const OLDEST: [(&str, [u32; 2]); 3] = [("MariaDB", [10, 6]), ("MySQL", [8, 0]), ("PostgreSQL", [14, 0])];

fn database(about: &Result<About>) -> Finding {
    let About { technology, version, .. } = match about {
        Ok(about) => about,
        Err(error) => {
            return Finding::ill(
                "database",
                error.to_string(),
                "Look at services.database with rolo config, and whether it runs.",
            );
        }
    };
    let found = format!("{technology} {version}, answers");
    match OLDEST.iter().find(|(name, oldest)| name == technology && numbers(version) < *oldest) {
        Some((_, [major, minor])) => Finding::note(
            "database",
            found,
            format!("It is older than {major}.{minor}, the oldest Rolo is made for: upgrade it."),
        ),
        None => Finding::well("database", found),
    }
}

/// The first two numbers of a version.
fn numbers(version: &str) -> [u32; 2] {
    let mut numbers = version.split(|sign: char| !sign.is_ascii_digit()).map(|digits| digits.parse().unwrap_or(0));
    [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)]
}

/// From when on two clocks differ too much: sessions and tokens end by the clock, and history is told by it.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(5);

/// Offline nobody can say what time it is; but two clocks can be compared, and a clock must not be behind what was written.
fn clock(about: Option<&About>, newest: Option<Timestamp>, now: Timestamp) -> Finding {
    let cure = "Let systemd-timesyncd or chrony keep the clocks of all machines.";
    if let Some(newest) = newest.filter(|newest| newest.duration_since(now) > CLOCKS_APART) {
        return Finding::ill(
            "clock",
            format!("It is {now} here, but a file of the data was written at {newest}."),
            cure,
        );
    }
    let there = about.and_then(|about| Some((about.technology, about.now?)));
    match there.map(|(technology, there)| (technology, there.duration_since(now))) {
        Some((technology, apart)) if apart.abs() > CLOCKS_APART => Finding::ill(
            "clock",
            format!("The clock of {technology} and that of this machine are {} s apart.", apart.abs().as_secs()),
            cure,
        ),
        Some((technology, _)) => Finding::well("clock", format!("{now}; {technology} says the same")),
        None => Finding::well("clock", format!("{now}; nothing was written later")),
    }
}

/// When a file of the data folder was last written.
fn newest(data: &Path) -> Option<Timestamp> {
    let files = fs::read_dir(data).ok()?.flatten();
    let times = files.filter_map(|file| file.metadata().ok()?.modified().ok());
    times.max().and_then(|time: SystemTime| Timestamp::try_from(time).ok())
}

/// What a day's work may need, and nobody waits for to be written.
const ROOM_MIB: usize = 16;

/// Writes to the files and takes it away again.
async fn room(machine: &Machine) -> Result<()> {
    let key = format!("doctor/{}", machine.services.random.id());
    let pieces = Box::pin(futures_util::stream::iter((0..ROOM_MIB).map(|_| Ok(vec![b' '; 1 << 20]))));
    machine.services.storage.store(&key, pieces, (ROOM_MIB as u64) << 20).await?;
    machine.services.storage.delete(&key).await
}

const MIB: u64 = 1 << 20;

/// How much room is left where this folder lies.
fn disk(name: &str, folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(seen) => left(name, folder, seen.f_bavail * seen.f_frsize / MIB, seen.f_blocks * seen.f_frsize / MIB),
        Err(error) => {
            Finding::ill(name, format!("{} cannot be looked at: {error}", folder.display()), "See whether it is there.")
        }
    }
}

fn left(name: &str, folder: &Path, free: u64, all: u64) -> Finding {
    let found = format!("{free} MiB of {all} MiB are free for {}", folder.display());
    let cure = "Make room: reads go on when the disk is full, but nothing can be saved.";
    if free < 256 || free * 50 < all && free < 4 * 1024 {
        Finding::ill(name, found, cure)
    } else if free < 1024 || free * 10 < all && free < 20 * 1024 {
        Finding::note(name, found, cure)
    } else {
        Finding::well(name, found)
    }
}

async fn cache(machine: &Machine) -> Finding {
    let technology = machine.cache.technology();
    let cure = "Everything works without it, only slower. Look at services.cache with rolo config.";
    if let Err(error) = machine.cache.works().await {
        return Finding::ill("cache", error.to_string(), cure);
    }
    match machine.cache.version().await {
        Ok(None) => Finding::well("cache", format!("{technology}, answers")),
        Ok(Some(version)) => Finding::well("cache", format!("{technology} {version}, answers")),
        Err(error) => Finding::ill("cache", error.to_string(), cure),
    }
}

async fn backups(machine: &Machine, now: Timestamp) -> Vec<Finding> {
    let to = machine.backup.to();
    if to.as_os_str().is_empty() {
        let cure = "Name a folder on another disk in backup.to, or call rolo backup --to yourself.";
        return vec![Finding::note("backups", "None are taken by themselves.", cure)];
    }
    let standing = machine.standing(None);
    let state = match standing.state().await {
        Ok(state) => state,
        Err(error) => return vec![Finding::ill("backups", error.to_string(), "First see to the database.")],
    };
    let mut findings = vec![match (state.alert(now, standing.longest()), state.good) {
        (Some(alert), _) => Finding::ill("backups", alert, "The log says why. Try rolo backup, then rolo verify."),
        (None, Some(good)) => Finding::well("backups", format!("the last good one was taken at {good}")),
        (None, None) => {
            Finding::note("backups", "None was taken yet.", "Wait for backup.schedule, or call rolo backup.")
        }
    }];
    let device = |path: &Path| fs::metadata(path).ok().map(|seen| seen.dev());
    if device(to).is_some() && device(to) == device(&machine.data) {
        findings.push(Finding::note(
            "backups",
            format!("{} lies on the same disk as the data: both are lost together.", to.display()),
            "Name a folder on another disk in backup.to.",
        ));
    } else if to.is_dir() {
        findings.push(disk("backup disk", to));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    #[test]
    fn versions_that_are_too_old_are_named() {
        let of =
            |technology, version: &str| database(&Ok(About { technology, version: version.to_owned(), now: None }));
        assert_eq!(of("MariaDB", "10.11.19-MariaDB-0+deb12u1").state, State::Well);
        assert_eq!(of("MariaDB", "10.5.2-MariaDB").state, State::Note);
        assert_eq!(of("PostgreSQL", "15.18 (Debian)").state, State::Well);
        assert!(of("PostgreSQL", "9.6").cure.contains("14.0"));
        assert_eq!(of("SQLite", "3.54.1").state, State::Well);
        assert_eq!(database(&Err(rolo_core::Error::unavailable("database", "away"))).state, State::Ill);
    }

    #[test]
    fn clocks_are_compared_with_each_other_and_with_what_was_written() {
        let at = |seconds: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        let there = |seconds| About { technology: "MariaDB", version: String::new(), now: Some(at(seconds)) };
        assert_eq!(clock(Some(&there(1_002)), Some(at(999)), at(1_000)).state, State::Well);
        let apart = clock(Some(&there(1_090)), None, at(1_000));
        assert!(apart.state == State::Ill && apart.found.contains("90 s"), "{apart:?}");
        assert_eq!(clock(Some(&there(900)), None, at(1_000)).state, State::Ill);
        let back = clock(None, Some(at(5_000)), at(1_000));
        assert!(back.state == State::Ill && back.found.contains("written at"), "{back:?}");
        assert_eq!(clock(None, Some(at(1_001)), at(1_000)).state, State::Well, "a moment is none");
    }

    #[test]
    fn a_disk_that_is_nearly_full_is_ill_and_one_that_fills_is_noted() {
        let of = |free, all| left("disk", Path::new("/data"), free, all).state;
        assert_eq!([of(100, 1_000), of(1_000, 1_000_000), of(2_000, 1_000_000)], [State::Ill; 3]);
        assert_eq!([of(900, 2_000), of(8_000, 100_000)], [State::Note; 2]);
        assert_eq!([of(30_000, 1_000_000), of(5_000, 10_000)], [State::Well; 2]);
        assert_eq!(disk("disk", Path::new("/nowhere/at/all")).state, State::Ill);
    }
}
