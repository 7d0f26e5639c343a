//! What is to happen to a row: its verdict, what somebody decided, and the policy for the rest.

use super::{mark::Mark, run::Policy, state::Saved};
use crate::{
    id::ContactId,
    import::matching::{Decision, Verdict, Why},
};

/// What is to happen to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing.
    Nothing,
    /// A contact is made. `fresh`: it may not have the UID the row says.
    New { fresh: bool },
    /// A contact is changed. `asked`: somebody wants it although the two disagree.
    Update { contact: ContactId, asked: bool },
    /// The row is remembered as this contact's.
    Remember(ContactId),
}

/// What is to happen to the row of this number.
pub(super) fn wanted(saved: &Saved, row: u64, mark: &Mark) -> Wanted {
    let by_policy = match saved.policy {
        Policy::Skip => Decision::Skip,
        Policy::New => Decision::New,
        Policy::Update => Decision::Update,
    };
    let decided = saved.decisions.get(&row);
    let decision = decided.map(|decided| decided.decision).or((mark.verdict == Verdict::Check).then_some(by_policy));
    let contact = decided.and_then(|decided| decided.contact).or(mark.contact);
    match (decision, mark.verdict, contact) {
        (Some(_), Verdict::Refused, _) | (Some(Decision::Skip), _, _) => Wanted::Nothing,
        (Some(Decision::New), _, _) => Wanted::New { fresh: true },
        (Some(Decision::Update), _, Some(contact)) => Wanted::Update { contact, asked: true },
        (Some(Decision::Update), _, None) => Wanted::Nothing,
        (None, Verdict::New, _) => Wanted::New { fresh: false },
        (None, Verdict::Update, Some(contact)) => Wanted::Update { contact, asked: false },
        (None, Verdict::Same, Some(contact)) if matches!(mark.why, Why::Known | Why::SameUid) => {
            Wanted::Remember(contact)
        }
        (None, _, _) => Wanted::Nothing,
    }
}

/// What the row's verdict is once it was handled.
pub(super) fn outcome(saved: &Saved, row: u64, mark: &Mark) -> Verdict {
    if let Some((verdict, _)) = saved.turned.get(&row) {
        return *verdict;
    }
    match wanted(saved, row, mark) {
        Wanted::New { .. } => Verdict::New,
        Wanted::Update { .. } => Verdict::Update,
        Wanted::Nothing | Wanted::Remember(_) => mark.verdict,
    }
}
