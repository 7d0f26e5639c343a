//! Outlook's table. It has one column for each kind of thing; what does not fit goes into its four spare ones as
//! `name: value`, and what does not fit there either is named in the report.

use std::collections::BTreeMap;

use super::{
    csv::Rows,
    flat::{Flat, Place, carrier, day},
};
use crate::import::{date::american, field::Field};

/// The columns, in Outlook's order.
const COLUMNS: &[&str] = &[
    "First Name",
    "Middle Name",
    "Last Name",
    "Title",
    "Suffix",
    "Initials",
    "Web Page",
    "Gender",
    "Birthday",
    "Anniversary",
    "Location",
    "Language",
    "Internet Free Busy",
    "Notes",
    "E-mail Address",
    "E-mail 2 Address",
    "E-mail 3 Address",
    "Primary Phone",
    "Home Phone",
    "Home Phone 2",
    "Mobile Phone",
    "Pager",
    "Home Fax",
    "Home Address",
    "Home Street",
    "Home Street 2",
    "Home Street 3",
    "Home Address PO Box",
    "Home City",
    "Home State",
    "Home Postal Code",
    "Home Country",
    "Spouse",
    "Children",
    "Manager's Name",
    "Assistant's Name",
    "Referred By",
    "Company Main Phone",
    "Business Phone",
    "Business Phone 2",
    "Business Fax",
    "Assistant's Phone",
    "Company",
    "Job Title",
    "Department",
    "Office Location",
    "Organizational ID Number",
    "Profession",
    "Account",
    "Business Address",
    "Business Street",
    "Business Street 2",
    "Business Street 3",
    "Business Address PO Box",
    "Business City",
    "Business State",
    "Business Postal Code",
    "Business Country",
    "Other Phone",
    "Other Fax",
    "Other Address",
    "Other Street",
    "Other Street 2",
    "Other Street 3",
    "Other Address PO Box",
    "Other City",
    "Other State",
    "Other Postal Code",
    "Other Country",
    "Callback",
    "Car Phone",
    "ISDN",
    "Radio Phone",
    "TTY/TDD Phone",
    "Telex",
    "User 1",
    "User 2",
    "User 3",
    "User 4",
    "Keywords",
    "Mileage",
    "Hobby",
    "Billing Information",
    "Directory Server",
    "Sensitivity",
    "Priority",
    "Private",
    "Categories",
];

/// The column of a phone by its label.
const PHONES: &[(&str, &[&str])] = &[
    ("mobile", &["Mobile Phone"]),
    ("iphone", &["Mobile Phone"]),
    ("home", &["Home Phone", "Home Phone 2"]),
    ("work", &["Business Phone", "Business Phone 2"]),
    ("main", &["Primary Phone"]),
    ("home fax", &["Home Fax"]),
    ("work fax", &["Business Fax"]),
    ("other fax", &["Other Fax"]),
    ("pager", &["Pager"]),
    ("car", &["Car Phone"]),
    ("isdn", &["ISDN"]),
    ("telex", &["Telex"]),
    ("tty", &["TTY/TDD Phone"]),
    ("radio", &["Radio Phone"]),
    ("callback", &["Callback"]),
    ("assistant", &["Assistant's Phone"]),
    ("company main", &["Company Main Phone"]),
];

/// The column of a relation by its label.
const RELATIONS: &[(&str, &str)] = &[
    ("spouse", "Spouse"),
    ("child", "Children"),
    ("manager", "Manager's Name"),
    ("assistant", "Assistant's Name"),
    ("referred by", "Referred By"),
];

/// Custom fields that have a column of the same name.
const OWN: &[&str] = &[
    "Initials",
    "Location",
    "Office Location",
    "Organizational ID Number",
    "Account",
    "Keywords",
    "Mileage",
    "Billing Information",
    "Directory Server",
    "Sensitivity",
    "Priority",
    "Private",
];

/// A contact's cells, by column.
struct Sheet<'a> {
    cells: BTreeMap<&'static str, String>,
    spare: usize,
    lost: &'a mut BTreeMap<String, u64>,
}

impl Sheet<'_> {
    /// Puts a value into a column that is still empty.
    fn put(&mut self, column: &'static str, value: &str) -> bool {
        if value.is_empty() {
            return true;
        }
        if self.cells.contains_key(column) {
            return false;
        }
        self.cells.insert(column, value.to_owned());
        true
    }

    /// Notes something that is left out.
    fn lose(&mut self, what: &str) {
        *self.lost.entry(what.to_owned()).or_default() += 1;
    }

    /// Puts what has no column into a spare one.
    fn say(&mut self, name: &str, value: &str) {
        const SPARE: [&str; 4] = ["User 1", "User 2", "User 3", "User 4"];
        if value.is_empty() {
            return;
        }
        match SPARE.get(self.spare) {
            Some(column) => {
                self.cells.insert(column, format!("{name}: {value}"));
                self.spare += 1;
            }
            None => *self.lost.entry(name.to_owned()).or_default() += 1,
        }
    }
}

/// Writes the first row.
pub(super) fn header(rows: &mut Rows) {
    COLUMNS.iter().for_each(|name| rows.cell(name));
    rows.end();
}

/// Writes a contact; `lost` counts what did not fit.
pub(super) fn row(flat: &Flat, labels: &[String], starred: bool, rows: &mut Rows, lost: &mut BTreeMap<String, u64>) {
    for (name, count) in &flat.lost {
        *lost.entry(name.clone()).or_default() += count;
    }
    if starred {
        *lost.entry("star".to_owned()).or_default() += 1;
    }
    let mut sheet = Sheet { cells: BTreeMap::new(), spare: 0, lost };
    let [prefix, given, middle, family, suffix] = &flat.name;
    for (column, value) in [
        ("First Name", given),
        ("Middle Name", middle),
        ("Last Name", family),
        ("Title", prefix),
        ("Suffix", suffix),
        ("Notes", &flat.notes),
        ("Company", &flat.company),
        ("Job Title", &flat.title),
        ("Department", &flat.department),
        ("Categories", &labels.join(";")),
    ] {
        sheet.put(column, value);
    }
    phones(flat, &mut sheet);
    people_and_dates(flat, &mut sheet);
    addresses(&flat.addresses, &mut sheet);
    emails_and_websites(flat, &mut sheet);
    rest(flat, &mut sheet);
    for column in COLUMNS {
        rows.cell(sheet.cells.get(column).map(String::as_str).unwrap_or_default());
    }
    rows.end();
}

fn phones(flat: &Flat, sheet: &mut Sheet<'_>) {
    for phone in &flat.phones {
        let own = PHONES.iter().find(|(label, _)| *label == phone.label).map_or(&[][..], |(_, columns)| columns);
        let found = own.iter().chain(&["Other Phone"]).any(|column| sheet.put(column, &phone.value));
        if !found {
            sheet.say(&carrier(Field::Phone, 0, &phone.label), &phone.value);
            continue;
        }
        // The column says the label; that of other phones says so of any.
        let said = own.iter().any(|column| sheet.cells.get(column) == Some(&phone.value)) && phone.label != "iphone";
        if !said && !matches!(phone.label.as_str(), "" | "other") {
            sheet.lose("label");
        }
        if phone.preferred {
            sheet.lose("preferred");
        }
    }
}

fn people_and_dates(flat: &Flat, sheet: &mut Sheet<'_>) {
    for one in &flat.relations {
        let own = RELATIONS.iter().find(|(label, _)| label.eq_ignore_ascii_case(&one.label));
        if !own.is_some_and(|(_, column)| sheet.put(column, &one.value)) {
            sheet.say(&carrier(Field::Relation, 0, &one.label), &one.value);
        }
    }
    match flat.birthday.as_ref().map(|date| (american(date), day(date))) {
        Some((Some(text), _)) => drop(sheet.put("Birthday", &text)),
        Some((None, text)) => sheet.say(&carrier(Field::Birthday, 0, ""), text.trim()),
        None => sheet.say(&carrier(Field::Birthday, 0, ""), &flat.birthday_text),
    }
    for one in &flat.dates {
        let wedding = american(&one.date).filter(|_| one.label == "Anniversary");
        if !wedding.is_some_and(|text| sheet.put("Anniversary", &text)) {
            sheet.say(&carrier(Field::Date, 0, &one.label), day(&one.date).trim());
        }
    }
}

fn addresses(places: &[Place], sheet: &mut Sheet<'_>) {
    const SETS: [(&str, [&str; 9]); 3] = [
        (
            "home",
            [
                "Home Address",
                "Home Street",
                "Home Street 2",
                "Home Street 3",
                "Home Address PO Box",
                "Home City",
                "Home State",
                "Home Postal Code",
                "Home Country",
            ],
        ),
        (
            "work",
            [
                "Business Address",
                "Business Street",
                "Business Street 2",
                "Business Street 3",
                "Business Address PO Box",
                "Business City",
                "Business State",
                "Business Postal Code",
                "Business Country",
            ],
        ),
        (
            "other",
            [
                "Other Address",
                "Other Street",
                "Other Street 2",
                "Other Street 3",
                "Other Address PO Box",
                "Other City",
                "Other State",
                "Other Postal Code",
                "Other Country",
            ],
        ),
    ];
    let mut taken = [false; 3];
    for place in places {
        let own = SETS.iter().position(|(label, _)| *label == place.label).unwrap_or(2);
        let free = [own, 2].into_iter().find(|at| !taken[*at]);
        let lines: Vec<&str> =
            place.street.lines().chain(Some(place.extended.as_str()).filter(|line| !line.is_empty())).collect();
        let Some(at) = free.filter(|_| lines.len() <= 3 || place.extended.is_empty()) else {
            sheet.say(&carrier(Field::Address, 0, &place.label), &place.formatted);
            continue;
        };
        taken[at] = true;
        if SETS[at].0 != place.label && !place.label.is_empty() {
            sheet.lose("label");
        }
        if place.preferred {
            sheet.lose("preferred");
        }
        let columns = SETS[at].1;
        let third =
            if lines.len() > 3 { lines[2..].join("\n") } else { lines.get(2).copied().unwrap_or_default().to_owned() };
        let line = |nth: usize| lines.get(nth).copied().unwrap_or_default();
        for (column, value) in columns.into_iter().zip([
            &place.formatted,
            line(0),
            line(1),
            &third,
            &place.po_box,
            &place.city,
            &place.region,
            &place.postcode,
            &place.country,
        ]) {
            sheet.put(column, value);
        }
    }
}

fn emails_and_websites(flat: &Flat, sheet: &mut Sheet<'_>) {
    let preferred = flat.emails.iter().filter(|one| one.preferred);
    for one in preferred.chain(flat.emails.iter().filter(|one| !one.preferred)) {
        let columns = ["E-mail Address", "E-mail 2 Address", "E-mail 3 Address"];
        if !columns.iter().any(|column| sheet.put(column, &one.value)) {
            sheet.say(&carrier(Field::Email, 0, &one.label), &one.value);
            continue;
        }
        if !one.label.is_empty() {
            sheet.lose("label");
        }
        if one.preferred {
            sheet.lose("preferred");
        }
    }
    for one in &flat.websites {
        if !sheet.put("Web Page", &one.value) {
            sheet.say(&carrier(Field::Website, 0, &one.label), &one.value);
        } else if !one.label.is_empty() {
            sheet.lose("label");
        }
    }
}

fn rest(flat: &Flat, sheet: &mut Sheet<'_>) {
    for (label, value) in &flat.customs {
        let own = OWN.iter().find(|column| column.eq_ignore_ascii_case(label));
        if !own.is_some_and(|column| sheet.put(column, value)) {
            sheet.say(label, value);
        }
    }
    for (name, value) in &flat.carried {
        let own = match name.as_str() {
            "gender" => "Gender",
            "language" => "Language",
            "occupation" => "Profession",
            "hobby" => "Hobby",
            "free/busy" => "Internet Free Busy",
            _ => "",
        };
        if own.is_empty() || !sheet.put(own, value) {
            sheet.say(name, value);
        }
    }
    let sounds = [Field::PhoneticGiven, Field::PhoneticMiddle, Field::PhoneticFamily];
    sheet.say(&carrier(Field::Nickname, 0, ""), &flat.nickname);
    for (field, sound) in sounds.into_iter().zip(&flat.sounds) {
        sheet.say(&carrier(field, 0, ""), sound);
    }
    sheet.say(&carrier(Field::FileAs, 0, ""), &flat.file_as);
    if !flat.photo.is_empty() {
        sheet.lose("photo");
    }
}
