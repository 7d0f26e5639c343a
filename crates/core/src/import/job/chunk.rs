//! The next rows of a run as one write: contacts made and changed, stars set, rows remembered.

use std::{collections::HashMap, sync::Arc};

use super::{
    check::{breathe, read_item, take},
    mark::{Mark, marks},
    state::Saved,
    wanted::{Wanted, outcome, wanted},
};
use crate::{
    Error, Result, Services,
    account::{Caller, MayEdit},
    card::Card,
    contact::{plan::drawn, prepare::prepare},
    id::ContactId,
    import::{
        file::Rows,
        limit::{CHUNK_BYTES, CHUNK_ROWS},
        matching::{
            Read, Reading, Verdict, Why, added_to,
            groups::Groups,
            matcher::{Known, base, starless},
            planned,
        },
    },
    write::{Act, Admin, Effect, Expect, KeptRow},
};

/// Rows after which to see whether what is being written is done.
const BREATH_ROWS: usize = 16;

/// Rows turned into effects.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) effects: Vec<Effect>,
    pub(super) kept: Vec<KeptRow>,
    /// The row behind the last.
    pub(super) upto: u64,
    /// What became of rows that have another verdict now than in the check.
    pub(super) turned: Vec<(u64, Verdict, Verdict, Why)>,
}

struct Making<'a> {
    services: &'a Services,
    caller: &'a Caller,
    into: MayEdit,
    now: jiff::Timestamp,
    /// Contacts to be changed, as this chunk has them by now.
    known: HashMap<ContactId, Known>,
    chunk: Chunk,
}

/// Where rows come from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) saved: &'a Saved,
    /// Where the verdicts lie.
    pub(super) key: &'a str,
    pub(super) groups: &'a Arc<Groups>,
}

/// The effects of up to `most` rows from `from` on.
pub(super) async fn chunk(
    services: &Services,
    caller: &Caller,
    source: &Source<'_>,
    from: u64,
    most: usize,
) -> Result<Chunk> {
    let Source { saved, key, groups } = *source;
    let storage = services.storage.as_ref();
    let left = usize::try_from(saved.rows.saturating_sub(from)).unwrap_or(usize::MAX);
    let marks = marks(storage, key, from, most.min(CHUNK_ROWS).min(left)).await?;
    let wishes: Vec<Wanted> = (from..).zip(&marks).map(|(row, mark)| wanted(saved, row, mark)).collect();
    let mut making = Making {
        services,
        caller,
        into: caller.may_edit(saved.book)?,
        now: services.clock.now(),
        known: known(services, caller, saved, &wishes).await?,
        chunk: Chunk { upto: from, ..Chunk::default() },
    };
    let mut bytes = 0;
    let mut nth = 0;
    while nth < marks.len() && bytes < CHUNK_BYTES {
        let run = marks[nth..].iter().take_while(|mark| mark.part == marks[nth].part).count();
        let idle = wishes[nth..nth + run].iter().take_while(|wish| **wish == Wanted::Nothing).count();
        if idle > 0 {
            nth += idle;
            making.chunk.upto += idle as u64;
            continue;
        }
        let part = saved.parts.get(usize::from(marks[nth].part)).ok_or_else(moved)?;
        let reading = Reading::of(part, groups.clone());
        let mut rows = Rows::from(storage, part, marks[nth].at);
        let items = take(&mut rows, run).await?;
        if items.is_empty() {
            return Err(moved());
        }
        for item in &items {
            if nth.is_multiple_of(BREATH_ROWS) {
                breathe().await;
            }
            let row = making.chunk.upto;
            if item.at != marks[nth].at {
                return Err(moved());
            }
            bytes += item.content.as_ref().map_or(0, crate::import::file::Content::bytes);
            if let Ok(read) = read_item(&reading, item) {
                making.row(saved, row, &marks[nth], wishes[nth], read).await?;
            }
            let (was, is) = (marks[nth].verdict, outcome(saved, row, &marks[nth]));
            if was != is && !making.chunk.turned.iter().any(|(one, ..)| *one == row) {
                making.chunk.turned.push((row, was, is, Why::Done));
            }
            making.chunk.upto += 1;
            nth += 1;
        }
    }
    let mut chunk = making.chunk;
    if !chunk.kept.is_empty() {
        let rows = std::mem::take(&mut chunk.kept);
        chunk.effects.push(Admin::KeepRows { into: making.into, rows }.into());
    }
    Ok(chunk)
}

fn moved() -> Error {
    Error::internal("the rows of an import are not where they were checked")
}

async fn known(
    services: &Services,
    caller: &Caller,
    saved: &Saved,
    wishes: &[Wanted],
) -> Result<HashMap<ContactId, Known>> {
    let mut ids: Vec<ContactId> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Wanted::Update { contact, .. } => Some(*contact),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(known);
    }
    for row in services.database.cards(&caller.scope().only(saved.book)?, &ids).await? {
        if row.deleted_at.is_none() {
            known.insert(row.id, Known::of(&row.bytes, caller.region())?);
        }
    }
    Ok(known)
}

impl Making<'_> {
    async fn row(&mut self, saved: &Saved, row: u64, mark: &Mark, wish: Wanted, read: Read) -> Result<()> {
        match wish {
            Wanted::Nothing => Ok(()),
            Wanted::Remember(contact) => {
                self.star(contact, &read);
                self.keep(contact, &read);
                Ok(())
            }
            Wanted::New { fresh } => self.make(read, fresh),
            Wanted::Update { contact, asked } => {
                let turned = self.change(saved, mark, contact, asked, read).await?;
                if let Some((verdict, why)) = turned {
                    self.chunk.turned.push((row, mark.verdict, verdict, why));
                }
                Ok(())
            }
        }
    }

    fn keep(&mut self, contact: ContactId, read: &Read) {
        self.chunk.kept.push(KeptRow {
            fingerprint: read.fingerprint,
            source_key: read.source.clone(),
            contact,
            model: read.kept(),
        });
    }

    fn star(&mut self, contact: ContactId, read: &Read) {
        if read.row.starred {
            let (account, book) = (self.caller.account(), self.into.book());
            self.chunk.effects.push(Effect::Mark { account, book, contact, starred: Some(true), hidden: None });
        }
    }

    /// A new contact. A card keeps its bytes; only what Google's file says by labels, and a UID that is taken, are changed.
    fn make(&mut self, mut read: Read, fresh: bool) -> Result<()> {
        let id = ContactId(self.services.random.id());
        let uid = id.to_string();
        let kept = read.kept();
        let card = match read.card.take() {
            None => {
                if fresh {
                    read.row.model.uid = None;
                }
                drawn(&read.row.model, &uid, self.now)?
            }
            Some(card) => clean(card, &read, fresh.then_some(uid.as_str()))?,
        };
        self.chunk.effects.push(Effect::SaveContact {
            into: self.into,
            id,
            expect: Expect::Absent,
            act: Act::Import,
            card: Box::new(prepare(&card, &uid)),
        });
        self.star(id, &read);
        let row = KeptRow { fingerprint: read.fingerprint, source_key: read.source, contact: id, model: kept };
        self.chunk.kept.push(row);
        Ok(())
    }

    /// Changes a contact; says what the row turned out to be if it was not changed.
    async fn change(
        &mut self,
        saved: &Saved,
        mark: &Mark,
        id: ContactId,
        asked: bool,
        read: Read,
    ) -> Result<Option<(Verdict, Why)>> {
        let region = self.caller.region();
        let Some(known) = self.known.get(&id) else { return Ok(Some((Verdict::Check, Why::Gone))) };
        let scope = self.caller.scope().only(saved.book)?;
        let earlier = match mark.base.filter(|_| mark.contact == Some(id)) {
            Some(fingerprint) => base(self.services, &scope, saved.book, fingerprint, id).await?,
            None => None,
        };
        let before = earlier.as_ref().map(starless);
        let mut plan = planned(before.as_ref(), &read.row.model, &known.model, region);
        if plan.clashes {
            if !asked {
                return Ok(Some((Verdict::Check, Why::EditedSince)));
            }
            plan.after = added_to(&read.row.model, &plan.after, region);
        }
        inline_media(&mut plan.after, known, &read);
        let edited = known.card.edited(&plan.after, Some(self.now))?.card;
        if edited != known.card {
            self.chunk.effects.push(Effect::SaveContact {
                into: self.into,
                id,
                expect: Expect::Revision(known.revision),
                act: Act::Import,
                card: Box::new(prepare(&edited, &id.to_string())),
            });
            let now = Known::of(edited.bytes(), region)?;
            self.known.insert(id, now);
        }
        if earlier.is_none_or(|model| !model.keywords.contains_key("starred")) {
            self.star(id, &read);
        }
        self.keep(id, &read);
        Ok(None)
    }
}

/// A card as it came, without the labels that are none, and with another UID if its own is taken.
fn clean(card: Card, read: &Read, uid: Option<&str>) -> Result<Card> {
    let labels = card.categories();
    let told = labels.len() == read.row.model.keywords.len()
        && labels.iter().all(|name| read.row.model.keywords.contains_key(name));
    let taken = uid.filter(|_| read.row.model.uid.is_some());
    if told && taken.is_none() {
        return Ok(card);
    }
    let mut wanted = read.row.model.clone();
    if let Some(uid) = taken {
        wanted.uid = Some(uid.to_owned());
    }
    Ok(card.edited(&wanted, None)?.card)
}

/// Photos the row brings with it: the light model only names them.
fn inline_media(after: &mut crate::card::Model, known: &Known, read: &Read) {
    let Some(card) = &read.card else { return };
    for one in after.media.values_mut().chain(after.crypto_keys.values_mut()) {
        if one.uri.starts_with("rolo:blob:")
            && known.card.blob(&one.uri).is_none()
            && let Some((bytes, media_type)) = card.blob(&one.uri)
        {
            use base64::{Engine, engine::general_purpose::STANDARD};
            let media_type = media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            one.uri = format!("data:{media_type};base64,{}", STANDARD.encode(bytes));
        }
    }
}
