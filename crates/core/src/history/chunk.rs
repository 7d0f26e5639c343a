//! Many contacts, one batch: planned together, committed together, and one by one when somebody keeps being faster.

use super::reversal::{Left, Piece, reversed};
use crate::{
    Error, Result, Services,
    account::Caller,
    contact::VersionRow,
    id::{BatchId, ContactId},
    label::members::{Relabel, relabelled},
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
}

impl Item {
    pub(crate) fn contact(&self) -> Option<ContactId> {
        match self {
            Self::Versions(versions) => versions.first().map(|version| version.contact),
            Self::Member(_, id) => Some(*id),
        }
    }

    async fn piece(&self, services: &Services, caller: &Caller) -> Result<Piece> {
        match self {
            Self::Versions(versions) => reversed(services, caller, versions).await,
            Self::Member(relabel, id) => relabelled(services, caller, relabel, *id).await,
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
}

/// A write in the making.
pub(crate) struct Chunk<'a> {
    pub(crate) services: &'a Services,
    pub(crate) caller: &'a Caller,
    pub(crate) note: &'a BatchNote,
    pub(crate) once: Option<uuid::Uuid>,
    /// What holds with the contacts, before them.
    pub(crate) lead: Vec<Effect>,
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
            for item in items {
                let piece = item.piece(self.services, self.caller).await?;
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
                Ok(piece) => {
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

    async fn alone(&self, item: &Item) -> Result<Piece> {
        let mut refusal = moved_on();
        for _ in 0..TRIES {
            let piece = item.piece(self.services, self.caller).await?;
            match self.commit(piece.effects.clone(), None).await {
                Ok(()) => return Ok(piece),
                Err(Error::Conflict { why }) => refusal = Error::Conflict { why },
                Err(error) => return Err(error),
            }
        }
        Err(refusal)
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
    // A page may end between two versions of one contact: its turn comes with the next page.
    if page.more && groups.len() > 1 {
        groups.pop();
    }
    Ok((groups.into_iter().map(Item::Versions).collect(), page.more))
}
