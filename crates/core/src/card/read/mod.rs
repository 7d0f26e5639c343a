//! Reads a card: every property into its member of the model, with a note of where each member came from.
//!
//! What has no place in the model goes to `vCardProps`; nothing is refused. Properties that belong together (a value and
//! its X-ABLabel, ADR and its LABEL, GEO, TZ) are joined once all lines are known.

mod address;
mod anniversary;
mod contact;
mod extra;
mod media;
mod name;
mod relation;
mod work;

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use sha2::{Digest, Sha256};

pub(crate) use address::{PARTS, country_code};
pub(crate) use contact::{SERVICES, Service, is_uri};
pub(crate) use media::{binary, blob, data_uri, inline, media_type};
pub(crate) use name::{NAME_PARTS, phonetic_script};

use super::{
    Card, label,
    lexer::{CARD_PROPERTIES_MAX, NO_GROUP, Property},
    model::{Members, Model, Set},
    param::{Meta, param},
    pointer::Extra,
    text,
};

/// Where a member of the model came from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The member of the model it is in: `emails`, `phones`…
    pub(crate) field: &'static str,
    /// Its id there.
    pub(crate) id: String,
    /// The property that says it.
    pub(crate) line: usize,
    /// Its place in a list value.
    pub(crate) nth: Option<usize>,
}

/// What stands beside a value in its group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Companions {
    /// X-ABLabel.
    pub(crate) label: Option<usize>,
    /// X-ABADR.
    pub(crate) country: Option<usize>,
}

/// A card as read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) model: Model,
    pub(crate) sources: Vec<Source>,
    /// By group number.
    pub(crate) companions: Vec<Companions>,
    /// Which LABEL belongs to which ADR, which GEO and TZ to which address: the line and the address's id.
    pub(crate) belongs: Vec<(usize, String)>,
    /// Members inside members that pointers say, where they found their place.
    pub(crate) pointed: Vec<Extra>,
}

/// Whether a model carries large values itself or only names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Every `data:` inline.
    Whole,
    /// Large ones as `rolo:blob:HASH`.
    Light,
    /// All of them as `rolo:blob:HASH`, so that two spellings of the same photo are equal.
    Named,
}

impl Card {
    /// The model this card says, with photos and the like as `data:` URIs.
    pub fn model(&self) -> Model {
        Reader::new(self, Weight::Whole, false).read().model
    }

    /// The same with large values as `rolo:blob:HASH` (SHA-256 of the decoded value, lower-case hex): what rows and lists hold.
    pub fn model_light(&self) -> Model {
        Reader::new(self, Weight::Light, false).read().model
    }

    pub(crate) fn reading(&self, weight: Weight) -> Reading {
        Reader::new(self, weight, true).read()
    }
}

/// The id of a member: PROP-ID where it has one, else a hash of property name and decoded value.
pub(crate) fn member_id(name: &str, value: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update(b":");
    hash.update(value.as_bytes());
    let digest = hash.finalize();
    let bits = digest[..8].iter().fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
    (0..10).map(|at| ALPHABET[(bits >> (59 - 5 * at) & 31) as usize] as char).collect()
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
}

pub(crate) struct Reader<'a> {
    card: &'a Card,
    weight: Weight,
    /// Whether somebody asks where members came from.
    traced: bool,
    model: Model,
    sources: Vec<Source>,
    companions: Vec<Companions>,
    belongs: Vec<(usize, String)>,
    twins: HashMap<(&'static str, String), u32>,
    phonetic: [Option<String>; 3],
    phonetic_org: Option<String>,
    sort_string: Option<String>,
    /// What an N without a name is sorted by.
    lone_sort: Option<String>,
    name_seen: bool,
    address: address::Pending,
    relation: relation::Pending,
    work: work::Pending,
    anniversary: anniversary::Pending,
    /// Members no property has: the line, where they belong, what they are.
    pointers: Vec<(usize, Vec<String>, serde_json::Value)>,
    pointed: Vec<Extra>,
}

/// A property with its parameters read.
pub(crate) struct Read<'a> {
    pub(crate) property: Property<'a>,
    pub(crate) meta: Meta<'a>,
    /// Upper-case.
    pub(crate) name: &'a str,
}

impl Read<'_> {
    fn param(&self, name: &str) -> Option<String> {
        param(self.property.params, name).map(Cow::into_owned)
    }

    fn grouped(&self) -> bool {
        self.property.group != NO_GROUP
    }
}

impl<'a> Reader<'a> {
    fn new(card: &'a Card, weight: Weight, traced: bool) -> Self {
        let lexed = &card.lexed;
        let mut companions = vec![Companions::default(); lexed.groups.len()];
        for property in lexed.properties().filter(|property| property.group != NO_GROUP) {
            let own = &mut companions[property.group as usize];
            if is_label(property.name) {
                own.label.get_or_insert(property.index);
            } else if property.name.eq_ignore_ascii_case(b"X-ABADR") {
                own.country.get_or_insert(property.index);
            }
        }
        Self {
            card,
            weight,
            traced,
            model: Model::default(),
            sources: Vec::with_capacity(if traced { lexed.lines.len().min(CARD_PROPERTIES_MAX) } else { 0 }),
            companions,
            belongs: Vec::new(),
            twins: HashMap::new(),
            phonetic: [const { None }; 3],
            phonetic_org: None,
            sort_string: None,
            lone_sort: None,
            name_seen: false,
            address: address::Pending::default(),
            relation: relation::Pending::default(),
            work: work::Pending::default(),
            anniversary: anniversary::Pending::default(),
            pointers: Vec::new(),
            pointed: Vec::new(),
        }
    }

    fn read(mut self) -> Reading {
        let card = self.card;
        let alternates = alternates(card);
        for property in card.lexed.properties() {
            if !alternates.is_empty() && alternates.contains(&property.index) {
                self.alternate(&property);
                continue;
            }
            let mut buffer = [0; 40];
            let Some(name) = upper(property.name, &mut buffer) else {
                self.unknown(&property);
                continue;
            };
            let read = Read { property, meta: Meta::of(property.params), name };
            if !self.property(&read) {
                self.unknown(&property);
            }
        }
        self.finish_names();
        self.finish_work();
        self.finish_addresses();
        self.finish_anniversaries();
        self.finish_relations();
        self.finish_pointers();
        Reading {
            model: self.model,
            sources: self.sources,
            companions: self.companions,
            belongs: self.belongs,
            pointed: self.pointed,
        }
    }

    /// Reads one property into the model; false when it has no place there.
    fn property(&mut self, read: &Read<'_>) -> bool {
        match read.name {
            "VERSION" | "X-ABLABEL" | "X-LABEL" | "X-ABADR" | "X-ROLO-FROM" | "BEGIN" | "END" => true,
            "FN"
            | "N"
            | "NICKNAME"
            | "X-NICKNAME"
            | "X-MAIDENNAME"
            | "SORT-STRING"
            | "X-EVOLUTION-FILE-AS"
            | "X-PHONETIC-FIRST-NAME"
            | "X-PHONETIC-MIDDLE-NAME"
            | "X-PHONETIC-LAST-NAME" => self.names(read),
            "ORG" | "TITLE" | "ROLE" | "X-PHONETIC-ORG" | "X-PHONETIC-ORG-NAME" => self.work(read),
            "EMAIL" => self.email(read),
            "TEL" => self.phone(read),
            "ADR" | "LABEL" | "GEO" | "TZ" => self.addresses(read),
            "URL" | "CONTACT-URI" | "SOURCE" | "ORG-DIRECTORY" | "CALURI" | "FBURL" | "CALADRURI" => self.link(read),
            "BDAY"
            | "BIRTHPLACE"
            | "DEATHDATE"
            | "DEATHPLACE"
            | "ANNIVERSARY"
            | "X-ABDATE"
            | "X-ANNIVERSARY"
            | "X-EVOLUTION-ANNIVERSARY"
            | "X-KADDRESSBOOK-X-ANNIVERSARY"
            | "X-MS-ANNIVERSARY"
            | "X-ANDROID-CUSTOM" => self.anniversaries(read),
            "SOUND" if read.meta.has_type("X-IRMC-N") => self.sounds(read),
            "PHOTO" | "LOGO" | "SOUND" | "KEY" => self.media(read),
            "NOTE" => self.note(read),
            "CATEGORIES" | "X-CATEGORIES" => {
                for name in self.card.list(&read.property) {
                    self.model.keywords.insert(name, true);
                }
                true
            }
            name if relation::is_relation(name) => self.relations(read),
            name if Service::of(name).is_some() => self.service(read),
            _ => self.extra(read),
        }
    }

    /// Decoded, escapes off.
    fn text(&self, read: &Read<'_>) -> String {
        text::unescaped(&text::decoded(&read.property, &read.meta), self.card.version)
    }

    /// A URI, leniently: some escape its colons and commas.
    fn uri(&self, read: &Read<'_>) -> String {
        let value = text::decoded(&read.property, &read.meta);
        let value = value.trim();
        if value.contains('\\') {
            value.replace("\\:", ":").replace("\\,", ",").replace("\\;", ";")
        } else {
            value.to_owned()
        }
    }

    fn components(&self, read: &Read<'_>) -> Vec<Vec<String>> {
        text::components(&text::decoded(&read.property, &read.meta), self.card.version)
    }

    /// The label text beside a property: its group's X-ABLabel, or a parameter that says as much.
    fn label_text(&self, read: &Read<'_>) -> Option<String> {
        if read.grouped()
            && let Some(line) = self.companions[read.property.group as usize].label
        {
            let property = self.card.lexed.property(line);
            let text = self.card.text(&property);
            if label::text(&text).is_some() {
                return Some(text);
            }
        }
        let labels = memchr::memmem::find(read.property.params, b"LABEL").is_some()
            || memchr::memmem::find(read.property.params, b"label").is_some();
        if !labels {
            return None;
        }
        let own = if read.name == "ADR" { None } else { read.param("LABEL") };
        read.param("X-LABEL").or(own)
    }

    fn meaning(&self, read: &Read<'_>, kind: label::Labelled) -> label::Meaning {
        label::meaning(kind, &read.meta.types, self.label_text(read).as_deref())
    }

    fn contexts(&self, read: &Read<'_>) -> Set {
        if read.meta.types.is_empty() {
            Set::new()
        } else {
            label::meaning(label::Labelled::Plain, &read.meta.types, None).contexts
        }
    }

    /// Adds a member under its id; an id that is taken gets `-2`.
    fn add<T: 'static>(
        &mut self,
        field: &'static str,
        read: &Read<'_>,
        (value, nth): (&str, Option<usize>),
        members: fn(&mut Model) -> &mut Members<T>,
        member: T,
    ) -> &str {
        let given = read.meta.prop_id.as_deref().filter(|id| is_id(id) && nth.is_none_or(|nth| nth == 0));
        let id = given.map_or_else(|| member_id(read.name, value), str::to_owned);
        let members = members(&mut self.model);
        let id = free_id(members, &mut self.twins, field, id);
        if self.traced {
            self.sources.push(Source { field, id: id.clone(), line: read.property.index, nth });
        }
        members.added(id, member)
    }

    fn source(&mut self, field: &'static str, id: &str, line: usize) {
        if self.traced {
            self.sources.push(Source { field, id: id.to_owned(), line, nth: None });
        }
    }
}

/// The id itself, or with the first number that makes it one of a kind.
fn free_id<T>(
    members: &Members<T>,
    twins: &mut HashMap<(&'static str, String), u32>,
    field: &'static str,
    id: String,
) -> String {
    if !members.contains_key(&id) {
        return id;
    }
    let twin = twins.entry((field, id.clone())).or_insert(1);
    loop {
        *twin += 1;
        let mut next = id.clone();
        let _ = write!(next, "-{twin}");
        if !members.contains_key(&next) {
            return next;
        }
    }
}

pub(crate) fn is_label(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"X-ABLABEL") || name.eq_ignore_ascii_case(b"X-LABEL")
}

/// A property's name in upper case, Evolution's names for what 4.0 has among them.
fn upper<'b>(name: &[u8], buffer: &'b mut [u8; 40]) -> Option<&'b str> {
    let room = buffer.get_mut(..name.len())?;
    room.copy_from_slice(name);
    room.make_ascii_uppercase();
    let name = std::str::from_utf8(room).ok()?;
    const RENAMED: &[&str] = &["GENDER", "KIND", "MEMBER", "RELATED", "LANG", "IMPP", "CALURI", "FBURL", "CALADRURI"];
    match name.strip_prefix("X-EVOLUTION-") {
        Some(rest) if RENAMED.contains(&rest) => Some(rest),
        _ => Some(name),
    }
}

/// Properties that say in another language what a sibling with the same ALTID says.
pub(crate) fn alternates(card: &Card) -> HashSet<usize> {
    let mut chosen: HashMap<(Vec<u8>, String), (usize, bool)> = HashMap::new();
    let mut alternates = HashSet::new();
    for property in card.lexed.properties().filter(|property| !property.params.is_empty()) {
        let meta = Meta::of(property.params);
        let Some(altid) = meta.altid else { continue };
        let foreign = meta.language.is_some() || param(property.params, "PHONETIC").is_some();
        match chosen.entry((property.name.to_ascii_uppercase(), altid.into_owned())) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((property.index, foreign));
            }
            std::collections::hash_map::Entry::Occupied(mut entry) => {
                let (first, first_foreign) = *entry.get();
                if first_foreign && !foreign {
                    alternates.insert(first);
                    entry.insert((property.index, foreign));
                } else {
                    alternates.insert(property.index);
                }
            }
        }
    }
    // One in a foreign language beside one that has no ALTID at all is a translation of that one.
    if chosen.values().any(|(_, foreign)| *foreign) {
        let plain = card.lexed.properties().filter(|property| param(property.params, "ALTID").is_none());
        let plain: HashSet<Vec<u8>> = plain.map(|property| property.name.to_ascii_uppercase()).collect();
        let translations = chosen.into_iter().filter(|((name, _), (_, foreign))| *foreign && plain.contains(name));
        alternates.extend(translations.map(|(_, (at, _))| at));
    }
    alternates
}
