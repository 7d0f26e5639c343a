//! Google's table as Google Contacts writes it today: a fixed part, then as many numbered groups as any contact fills.

use super::{
    csv::Rows,
    flat::{Flat, Value, day},
};
use crate::import::cell::JOINT;

const FIXED: [&str; 17] = [
    "First Name",
    "Middle Name",
    "Last Name",
    "Phonetic First Name",
    "Phonetic Middle Name",
    "Phonetic Last Name",
    "Name Prefix",
    "Name Suffix",
    "Nickname",
    "File As",
    "Organization Name",
    "Organization Title",
    "Organization Department",
    "Birthday",
    "Notes",
    "Photo",
    "Labels",
];

/// How many groups of each kind the table has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    emails: usize,
    phones: usize,
    addresses: usize,
    relations: usize,
    websites: usize,
    dates: usize,
    customs: usize,
}

impl Groups {
    /// Makes room for a contact.
    pub(super) fn hold(&mut self, flat: &Flat) {
        self.emails = self.emails.max(flat.emails.len());
        self.phones = self.phones.max(flat.phones.len());
        self.addresses = self.addresses.max(flat.addresses.len());
        self.relations = self.relations.max(flat.relations.len());
        self.websites = self.websites.max(flat.websites.len());
        self.dates = self.dates.max(flat.dates.len());
        self.customs = self.customs.max(flat.customs.len() + flat.carried.len());
    }

    /// Whether there is a column for each kind of value it has.
    pub(super) fn fits(&self, flat: &Flat) -> bool {
        let mut own = Self::default();
        own.hold(flat);
        let counts = |of: &Self| [of.emails, of.phones, of.addresses, of.relations, of.websites, of.dates, of.customs];
        counts(&own).into_iter().zip(counts(self)).all(|(own, all)| own == 0 || all > 0)
    }

    /// Writes the first row. E-mail, phone and address have one group in any table.
    pub(super) fn header(&mut self, rows: &mut Rows) {
        self.emails = self.emails.max(1);
        self.phones = self.phones.max(1);
        self.addresses = self.addresses.max(1);
        FIXED.iter().for_each(|name| rows.cell(name));
        const PAIR: &[&str] = &["Label", "Value"];
        const ADDRESS: &[&str] =
            &["Label", "Formatted", "Street", "City", "PO Box", "Region", "Postal Code", "Country", "Extended Address"];
        for (name, count, parts) in [
            ("E-mail", self.emails, PAIR),
            ("Phone", self.phones, PAIR),
            ("Address", self.addresses, ADDRESS),
            ("Relation", self.relations, PAIR),
            ("Website", self.websites, PAIR),
            ("Event", self.dates, PAIR),
            ("Custom Field", self.customs, PAIR),
        ] {
            for number in 1..=count {
                parts.iter().for_each(|part| rows.cell(&format!("{name} {number} - {part}")));
            }
        }
        rows.end();
    }

    /// Writes a contact.
    pub(super) fn row(&self, flat: &Flat, labels: &[String], starred: bool, rows: &mut Rows) {
        let [prefix, given, middle, family, suffix] = &flat.name;
        let [sound_given, sound_middle, sound_family] = &flat.sounds;
        let birthday = flat.birthday.as_ref().map(day).unwrap_or_else(|| flat.birthday_text.clone());
        let labels = labels_cell(labels, starred);
        for cell in [
            given,
            middle,
            family,
            sound_given,
            sound_middle,
            sound_family,
            prefix,
            suffix,
            &flat.nickname,
            &flat.file_as,
            &flat.company,
            &flat.title,
            &flat.department,
            &birthday,
            &flat.notes,
            &flat.photo,
            &labels,
        ] {
            rows.cell(cell);
        }
        group(&flat.emails, self.emails, rows, |one| pair(one, title_case));
        group(&flat.phones, self.phones, rows, |one| pair(one, title_case));
        group(&flat.addresses, self.addresses, rows, |one| {
            let label = label_cell(title_case(&one.label), one.preferred);
            let parts = [
                &one.formatted,
                &one.street,
                &one.city,
                &one.po_box,
                &one.region,
                &one.postcode,
                &one.country,
                &one.extended,
            ];
            let [formatted, street, city, po_box, region, postcode, country, extended] = parts.map(Clone::clone);
            [label, formatted, street, city, po_box, region, postcode, country, extended]
        });
        group(&flat.relations, self.relations, rows, |one| pair(one, title_case));
        group(&flat.websites, self.websites, rows, |one| pair(one, website_case));
        group(&flat.dates, self.dates, rows, |one| [title_case(&one.label), day(&one.date)]);
        let customs: Vec<_> = flat.customs.iter().chain(&flat.carried).collect();
        group(&customs, self.customs, rows, |(label, value)| [label.clone(), value.clone()]);
        rows.end();
    }
}

fn labels_cell(labels: &[String], starred: bool) -> String {
    let mut cell = "* myContacts".to_owned();
    for label in starred.then_some("* starred").into_iter().chain(labels.iter().map(String::as_str)) {
        cell.push_str(JOINT);
        cell.push_str(label);
    }
    cell
}

/// Writes the groups of a kind. A contact that has got more since it was held has its last ones in one cell, as Google
/// joins them.
fn group<T, const N: usize>(members: &[T], count: usize, rows: &mut Rows, cells: impl Fn(&T) -> [String; N]) {
    for nth in 0..count {
        let rest = members.get(nth..).unwrap_or_default();
        let own = if nth + 1 == count { rest } else { &rest[..rest.len().min(1)] };
        let own: Vec<_> = own.iter().map(&cells).collect();
        for part in 0..N {
            let parts: Vec<&str> = own.iter().map(|cells| cells[part].as_str()).collect();
            let is_empty = parts.iter().all(|part| part.is_empty());
            rows.cell(&if is_empty { String::new() } else { parts.join(JOINT) });
        }
    }
}

fn pair(one: &Value, case: fn(&str) -> String) -> [String; 2] {
    [label_cell(case(&one.label), one.preferred), one.value.clone()]
}

fn label_cell(label: String, preferred: bool) -> String {
    if preferred { format!("* {label}") } else { label }
}

/// Words of the label table as Google spells them; a person's own text as it is.
fn title_case(label: &str) -> String {
    const WORDS: &[&str] = &[
        "mobile",
        "home",
        "work",
        "main",
        "home fax",
        "work fax",
        "other fax",
        "pager",
        "work pager",
        "work mobile",
        "home mobile",
        "other",
        "anniversary",
        "spouse",
        "child",
        "parent",
        "friend",
        "mother",
        "father",
        "brother",
        "sister",
        "manager",
        "assistant",
        "partner",
        "domestic partner",
        "relative",
        "referred by",
    ];
    match label {
        "iphone" => "iPhone".to_owned(),
        "google voice" => "Google Voice".to_owned(),
        word if WORDS.contains(&word) => word.split(' ').map(capital).collect::<Vec<_>>().join(" "),
        text => text.to_owned(),
    }
}

fn website_case(label: &str) -> String {
    match label {
        "home page" => "HomePage".to_owned(),
        "ftp" => "FTP".to_owned(),
        "profile" | "blog" | "reservations" => capital(label),
        other => title_case(other),
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
