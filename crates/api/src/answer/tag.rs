//! Entity tags. A contact's says its revision up to the dot, for `If-Match`; any other is a hash of what it stands for.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rolo_core::id::Revision;
use sha2::{Digest as _, Sha256};

/// The tag of an answer that has no revision of its own.
pub(crate) fn tag_of(body: &[u8]) -> String {
    format!("\"{}\"", short_hash(body))
}

/// The tag of something with a revision: `"<revision>.<hash of the rest>"` (`contract.md` §1).
pub(crate) fn envelope_tag(revision: Revision, rest: &[u8]) -> String {
    format!("\"{revision}.{}\"", short_hash(rest))
}

fn short_hash(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(octets)[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_its_revision_up_to_the_dot() {
        let revision = Revision::of(b"BEGIN:VCARD");
        let tag = envelope_tag(revision, b"{}");
        assert_eq!(tag.trim_matches('"').split('.').next(), Some(revision.to_string().as_str()));
        assert_ne!(tag, envelope_tag(revision, b"{\"starred\":true}"), "a star changes the tag and not the revision");
    }
}
