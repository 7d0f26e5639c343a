//! A certificate for `localhost`, made for one run: both sides prove themselves with it, and the crowd believes no other.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, version::TLS13},
};

use super::Failure;

/// Files in PEM, and who asks by them.
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    /// Speaks TLS 1.3 with whoever holds the key, with the ciphers in rustls' order.
    pub(crate) connector: TlsConnector,
}

impl Certificate {
    pub(crate) fn make(folder: &Path) -> Result<Self, Failure> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        std::fs::write(&certificate, made.cert.pem())?;
        std::fs::write(&key, made.signing_key.serialize_pem())?;
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone())?;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { certificate, key, connector: TlsConnector::from(Arc::new(config)) })
    }

    /// Puts it into a folder, as `certificate.pem` and `key.pem`.
    pub(crate) fn copy(&self, folder: &Path) -> std::io::Result<()> {
        for file in [&self.certificate, &self.key] {
            std::fs::copy(file, folder.join(file.file_name().unwrap_or_default()))?;
        }
        Ok(())
    }
}
