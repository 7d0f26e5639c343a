//! Which part of a file a request wants (RFC 9110 §14).

use http::HeaderValue;

/// What a Range header comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: nothing else was asked for, or nothing we do. Several parts at once are not done: no browser needs them.
    Whole,
    /// From an octet to another, both in it.
    Some(u64, u64),
    /// There are no such octets.
    Nowhere,
}

/// The part of `length` octets that is asked for.
pub(super) fn part(range: Option<&HeaderValue>, length: u64) -> Part {
    read(range, length).unwrap_or(Part::Whole)
}

fn read(range: Option<&HeaderValue>, length: u64) -> Option<Part> {
    let (unit, said) = range?.to_str().ok()?.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = said.trim().split_once('-')?;
    if first.is_empty() {
        let count = number(last)?;
        return Some(if count == 0 || length == 0 {
            Part::Nowhere
        } else {
            Part::Some(length.saturating_sub(count), length - 1)
        });
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    Some(if first >= length { Part::Nowhere } else { Part::Some(first, last.min(length - 1)) })
}

/// Digits alone. More than fit are as many as there can be.
fn number(said: &str) -> Option<u64> {
    let digits = !said.is_empty() && said.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| said.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_part_lies_within_its_file(range in "bytes=[0-9]{0,21}-[0-9]{0,21}(,[0-9]-)?", length in 0..40_u64) {
            let said = HeaderValue::try_from(&range).unwrap();
            if let Part::Some(first, last) = part(Some(&said), length) {
                proptest::prop_assert!(first <= last && last < length, "{range} of {length}: {first} to {last}");
            }
        }
    }
}
