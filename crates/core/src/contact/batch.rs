//! Many contacts in one request: all or nothing, or each for itself.

use std::collections::HashSet;

use super::{
    Change, Contact, NewContact, Patch, create, delete,
    look::{AHEAD, Look, once_each},
    mark,
    plan::{Plan, perform_as},
    purge, read, relocate, restore,
    save::{self, Wish},
};
use crate::{
    Error, Result, Seed, Seen, Services,
    account::Caller,
    id::{BatchId, BookId, ContactId},
    verb::{TRIES, moved_on},
    write::{Act, BatchNote, Effect, Write},
};

/// Items of one batch.
pub const ITEMS_MAX: usize = 1_000;
/// Characters of a batch's name.
const SUMMARY_CHARS_MAX: usize = 200;

/// What shall happen to one contact.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchItem {
    /// It is made.
    Create(Box<NewContact>),
    /// It says this.
    Replace {
        /// Which.
        id: ContactId,
        /// The version that was seen.
        seen: Seen,
        /// What it says.
        change: Box<Change>,
    },
    /// It differs in this; also labels added and removed.
    Patch {
        /// Which.
        id: ContactId,
        /// The version that was seen.
        seen: Seen,
        /// In what.
        patch: Box<Patch>,
    },
    /// It goes to the bin.
    Delete {
        /// Which.
        id: ContactId,
        /// The version that was seen.
        seen: Seen,
    },
    /// It comes back from the bin.
    Restore {
        /// Which.
        id: ContactId,
    },
    /// It is removed from the bin for good.
    Purge {
        /// Which.
        id: ContactId,
    },
    /// The caller's star.
    Star {
        /// Which.
        id: ContactId,
        /// On or off.
        on: bool,
    },
    /// Hidden from the caller's list.
    Hide {
        /// Which.
        id: ContactId,
        /// Hidden or shown.
        on: bool,
    },
    /// It moves to another book.
    Relocate {
        /// Which.
        id: ContactId,
        /// Where it goes.
        book: BookId,
        /// The version that was seen.
        seen: Seen,
    },
}

impl BatchItem {
    /// How the history tells it.
    pub(super) fn act(&self) -> Act {
        match self {
            Self::Create(_) => Act::Create,
            Self::Replace { .. } | Self::Patch { .. } => Act::Edit,
            Self::Delete { .. } => Act::Delete,
            Self::Restore { .. } => Act::Restore,
            Self::Purge { .. } => Act::Purge,
            Self::Star { .. } | Self::Hide { .. } => Act::Settings,
            Self::Relocate { .. } => Act::Move,
        }
    }

    /// Which contact; `made` is the id of one to be made.
    pub(super) fn contact(&self, made: ContactId) -> ContactId {
        match self {
            Self::Create(new) => new.id.unwrap_or(made),
            Self::Replace { id, .. }
            | Self::Patch { id, .. }
            | Self::Delete { id, .. }
            | Self::Restore { id }
            | Self::Purge { id }
            | Self::Star { id, .. }
            | Self::Hide { id, .. }
            | Self::Relocate { id, .. } => *id,
        }
    }

    /// Whether it may be planned again when somebody was faster.
    pub(super) fn takes_any(&self) -> bool {
        match self {
            Self::Replace { seen, .. }
            | Self::Patch { seen, .. }
            | Self::Delete { seen, .. }
            | Self::Relocate { seen, .. } => *seen == Seen::Any,
            _ => true,
        }
    }

    /// What must hold together for it.
    pub(super) async fn plan(&self, look: &mut Look<'_>, made: ContactId) -> Result<Plan> {
        match self {
            Self::Create(new) => create::plan(look, new, made).await,
            Self::Replace { id, seen, change } => {
                save::plan(look, *id, *seen, Wish::Whole(change.card.as_ref()), change).await
            }
            Self::Patch { id, seen, patch } => {
                save::plan(look, *id, *seen, Wish::Patched(patch.card.as_ref()), &patch.change).await
            }
            Self::Delete { id, seen } => delete::plan(look, *id, *seen).await,
            Self::Restore { id } => restore::plan(look, *id).await,
            Self::Purge { id } => purge::plan(look, *id).await,
            Self::Star { id, on } => mark::plan(look, *id, Some(*on), None).await,
            Self::Hide { id, on } => mark::plan(look, *id, None, Some(*on)).await,
            Self::Relocate { id, book, seen } => relocate::plan(look, *id, *book, *seen).await,
        }
    }
}

/// A request for many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// All or nothing, in one commit; otherwise each item for itself, in order.
    pub atomic: bool,
    /// A short name for the history.
    pub summary: Option<String>,
    /// At most 1,000.
    pub items: Vec<BatchItem>,
}

/// What became of it.
#[derive(Debug)]
pub struct BatchDone {
    /// What undo takes back.
    pub batch: BatchId,
    /// For each item in order. All of an atomic batch that is answered are done.
    pub items: Vec<Result<ItemDone>>,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemDone {
    /// Which contact.
    pub id: ContactId,
    /// Whether a create found it there.
    pub existed: bool,
    /// What is there now; `None` when it was purged.
    pub contact: Option<Contact>,
}

/// Does it. An atomic batch that cannot be done whole is refused whole, naming the item.
pub async fn run(services: &Services, caller: &Caller, batch: Batch, seed: &Seed) -> Result<BatchDone> {
    let Batch { atomic, summary, items } = batch;
    if items.is_empty() || items.len() > ITEMS_MAX {
        return Err(Error::invalid("/items", format!("A batch has 1 to {ITEMS_MAX} items.")));
    }
    if summary.as_ref().is_some_and(|text| text.chars().count() > SUMMARY_CHARS_MAX) {
        return Err(Error::invalid("/summary", format!("A summary has at most {SUMMARY_CHARS_MAX} characters.")));
    }
    let random = services.random.as_ref();
    let made: Vec<ContactId> = (0..items.len() as u64).map(|n| ContactId(seed.id(random, n + 2))).collect();
    let note = BatchNote { id: BatchId(seed.id(random, 1)), act: common_act(&items), undoes: None, summary };
    let work = Work { services, caller, items: &items, made: &made, note: &note, seed };
    let done = if atomic { work.whole().await?.into_iter().map(Ok).collect() } else { work.each().await? };
    Ok(BatchDone { batch: note.id, items: work.with_contacts(done).await? })
}

/// What the batch is told as: what all its items do, or a change.
fn common_act(items: &[BatchItem]) -> Act {
    let first = items.first().map_or(Act::Edit, BatchItem::act);
    if items.iter().all(|item| item.act() == first) { first } else { Act::Edit }
}

struct Work<'a> {
    services: &'a Services,
    caller: &'a Caller,
    items: &'a [BatchItem],
    made: &'a [ContactId],
    note: &'a BatchNote,
    seed: &'a Seed,
}

type Done = (ContactId, bool);

impl Work<'_> {
    /// Every item in one commit.
    async fn whole(&self) -> Result<Vec<Done>> {
        self.each_contact_once()?;
        let mut refusal = moved_on();
        for _ in 0..TRIES {
            let (done, effects) = match self.plans().await {
                Ok(plans) => plans,
                Err(error) => return self.done_before().await?.ok_or(error),
            };
            if effects.is_empty() {
                return Ok(done);
            }
            let by = self.caller.by(self.services.clock.now());
            let write = Write { by, batch: self.note.clone(), once: self.seed.once(0), effects };
            match self.services.database.commit(write).await {
                Ok(_) => return Ok(done),
                Err(Error::Conflict { why }) => refusal = Error::Conflict { why },
                Err(error) => return Err(error),
            }
        }
        Err(refusal)
    }

    async fn plans(&self) -> Result<(Vec<Done>, Vec<Effect>)> {
        let mut done = Vec::with_capacity(self.items.len());
        let mut effects = Vec::with_capacity(self.items.len());
        let mut look = Look::new(self.services, self.caller);
        for (n, (item, made)) in self.items.iter().zip(self.made).enumerate() {
            if n % AHEAD == 0 {
                look.ahead(self.window(n), |_| true).await?;
            }
            let mut plan = item.plan(&mut look, *made).await.map_err(|error| at_item(n, error))?;
            effects.append(&mut plan.effects);
            done.push((plan.id, plan.existed));
        }
        Ok((done, effects))
    }

    /// The items from the `n`th on that are read together, with the ids they would make.
    fn window(&self, n: usize) -> impl Iterator<Item = (&BatchItem, ContactId)> {
        self.items.iter().zip(self.made.iter().copied()).skip(n).take(AHEAD)
    }

    /// What one item does must not rest on what another one does in the same commit.
    fn each_contact_once(&self) -> Result<()> {
        let mut met = HashSet::new();
        for (n, (item, made)) in self.items.iter().zip(self.made).enumerate() {
            if !met.insert(item.contact(*made)) {
                let why = "An atomic batch names each contact once.";
                return Err(Error::invalid(format!("/items/{n}"), why));
            }
        }
        Ok(())
    }

    /// The answer of an earlier try whose answer was lost.
    async fn done_before(&self) -> Result<Option<Vec<Done>>> {
        if self.seed.0.is_none() || self.services.database.batch(self.caller.scope(), self.note.id).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.items.iter().zip(self.made).map(|(item, made)| (item.contact(*made), false)).collect()))
    }

    /// Each item in a commit of its own; only what would stop the next one too stops the batch.
    async fn each(&self) -> Result<Vec<Result<Done>>> {
        let mut answers = Vec::with_capacity(self.items.len());
        let alone = once_each(self.items, self.made);
        let mut look = Look::new(self.services, self.caller);
        for (n, (item, made)) in self.items.iter().zip(self.made).enumerate() {
            if n % AHEAD == 0 {
                let read = look.ahead(self.window(n), |id| alone.contains(&id)).await;
                // Later on each item says for itself what is wrong: those before it are done.
                if n == 0 {
                    read?;
                }
            }
            let once = self.seed.once(n as u64);
            let answer = match perform_as(&mut look, item, *made, self.note, once).await {
                Ok(done) => Ok((done.value, done.existed)),
                Err(error) if n == 0 && stops(&error) => return Err(error),
                Err(error) => Err(at_item(n, error)),
            };
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn with_contacts(&self, done: Vec<Result<Done>>) -> Result<Vec<Result<ItemDone>>> {
        let mut ids: Vec<ContactId> = done.iter().flatten().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let contacts = read::many(self.services, self.caller, &ids).await?;
        let contacts: std::collections::HashMap<_, _> =
            contacts.into_iter().map(|contact| (contact.stored.id, contact)).collect();
        let item = |(id, existed)| ItemDone { id, existed, contact: contacts.get(&id).cloned() };
        Ok(done.into_iter().map(|one| one.map(item)).collect())
    }
}

/// Whether the service is in such a state that the next item would fare no better.
fn stops(error: &Error) -> bool {
    matches!(
        error,
        Error::Unavailable { .. } | Error::ReadOnly { .. } | Error::Full | Error::Internal { .. } | Error::NotSignedIn
    )
}

/// The pointer of an invalid item starts at the item.
fn at_item(n: usize, error: Error) -> Error {
    match error {
        Error::Invalid { field, why } => Error::Invalid { field: format!("/items/{n}{field}"), why },
        other => other,
    }
}
