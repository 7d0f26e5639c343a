//! A contact as vCard: the stored bytes whenever their version is the one asked for.

use http::header;
use rolo_core::{
    Error,
    card::{Card, Version, convert::Wire},
    contact::read,
};

use crate::{
    Api,
    answer::{Answer, Done, Refusal},
    ask::Ask,
};

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let accept = ask.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("*/*");
    let wanted = wanted(accept)?;
    let row = read::card(api.services(), ask.caller()?, ask.id("id")?).await?;
    let card = Card::parse(row.bytes)?;
    let (media_type, bytes) = match wanted {
        Version::V40 => ("text/vcard; version=4.0; charset=utf-8", served(&card, &row.uid, Version::V40)),
        _ => ("text/vcard; version=3.0; charset=utf-8", served(&card, &row.uid, Version::V30)),
    };
    let answer = Answer::octets(media_type, bytes).with(header::ETAG, format!("\"{}\"", row.revision));
    Ok(answer.with(header::VARY, "Accept").with(header::CONTENT_DISPOSITION, "attachment; filename=\"contact.vcf\""))
}

fn served(card: &Card, uid: &str, wanted: Version) -> Vec<u8> {
    card.converted_for_wire(wanted, &Wire { uid: Some(uid), ..Wire::default() }).bytes().to_vec()
}

/// The version `Accept` asks for: that of its most wished vCard, 3.0 when it says none.
fn wanted(accept: &str) -> Result<Version, Refusal> {
    let mut best: Option<(u16, Version)> = None;
    let mut any = false;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or("").to_ascii_lowercase();
        let param = |name: &str| {
            range.split(';').skip(1).find_map(|part| {
                let (said, value) = part.split_once('=')?;
                said.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
            })
        };
        let wish = param("q").map_or(1000, thousandths);
        any |= matches!(essence.as_str(), "" | "*/*" | "text/*") && wish > 0;
        if !matches!(essence.as_str(), "text/vcard" | "text/x-vcard") || wish == 0 {
            continue;
        }
        let version = match param("version") {
            Some(version) if version.starts_with('4') => Version::V40,
            Some(version) if !version.starts_with('3') => continue,
            _ => Version::V30,
        };
        if best.is_none_or(|(known, _)| wish > known) {
            best = Some((wish, version));
        }
    }
    match best {
        Some((_, version)) => Ok(version),
        None if any => Ok(Version::V30),
        None => {
            let why = "A card is text/vcard, version 3.0 or 4.0.".to_owned();
            Err(Refusal::from(Error::Unsupported { why }).not_acceptable())
        }
    }
}

/// A weight (RFC 9110 §12.4.2) in thousandths.
fn thousandths(text: &str) -> u16 {
    let weight: f32 = text.parse().unwrap_or(0.0);
    if weight.is_finite() { (weight.clamp(0.0, 1.0) * 1000.0) as u16 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_asked_for_by_accept() {
        let version = |accept| wanted(accept).ok();
        assert_eq!(version("*/*"), Some(Version::V30));
        assert_eq!(version("text/vcard"), Some(Version::V30));
        assert_eq!(version("text/vcard; version=4.0"), Some(Version::V40));
        assert_eq!(
            version("text/vcard;version=3.0;q=0.5, text/vcard;charset=utf-8; version=\"4.0\";q=0.9"),
            Some(Version::V40)
        );
        assert_eq!(version("text/vcard;version=4.0;q=0, */*"), Some(Version::V30));
        assert_eq!(version("text/vcard;version=9.9"), None);
        assert_eq!(version("application/json"), None);
    }
}
