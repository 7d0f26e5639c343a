//! What was answered, by account, access epoch and URL, with the numbers it was made from.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use moka::sync::Cache;
use rolo_core::{
    contracts::database::{Head, Heads},
    id::AccountId,
};

/// Octets of answers kept at once.
const OCTETS_MAX: u64 = 32 * 1024 * 1024;
/// Longer answers are not worth their room.
const ANSWER_OCTETS_MAX: usize = 256 * 1024;

/// What an answer is kept under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) account: AccountId,
    pub(crate) access_epoch: u64,
    /// Path and query as they were sent.
    pub(crate) url: Box<str>,
}

/// An answer that was given.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The newest numbers before it was made: while they are still the newest, it is still right.
    pub(crate) heads: Heads,
    /// Which operation answered, for the counters.
    pub(crate) operation: &'static str,
    pub(crate) media_type: HeaderValue,
    pub(crate) tag: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

/// By key.
pub(crate) struct Answers(Cache<Key, Arc<Kept>>);

impl Answers {
    pub(crate) fn new() -> Self {
        let weigh = |key: &Key, kept: &Arc<Kept>| {
            let heads = kept.heads.books.len() * size_of::<Head>();
            u32::try_from(key.url.len() + kept.body.len() + heads + 256).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(OCTETS_MAX).weigher(weigh).build())
    }

    /// What was answered, if it was made from these numbers.
    pub(crate) fn get(&self, key: &Key, heads: &Heads) -> Option<Arc<Kept>> {
        self.0.get(key).filter(|kept| kept.heads == *heads)
    }

    pub(crate) fn keep(&self, key: Key, kept: Kept) {
        if kept.body.len() <= ANSWER_OCTETS_MAX {
            self.0.insert(key, Arc::new(kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use rolo_core::id::Modseq;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_answer_is_given_only_while_its_numbers_are_the_newest() {
        let answers = Answers::new();
        let key = |epoch| Key { account: AccountId(Uuid::nil()), access_epoch: epoch, url: "/v1/labels".into() };
        let heads = |account| Heads { account: Modseq(account), access_epoch: 1, books: vec![] };
        let kept = Kept {
            heads: heads(7),
            operation: "listLabels",
            media_type: HeaderValue::from_static("application/json"),
            tag: None,
            body: Bytes::from_static(b"{}"),
        };
        answers.keep(key(1), kept);
        assert!(answers.get(&key(1), &heads(7)).is_some());
        assert!(answers.get(&key(1), &heads(8)).is_none(), "something was written since");
        assert!(answers.get(&key(2), &heads(7)).is_none(), "rights changed since");
    }
}
