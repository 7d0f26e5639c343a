//! What an archive says about itself: `manifest.json`, the last of its parts. Whoever reads an archive believes nothing that
//! this does not say, and finds everything that it does.

use std::fmt::Write as _;

use jiff::Timestamp;
use rolo_core::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::fault::{damaged, foreign};

/// The layout of an archive. Another one gets another number.
pub const FORMAT: u32 = 1;

/// Its path.
pub(super) const PATH: &str = "manifest.json";
/// A million contacts need some 3 MiB.
pub(super) const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Exactly what is inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// Which Rolo made it.
    pub rolo: String,
    /// Which schema its tables have.
    pub schema: u32,
    /// When it was taken.
    pub at: Timestamp,
    /// The instance it was taken of.
    pub instance: String,
    /// The tables, in the order in which they are written back.
    pub tables: Vec<TableAbout>,
    /// The files.
    pub files: Vec<FileAbout>,
    /// The configuration, without its secrets.
    pub config: FileAbout,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableAbout {
    /// Its name.
    pub name: String,
    /// Its columns, in the order of a row.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// The digest of its parts' digests, which stands for every row of it.
    pub sha256: String,
    /// Its parts: `data/NAME/000000.cbor` and so on, in the order of its key.
    pub parts: Vec<PartAbout>,
}

/// A part of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartAbout {
    /// How many rows it has.
    pub rows: u64,
    /// How many octets they are as CBOR.
    pub octets: u64,
    /// Of these octets.
    pub sha256: String,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileAbout {
    /// Its key in the storage, or its name.
    pub key: String,
    /// How long it is.
    pub octets: u64,
    /// Of its content.
    pub sha256: String,
}

impl Manifest {
    /// Reads one, and refuses what this program does not understand.
    pub(super) fn read(octets: &[u8]) -> Result<Self> {
        /// The one member that every format has.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(octets).map_err(|_| foreign("its manifest is none of ours"))?;
        if format != FORMAT {
            return Err(Error::invalid(
                "archive",
                format!(
                    "This archive has format {format}, and this Rolo reads format {FORMAT}. Use the Rolo that made it."
                ),
            ));
        }
        let manifest: Self =
            serde_json::from_slice(octets).map_err(|error| damaged(format!("its manifest: {error}")))?;
        for table in &manifest.tables {
            let rows: u64 = table.parts.iter().map(|part| part.rows).sum();
            if rows != table.rows || digest_of(&table.parts) != table.sha256 {
                return Err(damaged(format!("its manifest contradicts itself about {}", table.name)));
            }
        }
        Ok(manifest)
    }

    /// As it is written.
    pub(super) fn octets(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|about| about.name == table).map_or(0, |about| about.rows)
    }

    /// How many octets are inside, before they are packed.
    pub fn octets_inside(&self) -> u64 {
        let parts = self.tables.iter().flat_map(|table| &table.parts).map(|part| part.octets);
        parts.chain(self.files.iter().map(|file| file.octets)).sum::<u64>() + self.config.octets
    }

    /// For people, in one line.
    pub fn line(&self) -> String {
        let (contacts, accounts) = (self.rows("contact"), self.rows("account"));
        let files = self.files.len();
        format!("{contacts} contacts, {accounts} accounts, {files} files, schema {}, Rolo {}", self.schema, self.rolo)
    }
}

/// The path of a table's part.
pub(super) fn part_name(number: usize) -> String {
    format!("{number:06}.cbor")
}

/// One digest for all parts.
pub(super) fn digest_of(parts: &[PartAbout]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.sha256.as_bytes());
    }
    hex(&digest.finalize())
}

pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

pub(super) fn sha256(octets: &[u8]) -> String {
    hex(&Sha256::digest(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let parts = vec![PartAbout { rows: 2, octets: 10, sha256: sha256(b"a") }];
        Manifest {
            format: FORMAT,
            rolo: "0.1.0".into(),
            schema: 1,
            at: Timestamp::UNIX_EPOCH,
            instance: "00".into(),
            tables: vec![TableAbout {
                name: "contact".into(),
                columns: vec!["id".into()],
                rows: 2,
                sha256: digest_of(&parts),
                parts,
            }],
            files: Vec::new(),
            config: FileAbout { key: "config.toml".into(), octets: 0, sha256: sha256(b"") },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let manifest = manifest();
        assert_eq!(Manifest::read(&manifest.octets().unwrap()).unwrap(), manifest);
    }

    #[test]
    fn another_format_and_a_manifest_that_contradicts_itself_are_refused() {
        let refused = |change: fn(&mut Manifest)| {
            let mut manifest = manifest();
            change(&mut manifest);
            Manifest::read(&manifest.octets().unwrap()).unwrap_err().to_string()
        };
        assert!(refused(|one| one.format = 2).contains("format 2"));
        assert!(refused(|one| one.tables[0].rows = 3).contains("contact"));
        assert!(refused(|one| one.tables[0].parts[0].sha256 = sha256(b"b")).contains("contact"));
        assert!(Manifest::read(b"{}").unwrap_err().to_string().contains("no archive of Rolo"));
        assert!(Manifest::read(b"{\"format\":1}").unwrap_err().to_string().contains("damaged"));
    }
}
