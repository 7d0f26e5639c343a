//! The files of the clone, read once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Paths from the root, with `/`, and their text. What is not text, or only input for tests, is there without text.
pub(super) struct Tree {
    files: BTreeMap<String, String>,
}

/// Larger than any text that people write.
const TEXT_BYTES_MAX: u64 = 2 << 20;

impl Tree {
    /// Reads all but what tools write.
    pub(super) fn read(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        walk(root, "", &mut files)?;
        Ok(Self { files })
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// The text of one file.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// All files below `folder` (which ends in `/`; empty for all), in order.
    pub(super) fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        all.filter(move |(path, _)| path.starts_with(folder))
    }
}

fn walk(root: &Path, folder: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && !written_by_tools(&path, &name) {
            walk(root, &path, files)?;
        } else if kind.is_file() {
            let is_text = entry.metadata()?.len() <= TEXT_BYTES_MAX && !path.starts_with("fixtures/");
            let text = if is_text { fs::read(entry.path())? } else { Vec::new() };
            files.insert(path, String::from_utf8(text).unwrap_or_default());
        }
    }
    Ok(())
}

fn written_by_tools(path: &str, name: &str) -> bool {
    matches!(name, ".git" | "target" | "node_modules" | "dist" | "dist-ssr" | "coverage")
        || matches!(path, "data" | "e2e/out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_left_out_and_fixtures_keep_their_names_only() {
        let root = std::env::temp_dir().join(format!("rolo-xtask-tree-{}", std::process::id()));
        let files = ["crates/core/src/lib.rs", "web/node_modules/a.js", "target/b.rs", "data/c.md", "fixtures/d.csv"];
        for file in files {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "text").unwrap();
        }
        let tree = Tree::read(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        let found: Vec<_> = tree.under("").collect();
        assert_eq!(found, [("crates/core/src/lib.rs", "text"), ("fixtures/d.csv", "")]);
    }
}
