//! The passphrase that opens an archive: a file of its own, made once.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rolo_core::{Error, Result, contracts::Random};
use rustic_core::Credentials;

use super::fault::disk;

/// What it is made of: nothing that looks like something else.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Of five random bits each, in groups of five.
const LENGTH: usize = 30;
/// A shorter one is guessed.
const OCTETS_MIN: usize = 8;
/// A file that is longer is another file.
const OCTETS_MAX: u64 = 4096;

/// A passphrase. Never printed.
#[derive(Clone)]
pub struct Passphrase(String);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Passphrase")
    }
}

impl Passphrase {
    /// The first line of a file, which is also what `restic --password-file` takes.
    pub fn read(file: &Path) -> Result<Self> {
        let broken = |error| disk(&format!("The passphrase file {} cannot be read", file.display()), &error);
        if fs::metadata(file).map_err(broken)?.len() > OCTETS_MAX {
            return Err(Error::invalid("passphrase_file", format!("{} is no passphrase file.", file.display())));
        }
        let text = fs::read_to_string(file).map_err(broken)?;
        let line = text.lines().next().unwrap_or_default();
        if line.len() < OCTETS_MIN {
            let file = file.display();
            return Err(Error::invalid(
                "passphrase_file",
                format!("The passphrase in {file} has under {OCTETS_MIN} characters."),
            ));
        }
        Ok(Self(line.to_owned()))
    }

    /// The one in the file; makes file and passphrase when there is none. True: it is new.
    pub fn read_or_make(file: &Path, random: &dyn Random) -> Result<(Self, bool)> {
        let made = File::options().write(true).create_new(true).mode(0o600).open(file);
        let mut out = match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok((Self::read(file)?, false)),
            other => other.map_err(|error| disk(&format!("{} cannot be made", file.display()), &error))?,
        };
        let passphrase = Self::new(random);
        let written = writeln!(out, "{}", passphrase.0).and_then(|()| out.sync_all());
        if let Err(error) = written {
            // Half a passphrase would be taken for a whole one.
            let _ = fs::remove_file(file);
            return Err(disk(&format!("{} cannot be written", file.display()), &error));
        }
        Ok((passphrase, true))
    }

    fn new(random: &dyn Random) -> Self {
        let mut octets = [0; LENGTH];
        random.fill(&mut octets);
        let letter = |octet: &u8| char::from(LETTERS[usize::from(octet % 32)]);
        let groups: Vec<String> = octets.chunks(5).map(|group| group.iter().map(letter).collect()).collect();
        Self(groups.join("-"))
    }

    pub(super) fn octets(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials::password(&self.0)
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_passphrase_is_made_once_and_read_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passphrase");
        let (made, new) = Passphrase::read_or_make(&file, &SystemRandom).unwrap();
        assert!(new && made.0.len() == LENGTH + 5, "{}", made.0);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, new) = Passphrase::read_or_make(&file, &SystemRandom).unwrap();
        assert!(!new && again.0 == made.0);
        fs::write(&file, "short\n").unwrap();
        assert!(Passphrase::read(&file).unwrap_err().to_string().contains("under 8"));
        assert!(!format!("{made:?}").contains(&made.0));
    }
}
