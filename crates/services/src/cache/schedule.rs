//! Every order in which readers, a writer and the database can take turns: whoever reads through the cache is never given
//! less than what was so at the numbers it names. The control believes what it finds, and is caught.

use std::{
    collections::HashMap,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};

use jiff::Timestamp;
use proptest::prelude::*;
use rolo_core::{
    Result,
    account::{Caller, Door, Right, Role, Scope, caller::Rights},
    contact::{Page, Stored, StoredCard},
    contracts::{
        Cache, Database, Through,
        database::{ChangeKind, ChangeRow, Head, Heads},
    },
    id::{AccountId, BookId, ContactId, Modseq, OrganisationId, Revision},
};
use uuid::Uuid;

use super::Rows;

const BOOK: BookId = BookId(Uuid::from_u128(1));

fn contact(n: u128) -> ContactId {
    ContactId(Uuid::from_u128(n))
}

fn scope() -> Scope {
    let rights = Rights {
        organisation: OrganisationId(Uuid::nil()),
        account: AccountId(Uuid::nil()),
        role: Role::Owner,
        region: None,
        books: vec![(BOOK, Right::Manage)],
    };
    Caller::proven(rights, Door::Web, None).scope().clone()
}

/// A book in memory whose every question can be stopped before it is answered and before the answer arrives.
#[derive(Default)]
struct Model {
    /// The contacts that are there, with the number of their last change.
    rows: Mutex<HashMap<ContactId, u64>>,
    /// Every change: its number, whose, and what it left (`None`: nothing).
    log: Mutex<Vec<(ContactId, Option<u64>)>>,
    asked: AtomicU64,
}

/// A turn for the others.
async fn turn() {
    let mut given = false;
    poll_fn(|_| if std::mem::replace(&mut given, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Model {
    fn head(&self) -> u64 {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    fn write(&self, id: ContactId, there: bool) {
        let mut log = self.log.lock().unwrap();
        let number = log.len() as u64 + 1;
        log.push((id, there.then_some(number)));
        let mut rows = self.rows.lock().unwrap();
        if there {
            rows.insert(id, number)
        } else {
            rows.remove(&id)
        };
    }

    /// What a contact was at a number.
    fn was(&self, id: ContactId, at: u64) -> Option<u64> {
        let log = self.log.lock().unwrap();
        log[..usize::try_from(at).unwrap()].iter().rev().find(|(changed, _)| *changed == id).and_then(|(_, left)| *left)
    }

    async fn row(&self, id: ContactId) -> Option<u64> {
        turn().await;
        self.asked.fetch_add(1, SeqCst);
        let row = self.rows.lock().unwrap().get(&id).copied();
        turn().await;
        row
    }
}

impl Through for Model {
    fn behind(&self) -> &dyn Database {
        panic!("nobody asks the model for anything else")
    }

    async fn heads(&self, _: &Scope) -> Result<Heads> {
        turn().await;
        let head = Head { book: BOOK, epoch: 1, modseq: Modseq(self.head()) };
        turn().await;
        Ok(Heads { account: Modseq(1), access_epoch: 1, books: vec![head] })
    }

    async fn changes(&self, _: &Scope, book: BookId, since: Modseq, limit: usize) -> Result<Page<ChangeRow>> {
        turn().await;
        let mut last: HashMap<ContactId, u64> = HashMap::new();
        for (number, (id, _)) in (1..).zip(self.log.lock().unwrap().iter()) {
            last.insert(*id, number);
        }
        let row = |(id, number): (ContactId, u64)| ChangeRow {
            kind: ChangeKind::Contact,
            id: id.0,
            book,
            modseq: Modseq(number),
            gone: false,
        };
        let mut items: Vec<_> = last.into_iter().map(row).filter(|change| change.modseq > since).collect();
        items.sort_by_key(|change| change.modseq);
        let more = items.len() > limit;
        items.truncate(limit);
        turn().await;
        Ok(Page { items, more })
    }

    async fn contact(&self, _: &Scope, id: ContactId) -> Result<Option<Stored>> {
        Ok(self.row(id).await.map(|number| Stored {
            id,
            book: BOOK,
            kind: "individual".to_owned(),
            uid: String::new(),
            dav_name: String::new(),
            revision: Revision::of(&[]),
            modseq: Modseq(number),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            deleted_at: None,
            labels: Vec::new(),
            starred: false,
            hidden: false,
            model: String::new(),
        }))
    }

    async fn card(&self, _: &Scope, id: ContactId) -> Result<Option<StoredCard>> {
        Ok(self.row(id).await.map(|number| StoredCard {
            id,
            book: BOOK,
            dav_name: String::new(),
            uid: String::new(),
            revision: Revision::of(&[]),
            modseq: Modseq(number),
            deleted_at: None,
            bytes: Vec::new(),
        }))
    }
}

/// Something wrong that a reader was told.
type Lie = String;

async fn read(rows: &Rows, model: &Model, ids: &[u128]) -> Option<Lie> {
    for id in ids {
        let heads = Database::heads(model, &scope()).await.unwrap();
        let at = heads.books[0].modseq.0;
        let scope = scope().content_with(heads);
        let told = match Database::contact(rows, &scope, contact(*id)).await.unwrap() {
            Some(stored) => Some(stored.modseq.0),
            None => None,
        };
        let card = Database::card(rows, &scope, contact(*id)).await.unwrap().map(|card| card.modseq.0);
        for told in [told, card] {
            let fine = (at..=model.head()).any(|at| model.was(contact(*id), at) == told);
            if !fine {
                return Some(format!("{id} was told as {told:?} to one who had seen {at}"));
            }
        }
    }
    None
}

async fn write(model: &Model, writes: &[(u128, bool)]) -> Option<Lie> {
    for (id, there) in writes {
        turn().await;
        model.write(contact(*id), *there);
    }
    None
}

/// Somebody who reads or writes, and what was a lie to them.
type Actor<'a> = Pin<Box<dyn Future<Output = Option<Lie>> + 'a>>;

/// Lets three readers and a writer take turns in this order, then each to its end.
fn play(order: &[usize], writes: &[(u128, bool)], gullible: bool) -> Vec<Lie> {
    let model = Arc::new(Model::default());
    model.write(contact(1), true);
    let mut rows = Rows::new(model.clone());
    rows.gullible = gullible;
    let mut actors: Vec<Option<Actor<'_>>> = vec![
        Some(Box::pin(write(&model, writes))),
        Some(Box::pin(read(&rows, &model, &[1, 2, 1]))),
        Some(Box::pin(read(&rows, &model, &[1, 1, 2]))),
        Some(Box::pin(read(&rows, &model, &[2, 1]))),
    ];
    let mut lies = Vec::new();
    let count = actors.len();
    let rest = (0..100_000).map(|n| n % count);
    for next in order.iter().map(|next| next % count).chain(rest) {
        let Some(actor) = &mut actors[next] else { continue };
        if let Poll::Ready(lie) = actor.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            lies.extend(lie);
            actors[next] = None;
        }
        if actors.iter().all(Option::is_none) {
            break;
        }
    }
    assert!(actors.iter().all(Option::is_none), "somebody waits for ever");
    lies
}

fn schedules() -> impl Strategy<Value = (Vec<usize>, Vec<(u128, bool)>)> {
    (prop::collection::vec(0..4_usize, 0..160), prop::collection::vec((1..4_u128, any::<bool>()), 1..8))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_turns_makes_an_answer_old((order, writes) in schedules()) {
        prop_assert_eq!(play(&order, &writes, false), Vec::<Lie>::new());
    }
}

#[test]
fn the_control_believes_what_it_finds_and_is_caught() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let caught = runner.run(&schedules(), |(order, writes)| {
        prop_assert_eq!(play(&order, &writes, true), Vec::<Lie>::new());
        Ok(())
    });
    assert!(caught.is_err(), "a cache without its check was never wrong");
}

#[test]
fn a_hundred_who_ask_for_the_same_ask_the_database_once() {
    let model = Arc::new(Model::default());
    model.write(contact(1), true);
    let rows = Rows::new(model.clone());
    let heads =
        Heads { account: Modseq(1), access_epoch: 1, books: vec![Head { book: BOOK, epoch: 1, modseq: Modseq(1) }] };
    let scope = scope().content_with(heads);
    for (id, there) in [(contact(1), true), (contact(9), false)] {
        model.asked.store(0, SeqCst);
        let mut askers: Vec<_> = (0..100).map(|_| Some(Database::contact(&rows, &scope, id))).collect();
        while askers.iter().any(Option::is_some) {
            for place in &mut askers {
                let Some(asker) = place else { continue };
                if let Poll::Ready(told) = asker.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    assert_eq!(told.unwrap().is_some(), there);
                    *place = None;
                }
            }
        }
        assert_eq!(model.asked.load(SeqCst), 1, "{id:?}, there: {there}");
    }
    let figures = Cache::figures(&rows);
    let of = |kind| *figures.iter().find(|figure| figure.kind == kind).unwrap();
    assert_eq!((of("contact").misses, of("contact").hits, of("missing").hits), (2, 99, 99));
    assert!(rows.idle(), "nobody is left waiting");
}
