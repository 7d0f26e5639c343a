//! A data folder of the test's own, with or without a server that holds it, and what a command run on it came to.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

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

    pub(crate) fn run_with(&self, args: &[&str], input: &str, environment: &[(&str, &str)]) -> Ran {
        let mut child = rolo()
            .arg("--data")
            .arg(self.data())
            .args(args)
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
        let log = data.with_extension("log");
        let child = rolo()
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut server = Self { child, said: Vec::new(), url: String::new() };
        for line in BufReader::new(server.child.stdout.take().unwrap()).lines() {
            server.said.push(line.unwrap());
            if let Some(url) = server.said.last().unwrap().strip_prefix("ready ") {
                server.url = url.to_owned();
                return server;
            }
        }
        panic!("it ended before it was ready: {:?} {:?}", server.said, fs::read_to_string(log));
    }

    /// Ends it as a service manager does, and answers its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
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

/// The status and body a server answers to `GET`.
pub(crate) fn get(url: &str, path: &str, token: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nhost: rolo\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
