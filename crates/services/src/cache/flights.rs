//! One question for a key at a time: whoever asks meanwhile waits, and then finds the answer kept.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

use super::entry::Key;

/// Who asks for what.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>);

/// The turn of one who asks.
pub(super) struct Turn<'f> {
    flights: &'f Flights,
    key: Key,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Flights {
    /// Waits for one's turn.
    pub(super) async fn turn(&self, key: Key) -> Turn<'_> {
        let lane = Arc::clone(self.lanes().entry(key).or_default());
        // Made before the wait: a reader who goes away while waiting tidies up, too.
        let mut turn = Turn { flights: self, key, guard: None };
        turn.guard = Some(lane.lock_owned().await);
        turn
    }

    fn lanes(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lanes().len()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut lanes = self.flights.lanes();
        self.guard = None;
        if lanes.get(&self.key).is_some_and(|lane| Arc::strong_count(lane) == 1) {
            lanes.remove(&self.key);
        }
    }
}
