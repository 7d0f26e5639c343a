//! Write contacts into a file: checks first, then a stream that holds a few contacts at a time.

use std::collections::{HashMap, VecDeque};

use futures_util::stream::try_unfold;

use super::{
    Format, Report, Selection, card,
    page::Pages,
    tables::{Kind, Table},
};
use crate::{
    Error, Result, Services,
    account::Caller,
    card::{Model, Version},
    contact::{Stored, plan::parsed},
    contracts::storage::Chunks,
    id::LabelId,
};

/// Octets of a chunk, from which on it is given out.
const CHUNK: usize = 64 << 10;
/// Contacts of a table that are held at once.
const ROWS: usize = 250;
/// Cards that are held at once: they have their photos in them.
const CARDS: usize = 64;

/// Writes the selection in this format. What is wrong with the request is said at once; the chunks come as they are
/// asked for. A contact that goes to the bin meanwhile is left out, an edited one leaves as it is when its turn comes.
pub async fn write(
    services: &Services,
    caller: &Caller,
    format: Format,
    selection: Selection,
) -> Result<Chunks<'static>> {
    Ok(write_reported(services, caller, format, selection).await?.0)
}

/// The same, with the report of what the file could not hold: for a door that can tell it at the end.
pub async fn write_reported(
    services: &Services,
    caller: &Caller,
    format: Format,
    selection: Selection,
) -> Result<(Chunks<'static>, Report)> {
    let report = Report::default();
    let pages = selection.opened(services, caller.scope()).await?;
    let pen = match format {
        Format::GoogleCsv => Pen::Table(Box::new(Table::new(Kind::Google))),
        Format::OutlookCsv => Pen::Table(Box::new(Table::new(Kind::Outlook))),
        Format::Vcard3 => Pen::Cards(Version::V30),
        Format::Vcard4 => Pen::Cards(Version::V40),
        Format::JsContact => Pen::Objects,
    };
    let export = Export {
        services: services.clone(),
        caller: caller.clone(),
        pages,
        pen,
        labels: HashMap::new(),
        waiting: VecDeque::new(),
        stage: Stage::New,
        report: report.clone(),
    };
    let chunks =
        Box::pin(try_unfold(
            export,
            |mut export| async move { Ok(export.chunk().await?.map(|chunk| (chunk, export))) },
        ));
    Ok((chunks, report))
}

/// What an export writes with.
enum Pen {
    Table(Box<Table>),
    Cards(Version),
    Objects,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    First,
    Further,
    Done,
}

/// A contact whose turn comes.
enum Entry {
    Row(Box<Stored>),
    Card { bytes: Vec<u8>, kind: String, uid: String, starred: bool },
}

struct Export {
    services: Services,
    caller: Caller,
    pages: Pages,
    pen: Pen,
    labels: HashMap<LabelId, String>,
    waiting: VecDeque<Entry>,
    stage: Stage,
    report: Report,
}

impl Export {
    /// The next chunk; `None` behind the last.
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        if self.stage == Stage::New {
            self.begin(&mut out).await?;
        }
        while self.stage != Stage::Done && out.len() < CHUNK {
            if self.waiting.is_empty() {
                self.waiting = self.helping().await?;
            }
            match self.waiting.pop_front() {
                Some(entry) => self.write(entry, &mut out)?,
                None => self.end(&mut out),
            }
        }
        if let Pen::Table(table) = &mut self.pen {
            self.report.add(std::mem::take(&mut table.lost));
        }
        Ok(Some(out).filter(|out| !out.is_empty()))
    }

    async fn begin(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.stage = Stage::First;
        match &mut self.pen {
            Pen::Cards(_) => return Ok(()),
            Pen::Objects => {
                out.push(b'[');
                return Ok(());
            }
            Pen::Table(_) => {}
        }
        let labels = self.services.database.labels(self.caller.scope()).await?;
        self.labels = labels.into_iter().map(|label| (label.id, label.name)).collect();
        self.measure().await?;
        if let Pen::Table(table) = &mut self.pen {
            table.begin();
            out.append(&mut table.take());
        }
        Ok(())
    }

    /// Shows every contact to a table that has to know how wide it will be.
    async fn measure(&mut self) -> Result<()> {
        let from = self.pages.clone();
        while matches!(&self.pen, Pen::Table(table) if table.measures()) {
            let helping = self.helping().await?;
            if helping.is_empty() {
                break;
            }
            for entry in helping {
                if let (Pen::Table(table), Entry::Row(stored)) = (&mut self.pen, entry) {
                    table.hold(&model(&stored, &self.labels)?);
                }
            }
        }
        self.pages = from;
        Ok(())
    }

    /// Living contacts with their contents; empty only behind the last.
    async fn helping(&mut self) -> Result<VecDeque<Entry>> {
        let (database, scope) = (&self.services.database, self.caller.scope());
        let most = if matches!(self.pen, Pen::Table(_)) { ROWS } else { CARDS };
        loop {
            let lines = self.pages.next(&self.services, scope, most).await?;
            if lines.is_empty() {
                return Ok(VecDeque::new());
            }
            let ids: Vec<_> = lines.iter().map(|line| line.id).collect();
            let (mut entries, mut bytes) = (VecDeque::with_capacity(ids.len()), 0);
            if most == ROWS {
                let rows = database.contacts(scope, &ids).await?;
                bytes += rows.iter().map(|row| row.model.len()).sum::<usize>();
                let living = rows.into_iter().filter(|row| row.deleted_at.is_none());
                entries.extend(living.map(|row| Entry::Row(Box::new(row))));
            } else {
                let cards = database.cards(scope, &ids).await?;
                bytes += cards.iter().map(|card| card.bytes.len()).sum::<usize>();
                let mut lines = lines.into_iter();
                for card in cards.into_iter().filter(|card| card.deleted_at.is_none()) {
                    // Cards come in the order of the lines, less those that are gone.
                    let Some(line) = lines.find(|line| line.id == card.id) else { break };
                    let (kind, starred) = (line.kind, line.starred);
                    entries.push_back(Entry::Card { bytes: card.bytes, kind, uid: card.uid, starred });
                }
            }
            self.pages.was(entries.len(), bytes);
            if !entries.is_empty() {
                return Ok(entries);
            }
        }
    }

    fn write(&mut self, entry: Entry, out: &mut Vec<u8>) -> Result<()> {
        match (entry, &mut self.pen) {
            (Entry::Row(stored), Pen::Table(table)) => {
                table.row(&model(&stored, &self.labels)?, stored.starred)?;
                out.append(&mut table.take());
            }
            (Entry::Card { bytes, uid, starred, .. }, Pen::Cards(version)) => {
                out.append(&mut card::vcard(&parsed(&bytes)?, *version, &uid, starred)?);
            }
            (Entry::Card { bytes, kind, uid, starred }, _) => {
                out.extend_from_slice(if self.stage == Stage::First { b"\n" } else { b",\n" });
                let object = card::object(&parsed(&bytes)?, &kind, &uid, starred);
                serde_json::to_writer(&mut *out, &object).map_err(Error::internal)?;
            }
            (Entry::Row(_), _) => {}
        }
        self.stage = Stage::Further;
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if matches!(self.pen, Pen::Objects) {
            out.extend_from_slice(b"\n]\n");
        }
        self.stage = Stage::Done;
    }
}

/// The stored model, with what the row says beside it.
fn model(stored: &Stored, labels: &HashMap<LabelId, String>) -> Result<Model> {
    let mut model: Model = serde_json::from_str(&stored.model).map_err(Error::internal)?;
    model.kind = Some(stored.kind.clone());
    model.uid = Some(stored.uid.clone());
    model.keywords = stored.labels.iter().filter_map(|id| labels.get(id)).map(|name| (name.clone(), true)).collect();
    Ok(model)
}
