//! Where things are: the root of the clone, the target folder in use, and whether this is CI.

use std::path::{Path, PathBuf};

/// The clone that this command works on.
pub(crate) struct House {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever it was told to put it.
    pub(crate) target: PathBuf,
    /// `CI=true`: a missing part is a failure, and nothing is edited afterwards.
    pub(crate) ci: bool,
}

impl House {
    /// Looks upwards from the current folder, so that the command works in any folder of the clone.
    pub(crate) fn find() -> Result<Self, String> {
        let here = std::env::current_dir().map_err(|why| format!("The current folder cannot be read: {why}."))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask/Cargo.toml").is_file())
            .ok_or("This is not a clone of Rolo: no folder above holds xtask/Cargo.toml.")?;
        // This program lies in TARGET/debug/xtask: right for CARGO_TARGET_DIR and for a cargo configuration alike.
        let myself = std::env::current_exe().map_err(|why| format!("Cannot tell where xtask itself is: {why}."))?;
        let target = myself.ancestors().nth(2).map_or_else(|| root.join("target"), Path::to_path_buf);
        let ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
        Ok(Self { root: root.to_path_buf(), target, ci })
    }

    /// The release binary of this name.
    pub(crate) fn release(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// Whether the clone holds this file yet.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.root.join(path).is_file()
    }
}
