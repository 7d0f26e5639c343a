//! Keys: what makes two values the same, and what a contact is sorted and shown by.
//!
//! Import matching, duplicates and the list come here (`card-map.md` §6). A key never replaces the value it was made
//! from: what the user typed stays untouched.

mod company;
mod display;
mod email;
mod matches;
mod name;
mod phone;
mod sort;
mod uid;

pub use company::company_key;
pub use display::{display_name, shown_company};
pub use email::email_key;
pub use matches::{MATCH_KEY_BYTES, MatchKey, MatchKind, match_key, match_keys, unpacked};
pub use name::{NameKey, NameMatch, same_name};
pub use phone::{Phone, same_phone};
pub use sort::{KEY_VERSION, SORT_KEY_BYTES_MAX, SortKeys, sort_keys};
pub use uid::uid_key;
