//! The rows of an import's files, one after the other, from any place on.

use std::collections::VecDeque;

use super::{
    objects::Objects,
    part::Part,
    records::{Next, Record, Records},
};
use crate::{
    Result,
    card::split::{Refused, Splitter},
    contracts::Storage,
    import::{
        Format,
        limit::{BLOCK_BYTES, CARD_BYTES_MAX},
    },
};

/// What a row is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Cells of a table.
    Cells(Record),
    /// A vCard, as it came.
    Card(Vec<u8>),
    /// A JSContact object.
    Object(Vec<u8>),
}

impl Content {
    /// How much it holds.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Cells(record) => record.cells().map(str::len).sum(),
            Self::Card(bytes) | Self::Object(bytes) => bytes.len(),
        }
    }
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Where it begins in its file.
    pub(crate) at: u64,
    /// What is there, or why it cannot be read.
    pub(crate) content: Result<Content, String>,
}

enum Cutter {
    Table(Box<Records>),
    Cards(Option<Box<Splitter>>, u64),
    Objects(Option<Box<Objects>>),
}

/// The rows of one file.
pub(crate) struct Rows<'a> {
    storage: &'a dyn Storage,
    part: &'a Part,
    at: u64,
    last: bool,
    cutter: Cutter,
    ready: VecDeque<Item>,
}

impl<'a> Rows<'a> {
    /// Rows from `at` on, which is the beginning of one.
    pub(crate) fn from(storage: &'a dyn Storage, part: &'a Part, at: u64) -> Self {
        let cutter = match part.format {
            Format::Vcard => Cutter::Cards(Some(Box::new(Splitter::within(CARD_BYTES_MAX))), at),
            Format::Jscontact => Cutter::Objects(Some(Box::new(Objects::new(at)))),
            _ => Cutter::Table(Box::new(Records::new(part.delimiter.map_or(b',', |mark| mark as u8), at))),
        };
        Self { storage, part, at, last: false, cutter, ready: VecDeque::new() }
    }

    /// The next row.
    pub(crate) async fn next(&mut self) -> Result<Option<Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            if let Cutter::Table(records) = &mut self.cutter {
                match records.next(self.last)? {
                    Next::Row(at, record) => return Ok(Some(Item { at, content: Ok(Content::Cells(record)) })),
                    Next::Bad(at, why) => return Ok(Some(Item { at, content: Err(why.to_owned()) })),
                    Next::End => return Ok(None),
                    Next::More => {}
                }
            } else if self.last {
                return Ok(None);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        let want = usize::try_from(self.part.length.saturating_sub(self.at)).unwrap_or(usize::MAX).min(BLOCK_BYTES);
        let block = if want == 0 { None } else { self.storage.read(&self.part.key, self.at, want).await? };
        let block = block.unwrap_or_default();
        self.at += block.len() as u64;
        self.last = block.is_empty();
        let ready = &mut self.ready;
        match &mut self.cutter {
            Cutter::Table(records) => records.push(&block),
            Cutter::Cards(splitter, base) => {
                let base = *base;
                let found = |piece: crate::card::split::Piece| {
                    let content = match piece.card {
                        Ok(card) if card.len() <= CARD_BYTES_MAX => Ok(Content::Card(card)),
                        Ok(_) | Err(Refused::TooLarge) => Err("This card is larger than 10 MiB.".to_owned()),
                        Err(refused) => Err(refused.to_string()),
                    };
                    ready.push_back(Item { at: base + piece.span.start, content });
                };
                match splitter {
                    Some(splitter) if !block.is_empty() => splitter.push(&block, found),
                    splitter => {
                        if let Some(splitter) = splitter.take() {
                            splitter.finish(found);
                        }
                    }
                }
            }
            Cutter::Objects(objects) => {
                let mut found = |(at, object): (u64, Result<Vec<u8>, &str>)| {
                    ready.push_back(Item { at, content: object.map(Content::Object).map_err(str::to_owned) });
                };
                match objects {
                    Some(objects) if !block.is_empty() => objects.push(&block, &mut found),
                    objects => {
                        if let Some(objects) = objects.take() {
                            objects.finish(&mut found);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}
