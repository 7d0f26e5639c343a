//! The web side: a Node that is new enough, packages as the lock file says, and the bundle that Rolo serves.

use crate::house::House;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that the tool chain of `web/` runs on.
const OLDEST: u32 = 20;

/// Says in one sentence what to do when Node is missing or too old.
pub(crate) fn check() -> Result<(), String> {
    let said = Command::new("node").arg("--version").output().ok();
    new_enough(said.as_ref().and_then(|answer| std::str::from_utf8(&answer.stdout).ok()))?;
    match Command::new("npm").arg("--version").output() {
        Ok(answer) if answer.status.success() => Ok(()),
        _ => {
            Err("npm, which belongs to Node, is missing: install it (on Debian the package npm), then try again."
                .into())
        }
    }
}

fn new_enough(said: Option<&str>) -> Result<(), String> {
    let cure = format!("install Node {OLDEST} or newer from nodejs.org or your system's packages, then try again.");
    match said.map(|text| (text.trim(), major(text))) {
        Some((_, Some(version))) if version >= OLDEST => Ok(()),
        Some((text, Some(_))) => Err(format!("Node {text} is too old to build Rolo's web pages: {cure}")),
        _ => Err(format!("Rolo's web pages are built with Node, and there is none here: {cure}")),
    }
}

/// The first number of `v20.20.2`.
fn major(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// An npm command in `folder`, for example `npm run build`.
pub(crate) fn npm(house: &House, folder: &str, args: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(args).current_dir(house.root.join(folder)).env("npm_config_update_notifier", "false");
    command
}

/// `npm ci`, without the thirty lines of advice it would give.
pub(crate) const INSTALL: &[&str] = &["ci", "--no-audit", "--no-fund", "--loglevel=error"];

/// Work whose result can be kept while its inputs stay the same: the note lies inside the result, so that deleting
/// the one deletes the other.
pub(crate) struct Kept {
    note: PathBuf,
    inputs: String,
}

impl Kept {
    /// `npm ci` in `folder`.
    pub(crate) fn packages(house: &House, folder: &str) -> Self {
        let folder = house.root.join(folder);
        let inputs = fingerprint(&folder, &[folder.join("package-lock.json"), folder.join(".npmrc")]);
        Self { note: folder.join("node_modules/.rolo-inputs"), inputs }
    }

    /// `npm run build` in `web/`: everything there counts, except what tools write.
    pub(crate) fn bundle(house: &House) -> Self {
        let folder = house.root.join("web");
        let mut files = Vec::new();
        collect(&folder, &mut files);
        Self { note: folder.join("dist/.rolo-inputs"), inputs: fingerprint(&folder, &files) }
    }

    /// Whether the result was made from these very inputs.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.note).is_ok_and(|noted| noted == self.inputs)
    }

    /// The work is done: the result is good until an input changes.
    pub(crate) fn note(&self) -> Result<(), String> {
        let folder = self.note.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(&self.note, &self.inputs))
            .map_err(|why| format!("{} cannot be written: {why}.", self.note.display()))
    }
}

/// Folders that tools write and nobody edits.
const WRITTEN_BY_TOOLS: &[&str] = &["node_modules", "dist", "dist-ssr", "coverage"];

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        match entry.file_type() {
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            Ok(kind) if kind.is_dir() && !WRITTEN_BY_TOOLS.iter().any(|known| name == *known) => {
                collect(&entry.path(), files);
            }
            _ => {}
        }
    }
}

/// FNV-1a over names and contents. It tells a change from no change; nobody attacks it.
fn fingerprint(base: &Path, files: &[PathBuf]) -> String {
    let mut files = files.to_vec();
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in &files {
        let name = file.strip_prefix(base).unwrap_or(file).to_string_lossy().into_owned();
        let content = fs::read(file).unwrap_or_default();
        let parts = [name.as_bytes(), &(content.len() as u64).to_le_bytes(), &content];
        for byte in parts.into_iter().flatten() {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_old_node_is_told_in_one_sentence_with_its_cure() {
        assert_eq!(new_enough(Some("v20.0.0\n")), Ok(()));
        assert_eq!(new_enough(Some("v22.23.3\n")), Ok(()));
        let old = new_enough(Some("v18.20.4\n")).unwrap_err();
        assert!(old.starts_with("Node v18.20.4 is too old") && old.contains("install Node 20"), "{old}");
        for nothing in [None, Some(""), Some("node: command not found")] {
            let why = new_enough(nothing).unwrap_err();
            assert!(why.contains("there is none here: install Node 20") && why.matches(". ").count() == 0, "{why}");
        }
    }

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(major("v9.11.2"), Some(9));
        assert_eq!(major("v100.1.0-nightly"), Some(100));
        assert_eq!(major("20.1.0"), None);
        assert_eq!(major("vx"), None);
    }

    #[test]
    fn a_result_is_kept_until_an_input_changes_or_the_result_is_gone() {
        let root = std::env::temp_dir().join(format!("rolo-xtask-kept-{}", std::process::id()));
        let house = House { root: root.clone(), target: root.join("target"), ci: false };
        for folder in ["web/src", "web/dist", "web/node_modules/vue"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("web/src/main.ts"), "one").unwrap();
        assert!(!Kept::bundle(&house).is_current());
        Kept::bundle(&house).note().unwrap();
        assert!(Kept::bundle(&house).is_current());

        fs::write(root.join("web/node_modules/vue/index.js"), "not an input of its own").unwrap();
        assert!(Kept::bundle(&house).is_current());
        fs::write(root.join("web/src/main.ts"), "two").unwrap();
        assert!(!Kept::bundle(&house).is_current());
        fs::write(root.join("web/src/main.ts"), "one").unwrap();
        fs::rename(root.join("web/src/main.ts"), root.join("web/src/app.ts")).unwrap();
        assert!(!Kept::bundle(&house).is_current(), "a renamed file is another input");
        Kept::bundle(&house).note().unwrap();
        fs::remove_dir_all(root.join("web/dist")).unwrap();
        assert!(!Kept::bundle(&house).is_current());
        fs::remove_dir_all(&root).unwrap();
    }
}
