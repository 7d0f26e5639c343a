//! Which books and accounts a write touches: known before anything is locked, so that they can be locked in one order.

use std::collections::{BTreeMap, BTreeSet};

use rolo_core::{
    id::{AccountId, BookId, OrganisationId},
    write::{Admin, Effect, Write},
};

use crate::database::{fault::Held, session::Session, value::bind};

/// What must be locked, ascending.
#[derive(Default)]
pub(super) struct Touched {
    pub(super) books: BTreeMap<BookId, OrganisationId>,
    pub(super) accounts: BTreeMap<AccountId, Raise>,
    made_books: BTreeSet<BookId>,
    made_accounts: BTreeSet<AccountId>,
}

/// Which of an account's numbers rise.
#[derive(Clone, Copy, Default)]
pub(super) struct Raise {
    pub(super) state: bool,
    pub(super) access: bool,
}

const STATE: Raise = Raise { state: true, access: false };
const ACCESS: Raise = Raise { state: false, access: true };
const BOTH: Raise = Raise { state: true, access: true };

/// Everything `write` touches that exists already.
pub(super) async fn touched(s: &mut Session<'_>, write: &Write) -> Held<Touched> {
    let mut touched = Touched::default();
    for effect in &write.effects {
        touched.effect(s, write.by.organisation, effect).await?;
    }
    touched.books.retain(|book, _| !touched.made_books.contains(book));
    touched.accounts.retain(|account, _| !touched.made_accounts.contains(account));
    Ok(touched)
}

impl Touched {
    async fn effect(&mut self, s: &mut Session<'_>, organisation: OrganisationId, effect: &Effect) -> Held<()> {
        match effect {
            Effect::SaveContact { into: place, .. }
            | Effect::BinContact { from: place, .. }
            | Effect::PurgeContact { from: place, .. }
            | Effect::SaveLabel { into: place, .. }
            | Effect::RemoveLabel { from: place, .. } => {
                self.books.insert(place.book(), place.organisation());
            }
            Effect::MoveContact { from, into, .. } => {
                self.books.extend([(from.book(), from.organisation()), (into.book(), into.organisation())]);
            }
            Effect::Mark { account, .. } => self.raise(*account, STATE),
            Effect::CreateBook { id, owner, .. } => {
                self.made_books.insert(*id);
                match owner {
                    Some(owner) => self.raise(*owner, BOTH),
                    None => self.raise_all(everyone(s, organisation).await?, BOTH),
                }
            }
            Effect::RenameBook { book, .. } => {
                self.books.insert(book.book(), book.organisation());
                self.raise_all(seers(s, organisation, book.book()).await?, STATE);
            }
            Effect::RemoveBook { book } => {
                self.books.insert(book.book(), book.organisation());
                self.raise_all(seers(s, organisation, book.book()).await?, BOTH);
            }
            Effect::SetAccess { account, .. } => self.raise(*account, BOTH),
            Effect::Admin(admin) => self.admin(s, organisation, admin).await?,
            Effect::Tell { .. } => {}
        }
        Ok(())
    }

    async fn admin(&mut self, s: &mut Session<'_>, organisation: OrganisationId, admin: &Admin) -> Held<()> {
        match admin {
            Admin::CreateAccount(new) => {
                self.made_accounts.insert(new.id);
                self.made_books.insert(new.book);
            }
            Admin::SaveAccount { id, password_hash, role, .. } => {
                self.raise(*id, Raise { state: true, access: password_hash.is_some() || role.is_some() });
            }
            Admin::RemoveAccount { id } => {
                // Its books become the organisation's: everyone's list of books changes.
                let sql = "select id from book where organisation = ? and owner = ?";
                for row in s.rows(sql, bind![organisation, *id]).await? {
                    self.books.insert(row.id(0)?, organisation);
                }
                self.raise_all(everyone(s, organisation).await?, BOTH);
                self.raise(*id, BOTH);
            }
            // Everyone in it sees its name: what was answered before is old.
            Admin::SaveOrganisation { .. } => self.raise_all(everyone(s, organisation).await?, STATE),
            Admin::EndSession { account, .. } | Admin::RevokeToken { account, .. } => self.raise(*account, ACCESS),
            _ => {}
        }
        Ok(())
    }

    fn raise(&mut self, account: AccountId, raise: Raise) {
        let raised = self.accounts.entry(account).or_default();
        raised.state |= raise.state;
        raised.access |= raise.access;
    }

    fn raise_all(&mut self, accounts: Vec<AccountId>, raise: Raise) {
        for account in accounts {
            self.raise(account, raise);
        }
    }
}

/// The living accounts of a tenant.
pub(super) async fn everyone(s: &mut Session<'_>, organisation: OrganisationId) -> Held<Vec<AccountId>> {
    let sql = "select id from account where organisation = ? and enabled = 1";
    let rows = s.rows(sql, bind![organisation]).await?;
    Ok(rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?)
}

/// The living accounts that see a book.
pub(super) async fn seers(s: &mut Session<'_>, organisation: OrganisationId, book: BookId) -> Held<Vec<AccountId>> {
    let sql = "select a.id from account a where a.organisation = ? and a.enabled = 1 and (\
               exists (select 1 from book b where b.organisation = a.organisation and b.id = ? \
               and (b.owner is null or b.owner = a.id)) \
               or exists (select 1 from book_access x where x.organisation = a.organisation and x.book = ? \
               and x.account = a.id))";
    let rows = s.rows(sql, bind![organisation, book, book]).await?;
    Ok(rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?)
}
