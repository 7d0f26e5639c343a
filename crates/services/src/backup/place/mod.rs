//! Where an archive lies: a folder that many backups share, or one file. Both hold a restic repository, file by file.

mod file;
mod folder;

use std::path::PathBuf;

use rustic_core::{FileType, Id};

pub(super) use file::{Growing, Whole};
pub(super) use folder::Folder;

/// Where an archive is, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of backups.
    Folder(PathBuf),
    /// One backup in one file.
    File(PathBuf),
}

impl Place {
    /// What a path that exists is; one that does not is a folder to be, unless it ends as an archive's file does.
    pub fn of(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let named = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("rolo"));
        if path.is_file() || (named && !path.is_dir()) { Self::File(path) } else { Self::Folder(path) }
    }

    /// How a person calls it.
    pub fn named(&self) -> std::path::Display<'_> {
        match self {
            Self::Folder(path) | Self::File(path) => path.display(),
        }
    }
}

/// All that a repository is made of.
const KINDS: [FileType; 5] = [FileType::Config, FileType::Key, FileType::Snapshot, FileType::Index, FileType::Pack];

/// The path of one of its files, as restic lays it out.
fn path_of(kind: FileType, id: &Id) -> String {
    let hex = id.to_hex();
    match kind {
        FileType::Config => "config".to_owned(),
        FileType::Pack => format!("data/{}/{}", &hex[..2], &*hex),
        _ => format!("{}/{}", kind.dirname(), &*hex),
    }
}

/// The file that a path names; `None` when a repository has none of that name.
fn named_by(path: &str) -> Option<(FileType, Id)> {
    let name = path.rsplit('/').next()?;
    KINDS.into_iter().find_map(|kind| {
        let id = if kind == FileType::Config { Id::default() } else { id_of(name)? };
        (path_of(kind, &id) == path).then_some((kind, id))
    })
}

/// A file's name as the digest it is.
fn id_of(name: &str) -> Option<Id> {
    (name.len() == 64).then(|| name.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_one_file_and_no_other_path_does() {
        let hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        for path in ["config", &format!("keys/{hex}"), &format!("snapshots/{hex}"), &format!("data/01/{hex}")] {
            let (kind, id) = named_by(path).unwrap();
            assert_eq!(path_of(kind, &id), path);
        }
        let upper = format!("keys/{}", hex.to_uppercase());
        for path in
            ["", "/config", "keys", "keys/../config", &format!("data/02/{hex}"), &format!("keys/{hex}0"), &upper]
        {
            assert_eq!(named_by(path), None, "{path}");
        }
    }
}
