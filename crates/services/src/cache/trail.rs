//! What changed in a book of late: which of its contacts were touched by which number.
//!
//! Read from the change table, which no commit can forget. So a row that was read at an older number is known to be still
//! right when its contact is not in the trail, and nobody has to be told of anything for that.

use std::collections::{HashMap, VecDeque};

use rolo_core::contracts::database::{ChangeRow, Head};
use uuid::Uuid;

/// Changes remembered of one book.
const CHANGES_MAX: usize = 4096;

#[derive(Debug)]
pub(super) struct Trail {
    epoch: u64,
    /// Everything behind this number is in the trail.
    from: u64,
    /// Up to where it has been read.
    upto: u64,
    last: HashMap<Uuid, u64>,
    order: VecDeque<(u64, Uuid)>,
}

impl Trail {
    /// Of a book of which nothing is known but its head.
    pub(super) fn new(head: &Head) -> Self {
        let at = head.modseq.0;
        Self { epoch: head.epoch, from: at, upto: at, last: HashMap::new(), order: VecDeque::new() }
    }

    pub(super) fn upto(&self) -> u64 {
        self.upto
    }

    /// Whether everything up to this head has been read.
    pub(super) fn reaches(&self, head: &Head) -> bool {
        self.epoch == head.epoch && self.upto >= head.modseq.0
    }

    /// Whether the book went on from where the trail ends; else it is to be begun anew.
    pub(super) fn leads_to(&self, head: &Head, changes_max: u64) -> bool {
        self.epoch == head.epoch && head.modseq.0.saturating_sub(self.upto) <= changes_max
    }

    /// Takes in what changed behind `upto`, and up to where that was all.
    pub(super) fn note(&mut self, changes: &[ChangeRow], upto: u64) {
        for change in changes {
            self.last.insert(change.id, change.modseq.0);
            self.order.push_back((change.modseq.0, change.id));
        }
        self.upto = self.upto.max(upto);
        while self.order.len() > CHANGES_MAX
            && let Some((at, id)) = self.order.pop_front()
        {
            self.from = self.from.max(at);
            if self.last.get(&id) == Some(&at) {
                self.last.remove(&id);
            }
        }
    }

    /// Whether what was read at `head` of this thing is still so at the trail's end.
    pub(super) fn still(&self, id: Uuid, head: &Head) -> bool {
        let at = head.modseq.0;
        self.epoch == head.epoch && at >= self.from && self.last.get(&id).is_none_or(|changed| *changed <= at)
    }
}

#[cfg(test)]
mod tests {
    use rolo_core::{
        contracts::database::ChangeKind,
        id::{BookId, Modseq},
    };

    use super::*;

    fn head(epoch: u64, modseq: u64) -> Head {
        Head { book: BookId(Uuid::nil()), epoch, modseq: Modseq(modseq) }
    }

    fn change(id: u128, modseq: u64) -> ChangeRow {
        let book = BookId(Uuid::nil());
        ChangeRow { kind: ChangeKind::Contact, id: Uuid::from_u128(id), book, modseq: Modseq(modseq), gone: false }
    }

    #[test]
    fn only_what_was_touched_since_is_no_longer_so() {
        let mut trail = Trail::new(&head(1, 5));
        trail.note(&[change(1, 6), change(2, 8)], 8);
        let still = |id, at| trail.still(Uuid::from_u128(id), &head(1, at));
        assert!(still(3, 5) && still(1, 6) && still(1, 7) && still(2, 8));
        assert!(!still(1, 5), "it was touched by 6");
        assert!(!still(2, 7));
        assert!(!still(3, 4), "nobody knows what happened before the trail began");
        assert!(!trail.still(Uuid::from_u128(3), &head(2, 8)), "another epoch");
        assert!(trail.reaches(&head(1, 8)) && !trail.reaches(&head(1, 9)) && !trail.reaches(&head(2, 8)));
    }

    #[test]
    fn a_trail_forgets_its_beginning_and_knows_that() {
        let mut trail = Trail::new(&head(1, 0));
        let changes: Vec<_> = (1..=CHANGES_MAX as u64 + 10).map(|n| change(u128::from(n), n)).collect();
        trail.note(&changes, CHANGES_MAX as u64 + 10);
        assert!((trail.order.len(), trail.last.len()) == (CHANGES_MAX, CHANGES_MAX));
        assert!(!trail.still(Uuid::from_u128(9_999_999), &head(1, 9)), "10 is forgotten");
        assert!(trail.still(Uuid::from_u128(9_999_999), &head(1, 10)));
    }
}
