//! `since`: up to where a client has seen everything. One opaque token of the account's modseq and each visible book's
//! epoch and modseq (`contract.md` §1).

use rolo_core::{
    Error, Result,
    contracts::database::Heads,
    id::{AccountId, BookId, Modseq},
};

use crate::ask::cursor::Bound;

/// Up to where a client has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Since {
    pub(super) account: Modseq,
    books: Vec<Book>,
}

/// Up to where in one book. The book is told by the random half of its id, so that a token of many books fits a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Book {
    book: u64,
    epoch: u64,
    modseq: Modseq,
}

impl Since {
    pub(super) fn now(heads: &Heads) -> Self {
        let books =
            heads.books.iter().map(|head| Book { book: short(head.book), epoch: head.epoch, modseq: head.modseq });
        Self { account: heads.account, books: books.collect() }
    }

    /// Up to where in this book, if it was seen at all. Of another epoch: everything is to be read again.
    pub(super) fn of(&self, book: BookId, epoch: u64) -> Result<Option<Modseq>> {
        match self.books.iter().find(|known| known.book == short(book)) {
            Some(known) if known.epoch != epoch => Err(Error::Gone),
            known => Ok(known.map(|known| known.modseq)),
        }
    }

    /// Whether there is nothing new at these numbers. A book that went away, or came, is news.
    pub(super) fn is(&self, heads: &Heads) -> bool {
        self.account == heads.account
            && self.books.len() == heads.books.len()
            && heads
                .books
                .iter()
                .all(|head| matches!(self.of(head.book, head.epoch), Ok(Some(seen)) if seen == head.modseq))
    }

    pub(super) fn set(&mut self, book: BookId, epoch: u64, modseq: Modseq) {
        let now = Book { book: short(book), epoch, modseq };
        match self.books.iter_mut().find(|known| known.book == now.book) {
            Some(known) => *known = now,
            None => self.books.push(now),
        }
    }

    pub(super) fn seal(&self, account: AccountId) -> String {
        let mut octets = Vec::with_capacity(9 + self.books.len() * 14);
        number(&mut octets, self.account.0);
        for book in &self.books {
            octets.extend_from_slice(&book.book.to_be_bytes());
            number(&mut octets, book.epoch);
            number(&mut octets, book.modseq.0);
        }
        bound(account).seal(&octets)
    }

    pub(super) fn open(account: AccountId, token: &str) -> Result<Self> {
        let unknown = || Error::invalid("since", "This is no point in time of yours. Take a snapshot.");
        let octets = bound(account).open(token).map_err(|_| unknown())?;
        let mut rest = octets.as_slice();
        let mut since = Self { account: Modseq(take(&mut rest).ok_or_else(unknown)?), books: Vec::new() };
        while let Some((book, behind)) = rest.split_first_chunk::<8>() {
            rest = behind;
            let epoch = take(&mut rest).ok_or_else(unknown)?;
            let modseq = Modseq(take(&mut rest).ok_or_else(unknown)?);
            since.books.push(Book { book: u64::from_be_bytes(*book), epoch, modseq });
        }
        if rest.is_empty() { Ok(since) } else { Err(unknown()) }
    }
}

fn bound(account: AccountId) -> Bound {
    Bound::new(account, "since", &[])
}

fn short(book: BookId) -> u64 {
    book.0.as_u64_pair().1
}

/// LEB128: small numbers in few octets.
fn number(octets: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        octets.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    octets.push(value as u8);
}

fn take(octets: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (octet, rest) = octets.split_first()?;
        *octets = rest;
        value |= u64::from(octet & 0x7f).checked_shl(shift)?;
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rolo_core::contracts::database::Head;
    use uuid::Uuid;

    use super::*;

    fn book(n: u128) -> BookId {
        BookId(Uuid::from_u128(n))
    }

    #[test]
    fn a_token_holds_what_was_seen() {
        let me = AccountId(Uuid::from_u128(1));
        let head = |n, epoch, modseq| Head { book: book(n), epoch, modseq: Modseq(modseq) };
        let heads = Heads { account: Modseq(7), access_epoch: 3, books: vec![head(1, 0, 0), head(2, u64::MAX, 300)] };
        let mut since = Since::open(me, &Since::now(&heads).seal(me)).unwrap();
        assert_eq!(since, Since::now(&heads));
        assert_eq!(since.of(book(2), u64::MAX).unwrap(), Some(Modseq(300)));
        assert!(since.is(&heads));
        let other = |books| Heads { books, ..heads.clone() };
        assert!(!since.is(&other(vec![head(1, 0, 0), head(2, u64::MAX, 301)])), "a newer number");
        assert!(!since.is(&other(vec![head(1, 0, 0), head(2, 1, 300)])), "another epoch");
        assert!(!since.is(&other(vec![head(1, 0, 0)])), "a book less");
        assert!(!since.is(&Heads { account: Modseq(8), ..heads.clone() }), "the account's own");
        assert_eq!(since.of(book(3), 1).unwrap(), None, "a book that became visible since");
        assert!(matches!(since.of(book(2), 5), Err(Error::Gone)), "another epoch");
        since.set(book(3), 1, Modseq(9));
        assert_eq!(since.of(book(3), 1).unwrap(), Some(Modseq(9)));
    }

    #[test]
    fn a_token_of_somebody_else_or_of_nobody_is_refused() {
        let (me, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let token = Since::now(&Heads::default()).seal(other);
        for token in [token.as_str(), "", "AAAA", "🙂"] {
            assert!(matches!(Since::open(me, token), Err(Error::Invalid { field, .. }) if field == "since"));
        }
        let cut = bound(me).seal(&[1, 2, 3]);
        assert!(Since::open(me, &cut).is_err());
        assert!(Since::open(me, &bound(me).seal(&[0xff; 30])).is_err());
    }
}
