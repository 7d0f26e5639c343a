//! Says what the columns of a table are. The rows are checked anew afterwards.

use super::state::{Held, Import, State};
use crate::{
    Error, Result, Services,
    account::Caller,
    id::ImportId,
    import::{Column, Field, file::Part},
};

/// Letters of a label.
const LABEL_CHARS_MAX: usize = 200;

/// Takes the person's columns: for each index the field and the label; the rest of a column is the file's.
pub async fn map(services: &Services, caller: &Caller, id: ImportId, columns: Vec<Column>) -> Result<Import> {
    let mut held = Held::of(services, caller, id).await?;
    caller.may_edit(held.saved.book)?;
    if !matches!(held.saved.state, State::Mapping | State::Checked) {
        return Err(Error::conflict("The columns can be changed before the import runs."));
    }
    let Some(first) = held.saved.parts.iter().position(|part| part.format.is_table()) else {
        return Err(Error::invalid("/columns", "Only tables have columns."));
    };
    let headers = headers(&held.saved.parts[first]);
    for (nth, column) in columns.iter().enumerate() {
        if held.saved.parts[first].columns.get(column.index).is_none() {
            return Err(Error::invalid(format!("/columns/{nth}/index"), "The file has no such column."));
        }
        if column.label.chars().count() > LABEL_CHARS_MAX {
            return Err(Error::invalid(format!("/columns/{nth}/label"), "A label has up to 200 letters."));
        }
    }
    // Several files with the same columns are mapped alike.
    for part in held.saved.parts.iter_mut().filter(|part| part.format.is_table()) {
        if self::headers(part) == headers {
            columns.iter().for_each(|column| choose(part, column));
        }
    }
    held.saved.is_mapped = true;
    held.saved.state = State::Reading;
    held.saved.decisions.clear();
    held.save(services, caller).await?;
    held.told(services, caller).await
}

fn headers(part: &Part) -> Vec<String> {
    part.columns.iter().map(|column| column.header.clone()).collect()
}

fn choose(part: &mut Part, wanted: &Column) {
    let Some(column) = part.columns.get_mut(wanted.index) else { return };
    let label = wanted.label.trim().to_owned();
    if column.field == wanted.field && column.label == label {
        return;
    }
    if column.field != wanted.field {
        column.group = 0;
    }
    column.field = wanted.field;
    column.guessed_by = None;
    column.label = match wanted.field {
        Some(Field::Custom) if label.is_empty() => column.header.clone(),
        _ => label,
    };
}
