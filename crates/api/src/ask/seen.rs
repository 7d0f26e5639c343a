//! `If-Match`: which version a write was made against.

use http::{HeaderMap, header};
use rolo_core::{Error, Seen, id::Revision};

use crate::answer::Refusal;

/// Reads `If-Match`; `None` when it was not sent. The tag is read up to the dot: what follows says stars and labels,
/// which no write insists on.
pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Seen>, Refusal> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let wrong = || {
        Refusal::from(Error::invalid("If-Match", "Send one ETag as it was answered, in double quotes, or * for any."))
    };
    if values.next().is_some() {
        return Err(wrong());
    }
    let value = value.to_str().map_err(|_| wrong())?.trim();
    if value == "*" {
        return Ok(Some(Seen::Any));
    }
    let tag = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|tag| !tag.contains('"'));
    let tag = tag.ok_or_else(wrong)?;
    let revision = tag.split('.').next().unwrap_or(tag);
    match revision.parse::<Revision>() {
        Ok(revision) => Ok(Some(Seen::Revision(revision))),
        // A well-made tag that was never ours cannot match anything.
        Err(()) => {
            Err(Refusal::from(Error::conflict("It is not at this version. Look at it again, then repeat your change."))
                .despite_if_match())
        }
    }
}

/// Whether `If-None-Match` names this tag, so that the body need not travel again.
pub(crate) fn has(headers: &HeaderMap, tag: &[u8]) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value.as_bytes() == b"*"
            || value.as_bytes().split(|octet| *octet == b',').any(|one| {
                let one = one.trim_ascii();
                one.strip_prefix(b"W/").unwrap_or(one) == tag
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &str) -> Result<Option<Seen>, Refusal> {
        read(&HeaderMap::from_iter([(header::IF_MATCH, value.parse().unwrap())]))
    }

    #[test]
    fn a_tag_is_read_up_to_the_dot() {
        let revision = Revision::of(b"x");
        for text in [format!("\"{revision}\""), format!("\"{revision}.abc\""), format!(" \"{revision}.a.b\" ")] {
            assert_eq!(sent(&text).unwrap(), Some(Seen::Revision(revision)), "{text}");
        }
        assert_eq!(sent("*").unwrap(), Some(Seen::Any));
        assert_eq!(read(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn what_is_no_tag_is_told_and_an_unknown_one_does_not_match() {
        let status = |text: &str| sent(text).unwrap_err().status.as_u16();
        assert_eq!(status("abc"), 422);
        assert_eq!(status("\"a\", \"b\""), 422);
        assert_eq!(status("W/\"a\""), 422);
        assert_eq!(status("\"never-given-out\""), 412);
    }

    #[test]
    fn a_known_tag_is_found_in_the_list() {
        let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, "\"a\", W/\"b\"".parse().unwrap())]);
        assert!(has(&headers, b"\"b\"") && has(&headers, b"\"a\"") && !has(&headers, b"\"c\""));
    }
}
