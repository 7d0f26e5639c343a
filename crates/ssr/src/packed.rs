//! A page made for one visitor, packed on its way: it is five times smaller, and the line is what one waits for.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, header};

/// Quick before small: each page is packed while somebody waits.
const LEVEL: u32 = 3;

/// Packed, if the visitor takes it and it is worth it.
pub(crate) fn packed(page: &[u8], headers: &HeaderMap) -> Option<Bytes> {
    if page.len() < 1024 || !takes_gzip(headers) {
        return None;
    }
    let mut packer = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::new(LEVEL));
    packer.write_all(page).ok()?;
    packer.finish().ok().map(Bytes::from)
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            let mut words = part.split(';').map(str::trim);
            words.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
                && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
}
