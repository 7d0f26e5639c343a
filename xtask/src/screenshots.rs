//! `cargo xtask screenshots`: a picture of each page in light, dark, on a phone and right to left, taken of the real program.
//!
//! Those that the README and ARCHITECTURE show go to `docs/screenshots`, all of them to `target/screenshots`.

use crate::guard::Guard;
use crate::house::House;
use crate::node::npm;
use crate::packages;
use crate::start;
use std::process::Command;

/// Where the pictures lie that are looked at and not kept.
const FOLDER: &str = "screenshots";

/// Builds what is needed and takes the pictures; `only` names pages.
pub(crate) fn run(house: &House, only: &[&str]) -> crate::Answer {
    start::build(house)?;
    start::install(house, "e2e")?;
    let guard = Guard::start()?;
    let status = guard.run(command(house, only)?).map_err(|why| format!("npm did not start: {why}."))?;
    println!("All pictures: {}", house.target.join(FOLDER).display());
    Ok(status.success())
}

fn command(house: &House, only: &[&str]) -> Result<Command, String> {
    let mut args = vec!["run", "screenshots", "--"];
    args.extend(only);
    let mut command = npm(house, "e2e", &args);
    with_browser(house, &mut command)?;
    command.env("ROLO_SCREENSHOTS", house.target.join(FOLDER));
    Ok(command)
}

/// Tells a script of `e2e/` which program and which browser to take.
pub(crate) fn with_browser(house: &House, command: &mut Command) -> Result<(), String> {
    let browser = packages::chromium().ok_or("There is no Chromium here: install it, then try again.")?;
    command.env("ROLO_BINARY", house.release("rolo")).env("ROLO_CHROMIUM", browser);
    Ok(())
}
