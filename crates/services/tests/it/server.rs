//! A server of one test's own, a database that keeps what it acknowledges or a Redis, which may be killed and may be full.

use std::{
    env, fs,
    fs::File,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long a server may take until it answers.
const READY: Duration = Duration::from_secs(60);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    MariaDb,
    Postgres,
    /// Keeps nothing.
    Redis,
}

/// A server's data, and the server while it runs. Gone with this value.
pub(crate) struct Server {
    kind: Kind,
    port: u16,
    /// Whether it keeps what it acknowledges. One that does not is the control.
    keeps: bool,
    /// How many megabytes its tables may take, where that is limited: of MariaDB.
    room: Option<u32>,
    /// The disk its tables are on, where that is a narrow one: of PostgreSQL.
    disk: Option<Disk>,
    running: Option<Child>,
    /// Behind the disk, which is mounted in it.
    folder: TempDir,
}

impl Server {
    /// `None` where the server is not installed; in CI it is.
    pub(crate) fn start(kind: Kind, keeps: bool) -> Option<Self> {
        Self::prepared(kind, keeps, false)
    }

    /// A database with so little room that it is soon full. PostgreSQL's is a file system of its own, which only root can
    /// make.
    pub(crate) fn narrow(kind: Kind) -> Option<Self> {
        if kind == Kind::Postgres && !is_root() {
            println!("left out: only root can make a narrow disk");
            return None;
        }
        Self::prepared(kind, true, true)
    }

    /// Gives it room enough: MariaDB starts again, PostgreSQL goes on.
    pub(crate) fn widen(&mut self) {
        if let Some(disk) = &self.disk {
            return disk.resize(500 * 1024);
        }
        self.kill();
        self.room = Some(500);
        self.again();
    }

    fn prepared(kind: Kind, keeps: bool, narrow: bool) -> Option<Self> {
        let Some(program) = kind.program() else {
            assert!(env::var("CI").is_err(), "{kind:?} must be installed in CI");
            println!("left out: {kind:?} is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // PostgreSQL's user must be able to walk through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let room = (narrow && kind == Kind::MariaDb).then_some(20);
        let mut server = Self { kind, folder, port, keeps, room, disk: None, running: None };
        fs::create_dir(server.data()).unwrap();
        if narrow && kind == Kind::Postgres {
            server.disk = Some(Disk::mounted(server.data()));
        }
        server.prepare(&program);
        if let Some(disk) = &server.disk {
            disk.leave(12 * 1024);
        }
        server.again();
        if kind == Kind::MariaDb {
            server.said(
                "mariadb",
                &["-e", "create database rolo; create user rolo@'127.0.0.1'; grant all on rolo.* to rolo@'127.0.0.1'"],
            );
        }
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        match self.kind {
            Kind::MariaDb => format!("mysql://rolo@127.0.0.1:{}/rolo", self.port),
            Kind::Postgres => format!("postgres://rolo@127.0.0.1:{}/postgres", self.port),
            Kind::Redis => format!("redis://127.0.0.1:{}", self.port),
        }
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        let mut child = self.running.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts it on what it had.
    pub(crate) fn again(&mut self) {
        let began = Instant::now();
        loop {
            let mut child = self.command().stdout(Stdio::null()).stderr(self.log()).spawn().unwrap();
            while child.try_wait().unwrap().is_none() {
                if self.answers() {
                    self.running = Some(child);
                    return;
                }
                assert!(began.elapsed() < READY, "{:?} does not answer: {}", self.kind, self.told());
                std::thread::sleep(Duration::from_millis(20));
            }
            // What it left behind when it was killed is still ending.
            assert!(began.elapsed() < READY, "{:?} does not start: {}", self.kind, self.told());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A MariaDB that starts removes each temporary table that it finds, also those of another in the same folder.
    fn tmpdir(&self) -> String {
        format!("--tmpdir={}", self.folder.path().display())
    }

    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap()
    }

    fn told(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn prepare(&self, program: &Path) {
        let data = self.data();
        let mut command = match self.kind {
            Kind::Redis => return,
            Kind::MariaDb => {
                let mut command = Command::new(find("mariadb-install-db").unwrap());
                command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
                command.args(as_root(&["--user=root"])).arg(format!("--datadir={}", data.display()));
                command.arg(self.tmpdir());
                command
            }
            Kind::Postgres => {
                if is_root() {
                    assert!(Command::new("chown").arg("postgres:").arg(&data).status().unwrap().success());
                }
                let mut command = lowered(&program.with_file_name("initdb"));
                command.args(["-U", "rolo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
                command.arg(&data);
                if self.disk.is_some() {
                    // A server that cannot write its log ends; that is the test of servers that are killed.
                    let log = self.folder.path().join("wal");
                    fs::create_dir(&log).unwrap();
                    assert!(Command::new("chown").arg("postgres:").arg(&log).status().unwrap().success());
                    command.arg("--waldir").arg(log);
                }
                command
            }
        };
        let made = command.current_dir("/").stdout(Stdio::null()).stderr(self.log()).status().unwrap();
        assert!(made.success(), "{:?} cannot be prepared: {}", self.kind, self.told());
    }

    fn command(&self) -> Command {
        let (data, port) = (self.data(), self.port);
        match self.kind {
            Kind::Redis => {
                let mut command = Command::new(self.kind.program().unwrap());
                command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
                command.arg("--dir").arg(data);
                command
            }
            Kind::MariaDb => {
                let mut command = Command::new(self.kind.program().unwrap());
                command.arg("--no-defaults").args(as_root(&["--user=root"]));
                command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"]);
                command.args([format!("--datadir={}", data.display()), format!("--port={port}")]);
                command.arg(format!("--socket={}", self.folder.path().join("s").display())).arg(self.tmpdir());
                command.args(["--innodb-buffer-pool-size=32M", "--innodb-flush-method=nosync"]);
                // 1: written at each commit. 0: once a second, and what comes between dies with the process.
                command.arg(format!("--innodb-flush-log-at-trx-commit={}", i32::from(self.keeps)));
                if let Some(room) = self.room {
                    command.arg("--innodb-file-per-table=0");
                    command.arg(format!("--innodb-data-file-path=ibdata1:12M:autoextend:max:{room}M"));
                }
                command
            }
            Kind::Postgres => {
                let mut command = lowered(&self.kind.program().unwrap());
                command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
                let kept = format!("synchronous_commit={}", if self.keeps { "on" } else { "off" });
                let fixed = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "wal_writer_delay=10s"];
                for setting in fixed.into_iter().chain(["shared_buffers=16MB", &kept]) {
                    command.args(["-c", setting]);
                }
                command.current_dir("/");
                command
            }
        }
    }

    fn answers(&self) -> bool {
        match self.kind {
            Kind::Redis => {
                let mut command = Command::new(find("redis-cli").unwrap());
                command.args(["-e", "-p", &self.port.to_string(), "ping"]).stdout(Stdio::null());
                command.stderr(Stdio::null()).status().unwrap().success()
            }
            Kind::MariaDb => self.say("mariadb", &["-e", "select 1"]),
            Kind::Postgres => {
                let mut command = Command::new(self.kind.program().unwrap().with_file_name("pg_isready"));
                let port = self.port.to_string();
                command.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().unwrap().success()
            }
        }
    }

    fn say(&self, client: &str, words: &[&str]) -> bool {
        let mut command = Command::new(find(client).unwrap());
        command.args(["--no-defaults", "-uroot"]).arg(format!("--socket={}", self.folder.path().join("s").display()));
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn said(&self, client: &str, words: &[&str]) {
        assert!(self.say(client, words), "{words:?}: {}", self.told());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.kill();
        }
    }
}

/// A file system in memory, as large as is said. Gone with this value.
struct Disk(PathBuf);

impl Disk {
    fn mounted(at: PathBuf) -> Self {
        let disk = Self(at);
        disk.mount(&["-t", "tmpfs", "-o", "size=500m", "tmpfs"]);
        disk
    }

    /// Makes it so small that this many kilobytes are free.
    fn leave(&self, kilobytes: u64) {
        let told = Command::new("du").arg("-sk").arg(&self.0).output().unwrap().stdout;
        let used: u64 = String::from_utf8(told).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        self.resize(used + kilobytes);
    }

    fn resize(&self, kilobytes: u64) {
        self.mount(&["-o", &format!("remount,size={kilobytes}k")]);
    }

    fn mount(&self, how: &[&str]) {
        assert!(Command::new("mount").args(how).arg(&self.0).status().unwrap().success(), "{how:?}");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The folder goes next; a file system that is still in use goes with its last user.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

impl Kind {
    fn program(self) -> Option<PathBuf> {
        match self {
            Self::MariaDb => find("mariadbd"),
            Self::Redis => find("redis-server"),
            Self::Postgres => {
                let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
                let found = versions.map(|version| version.path().join("bin/postgres")).filter(|file| file.is_file());
                found.max().or_else(|| find("postgres"))
            }
        }
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0"
}

fn as_root<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    if is_root() { words } else { &[] }
}

/// A program that refuses to run as root, and is killed with the test.
fn lowered(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=KILL", "--"]).arg(program);
    command
}
