//! A certificate and its key in files that somebody else renews.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use tokio_rustls::rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use tracing::{info, warn};

/// A pair of files and what they held when they were sound.
pub(super) struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    current: ArcSwap<CertifiedKey>,
    /// How the files were when they were last looked at, sound or not.
    seen: Mutex<Stamp>,
}

/// What changes when a file does: its number, its size and its times, of both files.
type Stamp = [Option<(u64, u64, i64, i64, i64, i64)>; 2];

impl Pair {
    /// Reads a pair for the first time.
    pub(super) fn open(certificate: &Path, key: &Path) -> io::Result<Self> {
        let seen = Mutex::new(stamp(certificate, key));
        let current = read(certificate, key)?;
        warn_of_readers(key);
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            current: ArcSwap::from_pointee(current),
            seen,
        })
    }

    /// What is shown now.
    pub(super) fn current(&self) -> Arc<CertifiedKey> {
        self.current.load_full()
    }

    /// Reads the files again if they have changed since they were last looked at.
    pub(super) fn refresh(&self) {
        let now = stamp(&self.certificate, &self.key);
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == now {
                return;
            }
            *seen = now;
        }
        match read(&self.certificate, &self.key) {
            Ok(fresh) => {
                self.current.store(Arc::new(fresh));
                warn_of_readers(&self.key);
                info!(file = %self.certificate.display(), "the changed certificate is shown from now on");
            }
            Err(error) => warn!(error = %error, "the old certificate is still shown: the changed one cannot be"),
        }
    }
}

/// A certificate with its chain, and the key that belongs to it.
pub(super) fn read(certificate: &Path, key: &Path) -> io::Result<CertifiedKey> {
    let failed = |path: &Path, why: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| failed(certificate, &error))?;
    if chain.is_empty() {
        return Err(failed(certificate, &"holds no certificate"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| failed(key, &error))?;
    CertifiedKey::from_der(chain, secret, &super::provider())
        .map_err(|error| failed(key, &format!("does not fit {}: {error}", certificate.display())))
}

fn stamp(certificate: &Path, key: &Path) -> Stamp {
    [certificate, key].map(|path| {
        let file = fs::metadata(path).ok()?;
        Some((file.ino(), file.len(), file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()))
    })
}

/// A key that others on this machine can read is no secret.
fn warn_of_readers(key: &Path) {
    if let Some(mode) = readers(key) {
        warn!(file = %key.display(), mode = %format!("{mode:03o}"), "others on this machine can read this key: chmod 600");
    }
}

/// The mode of a file that is open to more than its owner.
pub(super) fn readers(key: &Path) -> Option<u32> {
    let mode = fs::metadata(key).ok()?.mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_that_others_can_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        fs::write(&key, "").unwrap();
        for (mode, noticed) in [(0o600, None), (0o400, None), (0o640, Some(0o640)), (0o644, Some(0o644))] {
            fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(readers(&key), noticed, "{mode:o}");
        }
    }
}
