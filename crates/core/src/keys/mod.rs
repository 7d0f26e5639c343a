//! Keys: what makes two values the same, and what a contact is sorted and shown by.
//!
//! Import matching, duplicates and the list come here (`card-map.md` §6). A key never replaces the value it was made
//! from: what the user typed stays untouched.

mod company;
mod display;
mod email;
mod family_first;
mod matching;
mod name;
mod phone;
mod sort;
mod uid;

pub use company::company_key;
pub use display::{display_name, shown_company};
pub use email::email_key;
pub use family_first::family_first_name;
pub use matching::{MATCH_KEY_BYTES, MatchKey, match_key_of_email, match_key_of_name, match_key_of_phone, match_keys};
pub use name::{NameKey, NameMatch, same_name};
pub use phone::{Phone, same_phone};
pub use sort::{KEY_VERSION, SORT_KEY_BYTES_MAX, sort_keys};
pub use uid::uid_key;
