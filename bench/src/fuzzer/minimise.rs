//! Takes away from an input whatever it hurts without: what is left is what a person can read.

use crate::{
    target::Target,
    trial::{Verdict, trial},
};

/// The smallest input found that hurts in the same way, at the same place; the very same when it does not hurt.
pub(crate) fn minimise(target: &Target, input: Vec<u8>) -> Vec<u8> {
    let Some(hurt) = hurt(target, &input) else { return input };
    let mut kept = input;
    let mut octets = kept.len().next_power_of_two() / 2;
    while octets > 0 {
        let before = kept.len();
        let mut at = 0;
        while at < kept.len() {
            let mut less = kept.clone();
            less.drain(at..(at + octets).min(kept.len()));
            if self::hurt(target, &less).as_ref() == Some(&hurt) {
                kept = less;
            } else {
                at += octets;
            }
        }
        // As long as single octets go, others may go too.
        if octets > 1 || kept.len() == before {
            octets /= 2;
        }
    }
    kept
}

/// The kind, and for a panic its place.
fn hurt(target: &Target, input: &[u8]) -> Option<(&'static str, String)> {
    match trial(target, input).verdict {
        Verdict::Well => None,
        Verdict::Hurt { kind: "panic", text } => {
            Some(("panic", text.split(": ").next().unwrap_or_default().to_owned()))
        }
        Verdict::Hurt { kind, .. } => Some((kind, String::new())),
    }
}
