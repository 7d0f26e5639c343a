//! The export.

use crate::route::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    Vec::new()
}
