//! Dates: BDAY and its place, ANNIVERSARY in all its names, Apple's X-ABDATE.

use std::collections::HashMap;

use super::{Read, Reader, contact::is_uri};
use crate::card::{
    date, label,
    model::{Address, Anniversary},
    text,
};

#[derive(Default)]
pub(super) struct Pending {
    /// BIRTHPLACE and DEATHPLACE: the line, the kind, the place.
    places: Vec<(usize, &'static str, Address)>,
    /// A BDAY that is a date or a text has been read.
    born: bool,
    /// Weddings by their day: the id, and the name of the property.
    weddings: HashMap<String, (String, String)>,
}

impl Reader<'_> {
    pub(super) fn anniversaries(&mut self, read: &Read<'_>) -> bool {
        match read.name {
            "BDAY" => self.birthday(read),
            "DEATHDATE" => self.dated(read, "death", None),
            "BIRTHPLACE" => self.place(read, "birth"),
            "DEATHPLACE" => self.place(read, "death"),
            "X-ABDATE" => {
                let label = self.label_text(read);
                let label = label.as_deref().and_then(label::text).map(|text| text.into_owned());
                match label {
                    Some(label) if label.eq_ignore_ascii_case("anniversary") => self.dated(read, "wedding", None),
                    Some(label) if label.eq_ignore_ascii_case("other") => {
                        self.dated(read, "rolo:other", Some("other".to_owned()))
                    }
                    label => self.dated(read, "rolo:other", label),
                }
            }
            "X-ANDROID-CUSTOM" => self.android(read),
            _ => self.dated(read, "wedding", None),
        }
    }

    fn birthday(&mut self, read: &Read<'_>) -> bool {
        let value = self.text(read);
        let value = value.trim();
        if value.is_empty() {
            return true;
        }
        if self.anniversary.born {
            return false;
        }
        self.anniversary.born = true;
        if !read.meta.value_is("text") && self.dated(read, "birth", None) {
            return true;
        }
        // A lone month or day is no text: it stays a property (RFC 9555 §2.3.1).
        if value.starts_with('-') {
            self.anniversary.born = false;
            return false;
        }
        self.model.birthday_text = Some(value.to_owned());
        true
    }

    fn dated(&mut self, read: &Read<'_>, kind: &str, label: Option<String>) -> bool {
        let value = self.text(read);
        let value = value.trim();
        if value.is_empty() {
            return true;
        }
        let Some(date) = date::parse(value, read.param("X-APPLE-OMIT-YEAR").as_deref()) else { return false };
        let date = Some(date);
        let day = format!("{date:?}");
        if kind == "wedding"
            && let Some((id, name)) = self.anniversary.weddings.get(&day)
            && name != read.name
        {
            // The same day under another property's name (sabre doubles ANNIVERSARY as X-ANNIVERSARY) is one member.
            let id = id.clone();
            self.source("anniversaries", &id, read.property.index);
            return true;
        }
        let member = Anniversary { kind: kind.to_owned(), date, label, ..Default::default() };
        let id = self.add("anniversaries", read, (value, None), |model| &mut model.anniversaries, member);
        if kind == "wedding" {
            let id = id.to_owned();
            self.anniversary.weddings.entry(day).or_insert_with(|| (id, read.name.to_owned()));
        }
        true
    }

    /// `vnd.android.cursor.item/contact_event;1990-01-01;0;label;…` of DAVx5.
    fn android(&mut self, read: &Read<'_>) -> bool {
        let values = self.components(read);
        let value = |at: usize| values.get(at).and_then(|list| list.first()).map(String::as_str).unwrap_or_default();
        if !value(0).ends_with("/contact_event") {
            return false;
        }
        let Some(date) = date::parse(value(1), None) else { return false };
        let (kind, label) = match value(2) {
            "1" => ("wedding", None),
            "3" => return false,
            "2" => ("rolo:other", Some("other".to_owned())),
            _ => ("rolo:other", label::text(value(3)).map(|text| text.into_owned())),
        };
        let member = Anniversary { kind: kind.to_owned(), date: Some(date), label, ..Default::default() };
        self.add("anniversaries", read, (value(1), None), |model| &mut model.anniversaries, member);
        true
    }

    fn place(&mut self, read: &Read<'_>, kind: &'static str) -> bool {
        let mut place = Address::default();
        let uri = text::decoded(&read.property, &read.meta).trim().to_owned();
        if read.meta.value_is("uri") || is_uri(&uri) && uri.to_ascii_lowercase().starts_with("geo:") {
            place.coordinates = Some(uri);
        } else {
            place.full = Some(self.text(read).trim().to_owned()).filter(|text| !text.is_empty());
        }
        if place != Address::default() {
            self.anniversary.places.push((read.property.index, kind, place));
        }
        true
    }

    pub(super) fn finish_anniversaries(&mut self) {
        let mut taken = Vec::new();
        for (line, kind, place) in std::mem::take(&mut self.anniversary.places) {
            // The first place goes to the first such day, any further one stands alone.
            let first = !taken.contains(&kind);
            if first {
                taken.push(kind);
            }
            let home = self.model.anniversaries.iter_mut().find(|(_, one)| first && one.kind == kind);
            if let Some((id, member)) = home {
                let id = id.clone();
                member.place = Some(place);
                self.source("anniversaries", &id, line);
                continue;
            }
            let property = self.card.lexed.property(line);
            let value = place.full.clone().or_else(|| place.coordinates.clone()).unwrap_or_default();
            let name = if kind == "birth" { "BIRTHPLACE" } else { "DEATHPLACE" };
            let read = Read { property, meta: super::Meta::of(property.params), name };
            let member = Anniversary { kind: kind.to_owned(), place: Some(place), ..Default::default() };
            self.add("anniversaries", &read, (&value, None), |model| &mut model.anniversaries, member);
        }
    }
}
