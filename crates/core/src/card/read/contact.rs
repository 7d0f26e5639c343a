//! EMAIL, TEL, URL, messengers and social profiles, and the other properties that are a URI with a label.

use super::{Read, Reader};
use crate::card::{
    Version,
    label::Labelled,
    model::{EmailAddress, Note, OnlineService, Phone, Resource},
};

/// A property of an older dialect that names its service itself.
pub(crate) struct Service {
    pub(crate) property: &'static str,
    pub(crate) service: &'static str,
}

/// Properties whose value is a user of the service they are named for.
pub(crate) const SERVICES: &[Service] = &[
    Service { property: "X-AIM", service: "AIM" },
    Service { property: "X-ICQ", service: "ICQ" },
    Service { property: "X-MSN", service: "MSN" },
    Service { property: "X-YAHOO", service: "Yahoo" },
    Service { property: "X-GOOGLE-TALK", service: "Google Talk" },
    Service { property: "X-JABBER", service: "Jabber" },
    Service { property: "X-QQ", service: "QQ" },
    Service { property: "X-SKYPE", service: "Skype" },
    Service { property: "X-SKYPE-USERNAME", service: "Skype" },
    Service { property: "X-GADUGADU", service: "Gadu-Gadu" },
    Service { property: "X-GROUPWISE", service: "GroupWise" },
    Service { property: "X-MATRIX", service: "Matrix" },
    Service { property: "X-MS-IMADDRESS", service: "IM" },
    Service { property: "X-TWITTER", service: "Twitter" },
];

impl Service {
    /// The dialect this property is of; IMPP, SIP and the social profiles name no service.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        const UNNAMED: &[Service] = &[
            Service { property: "IMPP", service: "" },
            Service { property: "X-SIP", service: "" },
            Service { property: "SOCIALPROFILE", service: "" },
            Service { property: "X-SOCIALPROFILE", service: "" },
        ];
        UNNAMED.iter().chain(SERVICES).find(|one| one.property == name)
    }
}

/// Whether a value starts like a URI.
pub(crate) fn is_uri(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        && !rest.is_empty()
        && !value.contains(char::is_whitespace)
}

impl Reader<'_> {
    pub(super) fn email(&mut self, read: &Read<'_>) -> bool {
        let address = self.text(read).trim().to_owned();
        if !address.is_empty() {
            let meaning = self.meaning(read, Labelled::Email);
            let member = EmailAddress {
                address: address.clone(),
                contexts: meaning.contexts,
                pref: read.meta.pref,
                label: meaning.label,
                ..Default::default()
            };
            self.add("emails", read, (&address, None), |model| &mut model.emails, member);
        }
        true
    }

    pub(super) fn phone(&mut self, read: &Read<'_>) -> bool {
        let number = if read.meta.value_is("uri") { self.uri(read) } else { self.text(read).trim().to_owned() };
        if !number.is_empty() {
            let meaning = self.meaning(read, Labelled::Phone);
            let member = Phone {
                number: number.clone(),
                features: meaning.features,
                contexts: meaning.contexts,
                pref: read.meta.pref,
                label: meaning.label,
                ..Default::default()
            };
            self.add("phones", read, (&number, None), |model| &mut model.phones, member);
        }
        true
    }

    pub(super) fn link(&mut self, read: &Read<'_>) -> bool {
        let uri = self.uri(read);
        if uri.is_empty() {
            return true;
        }
        let meaning = self.meaning(read, Labelled::Link);
        let member = Resource {
            uri: uri.clone(),
            contexts: meaning.contexts,
            pref: read.meta.pref,
            label: meaning.label,
            media_type: read.param("MEDIATYPE"),
            list_as: read.param("INDEX").and_then(|index| index.parse().ok()),
            ..Default::default()
        };
        let of = |kind: &str| Resource { kind: Some(kind.to_owned()), ..member.clone() };
        let key = (uri.as_str(), None);
        match read.name {
            "URL" => self.add("links", read, key, |model| &mut model.links, member),
            "CONTACT-URI" => self.add("links", read, key, |model| &mut model.links, of("contact")),
            "SOURCE" => self.add("directories", read, key, |model| &mut model.directories, of("entry")),
            "ORG-DIRECTORY" => self.add("directories", read, key, |model| &mut model.directories, of("directory")),
            "CALURI" => self.add("calendars", read, key, |model| &mut model.calendars, of("calendar")),
            "FBURL" => self.add("calendars", read, key, |model| &mut model.calendars, of("freeBusy")),
            _ => self.add("schedulingAddresses", read, key, |model| &mut model.scheduling_addresses, member),
        };
        true
    }

    pub(super) fn service(&mut self, read: &Read<'_>) -> bool {
        let value = self.uri(read);
        let Some(dialect) = Service::of(read.name) else { return false };
        let meaning = self.meaning(read, Labelled::Plain);
        let named = read.param("SERVICE-TYPE").or_else(|| read.param("X-SERVICE-TYPE")).filter(|name| !name.is_empty());
        let mut member = OnlineService {
            service: named,
            contexts: meaning.contexts,
            pref: read.meta.pref,
            label: meaning.label,
            vcard_name: Some(read.name.to_ascii_lowercase()),
            ..Default::default()
        };
        match read.name {
            // Some say only who, and no scheme.
            "IMPP" if is_uri(&value) => member.uri = Some(value.clone()),
            "IMPP" => member.user = Some(value.clone()).filter(|user| !user.is_empty()),
            "X-SIP" => member.uri = Some(if value.starts_with("sip") { value.clone() } else { format!("sip:{value}") }),
            "SOCIALPROFILE" | "X-SOCIALPROFILE" => {
                member.vcard_name = Some("socialprofile".to_owned());
                let service =
                    read.meta.types.iter().find(|one| !matches!(one.to_ascii_uppercase().as_str(), "HOME" | "WORK"));
                // The type is the service here, and no label.
                if let Some(service) = service.filter(|_| member.service.is_none()) {
                    member.service = Some(service.to_string());
                }
                if member.label == member.service {
                    member.label = None;
                }
                member.user = read.param("USERNAME").or_else(|| read.param("X-USER")).filter(|user| !user.is_empty());
                if read.meta.value_is("text") || !is_uri(&value) {
                    if member.user.is_none() && !value.is_empty() {
                        member.user = Some(self.text(read).trim().to_owned());
                    }
                } else {
                    member.uri = Some(value.clone());
                }
            }
            _ => {
                member.service = Some(dialect.service.to_owned());
                member.user = Some(self.text(read).trim().to_owned());
            }
        }
        if value.is_empty() && member.user.is_none() {
            return true;
        }
        self.add("onlineServices", read, (&value, None), |model| &mut model.online_services, member);
        true
    }

    pub(super) fn note(&mut self, read: &Read<'_>) -> bool {
        let note = self.text(read);
        if !note.trim().is_empty() {
            let new = self.card.version == Version::V40 || !read.property.params.is_empty();
            let author = read.param("AUTHOR").filter(|_| new).map(|uri| serde_json::json!({ "uri": uri }));
            let named = read.param("AUTHOR-NAME").filter(|_| new);
            let author = match (author, named) {
                (Some(mut author), Some(name)) => {
                    author["name"] = name.into();
                    Some(author)
                }
                (None, Some(name)) => Some(serde_json::json!({ "name": name })),
                (author, None) => author,
            };
            let created = read.param("CREATED").and_then(|created| crate::card::date::moment(&created));
            let member = Note { note: note.clone(), created, author, ..Default::default() };
            self.add("notes", read, (&note, None), |model| &mut model.notes, member);
        }
        true
    }
}
