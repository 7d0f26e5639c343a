//! PHOTO, LOGO, SOUND, KEY: inline in either version's way, or by URL.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha2::{Digest, Sha256};

use super::{Read, Reader, Weight};
use crate::card::{large::LARGE_BYTES_MIN, lexer::Property, model::Resource, param::Meta, photo};

/// Padding or not, stray bits or not: phones write all of it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64 with blanks, line breaks and backslashes taken out.
fn compact(value: &[u8]) -> Cow<'_, [u8]> {
    let stray = |octet: &u8| octet.is_ascii_whitespace() || *octet == b'\\';
    if value.iter().any(stray) {
        Cow::Owned(value.iter().copied().filter(|octet| !stray(octet)).collect())
    } else {
        Cow::Borrowed(value)
    }
}

/// Decodes base64 as phones write it.
pub(crate) fn binary(value: &[u8]) -> Option<Vec<u8>> {
    LENIENT.decode(compact(value)).ok().filter(|bytes| !bytes.is_empty())
}

/// The parts of a base64 `data:` URI: media type and encoded value.
pub(crate) fn data_uri(uri: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scheme, rest) = uri.split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case(b"data:") {
        return None;
    }
    let comma = memchr::memchr(b',', rest)?;
    // Some escape the comma too, as if it were text.
    let head = rest[..comma].strip_suffix(b"\\").unwrap_or(&rest[..comma]);
    let value = &rest[comma + 1..];
    let (media, encoding) = head.rsplit_at_semicolon()?;
    encoding.eq_ignore_ascii_case(b"base64").then_some((media, value))
}

trait Semicolon {
    fn rsplit_at_semicolon(&self) -> Option<(&[u8], &[u8])>;
}

impl Semicolon for [u8] {
    fn rsplit_at_semicolon(&self) -> Option<(&[u8], &[u8])> {
        let at = memchr::memrchr(b';', self)?;
        // Some escape the semicolon, as if it were text.
        Some((self[..at].strip_suffix(b"\\").unwrap_or(&self[..at]), &self[at + 1..]))
    }
}

/// The media type a property says by MEDIATYPE or TYPE, else by the first octets of its value.
pub(crate) fn media_type(name: &str, stated: Option<&str>, types: &[Cow<'_, str>], bytes: &[u8]) -> Option<String> {
    if let Some(stated) = stated.map(str::trim).filter(|stated| stated.contains('/')) {
        return Some(stated.to_ascii_lowercase());
    }
    let kind = match name {
        "SOUND" => "audio",
        "KEY" => "application",
        _ => "image",
    };
    let typed = types.iter().find(|one| !matches!(one.to_ascii_uppercase().as_str(), "HOME" | "WORK")).map(|one| {
        let word = one.trim().to_ascii_lowercase();
        match (kind, word.as_str()) {
            (_, word) if word.contains('/') => word.to_owned(),
            ("image", "jpg") => "image/jpeg".to_owned(),
            ("application", "pgp") => "application/pgp-keys".to_owned(),
            ("application", "x509") => "application/pkix-cert".to_owned(),
            _ => format!("{kind}/{word}"),
        }
    });
    typed.or_else(|| photo::sniffed(bytes).map(str::to_owned))
}

/// `rolo:blob:` and the hash of a decoded value.
pub(crate) fn blob(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let mut uri = String::with_capacity(10 + 64);
    uri.push_str("rolo:blob:");
    for octet in digest {
        uri.push(char::from_digit(u32::from(octet >> 4), 16).unwrap_or('0'));
        uri.push(char::from_digit(u32::from(octet & 15), 16).unwrap_or('0'));
    }
    uri
}

/// The octets of an inline value, whichever version's way it is written in.
pub(crate) fn inline(property: &Property<'_>) -> Option<Vec<u8>> {
    let value = property.value.trim_ascii();
    match data_uri(value) {
        Some((_, encoded)) => binary(encoded),
        None => Meta::of(property.params).base64.then(|| binary(value)).flatten(),
    }
}

impl Reader<'_> {
    pub(super) fn media(&mut self, read: &Read<'_>) -> bool {
        let value = read.property.value.trim_ascii();
        if value.is_empty() {
            return true;
        }
        let stated = read.param("MEDIATYPE");
        let data = data_uri(value);
        let inline = match data {
            Some((_, encoded)) => Some(encoded),
            None => read.meta.base64.then_some(value),
        };
        let mut member = Resource { pref: read.meta.pref, contexts: self.contexts(read), ..Default::default() };
        let key = match inline.map(|encoded| (encoded, binary(encoded))) {
            Some((encoded, Some(bytes))) => {
                let stated = data.map(|(media, _)| String::from_utf8_lossy(media).into_owned()).or(stated);
                let media = media_type(read.name, stated.as_deref(), &read.meta.types, &bytes);
                let hash = blob(&bytes);
                let named = match self.weight {
                    Weight::Whole => false,
                    Weight::Light => encoded.len() >= LARGE_BYTES_MIN,
                    Weight::Named => true,
                };
                member.uri = if named {
                    hash.clone()
                } else {
                    let encoded = String::from_utf8_lossy(&compact(encoded)).into_owned();
                    format!("data:{};base64,{encoded}", media.as_deref().unwrap_or("application/octet-stream"))
                };
                member.media_type = media;
                hash
            }
            Some((_, None)) => return false,
            None => {
                let uri = self.uri(read);
                let types = if stated.is_none() && read.meta.types.is_empty() { None } else { Some(&read.meta.types) };
                member.media_type = types.and_then(|types| media_type(read.name, stated.as_deref(), types, b""));
                member.uri.clone_from(&uri);
                uri
            }
        };
        let key = (key.as_str(), None);
        if read.name == "KEY" {
            self.add("cryptoKeys", read, key, |model| &mut model.crypto_keys, member);
        } else {
            member.kind = Some(read.name.to_ascii_lowercase());
            self.add("media", read, key, |model| &mut model.media, member);
        }
        true
    }
}
