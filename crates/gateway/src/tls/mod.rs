//! Certificates: which one a handshake is shown, exchanged while serving.
//!
//! One's own files come first when they name the host, then what was put in for that host (by ACME), then whatever there is:
//! a visitor who accepts a certificate of another name has seen the browser's warning.

mod files;
mod self_signed;

use std::{
    collections::HashMap,
    fmt, io,
    path::Path,
    sync::{Arc, OnceLock, Weak},
};

use arc_swap::ArcSwap;
pub use tokio_rustls::rustls;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::{CryptoProvider, ring},
        pki_types::ServerName,
        server::{ClientHello, ParsedCertificate, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

use self::files::Pair;

/// The certificates of a gateway. Clones share them.
#[derive(Clone, Default)]
pub struct Certificates {
    shelf: Arc<Shelf>,
}

#[derive(Default)]
struct Shelf {
    pairs: Vec<Pair>,
    /// Made by us, when nothing else fits.
    own: Option<self_signed::Own>,
    put: ArcSwap<HashMap<String, Arc<CertifiedKey>>>,
    acceptor: OnceLock<TlsAcceptor>,
}

impl Certificates {
    /// A certificate (with its chain) and its key, as PEM files. They are read again when they change.
    pub fn files(certificate: &Path, key: &Path) -> io::Result<Self> {
        Self::default().and_files(certificate, key)
    }

    /// One more pair of files, before anybody is served.
    pub fn and_files(self, certificate: &Path, key: &Path) -> io::Result<Self> {
        let pair = Pair::open(certificate, key)?;
        self.with(|shelf| shelf.pairs.push(pair))
    }

    /// A certificate of our own making for these names and addresses, kept in a folder. Nobody vouches for it: browsers warn.
    pub fn self_signed(folder: &Path, names: &[String]) -> io::Result<Self> {
        Self::default().and_self_signed(folder, names)
    }

    /// The same, for hosts that nothing else names yet.
    pub fn and_self_signed(self, folder: &Path, names: &[String]) -> io::Result<Self> {
        let own = self_signed::Own::open(folder, names)?;
        self.with(|shelf| shelf.own = Some(own))
    }

    /// Shows this certificate to visitors of a host from now on.
    pub fn put(&self, host: &str, certificate: CertifiedKey) {
        let certificate = Arc::new(certificate);
        self.shelf.put.rcu(|put| {
            let mut put = HashMap::clone(put);
            put.insert(host.to_ascii_lowercase(), Arc::clone(&certificate));
            put
        });
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.shelf.pairs.is_empty() && self.shelf.own.is_none() && self.shelf.put.load().is_empty()
    }

    /// Takes up files that have changed. Those that are broken leave the old ones serving; the log says why.
    pub fn refresh(&self) {
        self.shelf.pairs.iter().for_each(Pair::refresh);
        if let Some(own) = &self.shelf.own {
            own.refresh();
        }
    }

    /// What a handshake for this name is shown.
    pub fn shown(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        self.shelf.shown(name)
    }

    /// Whoever does the handshakes. One for all plans that share these certificates, so that tickets outlive a reload.
    pub(crate) fn acceptor(&self) -> Option<TlsAcceptor> {
        if let Some(acceptor) = self.shelf.acceptor.get() {
            return Some(acceptor.clone());
        }
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .ok()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Resolver(Arc::downgrade(&self.shelf))));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = ring::Ticketer::new().ok()?;
        Some(self.shelf.acceptor.get_or_init(|| TlsAcceptor::from(Arc::new(config))).clone())
    }

    /// While nobody shares them yet.
    fn with(mut self, change: impl FnOnce(&mut Shelf)) -> io::Result<Self> {
        let shelf = Arc::get_mut(&mut self.shelf);
        change(shelf.ok_or_else(|| io::Error::other("these certificates serve already: open new ones"))?);
        Ok(self)
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Certificates").field("pairs", &self.shelf.pairs.len()).finish_non_exhaustive()
    }
}

impl Shelf {
    fn shown(&self, name: Option<&str>) -> Option<Arc<CertifiedKey>> {
        if let Some(name) = name {
            let name = name.to_ascii_lowercase();
            let named = self.pairs.iter().map(Pair::current).find(|pair| names(pair, &name));
            let named = named.or_else(|| self.put.load().get(&name).cloned());
            let own = || self.own.as_ref().map(self_signed::Own::current).filter(|own| names(own, &name));
            if let Some(found) = named.or_else(own) {
                return Some(found);
            }
        }
        let any = self.pairs.first().map(Pair::current);
        any.or_else(|| self.own.as_ref().map(self_signed::Own::current))
            .or_else(|| self.put.load().values().next().cloned())
    }
}

/// What rustls asks. It holds no certificates itself: the shelf holds the acceptor that holds it.
struct Resolver(Weak<Shelf>);

impl fmt::Debug for Resolver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Resolver")
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.upgrade()?.shown(hello.server_name())
    }
}

/// Whether a certificate names a host.
pub(crate) fn names(certificate: &CertifiedKey, name: &str) -> bool {
    let Ok(name) = ServerName::try_from(name) else { return false };
    certificate
        .cert
        .first()
        .and_then(|leaf| ParsedCertificate::try_from(leaf).ok())
        .is_some_and(|leaf| rustls::client::verify_server_name(&leaf, &name).is_ok())
}

/// The one set of ciphers this program has.
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(ring::default_provider())))
}
