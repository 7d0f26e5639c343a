//! When two e-mail addresses are the same mailbox.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Octets of an address; longer ones are text, not addresses (RFC 5321 §4.5.3.1 allows 254).
const ADDRESS_MAX: usize = 1_000;

/// What an e-mail address is compared by: bare, NFC, lower case, the domain as A-labels.
///
/// `None` when there is no mailbox in it. `+tag` and dots stay: two such mailboxes may belong to two people.
pub fn email_key(address: &str) -> Option<String> {
    let bare = bare(address);
    if bare.len() > ADDRESS_MAX {
        return None;
    }
    let (local, domain) = bare.rsplit_once('@')?;
    let (local, domain) = (local.trim(), domain.trim().trim_end_matches('.'));
    if local.is_empty() || domain.is_empty() || domain.contains(char::is_whitespace) {
        return None;
    }
    let local: String = local.nfc().collect::<String>().to_lowercase();
    Some(format!("{local}@{}", a_labels(domain)))
}

/// The address without `mailto:`, without a name before `<…>` and without what follows `?`.
fn bare(address: &str) -> &str {
    let mut bare = address.trim();
    if let Some(inner) = bare.strip_suffix('>').and_then(|text| text.rsplit_once('<')).map(|(_, inner)| inner) {
        bare = inner.trim();
    }
    if let Some(scheme) = bare.get(..7)
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        bare = &bare[7..];
        bare = bare.split_once('?').map_or(bare, |(before, _)| before);
    }
    bare.trim()
}

/// The domain by UTS-46; one that cannot be a domain is only lower-cased, so that it still equals itself.
fn a_labels(domain: &str) -> String {
    match idna::domain_to_ascii_cow(domain.as_bytes(), idna::AsciiDenyList::EMPTY) {
        Ok(ascii) if !ascii.is_empty() => Cow::into_owned(ascii),
        _ => domain.nfc().collect::<String>().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_mailbox_written_differently() {
        for written in [
            "Ann.Lee@Example.ORG",
            " ann.lee@example.org ",
            "mailto:ann.lee@example.org?subject=hi",
            "Ann Lee <ann.lee@example.org>",
            "<MAILTO:ann.lee@example.org>",
            "ann.lee@example.org.",
        ] {
            assert_eq!(email_key(written).as_deref(), Some("ann.lee@example.org"), "{written}");
        }
    }

    #[test]
    fn a_domain_in_letters_equals_its_a_labels() {
        assert_eq!(email_key("zoë@müller.example"), email_key("ZOË@xn--mller-kva.EXAMPLE"));
        assert_eq!(email_key("zoe\u{308}@müller.example"), email_key("zoë@mu\u{308}ller.example"));
        assert_eq!(email_key("a@例え.テスト").as_deref(), Some("a@xn--r8jz45g.xn--zckzah"));
    }

    #[test]
    fn tags_and_dots_tell_mailboxes_apart() {
        assert_ne!(email_key("ann+shop@example.org"), email_key("ann@example.org"));
        assert_ne!(email_key("a.nn@example.org"), email_key("ann@example.org"));
    }

    #[test]
    fn what_is_no_address_has_no_key() {
        for text in ["", "@", "ann", "ann@", "@example.org", "ann @ exa mple.org"] {
            assert_eq!(email_key(text), None, "{text}");
        }
        assert_eq!(email_key(&format!("{}@example.org", "a".repeat(2_000))), None);
    }

    #[test]
    fn a_domain_that_cannot_be_one_still_equals_itself() {
        assert_eq!(email_key("root@Bad_Host").as_deref(), Some("root@bad_host"));
        assert_eq!(email_key("root@xn--ü").as_deref(), Some("root@xn--ü"));
    }
}
