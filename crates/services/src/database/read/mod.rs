//! Every question the contract knows, asked in SQL. Each takes the scope and answers only what is in it.

pub(crate) mod account;
pub(crate) mod change;
pub(crate) mod contact;
pub(crate) mod count;
pub(crate) mod history;
pub(crate) mod label;
pub(crate) mod list;
pub(crate) mod work;

use super::{
    fault::Held,
    session::Session,
    value::{Bind, Row},
};

/// How many ids go into one statement. Few sizes, so that few statements are prepared.
const SIZES: [usize; 4] = [1, 8, 64, 256];

/// The rows of `sql`, whose `{}` stands for a list of ids, for all of `ids`; in no order.
pub(crate) async fn rows_of(s: &mut Session<'_>, sql: &str, before: &[Bind<'_>], ids: &[Bind<'_>]) -> Held<Vec<Row>> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(SIZES[SIZES.len() - 1]) {
        let size = SIZES.into_iter().find(|size| *size >= chunk.len()).unwrap_or(chunk.len());
        let marks = vec!["?"; size].join(", ");
        let mut values = before.to_vec();
        values.extend_from_slice(chunk);
        // The last id again: the list is longer, the answer is not.
        values.resize(before.len() + size, chunk[chunk.len() - 1]);
        rows.extend(s.rows(&sql.replace("{}", &marks), &values).await?);
    }
    Ok(rows)
}

/// As many marks as there are ids, in one of few sizes, and the ids filled up to them.
pub(crate) fn list_of(mut ids: Vec<Bind<'_>>) -> (String, Vec<Bind<'_>>) {
    let size = SIZES.into_iter().find(|size| *size >= ids.len()).unwrap_or(ids.len());
    ids.resize(size, ids.last().copied().unwrap_or(Bind::Null));
    (vec!["?"; size].join(", "), ids)
}
