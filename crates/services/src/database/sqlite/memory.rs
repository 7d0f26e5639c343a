//! The newest numbers, kept in memory: one process owns the file, so nobody else can change them.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use rolo_core::{
    account::Scope,
    contracts::database::{Head, Heads},
    id::{AccountId, BookId, Modseq, OrganisationId},
};

use crate::database::commit::HeadChange;

#[derive(Debug)]
pub(crate) struct Memory {
    numbers: RwLock<Numbers>,
}

#[derive(Debug, Default)]
struct Numbers {
    books: HashMap<BookId, (OrganisationId, Head)>,
    accounts: HashMap<AccountId, (Modseq, u64)>,
}

impl Memory {
    pub(crate) fn new(books: Vec<(OrganisationId, Head)>, accounts: Vec<(AccountId, Modseq, u64)>) -> Self {
        let books = books.into_iter().map(|(organisation, head)| (head.book, (organisation, head))).collect();
        let accounts = accounts.into_iter().map(|(id, modseq, access)| (id, (modseq, access))).collect();
        Self { numbers: RwLock::new(Numbers { books, accounts }) }
    }

    pub(crate) fn note(&self, changes: &[HeadChange]) {
        let mut numbers = self.numbers.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change {
                HeadChange::Book(organisation, head) => {
                    numbers.books.insert(head.book, (*organisation, *head));
                }
                HeadChange::BookGone(book) => {
                    numbers.books.remove(book);
                }
                HeadChange::Account(id, modseq, access) => {
                    numbers.accounts.insert(*id, (*modseq, *access));
                }
            }
        }
    }

    pub(crate) fn heads(&self, scope: &Scope) -> Heads {
        let numbers = self.numbers.read().unwrap_or_else(PoisonError::into_inner);
        let (account, access_epoch) = numbers.accounts.get(&scope.account()).copied().unwrap_or_default();
        let of_tenant = |book| match numbers.books.get(&book) {
            Some((organisation, head)) if *organisation == scope.organisation() => Some(*head),
            _ => None,
        };
        Heads { account, access_epoch, books: scope.books().filter_map(|(book, _)| of_tenant(book)).collect() }
    }

    /// Nothing can be noted while this is held.
    #[cfg(test)]
    pub(super) fn looked_at(&self) -> impl Sized + '_ {
        self.numbers.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn all_books(&self) -> Vec<(OrganisationId, Head)> {
        let numbers = self.numbers.read().unwrap_or_else(PoisonError::into_inner);
        let mut books: Vec<_> = numbers.books.values().copied().collect();
        books.sort_unstable_by_key(|(_, head)| head.book);
        books
    }
}
