//! One call to a networked database: how long it may take, and how often it is tried.

use std::{future::Future, time::Duration};

use rolo_core::Error;

use super::pulse::Pulse;
use crate::database::fault::{Fault, Held, down};

/// How long anything may take, as long as the server has a pulse.
const ANSWER: Duration = Duration::from_secs(30);
/// How often a transaction that another was in the way of is tried.
const TRIES: u32 = 8;

/// The time and the tries of one call.
pub(crate) struct Call<'p> {
    pulse: &'p Pulse,
    tries: u32,
    /// Whether a connection broke under it before.
    was_lost: bool,
}

impl<'p> Call<'p> {
    pub(super) fn new(pulse: &'p Pulse) -> Self {
        Self { pulse, tries: 0, was_lost: false }
    }

    /// The outcome, or that the database is away or took too long.
    pub(crate) async fn within<T>(&self, answer: impl Future<Output = Held<T>>) -> Held<T> {
        let answer = self.pulse.unless_down(answer);
        tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| Err(down("no answer in time")))
    }

    /// Waits before a transaction's next try, or answers what cannot be tried again. A connection that breaks in the middle
    /// is one of those: what was committed on it nobody knows.
    pub(crate) async fn again(&mut self, fault: Fault) -> Result<(), Error> {
        self.tries += 1;
        match fault {
            Fault::Again(_) if self.tries < TRIES => {
                // Those who met wait differently long, so that they do not meet again.
                let mut chance = [0];
                getrandom::fill(&mut chance).map_err(Error::internal)?;
                let wait = u64::from(self.tries) * 5 + u64::from(chance[0]) / 8;
                tokio::time::sleep(Duration::from_millis(wait)).await;
                Ok(())
            }
            fault => Err(fault.into()),
        }
    }

    /// Lets a question be asked a second time when its connection broke: it changes nothing.
    pub(crate) fn ask_again(&mut self, fault: Fault) -> Result<(), Error> {
        match fault {
            Fault::Lost(_) if !self.was_lost => {
                self.was_lost = true;
                Ok(())
            }
            fault => Err(fault.into()),
        }
    }
}

/// What a driver's error means when the server itself did not say anything.
pub(crate) fn unsaid(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => Fault::Lost(error.to_string()),
        sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => down(error),
        other => Error::internal(other).into(),
    }
}
