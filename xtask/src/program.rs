//! Finding a program on this machine, by looking for it rather than by asking a package manager.

use std::path::{Path, PathBuf};

/// The program of this name on the path or in the folders where servers are put, which a plain user's path leaves out.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// PostgreSQL's own programs are kept in a folder per version: the newest that is complete.
pub(crate) fn postgres_folder() -> Option<PathBuf> {
    newest(Path::new("/usr/lib/postgresql"))
        .or_else(|| find("initdb").and_then(|file| file.parent().map(Path::to_path_buf)))
}

fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(versions).ok()?.flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("postgres").is_file() && bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

/// Whether this process may install packages and must lower its rights before it starts PostgreSQL.
pub(crate) fn is_root() -> bool {
    let asked = std::process::Command::new("id").arg("-u").output();
    asked.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_newest_complete_postgresql_is_taken_by_number_not_by_spelling() {
        let versions = std::env::temp_dir().join(format!("rolo-xtask-pg-{}", std::process::id()));
        for (version, programs) in [("9", 2), ("15", 2), ("16", 1)] {
            let bin = versions.join(version).join("bin");
            fs::create_dir_all(&bin).unwrap();
            for program in ["postgres", "initdb"].iter().take(programs) {
                fs::write(bin.join(program), "").unwrap();
            }
        }
        let found = newest(&versions);
        fs::remove_dir_all(&versions).unwrap();
        assert_eq!(found, Some(versions.join("15/bin")));
        assert_eq!(newest(&versions), None);
    }

    #[test]
    fn a_program_is_found_on_the_path_and_a_made_up_one_is_not() {
        assert!(find("sh").is_some());
        assert_eq!(find("rolo-no-such-program"), None);
    }
}
