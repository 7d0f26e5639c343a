//! A million contacts: search over them, and reads against those of a book of 25,000.

use crate::Outcome;

pub(crate) fn run() -> Outcome {
    crate::search::run(&["1000000"])
}
