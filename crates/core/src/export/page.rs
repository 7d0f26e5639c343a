//! Contacts a page at a time, and their contents a helping at a time: what is held at once never grows with the book.

use std::collections::VecDeque;

use crate::{
    Result, Services,
    account::Scope,
    contact::{Filter, Listed},
};

/// Lines of a page.
const PAGE: usize = 500;
/// Octets a helping should come to.
const HELPING_BYTES: usize = 2 << 20;
/// Contacts of the first helping; nothing is known of their size yet.
const HELPING_FIRST: usize = 16;

/// The lines of a selection, one after the other, as often as wanted: a clone begins where this one stands.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    lines: VecDeque<Listed>,
    /// What to ask for next; `None` behind the last page.
    next: Option<Filter>,
    helping: usize,
}

impl Pages {
    /// Everything this filter lets through.
    pub(super) fn of(filter: Filter) -> Self {
        let next = Some(Filter { limit: PAGE, ..filter });
        Self { lines: VecDeque::new(), next, helping: HELPING_FIRST }
    }

    /// These.
    pub(super) fn these(lines: Vec<Listed>) -> Self {
        Self { lines: lines.into(), next: None, helping: HELPING_FIRST }
    }

    /// The next helping, at most `most`; empty when there are no more.
    pub(super) async fn next(&mut self, services: &Services, scope: &Scope, most: usize) -> Result<Vec<Listed>> {
        while self.lines.is_empty() {
            let Some(filter) = self.next.take() else { return Ok(Vec::new()) };
            let page = services.database.list(scope, &filter).await?;
            if let Some(last) = page.items.last().filter(|_| page.more) {
                self.next = Some(Filter { after: Some(last.key.clone()), ..filter });
            }
            self.lines = page.items.into();
        }
        let many = self.helping.min(most).min(self.lines.len());
        Ok(self.lines.drain(..many).collect())
    }

    /// Says how many octets the last helping of `contacts` was, so that the next one fits.
    pub(super) fn was(&mut self, contacts: usize, bytes: usize) {
        self.helping = helping(self.helping, contacts, bytes);
    }
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
