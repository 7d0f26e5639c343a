//! An account's own marks on a contact: the star, and whether it is hidden.

use rolo_core::{
    Error,
    contracts::database::ChangeKind,
    id::{AccountId, BookId, ContactId},
};

use super::{Commit, gathering::Gathering};
use crate::database::{column::State, fault::Held, value::bind};

impl Commit<'_> {
    pub(super) async fn mark(
        &mut self,
        s: &mut Gathering<'_, '_>,
        account: AccountId,
        book: BookId,
        contact: ContactId,
        starred: Option<bool>,
        hidden: Option<bool>,
    ) -> Held<()> {
        let was = self.was(s, contact).await?;
        if !was.is_some_and(|was| was.book == book && was.state != State::Purged) {
            return Err(Error::conflict("This contact is no longer here.").into());
        }
        let organisation = self.by.organisation;
        let sql = "select starred, hidden from mark where organisation = ? and contact = ? and account = ?";
        let (had_star, was_hidden) = match s.row(sql, bind![organisation, contact, account]).await? {
            Some(row) => (row.yes(0)?, row.yes(1)?),
            None => (false, false),
        };
        let sql = "insert into mark (organisation, contact, account, starred, hidden) values (?, ?, ?, ?, ?) \
                   on conflict (organisation, contact, account) do update set starred = excluded.starred, \
                   hidden = excluded.hidden";
        let (starred, hidden) = (starred.unwrap_or(had_star), hidden.unwrap_or(was_hidden));
        s.execute(sql, bind![organisation, contact, account, starred, hidden]).await?;
        self.account_changed(s, account, ChangeKind::Contact, contact.0, book, false).await
    }
}
