//! Private doors answer nobody else: over a pair of virtual cables from another network namespace the gateway is reached, and
//! neither the API server nor the SSR server nor the figures are. A control that listens for everybody is reached.
//!
//! Needs `ip` (Debian: iproute2), and root or a kernel that gives everybody namespaces of their own; in CI it fails without.

use std::{
    env, fs,
    process::{Child, Command, Stdio},
    thread,
};

use crate::place::{Place, Server, built};

const HERE: &str = "10.77.0.1";
const THERE: &str = "10.77.0.2";

/// A network of its own, held by a process that sleeps.
struct Namespace {
    holder: Child,
    /// How a command gets into it.
    enter: Vec<String>,
}

impl Namespace {
    /// Begins one with these words; `None`: the kernel refuses.
    fn begin(words: &[&str], flags: &[&str]) -> Option<Self> {
        let (program, words) = words.split_first().unwrap();
        let mut holder = Command::new(program).args(words).args(["sleep", "600"]).stderr(Stdio::null()).spawn().ok()?;
        let net = |process: &str| fs::read_link(format!("/proc/{process}/ns/net")).ok();
        let comm = |process: u32| fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
        // It has its network once it has become what holds it.
        while comm(holder.id()).trim() != "sleep" {
            if holder.try_wait().unwrap().is_some() {
                return None;
            }
            thread::yield_now();
        }
        assert_ne!(net(&holder.id().to_string()), net("self"));
        let target = holder.id().to_string();
        let enter = ["nsenter", "--target", &target, "--net"].into_iter().chain(flags.iter().copied());
        let enter = enter.map(str::to_owned).collect();
        Some(Self { holder, enter })
    }

    fn words(&self) -> Vec<&str> {
        self.enter.iter().map(String::as_str).collect()
    }

    fn run(&self, command: &str) {
        let mut words = self.words();
        words.extend(command.split(' '));
        let ran = Command::new(words[0]).args(&words[1..]).output().unwrap();
        assert!(ran.status.success(), "{command}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    /// What is answered at that port of the other end; `None`: nobody is there.
    fn asks(&self, port: u16, path: &str, header: &str) -> Option<String> {
        let script = format!(
            "exec 3<>/dev/tcp/{HERE}/{port} && printf 'GET {path} HTTP/1.1\\r\\nhost: {HERE}\\r\\n{header}connection: close\\r\\n\\r\\n' >&3 && cat <&3"
        );
        let mut words = self.words();
        words.extend(["timeout", "20", "bash", "-c", &script]);
        let ran = Command::new(words[0]).args(&words[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        let why = String::from_utf8_lossy(&ran.stderr);
        assert!(!said.is_empty() || why.contains("refused"), "neither answered nor refused: {why}");
        Some(said).filter(|said| !said.is_empty())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// Two networks with a cable between them.
fn cabled() -> Option<(Namespace, Namespace)> {
    let user = ["--user", "--preserve-credentials"];
    let ways: [(&[&str], &[&str]); 2] =
        [(&["unshare", "--net"], &[]), (&["unshare", "--user", "--map-root-user", "--net"], &user)];
    let here = ways.iter().find_map(|(words, flags)| Some((Namespace::begin(words, flags)?, *flags)));
    let ip = Command::new("ip").arg("-V").output().is_ok_and(|ran| ran.status.success());
    let (Some((here, flags)), true) = (here, ip) else {
        assert!(env::var("CI").is_err(), "in CI there must be network namespaces, and ip");
        eprintln!("left out: this machine gives no network namespaces, or has no ip (Debian: iproute2)");
        return None;
    };
    let mut words = here.words();
    words.extend(["unshare", "--net"]);
    let there = Namespace::begin(&words, flags).expect("a second network where there was a first");
    here.run("ip link set lo up");
    here.run(&format!("ip link add cable type veth peer name cable netns {}", there.holder.id()));
    for (end, address) in [(&here, HERE), (&there, THERE)] {
        end.run(&format!("ip address add {address}/24 dev cable"));
        end.run("ip link set cable up");
    }
    Some((here, there))
}

fn status(answer: Option<String>) -> Option<u16> {
    answer.map(|answer| answer.split(' ').nth(1).unwrap().parse().unwrap())
}

const FORGED: &str = "x-forwarded-for: 127.0.0.1\\r\\nforwarded: for=127.0.0.1\\r\\n";

#[test]
fn from_elsewhere_the_gateway_is_reached_and_no_private_door() {
    let Some((here, there)) = cabled() else { return };
    let gateway = ["--listen", "0.0.0.0:8080", "--behind-proxy"];

    // Everything in one process.
    let place = Place::bare();
    let whole = Server::start_in(&here.words(), &gateway, &place.data(), &[]);
    assert_eq!(status(there.asks(8080, "/healthz", "")), Some(200));
    for header in ["", FORGED] {
        assert_eq!(status(there.asks(8080, "/metrics", header)), Some(401), "{header}");
    }
    for port in [3333, 4040] {
        assert_eq!(there.asks(port, "/healthz", ""), None, "{port}");
    }
    assert_eq!(whole.end(), Some(0));

    // Three processes, on the ports they have by themselves.
    let api = Server::start_in(&here.words(), &["api"], &place.data(), &[]);
    assert_eq!(api.url, "http://127.0.0.1:3333");
    let beside = Place::bare();
    let ssr = built().then(|| Server::start_in(&here.words(), &["ssr"], &beside.data(), &[]));
    assert!(ssr.as_ref().is_none_or(|ssr| ssr.url == "http://127.0.0.1:4040"));
    let words = [&["gateway"], &gateway[..]].concat();
    let front = Server::start_in(&here.words(), &words, &beside.data(), &[]);
    assert_eq!(status(there.asks(8080, "/readyz", "")), Some(200), "the gateway reaches both");
    assert_eq!(status(there.asks(8080, "/v1/setup", "")), Some(200));
    for header in ["", FORGED] {
        assert_eq!(status(there.asks(8080, "/metrics", header)), Some(403), "{header}");
    }
    for port in [3333, 4040] {
        assert_eq!(there.asks(port, "/healthz", ""), None, "{port}");
    }
    assert!(!api.log().contains("reached from other machines"), "{}", api.log());

    // The control: told to listen for everybody, the API is reached, and says so loudly.
    assert_eq!(api.end(), Some(0));
    let open = Server::start_in(&here.words(), &["api", "--listen", "0.0.0.0:3333"], &place.data(), &[]);
    assert_eq!(status(there.asks(3333, "/healthz", "")), Some(200));
    assert!(open.log().contains("the API at http://0.0.0.0:3333 can be reached from other machines"), "{}", open.log());
    for server in [open, front].into_iter().chain(ssr) {
        assert_eq!(server.end(), Some(0));
    }
}
