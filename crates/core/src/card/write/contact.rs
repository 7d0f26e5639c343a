//! E-mails, phones, links, services and the other members that are one value with a label.

use super::{Draft, Said};
use crate::card::{
    Version,
    label::{self, Labelled},
    model::{EmailAddress, LanguagePref, Nickname, Note, OnlineService, PersonalInfo, Phone, Pronouns, Resource, Set},
    read::{SERVICES, data_uri, is_uri},
};

pub(crate) fn email(member: &EmailAddress, version: Version) -> Draft {
    Draft::text("EMAIL", &member.address)
        .labelled(Labelled::Email, version, &member.contexts, &Set::new(), member.label.as_deref())
        .preferred(member.pref)
}

pub(crate) fn phone(member: &Phone, version: Version) -> Draft {
    Draft::text("TEL", &member.number)
        .labelled(Labelled::Phone, version, &member.contexts, &member.features, member.label.as_deref())
        .preferred(member.pref)
}

pub(crate) fn nickname(member: &Nickname, version: Version) -> Draft {
    Draft::text("NICKNAME", &member.name)
        .labelled(Labelled::Plain, version, &member.contexts, &Set::new(), None)
        .preferred(member.pref)
}

pub(crate) fn language(member: &LanguagePref, version: Version) -> Draft {
    Draft::text("LANG", &member.language)
        .labelled(Labelled::Plain, version, &member.contexts, &Set::new(), None)
        .preferred(member.pref)
}

pub(crate) fn pronouns(member: &Pronouns, version: Version) -> Draft {
    Draft::text("PRONOUNS", &member.pronouns)
        .labelled(Labelled::Plain, version, &member.contexts, &Set::new(), None)
        .preferred(member.pref)
}

/// URL and its like; `field` is the member of the model.
pub(crate) fn link(member: &Resource, field: &str, version: Version) -> Draft {
    let name = match (field, member.kind.as_deref()) {
        ("links", Some("contact")) => "CONTACT-URI",
        ("directories", Some("directory")) => "ORG-DIRECTORY",
        ("directories", _) => "SOURCE",
        ("calendars", Some("freeBusy")) => "FBURL",
        ("calendars", _) => "CALURI",
        ("schedulingAddresses", _) => "CALADRURI",
        _ => "URL",
    };
    Draft::raw(name, &member.uri)
        .labelled(Labelled::Link, version, &member.contexts, &Set::new(), member.label.as_deref())
        .preferred(member.pref)
        .param("MEDIATYPE", member.media_type.clone())
        .param("INDEX", member.list_as.map(|index| index.to_string()))
}

/// PHOTO, LOGO, SOUND, KEY.
pub(crate) fn media(member: &Resource, field: &str, version: Version) -> Draft {
    let name = match (field, member.kind.as_deref()) {
        ("cryptoKeys", _) => "KEY",
        (_, Some("logo")) => "LOGO",
        (_, Some("sound")) => "SOUND",
        _ => "PHOTO",
    };
    let plain = match data_uri(member.uri.as_bytes()) {
        Some((media, value)) => {
            let media = String::from_utf8_lossy(media).into_owned();
            Draft::new(name, Said::Binary(media, String::from_utf8_lossy(value).into_owned()))
        }
        None => Draft::raw(name, &member.uri)
            .param("VALUE", Some("uri".to_owned()).filter(|_| version != Version::V40))
            .param("MEDIATYPE", member.media_type.clone()),
    };
    plain.labelled(Labelled::Plain, version, &member.contexts, &Set::new(), None).preferred(member.pref)
}

/// IMPP, a social profile, or the dialect it came in.
pub(crate) fn service(member: &OnlineService, version: Version) -> Draft {
    let dialect = member.vcard_name.as_deref().map(str::to_ascii_uppercase);
    let named = dialect.as_deref().and_then(|name| SERVICES.iter().find(|one| one.property == name));
    let (uri, user) = (member.uri.as_deref().unwrap_or_default(), member.user.as_deref().unwrap_or_default());
    let draft = match (named, dialect.as_deref()) {
        (Some(named), _) if member.uri.is_none() && member.service.as_deref() == Some(named.service) => {
            Draft::text(named.property, user)
        }
        (_, Some("X-SIP")) if uri.starts_with("sip") && member.service.is_none() && member.user.is_none() => {
            Draft::raw("X-SIP", uri)
        }
        (_, Some("IMPP")) if uri.is_empty() && !is_uri(user) => impp(member, user, version),
        (_, name)
            if uri.is_empty()
                || !user.is_empty()
                || name == Some("SOCIALPROFILE")
                || name.is_none() && uri.starts_with("http") =>
        {
            profile(member, version)
        }
        _ => impp(member, uri, version),
    };
    draft
        .labelled(Labelled::Plain, version, &member.contexts, &Set::new(), member.label.as_deref())
        .preferred(member.pref)
}

fn impp(member: &OnlineService, value: &str, version: Version) -> Draft {
    let param = if version == Version::V40 { "SERVICE-TYPE" } else { "X-SERVICE-TYPE" };
    Draft::raw("IMPP", value).param(param, member.service.clone())
}

fn profile(member: &OnlineService, version: Version) -> Draft {
    let (uri, user) = (member.uri.as_deref().unwrap_or_default(), member.user.as_deref().unwrap_or_default());
    let service = member.service.clone().unwrap_or_default();
    let new = version == Version::V40;
    let mut draft = match uri {
        "" => Draft::text(if new { "SOCIALPROFILE" } else { "X-SOCIALPROFILE" }, user)
            .param("VALUE", Some("text".to_owned()).filter(|_| new || user.contains(':'))),
        uri => Draft::raw(if new { "SOCIALPROFILE" } else { "X-SOCIALPROFILE" }, uri)
            .param(if new { "USERNAME" } else { "x-user" }, Some(user.to_owned())),
    };
    let simple = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let word = !service.is_empty()
        && service.chars().all(simple)
        && !label::is_known(Labelled::Plain, &service)
        && !label::is_silent(&service);
    if word && !new {
        draft.params.insert(0, ("type", service));
        draft
    } else {
        draft.param(if new { "SERVICE-TYPE" } else { "X-SERVICE-TYPE" }, Some(service))
    }
}

pub(crate) fn note(member: &Note) -> Draft {
    let author = |key: &str| member.author.as_ref().and_then(|author| author.get(key)?.as_str()).map(str::to_owned);
    Draft::text("NOTE", &member.note)
        .param("CREATED", member.created.as_deref().map(|utc| utc.replace(['-', ':'], "")))
        .param("AUTHOR", author("uri"))
        .param("AUTHOR-NAME", author("name"))
}

pub(crate) fn personal(member: &PersonalInfo) -> Draft {
    let name = match member.kind.as_str() {
        "expertise" => "EXPERTISE",
        "interest" => "INTEREST",
        _ => "HOBBY",
    };
    let level = member.level.as_deref().map(|level| match (name, level) {
        ("EXPERTISE", "high") => "expert",
        ("EXPERTISE", "medium") => "average",
        ("EXPERTISE", "low") => "beginner",
        (_, level) => level,
    });
    let mut draft = Draft::text(name, &member.value)
        .param("LEVEL", level.map(str::to_owned))
        .param("INDEX", member.list_as.map(|index| index.to_string()));
    draft.label.clone_from(&member.label);
    draft
}
