//! A Rolo of one's own: the release binary on a free loopback port, as people run it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(crate) const EMAIL: &str = "bench@rolo.example";
pub(crate) const PASSWORD: &str = "five quiet harbour mornings";

/// A running one. Dropped, it is killed.
pub(crate) struct Rolo {
    child: Child,
    /// Where it answers, without a slash at the end.
    pub(crate) url: String,
    code: Option<String>,
    /// Its data folder.
    pub(crate) data: PathBuf,
    settings: Vec<(&'static str, String)>,
    /// From its start until it said that it is ready.
    pub(crate) ready_after: Duration,
}

impl Drop for Rolo {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program: `ROLO_BINARY`, else the one that was built beside this one.
pub(crate) fn binary() -> Result<PathBuf, Failure> {
    let binary = match std::env::var_os("ROLO_BINARY") {
        Some(binary) => PathBuf::from(binary),
        None => std::env::current_exe()?.with_file_name("rolo"),
    };
    if binary.exists() {
        return Ok(binary);
    }
    Err(format!("{} is not there: build it, or name one with ROLO_BINARY", binary.display()).into())
}

impl Rolo {
    /// Starts it on a data folder, and waits until it says that it is ready.
    pub(crate) fn start(data: &Path) -> Result<Self, Failure> {
        Self::start_with(data, "127.0.0.1:0", &[])
    }

    /// The same, elsewhere and with settings as the environment says them.
    pub(crate) fn start_with(data: &Path, listen: &str, settings: &[(&'static str, String)]) -> Result<Self, Failure> {
        let at = Instant::now();
        let mut child = Command::new(binary()?)
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .env("ROLO_LOG__LEVEL", "error")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut rolo = Self {
            child,
            url: String::new(),
            code: None,
            data: data.to_owned(),
            settings: settings.to_vec(),
            ready_after: Duration::ZERO,
        };
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            if let Some((_, code)) = line.rsplit_once("code: ") {
                rolo.code = Some(code.trim().to_owned());
            }
            if let Some(url) = line.strip_prefix("ready ") {
                rolo.url = url.trim().to_owned();
                rolo.ready_after = at.elapsed();
                return Ok(rolo);
            }
        }
        Err(format!("{} ended before it was ready", binary()?.display()).into())
    }

    /// As a power cut would, but for the disk.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The port it answers on.
    pub(crate) fn address(&self) -> Result<SocketAddr, Failure> {
        let (_, host) = self.url.rsplit_once('/').ok_or("no address")?;
        Ok(host.parse()?)
    }

    /// Resident memory of the process, in octets.
    pub(crate) fn resident(&self) -> Result<u64, Failure> {
        resident(self.child.id(), "VmRSS:")
    }

    /// The same at its peak.
    pub(crate) fn resident_max(&self) -> Result<u64, Failure> {
        resident(self.child.id(), "VmHWM:")
    }

    /// Makes the first account and answers a token for it.
    pub(crate) async fn set_up(&self) -> Result<String, Failure> {
        let client = Client::new();
        let code = self.code.as_deref().ok_or("an account is there already")?;
        let body =
            json!({ "code": code, "name": "Bench", "email": EMAIL, "password": PASSWORD, "organisation": "Bench" });
        let post = |path: &str| client.post(format!("{}{path}", self.url)).header("origin", &self.url);
        let answer = post("/v1/setup").json(&body).send().await?;
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).map(str::to_owned);
        let cookie = cookie.filter(|_| answer.status().is_success()).ok_or("set-up was refused")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let body = json!({ "name": "bench", "kind": "api" });
        let answer = post("/v1/tokens").header("cookie", cookie).json(&body).send().await?;
        let made: Value = answer.error_for_status()?.json().await?;
        Ok(made["secret"].as_str().ok_or("no token")?.to_owned())
    }

    /// Runs a command beside it, with its settings, and answers the last line of its output as JSON.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<Value, Failure> {
        let mut command = Command::new(binary()?);
        command.args(arguments).arg("--json").arg("--data").arg(&self.data);
        let output = command.envs(self.settings.iter().map(|(name, value)| (name, value))).output()?;
        if !output.status.success() {
            return Err(format!("rolo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        let said = String::from_utf8(output.stdout)?;
        Ok(serde_json::from_str(said.trim().lines().last().unwrap_or("null"))?)
    }

    /// Speaks to it with a token.
    pub(crate) fn door(&self, token: &str) -> Door {
        Door { client: Client::new(), url: self.url.clone(), token: token.to_owned() }
    }
}

#[cfg(target_os = "linux")]
fn resident(process: u32, field: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such field")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
}

#[cfg(not(target_os = "linux"))]
fn resident(_: u32, _: &str) -> Result<u64, Failure> {
    Err("memory is read from /proc, which this system does not have".into())
}

/// The API of a running Rolo, with a token.
#[derive(Clone)]
pub(crate) struct Door {
    client: Client,
    url: String,
    token: String,
}

impl Door {
    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// Reads JSON; an error for anything but success.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        let answer = self.ask(Method::GET, path).send().await?;
        let (status, body) = (answer.status(), answer.bytes().await?);
        if !status.is_success() {
            return Err(format!("GET {path}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Reads text, whole.
    pub(crate) async fn text(&self, path: &str) -> Result<String, Failure> {
        Ok(self.ask(Method::GET, path).send().await?.error_for_status()?.text().await?)
    }

    /// Sends a body and reads the whole answer: only then it is one.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value), reqwest::Error> {
        let mut request = self.ask(method, path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let (status, octets) = (answer.status(), answer.bytes().await?);
        Ok((status, serde_json::from_slice(&octets).unwrap_or(Value::Null)))
    }
}
