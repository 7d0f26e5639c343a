//! How one contact goes back to what it was before a batch, and what stays because it has been changed again since.

use serde::{Deserialize, Serialize};

use crate::{
    Error, Result, Services,
    account::Caller,
    card::{Card, diff},
    contact::{
        VersionRow,
        plan::{Current, parsed},
        save::edited,
    },
    id::ContactId,
    write::{Act, Effect, Expect},
};

/// Something undo left as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Of which contact; of none when it is a label.
    pub contact: Option<ContactId>,
    /// What: `phones/ab12`; empty for the contact as a whole.
    pub field: String,
    /// A sentence.
    pub why: String,
}

impl Left {
    pub(crate) fn whole(contact: ContactId, why: impl Into<String>) -> Self {
        Self { contact: Some(contact), field: String::new(), why: why.into() }
    }
}

/// What one contact needs to be taken back, or relabelled.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    pub(crate) effects: Vec<Effect>,
    pub(crate) left: Vec<Left>,
    /// What its card calls its labels, where they may have to be made again.
    pub(crate) names: Vec<String>,
}

impl Piece {
    pub(crate) fn left(contact: ContactId, why: &str) -> Self {
        Self { left: vec![Left::whole(contact, why)], ..Self::default() }
    }

    pub(crate) fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], ..Self::default() }
    }

    /// Whether it takes a contact out of its book: what comes in may need its place.
    pub(crate) fn leaves(&self) -> bool {
        matches!(self.effects.last(), Some(Effect::BinContact { .. }))
    }
}

/// What a contact was before one of its versions.
pub(crate) enum Earlier {
    /// Not there.
    Nothing,
    /// This, living or in the bin.
    Version(Box<VersionRow>),
    /// No longer known.
    Forgotten,
}

/// A contact as it is now, for whoever may change it; or that it is left alone, and why.
pub(crate) async fn current(
    services: &Services,
    caller: &Caller,
    id: ContactId,
) -> Result<std::result::Result<Current, Piece>> {
    let Some(row) = services.database.card(caller.scope(), id).await? else {
        return Ok(Err(Piece::left(id, "It has been removed for good.")));
    };
    match Current::read(caller, row) {
        Ok(current) => Ok(Ok(current)),
        Err(Error::Denied { .. }) => Ok(Err(Piece::left(id, "You may not change the book it is in."))),
        Err(error) => Err(error),
    }
}

/// Takes one contact back. `versions` are those the batch made of it, oldest first.
pub(crate) async fn reversed(services: &Services, caller: &Caller, versions: &[VersionRow]) -> Result<Piece> {
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return Ok(Piece::default()) };
    let id = first.contact;
    let current = match current(services, caller, id).await? {
        Ok(current) => current,
        Err(left) => return Ok(left),
    };
    let is_binned = current.row.deleted_at.is_some();
    let before = match earlier(services, caller, first).await? {
        Earlier::Forgotten => return Ok(Piece::left(id, "What it was before is no longer kept.")),
        Earlier::Version(before) => Some(before),
        Earlier::Nothing => None,
    };
    Ok(match before {
        Some(before) if !before.binned => match (last.binned, is_binned) {
            (true, false) => Piece::default(),
            (false, true) => Piece::left(id, "It is in the bin. Restore it first."),
            _ => back(services, caller, &current, &before, last)?,
        },
        _ if is_binned || last.binned => Piece::default(),
        before => into_bin(caller, &current, before.as_deref(), last)?,
    })
}

/// What stood before a version, if it is still known.
pub(crate) async fn earlier(services: &Services, caller: &Caller, first: &VersionRow) -> Result<Earlier> {
    let earlier = services.database.versions(caller.scope(), first.contact, Some(first.modseq), 1).await?.items;
    Ok(match earlier.into_iter().next() {
        Some(version) => Earlier::Version(Box::new(version)),
        None => match services.database.contact(caller.scope(), first.contact).await? {
            Some(stored) if stored.created_at < first.at => Earlier::Forgotten,
            _ => Earlier::Nothing,
        },
    })
}

/// Into the bin, where and as it lay there before unless it was changed again since.
fn into_bin(caller: &Caller, current: &Current, before: Option<&VersionRow>, last: &VersionRow) -> Result<Piece> {
    let id = current.row.id;
    let is_as_left = current.row.revision == last.revision && current.row.book == last.book;
    let Some(was) = before.filter(|_| is_as_left) else { return Ok(Piece::effect(current.binned(Act::Undo))) };
    let mut effects = Vec::new();
    let mut from = current.book;
    if was.book != current.row.book
        && let Ok(into) = caller.may_edit(was.book)
    {
        effects.push(Effect::MoveContact { from, into, id, expect: Expect::Revision(current.row.revision) });
        from = into;
    }
    if was.revision != current.row.revision {
        effects.push(current.saved_in(from, &parsed(&was.bytes)?, Act::Undo));
    }
    effects.push(Effect::BinContact { from, id, expect: Expect::Revision(was.revision), act: Act::Undo });
    Ok(Piece { effects, ..Piece::default() })
}

/// Back to a living contact: out of the bin, to its book, to its bytes; or the inverse patch when it has changed since.
fn back(
    services: &Services,
    caller: &Caller,
    current: &Current,
    before: &VersionRow,
    last: &VersionRow,
) -> Result<Piece> {
    let id = current.row.id;
    let mut piece = Piece::default();
    let mut wanted = None;
    if current.row.revision == last.revision {
        wanted = Some(parsed(&before.bytes)?);
    } else if before.revision != last.revision {
        let (card, left) = inverted(services, current, before, last)?;
        piece.left = left;
        wanted = card;
    }
    let wanted = wanted.filter(|card| card.revision() != current.row.revision);
    if current.row.deleted_at.is_some() {
        piece.effects.push(current.saved(wanted.as_ref().unwrap_or(&current.card), Act::Undo));
        return Ok(piece);
    }
    if before.book != last.book && current.row.book == last.book {
        let Ok(home) = caller.may_edit(before.book) else {
            piece.left.push(Left::whole(id, "You may not change the book it came from."));
            return Ok(piece);
        };
        let expect = Expect::Revision(current.row.revision);
        piece.effects.push(Effect::MoveContact { from: current.book, into: home, id, expect });
        if let Some(card) = wanted {
            piece.effects.push(current.saved_in(home, &card, Act::Undo));
        }
    } else if let Some(card) = wanted {
        piece.effects.push(current.saved(&card, Act::Undo));
    }
    Ok(piece)
}

/// The batch's changes backwards, put onto what the contact says now.
fn inverted(
    services: &Services,
    current: &Current,
    before: &VersionRow,
    last: &VersionRow,
) -> Result<(Option<Card>, Vec<Left>)> {
    let model = |bytes: &[u8]| parsed(bytes).map(|card| card.model());
    let now = current.card.model();
    let mut changes = diff::diff(&model(&before.bytes)?, &model(&last.bytes)?);
    // When it was changed is not something anybody changed.
    changes.retain(|change| change.field != "updated");
    let (wanted, left) = diff::apply(&diff::inverse(&changes), &now);
    let left = left
        .into_iter()
        .map(|left| Left { contact: Some(current.row.id), field: left.change.path, why: left.why })
        .collect();
    match edited(&current.card, &now, &wanted, services.clock.now()) {
        Ok(card) => Ok((card, left)),
        Err(Error::Invalid { why, .. } | Error::TooLarge { why }) => Ok((None, vec![Left::whole(current.row.id, why)])),
        Err(error) => Err(error),
    }
}
