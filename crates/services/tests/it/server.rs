//! A database server of one test's own, which keeps what it acknowledges and may be killed.

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
}

/// A server's data, and the server while it runs. Gone with this value.
pub(crate) struct Server {
    kind: Kind,
    folder: TempDir,
    port: u16,
    /// Whether it keeps what it acknowledges. One that does not is the control.
    keeps: bool,
    /// How many megabytes its tables may take, where that is limited: MariaDB only.
    room: Option<u32>,
    running: Option<Child>,
}

impl Server {
    /// `None` where the server is not installed; in CI it is.
    pub(crate) fn start(kind: Kind, keeps: bool) -> Option<Self> {
        Self::prepared(kind, keeps, None)
    }

    /// MariaDB with so little room that it is soon full.
    pub(crate) fn narrow() -> Option<Self> {
        Self::prepared(Kind::MariaDb, true, Some(20))
    }

    /// Starts it again with room enough.
    pub(crate) fn widen(&mut self) {
        self.kill();
        self.room = Some(500);
        self.again();
    }

    fn prepared(kind: Kind, keeps: bool, room: Option<u32>) -> Option<Self> {
        let Some(program) = kind.program() else {
            assert!(env::var("CI").is_err(), "{kind:?} must be installed in CI");
            println!("left out: {kind:?} is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // PostgreSQL's user must be able to walk through.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { kind, folder, port, keeps, room, running: None };
        server.prepare(&program);
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

    fn log(&self) -> File {
        File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap()
    }

    fn told(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn prepare(&self, program: &Path) {
        let data = self.data();
        fs::create_dir(&data).unwrap();
        let mut command = match self.kind {
            Kind::MariaDb => {
                let mut command = Command::new(find("mariadb-install-db").unwrap());
                command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
                command.args(as_root(&["--user=root"])).arg(format!("--datadir={}", data.display()));
                command
            }
            Kind::Postgres => {
                if is_root() {
                    assert!(Command::new("chown").arg("postgres:").arg(&data).status().unwrap().success());
                }
                let mut command = lowered(&program.with_file_name("initdb"));
                command.args(["-U", "rolo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
                command.arg(&data);
                command
            }
        };
        let made = command.current_dir("/").stdout(Stdio::null()).stderr(self.log()).status().unwrap();
        assert!(made.success(), "{:?} cannot be prepared: {}", self.kind, self.told());
    }

    fn command(&self) -> Command {
        let (data, port) = (self.data(), self.port);
        match self.kind {
            Kind::MariaDb => {
                let mut command = Command::new(self.kind.program().unwrap());
                command.arg("--no-defaults").args(as_root(&["--user=root"]));
                command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"]);
                command.args([format!("--datadir={}", data.display()), format!("--port={port}")]);
                command.arg(format!("--socket={}", self.folder.path().join("s").display()));
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

impl Kind {
    fn program(self) -> Option<PathBuf> {
        match self {
            Self::MariaDb => find("mariadbd"),
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
