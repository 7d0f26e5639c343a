//! What a path means: a page, a file, or a trick.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Whether a path means to lead somewhere else than it says: dots and backslashes in whichever writing, characters that end a
/// name elsewhere, and what is written in a way that others would read differently.
pub(crate) fn is_trick(path: &str) -> bool {
    let octets = path.as_bytes();
    if !octets.contains(&b'%') {
        return path.contains('\\') || (path.contains("/.") && has_dots(path));
    }
    let sound = octets
        .iter()
        .enumerate()
        .filter(|(_, octet)| **octet == b'%')
        .all(|(at, _)| octets.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)));
    let Some(read) = read(path).filter(|_| sound) else { return true };
    // Read once more: whoever stands behind may do so too.
    let again = percent_decode_str(&read).decode_utf8_lossy();
    [&read, &again].into_iter().any(|path| has_dots(path) || path.chars().any(|each| each.is_control()))
}

/// Whether a segment is `.` or `..`, also one with parameters (`/..;a=b/`), which some servers cut off.
fn has_dots(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| matches!(segment.split(';').next(), Some("." | "..")))
}

fn read(path: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(path).decode_utf8().ok()
}

/// The name of the file a path would mean, as the index has it.
pub(super) fn file(path: &str) -> Option<Cow<'_, str>> {
    let path = path.strip_prefix('/')?;
    if !path.contains('%') {
        return Some(Cow::Borrowed(path));
    }
    // A slash that is not written as one separates nothing.
    let slashes = |path: &str| path.bytes().filter(|octet| *octet == b'/').count();
    read(path).filter(|name| slashes(name) == slashes(path))
}

/// Whether a path is a page's and not a file's.
pub(crate) fn is_page(path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
    !path.starts_with("assets/")
        && !last.contains('.')
        && (!path.contains('/') || above.split('/').all(|segment| !segment.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trick_is_one_in_every_writing_and_a_dot_in_a_name_is_none() {
        for good in ["/", "/.well-known/x", "/a.b/c", "/a..b", "/...", "/a%20b", "/dav/a%2Fb.vcf", "/%E7%94%B0"] {
            assert!(!is_trick(good), "{good}");
        }
        for bad in [
            "/a/..",
            "/a\\b",
            "/a/..;b=c/",
            "/%2e%2e%2fa",
            "/a%2f..",
            "/%5c..",
            "/a%00",
            "/%7f",
            "/%",
            "/%25%32%65%25%32%65/",
            "/%c0%ae",
        ] {
            assert!(is_trick(bad), "{bad}");
        }
    }

    #[test]
    fn a_page_has_no_ending() {
        assert!(is_page("/") && is_page("/contacts") && is_page("/contacts/") && is_page("/a.b/c"));
        assert!(!is_page("/a.b") && !is_page("/assets/x") && !is_page("//a") && !is_page("/a//b") && !is_page("*"));
    }

    /// Where a server would end up that reads a path once or twice and takes either slash: how deep it climbs, if it does.
    fn climbs(path: &str) -> bool {
        let once = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let twice = percent_decode_str(&once).decode_utf8_lossy().into_owned();
        [path, &once, &twice].into_iter().any(|path| {
            let mut depth = 0;
            path.split(['/', '\\']).any(|segment| {
                depth += match segment {
                    "" | "." => 0,
                    ".." => -1,
                    _ => 1,
                };
                depth < 0
            })
        })
    }

    proptest::proptest! {
        #[test]
        fn what_is_no_trick_leads_nowhere_else(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec!["/", ".", "..", "%2e", "%2E", "%2f", "%5c", "\\", "%25", "2e", "2f", "5c", "a", "%", "%00", "%c0%ae", "é"]),
                0..12,
            )
        ) {
            let path = format!("/{}", pieces.concat());
            if !is_trick(&path) {
                proptest::prop_assert!(!climbs(&path), "{path}");
                if let Some(name) = file(&path) {
                    proptest::prop_assert!(name.split('/').all(|segment| segment != ".."), "{name}");
                }
            }
        }
    }
}
