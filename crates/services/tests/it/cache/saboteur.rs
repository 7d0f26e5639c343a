//! Databases that keep something back.

use std::{future::pending, sync::Arc};

use rolo_core::{
    Result,
    account::Scope,
    contact::Page,
    contracts::{Database, Through, database::ChangeRow},
    id::{BookId, Modseq},
};

/// A database that says nothing of what others write.
pub(super) struct Deaf(pub(super) Arc<dyn Database>);

impl Through for Deaf {
    fn behind(&self) -> &dyn Database {
        &*self.0
    }

    async fn committed_after(&self, _: u64) -> u64 {
        pending().await
    }
}

/// A database whose change table forgets everything.
pub(super) struct Forgetful(pub(super) Arc<dyn Database>);

impl Through for Forgetful {
    fn behind(&self) -> &dyn Database {
        &*self.0
    }

    async fn changes(&self, _: &Scope, _: BookId, _: Modseq, _: usize) -> Result<Page<ChangeRow>> {
        Ok(Page { items: Vec::new(), more: false })
    }
}
