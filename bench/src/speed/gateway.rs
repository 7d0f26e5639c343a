//! The gateway alone beside NGINX: the same file of 8 kB, without TLS and with it, and the same small server behind both.
//!
//! Rolo's side is the gateway's crate in a process of its own; NGINX has the configuration of `bench/peers/gateway`.

use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use rolo_gateway::{Certificates, Files, Gateway, Plan, Proxy, ProxyPlan, Route, Site, Stop};
use tokio_rustls::TlsConnector;

use super::{
    Failure, Row, Size,
    certificate::Certificate,
    crowd::{Crowd, Place},
    nginx::{self, Nginx},
    peer::Peer,
    process::Family,
    race::{self, Goal},
};
use crate::{Outcome, say};

/// The file, whose name says that it never changes.
const FILE: &str = "assets/page-3f2a91c07b.js";
const FILE_OCTETS: usize = 8 * 1024;
/// What the server behind both answers.
const ANSWER_OCTETS: usize = 1024;
const PLAIN: Goal = Goal { rate: (1.8, "≥ 1.8"), p99: None };
const OTHERS: Goal = Goal { rate: (1.5, "≥ 1.5"), p99: None };

pub(super) async fn run(size: &Size) -> Result<Vec<Row>, Failure> {
    if nginx::program().is_none() {
        say("gateway: not measured, for nginx is not installed");
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let certificate = Certificate::make(folder.path())?;
    let site = folder.path().join("site");
    std::fs::create_dir_all(site.join("assets"))?;
    let file = "export const line = 'The page is drawn in the browser.';\n".repeat(FILE_OCTETS / 57 + 1);
    std::fs::write(site.join(FILE), &file[..FILE_OCTETS])?;
    let behind = Peer::start(folder.path(), &http::HeaderMap::new(), "a".repeat(ANSWER_OCTETS).as_bytes())?;

    let tls = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/gateway/nginx.conf");
    let api = behind.url.trim_start_matches("http://").to_owned();
    let nginx = Nginx::start(folder.path(), &template, &[("API", api), ("TLS_PORT", tls.port().to_string())])?;
    let theirs = Side { plain: nginx.address, tls, family: Family(vec![nginx.id()]) };
    let gateway = Served::start(folder.path(), &behind.url)?;
    let ours = Side { plain: gateway.plain, tls: gateway.tls, family: Family(vec![gateway.child.id()]) };

    let (file, connector) = (format!("/{FILE}"), Some(&certificate.connector));
    let races = [
        ("static 8 kB", file.as_str(), None, PLAIN),
        ("static 8 kB, TLS", file.as_str(), connector, OTHERS),
        ("proxying 1 kB", "/v1/contacts", None, OTHERS),
    ];
    let mut rows = Vec::new();
    for (what, path, tls, goal) in races {
        let (ours, theirs) = (ours.crowd(path, tls).await?, theirs.crowd(path, tls).await?);
        if ours.questions[0].body != theirs.questions[0].body {
            return Err(format!("the two sides answer {path} differently").into());
        }
        rows.append(&mut race::run(size, what, &ours, &theirs, goal).await?);
    }
    Ok(rows)
}

/// One of the two.
struct Side {
    plain: SocketAddr,
    tls: SocketAddr,
    family: Family,
}

impl Side {
    async fn crowd(&self, path: &str, tls: Option<&TlsConnector>) -> Result<Crowd, Failure> {
        let place = Place::new(if tls.is_some() { self.tls } else { self.plain }, tls.cloned());
        Crowd::meet(place.clone(), vec![place.get(path, &[])], self.family.clone()).await
    }
}

/// The gateway in a process of its own. Dropped, it is killed.
struct Served {
    child: Child,
    plain: SocketAddr,
    tls: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(folder: &Path, behind: &str) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("serve-gateway").arg(folder).arg(behind).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(said) = child.stdout.take() {
            BufReader::new(said).read_line(&mut line)?;
        }
        let address = |scheme| line.split_whitespace().find_map(|word| word.strip_prefix(scheme)?.parse().ok());
        match (address("http://"), address("https://")) {
            (Some(plain), Some(tls)) => Ok(Self { child, plain, tls }),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                Err("the gateway did not start".into())
            }
        }
    }
}

/// `serve-gateway FOLDER URL`: what that process does.
pub(crate) fn serve(folder: &str, behind: &str) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = Path::new(folder);
        let behind = Proxy::new(ProxyPlan::to([behind.parse()?]));
        let site = Site {
            routes: vec![Route::new("/v1", Arc::new(behind))],
            files: Some(Files::folder(&folder.join("site"), None)?),
            ..Site::default()
        };
        let plan = Plan {
            listens: vec!["http://127.0.0.1:0".parse()?, "https://127.0.0.1:0".parse()?],
            sites: vec![site],
            certificates: Certificates::files(&folder.join("certificate.pem"), &folder.join("key.pem"))?,
            ..Plan::default()
        };
        let gateway = Gateway::start(plan).await?;
        let addresses: Vec<String> = gateway.addresses().await.iter().map(ToString::to_string).collect();
        say(&format!("ready {}", addresses.join(" ")));
        gateway.run(Stop::new()).await;
        Ok(())
    })
}
