//! Labels by id on the outside, names in CATEGORIES inside: the one place that turns one into the other.

use crate::{
    Error, Result, Services,
    account::Caller,
    card::{Model, model::Set},
    contracts::database::LabelRow,
    id::{BookId, LabelId},
};

/// The labels of one book.
pub(crate) struct BookLabels(Vec<LabelRow>);

impl BookLabels {
    /// Reads them.
    pub(crate) async fn of(services: &Services, caller: &Caller, book: BookId) -> Result<Self> {
        services.database.labels(&caller.scope().only(book)?).await.map(Self)
    }

    /// The names of these labels, in this order, each once. One of another book is named by its pointer.
    pub(crate) fn names(&self, ids: &[LabelId]) -> Result<Set> {
        let mut names = Set::with_capacity(ids.len());
        for (n, id) in ids.iter().enumerate() {
            names.insert(self.name(*id).map_err(|_| unknown(n))?.to_owned(), true);
        }
        Ok(names)
    }

    fn name(&self, id: LabelId) -> Result<&str> {
        self.0.iter().find(|label| label.id == id).map(|label| label.name.as_str()).ok_or(Error::NotFound)
    }
}

fn unknown(n: usize) -> Error {
    Error::invalid(format!("/labels/{n}"), "This book has no such label.")
}

/// Puts other labels on a model: those it keeps stand in their order, new ones behind them.
pub(crate) fn label(model: &mut Model, names: Set) {
    let mut kept: Set =
        std::mem::take(&mut model.keywords).into_iter().filter(|(name, _)| names.contains_key(name)).collect();
    kept.extend(names);
    model.keywords = kept;
}
