//! The report of an import: each row, what became of it and why, as a table to download.

use std::{collections::VecDeque, sync::Arc};

use super::{
    check::{read_item, take},
    mark::{Mark, marks},
    rows::fields,
    state::{Held, Saved},
    wanted::outcome,
};
use crate::{
    Error, Result, Services,
    account::Caller,
    contracts::storage::Chunks,
    export::csv::Rows as Sheet,
    id::ImportId,
    import::{
        file::Rows,
        limit::CHUNK_ROWS,
        matching::{Reading, Verdict, Why, groups::Groups},
    },
};

struct Reporting {
    services: Services,
    saved: Saved,
    key: String,
    groups: Arc<Groups>,
    from: u64,
    sheet: Sheet,
    begun: bool,
}

/// The report, as it can be told now: before the run what would become of each row, behind it what became of it.
pub async fn report(services: &Services, caller: &Caller, id: ImportId) -> Result<Chunks<'static>> {
    let held = Held::of(services, caller, id).await?;
    let key = held.verdicts_key();
    let groups = held.groups(services).await?;
    let reporting = Reporting {
        services: services.clone(),
        saved: held.saved,
        key,
        groups,
        from: 0,
        sheet: Sheet::default(),
        begun: false,
    };
    Ok(Box::pin(futures_util::stream::unfold(Some(reporting), |reporting| async move {
        let mut reporting = reporting?;
        match reporting.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(reporting))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })))
}

impl Reporting {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if !std::mem::replace(&mut self.begun, true) {
            for cell in ["Row", "Verdict", "Name", "Why", "Kept otherwise or left out"] {
                self.sheet.cell(cell);
            }
            self.sheet.end();
        }
        if self.from < self.saved.rows {
            let left = usize::try_from(self.saved.rows - self.from).unwrap_or(usize::MAX);
            let marks = marks(self.services.storage.as_ref(), &self.key, self.from, CHUNK_ROWS.min(left)).await?;
            self.rows(&marks).await?;
        }
        Ok(Some(self.sheet.take()).filter(|chunk| !chunk.is_empty()))
    }

    async fn rows(&mut self, marks: &[Mark]) -> Result<()> {
        let mut marks: VecDeque<&Mark> = marks.iter().collect();
        let lost = || Error::internal("a row of an import is not where it was checked");
        while let Some(first) = marks.front() {
            let run = marks.iter().take_while(|mark| mark.part == first.part).count();
            let part = self.saved.parts.get(usize::from(first.part)).ok_or_else(lost)?;
            let reading = Reading::of(part, self.groups.clone());
            let mut rows = Rows::from(self.services.storage.as_ref(), part, first.at);
            let items = take(&mut rows, run).await?;
            if items.is_empty() {
                return Err(lost());
            }
            for item in &items {
                let Some(mark) = marks.pop_front() else { break };
                let (name, why, notes) = match read_item(&reading, item) {
                    Err(why) => (String::new(), why, String::new()),
                    Ok(read) => {
                        let why = match (mark.verdict, mark.why) {
                            (Verdict::New, Why::Plain) => fields(&read),
                            (_, why) => why.sentence("a contact in the book"),
                        };
                        (read.name(), why, read.row.notes.join(" "))
                    }
                };
                let verdict = serde_json::to_value(outcome(&self.saved, self.from, mark)).unwrap_or_default();
                self.from += 1;
                for cell in [&self.from.to_string(), verdict.as_str().unwrap_or_default(), &name, &why, &notes] {
                    self.sheet.cell(cell);
                }
                self.sheet.end();
            }
        }
        Ok(())
    }
}
