//! The dialects of contact tables: which program wrote the file, and what its columns mean. Data, not code.
//!
//! A column is found by its name, any case, any spacing, a number in it standing for any number (`e-mail # - value`);
//! never by its place: programs move and repeat columns. Thunderbird's, written in the user's language, are the exception.

mod generic;
mod google;
mod linkedin;
mod outlook;
mod thunderbird;
mod yahoo;

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::field::{Column, Field, GuessedBy};

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Google Contacts, today's export or template.
    GoogleCsv,
    /// Google Contacts before 2024.
    GoogleCsvOld,
    /// Outlook, by Google or by Microsoft.
    OutlookCsv,
    /// LinkedIn's connections.
    Linkedin,
    /// Yahoo.
    Yahoo,
    /// Thunderbird.
    Thunderbird,
    /// Any other table.
    Csv,
    /// vCard.
    Vcard,
    /// JSContact.
    Jscontact,
}

impl Format {
    /// Whether the file is a table with columns.
    pub fn is_table(self) -> bool {
        !matches!(self, Self::Vcard | Self::Jscontact)
    }
}

/// A column's meaning: its name, the field, the label its values carry.
type Meaning = (&'static str, Field, &'static str);

/// A column's name as the tables spell it: lower case, single spaces, each number a `#`; and the number.
pub(crate) fn header_key(header: &str) -> (String, u16) {
    let mut key = String::with_capacity(header.len());
    let (mut number, mut digits, mut space) = (0_u16, false, false);
    for c in header.trim().trim_start_matches('\u{feff}').trim().chars().take(200) {
        if c.is_whitespace() || c == '_' {
            space = true;
            digits = false;
            continue;
        }
        if std::mem::take(&mut space) && !key.is_empty() {
            key.push(' ');
        }
        if let Some(digit) = c.to_digit(10) {
            if !digits {
                key.push('#');
                number = 0;
            }
            number = number.saturating_mul(10).saturating_add(digit as u16);
            digits = true;
        } else {
            digits = false;
            key.extend(c.to_lowercase());
        }
    }
    // A number at the end counts lines or spares, not groups: "Home Street 2", "Home Phone 2".
    if key.ends_with('#') {
        number = 0;
    }
    (key, number)
}

type Index = HashMap<&'static str, (Field, &'static str)>;

fn index(tables: &[&'static [Meaning]]) -> Index {
    tables.iter().flat_map(|table| table.iter()).map(|(key, field, label)| (*key, (*field, *label))).collect()
}

fn meanings(format: Format) -> &'static Index {
    static GOOGLE: LazyLock<Index> = LazyLock::new(|| index(&[google::TODAY]));
    static GOOGLE_OLD: LazyLock<Index> = LazyLock::new(|| index(&[google::OLD]));
    static OUTLOOK: LazyLock<Index> = LazyLock::new(|| index(&[outlook::TABLE]));
    static LINKEDIN: LazyLock<Index> = LazyLock::new(|| index(&[linkedin::TABLE]));
    static YAHOO: LazyLock<Index> = LazyLock::new(|| index(&[yahoo::TABLE]));
    static THUNDERBIRD: LazyLock<Index> = LazyLock::new(|| index(&[thunderbird::TABLE]));
    static GENERIC: LazyLock<Index> =
        LazyLock::new(|| index(&[google::OLD, google::TODAY, outlook::TABLE, generic::TABLE]));
    match format {
        Format::GoogleCsv => &GOOGLE,
        Format::GoogleCsvOld => &GOOGLE_OLD,
        Format::OutlookCsv => &OUTLOOK,
        Format::Linkedin => &LINKEDIN,
        Format::Yahoo => &YAHOO,
        Format::Thunderbird => &THUNDERBIRD,
        Format::Csv | Format::Vcard | Format::Jscontact => &GENERIC,
    }
}

/// Which program wrote a table with these column names.
pub(crate) fn recognised(headers: &[&str]) -> Format {
    let keys: Vec<String> = headers.iter().map(|header| header_key(header).0).collect();
    let has = |key: &str| keys.iter().any(|one| one == key);
    let any = |list: &[&str]| list.iter().any(|key| has(key));
    if any(google::OLD_ONLY) {
        Format::GoogleCsvOld
    } else if any(google::TODAY_ONLY) || has("first name") && has("labels") && has("organization name") {
        Format::GoogleCsv
    } else if has("connected on") && has("first name") {
        Format::Linkedin
    } else if any(yahoo::ONLY) && has("first") && has("last") {
        Format::Yahoo
    } else if any(thunderbird::ONLY) && has("display name") || looks_like_thunderbird(&keys) {
        Format::Thunderbird
    } else if outlook::fits(&keys) {
        Format::OutlookCsv
    } else {
        Format::Csv
    }
}

/// Thunderbird in another language: as many columns as it writes, and some words of the tables where it has them.
fn looks_like_thunderbird(keys: &[String]) -> bool {
    let places = thunderbird::PLACES;
    keys.len() == places.len() && {
        let generic = meanings(Format::Csv);
        let fits = |(key, (_, field, _)): &(&String, &Meaning)| {
            generic.get(key.as_str()).is_some_and(|(meant, _)| meant == field)
        };
        keys.iter().zip(places).filter(fits).count() >= 4
    }
}

/// Whether a table without a header has Thunderbird's columns, by one of its rows.
pub(crate) fn is_headless_thunderbird(cells: &[&str]) -> bool {
    let places = thunderbird::PLACES;
    (places.len() - 1..=places.len()).contains(&cells.len()) && cells.get(4).is_some_and(|cell| cell.contains('@'))
}

/// What a column of a known program means, by its name; Thunderbird's by its place.
pub(crate) fn column(format: Format, index: usize, header: &str) -> Column {
    let (key, number) = header_key(header);
    let found = meanings(format).get(key.as_str()).copied();
    let found = found.or_else(|| {
        let placed = thunderbird::PLACES.get(index).filter(|_| format == Format::Thunderbird);
        placed.map(|(_, field, label)| (*field, *label))
    });
    let (field, label, group) = match found {
        Some((field, label)) => (Some(field), label.to_owned(), number),
        None if format == Format::Csv => (None, String::new(), 0),
        None => (Some(Field::Custom), header.trim().to_owned(), 0),
    };
    let guessed_by = found.is_some().then_some(GuessedBy::Header);
    Column { index, header: header.trim().to_owned(), samples: Vec::new(), field, label, group, guessed_by }
}

/// The custom fields Rolo itself writes into a table for what the table has no column for.
pub(crate) use generic::CARRIED;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_any_case_and_spacing() {
        assert_eq!(header_key("  E-MAIL  12 -  Value "), ("e-mail # - value".into(), 12));
        assert_eq!(header_key("\u{feff}First Name"), ("first name".into(), 0));
        assert_eq!(header_key("Home Street 2"), ("home street #".into(), 0));
        assert_eq!(header_key("E-mail 2 Address"), ("e-mail # address".into(), 2));
        assert_eq!(header_key("first_name"), ("first name".into(), 0));
    }

    #[test]
    fn each_program_is_recognised_by_its_columns() {
        let of = |line: &str| recognised(&line.split(',').collect::<Vec<_>>());
        assert_eq!(of("First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value"), Format::GoogleCsv);
        assert_eq!(of("Name,Given Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value"), Format::GoogleCsvOld);
        assert_eq!(of("First Name,Last Name,E-mail Address,Home Phone,Business Street,Categories"), Format::OutlookCsv);
        assert_eq!(of("Title,First Name,Last Name,Company,Business Street,Business City"), Format::OutlookCsv);
        assert_eq!(of("First Name,Last Name,URL,Email Address,Company,Position,Connected On"), Format::Linkedin);
        assert_eq!(of("First,Middle,Last,Nickname,Email,Category,Distribution Lists,Messenger ID"), Format::Yahoo);
        assert_eq!(of("First Name,Last Name,Display Name,Nickname,Primary Email,Screen Name"), Format::Thunderbird);
        assert_eq!(of("Vorname,Nachname,E-Mail,Stand"), Format::Csv);
    }

    #[test]
    fn no_name_of_a_table_stands_twice_with_two_meanings() {
        for table in [
            google::TODAY,
            google::OLD,
            outlook::TABLE,
            linkedin::TABLE,
            yahoo::TABLE,
            thunderbird::TABLE,
            generic::TABLE,
        ] {
            let mut seen = HashMap::new();
            for (key, field, label) in table {
                assert_eq!(header_key(key).0, *key, "spelled as it is looked up");
                assert!(seen.insert(*key, (*field, *label)).is_none(), "{key}");
            }
        }
    }
}
