//! What a test run needs from the system beside Rust and Node: looked for, and installed where that is possible.

use crate::guard::Guard;
use crate::house::House;
use crate::program;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// What a package is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// The databases and the Redis that the conformance suites run on, a certificate for them, an authority for ours, a reader of
    /// our archives, and the web servers that stand in front of Rolo.
    Server,
    /// The browser of the journeys, and letters for 20 scripts on its screenshots.
    Browser,
    /// The compiler of TiDB, for its soak run.
    Go,
}

/// A Debian package, and how to see that its content is here already, whoever put it there.
struct Package {
    name: &'static str,
    r#use: Use,
    here: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { name: "mariadb-server-core", r#use: Use::Server, here: || has("mariadbd") && has("mariadb-install-db") },
    Package { name: "mariadb-client-core", r#use: Use::Server, here: || has("mariadb") },
    Package { name: "postgresql", r#use: Use::Server, here: || program::postgres_folder().is_some() },
    Package { name: "openssl", r#use: Use::Server, here: || has("openssl") },
    Package { name: "redis-server", r#use: Use::Server, here: || has("redis-server") && has("redis-cli") },
    Package { name: "restic", r#use: Use::Server, here: || has("restic") },
    Package { name: "nginx", r#use: Use::Server, here: || has("nginx") },
    Package { name: "apache2", r#use: Use::Server, here: || has("apache2") },
    Package { name: "iproute2", r#use: Use::Server, here: || has("ip") },
    Package { name: "pebble", r#use: Use::Server, here: || has("pebble") && has("pebble-challtestsrv") },
    Package { name: "golang-go", r#use: Use::Go, here: || has("go") },
    Package { name: "chromium", r#use: Use::Browser, here: || chromium().is_some() },
    Package { name: "fonts-noto-core", r#use: Use::Browser, here: || font("truetype/noto/NotoSans-Regular.ttf") },
    Package { name: "fonts-noto-cjk", r#use: Use::Browser, here: || font("opentype/noto/NotoSansCJK-Regular.ttc") },
];

fn has(name: &str) -> bool {
    program::find(name).is_some()
}

fn font(file: &str) -> bool {
    Path::new("/usr/share/fonts").join(file).is_file()
}

/// The browser, under either of the names it goes by.
pub(crate) fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(program::find)
}

/// The packages for `uses` whose content is not on this machine.
pub(crate) fn missing(uses: &[Use]) -> Vec<&'static str> {
    let wanted = PACKAGES.iter().filter(|package| uses.contains(&package.r#use));
    wanted.filter(|package| !(package.here)()).map(|package| package.name).collect()
}

/// Installs what is missing, or says what to install. `Ok` names what is still missing: nothing, most of the time.
pub(crate) fn install(house: &House, guard: &Guard, uses: &[Use]) -> Result<Option<String>, String> {
    let names = missing(uses);
    if names.is_empty() {
        return Ok(None);
    }
    if program::is_root() && has("apt-get") {
        with_apt(guard, &names)?;
        return match missing(uses).as_slice() {
            [] => Ok(None),
            still => Err(format!("Installed, and yet not found on this machine: {}.", still.join(" "))),
        };
    }
    without_root(house.ci, &names)
}

fn without_root(ci: bool, names: &[&str]) -> Result<Option<String>, String> {
    let cure = format!("Install what is missing, on Debian with: sudo apt-get install {}", names.join(" "));
    if ci { Err(cure) } else { Ok(Some(cure)) }
}

fn with_apt(guard: &Guard, names: &[&str]) -> Result<(), String> {
    let _quiet = services_stay_off(guard);
    apt(guard, &["update", "-qq"])?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-unsafe-io"];
    args.extend(["-o", "DPkg::Lock::Timeout=300"]);
    args.extend(names);
    apt(guard, &args)
}

fn apt(guard: &Guard, args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
    let (status, said) = guard.capture(command).map_err(|why| format!("apt-get did not start: {why}."))?;
    if status.success() { Ok(()) } else { Err(format!("{said}apt-get {} failed ({status}).", args.join(" "))) }
}

/// Debian asks this file whether a freshly installed server may start. Ours are private and started by the tests.
const POLICY: &str = "/usr/sbin/policy-rc.d";

struct ServicesOff;

fn services_stay_off(guard: &Guard) -> Option<ServicesOff> {
    if Path::new(POLICY).exists() {
        return None;
    }
    guard.remove_at_the_end(Path::new(POLICY));
    std::fs::write(POLICY, "#!/bin/sh\nexit 101\n").ok()?;
    std::fs::set_permissions(POLICY, std::fs::Permissions::from_mode(0o755)).ok()?;
    Some(ServicesOff)
}

impl Drop for ServicesOff {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(POLICY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_part_fails_in_ci_and_is_told_elsewhere() {
        let names = ["mariadb-server-core", "chromium"];
        let why = without_root(true, &names).unwrap_err();
        assert!(why.ends_with("sudo apt-get install mariadb-server-core chromium"), "{why}");
        assert_eq!(without_root(false, &names), Ok(Some(why)));
    }
}
