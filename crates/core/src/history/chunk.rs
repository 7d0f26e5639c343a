//! Many contacts, one batch: planned together, committed together, and one by one when somebody keeps being faster.

use super::{
    reversal::{Left, Piece, reversed},
    then::{Then, brought_back},
};
use crate::{
    Error, Result, Services,
    account::Caller,
    contact::VersionRow,
    id::{BatchId, BookId, ContactId},
    label::{
        members::{Relabel, relabelled},
        step::{self, LabelStep, Reversed},
    },
    verb::{TRIES, moved_on},
    write::{BatchNote, Effect, Write},
};

/// One contact's turn.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// To be taken back: the versions a batch made of it, oldest first.
    Versions(Vec<VersionRow>),
    /// To be labelled anew.
    Member(Relabel, ContactId),
    /// To be what it was at a time.
    Then(Box<Then>),
}

impl Item {
    pub(crate) fn contact(&self) -> Option<ContactId> {
        match self {
            Self::Versions(versions) => versions.first().map(|version| version.contact),
            Self::Member(_, id) => Some(*id),
            Self::Then(then) => Some(then.row.contact),
        }
    }

    async fn piece(&self, services: &Services, caller: &Caller) -> Result<Piece> {
        match self {
            Self::Versions(versions) => reversed(services, caller, versions).await,
            Self::Member(relabel, id) => relabelled(services, caller, relabel, *id).await,
            Self::Then(then) => brought_back(services, caller, then).await,
        }
    }
}

/// What became of them.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Contacts that were changed.
    pub(crate) changed: u64,
    /// What stays as it is.
    pub(crate) left: Vec<Left>,
    /// Whether anything was committed.
    pub(crate) wrote: bool,
    /// Labels that were made again.
    pub(crate) labels: Vec<LabelStep>,
}

/// A write in the making.
pub(crate) struct Chunk<'a> {
    pub(crate) services: &'a Services,
    pub(crate) caller: &'a Caller,
    pub(crate) note: &'a BatchNote,
    pub(crate) once: Option<uuid::Uuid>,
    /// What holds with the contacts, before them.
    pub(crate) lead: Vec<Effect>,
    /// The book in which labels that cards name are made, so that undo knows of them.
    pub(crate) labels_in: Option<BookId>,
}

impl Chunk<'_> {
    /// Does all items. `tail` makes the effects behind them out of what became of them.
    pub(crate) async fn run(
        mut self,
        items: &[Item],
        tail: impl Fn(&Tally) -> Result<Vec<Effect>> + Send + Sync,
    ) -> Result<Tally> {
        for _ in 0..TRIES {
            let mut tally = Tally::default();
            let mut effects = self.lead.clone();
            let mut pieces = Vec::with_capacity(items.len());
            for item in items {
                pieces.push(item.piece(self.services, self.caller).await?);
            }
            let made = self.labels(pieces.iter().flat_map(|piece| &piece.names)).await?;
            (tally.labels, effects) = (made.steps, [effects, made.changes].concat());
            // What leaves makes room for what comes in with the same UID.
            pieces.sort_by_key(|piece| !piece.leaves());
            for piece in pieces {
                tally.changed += u64::from(!piece.effects.is_empty());
                tally.left.extend(piece.left);
                effects.extend(piece.effects);
            }
            tally.wrote = !effects.is_empty();
            effects.extend(tail(&tally)?);
            match self.commit(effects, self.once).await {
                Ok(()) => return Ok(tally),
                Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.one_by_one(items, tail).await
    }

    async fn one_by_one(
        &mut self,
        items: &[Item],
        tail: impl Fn(&Tally) -> Result<Vec<Effect>> + Send + Sync,
    ) -> Result<Tally> {
        let mut tally = Tally { wrote: !self.lead.is_empty(), ..Tally::default() };
        let lead = std::mem::take(&mut self.lead);
        self.commit(lead, None).await?;
        for item in items {
            let Some(contact) = item.contact() else { continue };
            match self.alone(item).await {
                Ok((piece, steps)) => {
                    tally.labels.extend(steps);
                    tally.changed += u64::from(!piece.effects.is_empty());
                    tally.wrote |= !piece.effects.is_empty();
                    tally.left.extend(piece.left);
                }
                Err(Error::Conflict { why }) => tally.left.push(Left::whole(contact, why)),
                Err(error) => return Err(error),
            }
        }
        let effects = tail(&tally)?;
        self.commit(effects, self.once).await?;
        Ok(tally)
    }

    async fn alone(&self, item: &Item) -> Result<(Piece, Vec<LabelStep>)> {
        let mut refusal = moved_on();
        for _ in 0..TRIES {
            let piece = item.piece(self.services, self.caller).await?;
            let made = self.labels(piece.names.iter()).await?;
            match self.commit([made.changes, piece.effects.clone()].concat(), None).await {
                Ok(()) => return Ok((piece, made.steps)),
                Err(Error::Conflict { why }) => refusal = Error::Conflict { why },
                Err(error) => return Err(error),
            }
        }
        Err(refusal)
    }

    /// The labels of these names that are not there.
    async fn labels(&self, names: impl Iterator<Item = &String> + Send) -> Result<Reversed> {
        match self.labels_in {
            Some(book) => step::missing(self.services, self.caller, book, names.cloned().collect()).await,
            None => Ok(Reversed::default()),
        }
    }

    async fn commit(&self, effects: Vec<Effect>, once: Option<uuid::Uuid>) -> Result<()> {
        if effects.is_empty() {
            return Ok(());
        }
        let by = self.caller.by(self.services.clock.now());
        self.services.database.commit(Write { by, batch: self.note.clone(), once, effects }).await?;
        Ok(())
    }
}

/// The versions a batch made, contact by contact, behind `after`; and whether there are more contacts.
pub(crate) async fn versions_of(
    services: &Services,
    caller: &Caller,
    batch: BatchId,
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<Item>, bool)> {
    let page = services.database.batch_versions(caller.scope(), batch, after, limit).await?;
    let mut groups: Vec<Vec<VersionRow>> = Vec::new();
    for version in page.items {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| last.contact == version.contact) => group.push(version),
            _ => groups.push(vec![version]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|version| version.modseq);
    }
    Ok((groups.into_iter().map(Item::Versions).collect(), page.more))
}
