//! PostgreSQL: fast and forgetful, for tests. It refuses to run as root, so root lends it the `postgres` user.

use super::{Server, certificate::Certificate, under_setpriv};
use crate::guard::Guard;
use crate::program;
use std::path::{Path, PathBuf};
use std::process::Command;

const AS_POSTGRES: &[&str] = &["--reuid=postgres", "--regid=postgres", "--init-groups"];

/// A data folder that a server can start on.
pub(super) struct Prepared {
    programs: PathBuf,
    data: PathBuf,
    log: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

/// Makes the data folder.
pub(super) fn prepare(guard: &Guard, folder: &Path, certificate: &Certificate) -> Result<Prepared, String> {
    let programs = program::postgres_folder().ok_or("PostgreSQL's initdb is not installed.")?;
    let prepared = Prepared {
        programs,
        data: folder.join("postgres"),
        log: folder.join("postgres.log"),
        certificate: certificate.chain.clone(),
        // A copy of its own: it takes no key that another user can read or owns.
        key: folder.join("postgres.key"),
    };
    std::fs::copy(&certificate.key, &prepared.key)
        .map_err(|why| format!("{} cannot be made: {why}.", prepared.key.display()))?;
    std::fs::create_dir(&prepared.data).map_err(|why| format!("{} cannot be made: {why}.", prepared.data.display()))?;
    if program::is_root() {
        let mut owner = Command::new("chown");
        owner.arg("postgres:").arg(&prepared.data).arg(&prepared.key);
        super::prepare(guard, "chown postgres:", owner)?;
    }
    let mut command = under_setpriv(lowered(), &prepared.programs.join("initdb"));
    command.args([
        "-U",
        "rolo",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
        "-D",
    ]);
    command.arg(&prepared.data).current_dir("/");
    super::prepare(guard, "initdb", command)?;
    Ok(prepared)
}

impl Prepared {
    /// Starts the server and waits until it takes connections.
    pub(super) fn start(&self, guard: &Guard) -> Result<Server, String> {
        let ready = |port: u16| {
            let mut command = Command::new(self.programs.join("pg_isready"));
            command.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            command
        };
        // INT is the fast stop; TERM would wait for clients.
        let (watched, port) = super::start(guard, "PostgreSQL", &self.log, |port| self.command(port), "INT", ready)?;
        Ok(Server { watched, signal: "INT", url: format!("postgres://rolo@127.0.0.1:{port}/postgres") })
    }

    fn command(&self, port: u16) -> Command {
        let options: Vec<&str> = lowered().iter().copied().chain(["--pdeathsig=INT"]).collect();
        let mut command = under_setpriv(&options, &self.programs.join("postgres"));
        command.arg("-D").arg(&self.data).args(["-p", &port.to_string()]).current_dir("/");
        let settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "full_page_writes=off"];
        let sizes = ["synchronous_commit=off", "max_connections=300", "shared_buffers=64MB"];
        command.arg("-c").arg(format!("ssl_cert_file={}", self.certificate.display()));
        command.arg("-c").arg(format!("ssl_key_file={}", self.key.display())).args(["-c", "ssl=on"]);
        for setting in settings.iter().chain(&sizes) {
            command.args(["-c", setting]);
        }
        command
    }
}

fn lowered() -> &'static [&'static str] {
    if program::is_root() { AS_POSTGRES } else { &[] }
}
