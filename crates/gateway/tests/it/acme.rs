//! Certificates from a real authority on this machine: issued and renewed while visitors come and go, and when it is away.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, KeyPair};
use rolo_gateway::{Acme, AcmePlan, Certificates, Plan, acme::Challenges, tls::provider};
use tokio::task::JoinSet;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    pki_types::{CertificateDer, pem::PemObject as _},
    sign::CertifiedKey,
};

use crate::harness::{Running, client, fetch, fetch_tls, known, plan, shown, tls};

const HOST: &str = "book.example";
const DAY: Duration = Duration::from_secs(24 * 3600);
/// What the authority's certificates live for.
const LIFE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The authority (Debian's `pebble`), and a name server that says every host is here.
struct Authority {
    programs: Vec<Child>,
    directory: String,
    managed: SocketAddr,
    root: CertificateDer<'static>,
}

impl Authority {
    /// `None` where it is not installed; in CI it is. It looks for hosts at `port`.
    async fn start(folder: &Path, port: u16) -> Option<Self> {
        let there = |name: &str| Path::new("/usr/bin").join(name).is_file();
        if !there("pebble") || !there("pebble-challtestsrv") {
            assert!(std::env::var_os("CI").is_none(), "pebble is not installed: apt-get install pebble");
            return None;
        }
        let [at, managed, names, told] = [(); 4].map(|()| free());
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.join("pebble.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.join("pebble.key"), key.serialize_pem()).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": at.to_string(), "managementListenAddress": managed.to_string(),
            "certificate": folder.join("pebble.pem"), "privateKey": folder.join("pebble.key"),
            "httpPort": port, "tlsPort": free().port(), "certificateValidityPeriod": LIFE.as_secs(),
        }});
        std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();

        let quiet = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Command::new("pebble-challtestsrv");
        server.args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""]);
        server.args(["-dns01", &names.to_string(), "-management", &told.to_string()]);
        let mut pebble = Command::new("pebble");
        pebble.arg("-config").arg(folder.join("pebble.json")).args(["-dnsserver", &names.to_string()]);
        // It looks at once, and each time: what it saw before counts for nothing. A nonce in a hundred is refused for nothing:
        // of the five it refuses by itself, three in a row would fail an order too often.
        pebble.envs([("PEBBLE_VA_NOSLEEP", "1"), ("PEBBLE_AUTHZREUSE", "0"), ("PEBBLE_WFE_NONCEREJECT", "1")]);
        let programs = vec![quiet(&mut server), quiet(&mut pebble)];
        let root = certificate.der().clone();
        let authority = Self { programs, directory: format!("https://{at}/dir"), managed, root };
        for address in [at, managed, told] {
            listens(address).await;
        }
        Some(authority)
    }
}

impl Authority {
    /// A visitor who believes what it signs and nothing else, and shakes hands in full each time.
    async fn believer(&self) -> Arc<ClientConfig> {
        let pem = fetch_tls(self.managed, "127.0.0.1", "/roots/0", "127.0.0.1").await.text;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.resumption = Resumption::disabled();
        Arc::new(config)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// An address that nobody listens at.
fn free() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

async fn listens(address: SocketAddr) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let there = async {
        while tokio::net::TcpStream::connect(address).await.is_err() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), there).await.unwrap();
}

/// A gateway with a certificate of its own making, an authority it asks, and a clock that can be set.
struct World {
    folder: tempfile::TempDir,
    authority: Authority,
    certificates: Certificates,
    acme: Acme,
    /// Seconds by which the clock is ahead.
    ahead: Arc<AtomicU64>,
    running: Running,
}

impl World {
    async fn make() -> Option<Self> {
        Self::make_and(Acme::challenges).await
    }

    /// With these answers to the authority.
    async fn make_and(challenges: impl Fn(&Acme) -> Challenges) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = free().port();
        let authority = Authority::start(folder.path(), port).await?;
        let certificates = Certificates::self_signed(folder.path(), &[HOST.to_owned()]).unwrap();
        let ahead = Arc::new(AtomicU64::new(0));
        let acme = open(&authority, folder.path(), &certificates, &ahead);
        let plan = Plan {
            certificates: certificates.clone(),
            challenges: challenges(&acme),
            hosts: known(&[HOST]),
            redirect_to_https: Some(443),
            ..plan(&[&format!("127.0.0.1:{port}"), "https://127.0.0.1:0"])
        };
        let running = Running::start(plan).await;
        Some(Self { folder, authority, certificates, acme, ahead, running })
    }

    fn pass(&self, time: Duration) {
        self.ahead.fetch_add(time.as_secs(), SeqCst);
    }

    /// The certificate visitors are shown.
    async fn shown(&self) -> CertificateDer<'static> {
        shown(&tls(self.running.at(1).await, HOST, &client(&["http/1.1"])).await.unwrap())
    }
}

fn open(authority: &Authority, folder: &Path, certificates: &Certificates, ahead: &Arc<AtomicU64>) -> Acme {
    let ahead = Arc::clone(ahead);
    let plan = AcmePlan {
        directory: authority.directory.clone(),
        contacts: vec!["mailto:anna@book.example".to_owned()],
        agreed: true,
        hosts: vec![HOST.to_owned()],
        folder: folder.join("acme"),
        authorities: vec![authority.root.clone()],
        clock: Arc::new(move || SystemTime::now() + Duration::from_secs(ahead.load(SeqCst))),
    };
    Acme::open(plan, certificates.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_issued_and_renewed_while_visitors_come_and_none_is_turned_away() {
    let Some(world) = World::make().await else { return };
    let own = world.shown().await;
    assert!(world.acme.standing()[0].ending, "there is none yet");

    let (stop, failed, done) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let at = world.running.at(1).await;
    let visitors: Vec<_> = (0..4)
        .map(|_| {
            let (stop, failed, done) = (Arc::clone(&stop), Arc::clone(&failed), Arc::clone(&done));
            tokio::spawn(async move {
                // Each with a configuration of its own, so that every handshake is a whole one.
                while !stop.load(SeqCst) {
                    let came = tls(at, HOST, &client(&["h2"])).await;
                    failed.fetch_add(usize::from(came.is_err()), SeqCst);
                    done.fetch_add(1, SeqCst);
                }
            })
        })
        .collect();

    let mut seen = vec![own];
    for round in 0..2 {
        world.acme.look().await;
        let standing = &world.acme.standing()[0];
        assert_eq!((standing.ending, &standing.trouble), (false, &None), "round {round}");
        let now = world.shown().await;
        assert!(!seen.contains(&now), "a new one");
        seen.push(now);
        if round == 0 {
            // Nothing is due before its time.
            world.acme.look().await;
            assert_eq!(Some(&world.shown().await), seen.last());
            // The authority's own clock stays: what it signs now is renewed again at the next look.
            world.pass(LIFE * 2 / 3 + DAY);
        }
    }
    // Due again by this clock, and yet not asked for before a day has passed.
    world.acme.look().await;
    assert_eq!(Some(&world.shown().await), seen.last());
    stop.store(true, SeqCst);
    for visitor in visitors {
        visitor.await.unwrap();
    }
    assert_eq!(failed.load(SeqCst), 0, "of {} handshakes", done.load(SeqCst));
    assert!(done.load(SeqCst) > 10, "{} handshakes", done.load(SeqCst));
    for file in ["account.json", "book.example.pem"] {
        let mode = std::fs::metadata(world.folder.path().join("acme").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(fetch_tls(at, HOST, "/v1/x", HOST).await.status, 200);
}

#[tokio::test]
async fn while_the_authority_is_away_the_old_certificate_serves_and_somebody_is_told_in_time() {
    let Some(mut world) = World::make().await else { return };
    world.acme.look().await;
    let old = world.shown().await;
    world.authority.programs.iter_mut().for_each(|program| program.kill().unwrap());

    world.pass(LIFE * 2 / 3 + DAY);
    let mut tries = 0;
    let mut told = None;
    for day in 1..=20 {
        // What it would rest for is over.
        let rest = world.acme.look().await;
        assert!(rest <= DAY);
        tries += 1;
        let standing = &world.acme.standing()[0];
        assert!(standing.trouble.is_some(), "day {day}");
        if standing.ending && told.is_none() {
            told = Some(day);
        }
        assert_eq!(world.shown().await, old);
        world.pass(DAY);
    }
    assert!(tries == 20 && told.is_some_and(|day| day > 10), "told on day {told:?}");
    assert_eq!(fetch_tls(world.running.at(1).await, HOST, "/v1/x", HOST).await.status, 200);

    // A restart meanwhile takes up what is kept, and asks nobody.
    let again = Certificates::self_signed(world.folder.path(), &[HOST.to_owned()]).unwrap();
    let acme = open(&world.authority, world.folder.path(), &again, &world.ahead);
    assert_eq!(again.shown(Some(HOST)).unwrap().cert[0], old);
    assert!(acme.standing()[0].ending);
    assert_eq!(world.certificates.shown(Some(HOST)).unwrap().cert[0], old);
}

/// Visitors who believe the authority alone, and come all the time.
struct Strict {
    over: Arc<AtomicBool>,
    came: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
    each: JoinSet<()>,
}

impl Strict {
    async fn come(world: &World) -> Self {
        let (over, came, failed) = (Arc::new(AtomicBool::new(false)), Arc::default(), Arc::default());
        let mut strict = Self { over, came, failed, each: JoinSet::new() };
        let (at, believer) = (world.running.at(1).await, world.authority.believer().await);
        for _ in 0..4 {
            let believer = Arc::clone(&believer);
            let (over, came, failed) = (Arc::clone(&strict.over), Arc::clone(&strict.came), Arc::clone(&strict.failed));
            strict.each.spawn(async move {
                while !over.load(SeqCst) {
                    let shaken = tls(at, HOST, &believer).await;
                    failed.fetch_add(usize::from(shaken.is_err()), SeqCst);
                    came.fetch_add(1, SeqCst);
                }
            });
        }
        strict
    }

    /// Until so many more have come.
    async fn more(&self, count: usize) {
        let before = self.came.load(SeqCst);
        while self.came.load(SeqCst) < before + count {
            tokio::task::yield_now().await;
        }
    }

    /// How many were turned away.
    async fn go(self) -> usize {
        self.over.store(true, SeqCst);
        self.each.join_all().await;
        self.failed.load(SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visitors_who_check_every_certificate_are_never_turned_away_by_renewals() {
    let Some(world) = World::make().await else { return };
    world.acme.look().await;
    let strict = Strict::come(&world).await;
    let mut seen = vec![world.shown().await];
    world.pass(LIFE * 2 / 3 + DAY);
    for _ in 0..5 {
        world.acme.look().await;
        strict.more(8).await;
        let now = world.shown().await;
        assert!(!seen.contains(&now), "{:?}", world.acme.standing());
        seen.push(now);
        world.pass(DAY * 2);
    }
    assert_eq!(strict.go().await, 0);
}

/// The control: a certificate that is wrong for a moment is noticed by those very visitors.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moment_with_a_wrong_certificate_is_noticed() {
    let Some(world) = World::make().await else { return };
    let wrong = world.certificates.shown(Some(HOST)).unwrap();
    world.acme.look().await;
    let right = world.certificates.shown(Some(HOST)).unwrap();
    let strict = Strict::come(&world).await;
    strict.more(8).await;
    world.certificates.put(HOST, CertifiedKey::clone(&wrong));
    strict.more(8).await;
    world.certificates.put(HOST, CertifiedKey::clone(&right));
    assert_ne!(strict.go().await, 0);
}

#[tokio::test]
async fn an_authority_that_has_forgotten_us_is_met_anew() {
    let Some(world) = World::make().await else { return };
    world.acme.look().await;
    let first = world.shown().await;
    let account = world.folder.path().join("acme/account.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&account).unwrap()).unwrap();
    let known = kept["credentials"]["id"].as_str().unwrap().to_owned();
    kept["credentials"]["id"] = format!("{known}0").into();
    std::fs::write(&account, kept.to_string()).unwrap();

    world.pass(LIFE * 2 / 3 + DAY);
    world.acme.look().await;
    assert_eq!(world.acme.standing()[0].trouble, None);
    assert_ne!(world.shown().await, first);
    let now: serde_json::Value = serde_json::from_slice(&std::fs::read(&account).unwrap()).unwrap();
    assert_ne!(now["credentials"]["id"], kept["credentials"]["id"]);
}

#[tokio::test]
async fn the_place_of_tokens_is_no_sites_where_an_authority_is_asked() {
    let Some(world) = World::make().await else { return };
    let at = world.running.at(0).await;
    for token in ["x", "", "x/y"] {
        for host in [HOST, "unknown.example"] {
            let path = format!("/.well-known/acme-challenge/{token}");
            assert_eq!(fetch(at, &path, host, &[]).await.status, 404, "{host} {token}");
        }
    }
}

/// The control: the authority really comes and looks.
#[tokio::test]
async fn a_host_that_does_not_answer_the_authority_gets_no_certificate() {
    let Some(world) = World::make_and(|_| Challenges::default()).await else { return };
    let own = world.shown().await;
    let rest = world.acme.look().await;
    let standing = &world.acme.standing()[0];
    assert!(standing.ending && standing.until.is_none());
    assert!(standing.trouble.as_ref().is_some_and(|why| why.contains("the host is ours: ")), "{standing:?}");
    assert!(standing.trouble.as_ref().is_some_and(|why| why.contains("404")), "what it found: {standing:?}");
    assert_eq!(world.shown().await, own);
    // It is not asked again and again.
    assert!(rest >= Duration::from_secs(40));
    let before = world.acme.standing();
    assert!(world.acme.look().await <= rest);
    assert_eq!(world.acme.standing(), before);
}

#[tokio::test]
async fn only_what_the_authority_was_promised_is_answered() {
    let running = Running::start(Plan {
        challenges: Challenges::default(),
        redirect_to_https: Some(443),
        ..plan(&["127.0.0.1:0"])
    })
    .await;
    for token in ["x", "", "../v1", "%2e%2e/v1"] {
        let answer =
            fetch(running.at(0).await, &format!("/.well-known/acme-challenge/{token}"), "127.0.0.1", &[]).await;
        assert!([400, 404].contains(&answer.status), "{token}: {}", answer.status);
    }
}

#[test]
fn nobody_is_asked_before_the_terms_are_agreed_to() {
    let folder = tempfile::tempdir().unwrap();
    let plan = AcmePlan {
        directory: "https://127.0.0.1:1/dir".to_owned(),
        contacts: Vec::new(),
        agreed: false,
        hosts: vec![HOST.to_owned()],
        folder: folder.path().join("acme"),
        authorities: Vec::new(),
        clock: Arc::new(SystemTime::now),
    };
    assert!(Acme::open(plan, Certificates::default()).is_err());
    assert!(!folder.path().join("acme").exists());
}
