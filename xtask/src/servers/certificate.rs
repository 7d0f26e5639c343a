//! A certificate for the servers of the tests, signed by an authority that exists for one run: good for `localhost` and for
//! no other name, so that a test can also be turned away.

use crate::guard::Guard;
use crate::program;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files in PEM.
pub(super) struct Certificate {
    /// Who vouches for the server.
    pub(super) authority: PathBuf,
    /// The server's certificate.
    pub(super) chain: PathBuf,
    /// Its key.
    pub(super) key: PathBuf,
}

/// Makes both in this folder.
pub(super) fn make(guard: &Guard, folder: &Path) -> Result<Certificate, String> {
    let file = |name: &str| folder.join(name);
    let made = Certificate { authority: file("ca.pem"), chain: file("server.pem"), key: file("server.key") };
    let authority = ["-subj", "/CN=Rolo tests", "-addext", "basicConstraints=critical,CA:TRUE"];
    request(guard, &made.authority, &file("ca.key"), &authority, None)?;
    let server = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    let by = (made.authority.as_path(), file("ca.key"));
    request(guard, &made.chain, &made.key, &server, Some((by.0, &by.1)))?;
    Ok(made)
}

fn request(
    guard: &Guard,
    certificate: &Path,
    key: &Path,
    what: &[&str],
    by: Option<(&Path, &Path)>,
) -> Result<(), String> {
    let openssl = program::find("openssl").ok_or("openssl is not installed.")?;
    let mut command = Command::new(openssl);
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    command.args(what).arg("-keyout").arg(key).arg("-out").arg(certificate);
    if let Some((authority, key)) = by {
        command.arg("-CA").arg(authority).arg("-CAkey").arg(key);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    }
    super::prepare(guard, "openssl req", command)
}
