//! Private servers for the conformance suites, databases and a Redis: on free loopback ports, with their data in a temporary folder,
//! gone afterwards. One of each for the whole run: every test makes a database of its own in it and drops it.

mod certificate;
mod mariadb;
mod postgres;
mod redis;
pub(crate) mod tidb;

use crate::guard::{self, Guard, Watched};
use crate::house::House;
use crate::packages::{self, Use};
use crate::program;
use certificate::Certificate;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long a server may take until it answers. Usually 0.2 s.
const READY: Duration = Duration::from_secs(60);
/// How long a server may take to stop by itself. Usually 0.1 s.
const STOPPED: Duration = Duration::from_secs(10);
/// How often to ask.
const PAUSE: Duration = Duration::from_millis(20);

/// Where TiDB is. No test asks for it: who runs one on it says so by the variable of MySQL.
pub(crate) const TIDB: &str = "ROLO_TEST_TIDB";

/// A running server and how to reach it.
struct Server {
    watched: Watched,
    signal: &'static str,
    url: String,
}

/// All servers, running. Dropping them stops them and removes their data.
pub(crate) struct Servers<'a> {
    guard: &'a Guard,
    running: Vec<(&'static str, Server)>,
    certificate: Certificate,
    folder: PathBuf,
}

impl<'a> Servers<'a> {
    /// Starts them. To be called from the main thread: the kernel's parent-death signal hangs on the thread.
    pub(crate) fn start(guard: &'a Guard) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("rolo-servers-{}", std::process::id()));
        guard.remove_at_the_end(&folder);
        open_folder(&folder).map_err(|why| format!("{} cannot be made: {why}.", folder.display()))?;
        let certificate = certificate::make(guard, &folder)?;
        let mut servers = Self { guard, running: Vec::new(), certificate, folder };
        let mariadb = mariadb::prepare(guard, &servers.folder, &servers.certificate)?;
        let postgres = postgres::prepare(guard, &servers.folder, &servers.certificate)?;
        servers.running.push(("ROLO_TEST_POSTGRES", postgres.start(guard)?));
        servers.running.push(("ROLO_TEST_MYSQL", mariadb.start(guard)?));
        servers.running.push(("ROLO_TEST_REDIS", redis::start(guard, &servers.folder)?));
        Ok(servers)
    }

    /// Starts TiDB beside them, from where it was built.
    pub(crate) fn add_tidb(&mut self, server: &Path) -> Result<(), String> {
        let tidb = tidb::start(self.guard, &self.folder, server, &self.certificate)?;
        self.running.push((TIDB, tidb));
        Ok(())
    }

    /// What the tests read from their environment: a variable and a URL for each server, and who vouches for them.
    pub(crate) fn urls(&self) -> Vec<(&'static str, String)> {
        let urls = self.running.iter().map(|(name, server)| (*name, server.url.clone()));
        urls.chain([("ROLO_TEST_AUTHORITY", self.certificate.authority.display().to_string())]).collect()
    }
}

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        for (_, server) in &mut self.running {
            stop(server.watched.child.id(), &mut server.watched.child, server.signal);
            self.guard.forget(&server.watched);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// `cargo xtask servers`: all servers for a developer's own `cargo test`, until Ctrl-C.
pub(crate) fn run(house: &House) -> crate::Answer {
    let guard = Guard::start()?;
    if let Some(cure) = packages::install(house, &guard, &[Use::Server])? {
        return Err(cure);
    }
    let servers = Servers::start(&guard)?;
    for (name, url) in servers.urls() {
        println!("export {name}={url}");
    }
    eprintln!("Copy these lines into the shell where you run `cargo test`. Ctrl-C stops the servers.");
    // A Ctrl-C ends this process without further ado, and the guard then stops the servers.
    loop {
        std::thread::park();
    }
}

/// A folder that the `postgres` user can walk through, unlike the usual private temporary folder.
fn open_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711))
}

/// A loopback port that is free now. Somebody else may take it first: then the server ends at once and the next is tried.
fn free_port() -> Result<u16, String> {
    std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|why| format!("No free port on loopback: {why}."))
}

/// A command under `setpriv`, which becomes it in place. The signal reaches the server when xtask dies, even if the
/// guard was killed too. Where there is no `setpriv`, the guard alone must do.
fn under_setpriv(options: &[&str], program: &Path) -> Command {
    if program::find("setpriv").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(options).arg("--").arg(program);
    command
}

/// Runs one preparing command; its words are only shown when it fails.
fn prepare(guard: &Guard, name: &str, command: Command) -> Result<(), String> {
    let (status, said) = guard.capture(command).map_err(|why| format!("{name} could not be run: {why}."))?;
    if status.success() { Ok(()) } else { Err(format!("{said}{name} failed ({status}).")) }
}

/// Starts a server on a free port and waits until `ready` says so; three tries, because a port can be taken meanwhile.
fn start(
    guard: &Guard,
    name: &str,
    log: &Path,
    command: impl Fn(u16) -> Command,
    signal: &'static str,
    ready: impl Fn(u16) -> Command,
) -> Result<(Watched, u16), String> {
    for _ in 0..3 {
        let port = free_port()?;
        let file = File::create(log).map_err(|why| format!("{} cannot be written: {why}.", log.display()))?;
        let twin = file.try_clone().map_err(|why| why.to_string())?;
        let mut server = command(port);
        server.stdout(file).stderr(twin);
        let mut watched = guard.spawn(server, signal).map_err(|why| format!("{name} could not be started: {why}."))?;
        if wait_until_ready(&mut watched.child, || ready(port)) {
            return Ok((watched, port));
        }
        stop(watched.child.id(), &mut watched.child, signal);
        guard.forget(&watched);
    }
    let _ = std::io::stderr().write_all(&fs::read(log).unwrap_or_default());
    Err(format!("{name} does not start: its log stands above."))
}

fn wait_until_ready(server: &mut Child, ready: impl Fn() -> Command) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < READY {
        if !matches!(server.try_wait(), Ok(None)) {
            return false;
        }
        if ready().output().is_ok_and(|answer| answer.status.success()) {
            return true;
        }
        std::thread::sleep(PAUSE);
    }
    false
}

/// Asks a server to stop, waits, and insists.
fn stop(id: u32, server: &mut Child, signal: &str) {
    guard::signal(&id.to_string(), signal);
    let begun = Instant::now();
    while begun.elapsed() < STOPPED {
        if !matches!(server.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(PAUSE);
    }
    let _ = server.kill();
    let _ = server.wait();
}
