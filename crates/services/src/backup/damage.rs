//! What is looked at before anything is believed: each file of a repository is named by the digest of what it holds.

use rolo_core::Result;
use rustic_core::{FileType, Id, RusticError, WriteBackend, repofile::KeyFile};
use sha2::{Digest, Sha256};

use super::{
    fault::{Trouble, damaged, foreign},
    manifest::hex,
};

/// Packs up to this are looked through before the passphrase is tried: that costs less than trying it.
const QUICK_OCTETS: u64 = 64 << 20;
/// A key's file has some 500 octets.
const KEY_OCTETS_MAX: u32 = 64 * 1024;
/// Keys of a repository.
const KEYS_MAX: usize = 32;
/// What trying a passphrase may cost in memory: eight times what Rolo and restic ask for.
const SCRYPT_OCTETS_MAX: u64 = 1 << 30;
/// Octets read at once.
const PIECE: u32 = 4 << 20;

/// Looks at what is cheap: keys, snapshots and index always, the packs when they are few. True: that was everything.
pub(super) fn first_look(backend: &dyn WriteBackend, trouble: &Trouble) -> Result<bool> {
    let keys = listed(backend, FileType::Key, trouble)?;
    if keys.is_empty() {
        return Err(damaged("its key is missing"));
    }
    if keys.len() > KEYS_MAX || keys.iter().any(|(_, length)| *length > KEY_OCTETS_MAX) {
        return Err(foreign("its keys are none of ours"));
    }
    for (id, length) in keys {
        named(backend, FileType::Key, &id, length, trouble)?;
        key(backend, &id, trouble)?;
    }
    for kind in [FileType::Snapshot, FileType::Index] {
        for (id, length) in listed(backend, kind, trouble)? {
            named(backend, kind, &id, length, trouble)?;
        }
    }
    let packs = listed(backend, FileType::Pack, trouble)?;
    let quick = packs.iter().map(|(_, length)| u64::from(*length)).sum::<u64>() <= QUICK_OCTETS;
    if quick {
        all_packs(backend, trouble, |_, _| ())?;
    }
    Ok(quick)
}

/// Looks through all packs; tells how many octets are done, of how many.
pub(super) fn all_packs(backend: &dyn WriteBackend, trouble: &Trouble, mut tell: impl FnMut(u64, u64)) -> Result<()> {
    let packs = listed(backend, FileType::Pack, trouble)?;
    let all = packs.iter().map(|(_, length)| u64::from(*length)).sum();
    let mut done = 0;
    for (id, length) in packs {
        named(backend, FileType::Pack, &id, length, trouble)?;
        done += u64::from(length);
        tell(done, all);
    }
    Ok(())
}

fn listed(backend: &dyn WriteBackend, kind: FileType, trouble: &Trouble) -> Result<Vec<(Id, u32)>> {
    backend.list_with_size(kind).map_err(|said| trouble.or(&said))
}

/// A key says what trying a passphrase costs; nobody pays any price.
fn key(backend: &dyn WriteBackend, id: &Id, trouble: &Trouble) -> Result<()> {
    let octets = backend.read_full(FileType::Key, id).map_err(|said| trouble.or(&said))?;
    let key: KeyFile = serde_json::from_slice(&octets).map_err(|_| damaged("its key cannot be read"))?;
    let cost = [key.r, key.p, 128].iter().fold(u64::from(key.n), |cost, times| cost.saturating_mul((*times).into()));
    if key.kdf != "scrypt" || key.n < 2 || !key.n.is_power_of_two() || cost == 0 || cost > SCRYPT_OCTETS_MAX {
        return Err(foreign("its key asks for more than any of ours"));
    }
    Ok(())
}

/// Refuses a file that does not hold what its name says.
fn named(backend: &dyn WriteBackend, kind: FileType, id: &Id, length: u32, trouble: &Trouble) -> Result<()> {
    let broken = |said: Box<RusticError>| trouble.or(&said);
    let mut digest = Sha256::new();
    let mut at = 0;
    while at < length {
        let piece = PIECE.min(length - at);
        digest.update(backend.read_partial(kind, id, false, at, piece).map_err(broken)?);
        at += piece;
    }
    if hex(&digest.finalize()) != id.to_hex().as_str() {
        return Err(damaged(format!("{}/{id}… does not hold what it held when it was written", kind.dirname())));
    }
    Ok(())
}
