//! A cargo child that leaves the target folder as a direct `cargo` would.

use crate::house::House;
use std::process::Command;

/// `cargo ARGS` in the root of the clone.
///
/// `cargo run` hands `CARGO_PKG_*` and `CARGO_MANIFEST_*` of xtask to this process. Build scripts watch some of those
/// (ring: `CARGO_MANIFEST_DIR`), so passing them on would rebuild the TLS and database crates each time somebody
/// changes between `cargo test` and `cargo xtask test`.
pub(crate) fn cargo(house: &House, args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(&house.root);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(of_xtask) {
            command.env_remove(name);
        }
    }
    if house.ci {
        // Nothing is edited in CI, so incremental builds would only cost disk and time.
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

fn of_xtask(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_cargo_child_does_not_see_that_xtask_was_run_by_cargo() {
        // Under `cargo test` these are set in this very process: the control that there is something to remove.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some() && std::env::var_os("CARGO_PKG_NAME").is_some());
        let house = House { root: PathBuf::from("."), target: PathBuf::from("target"), ci: true };
        let command = cargo(&house, &["test"]);
        let removed: Vec<&str> =
            command.get_envs().filter(|(_, value)| value.is_none()).filter_map(|(name, _)| name.to_str()).collect();
        assert!(removed.contains(&"CARGO_MANIFEST_DIR") && removed.contains(&"CARGO_PKG_NAME"), "{removed:?}");
        assert!(!removed.contains(&"CARGO_TARGET_DIR") && !removed.contains(&"CARGO_HOME"), "{removed:?}");
    }
}
