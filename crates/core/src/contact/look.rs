//! What a plan looks at. One contact is asked for when it is needed; for many they are read ahead, a few statements for all.

use std::collections::{HashMap, HashSet};

use super::{BatchItem, Stored, StoredCard, membership::BookLabels};
use crate::{
    Error, Result, Services,
    account::{Caller, MayEdit},
    id::{BookId, ContactId},
};

/// Items whose contacts are held at once: their pictures are in memory until they are planned.
pub(super) const AHEAD: usize = 100;

/// The book as a plan sees it.
pub(crate) struct Look<'a> {
    pub(super) services: &'a Services,
    pub(super) caller: &'a Caller,
    cards: HashMap<ContactId, Option<StoredCard>>,
    contacts: HashMap<ContactId, Option<Stored>>,
    labels: HashMap<BookId, BookLabels>,
    home: Option<MayEdit>,
}

impl<'a> Look<'a> {
    /// Asks for each contact when it is needed.
    pub(crate) fn new(services: &'a Services, caller: &'a Caller) -> Self {
        let (cards, contacts, labels) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { services, caller, cards, contacts, labels, home: None }
    }

    /// Reads what these items are about, each with the id it would make; what was read before is forgotten. `alone` says
    /// whether no other item of the batch is about a contact: what one item does the next one must see.
    pub(super) async fn ahead<'i>(
        &mut self,
        items: impl Iterator<Item = (&'i BatchItem, ContactId)>,
        alone: impl Fn(ContactId) -> bool,
    ) -> Result<()> {
        let (mut cards, mut contacts) = (Vec::new(), Vec::new());
        for (item, made) in items {
            let id = item.contact(made);
            if !alone(id) {
                continue;
            }
            match item {
                BatchItem::Create(new) if new.id.is_none() => {}
                BatchItem::Replace { change, .. } => {
                    cards.push(id);
                    contacts.extend(change.names_labels().then_some(id));
                }
                BatchItem::Patch { patch, .. } => {
                    cards.push(id);
                    contacts.extend(patch.change.names_labels().then_some(id));
                }
                BatchItem::Restore { .. } => cards.push(id),
                _ => contacts.push(id),
            }
        }
        self.cards = self.read(&cards, |row| row.id, self.services.database.cards(self.caller.scope(), &cards)).await?;
        let rows = self.services.database.contacts(self.caller.scope(), &contacts);
        self.contacts = self.read(&contacts, |row| row.id, rows).await?;
        Ok(())
    }

    /// Those there are, and those there are not.
    async fn read<T>(
        &self,
        ids: &[ContactId],
        id: impl Fn(&T) -> ContactId,
        rows: impl Future<Output = Result<Vec<T>>>,
    ) -> Result<HashMap<ContactId, Option<T>>> {
        let mut all: HashMap<ContactId, Option<T>> = ids.iter().map(|id| (*id, None)).collect();
        if !ids.is_empty() {
            all.extend(rows.await?.into_iter().map(|row| (id(&row), Some(row))));
        }
        Ok(all)
    }

    /// Somebody was faster: everything is asked anew, but for contacts that nobody has looked at yet.
    pub(super) fn forget(&mut self) {
        self.labels.clear();
        self.home = None;
    }

    /// A contact's bytes; asked again, they are read again.
    pub(super) async fn card(&mut self, id: ContactId) -> Result<Option<StoredCard>> {
        match self.cards.remove(&id) {
            Some(known) => Ok(known),
            None => self.services.database.card(self.caller.scope(), id).await,
        }
    }

    /// A contact without its bytes.
    pub(super) async fn contact(&mut self, id: ContactId) -> Result<Option<Stored>> {
        match self.contacts.remove(&id) {
            Some(known) => Ok(known),
            None => self.services.database.contact(self.caller.scope(), id).await,
        }
    }

    /// A contact that may be changed, and the proof.
    pub(super) async fn editable(&mut self, id: ContactId) -> Result<(Stored, MayEdit)> {
        let stored = self.contact(id).await?.ok_or(Error::NotFound)?;
        let book = self.caller.may_edit(stored.book)?;
        Ok((stored, book))
    }

    /// The labels of a book.
    pub(super) async fn labels(&mut self, book: BookId) -> Result<&BookLabels> {
        if !self.labels.contains_key(&book) {
            let labels = BookLabels::of(self.services, self.caller, book).await?;
            self.labels.insert(book, labels);
        }
        self.labels.get(&book).ok_or(Error::NotFound)
    }

    /// Where a contact goes that names no book: the account's own, else the first it may change.
    pub(super) async fn home(&mut self) -> Result<MayEdit> {
        if let Some(home) = self.home {
            return Ok(home);
        }
        let books = self.services.database.books(self.caller.scope()).await?;
        let own = books.iter().find(|book| book.owner == Some(self.caller.account()));
        let any = || books.iter().find(|book| self.caller.may_edit(book.id).is_ok());
        let book = own.or_else(any);
        let book = book.ok_or_else(|| Error::denied("You have no book of your own to put a contact in."))?;
        let home = self.caller.may_edit(book.id)?;
        self.home = Some(home);
        Ok(home)
    }
}

/// The contacts that exactly one item is about.
pub(super) fn once_each(items: &[BatchItem], made: &[ContactId]) -> HashSet<ContactId> {
    let mut times: HashMap<ContactId, usize> = HashMap::with_capacity(items.len());
    for (item, made) in items.iter().zip(made) {
        *times.entry(item.contact(*made)).or_default() += 1;
    }
    times.into_iter().filter(|(_, times)| *times == 1).map(|(id, _)| id).collect()
}
