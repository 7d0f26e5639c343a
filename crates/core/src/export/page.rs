//! Contacts a page at a time, and their contents a helping at a time: what is held at once never grows with the book.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    Result, Services,
    account::Scope,
    contact::{Filter, Listed},
    id::ContactId,
};

/// Lines of a page.
pub(super) const PAGE: usize = 500;
/// Octets a helping should come to.
const HELPING_BYTES: usize = 2 << 20;
/// Contacts of the first helping; nothing is known of their size yet.
const HELPING_FIRST: usize = 16;

/// The lines of a selection, one after the other, as often as wanted: a clone begins where this one stands.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    lines: VecDeque<Listed>,
    /// What to ask for next; `None` behind the last page.
    next: Option<Next>,
    helping: usize,
}

/// Where the next page comes from.
#[derive(Clone, Debug)]
enum Next {
    /// A list.
    Listed(Filter),
    /// Those chosen, from this one on.
    Chosen(Arc<[ContactId]>, usize),
}

impl Pages {
    /// Everything this filter lets through.
    pub(super) fn of(filter: Filter) -> Self {
        Self::from(Next::Listed(Filter { limit: PAGE, ..filter }))
    }

    /// These.
    pub(super) fn these(ids: Vec<ContactId>) -> Self {
        Self::from(Next::Chosen(ids.into(), 0))
    }

    fn from(next: Next) -> Self {
        Self { lines: VecDeque::new(), next: Some(next), helping: HELPING_FIRST }
    }

    /// The next helping, at most `most`; empty when there are no more.
    pub(super) async fn next(&mut self, services: &Services, scope: &Scope, most: usize) -> Result<Vec<Listed>> {
        while self.lines.is_empty() {
            let Some(next) = self.next.take() else { return Ok(Vec::new()) };
            (self.lines, self.next) = next.page(services, scope).await?;
        }
        let many = self.helping.min(most).min(self.lines.len());
        Ok(self.lines.drain(..many).collect())
    }

    /// Says how many octets the last helping of `contacts` was, so that the next one fits.
    pub(super) fn was(&mut self, contacts: usize, bytes: usize) {
        self.helping = helping(self.helping, contacts, bytes);
    }
}

impl Next {
    /// One page, and what comes behind it.
    async fn page(self, services: &Services, scope: &Scope) -> Result<(VecDeque<Listed>, Option<Self>)> {
        match self {
            Self::Listed(filter) => {
                let page = services.database.list(scope, &filter).await?;
                let last = page.items.last().filter(|_| page.more);
                let next = last.map(|last| Self::Listed(Filter { after: Some(last.key.clone()), ..filter }));
                Ok((page.items.into(), next))
            }
            Self::Chosen(ids, from) => {
                let to = (from + PAGE).min(ids.len());
                let lines = these(services, scope, &ids[from..to]).await?;
                Ok((lines.into(), (to < ids.len()).then_some(Self::Chosen(ids, to))))
            }
        }
    }
}

/// Those of these that can leave: living contacts, in this order. At most a page.
pub(super) async fn these(services: &Services, scope: &Scope, ids: &[ContactId]) -> Result<Vec<Listed>> {
    let mut lines = services.database.listed(scope, ids).await?;
    lines.retain(|line| line.deleted_at.is_none() && line.kind != "group");
    Ok(lines)
}

/// The next helping: as many as fit if they are as large as the last, growing to no more than twice at a time.
fn helping(now: usize, contacts: usize, bytes: usize) -> usize {
    let fit = HELPING_BYTES.saturating_mul(contacts) / bytes.max(1);
    fit.clamp(1, now.saturating_mul(2)).min(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpings_grow_with_small_contacts_and_shrink_at_once_with_large_ones() {
        assert_eq!(helping(16, 16, 16 * 500), 32);
        assert_eq!(helping(400, 400, 400 * 500), PAGE);
        assert_eq!(helping(256, 256, 256 * (300 << 10)), 6);
        assert_eq!(helping(64, 64, 64 * (10 << 20)), 1);
        assert_eq!(helping(1, 1, 10 << 20), 1);
        assert_eq!(helping(4, 0, 0), 1, "contacts that have gone meanwhile say nothing of the next ones");
    }
}
