//! The code that proves that whoever makes the first account can read the console.

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use subtle::ConstantTimeEq as _;

/// Wrong tries after which the code is worth nothing.
const TRIES_MAX: u32 = 10;

/// A one-time code, `XXXX-XXXX`. Printed at the start while no account exists.
pub struct SetupCode {
    code: String,
    wrong: AtomicU32,
}

impl SetupCode {
    /// The code as it was printed.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: plain(&code.into()), wrong: AtomicU32::new(0) }
    }

    /// Whether this is the code. Small letters and a missing dash do not matter; the tenth wrong try ends it.
    pub(crate) fn fits(&self, typed: &str) -> bool {
        // Counted before it is compared: a thousand tries at once are still only ten.
        if self.wrong.fetch_update(SeqCst, SeqCst, |wrong| (wrong < TRIES_MAX).then_some(wrong + 1)).is_err() {
            return false;
        }
        let fits = bool::from(plain(typed).as_bytes().ct_eq(self.code.as_bytes()));
        if fits {
            self.wrong.fetch_sub(1, SeqCst);
        }
        fits
    }

    /// Whether a right code would still be taken.
    pub(crate) fn lives(&self) -> bool {
        self.wrong.load(SeqCst) < TRIES_MAX
    }
}

fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_wrong_try_ends_the_code() {
        let code = SetupCode::new("4F7K-92QX");
        for _ in 0..9 {
            assert!(!code.fits("0000-0000"));
            assert!(code.fits("4f7k 92qx"), "a right one does not use a try up");
        }
        assert!(!code.fits(""));
        assert!(!code.fits("4F7K-92QX"));
        assert!(!code.lives());
    }
}
