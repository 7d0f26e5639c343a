//! PHOTO, LOGO, SOUND, KEY: `ENCODING=b` in 3.0, a `data:` URI in 4.0; by URL in both.

use super::line::Line;
use crate::card::read::{binary, data_uri, media_type};

fn is_context(word: &str) -> bool {
    matches!(word.to_ascii_uppercase().as_str(), "HOME" | "WORK")
}

fn compact(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// Towards 4.0.
pub(super) fn up(line: &mut Line) {
    let value = line.value.trim().to_owned();
    if data_uri(value.as_bytes()).is_some() {
        let (scheme, rest) = value.split_at(5);
        line.value = format!("{}{}", scheme.to_ascii_lowercase(), rest.replace("\\;", ";").replace("\\,", ","));
        line.base64 = false;
        line.take("VALUE");
        return line.types.retain(|word| is_context(word));
    }
    let decoded = if line.base64 { binary(value.as_bytes()) } else { None };
    let stated = line.param("MEDIATYPE");
    let media =
        media_type(&line.key, stated.as_deref(), &line.borrowed_types(), decoded.as_deref().unwrap_or_default());
    line.types.retain(|word| is_context(word));
    line.take("VALUE");
    match decoded {
        Some(_) => {
            line.take("MEDIATYPE");
            let media = media.unwrap_or_else(|| "application/octet-stream".to_owned());
            line.value = format!("data:{media};base64,{}", compact(&value));
        }
        // What claims to be base64 and is not stays text, so that nobody takes it for a picture.
        None if line.base64 => line.put("VALUE", "text"),
        None => {
            line.value = value.replace("\\:", ":").replace("\\,", ",").replace("\\;", ";");
            if let Some(media) = media.filter(|_| stated.is_none()) {
                line.put("MEDIATYPE", &media);
            }
        }
    }
    line.base64 = false;
}

/// Towards 3.0.
pub(super) fn down(line: &mut Line) {
    let value = line.value.trim().to_owned();
    let Some((media, encoded)) = data_uri(value.as_bytes()) else {
        if !line.value_is("uri") && !line.value_is("text") && !value.is_empty() {
            line.put("VALUE", "uri");
        }
        return;
    };
    let (media, encoded) =
        (String::from_utf8_lossy(media).to_ascii_lowercase(), String::from_utf8_lossy(encoded).into_owned());
    line.take("VALUE");
    line.base64 = true;
    line.value = compact(&encoded);
    let short = match media.split_once('/') {
        Some(("image" | "audio", word)) => Some(word.to_ascii_uppercase()),
        Some(("application", "pgp-keys")) => Some("PGP".to_owned()),
        Some(("application", "pkix-cert")) => Some("X509".to_owned()),
        _ => None,
    };
    let word = |word: &String| {
        !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-.+".contains(&octet))
    };
    match short.filter(word) {
        Some(word) => line.types.insert(0, word),
        None if !media.is_empty() => line.put("MEDIATYPE", &media),
        None => {}
    }
}
