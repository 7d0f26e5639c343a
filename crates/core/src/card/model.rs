//! The shape of a contact: JSContact (RFC 9553) with RFC 9555's `vCard…` members and Rolo's own under `rolo:`.
//!
//! Every object keeps what it does not know in `other`, so that nothing a client sends is lost. Members keep the order
//! of the card they came from. JSON names are RFC 9553's.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::{
    members::Members,
    other::{Other, Unplaced},
};

/// A set as JSContact writes it: `{"private": true}`.
pub type Set = Members<bool>;

macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty = $json:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(rename = $json, default, skip_serializing_if = "absent")]
                pub $field: $type,
            )*
            /// Members not named here, `@type` among them, as they came.
            #[serde(flatten)]
            pub other: Other,
        }

        impl Named for $name {
            const NAMED: &'static [&'static str] = &[$($json),*];
        }
    };
}

/// The JSON names of an object's members; what has another name is in `other`.
pub(crate) trait Named {
    const NAMED: &'static [&'static str];
}

/// Whether a member is left out of the JSON: it is its type's default.
fn absent<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

object! {
    /// One contact (RFC 9553 §2).
    ///
    /// REST's envelope says `uid`, `kind`, `keywords`, `created` and `updated` itself and leaves them out of `card`;
    /// JSContact files hold them here.
    Model {
        /// The card's own identifier, as written (with or without `urn:uuid:`).
        uid: Option<String> = "uid",
        /// `individual` when absent; `org`, `group`, `location`, `device`, `application` or any other word.
        kind: Option<String> = "kind",
        /// CATEGORIES: the names of its labels.
        keywords: Set = "keywords",
        /// CREATED, a UTC date-time.
        created: Option<String> = "created",
        /// REV, a UTC date-time.
        updated: Option<String> = "updated",
        /// PRODID: the program that made the card.
        prod_id: Option<String> = "prodId",
        /// LANGUAGE of the card's text.
        language: Option<String> = "language",
        /// MEMBER of a group card: uid → true.
        members: Set = "members",
        /// N, FN, phonetic parts.
        name: Option<Name> = "name",
        /// NICKNAME.
        nicknames: Members<Nickname> = "nicknames",
        /// ORG.
        organizations: Members<Organization> = "organizations",
        /// TITLE and ROLE.
        titles: Members<Title> = "titles",
        /// PRONOUNS, GRAMGENDER.
        speak_to_as: Option<SpeakToAs> = "speakToAs",
        /// EMAIL.
        emails: Members<EmailAddress> = "emails",
        /// TEL.
        phones: Members<Phone> = "phones",
        /// IMPP, SOCIALPROFILE and the X- dialects.
        online_services: Members<OnlineService> = "onlineServices",
        /// LANG.
        preferred_languages: Members<LanguagePref> = "preferredLanguages",
        /// ADR, LABEL, GEO, TZ.
        addresses: Members<Address> = "addresses",
        /// BDAY, DEATHDATE, ANNIVERSARY, X-ABDATE and their places.
        anniversaries: Members<Anniversary> = "anniversaries",
        /// HOBBY, INTEREST, EXPERTISE.
        personal_info: Members<PersonalInfo> = "personalInfo",
        /// NOTE.
        notes: Members<Note> = "notes",
        /// RELATED and its dialects, keyed by uid or by name.
        related_to: Members<Relation> = "relatedTo",
        /// URL, CONTACT-URI.
        links: Members<Resource> = "links",
        /// PHOTO, LOGO, SOUND.
        media: Members<Resource> = "media",
        /// KEY.
        crypto_keys: Members<Resource> = "cryptoKeys",
        /// SOURCE, ORG-DIRECTORY.
        directories: Members<Resource> = "directories",
        /// CALURI, FBURL.
        calendars: Members<Resource> = "calendars",
        /// CALADRURI.
        scheduling_addresses: Members<Resource> = "schedulingAddresses",
        /// Translations of other members, by language tag (RFC 9553 §2.7.1).
        localizations: Other = "localizations",
        /// X-EVOLUTION-FILE-AS: the name it is filed under.
        file_as: Option<String> = "rolo:fileAs",
        /// GENDER.
        gender: Option<Gender> = "rolo:gender",
        /// A birthday that is text and no date ("circa 1800").
        birthday_text: Option<String> = "rolo:birthdayText",
        /// X-ROLO-FIELD and what other programs keep as their own fields.
        custom_fields: Members<CustomField> = "rolo:customFields",
        /// Properties without a place in the model, as jCard arrays (RFC 9555 §2.14): never edited, always served.
        vcard_props: Vec<Unplaced> = "vCardProps",
    }
}

object! {
    /// N and FN (RFC 9553 §2.2.1).
    Name {
        /// The parts, in the order they are written. Kinds: `title given given2 surname surname2 credential generation separator`.
        components: Vec<NameComponent> = "components",
        /// Whether `components` are in display order.
        is_ordered: bool = "isOrdered",
        /// FN: the whole name as shown.
        full: Option<String> = "full",
        /// SORT-AS, SORT-STRING: component kind → text to sort by.
        sort_as: Members<String> = "sortAs",
        /// The script of the phonetic parts (`Hira`, `Kana`, `Latn`…); required where one is given.
        phonetic_script: Option<String> = "phoneticScript",
        /// The system of the phonetic parts (`ipa`, `jyut`, `piny`).
        phonetic_system: Option<String> = "phoneticSystem",
    }
}

object! {
    /// A part of a name (RFC 9553 §2.2.1.2).
    NameComponent {
        /// What part it is.
        kind: String = "kind",
        /// Its text.
        value: String = "value",
        /// How it is pronounced.
        phonetic: Option<String> = "phonetic",
    }
}

object! {
    /// NICKNAME (RFC 9553 §2.2.2).
    Nickname {
        /// The nickname.
        name: String = "name",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
    }
}

object! {
    /// ORG (RFC 9553 §2.2.3).
    Organization {
        /// The company.
        name: Option<String> = "name",
        /// Its departments, top first.
        units: Vec<OrgUnit> = "units",
        /// What to sort it by.
        sort_as: Option<String> = "sortAs",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// X-PHONETIC-ORG.
        phonetic: Option<String> = "rolo:phonetic",
    }
}

object! {
    /// A department.
    OrgUnit {
        /// Its name.
        name: String = "name",
        /// What to sort it by.
        sort_as: Option<String> = "sortAs",
    }
}

object! {
    /// TITLE or ROLE (RFC 9553 §2.2.5).
    Title {
        /// The title.
        name: String = "name",
        /// `title` (when absent) or `role`.
        kind: Option<String> = "kind",
        /// The member of `organizations` it is held at.
        organization_id: Option<String> = "organizationId",
    }
}

object! {
    /// How to speak of the person (RFC 9553 §2.2.4).
    SpeakToAs {
        /// `animate common feminine inanimate masculine neuter`.
        grammatical_gender: Option<String> = "grammaticalGender",
        /// PRONOUNS.
        pronouns: Members<Pronouns> = "pronouns",
    }
}

object! {
    /// PRONOUNS.
    Pronouns {
        /// `she/her`.
        pronouns: String = "pronouns",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
    }
}

object! {
    /// EMAIL (RFC 9553 §2.3.1).
    EmailAddress {
        /// The address as written; not always an addr-spec.
        address: String = "address",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
        /// Free text.
        label: Option<String> = "label",
    }
}

object! {
    /// TEL (RFC 9553 §2.3.3).
    Phone {
        /// The number as it stands, `tel:` too.
        number: String = "number",
        /// `mobile voice text video main-number textphone fax pager`.
        features: Set = "features",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
        /// Free text.
        label: Option<String> = "label",
    }
}

object! {
    /// IMPP, SOCIALPROFILE and older dialects (RFC 9553 §2.3.2).
    OnlineService {
        /// `Skype`, `Mastodon`…
        service: Option<String> = "service",
        /// Where.
        uri: Option<String> = "uri",
        /// The user's name there.
        user: Option<String> = "user",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
        /// Free text.
        label: Option<String> = "label",
        /// The property it is written as (RFC 9555): `impp`, `socialprofile`, `x-aim`…
        vcard_name: Option<String> = "vCardName",
    }
}

object! {
    /// LANG (RFC 9553 §2.3.4).
    LanguagePref {
        /// A language tag (RFC 5646).
        language: String = "language",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
    }
}

object! {
    /// ADR, LABEL, GEO and TZ (RFC 9553 §2.5.1).
    Address {
        /// Its parts. Kinds: `room apartment floor building number name block subdistrict district locality region
        /// postcode country direction landmark postOfficeBox separator`.
        components: Vec<AddressComponent> = "components",
        /// Whether `components` are in display order.
        is_ordered: bool = "isOrdered",
        /// The whole address as written on an envelope.
        full: Option<String> = "full",
        /// ISO 3166-1 alpha-2, upper-case.
        country_code: Option<String> = "countryCode",
        /// A `geo:` URI (RFC 5870).
        coordinates: Option<String> = "coordinates",
        /// An IANA time zone.
        time_zone: Option<String> = "timeZone",
        /// `private`, `work`, `billing`, `delivery`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
        /// Free text: `label` is not defined on Address.
        label: Option<String> = "rolo:label",
    }
}

object! {
    /// A part of an address.
    AddressComponent {
        /// What part it is.
        kind: String = "kind",
        /// Its text.
        value: String = "value",
        /// How it is pronounced.
        phonetic: Option<String> = "phonetic",
    }
}

object! {
    /// A date that comes back (RFC 9553 §2.8.1).
    Anniversary {
        /// `birth`, `death`, `wedding` or `rolo:other`.
        kind: String = "kind",
        /// When.
        date: Option<Date> = "date",
        /// Where.
        place: Option<Address> = "place",
        /// Free text: `label` is not defined on Anniversary.
        label: Option<String> = "rolo:label",
    }
}

object! {
    /// A PartialDate (`year month day calendarScale`) or a Timestamp (`utc`).
    Date {
        /// 1–9999.
        year: Option<u32> = "year",
        /// 1–12.
        month: Option<u32> = "month",
        /// 1–31.
        day: Option<u32> = "day",
        /// `gregorian` when absent.
        calendar_scale: Option<String> = "calendarScale",
        /// A UTC date-time: a Timestamp.
        utc: Option<String> = "utc",
    }
}

object! {
    /// HOBBY, INTEREST, EXPERTISE (RFC 9553 §2.8.4).
    PersonalInfo {
        /// `expertise`, `hobby`, `interest`.
        kind: String = "kind",
        /// The text.
        value: String = "value",
        /// `high`, `medium`, `low`.
        level: Option<String> = "level",
        /// INDEX: its place in the list.
        list_as: Option<u32> = "listAs",
        /// Free text.
        label: Option<String> = "label",
    }
}

object! {
    /// NOTE (RFC 9553 §2.8.3).
    Note {
        /// The text.
        note: String = "note",
        /// When it was written, a UTC date-time.
        created: Option<String> = "created",
        /// Who wrote it.
        author: Option<Value> = "author",
    }
}

object! {
    /// RELATED (RFC 9553 §2.1.8).
    Relation {
        /// `spouse`, `child`, `parent`, `friend`, `kin`…
        relation: Set = "relation",
        /// Free text: `label` is not defined on Relation.
        label: Option<String> = "rolo:label",
        /// The name of a linked contact, whose uid is the key.
        name: Option<String> = "rolo:name",
        /// The parameters it came with (RFC 9555): `{"value": "text"}` where the key is a name.
        vcard_params: Other = "vCardParams",
    }
}

object! {
    /// Links, media, keys, directories, calendars (RFC 9553 §1.4.4).
    Resource {
        /// `photo`, `logo`, `sound`; `contact`; `directory`, `entry`; `calendar`, `freeBusy`.
        kind: Option<String> = "kind",
        /// Where, or `data:` itself. A large `data:` of a stored card is `rolo:blob:HASH` instead.
        uri: String = "uri",
        /// Its media type.
        media_type: Option<String> = "mediaType",
        /// `private`, `work`.
        contexts: Set = "contexts",
        /// 1 (most) to 100.
        pref: Option<u32> = "pref",
        /// Free text.
        label: Option<String> = "label",
        /// INDEX: its place in the list.
        list_as: Option<u32> = "listAs",
        /// The property it is written as (RFC 9555).
        vcard_name: Option<String> = "vCardName",
        /// The parameters it came with (RFC 9555).
        vcard_params: Other = "vCardParams",
    }
}

object! {
    /// GENDER (RFC 6350 §6.2.7).
    Gender {
        /// `M F O N U`.
        sex: Option<String> = "sex",
        /// Free text.
        text: Option<String> = "text",
    }
}

object! {
    /// A field of the user's own.
    CustomField {
        /// Its name.
        label: String = "label",
        /// Its value.
        value: String = "value",
    }
}
