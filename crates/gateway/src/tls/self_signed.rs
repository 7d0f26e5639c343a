//! A certificate of our own making, until a real one is there: better than passwords in the clear.
//!
//! It is kept, so that whoever has accepted it once is not asked again. It is made anew when it does not name what it has to,
//! and well before it expires: some devices refuse certificates that live longer than 398 days.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use tokio_rustls::rustls::sign::CertifiedKey;
use tracing::warn;

use super::{files, names};

/// How long it is good for.
const LIFE: Duration = Duration::from_secs(397 * 24 * 3600);
/// It is made anew at this age.
const RENEWED: Duration = Duration::from_secs(300 * 24 * 3600);

/// Our own certificate and where it is kept.
pub(super) struct Own {
    folder: PathBuf,
    names: Vec<String>,
    current: ArcSwap<CertifiedKey>,
}

impl Own {
    /// The one in the folder if it will do, else a new one.
    pub(super) fn open(folder: &Path, names: &[String]) -> io::Result<Self> {
        let names = if names.is_empty() { vec!["localhost".to_owned()] } else { names.to_vec() };
        let current = match kept(folder, &names) {
            Some(kept) => kept,
            None => make(folder, &names)?,
        };
        Ok(Self { folder: folder.to_owned(), names, current: ArcSwap::from_pointee(current) })
    }

    /// What is shown now.
    pub(super) fn current(&self) -> Arc<CertifiedKey> {
        self.current.load_full()
    }

    /// Makes a new one when this one has grown old.
    pub(super) fn refresh(&self) {
        if young(&certificate_in(&self.folder)) {
            return;
        }
        match make(&self.folder, &self.names) {
            Ok(fresh) => self.current.store(Arc::new(fresh)),
            Err(error) => warn!(error = %error, "the certificate of our own making could not be renewed"),
        }
    }
}

fn certificate_in(folder: &Path) -> PathBuf {
    folder.join("self-signed.pem")
}

fn key_in(folder: &Path) -> PathBuf {
    folder.join("self-signed.key")
}

/// What the folder holds, if it names all it has to, is young and nobody else can read its key.
fn kept(folder: &Path, wanted: &[String]) -> Option<CertifiedKey> {
    let (certificate, key) = (certificate_in(folder), key_in(folder));
    if !young(&certificate) || files::readers(&key).is_some() {
        return None;
    }
    let found = files::read(&certificate, &key).ok()?;
    // A host with a star is none, but what lies beneath it is.
    let named = |name: &String| names(&found, &name.replacen('*', "any", 1));
    wanted.iter().all(named).then_some(found)
}

fn young(certificate: &Path) -> bool {
    let made = fs::metadata(certificate).and_then(|file| file.modified());
    made.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age < RENEWED))
}

fn make(folder: &Path, names: &[String]) -> io::Result<CertifiedKey> {
    let mut params = CertificateParams::new(names.to_vec()).map_err(io::Error::other)?;
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(3600)).into();
    params.not_after = (now + LIFE).into();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Rolo, self-signed");
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;

    fs::create_dir_all(folder)?;
    // The key first: a certificate without its key would be taken for ours at the next start.
    write(&key_in(folder), &key.serialize_pem(), 0o600)?;
    write(&certificate_in(folder), &certificate.pem(), 0o644)?;
    files::read(&certificate_in(folder), &key_in(folder))
}

/// Writes a file whole or not at all, never readable by more than it shall be.
fn write(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let fresh = path.with_added_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
