//! How often one visitor may ask: a bucket that leaks (GCRA), one number for each visitor.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::Rate;
use crate::listen::neighbourhood;

/// So many visitors are told apart at a time; the next ones are not counted until some have been quiet.
const VISITORS_MAX: usize = 65_536;
/// How often those who have been quiet are forgotten, when there are that many.
const SWEEP_TIME: Duration = Duration::from_secs(1);

/// Who has asked how often.
pub(super) struct Rates {
    /// What one request costs.
    each: Duration,
    /// What may be owed at most.
    most: Duration,
    visitors: Mutex<Visitors>,
}

struct Visitors {
    /// When each has paid for everything they asked.
    even_at: HashMap<u128, Instant>,
    swept: Instant,
}

impl Rates {
    pub(super) fn new(rate: Rate) -> Self {
        let each = Duration::from_secs(1) / rate.per_second.max(1);
        let visitors = Visitors { even_at: HashMap::new(), swept: Instant::now() };
        Self { each, most: each * rate.burst.max(1), visitors: Mutex::new(visitors) }
    }

    /// Counts a request. The error is how many seconds to wait.
    pub(super) fn count(&self, visitor: IpAddr, now: Instant) -> Result<(), u32> {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        let key = neighbourhood(visitor);
        if visitors.even_at.len() >= VISITORS_MAX && !visitors.even_at.contains_key(&key) {
            if now.duration_since(visitors.swept) < SWEEP_TIME {
                return Ok(());
            }
            visitors.swept = now;
            visitors.even_at.retain(|_, even_at| *even_at > now);
            if visitors.even_at.len() >= VISITORS_MAX {
                return Ok(());
            }
        }
        let even_at = visitors.even_at.entry(key).or_insert(now);
        let next = (*even_at).max(now) + self.each;
        let owed = next - now;
        if owed > self.most {
            return Err((owed - self.most).as_secs_f64().ceil() as u32);
        }
        *even_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds_and_others_do_not_notice() {
        let rates = Rates::new(Rate { per_second: 10, burst: 5 });
        let (now, one, other) = (Instant::now(), "192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let passed = (0..20).filter(|_| rates.count(one, now).is_ok()).count();
        assert_eq!(passed, 5);
        assert_eq!(rates.count(one, now), Err(1));
        assert!(rates.count(other, now).is_ok());
        let later = now + Duration::from_secs(1);
        let passed = (0..20).filter(|_| rates.count(one, later).is_ok()).count();
        assert_eq!(passed, 5, "what is left over is not saved beyond the burst");
    }

    #[test]
    fn a_neighbour_of_the_same_network_is_the_same_visitor() {
        let rates = Rates::new(Rate { per_second: 1, burst: 1 });
        let now = Instant::now();
        assert!(rates.count("2001:db8::1".parse().unwrap(), now).is_ok());
        assert!(rates.count("2001:db8::ffff".parse().unwrap(), now).is_err());
        assert!(rates.count("2001:db8:0:1::1".parse().unwrap(), now).is_ok());
    }

    #[test]
    fn however_many_come_memory_is_bounded() {
        let rates = Rates::new(Rate { per_second: 1, burst: 1 });
        let now = Instant::now();
        for number in 0..VISITORS_MAX as u32 + 1_000 {
            assert!(rates.count(IpAddr::from(number.to_be_bytes()), now).is_ok());
        }
        let kept = || rates.visitors.lock().unwrap().even_at.len();
        assert_eq!(kept(), VISITORS_MAX);
        assert!(rates.count("255.0.0.1".parse().unwrap(), now + Duration::from_secs(5)).is_ok());
        assert_eq!(kept(), 1, "those who have been quiet are forgotten");
    }
}
