//! What the networked databases share: how long they may take, and what is tried again.

use std::{future::Future, time::Duration};

use rolo_core::Error;

use super::fault::{Fault, Held, down};

/// How long anything may take, waiting for a connection aside.
const ANSWER: Duration = Duration::from_secs(30);
/// How long to wait for a connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
/// Connections of one process.
pub(crate) const CONNECTIONS: u32 = 16;
/// How often a transaction that another was in the way of is tried.
const TRIES: u32 = 8;

/// The outcome, or that the database took too long.
pub(crate) async fn within<T>(answer: impl Future<Output = Held<T>>) -> Held<T> {
    tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| Err(down("no answer in time")))
}

/// The tries a transaction has.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Tries {
    /// Waits before the next try, or answers what cannot be tried again.
    pub(crate) async fn again(&mut self, fault: Fault) -> Result<(), Error> {
        self.0 += 1;
        match fault {
            Fault::Again(_) if self.0 < TRIES => {
                // Those who met wait differently long, so that they do not meet again.
                let mut chance = [0];
                getrandom::fill(&mut chance).map_err(Error::internal)?;
                let wait = u64::from(self.0) * 5 + u64::from(chance[0]) / 8;
                tokio::time::sleep(Duration::from_millis(wait)).await;
                Ok(())
            }
            fault => Err(fault.into()),
        }
    }
}

/// What a driver's error means when the server itself did not say anything.
pub(crate) fn unsaid(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => down(error),
        other => Error::internal(other).into(),
    }
}
