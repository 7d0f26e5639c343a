//! The keys of repositories that this process has opened. Trying a passphrase costs 128 MiB and a third of a second, on purpose:
//! whoever backs up, verifies and restores for a test, night after night, does not pay it each time. A key opens no more than
//! the passphrase, which lies on the same machine.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rolo_core::Result;
use rustic_core::{FileType, WriteBackend, repofile::MasterKey};
use sha2::{Digest, Sha256};

use super::{fault::Trouble, passphrase::Passphrase};

/// Of how many; the one that was opened first is forgotten first.
const MOST: usize = 8;

static KEYS: Mutex<Vec<(Lock, MasterKey)>> = Mutex::new(Vec::new());

/// A passphrase, and the key files it was tried on: these are named by their content, which was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lock([u8; 32]);

impl Lock {
    pub(super) fn of(backend: &dyn WriteBackend, passphrase: &Passphrase, trouble: &Trouble) -> Result<Self> {
        let mut files = backend.list(FileType::Key).map_err(|said| trouble.or(&said))?;
        files.sort_unstable();
        let mut digest = Sha256::new_with_prefix(Sha256::digest(passphrase.octets()));
        files.iter().for_each(|id| digest.update(id.to_hex().as_bytes()));
        Ok(Self(digest.finalize().into()))
    }

    /// What the passphrase gave when it was tried.
    pub(super) fn key(self) -> Option<MasterKey> {
        keys().iter().find(|(lock, _)| *lock == self).map(|(_, key)| key.clone())
    }

    /// It has opened this.
    pub(super) fn keep(self, key: MasterKey) {
        let mut keys = keys();
        keys.retain(|(lock, _)| *lock != self);
        if keys.len() == MOST {
            keys.remove(0);
        }
        keys.push((self, key));
    }
}

fn keys() -> MutexGuard<'static, Vec<(Lock, MasterKey)>> {
    KEYS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{
        Place,
        repository::{Hold, Repository},
    };

    #[test]
    fn a_passphrase_is_tried_once_for_the_keys_it_has_opened() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("archive"));
        let (right, wrong) = (Passphrase::from("five quiet harbour mornings"), Passphrase::from("six quiet mornings"));
        let made = Repository::to_write(&place, &right).unwrap();
        let (backend, trouble) = (made.backend.clone(), made.trouble.clone());
        drop(made);
        let open = |passphrase: &Passphrase| Repository::open(&place, passphrase, Hold::Shared);
        let of = |passphrase: &Passphrase| Lock::of(backend.as_ref(), passphrase, &trouble).unwrap();
        assert!(of(&right).key().is_some() && of(&wrong).key().is_none());
        assert!(open(&wrong).is_err(), "whoever says something else is not let in by what is known");
        assert!(open(&right).is_ok() && of(&wrong).key().is_none());
        // Another repository has other keys.
        let other = Place::Folder(folder.path().join("other"));
        let before = of(&right);
        let other = Repository::to_write(&other, &right).unwrap();
        assert!(Lock::of(other.backend.as_ref(), &right, &other.trouble).unwrap() != before);
    }
}
