//! When a certificate is asked for: in time, not all at once, and not again and again from an authority that said no.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::{Duration, SystemTime},
};

use super::validity::Validity;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// What is left of a certificate when it is renewed; of a short one a third.
const LEFT: Duration = Duration::from_secs(30 * 24 * 3600);
/// What is left when somebody has to look.
const WARN_LEFT: Duration = Duration::from_secs(14 * 24 * 3600);
/// After a first failure; each one more doubles it.
const REST_MIN: Duration = Duration::from_secs(60);
/// An authority that fails for weeks is asked so often.
pub(super) const REST_MAX: Duration = Duration::from_secs(24 * 3600);

/// When a certificate is renewed: with a third or a month of its life left, and up to a tenth of that earlier, a host at its
/// own moment.
pub(super) fn due(validity: &Validity, host: &str) -> SystemTime {
    let left = (validity.life() / 3).min(LEFT);
    let mut hasher = DefaultHasher::new();
    host.hash(&mut hasher);
    let earlier = left.mul_f64((hasher.finish() % 1000) as f64 / 10_000.0);
    validity.until - left - earlier
}

/// How long to rest after so many failures in a row: longer and longer, a quarter more or less by chance.
pub(super) fn rest(failures: u32, chance: f64) -> Duration {
    let doubled = REST_MIN.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(REST_MAX).mul_f64(0.75 + chance.clamp(0.0, 1.0) / 4.0)
}

/// Whether a certificate ends before long although it should have been renewed. One that lives for days only is renewed when a
/// third of it is left, so it is looked at when a sixth is.
pub(super) fn is_ending(validity: &Validity, now: SystemTime) -> bool {
    let warned = WARN_LEFT.min(validity.life() / 6).max(DAY / 24);
    now + warned >= validity.until
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validity(days: u32) -> Validity {
        let from = SystemTime::UNIX_EPOCH + DAY * 20_000;
        Validity { from, until: from + DAY * days }
    }

    #[test]
    fn a_certificate_is_renewed_with_a_month_or_a_third_left() {
        for (days, left) in [(90, 30), (365, 30), (6, 2)] {
            let validity = validity(days);
            for host in ["book.example", "other.example", "third.example"] {
                let ahead = validity.until.duration_since(due(&validity, host)).unwrap();
                assert!(ahead >= DAY * left && ahead <= DAY * left * 11 / 10, "{days} days: {ahead:?}");
            }
        }
        assert_ne!(due(&validity(90), "book.example"), due(&validity(90), "other.example"));
    }

    #[test]
    fn an_authority_that_fails_is_asked_more_and_more_rarely_and_at_least_daily() {
        assert!(rest(1, 0.0) < Duration::from_secs(60) && rest(1, 1.0) == Duration::from_secs(60));
        for failures in 1..200 {
            assert!(rest(failures, 0.5) <= rest(failures + 1, 0.5));
            assert!(rest(failures, 1.0) <= DAY);
        }
        assert_eq!(rest(40, 1.0), DAY);
    }

    #[test]
    fn somebody_is_told_two_weeks_before_the_end_and_not_while_it_is_in_order() {
        let long = validity(90);
        assert!(!is_ending(&long, due(&long, "book.example")));
        assert!(!is_ending(&long, long.until - DAY * 15));
        assert!(is_ending(&long, long.until - DAY * 14));
        assert!(is_ending(&long, long.until + DAY));
        let short = validity(6);
        assert!(!is_ending(&short, due(&short, "book.example")));
        assert!(is_ending(&short, short.until - DAY));
    }
}
