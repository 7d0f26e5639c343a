//! The answer cache: who a secret belongs to, and what was answered, each only as long as it is still so.
//!
//! Nothing in here is trusted for longer than one question to the database: its newest numbers (`heads`) are asked at each
//! answer, and what was made from other numbers is made again. So nobody reads older than what they have written, a
//! removed right counts at the next request, and without the cache every answer is still right, only slower.

mod answers;
mod callers;

pub(crate) use answers::{Answers, Kept, Key};
pub(crate) use callers::{Callers, Remembered, TRUSTED_SECONDS};
