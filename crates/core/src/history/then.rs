//! One contact on its way back to a moment: what has to happen to it, and the effects that do it.

use jiff::Timestamp;

use super::reversal::{Left, Piece, current};
use crate::{
    Result, Services,
    account::Caller,
    contact::plan::{Current, parsed},
    contracts::database::ThenRow,
    id::BookId,
    write::{Act, Effect, Expect},
};

/// A contact of a book that was changed behind a time.
#[derive(Clone, Debug)]
pub(crate) struct Then {
    /// Which book goes back.
    pub(crate) book: BookId,
    /// To when.
    pub(crate) at: Timestamp,
    /// What it was then and is now.
    pub(crate) row: ThenRow,
}

/// What going back to a moment does to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Same,
    /// It comes back, out of the bin or from another book.
    Back,
    /// It goes to the bin.
    Bin,
    /// It says again what it said.
    Change,
    /// It goes back to the book it came from.
    Away(BookId),
    /// It is gone for good, and may have been there.
    Purged,
    /// What it was is no longer kept.
    Forgotten,
    /// It is in, or came from, a book the caller may not change.
    Elsewhere,
}

impl Verdict {
    /// Whether something happens to it.
    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::Back | Self::Bin | Self::Change | Self::Away(_))
    }

    /// Whether it makes room in the book: another card of the same UID may need it.
    pub(crate) fn leaves(self) -> bool {
        matches!(self, Self::Bin | Self::Away(_))
    }
}

/// What has to happen to a contact so that `book` is what it was `at` this time.
pub(crate) fn verdict(row: &ThenRow, caller: &Caller, book: BookId, at: Timestamp) -> Verdict {
    let was_there_at_all = row.created_at <= at;
    let Some(now) = row.now else {
        let was_in_the_bin = row.binned_at.is_some_and(|went| went <= at);
        return if was_there_at_all && !was_in_the_bin { Verdict::Purged } else { Verdict::Same };
    };
    if row.then.is_none() && was_there_at_all {
        return Verdict::Forgotten;
    }
    let lived = row.then.filter(|then| !then.binned);
    let was_here = lived.filter(|then| then.book == book);
    let is_here = now.book == book && !now.binned;
    match (was_here, is_here) {
        (None, false) => Verdict::Same,
        (Some(then), true) if then.revision == now.revision => Verdict::Same,
        (Some(_), true) => Verdict::Change,
        (Some(_), false) if caller.may_edit(now.book).is_ok() => Verdict::Back,
        (Some(_), false) => Verdict::Elsewhere,
        (None, true) => match lived {
            Some(then) if caller.may_edit(then.book).is_ok() => Verdict::Away(then.book),
            Some(_) => Verdict::Elsewhere,
            None => Verdict::Bin,
        },
    }
}

/// What one contact needs, as it is now.
pub(crate) async fn brought_back(services: &Services, caller: &Caller, then: &Then) -> Result<Piece> {
    let (id, home) = (then.row.contact, caller.may_edit(then.book)?);
    let current = match current(services, caller, id).await? {
        Ok(current) => current,
        Err(left) => return Ok(left),
    };
    let mut seen = then.row.clone();
    if let Some(now) = &mut seen.now {
        (now.book, now.revision) = (current.row.book, current.row.revision);
        now.binned = current.row.deleted_at.is_some();
    }
    let expect = Expect::Revision(current.row.revision);
    Ok(match (verdict(&seen, caller, then.book, then.at), then.row.then) {
        (Verdict::Bin, _) => Piece::effect(current.binned(Act::Delete)),
        (Verdict::Away(into), _) => {
            Piece::effect(Effect::MoveContact { from: current.book, into: caller.may_edit(into)?, id, expect })
        }
        (Verdict::Back | Verdict::Change, Some(then)) => {
            let version = services.database.version(caller.scope(), id, then.modseq).await?;
            let Some(version) = version else { return Ok(Piece::left(id, "What it was then is no longer kept.")) };
            said_again(&current, home, &version.bytes)?
        }
        (Verdict::Elsewhere, _) => {
            let why = "It is in, or came from, a book you may not change.".to_owned();
            Piece { left: vec![Left { contact: Some(id), field: String::new(), why }], ..Piece::default() }
        }
        _ => Piece::default(),
    })
}

/// Out of the bin, into the book, to these bytes.
fn said_again(current: &Current, home: crate::account::MayEdit, bytes: &[u8]) -> Result<Piece> {
    let (card, id) = (parsed(bytes)?, current.row.id);
    let is_binned = current.row.deleted_at.is_some();
    let mut effects = Vec::new();
    let mut revision = current.row.revision;
    if is_binned {
        effects.push(current.saved(&card, Act::Restore));
        revision = card.revision();
    }
    if current.book != home {
        let expect = Expect::Revision(revision);
        effects.push(Effect::MoveContact { from: current.book, into: home, id, expect });
    }
    if revision != card.revision() {
        effects.push(current.saved_in(home, &card, Act::Restore));
    }
    let is_group = crate::contact::prepare::kind_of(&card.model_light()) == "group";
    let names = if is_group { Vec::new() } else { card.categories() };
    Ok(Piece { effects, names, ..Piece::default() })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        account::{Door, Right, Role, caller::Rights},
        contracts::database::{NowAt, ThenAt},
        id::{AccountId, ContactId, Modseq, OrganisationId, Revision},
    };

    const HERE: BookId = BookId(Uuid::from_u128(1));
    const OTHER: BookId = BookId(Uuid::from_u128(2));
    const FOREIGN: BookId = BookId(Uuid::from_u128(3));

    fn caller() -> Caller {
        let books = vec![(HERE, Right::Edit), (OTHER, Right::Edit), (FOREIGN, Right::See)];
        let (organisation, account) = (OrganisationId(Uuid::nil()), AccountId(Uuid::nil()));
        Caller::proven(Rights { organisation, account, role: Role::Member, region: None, books }, Door::Web, None)
    }

    fn then(book: BookId, binned: bool, revision: u8) -> Option<ThenAt> {
        Some(ThenAt { modseq: Modseq(1), book, binned, revision: Revision([revision; 16]) })
    }

    fn now(book: BookId, binned: bool, revision: u8) -> Option<NowAt> {
        Some(NowAt { book, binned, revision: Revision([revision; 16]) })
    }

    #[test]
    fn each_way_a_contact_can_have_gone_has_its_way_back() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (old, young) = (at(10), at(90));
        let table = [
            ("untouched", old, then(HERE, false, 1), now(HERE, false, 1), Verdict::Same),
            ("edited", old, then(HERE, false, 1), now(HERE, false, 2), Verdict::Change),
            ("deleted", old, then(HERE, false, 1), now(HERE, true, 1), Verdict::Back),
            ("moved away", old, then(HERE, false, 1), now(OTHER, false, 1), Verdict::Back),
            ("moved away and deleted", old, then(HERE, false, 1), now(OTHER, true, 1), Verdict::Back),
            (
                "moved where nothing may be changed",
                old,
                then(HERE, false, 1),
                now(FOREIGN, false, 1),
                Verdict::Elsewhere,
            ),
            ("created", young, None, now(HERE, false, 1), Verdict::Bin),
            ("created and deleted", young, None, now(HERE, true, 1), Verdict::Same),
            ("restored", old, then(HERE, true, 1), now(HERE, false, 1), Verdict::Bin),
            ("in the bin all along", old, then(HERE, true, 1), now(HERE, true, 1), Verdict::Same),
            ("moved in", old, then(OTHER, false, 1), now(HERE, false, 2), Verdict::Away(OTHER)),
            (
                "moved in from where nothing may be",
                old,
                then(FOREIGN, false, 1),
                now(HERE, false, 1),
                Verdict::Elsewhere,
            ),
            ("moved in and deleted", old, then(OTHER, false, 1), now(HERE, true, 1), Verdict::Same),
            ("purged", old, None, None, Verdict::Purged),
            ("created and purged", young, None, None, Verdict::Same),
            ("of a time that is no longer kept", old, None, now(HERE, false, 1), Verdict::Forgotten),
        ];
        for (name, created_at, then, now, wanted) in table {
            let binned_at = now.is_none().then(|| at(70));
            let row = ThenRow { contact: ContactId(Uuid::nil()), created_at, then, now, binned_at };
            assert_eq!(verdict(&row, &caller(), HERE, at(50)), wanted, "{name}");
        }
        let (contact, binned_at) = (ContactId(Uuid::nil()), Some(at(40)));
        let row = ThenRow { contact, created_at: old, then: None, now: None, binned_at };
        assert_eq!(verdict(&row, &caller(), HERE, at(50)), Verdict::Same, "in the bin then, purged since");
    }
}
