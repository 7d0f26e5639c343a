//! When two cards say they are the same card.

use std::borrow::Cow;

/// What a UID is compared by: `urn:uuid:` off, a UUID's hex case ignored, any other byte for byte.
///
/// Apple writes upper case, others lower; a UID that is no UUID may be case-sensitive, so it is left alone.
pub fn uid_key(uid: &str) -> Cow<'_, str> {
    const URN: &str = "urn:uuid:";
    let bare = match uid.get(..URN.len()) {
        Some(urn) if urn.eq_ignore_ascii_case(URN) => &uid[URN.len()..],
        _ => uid,
    };
    if is_uuid(bare) && bare.bytes().any(|octet| octet.is_ascii_uppercase()) {
        Cow::Owned(bare.to_ascii_lowercase())
    } else {
        Cow::Borrowed(bare)
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, octet)| match at {
            8 | 13 | 18 | 23 => octet == b'-',
            _ => octet.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_the_same_with_and_without_urn_in_any_case() {
        let lower = "0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a";
        for written in [lower.to_uppercase(), format!("urn:uuid:{lower}"), format!("URN:UUID:{}", lower.to_uppercase())]
        {
            assert_eq!(uid_key(&written), lower);
        }
    }

    #[test]
    fn any_other_uid_keeps_its_bytes() {
        assert_eq!(uid_key("A1b2-C3"), "A1b2-C3");
        assert_eq!(uid_key("uid:ÄÖ"), "uid:ÄÖ");
        assert_ne!(uid_key("abc"), uid_key("ABC"));
    }
}
