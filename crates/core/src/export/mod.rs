//! Export: contacts leave as a table, as vCards or as JSContact, a page at a time.
//!
//! `write` is the verb; the rest is how one contact looks in each format. What a format cannot say: Outlook's table has
//! no photo and no star, one column for each kind of value, and four spare ones (`User 1…4`) for everything else; both
//! tables have a photo only as a URL, one department line, one note, and no unknown properties. vCard and JSContact
//! hold all of a contact; what a table left out is in the export's [`Report`]. A label that is called `starred` is read as the star when a vCard file comes back.

mod card;
pub(crate) mod csv;
mod flat;
mod format;
mod google;
mod outlook;
mod page;
mod report;
mod selection;
pub(crate) mod tables;
mod write;

pub use format::Format;
pub use report::{Lost, Report};
pub use selection::{CONTACTS_MAX, Selection};
pub use write::{write, write_reported};

#[cfg(test)]
mod tests;
