//! The number a request has in every log: given once, where it comes in.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{HeaderMap, HeaderValue};

use super::X_REQUEST_ID;

/// A request's number, as it stands in `X-Request-Id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub HeaderValue);

/// No number from outside may be longer: it stands in every line of every log.
const OCTETS_MAX: usize = 128;

impl RequestId {
    /// A number nobody else has: eight signs of this process, then a counter. Counting is much cheaper than dice.
    pub fn new() -> Self {
        static PROCESS: OnceLock<u64> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let process = *PROCESS.get_or_init(|| RandomState::new().hash_one(std::process::id())) << 32;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut text = [b'0'; 16];
        for (place, sign) in text.iter_mut().enumerate() {
            let nibble = (process | (count & 0xffff_ffff)) >> (60 - 4 * place) & 0xf;
            *sign = b"0123456789abcdef"[nibble as usize];
        }
        Self(HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("0")))
    }

    /// The number a request came with, if it is one that may be believed in a log.
    pub(crate) fn given(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(X_REQUEST_ID)?;
        let sound = |sign: &u8| sign.is_ascii_alphanumeric() || b"-_.:/+=@".contains(sign);
        let octets = value.as_bytes();
        (!octets.is_empty() && octets.len() <= OCTETS_MAX && octets.iter().all(sound)).then(|| Self(value.clone()))
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_requests_have_the_same_number() {
        let numbers: HashSet<_> = (0..1_000).map(|_| RequestId::new().0).collect();
        assert_eq!(numbers.len(), 1_000);
        assert!(numbers.iter().all(|number| number.len() == 16));
    }

    #[test]
    fn a_number_from_outside_is_short_and_plain() {
        let given = |text: &str| {
            let headers = HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_str(text).unwrap())]);
            RequestId::given(&headers).is_some()
        };
        assert!(given("7f3k-92qd") && given("Root=1-67891233-abcdef"));
        assert!(!given("") && !given("a b") && !given("\"}") && !given(&"a".repeat(OCTETS_MAX + 1)));
    }
}
