//! What contacts can leave as.

use std::{fmt, str::FromStr};

use crate::Error;

/// A file format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The table Google Contacts writes today.
    GoogleCsv,
    /// The table Outlook reads, as Google writes it.
    OutlookCsv,
    /// vCard 3.0 (RFC 2426).
    Vcard3,
    /// vCard 4.0 (RFC 6350).
    Vcard4,
    /// A list of JSContact Cards (RFC 9553).
    JsContact,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::GoogleCsv, Self::OutlookCsv, Self::Vcard3, Self::Vcard4, Self::JsContact];

    /// Its name in addresses and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoogleCsv => "google-csv",
            Self::OutlookCsv => "outlook-csv",
            Self::Vcard3 => "vcard3",
            Self::Vcard4 => "vcard4",
            Self::JsContact => "jscontact",
        }
    }

    /// What the file is served as.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GoogleCsv | Self::OutlookCsv => "text/csv; charset=utf-8",
            Self::Vcard3 | Self::Vcard4 => "text/vcard; charset=utf-8",
            // `application/jscontact+json` is one Card (RFC 9553 §3.1); this is a list of them.
            Self::JsContact => "application/json",
        }
    }

    /// What the file is called.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::GoogleCsv | Self::OutlookCsv => "contacts.csv",
            Self::Vcard3 | Self::Vcard4 => "contacts.vcf",
            Self::JsContact => "contacts.json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            let all = Self::ALL.map(Self::as_str).join(", ");
            Error::invalid("format", format!("There is no such format. Choose one of {all}."))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name_and_no_other_is() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        let refused = "Vcard3".parse::<Format>().unwrap_err();
        assert!(refused.to_string().contains("google-csv, outlook-csv, vcard3, vcard4, jscontact"), "{refused}");
    }
}
