//! A connection that is lent for one call, and goes back only when it is known to be sound.

use deadpool::managed::Object;

use super::{Call, Door, Driver, Network};
use crate::database::{
    fault::{Fault, Held, is_down},
    session::Session,
    sqlite::Done,
};

/// A connection in use. Dropped in the middle of something, it is closed: what the server still has to say on it would be
/// taken for the answer to the next question.
pub(crate) struct Lease<'n, D: Driver> {
    network: &'n Network<D>,
    /// `None` once it has gone back.
    object: Option<Object<Door<D>>>,
}

impl<'n, D: Driver> Lease<'n, D> {
    pub(super) fn new(network: &'n Network<D>, object: Object<Door<D>>) -> Self {
        Self { network, object: Some(object) }
    }

    /// Takes statements; `Err` only after it has been given back.
    pub(crate) fn session(&mut self) -> Held<Session<'_>> {
        let object = self.object.as_mut().ok_or_else(|| Fault::Lost("this connection was given back".to_owned()))?;
        Ok(D::session(object))
    }

    pub(super) async fn begin(&mut self) -> Held<()> {
        let call = self.network.call();
        let mut session = self.session()?;
        call.within(session.plain(D::BEGIN)).await
    }

    /// Ends a question that was asked outside a transaction.
    pub(crate) fn end<T>(self, outcome: Held<T>) -> Held<T> {
        match outcome {
            Err(fault) if is_down(&fault) => {
                if matches!(fault, Fault::Lost(_)) {
                    self.network.forget_idle();
                }
                self.spoil();
                Err(fault)
            }
            outcome => {
                self.give_back();
                outcome
            }
        }
    }

    /// Ends a transaction: keeps what was done, or takes it back.
    pub(crate) async fn settle<T>(mut self, call: &Call<'_>, outcome: Held<Done<T>>) -> Held<Done<T>> {
        let (done, refused) = match outcome {
            Ok(done) => (Some(done), None),
            Err(fault) if is_down(&fault) => return self.end(Err(fault)),
            Err(fault) => (None, Some(fault)),
        };
        let ended = {
            let mut session = self.session()?;
            call.within(session.plain(if done.is_some() { "commit" } else { "rollback" })).await
        };
        match (ended, done, refused) {
            (Ok(()), Some(done), _) => self.end(Ok(done)),
            (Ok(()), None, Some(refused)) => self.end(Err(refused)),
            // What could not be taken back is closed, and the server takes it back.
            (Err(_), _, Some(refused)) => {
                self.spoil();
                Err(refused)
            }
            (Err(fault), _, None) => {
                self.spoil();
                Err(fault)
            }
            (Ok(()), None, None) => self.end(Err(Fault::Lost("a transaction ended without an outcome".to_owned()))),
        }
    }

    /// Closes it. Nothing is said to the server, which may not be listening.
    pub(super) fn spoil(mut self) {
        self.close();
    }

    fn give_back(mut self) {
        drop(self.object.take());
    }

    fn close(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

impl<D: Driver> Drop for Lease<'_, D> {
    fn drop(&mut self) {
        self.close();
    }
}
