//! What the authority looks up to see that a host is ours (RFC 8555 §8.3): only what it was promised, and only as long.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Tokens with what is answered for them. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Challenges {
    answers: Arc<RwLock<HashMap<String, String>>>,
    /// Whether the place of tokens is ours alone, and no site's.
    alone: bool,
}

impl Challenges {
    /// With somebody who promises.
    pub(super) fn alone() -> Self {
        Self { alone: true, ..Self::default() }
    }

    /// Whether a token that is not ours is nobody's.
    pub(crate) fn are_alone(&self) -> bool {
        self.alone
    }

    /// What is answered for a token of ours.
    pub(crate) fn answer(&self, token: &str) -> Option<String> {
        self.answers.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// Answers a token until the promise is dropped.
    pub(super) fn promise(&self, token: &str, answer: &str) -> Promise {
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        answers.insert(token.to_owned(), answer.to_owned());
        Promise { challenges: self.clone(), token: token.to_owned() }
    }
}

/// A token that is answered.
pub(super) struct Promise {
    challenges: Challenges,
    token: String,
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.challenges.answers.write().unwrap_or_else(PoisonError::into_inner).remove(&self.token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_promised_is_answered_and_only_as_long() {
        let challenges = Challenges::default();
        let promise = challenges.promise("token", "token.print");
        assert_eq!(challenges.answer("token").as_deref(), Some("token.print"));
        assert_eq!(challenges.answer("other"), None);
        drop(promise);
        assert_eq!(challenges.answer("token"), None);
    }
}
