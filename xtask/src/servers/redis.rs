//! Redis: keeps nothing on disk, and each test uses keys of its own.

use super::{Server, under_setpriv};
use crate::guard::Guard;
use crate::program;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Starts the server and waits until it answers.
pub(super) fn start(guard: &Guard, folder: &Path) -> Result<Server, String> {
    let server = program::find("redis-server").ok_or("redis-server is not installed.")?;
    let client = program::find("redis-cli").ok_or("redis-cli is not installed.")?;
    let log: PathBuf = folder.join("redis.log");
    let command = |port: u16| {
        let mut command = under_setpriv(&["--pdeathsig=KILL"], &server);
        command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        command.arg("--dir").arg(folder);
        command
    };
    let ready = |port: u16| {
        // It exits well also when the server refuses; `-e` makes an error of that.
        let mut command = Command::new(&client);
        command.args(["-e", "-h", "127.0.0.1", "-p", &port.to_string(), "ping"]);
        command
    };
    let (watched, port) = super::start(guard, "Redis", &log, command, "TERM", ready)?;
    Ok(Server { watched, signal: "TERM", url: format!("redis://127.0.0.1:{port}") })
}
