//! What a column of a table may be: the fields of a contact, and the column as the person sees and changes it.

use serde::{Deserialize, Serialize};

/// What a column goes into. On the wire in kebab-case; `null` leaves the column out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Title before the name.
    Prefix,
    /// First name.
    Given,
    /// Middle names.
    Middle,
    /// Last name.
    Family,
    /// What follows the name.
    Suffix,
    /// The whole name.
    Name,
    /// How the first name sounds.
    PhoneticGiven,
    /// How the middle name sounds.
    PhoneticMiddle,
    /// How the last name sounds.
    PhoneticFamily,
    /// How the whole name sounds.
    PhoneticName,
    /// Nickname.
    Nickname,
    /// What it is filed under.
    FileAs,
    /// Company.
    Company,
    /// How the company sounds.
    PhoneticCompany,
    /// Department.
    Department,
    /// Job title.
    Title,
    /// What the person does.
    Role,
    /// A company's ticker symbol.
    CompanySymbol,
    /// Where in the company.
    CompanyLocation,
    /// What kind of company it is to the person.
    CompanyType,
    /// E-mail address.
    Email,
    /// The label of an e-mail address.
    EmailLabel,
    /// Phone number.
    Phone,
    /// The label of a phone number.
    PhoneLabel,
    /// Website.
    Website,
    /// The label of a website.
    WebsiteLabel,
    /// A user at a messenger.
    Im,
    /// The label of a messenger.
    ImLabel,
    /// Which messenger.
    ImService,
    /// A whole address.
    Address,
    /// The label of an address.
    AddressLabel,
    /// Street; several columns are its lines.
    Street,
    /// Flat, floor.
    Extended,
    /// Post office box.
    PoBox,
    /// City.
    City,
    /// Region or state.
    Region,
    /// Postal code.
    Postcode,
    /// Country.
    Country,
    /// Birthday.
    Birthday,
    /// The year of the birthday.
    BirthYear,
    /// The month of the birthday.
    BirthMonth,
    /// The day of the birthday.
    BirthDay,
    /// Another date.
    Date,
    /// The label of another date.
    DateLabel,
    /// A related person.
    Relation,
    /// How they are related.
    RelationLabel,
    /// A field of the person's own.
    Custom,
    /// The name of a field of the person's own.
    CustomLabel,
    /// A value with its name before it: `Shoe size: 44`.
    Said,
    /// Gender.
    Gender,
    /// A language the person speaks.
    Language,
    /// A hobby.
    Hobby,
    /// Something the person likes to hear of.
    Interest,
    /// Something the person is good at.
    Expertise,
    /// Pronouns.
    Pronouns,
    /// The grammatical gender to speak of the person with.
    GrammaticalGender,
    /// Time zone.
    TimeZone,
    /// Where on the map.
    Coordinates,
    /// Where the person was born.
    Birthplace,
    /// Where the person died.
    Deathplace,
    /// A calendar's address.
    Calendar,
    /// Where to send invitations.
    SchedulingAddress,
    /// A directory the person is in.
    Directory,
    /// A page to reach the person by.
    ContactPage,
    /// When the person is free: a calendar's address.
    FreeBusy,
    /// Notes.
    Notes,
    /// A photo's address.
    Photo,
    /// Labels.
    Labels,
    /// What the file itself calls the contact.
    Id,
}

/// Every field a person may choose, in the order of the form.
pub const FIELDS: &[Field] = &[
    Field::Prefix,
    Field::Given,
    Field::Middle,
    Field::Family,
    Field::Suffix,
    Field::Name,
    Field::PhoneticGiven,
    Field::PhoneticMiddle,
    Field::PhoneticFamily,
    Field::Nickname,
    Field::FileAs,
    Field::Company,
    Field::PhoneticCompany,
    Field::Department,
    Field::Title,
    Field::Role,
    Field::Email,
    Field::Phone,
    Field::Website,
    Field::Im,
    Field::Address,
    Field::Street,
    Field::Extended,
    Field::PoBox,
    Field::City,
    Field::Region,
    Field::Postcode,
    Field::Country,
    Field::Birthday,
    Field::Date,
    Field::Relation,
    Field::Gender,
    Field::Language,
    Field::Hobby,
    Field::Pronouns,
    Field::TimeZone,
    Field::Notes,
    Field::Photo,
    Field::Labels,
    Field::Custom,
    Field::Id,
];

/// Columns that belong together: a value and its label, the parts of an address, a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Email,
    Phone,
    Website,
    Im,
    Address,
    Date,
    Relation,
    Custom,
    Work,
}

/// The label of a group.
pub(crate) const LABEL: usize = 0;
/// The value of a group; of an address, the whole of it.
pub(crate) const VALUE: usize = 1;
/// The messenger of an IM.
pub(crate) const SERVICE: usize = 2;
pub(crate) const STREET: usize = 2;
pub(crate) const EXTENDED: usize = 3;
pub(crate) const PO_BOX: usize = 4;
pub(crate) const CITY: usize = 5;
pub(crate) const REGION: usize = 6;
pub(crate) const POSTCODE: usize = 7;
pub(crate) const COUNTRY: usize = 8;
pub(crate) const PHONETIC: usize = 2;
pub(crate) const DEPARTMENT: usize = 3;
pub(crate) const TITLE: usize = 4;
pub(crate) const ROLE: usize = 5;
pub(crate) const SYMBOL: usize = 6;
pub(crate) const LOCATION: usize = 7;
/// How many parts a group may have.
pub(crate) const PARTS: usize = 9;

impl Field {
    /// The group and part a field is, unless it stands alone.
    pub(crate) fn part(self) -> Option<(Kind, usize)> {
        Some(match self {
            Self::Email => (Kind::Email, VALUE),
            Self::EmailLabel => (Kind::Email, LABEL),
            Self::Phone => (Kind::Phone, VALUE),
            Self::PhoneLabel => (Kind::Phone, LABEL),
            Self::Website => (Kind::Website, VALUE),
            Self::WebsiteLabel => (Kind::Website, LABEL),
            Self::Im => (Kind::Im, VALUE),
            Self::ImLabel => (Kind::Im, LABEL),
            Self::ImService => (Kind::Im, SERVICE),
            Self::Address => (Kind::Address, VALUE),
            Self::AddressLabel => (Kind::Address, LABEL),
            Self::Street => (Kind::Address, STREET),
            Self::Extended => (Kind::Address, EXTENDED),
            Self::PoBox => (Kind::Address, PO_BOX),
            Self::City => (Kind::Address, CITY),
            Self::Region => (Kind::Address, REGION),
            Self::Postcode => (Kind::Address, POSTCODE),
            Self::Country => (Kind::Address, COUNTRY),
            Self::Date => (Kind::Date, VALUE),
            Self::DateLabel => (Kind::Date, LABEL),
            Self::Relation => (Kind::Relation, VALUE),
            Self::RelationLabel => (Kind::Relation, LABEL),
            Self::Custom => (Kind::Custom, VALUE),
            Self::CustomLabel => (Kind::Custom, LABEL),
            Self::Company => (Kind::Work, VALUE),
            Self::CompanyType => (Kind::Work, LABEL),
            Self::PhoneticCompany => (Kind::Work, PHONETIC),
            Self::Department => (Kind::Work, DEPARTMENT),
            Self::Title => (Kind::Work, TITLE),
            Self::Role => (Kind::Work, ROLE),
            Self::CompanySymbol => (Kind::Work, SYMBOL),
            Self::CompanyLocation => (Kind::Work, LOCATION),
            _ => return None,
        })
    }

    /// Whether the field is the label (or the messenger) of a value in another column.
    pub(crate) fn qualifies(self) -> bool {
        matches!(self.part(), Some((kind, part)) if part == LABEL && kind != Kind::Work
            || kind == Kind::Im && part == SERVICE)
    }
}

/// Why a column was taken for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GuessedBy {
    /// By its name.
    Header,
    /// By what is in it.
    Content,
}

/// A column of a table and what it goes into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its place, from 0.
    pub index: usize,
    /// Its name in the file; empty where the file has no header.
    pub header: String,
    /// The first cells that are not empty.
    pub samples: Vec<String>,
    /// What it goes into; `None` leaves it out.
    pub field: Option<Field>,
    /// The label its values carry (`Home`), or the name of a custom field.
    pub label: String,
    /// Which of several such groups it belongs to; 0 when it is not numbered.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub group: u16,
    /// Why; `None`: the person chose it.
    pub guessed_by: Option<GuessedBy>,
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}
