//! Promise 4.1: TLS 1.2 and 1.3, own files that are renewed while serving, certificates of our own making.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rolo_gateway::{Certificates, Patience, Plan};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::rustls::{
    ProtocolVersion,
    pki_types::{CertificateDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};

use crate::harness::{Running, client, client_of, fetch_tls, get, http1, plan, self_signed, shown, tls, whole};

/// Certificate and key for a name, as a file each.
struct Pair {
    folder: tempfile::TempDir,
}

impl Pair {
    fn new(name: &str) -> Self {
        let pair = Self { folder: tempfile::tempdir().unwrap() };
        pair.write(name);
        pair
    }

    /// Writes another certificate for the name, as those do who renew it, and tells which.
    fn write(&self, name: &str) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([name.to_owned()]).unwrap();
        replace(&self.certificate(), &cert.pem());
        replace(&self.key(), &signing_key.serialize_pem());
        cert.der().clone()
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("fullchain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("privkey.pem")
    }

    fn open(&self) -> Certificates {
        Certificates::files(&self.certificate(), &self.key()).unwrap()
    }
}

fn replace(path: &Path, text: &str) {
    let fresh = path.with_extension("new");
    fs::write(&fresh, text).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(fresh, path).unwrap();
}

fn secret(certificates: &Certificates) -> Plan {
    Plan { certificates: certificates.clone(), hosts: rolo_gateway::Hosts::Any, ..plan(&["https://127.0.0.1:0"]) }
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken() {
    let (certificates, _folder) = self_signed(&["localhost"]);
    let running = Running::start(secret(&certificates)).await;
    let at = running.at(0).await;
    for (version, is) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let stream = tls(at, "localhost", &client_of(&["http/1.1"], &[version])).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(is));
        let (mut ask, _connection) = http1(stream).await;
        assert_eq!(whole(ask.send_request(get("/v1", "localhost", &[])).await.unwrap()).await.status, 200);
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_is_not() {
    let pair = Pair::new("example.com");
    let certificates = pair.open();
    let running = Running::start(secret(&certificates)).await;
    let at = running.at(0).await;
    let now = async || shown(&tls(at, "example.com", &client(&["http/1.1"])).await.unwrap());
    let first = now().await;

    // A connection from before goes on.
    let (mut ask, _connection) = http1(tls(at, "example.com", &client(&["http/1.1"])).await.unwrap()).await;
    let second = pair.write("example.com");
    while now().await != second {
        tokio::task::yield_now().await;
    }
    assert_ne!(first, second);
    assert_eq!(whole(ask.send_request(get("/v1", "example.com", &[])).await.unwrap()).await.status, 200);

    for broken in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        replace(&pair.certificate(), broken);
        certificates.refresh();
        assert_eq!(now().await, second, "{broken}");
    }
    // The certificate of one renewal with the key of another.
    let CertifiedKey { cert, .. } = generate_simple_self_signed(["example.com".to_owned()]).unwrap();
    replace(&pair.certificate(), &cert.pem());
    certificates.refresh();
    assert_eq!(now().await, second);
    fs::remove_file(pair.certificate()).unwrap();
    certificates.refresh();
    assert_eq!(now().await, second);

    let third = pair.write("example.com");
    certificates.refresh();
    assert_eq!(now().await, third);
}

#[tokio::test]
async fn files_that_do_not_fit_are_refused_at_the_start_by_name() {
    let (one, other) = (Pair::new("example.com"), Pair::new("example.com"));
    let differ = Certificates::files(&one.certificate(), &other.key()).unwrap_err().to_string();
    assert!(differ.contains("does not fit") && differ.contains("fullchain.pem"), "{differ}");
    fs::remove_file(one.key()).unwrap();
    let missing = Certificates::files(&one.certificate(), &one.key()).unwrap_err().to_string();
    assert!(missing.contains("privkey.pem"), "{missing}");
}

#[tokio::test]
async fn each_name_is_shown_its_certificate() {
    let (a, b) = (Pair::new("a.example.com"), Pair::new("b.example.com"));
    let own = tempfile::tempdir().unwrap();
    let certificates = a.open().and_files(&b.certificate(), &b.key()).unwrap();
    let certificates = certificates.and_self_signed(own.path(), &["localhost".to_owned()]).unwrap();
    let running = Running::start(secret(&certificates)).await;
    let at = running.at(0).await;
    let of = async |name: &str| shown(&tls(at, name, &client(&["http/1.1"])).await.unwrap());
    let read = |pair: &Pair| CertificateDer::from_pem_file(pair.certificate()).unwrap();
    assert_eq!(of("a.example.com").await, read(&a));
    assert_eq!(of("B.example.com").await, read(&b));
    assert_eq!(of("localhost").await, CertificateDer::from_pem_file(own.path().join("self-signed.pem")).unwrap());
    assert_eq!(of("other.example").await, read(&a), "the first will do: the browser says what is wrong");
    assert_eq!(of("127.0.0.1").await, read(&a), "who comes by address names nobody");

    let put = Pair::new("new.example.com");
    let fresh = put.open().shown(None).unwrap();
    certificates.put("New.Example.com", rolo_gateway::tls::rustls::sign::CertifiedKey::clone(&fresh));
    assert_eq!(of("new.example.com").await, read(&put), "what is put in is shown from then on");
    assert_eq!(fetch_tls(at, "new.example.com", "/v1", "new.example.com").await.status, 200);
}

#[tokio::test]
async fn a_certificate_of_our_own_is_kept_and_nobody_else_reads_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("tls");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let made = |wanted: &[&str]| {
        let made = Certificates::self_signed(&folder, &names(wanted)).unwrap();
        made.shown(None).unwrap().cert[0].clone().into_owned()
    };
    let first = made(&["rolo.example", "192.0.2.7", "::1"]);
    let key = folder.join("self-signed.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(made(&["rolo.example"]), first, "it names that already");
    let second = made(&["rolo.example", "*.other.example"]);
    assert_ne!(second, first);
    assert_eq!(made(&["*.other.example"]), second);

    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_ne!(made(&["rolo.example"]), second, "a key that others could read is not used again");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(&key, "rubbish").unwrap();
    made(&["rolo.example"]);
}

#[tokio::test]
async fn who_does_not_go_on_is_given_up() {
    let short = Duration::from_millis(200);
    let patience = Patience { headers: short, handshake: short, ..Patience::default() };
    let (certificates, _folder) = self_signed(&["localhost"]);
    let plan = Plan { certificates, patience, ..plan(&["https://127.0.0.1:0", "127.0.0.1:0"]) };
    let running = Running::start(plan).await;
    let hello: &[u8] = &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01];
    for (nth, said) in [(0, &b""[..]), (0, hello), (1, b""), (1, b"GET / HT"), (1, b"PRI * HTTP/2.0\r\n")] {
        let mut stream = TcpStream::connect(running.at(nth).await).await.unwrap();
        stream.write_all(said).await.unwrap();
        // Until it is closed from the other end: it would wait for ever else.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    while running.gateway.figures().connections > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rubbish_instead_of_a_handshake_ends_that_connection_alone() {
    let (certificates, _folder) = self_signed(&["localhost"]);
    let running = Running::start(secret(&certificates)).await;
    let at = running.at(0).await;
    let back = crate::harness::raw(at, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(!back.contains("HTTP/1.1 2"), "{back}");
    assert_eq!(fetch_tls(at, "localhost", "/v1", "localhost").await.status, 200);
}
