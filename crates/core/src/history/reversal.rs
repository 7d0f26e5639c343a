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
}

impl Piece {
    fn left(contact: ContactId, why: &str) -> Self {
        Self { effects: Vec::new(), left: vec![Left::whole(contact, why)] }
    }

    fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], left: Vec::new() }
    }
}

/// What the contact was before the batch.
enum Was {
    /// Not there.
    Absent,
    /// In the bin.
    Binned,
    /// Living, and this.
    Living(Box<VersionRow>),
    /// No longer known.
    Forgotten,
}

/// Takes one contact back. `versions` are those the batch made of it, oldest first.
pub(crate) async fn reversed(services: &Services, caller: &Caller, versions: &[VersionRow]) -> Result<Piece> {
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return Ok(Piece::default()) };
    let id = first.contact;
    let Some(row) = services.database.card(caller.scope(), id).await? else {
        return Ok(Piece::left(id, "It has been removed for good."));
    };
    let current = match Current::read(caller, row) {
        Ok(current) => current,
        Err(Error::Denied { .. }) => return Ok(Piece::left(id, "You may not change the book it is in.")),
        Err(error) => return Err(error),
    };
    let is_binned = current.row.deleted_at.is_some();
    Ok(match was(services, caller, first).await? {
        Was::Forgotten => Piece::left(id, "What it was before is no longer kept."),
        Was::Absent | Was::Binned if is_binned || last.binned => Piece::default(),
        Was::Absent | Was::Binned => Piece::effect(current.binned(Act::Undo)),
        Was::Living(_) if last.binned && !is_binned => Piece::default(),
        Was::Living(_) if !last.binned && is_binned => Piece::left(id, "It is in the bin. Restore it first."),
        Was::Living(before) => back(services, caller, &current, &before, last)?,
    })
}

async fn was(services: &Services, caller: &Caller, first: &VersionRow) -> Result<Was> {
    let earlier = services.database.versions(caller.scope(), first.contact, Some(first.modseq), 1).await?.items;
    Ok(match earlier.into_iter().next() {
        Some(version) if version.binned => Was::Binned,
        Some(version) => Was::Living(Box::new(version)),
        None => match services.database.contact(caller.scope(), first.contact).await? {
            Some(stored) if stored.created_at < first.at => Was::Forgotten,
            _ => Was::Absent,
        },
    })
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
