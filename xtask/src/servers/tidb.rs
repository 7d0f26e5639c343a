//! TiDB, which speaks MySQL and spreads over machines: built from its Go module for a soak run, never for the tests. It runs alone,
//! with its embedded store, and forgets everything when it stops.

use super::{Server, certificate::Certificate, under_setpriv};
use crate::guard::Guard;
use crate::house::House;
use crate::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Its commit of 2025-11-26: the module has no release under a number that Go takes.
const COMMIT: &str = "20251126154744-e4e814fdc0af";

/// The module around it. TiDB replaces its parser and one client of LDAP, and Go heeds that in the main module alone.
fn module() -> String {
    format!(
        "module soak\n\ngo 1.23.6\n\nrequire (\n\tgithub.com/pingcap/tidb v1.1.0-beta.0.{COMMIT}\n\
         \tgithub.com/pingcap/tidb/pkg/parser v0.0.0-{COMMIT}\n)\n\n\
         replace github.com/go-ldap/ldap/v3 => github.com/YangKeao/ldap/v3 v3.4.5-0.20230421065457-369a3bab1117\n"
    )
}

/// The oldest Go that fetches the version a module asks for by itself.
const GO_LEAST: (u32, u32) = (1, 21);

/// Builds the server, unless it lies there already: some gigabytes of modules, and some minutes. Go checks each module
/// against its public log of checksums.
pub(crate) fn build(house: &House, guard: &Guard) -> Result<PathBuf, String> {
    let folder = house.target.join("tidb").join(COMMIT);
    let server = folder.join("tidb-server");
    if server.is_file() {
        return Ok(server);
    }
    let go = program::find("go").ok_or("Go is not installed.")?;
    check(&go)?;
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(folder.join("go.mod"), module()))
        .map_err(|why| format!("{} cannot be written: {why}.", folder.display()))?;
    println!("Building TiDB …");
    let mut build = Command::new(go);
    build.args(["build", "-mod=mod", "-ldflags=-s -w", "-o", "new", "github.com/pingcap/tidb/cmd/tidb-server"]);
    build.current_dir(&folder).env("GOWORK", "off");
    if !guard.run(build).is_ok_and(|status| status.success()) {
        return Err("TiDB did not build: the reason stands above.".to_owned());
    }
    // Under its name it is whole.
    fs::rename(folder.join("new"), &server).map_err(|why| format!("{} cannot be made: {why}.", server.display()))?;
    Ok(server)
}

fn check(go: &Path) -> Result<(), String> {
    let said =
        Command::new(go).args(["env", "GOVERSION"]).output().map_err(|why| format!("Go did not start: {why}."))?;
    let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    match version(&said) {
        Some(version) if version >= GO_LEAST => Ok(()),
        _ => Err(format!(
            "TiDB wants Go {}.{} or later, and here is `{said}`. Debian has one from version 13 on: golang-go.",
            GO_LEAST.0, GO_LEAST.1
        )),
    }
}

/// `go1.26.8` and its like.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("go")?.split(|other: char| !other.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// A server that only reads shall take writes of the tests' own user all the same; being root does not say that.
const USER: &str = "grant restricted_replica_writer_admin on *.* to root@'%'";

/// Starts the server on an empty store and waits until it answers.
pub(super) fn start(guard: &Guard, folder: &Path, server: &Path, certificate: &Certificate) -> Result<Server, String> {
    let client = program::find("mariadb").ok_or("mariadb, the client, is not installed.")?;
    let settings = folder.join("tidb.toml");
    let secret = format!(
        "[security]\nssl-cert = \"{}\"\nssl-key = \"{}\"\n",
        certificate.chain.display(),
        certificate.key.display()
    );
    fs::write(&settings, secret).map_err(|why| format!("{} cannot be written: {why}.", settings.display()))?;
    let command = |port: u16| {
        let mut command = under_setpriv(&["--pdeathsig=KILL"], server);
        command.arg("-config").arg(&settings).args(["-host", "127.0.0.1", "-P", &port.to_string(), "-L", "error"]);
        // Without a path its store lies in the temporary folder and writes nothing through to the disk.
        command.args(["-store", "unistore", "-path", "", "-report-status=false"]).env("TMPDIR", folder);
        command.arg("-socket").arg(folder.join("tidb.sock")).arg("-temp-dir").arg(folder.join("tidb"));
        command
    };
    let ready = |port: u16| {
        let mut command = Command::new(&client);
        command.args(["--no-defaults", "-uroot", "-h127.0.0.1", "-P", &port.to_string(), "-e", USER]);
        command
    };
    let (watched, port) = super::start(guard, "TiDB", &folder.join("tidb.log"), command, "TERM", ready)?;
    Ok(Server { watched, signal: "TERM", url: format!("mysql://root@127.0.0.1:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_that_is_too_old_is_told_from_one_that_will_do() {
        assert_eq!(version("go1.26.8"), Some((1, 26)));
        assert!(version("go1.21rc2").unwrap() >= GO_LEAST && version("go1.19").unwrap() < GO_LEAST);
        assert_eq!(version("devel"), None);
    }
}
