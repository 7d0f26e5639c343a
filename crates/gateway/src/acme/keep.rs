//! What outlives a restart: the account with the authority, and each certificate with its key. Nobody else may read them.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use instant_acme::AccountCredentials;
use serde::{Deserialize, Serialize};
use tokio_rustls::rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};

use super::validity::Validity;
use crate::tls::{names, provider};

/// The folder of certificates.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

/// The account as it is kept: another authority knows nothing of it.
#[derive(Serialize, Deserialize)]
struct Account {
    directory: String,
    credentials: AccountCredentials,
}

impl Folder {
    /// Opens the folder, or makes it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        Ok(Self { path: path.to_owned() })
    }

    /// The account with the authority of this directory, if there is one.
    pub(super) fn account(&self, directory: &str) -> Option<AccountCredentials> {
        let kept = fs::read(self.path.join("account.json")).ok()?;
        let account: Account = serde_json::from_slice(&kept).ok()?;
        (account.directory == directory).then_some(account.credentials)
    }

    pub(super) fn keep_account(&self, directory: &str, credentials: AccountCredentials) -> io::Result<()> {
        let account = Account { directory: directory.to_owned(), credentials };
        self.write("account.json", &serde_json::to_vec(&account)?)
    }

    /// The account is of no use any more.
    pub(super) fn forget_account(&self) -> io::Result<()> {
        fs::remove_file(self.path.join("account.json"))
    }

    /// A host's certificate and its life, if there is one.
    pub(super) fn certificate(&self, host: &str) -> io::Result<Option<(CertifiedKey, Validity)>> {
        match fs::read(self.path.join(name(host)?)) {
            Ok(pem) => read(&pem, host).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a certificate, once it has been seen to fit its key. Both stand in one file: there is never one without the other.
    pub(super) fn keep_certificate(&self, host: &str, key: &str, chain: &str) -> io::Result<(CertifiedKey, Validity)> {
        let pem = format!("{key}\n{chain}");
        let read = read(pem.as_bytes(), host)?;
        self.write(&name(host)?, pem.as_bytes())?;
        Ok(read)
    }

    /// Writes a file whole or not at all.
    fn write(&self, name: &str, octets: &[u8]) -> io::Result<()> {
        let fresh = self.path.join(format!("{name}.new"));
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(octets)?;
        file.sync_all()?;
        fs::rename(&fresh, self.path.join(name))?;
        fs::File::open(&self.path)?.sync_all()
    }
}

/// The file of a host; a host is no path.
fn name(host: &str) -> io::Result<String> {
    let plain = host.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-.".contains(&octet));
    if host.is_empty() || host.starts_with('.') || !plain {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{host} is no host for a certificate")));
    }
    Ok(format!("{host}.pem"))
}

/// A certificate for this host, with its key.
fn read(pem: &[u8], host: &str) -> io::Result<(CertifiedKey, Validity)> {
    let broken = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| broken(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| broken(error.to_string()))?;
    let validity = chain.first().and_then(|leaf| Validity::of(leaf));
    let validity = validity.ok_or_else(|| broken("there is no certificate with a beginning and an end".to_owned()))?;
    let certificate = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| broken(error.to_string()))?;
    if !names(&certificate, host) {
        return Err(broken(format!("the certificate is not for {host}")));
    }
    Ok((certificate, validity))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_certificate_is_kept_with_its_key_and_read_by_nobody_else() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(&place.path().join("acme")).unwrap();
        assert!(folder.certificate("book.example").unwrap().is_none());
        let made = rcgen::generate_simple_self_signed(vec!["book.example".to_owned()]).unwrap();
        let other = rcgen::KeyPair::generate().unwrap();
        folder.keep_certificate("book.example", &made.signing_key.serialize_pem(), &made.cert.pem()).unwrap();
        // One that does not fit its key leaves what there is.
        folder.keep_certificate("book.example", &other.serialize_pem(), &made.cert.pem()).unwrap_err();
        let (kept, _) = folder.certificate("book.example").unwrap().unwrap();
        assert_eq!(kept.cert[0].as_ref(), made.cert.der().as_ref());
        let file = fs::metadata(place.path().join("acme/book.example.pem")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        // Nor does one for another host.
        let (key, chain) = (made.signing_key.serialize_pem(), made.cert.pem());
        folder.keep_certificate("other.example", &key, &chain).unwrap_err();
        assert!(folder.certificate("other.example").unwrap().is_none());
        for host in ["", "../book", "a/b", ".", "*.example"] {
            assert!(folder.certificate(host).is_err(), "{host}");
        }
    }
}
