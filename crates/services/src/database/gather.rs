//! Many who ask for the newest numbers at once are answered by one question, which begins after each of them asked: so each
//! answer is as new as if it had been asked for alone. Over a network this is asked at every answer of the API.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::BoxFuture;
use rolo_core::{Error, Result, account::Scope, contracts::database::Heads, id::OrganisationId};
use tokio::sync::oneshot;

/// Scopes in one question.
const RIDERS_MAX: usize = 64;

/// Those who wait, by tenant.
#[derive(Debug, Default)]
pub(crate) struct Gather(Mutex<HashMap<OrganisationId, Arc<Lane>>>);

#[derive(Debug, Default)]
struct Lane {
    waiting: Mutex<Vec<Rider>>,
    /// Held by the one whose question is under way.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Rider {
    scope: Scope,
    told: oneshot::Sender<Result<Heads>>,
}

impl Gather {
    /// The newest numbers of a scope, by the next question `ask` puts for everyone who waits then.
    pub(crate) async fn heads<'a>(
        &self,
        scope: &Scope,
        ask: impl Fn(Vec<Scope>) -> BoxFuture<'a, Result<Vec<Heads>>> + Send + Sync,
    ) -> Result<Heads> {
        let organisation = scope.organisation();
        let lane = Seat { gather: self, organisation, lane: Arc::clone(self.lanes().entry(organisation).or_default()) };
        loop {
            let (told, mut hears) = oneshot::channel();
            lane.lane.waiting().push(Rider { scope: scope.clone(), told });
            let heard = tokio::select! {
                biased;
                heard = &mut hears => heard,
                turn = lane.lane.asking.lock() => {
                    lane.lane.ask(&ask).await;
                    drop(turn);
                    hears.await
                }
            };
            // Whoever asked for us has gone away meanwhile: once more.
            if let Ok(heads) = heard {
                return heads;
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<OrganisationId, Arc<Lane>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    async fn ask<'a>(&self, ask: &(impl Fn(Vec<Scope>) -> BoxFuture<'a, Result<Vec<Heads>>> + Sync)) {
        loop {
            let riders: Vec<Rider> = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(RIDERS_MAX);
                waiting.drain(..count).filter(|rider| !rider.told.is_closed()).collect()
            };
            if riders.is_empty() {
                return;
            }
            let (scopes, told): (Vec<_>, Vec<_>) = riders.into_iter().map(|rider| (rider.scope, rider.told)).unzip();
            match ask(scopes).await {
                Ok(found) => {
                    for (told, heads) in told.into_iter().zip(found) {
                        let _gone = told.send(Ok(heads));
                    }
                }
                Err(error) => {
                    for told in told {
                        let _gone = told.send(Err(same(&error)));
                    }
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Rider>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the database answered, for each who waited.
fn same(error: &Error) -> Error {
    match error {
        Error::Unavailable { service, cause } => Error::Unavailable { service, cause: cause.clone() },
        other => Error::internal(format!("{other:?}")),
    }
}

/// A place in a lane. The lane goes with the last one.
struct Seat<'g> {
    gather: &'g Gather,
    organisation: OrganisationId,
    lane: Arc<Lane>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut lanes = self.gather.lanes();
        // This seat and the table.
        if Arc::strong_count(&self.lane) == 2 {
            lanes.remove(&self.organisation);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

    use futures_util::FutureExt as _;
    use rolo_core::{
        account::{Caller, Door, Role, caller::Rights},
        id::{AccountId, Modseq},
    };
    use tokio::{sync::Semaphore, task::JoinSet};
    use uuid::Uuid;

    use super::*;

    fn scope(account: u128) -> Scope {
        let rights = Rights {
            organisation: OrganisationId(Uuid::nil()),
            account: AccountId(Uuid::from_u128(account)),
            role: Role::Member,
            region: None,
            books: Vec::new(),
        };
        Caller::proven(rights, Door::Web, None).scope().clone()
    }

    /// A database that answers when it is let, with the number it has then.
    #[derive(Default)]
    struct Slow {
        number: AtomicU64,
        asked: AtomicU64,
        gate: Option<Semaphore>,
    }

    impl Slow {
        async fn ask(&self, scopes: Vec<Scope>) -> Result<Vec<Heads>> {
            self.asked.fetch_add(1, SeqCst);
            let account = Modseq(self.number.load(SeqCst));
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            let answer =
                |scope: &Scope| Heads { account, access_epoch: scope.account().0.as_u64_pair().1, books: vec![] };
            Ok(scopes.iter().map(answer).collect())
        }
    }

    #[tokio::test]
    async fn who_asks_while_a_question_is_under_way_gets_the_next_one_with_all_others() {
        let (gather, slow) =
            (Arc::new(Gather::default()), Arc::new(Slow { gate: Some(Semaphore::new(0)), ..Slow::default() }));
        let mut askers = JoinSet::new();
        for number in 0..40 {
            let (gather, asked) = (gather.clone(), slow.clone());
            askers.spawn(async move {
                (number, gather.heads(&scope(number), |scopes| asked.ask(scopes).boxed()).await.unwrap())
            });
            if number == 0 {
                while slow.asked.load(SeqCst) == 0 {
                    tokio::task::yield_now().await;
                }
                slow.number.store(1, SeqCst);
            }
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        slow.gate.as_ref().unwrap().add_permits(10);
        while let Some(answer) = askers.join_next().await {
            let (number, heads) = answer.unwrap();
            assert_eq!(heads.access_epoch, u64::try_from(number).unwrap(), "each gets its own");
            let seen = if number == 0 { 0 } else { 1 };
            assert_eq!(heads.account, Modseq(seen), "a question that began before {number} asked is too old for it");
        }
        assert_eq!(slow.asked.load(SeqCst), 2);
        assert!(gather.lanes().is_empty(), "nothing is left behind");
    }

    #[tokio::test]
    async fn who_goes_away_takes_nobody_along() {
        let (gather, slow) = (Gather::default(), Slow { gate: Some(Semaphore::new(0)), ..Slow::default() });
        let leader = async { gather.heads(&scope(1), |s| slow.ask(s).boxed()).await };
        let mut leader = Box::pin(leader);
        assert!((&mut leader).now_or_never().is_none());
        let second = scope(2);
        let mut other = Box::pin(gather.heads(&second, |s| slow.ask(s).boxed()));
        assert!((&mut other).now_or_never().is_none());
        drop(leader);
        slow.gate.as_ref().unwrap().add_permits(1);
        assert_eq!(other.await.unwrap().access_epoch, 2);
        assert!(gather.lanes().is_empty());
    }
}
