//! `cargo xtask start`: from a fresh clone to a running Rolo. A second start only looks, builds nothing, and takes seconds.

use crate::cargo::cargo;
use crate::house::House;
use crate::node::{self, INSTALL, Kept, npm};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Builds what is not up to date, then becomes `rolo serve`. `args` go to it, after an optional `--`.
pub(crate) fn run(house: &House, args: &[&str]) -> crate::Answer {
    build(house)?;
    let why = serve(house, args).exec();
    Err(format!("Rolo was built but could not be started: {why}."))
}

/// The program with its pages, as people run it.
pub(crate) fn build(house: &House) -> Result<(), String> {
    build_web(house)?;
    println!("Building the program …");
    done(cargo(house, &["build", "--workspace", "--release", "--bin", "rolo"]), "The program did not build")
}

/// `npm ci` in `folder`, unless its lock file is the one that was installed last.
pub(crate) fn install(house: &House, folder: &str) -> Result<(), String> {
    node::check()?;
    let packages = Kept::packages(house, folder);
    if !packages.is_current() {
        println!("Installing the packages of {folder}/ …");
        done(npm(house, folder, INSTALL), "The packages could not be installed")?;
        packages.note()?;
    }
    Ok(())
}

/// The pages that the program carries.
pub(crate) fn build_web(house: &House) -> Result<(), String> {
    if !house.has("web/package.json") {
        println!("web/: nothing here yet");
        return Ok(());
    }
    install(house, "web")?;
    let bundle = Kept::bundle(house);
    if !bundle.is_current() {
        println!("Building the web app …");
        done(npm(house, "web", &["run", "build"]), "The web app did not build")?;
        bundle.note()?;
    }
    Ok(())
}

fn done(mut command: Command, otherwise: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{otherwise}: the reason stands above.")),
        Err(why) => Err(format!("{otherwise}: {why}.")),
    }
}

/// `rolo serve`, with its data beside the code unless told otherwise. Unconfigured, Rolo listens on loopback only.
fn serve(house: &House, args: &[&str]) -> Command {
    let args = args.strip_prefix(&["--"]).unwrap_or(args);
    let mut command = Command::new(house.release("rolo"));
    command.current_dir(&house.root).arg("serve");
    if !args.iter().any(|arg| *arg == "--data" || arg.starts_with("--data=")) {
        command.args(["--data", "data"]);
    }
    command.args(args);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(args: &[&str]) -> Vec<String> {
        let house = House { root: "/clone".into(), target: "/target".into(), ci: false };
        let command = serve(&house, args);
        assert_eq!(command.get_program(), "/target/release/rolo");
        command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn start_serves_the_data_folder_of_the_clone_unless_another_is_named() {
        assert_eq!(words(&[]), ["serve", "--data", "data"]);
        assert_eq!(words(&["--", "--listen", "127.0.0.1:0"]), ["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
        assert_eq!(words(&["--", "--data", "elsewhere"]), ["serve", "--data", "elsewhere"]);
        assert_eq!(words(&["--data=elsewhere"]), ["serve", "--data=elsewhere"]);
    }
}
