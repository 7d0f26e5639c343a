//! How many listen at a time, in all and for each account: a listener holds a connection for as long as it likes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rolo_core::{Error, Result, id::AccountId};

/// Listeners of one process.
const LISTENERS_MAX: usize = 8_192;
/// Listeners of one account: browsers take one each, however many tabs they have open.
const LISTENERS_ACCOUNT_MAX: usize = 64;
/// Whoever finds no place comes again after this.
const COME_AGAIN: Duration = Duration::from_secs(30);

/// Who listens.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Arc<Mutex<Count>>);

#[derive(Default)]
struct Count {
    all: usize,
    of: HashMap<AccountId, usize>,
}

/// A listener's place, given back when dropped.
pub(super) struct Place {
    listeners: Listeners,
    account: AccountId,
}

impl Listeners {
    /// A place for one more, if there is one.
    pub(super) fn place(&self, account: AccountId) -> Result<Place> {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = count.of.get(&account).copied().unwrap_or_default();
        if own >= LISTENERS_ACCOUNT_MAX || count.all >= LISTENERS_MAX {
            return Err(Error::Limited { retry_after: COME_AGAIN });
        }
        count.of.insert(account, own + 1);
        count.all += 1;
        Ok(Place { listeners: self.clone(), account })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut count = self.listeners.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.all -= 1;
        if let Some(own) = count.of.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                count.of.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_account_has_its_share_and_gets_places_back() {
        let listeners = Listeners::default();
        let (me, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let mut mine: Vec<Place> = (0..LISTENERS_ACCOUNT_MAX).map(|_| listeners.place(me).unwrap()).collect();
        assert!(matches!(listeners.place(me), Err(Error::Limited { .. })));
        assert!(listeners.place(other).is_ok(), "somebody else is not crowded out");
        mine.pop();
        mine.push(listeners.place(me).unwrap());
        drop(mine);
        let count = listeners.0.lock().unwrap();
        assert!(count.all == 0 && count.of.is_empty());
    }

    #[test]
    fn the_house_is_full_at_last() {
        let listeners = Listeners::default();
        let all: Result<Vec<Place>> =
            (0..LISTENERS_MAX).map(|n| listeners.place(AccountId(Uuid::from_u128(n as u128)))).collect();
        assert!(all.is_ok());
        assert!(listeners.place(AccountId(Uuid::from_u128(u128::MAX))).is_err());
    }
}
