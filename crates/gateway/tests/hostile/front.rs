//! The gateway in front of the ledger: in this process, or in one of its own whose memory can be measured.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rolo_gateway::{Certificates, Gateway, Listen, Patience, Plan, Proxy, ProxyPlan, Route, Site, Trusted, Upstream};

use crate::{ledger::Ledger, wire::exchange};

/// The times of the tests: as the real ones, only shorter.
pub(crate) const SHORT: Patience = Patience {
    headers: Duration::from_secs(2),
    handshake: Duration::from_secs(2),
    stall: Duration::from_secs(2),
    body: Duration::from_secs(2),
    idle: Duration::from_secs(3),
    drain: Duration::from_secs(2),
};

/// For a crowd that takes its time to come.
const PATIENT: Patience = Patience { headers: Duration::from_secs(600), idle: Duration::from_secs(600), ..SHORT };

/// The host that all requests name.
pub(crate) const HOST: &str = "127.0.0.1";

/// Where it listens.
#[derive(Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) plain: SocketAddr,
    pub(crate) tls: SocketAddr,
}

/// A gateway in this process.
pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    pub(crate) addresses: Addresses,
    _gateway: Gateway,
    _folder: tempfile::TempDir,
}

pub(crate) async fn start(ledger: Ledger, patience: Patience) -> Front {
    before(Arc::new(ledger), Plan { patience, ..Plan::default() }).await
}

/// A gateway to which nobody comes but a proxy on this machine.
pub(crate) async fn start_behind(ledger: Ledger, patience: Patience) -> Front {
    let proxy = || Trusted::parse(&["127.0.0.1"]).unwrap();
    before(Arc::new(ledger), Plan { patience, trusted: proxy(), uncounted: proxy(), ..Plan::default() }).await
}

/// Two gateways in a row: what the second one's backend saw was sent to it by the first one's reverse proxy.
pub(crate) async fn start_two(ledger: Ledger, patience: Patience) -> [Front; 2] {
    let second = start(ledger, patience).await;
    let to = format!("http://{}", second.address).parse().unwrap();
    let first = before(Arc::new(Proxy::new(ProxyPlan::to([to]))), Plan { patience, ..Plan::default() }).await;
    [first, second]
}

async fn before(upstream: Arc<dyn Upstream>, plan: Plan) -> Front {
    let folder = tempfile::tempdir().unwrap();
    let listen = |tls| Listen::Tcp { address: (std::net::Ipv4Addr::LOCALHOST, 0).into(), tls };
    let site = Site { routes: vec![Route { prefix: "/v1".to_owned(), to: upstream }], ..Site::default() };
    let plan = Plan {
        listens: vec![listen(false), listen(true)],
        sites: vec![site],
        certificates: Certificates::self_signed(folder.path(), &[HOST.to_owned()]).unwrap(),
        ..plan
    };
    let gateway = Gateway::start(plan).await.unwrap();
    let addresses = gateway.addresses().await;
    let find = |tls| addresses.iter().find(|listen| listen.tls() == tls).and_then(Listen::address).unwrap();
    let addresses = Addresses { plain: find(false), tls: find(true) };
    Front { address: addresses.plain, addresses, _gateway: gateway, _folder: folder }
}

/// In the child: which part of a test it plays.
const PART: &str = "ROLO_HOSTILE_PART";

/// What a child is told to do.
pub(crate) fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// This very program once more, for one of its tests to play a part until its standard input ends.
pub(crate) struct Play {
    child: Child,
    /// The rest of the first line it said.
    pub(crate) said: String,
}

impl Play {
    /// Starts a test in a process of its own, with as many open files as this machine allows.
    pub(crate) fn start(test: &str, part: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n $(ulimit -Hn); exec \"$0\" \"$@\""]);
        command.arg(std::env::current_exe().unwrap()).args(["--exact", test, "--nocapture", "--test-threads", "1"]);
        command.env(PART, part).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        let said = lines.find_map(|line| Some(line.split_once("ready ")?.1.to_owned()));
        // It goes on writing; nobody reads it any more.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, said: said.expect("the child said that it is ready") }
    }

    /// A line of its `/proc/…/status`, in KiB.
    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Memory now, in MiB, and from now on the peak is counted anew.
    pub(crate) fn resident_mib(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
        self.memory("VmRSS") / 1024
    }

    /// How many sockets it has.
    pub(crate) fn connections(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        files
            .flatten()
            .filter(|file| file.path().read_link().is_ok_and(|to| to.to_string_lossy().starts_with("socket:")))
            .count()
    }

    /// The most it had since then, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        self.memory("VmHWM") / 1024
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A gateway in a process of its own (`short`, `behind` a proxy, or `patient`): its address without TLS, and with.
pub(crate) fn apart(patience: &str) -> (Play, SocketAddr, SocketAddr) {
    let play = Play::start("front::a_gateway_answers_from_a_process_of_its_own", patience);
    let (plain, tls) = play.said.split_once(' ').unwrap();
    let addresses = (plain.parse().unwrap(), tls.parse().unwrap());
    (play, addresses.0, addresses.1)
}

/// Says that this part is ready, and waits for its end.
pub(crate) fn ready(what: &str) {
    println!("ready {what}");
    let _ = std::io::stdin().read(&mut [0; 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_answers_from_a_process_of_its_own() {
    if let Some(part) = part() {
        let front = match part.as_str() {
            "short" => start(Ledger::default(), SHORT).await,
            "behind" => start_behind(Ledger::default(), SHORT).await,
            // A crowd comes from this one address.
            _ => {
                before(Arc::new(Ledger::default()), Plan { patience: PATIENT, crowd_max: None, ..Plan::default() })
                    .await
            }
        };
        let what = format!("{} {}", front.addresses.plain, front.addresses.tls);
        return tokio::task::spawn_blocking(move || ready(&what)).await.unwrap();
    }
    let (play, address, _) = tokio::task::spawn_blocking(|| apart("short")).await.unwrap();
    let answer = exchange(address, b"GET /v1/alone HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await;
    assert!(String::from_utf8_lossy(&answer).contains("saw: GET /v1/alone 0"), "{answer:?}");
    assert!(play.resident_mib() > 0 && play.peak_mib() > 0);
}
