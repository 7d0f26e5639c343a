//! A data folder of the test's own, with or without a server that holds it, and what a command run on it came to.

use std::{
    env,
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// Whatever a test waits for has come by then.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const PASSWORD: &str = "five quiet harbour mornings";

/// A data folder, and who holds it.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) server: Option<Server>,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A running server. Ends with its place.
pub(crate) struct Server {
    child: Child,
    /// What it printed until it was ready.
    pub(crate) said: Vec<String>,
    pub(crate) url: String,
    log: PathBuf,
}

/// The same test twice: without a server, and beside one that holds the data.
pub(crate) fn both_ways(test: impl Fn(&Place)) {
    test(&Place::alone());
    test(&Place::served());
}

impl Place {
    /// Nothing is there yet.
    pub(crate) fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    pub(crate) fn alone() -> Self {
        let place = Self::bare();
        place.run(&["init"]).well();
        place
    }

    pub(crate) fn served() -> Self {
        let mut place = Self::bare();
        place.server = Some(Server::start(&place.data()));
        place
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command on this data; nothing of the test's own environment reaches it.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "", &[])
    }

    /// The command itself, for who does not wait for its end.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = rolo();
        command.arg("--data").arg(self.data()).args(args);
        command
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &str, environment: &[(&str, &str)]) -> Ran {
        let mut child = self
            .command(args)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever does not read its input closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let ended = child.wait_with_output().unwrap();
        let text = |octets| String::from_utf8(octets).unwrap();
        Ran { code: ended.status.code().unwrap(), out: text(ended.stdout), err: text(ended.stderr) }
    }

    /// Runs a command and answers its last line, which is one JSON object.
    pub(crate) fn told(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).well().last()
    }

    /// A file beside the data.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Adds an account of the only organisation.
    pub(crate) fn person(&self, email: &str) -> Value {
        let password = self.file("password", PASSWORD);
        self.told(&["user", "add", "--email", email, "--name", "Noor Haddad", "--password-file", &password])
    }

    pub(crate) fn url(&self) -> &str {
        &self.server.as_ref().unwrap().url
    }
}

impl Ran {
    /// The same, when it went well.
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The last line of its output as JSON: one object.
    pub(crate) fn last(&self) -> Value {
        let line = self.out.lines().last().unwrap_or_else(|| panic!("nothing was printed: {self:?}"));
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(value.is_object(), "{line}");
        value
    }
}

impl Server {
    /// Starts one on a free port and waits for its `ready` line.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// The same, with settings in its environment.
    pub(crate) fn start_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_at(data, "127.0.0.1:0", environment)
    }

    /// The same at an address that stays.
    pub(crate) fn start_at(data: &Path, listen: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_as(&["--listen", listen], data, environment)
    }

    /// A process that is what these words behind `rolo serve` say.
    pub(crate) fn start_as(words: &[&str], data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_in(&[], words, data, environment)
    }

    /// The same behind other words, which become it, such as those that enter another network.
    pub(crate) fn start_in(within: &[&str], words: &[&str], data: &Path, environment: &[(&str, &str)]) -> Self {
        let role = words.first().filter(|word| !word.starts_with('-')).map_or("log", |role| *role);
        let log = data.with_extension(format!("{role}.log"));
        let mut command = match within.split_first() {
            None => rolo(),
            Some((program, rest)) => {
                let mut command = Command::new(program);
                command.env_clear().envs(env::var_os("PATH").map(|path| ("PATH", path)));
                command.args(rest).arg(env!("CARGO_BIN_EXE_rolo"));
                command
            }
        };
        let child = command
            .arg("serve")
            .args(words)
            .arg("--data")
            .arg(data)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut server = Self { child, said: Vec::new(), url: String::new(), log };
        for line in BufReader::new(server.child.stdout.take().unwrap()).lines() {
            server.said.push(line.unwrap());
            if let Some(url) = server.said.last().unwrap().strip_prefix("ready ") {
                server.url = url.to_owned();
                return server;
            }
        }
        panic!("it ended before it was ready: {:?} {}", server.said, server.log());
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Whether the process that was started runs still.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it as a service manager does, and answers its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn rolo() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolo"));
    command.env_clear();
    command
}

/// A port of this machine that was free just now.
pub(crate) fn free() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What is answered at an address to a host.
pub(crate) fn asked(address: &str, host: &str, path: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Waits until it is so.
pub(crate) fn until(why: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "{why}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// What a server answers to a page of its own; `None`: it does not answer now.
pub(crate) fn ask(url: &str, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<(u16, String)> {
    let mut socket = TcpStream::connect(url.strip_prefix("http://").unwrap()).ok()?;
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    write!(
        socket,
        "{request} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n"
    )
    .ok()?;
    // A server that refuses at once may close before it has taken everything.
    let _ = socket.write_all(body);
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// The status and body a server answers to `GET`.
pub(crate) fn get(url: &str, path: &str, token: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Whether the web app was built, and what draws its pages: in CI they are, before any test.
pub(crate) fn built() -> bool {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let built = web.join("dist/index.html").is_file() && web.join("dist-ssr").is_dir();
    assert!(built || env::var("CI").is_err(), "in CI the web app is built first");
    built
}
