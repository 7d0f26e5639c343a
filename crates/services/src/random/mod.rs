//! Chance, from the operating system.

use rolo_core::contracts::Random;
use uuid::Uuid;

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::panic, reason = "a machine that cannot give random bytes cannot keep a secret: nothing may go on")]
    fn fill(&self, octets: &mut [u8]) {
        if let Err(error) = getrandom::fill(octets) {
            panic!("the operating system gives no random bytes: {error}");
        }
    }

    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_process_rise() {
        let ids: Vec<_> = (0..1_000).map(|_| SystemRandom.id()).collect();
        assert!(ids.is_sorted() && ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn octets_are_not_left_as_they_were() {
        let mut octets = [0; 32];
        SystemRandom.fill(&mut octets);
        assert_ne!(octets, [0; 32]);
    }
}
