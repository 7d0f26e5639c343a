//! MariaDB, which speaks MySQL: fast and forgetful, for tests. Durability is tested with a server of its own.

use super::{Server, certificate::Certificate, under_setpriv};
use crate::guard::Guard;
use crate::program;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fresh data folder: an anonymous `''@localhost` in it would shadow our user, and root has no password.
const USERS: &str = "delete from mysql.global_priv where User=''; flush privileges; \
    create or replace user rolo@'127.0.0.1' identified by 'rolo'; grant all on *.* to rolo@'127.0.0.1' with grant option; \
    create or replace user rolo@localhost identified by 'rolo'; grant all on *.* to rolo@localhost with grant option";

/// A data folder that a server can start on.
pub(super) struct Prepared {
    data: PathBuf,
    /// Its own: a MariaDB that starts removes each temporary table that it finds, also those of another in the same folder.
    tmpdir: PathBuf,
    socket: PathBuf,
    log: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

/// Makes the data folder.
pub(super) fn prepare(guard: &Guard, folder: &Path, certificate: &Certificate) -> Result<Prepared, String> {
    let prepared = Prepared {
        data: folder.join("mariadb"),
        tmpdir: folder.to_owned(),
        socket: folder.join("m.sock"),
        log: folder.join("mariadb.log"),
        certificate: certificate.chain.clone(),
        key: certificate.key.clone(),
    };
    let mut command = Command::new(program::find("mariadb-install-db").ok_or("mariadb-install-db is not installed.")?);
    command.arg("--no-defaults").args(as_root()).args([
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
        "--innodb-log-file-size=8M",
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=0",
    ]);
    command.arg(option("--datadir", &prepared.data)).arg(option("--tmpdir", &prepared.tmpdir));
    super::prepare(guard, "mariadb-install-db", command)?;
    Ok(prepared)
}

impl Prepared {
    /// Starts the server and makes the user `rolo`; that this works is what says it is ready.
    pub(super) fn start(&self, guard: &Guard) -> Result<Server, String> {
        let server = program::find("mariadbd").ok_or("mariadbd is not installed.")?;
        let client = program::find("mariadb").ok_or("mariadb, the client, is not installed.")?;
        let ready = |_| {
            let mut command = Command::new(&client);
            command.args(["--no-defaults", "-uroot"]).arg(option("--socket", &self.socket)).args(["-e", USERS]);
            command
        };
        let (watched, port) =
            super::start(guard, "MariaDB", &self.log, |port| self.command(&server, port), "TERM", ready)?;
        Ok(Server { watched, signal: "TERM", url: format!("mysql://rolo:rolo@127.0.0.1:{port}") })
    }

    fn command(&self, server: &Path, port: u16) -> Command {
        let mut command = under_setpriv(&["--pdeathsig=KILL"], server);
        command
            .arg("--no-defaults")
            .args(as_root())
            .arg(option("--datadir", &self.data))
            .arg(option("--tmpdir", &self.tmpdir));
        command.arg(option("--socket", &self.socket)).arg(option("--pid-file", &self.socket.with_extension("pid")));
        command.args(["--bind-address=127.0.0.1", &format!("--port={port}"), "--skip-name-resolve", "--skip-log-bin"]);
        command.arg(option("--ssl-cert", &self.certificate)).arg(option("--ssl-key", &self.key));
        command.args(["--performance-schema=OFF", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=8M"]);
        command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0"]);
        command.args(["--innodb-fast-shutdown=2", "--max-connections=400", "--character-set-server=utf8mb4"]);
        command
    }
}

/// MariaDB refuses to run as root unless told that it is meant.
fn as_root() -> Option<&'static str> {
    program::is_root().then_some("--user=root")
}

fn option(name: &str, path: &Path) -> String {
    format!("{name}={}", path.display())
}
