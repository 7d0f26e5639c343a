//! Export: contacts leave as a table, as vCards or as JSContact, a page at a time.

pub(crate) mod csv;
mod flat;
mod google;
mod outlook;
pub(crate) mod tables;
