//! The peer of the whole machine, running: `bench/peers/stack` on MariaDB and Redis, behind NGINX.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use super::{Failure, certificate::Certificate, crowd::Place, nginx::Nginx};

/// Where it lies, with its package and NGINX's configuration.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/stack");

/// A running one. Dropped, it is stopped.
pub(crate) struct Stack {
    node: Child,
    nginx: Nginx,
    _folder: TempDir,
}

impl Drop for Stack {
    fn drop(&mut self) {
        // The workers of Node's cluster end when they lose the process that started them.
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

impl Stack {
    /// Fills an empty database from `book` (what Rolo answers about everybody) and serves it. Its keys in Redis begin with
    /// `prefix`, and end by themselves.
    pub(crate) fn start(
        database: &str,
        redis: &str,
        prefix: &str,
        book: &Path,
        certificate: &Certificate,
    ) -> Result<Self, Failure> {
        install()?;
        let mut fill = node("fill.js");
        let filled = fill.arg(book).env("DATABASE_URL", database).output()?;
        if !filled.status.success() {
            return Err(format!("the peer's database: {}", String::from_utf8_lossy(&filled.stderr)).into());
        }
        let mut serve = node("server.js");
        serve.env("DATABASE_URL", database).env("REDIS_URL", redis).env("REDIS_PREFIX", prefix).env("PORT", "0");
        let mut node = serve.env("NODE_ENV", "production").stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let ready = node.stdout.take().and_then(|said| {
            let mut lines = BufReader::new(said).lines().map_while(Result::ok);
            lines.find_map(|line| line.strip_prefix("ready http://").map(str::to_owned))
        });
        let nginx = ready.ok_or_else(|| Failure::from("the peer's API server did not start")).and_then(|api| {
            let folder = tempfile::tempdir()?;
            certificate.copy(folder.path())?;
            Ok((Nginx::start(folder.path(), &Path::new(FOLDER).join("nginx.conf"), &[("API", api)])?, folder))
        });
        match nginx {
            Ok((nginx, folder)) => Ok(Self { node, nginx, _folder: folder }),
            Err(why) => {
                let _ = node.kill();
                let _ = node.wait();
                Err(why)
            }
        }
    }

    pub(crate) fn place(&self, certificate: &Certificate) -> Place {
        Place::new(self.nginx.address, Some(certificate.connector.clone()))
    }

    /// Its own processes; its database and its cache have others.
    pub(crate) fn processes(&self) -> [u32; 2] {
        [self.node.id(), self.nginx.id()]
    }
}

/// `npm ci`, once.
fn install() -> Result<(), Failure> {
    if Path::new(FOLDER).join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    let done = Command::new("npm").arg("ci").current_dir(FOLDER).stdout(Stdio::null()).status()?;
    if done.success() { Ok(()) } else { Err("the peer's packages could not be installed".into()) }
}

/// A script of the peer, by the Node that its package brings, where there is one.
fn node(script: &str) -> Command {
    let own = PathBuf::from(FOLDER).join("node_modules/.bin/node");
    let mut node = Command::new(if own.exists() { own } else { PathBuf::from("node") });
    node.arg(script).current_dir(FOLDER);
    node
}
