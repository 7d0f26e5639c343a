//! What a file could not hold, by name: counted while it is written, whole when its last chunk has come.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Something of contacts that a table has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// What: `photo`, `star`, `X-SHOE-SIZE`, a field's name.
    pub what: String,
    /// How many of them.
    pub count: u64,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.count)
    }
}

/// The report of an export. Cheap to clone; every clone says the same.
#[derive(Clone, Debug, Default)]
pub struct Report(Arc<Mutex<BTreeMap<String, u64>>>);

impl Report {
    /// What has been left out so far, by name; all of it once the export has ended. vCard and JSContact leave nothing out.
    pub fn lost(&self) -> Vec<Lost> {
        let lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lost.iter().map(|(what, count)| Lost { what: what.clone(), count: *count }).collect()
    }

    /// Adds what a piece of the file left out.
    pub(super) fn add(&self, more: BTreeMap<String, u64>) {
        if more.is_empty() {
            return;
        }
        let mut lost = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (what, count) in more {
            *lost.entry(what).or_default() += count;
        }
    }
}
