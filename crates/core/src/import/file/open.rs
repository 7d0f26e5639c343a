//! Opens what was uploaded: unpacks archives, finds out what each file is, and has all of it in storage as bytes that can be
//! read from any row on.

use std::sync::Arc;

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    Part, Unfit, archive,
    encoding::{self, Looking},
    part,
    sniff::{self, What},
};
use crate::{
    Error, Result,
    contracts::{Storage, storage::Chunks},
    import::{
        Format,
        limit::{BLOCK_BYTES, FILE_BYTES_MAX, FILES_MAX, UNPACKED_BYTES_MAX},
        matching::groups,
    },
};

/// Bytes of a file's head that are looked at.
const HEAD_BYTES: usize = 512 << 10;

/// Files that were opened.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) parts: Vec<Part>,
    /// Files of an archive that hold no contacts.
    pub(crate) left_out: Vec<String>,
}

struct Opening<'a> {
    storage: &'a Arc<dyn Storage>,
    opened: Opened,
    /// The number of the next file the import makes itself.
    made: usize,
    base: String,
}

/// Opens uploads: each a name for people and a key in storage.
pub(crate) async fn open(storage: &Arc<dyn Storage>, uploads: &[(String, String)]) -> Result<Opened> {
    if uploads.len() > FILES_MAX {
        return Err(Error::too_large("Up to 100 files can be imported at once."));
    }
    let base = uploads.first().map(|(_, key)| key.clone()).unwrap_or_default();
    let mut opening = Opening { storage, opened: Opened::default(), made: 0, base };
    for (name, key) in uploads {
        if let Err(error) = opening.upload(name, key).await {
            opening.discard().await;
            return Err(error);
        }
    }
    if opening.opened.parts.is_empty() {
        opening.discard().await;
        let why = "No file in this .zip holds contacts. Import a CSV, vCard or JSContact file.";
        return Err(Unfit(why.to_owned()).into());
    }
    Ok(opening.opened)
}

impl Opening<'_> {
    async fn upload(&mut self, name: &str, key: &str) -> Result<()> {
        let length = self.storage.length(key).await?.ok_or(Error::NotFound)?;
        if length > FILE_BYTES_MAX {
            return Err(Error::too_large("This file is larger than 512 MiB."));
        }
        let head = self.storage.read(key, 0, 4).await?.unwrap_or_default();
        if sniff::what(&head, "x") == Ok(What::Archive) {
            return self.archive(name, key, length).await;
        }
        self.file(name, key, length, false).await
    }

    /// Deletes what was made on the way.
    async fn discard(&self) {
        for nth in 0..self.made {
            let _ = self.storage.delete(&format!("{}.{nth}", self.base)).await;
        }
    }

    fn own(&mut self) -> String {
        self.made += 1;
        format!("{}.{}", self.base, self.made - 1)
    }

    async fn archive(&mut self, name: &str, key: &str, length: u64) -> Result<()> {
        let (entries, left_out) = archive::entries(self.storage.as_ref(), key, length).await?;
        if left_out.iter().any(|one| one == "[Content_Types].xml")
            || entries.iter().any(|one| one.name == "[Content_Types].xml")
        {
            let why = format!("“{name}” is an Excel or Word file. Save it as CSV there, then import that file.");
            return Err(Unfit(why).into());
        }
        self.opened.left_out.extend(left_out);
        let mut left = UNPACKED_BYTES_MAX;
        for entry in entries {
            let to = self.own();
            let length = archive::unpack(self.storage, key, &entry, &to, left).await?;
            left -= length.min(left);
            if self.opened.parts.len() >= FILES_MAX {
                return Err(Error::too_large("Up to 100 files can be imported at once."));
            }
            match self.file(&entry.name, &to, length, true).await {
                Err(Error::Invalid { .. }) => {
                    self.opened.left_out.push(entry.name);
                    self.storage.delete(&to).await?;
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// One file: what it is, in which encoding, where its first row is.
    async fn file(&mut self, name: &str, key: &str, length: u64, is_own: bool) -> Result<()> {
        let mut looking = Looking::default();
        let (mut at, mut has_groups) = (0, false);
        while let Some(block) = self.storage.read(key, at, BLOCK_BYTES).await?.filter(|block| !block.is_empty()) {
            looking.at(&block);
            has_groups |= groups::may_be(&block);
            at += block.len() as u64;
        }
        let found = looking.done();
        let raw = self.storage.read(key, 0, HEAD_BYTES).await?.unwrap_or_default();
        let text = found.encoding.decode_without_bom_handling(&raw[found.mark.min(raw.len())..]).0;
        let format = match sniff::what(&raw, &text)? {
            What::Cards => Format::Vcard,
            What::Objects => Format::Jscontact,
            What::Table => Format::Csv,
            What::Archive => {
                return Err(Unfit(format!("“{name}” is an archive in an archive. Unpack it first.")).into());
            }
        };
        let mut part = Part {
            key: key.to_owned(),
            name: name.to_owned(),
            format,
            encoding: encoding::name(found.encoding).to_owned(),
            delimiter: None,
            begin: found.mark as u64,
            length,
            is_own,
            columns: Vec::new(),
            day_first: false,
            // UTF-16 hides the word.
            has_groups: format == Format::Vcard && (has_groups || found.encoding != UTF_8),
        };
        if is_rewritten(format, found.encoding, &text) {
            let to = self.own();
            part.length = rewrite(self.storage, key, found, &to).await?;
            if std::mem::replace(&mut part.is_own, true) {
                self.storage.delete(key).await?;
            }
            (part.key, part.begin) = (to, 0);
        }
        if format == Format::Csv {
            self.table(&mut part).await?;
        }
        self.opened.parts.push(part);
        Ok(())
    }

    async fn table(&self, part: &mut Part) -> Result<()> {
        let begin = part.begin;
        let bytes = self.storage.read(&part.key, begin, HEAD_BYTES).await?.unwrap_or_default();
        let whole = begin + bytes.len() as u64 >= part.length;
        let delimiter = sniff::delimiter(&String::from_utf8_lossy(&bytes));
        let head = part::head(&bytes, delimiter, whole);
        if head.columns.is_empty() {
            return Err(Unfit("This table has no rows.".to_owned()).into());
        }
        part.delimiter = Some(delimiter as char);
        part.format = head.format;
        part.begin = begin + head.begin;
        part.columns = head.columns;
        part.day_first = head.day_first;
        Ok(())
    }
}

/// Tables and JSON are read as UTF-8. A card's bytes are kept as they came, except where a card cannot say its encoding:
/// UTF-16, and Shift-JIS without CHARSET.
fn is_rewritten(format: Format, found: &'static Encoding, head: &str) -> bool {
    if found == UTF_8 {
        return false;
    }
    if format != Format::Vcard || found == UTF_16LE || found == UTF_16BE {
        return true;
    }
    found == SHIFT_JIS && !head.to_ascii_uppercase().contains("CHARSET=")
}

/// Writes a file again as UTF-8.
async fn rewrite(storage: &Arc<dyn Storage>, key: &str, found: encoding::Found, to: &str) -> Result<u64> {
    struct Rewriting {
        storage: Arc<dyn Storage>,
        key: String,
        at: u64,
        decoder: encoding_rs::Decoder,
        done: bool,
    }
    let state = Rewriting {
        storage: storage.clone(),
        key: key.to_owned(),
        at: found.mark as u64,
        decoder: found.encoding.new_decoder_without_bom_handling(),
        done: false,
    };
    let chunks: Chunks<'static> = Box::pin(futures_util::stream::unfold(state, |mut state| async move {
        if state.done {
            return None;
        }
        let block = match state.storage.read(&state.key, state.at, BLOCK_BYTES).await {
            Ok(block) => block.unwrap_or_default(),
            Err(error) => {
                state.done = true;
                return Some((Err(error), state));
            }
        };
        state.done = block.is_empty();
        state.at += block.len() as u64;
        let room = state.decoder.max_utf8_buffer_length(block.len()).unwrap_or(4 * BLOCK_BYTES);
        let mut text = String::with_capacity(room);
        let _ = state.decoder.decode_to_string(&block, &mut text, state.done);
        Some((Ok(text.into_bytes()), state))
    }));
    storage.store(to, chunks, 2 * UNPACKED_BYTES_MAX).await
}
