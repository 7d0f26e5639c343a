//! Draws a new card from a model: vCard 3.0 in Apple's dialect, in the order every address book expects.
//!
//! Pure: no clock, no dice. A uid is in the model, or handed in.

use crate::Result;

use super::{
    Card, Model, Version,
    date::Form,
    model::{Address, Title},
    normal::{Blobs, normal},
    pointer::extras,
    style::{Style, folded},
    write::{Draft, Said, address, contact, line, name, other},
};

/// What a new card says of its making.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// Rolo's version, for PRODID.
    pub product: &'a str,
    /// UID, where the model has none.
    pub uid: Option<&'a str>,
    /// REV, where it shall have one.
    pub now: Option<jiff::Timestamp>,
}

impl Card {
    /// A new card of this model. Refused is only what passes a limit: a photo beyond 32 MiB, 2,000 values.
    pub fn drawn(model: &Model, drawing: Drawing<'_>) -> Result<Self> {
        let mut blobs = Blobs::new();
        let (whole, mut model) = (model, normal(model.clone(), &mut blobs));
        let extras = extras(whole, &model);
        for one in model.media.values_mut().chain(model.crypto_keys.values_mut()) {
            if let Some(uri) = blobs.get(&one.uri) {
                one.uri.clone_from(uri);
            }
        }
        let mut pen = Pen { style: Style::new(Version::V30), out: Vec::new(), groups: 0 };
        pen.card(&model, drawing);
        Self::parse(pen.out)?.pointed(&model, &extras, &[])
    }
}

struct Pen {
    style: Style,
    out: Vec<u8>,
    groups: usize,
}

impl Pen {
    fn raw(&mut self, logical: &[u8]) {
        self.out.extend_from_slice(&folded(logical, self.style.fold, false, self.style.ending));
    }

    fn group(&mut self) -> String {
        self.groups += 1;
        format!("item{}", self.groups)
    }

    /// Writes a draft; one with a label gets a group for it. Says which group.
    fn draft(&mut self, draft: &Draft) -> Option<String> {
        let group = draft.label.is_some().then(|| self.group());
        self.grouped(draft, group.as_deref());
        group
    }

    fn grouped(&mut self, draft: &Draft, group: Option<&str>) {
        let (logical, quoted_printable) = line(draft, group, &self.style);
        self.out.extend_from_slice(&folded(&logical, self.style.fold, quoted_printable, self.style.ending));
        if let (Some(label), Some(group)) = (&draft.label, group) {
            self.grouped(&Draft::text("X-ABLabel", label), Some(group));
        }
    }

    fn text(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            self.draft(&Draft::text(name, value));
        }
    }

    fn card(&mut self, model: &Model, drawing: Drawing<'_>) {
        let version = self.style.version;
        self.raw(b"BEGIN:VCARD");
        self.raw(b"VERSION:3.0");
        self.draft(&Draft::text("PRODID", &format!("-//Rolo//Rolo {}//EN", drawing.product)));
        self.names(model);
        self.work(model);
        if model.kind.as_deref() == Some("org") {
            self.raw(b"X-ABShowAs:COMPANY");
        }
        for one in model.emails.values() {
            self.draft(&contact::email(one, version));
        }
        for one in model.phones.values() {
            self.draft(&contact::phone(one, version));
        }
        self.addresses(model);
        for one in model.links.values() {
            self.draft(&contact::link(one, "links", version));
        }
        for one in model.online_services.values() {
            self.draft(&contact::service(one, version));
        }
        self.dates(model);
        for (key, one) in &model.related_to {
            for draft in other::relation(key, one, version) {
                self.draft(&draft);
            }
        }
        for one in model.notes.values() {
            self.draft(&contact::note(one));
        }
        if !model.keywords.is_empty() {
            let names = model.keywords.keys().cloned().collect();
            self.draft(&Draft::new("CATEGORIES", Said::Structured(vec![names])));
        }
        self.bare(model);
        for one in model.custom_fields.values().filter(|one| one.label != "maiden name") {
            self.draft(&other::custom(one));
        }
        self.pointers(model);
        for one in model.media.values() {
            self.draft(&contact::media(one, "media", version));
        }
        for one in model.crypto_keys.values() {
            self.draft(&contact::media(one, "cryptoKeys", version));
        }
        self.text("UID", model.uid.as_deref().or(drawing.uid));
        if let Some(now) = drawing.now {
            let rev = super::date::now_like("", now);
            self.raw(format!("REV:{rev}").as_bytes());
        }
        self.raw(b"END:VCARD");
    }

    fn names(&mut self, model: &Model) {
        let named = model.name.as_ref();
        let parts = named.map_or_else(|| vec![vec![String::new()]; 5], |name| name::components(name, true));
        let both = named.and_then(name::sort_both);
        let full = named.and_then(|name| name.full.clone()).unwrap_or_else(|| name::composed(model));
        let full = super::text::one_line(&full).into_owned();
        if model.kind.as_deref() == Some("group") && named.is_none_or(|name| name.components.is_empty()) {
            self.draft(&Draft::text("N", &full).param("SORT-AS", both.clone()));
        } else {
            self.draft(&Draft::new("N", Said::Structured(parts)).param("SORT-AS", both.clone()));
        }
        self.draft(&Draft::text("FN", &full));
        if both.is_none() {
            self.text("SORT-STRING", named.and_then(|name| name.sort_as.get("surname")).map(String::as_str));
        }
        for (property, kind) in PHONETIC {
            self.text(property, name::phonetic(named, kind));
        }
        for one in model.nicknames.values() {
            self.draft(&contact::nickname(one, self.style.version));
        }
        for one in model.custom_fields.values().filter(|one| one.label == "maiden name") {
            self.draft(&other::custom(one));
        }
    }

    /// Companies with the titles held there; those without one stand alone, ungrouped.
    fn work(&mut self, model: &Model) {
        let at = |title: &&Title, id: &str| title.organization_id.as_deref() == Some(id);
        for (id, one) in &model.organizations {
            let held: Vec<&Title> = model.titles.values().filter(|title| at(title, id)).collect();
            let group = (!held.is_empty()).then(|| self.group());
            self.grouped(&other::organization(one, self.style.version), group.as_deref());
            for title in held {
                self.grouped(&other::title(title), group.as_deref());
            }
        }
        let sound = model.organizations.values().next().and_then(|one| one.phonetic.as_deref());
        self.text("X-PHONETIC-ORG", sound);
        for one in model.titles.values().filter(|title| title.organization_id.is_none()) {
            self.draft(&other::title(one));
        }
    }

    fn addresses(&mut self, model: &Model) {
        let many = model.addresses.len() > 1;
        for one in model.addresses.values() {
            let beside = one.country_code.is_some()
                || many && (one.full.is_some() || one.coordinates.is_some() || one.time_zone.is_some());
            self.address(one, beside);
        }
    }

    fn address(&mut self, one: &Address, beside: bool) {
        let version = self.style.version;
        let draft = address::address(one, false, &self.style);
        let group = (beside || draft.label.is_some()).then(|| self.group());
        if !one.components.is_empty() {
            self.grouped(&draft, group.as_deref());
        }
        if let Some(code) = one.country_code.as_ref().filter(|_| !one.components.is_empty()) {
            self.grouped(&Draft::text("X-ABADR", &code.to_ascii_lowercase()), group.as_deref());
        }
        if let Some(full) = &one.full {
            let mut label = Draft::text("LABEL", full);
            label.types.clone_from(&draft.types);
            self.grouped(&label, group.as_deref());
        }
        let extra = [
            one.coordinates.as_deref().map(|geo| address::geo(geo, version)),
            one.time_zone.as_deref().map(|zone| address::zone(zone, version)),
        ];
        for draft in extra.into_iter().flatten() {
            self.grouped(&draft, group.as_deref());
        }
    }

    fn dates(&mut self, model: &Model) {
        let form = Form::of(self.style.version);
        if let Some(text) = &model.birthday_text {
            self.draft(&Draft::text("BDAY", text).param("VALUE", Some("text".to_owned())));
        }
        let first = |kind: &str| u8::from(kind != "birth");
        let mut dates: Vec<_> = model.anniversaries.values().collect();
        dates.sort_by_key(|one| first(&one.kind));
        for one in dates {
            if let Some(draft) = other::anniversary(one, self.style.version, form, None) {
                self.draft(&draft);
            }
            if let Some(draft) = one.place.as_ref().and_then(|place| other::place(&one.kind, place)) {
                self.draft(&draft);
            }
        }
    }

    /// What 4.0 has a property for, under its name.
    fn bare(&mut self, model: &Model) {
        let version = self.style.version;
        match model.kind.as_deref() {
            Some("group") => self.raw(b"X-ADDRESSBOOKSERVER-KIND:group"),
            None | Some("org") => {}
            Some(kind) => self.text("KIND", Some(kind)),
        }
        for uid in model.members.keys() {
            self.draft(&Draft::raw("X-ADDRESSBOOKSERVER-MEMBER", uid));
        }
        if let Some(gender) = &model.gender {
            self.draft(&other::gender(gender));
        }
        if let Some(speak) = &model.speak_to_as {
            self.text("GRAMGENDER", speak.grammatical_gender.as_deref().map(str::to_ascii_uppercase).as_deref());
            for one in speak.pronouns.values() {
                self.draft(&contact::pronouns(one, version));
            }
        }
        self.text("LANGUAGE", model.language.as_deref());
        for one in model.preferred_languages.values() {
            self.draft(&contact::language(one, version));
        }
        for one in model.personal_info.values() {
            self.draft(&contact::personal(one));
        }
        let lists = [
            ("directories", &model.directories),
            ("calendars", &model.calendars),
            ("schedulingAddresses", &model.scheduling_addresses),
        ];
        for (field, list) in lists {
            for one in list.values() {
                self.draft(&contact::link(one, field, version));
            }
        }
        self.text("CREATED", model.created.as_deref().map(|utc| utc.replace(['-', ':'], "")).as_deref());
        self.text("X-EVOLUTION-FILE-AS", model.file_as.as_deref());
        for one in &model.vcard_props {
            if let Some(line) = other::unplaced(&one.value(), version) {
                self.raw(&line);
            }
        }
    }

    fn pointers(&mut self, model: &Model) {
        if !model.localizations.is_empty() {
            let value = model.localizations.to_value();
            self.draft(&other::pointer(&["localizations"], &value, self.style.version));
        }
        for (name, value) in &model.other {
            self.draft(&other::pointer(&[name], value, self.style.version));
        }
    }
}

/// Properties that say how a part of a name sounds.
pub(crate) const PHONETIC: [(&str, &str); 3] =
    [("X-PHONETIC-FIRST-NAME", "given"), ("X-PHONETIC-MIDDLE-NAME", "given2"), ("X-PHONETIC-LAST-NAME", "surname")];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_card_is_in_apples_dialect() {
        let model: Model = serde_json::from_value(json!({
            "name": {"components": [{"kind": "surname", "value": "Lee"}, {"kind": "given", "value": "Ann"}]},
            "organizations": {"o": {"name": "Acme"}},
            "titles": {"t": {"name": "Head", "organizationId": "o"}},
            "emails": {"e": {"address": "ann@example.org", "contexts": {"work": true}, "pref": 1}},
            "phones": {"p": {"number": "+1 202", "features": {"mobile": true}}, "q": {"number": "+1 203", "label": "Boat"}},
            "anniversaries": {"b": {"kind": "birth", "date": {"month": 8, "day": 20}}},
            "rolo:customFields": {"c": {"label": "Shoe size", "value": "44"}},
            "keywords": {"Friends, old": true},
        }))
        .unwrap();
        let card = Card::drawn(&model, Drawing { product: "1.0", uid: Some("u-1"), now: None }).unwrap();
        let want = [
            "BEGIN:VCARD",
            "VERSION:3.0",
            "PRODID:-//Rolo//Rolo 1.0//EN",
            "N:Lee;Ann;;;",
            "FN:Ann Lee",
            "item1.ORG:Acme",
            "item1.TITLE:Head",
            "EMAIL;type=INTERNET;type=WORK;type=pref:ann@example.org",
            "TEL;type=CELL;type=VOICE:+1 202",
            "item2.TEL:+1 203",
            "item2.X-ABLabel:Boat",
            "BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20",
            "CATEGORIES:Friends\\, old",
            "X-ROLO-FIELD:Shoe size;44",
            "UID:u-1",
            "END:VCARD",
            "",
        ];
        assert_eq!(String::from_utf8_lossy(card.bytes()), want.join("\r\n"));
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        let evil = "x\r\nEND:VCARD\r\nBEGIN:VCARD";
        let model: Model = serde_json::from_value(json!({
            "uid": evil, "rolo:fileAs": evil, "kind": evil,
            "name": {"full": evil}, "links": {"l": {"uri": evil, "label": evil}},
            "media": {"m": {"kind": "photo", "uri": evil, "mediaType": evil}},
            "onlineServices": {"s": {"service": evil, "user": evil}},
            "relatedTo": {evil: {"rolo:label": evil, "rolo:name": evil}},
            "anniversaries": {"a": {"kind": "birth", "date": {"utc": evil}, "place": {"coordinates": evil}}},
            "addresses": {"a": {"coordinates": evil, "timeZone": evil, "full": evil}},
            "members": {evil: true}, "created": evil,
            "vCardProps": [["x-a", {"b": evil}, "text", evil], [evil, {}, "text", "x"], ["end", {}, "text", "VCARD"]],
            "notes": {"n": {"note": evil, "author": {"uri": evil}, "created": evil}},
            "other": evil,
        }))
        .unwrap();
        let card = Card::drawn(&model, Drawing { product: evil, uid: None, now: None }).unwrap();
        assert_eq!(memchr::memmem::find_iter(card.bytes(), b"\nEND:VCARD").count(), 1);
        assert_eq!(memchr::memmem::find_iter(card.bytes(), b"\nBEGIN:VCARD").count(), 0);
        assert_eq!(card.model().name.unwrap().full.unwrap(), "x END:VCARD BEGIN:VCARD");
    }
}
