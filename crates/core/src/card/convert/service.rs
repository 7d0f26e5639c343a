//! Messengers and profiles: the names each version has for them.

use super::line::Line;
use crate::card::{
    Version,
    read::{Service, is_uri},
    text,
};

/// The scheme a service's users are reached by.
const SCHEMES: &[(&str, &str)] = &[
    ("X-AIM", "aim"),
    ("X-ICQ", "icq"),
    ("X-MSN", "msnim"),
    ("X-YAHOO", "ymsgr"),
    ("X-GOOGLE-TALK", "xmpp"),
    ("X-JABBER", "xmpp"),
    ("X-QQ", "qq"),
    ("X-SKYPE", "skype"),
    ("X-SKYPE-USERNAME", "skype"),
    ("X-GADUGADU", "gg"),
    ("X-GROUPWISE", "groupwise"),
    ("X-MATRIX", "matrix"),
    ("X-MS-IMADDRESS", "im"),
];

/// Towards 4.0: IMPP and SOCIALPROFILE.
pub(super) fn up(line: &mut Line) {
    if let Some(service) = line.take("X-SERVICE-TYPE") {
        line.put("SERVICE-TYPE", &service);
    }
    match line.key.as_str() {
        "IMPP" | "SOCIALPROFILE" => {}
        "X-SOCIALPROFILE" => profile_up(line),
        "X-TWITTER" => {
            line.rename("SOCIALPROFILE");
            line.put("SERVICE-TYPE", "Twitter");
            line.put("VALUE", "text");
        }
        "X-SIP" => {
            let user = line.value.trim().to_owned();
            line.value = if user.starts_with("sip") { user } else { format!("sip:{}", address(&user)) };
            line.rename("IMPP");
        }
        key => {
            let service = Service::of(key).map_or("", |one| one.service);
            let scheme = SCHEMES.iter().find(|(name, _)| *name == key).map_or("im", |(_, scheme)| scheme);
            let user = line.text(Version::V30).trim().to_owned();
            if user.is_empty() {
                return;
            }
            line.value = if is_uri(&user) { user } else { format!("{scheme}:{}", address(&user)) };
            line.rename("IMPP");
            line.put("SERVICE-TYPE", service);
        }
    }
}

/// A user's name inside a URI.
fn address(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for octet in user.bytes() {
        match octet {
            b' ' | b'%' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | ..=0x1f | 0x7f.. => {
                out += &format!("%{octet:02X}");
            }
            _ => out.push(char::from(octet)),
        }
    }
    out
}

/// The user a URI of the wire names, for a stored property that holds only users.
pub(crate) fn user_of(uri: &str) -> String {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let mut bytes = Vec::with_capacity(rest.len());
    let mut at = 0;
    let raw = rest.as_bytes();
    while at < raw.len() {
        let hex = |octet: Option<&u8>| octet.and_then(|octet| (*octet as char).to_digit(16));
        match (raw[at], hex(raw.get(at + 1)), hex(raw.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                at += 3;
            }
            (octet, _, _) => {
                bytes.push(octet);
                at += 1;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| rest.to_owned())
}

fn profile_up(line: &mut Line) {
    line.rename("SOCIALPROFILE");
    let service = line.types.iter().position(|word| !matches!(word.to_ascii_uppercase().as_str(), "HOME" | "WORK"));
    if let Some(service) = service.filter(|_| line.param("SERVICE-TYPE").is_none()) {
        let service = line.types.remove(service);
        line.put("SERVICE-TYPE", &service);
    }
    if let Some(user) = line.take("X-USER") {
        line.put("USERNAME", &user);
    }
    let uri = line.value.trim().replace("\\:", ":").replace("\\,", ",").replace("\\;", ";");
    line.take("VALUE");
    if is_uri(&uri) {
        line.value = uri;
    } else {
        line.put("VALUE", "text");
    }
}

/// Towards 3.0: Apple's names. Says the service that is to be its type: no label, so it comes after the labels.
pub(super) fn down(line: &mut Line) -> Option<String> {
    let service = line.take("SERVICE-TYPE");
    if line.key != "SOCIALPROFILE" {
        if let Some(service) = service {
            line.put("X-SERVICE-TYPE", &service);
        }
        return None;
    }
    line.rename("X-SOCIALPROFILE");
    let is_text = line.value_is("text");
    line.take("VALUE");
    if let Some(user) = line.take("USERNAME") {
        line.put("x-user", &user);
    }
    // A name with a colon would be read as a URI.
    if is_text && is_uri(&line.text(Version::V40)) {
        line.put("VALUE", "text");
    }
    service.map(|service| text::one_line(&service).replace('"', "'"))
}
