//! The one-time code of the set-up page: printed at the start, also in `DATA/setup-code` for those who start Rolo as a service.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::Result;

use crate::wire::Machine;

/// What the code is made of: nothing that looks like something else.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A new code (`XXXX-XXXX`, forty random bits) while no account exists; afterwards the file goes.
pub(crate) async fn code(machine: &Machine) -> Result<Option<String>> {
    let file = machine.data.join("setup-code");
    forget(&file)?;
    if machine.services.database.has_accounts().await? {
        return Ok(None);
    }
    let mut octets = [0; 8];
    if machine.shared {
        // Whichever of several processes is asked knows the same code, from what only their database knows.
        let digest = machine.services.secrets.digest(b"the code of the set-up page");
        octets.copy_from_slice(&digest[..8]);
    } else {
        machine.services.random.fill(&mut octets);
    }
    let [first, second] = [&octets[..4], &octets[4..]].map(letters);
    let code = format!("{first}-{second}");
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)?
        .write_all(format!("{code}\n").as_bytes())?;
    Ok(Some(code))
}

fn letters(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(LETTERS[usize::from(octet % 32)])).collect()
}

fn forget(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
