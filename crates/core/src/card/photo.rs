//! The photo of a card: its octets and what they are, told by the octets themselves.

use super::{
    Card,
    param::{Meta, param},
    read::{blob, data_uri, inline, media_type},
};

/// A decoded photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The image.
    pub bytes: Vec<u8>,
    /// By its first octets: `image/jpeg`, `image/png`, `image/gif`, `image/webp`.
    pub media_type: &'static str,
}

/// The media type of an image, by its first octets.
pub(crate) fn sniffed(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

impl Card {
    /// The first inline PHOTO that is a JPEG, PNG, GIF or WebP.
    pub fn photo(&self) -> Option<Photo> {
        self.lexed.properties().filter(|property| property.name.eq_ignore_ascii_case(b"PHOTO")).find_map(|property| {
            let bytes = inline(&property)?;
            let media_type = sniffed(&bytes)?;
            Some(Photo { bytes, media_type })
        })
    }

    /// The value a `rolo:blob:HASH` of this card's light model names, decoded, with its media type.
    pub fn blob(&self, uri: &str) -> Option<(Vec<u8>, Option<String>)> {
        self.lexed.properties().filter(|property| is_media(property.name)).find_map(|property| {
            let bytes = inline(&property).filter(|bytes| blob(bytes) == uri)?;
            let name = String::from_utf8_lossy(property.name).to_ascii_uppercase();
            let meta = Meta::of(property.params);
            let stated = data_uri(property.value.trim_ascii())
                .map(|(media, _)| String::from_utf8_lossy(media).into_owned())
                .or_else(|| param(property.params, "MEDIATYPE").map(std::borrow::Cow::into_owned));
            let media = media_type(&name, stated.as_deref(), &meta.types, &bytes);
            Some((bytes, media))
        })
    }
}

pub(crate) fn is_media(name: &[u8]) -> bool {
    ["PHOTO", "LOGO", "SOUND", "KEY"].iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_told_by_its_octets() {
        let card = |line: &str| Card::parse(format!("BEGIN:VCARD\n{line}\nEND:VCARD\n").into_bytes()).unwrap();
        let jpeg = card("PHOTO;TYPE=PNG;ENCODING=b:/9j/4AAQ").photo().unwrap();
        assert_eq!((jpeg.media_type, jpeg.bytes.len()), ("image/jpeg", 6));
        let gif = card("item1.photo:data:image/png;base64,R0lGODlhAQABAAAAACw=").photo().unwrap();
        assert_eq!(gif.media_type, "image/gif");
        assert_eq!(card("PHOTO;VALUE=uri:https://example.org/a.jpg").photo(), None);
        assert_eq!(card("PHOTO;ENCODING=b:AAAA").photo(), None);
    }
}
