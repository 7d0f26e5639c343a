//! What an import looks like on the wire.

use jiff::Timestamp;
use rolo_core::import::{self as core, Field};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ask::json::Object,
    contact::{
        shape::{Changed, word},
        versions::changed,
    },
};

/// A file on its way into a book.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    id: Uuid,
    book: Uuid,
    state: ImportState,
    /// The file's name.
    name: String,
    /// What the file is; empty until it was opened.
    format: String,
    #[schema(required = true)]
    encoding: Option<String>,
    #[schema(required = true)]
    delimiter: Option<String>,
    /// How many there are; 0 until they were counted.
    rows: u64,
    /// Of a table.
    columns: Vec<ImportColumn>,
    /// What a column may be.
    fields: Vec<ImportField>,
    counts: ImportCounts,
    /// Rows the run has handled.
    done: u64,
    /// What undo takes back.
    #[schema(required = true)]
    batch: Option<Uuid>,
    /// Why it failed.
    #[schema(required = true)]
    why: Option<String>,
    /// Files of an archive without contacts.
    left_out: Vec<String>,
    created_at: Timestamp,
}

/// Where an import is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ImportState {
    /// The file is being opened and checked.
    Reading,
    /// Somebody has to say what the columns are.
    Mapping,
    /// Every row has its verdict; nothing is written.
    Checked,
    /// Rows are being written.
    Running,
    /// Everything that was to be written is.
    Done,
    /// It cannot go on; `why` says why.
    Failed,
    /// Its batch was taken back.
    Undone,
}

impl From<core::State> for ImportState {
    fn from(state: core::State) -> Self {
        match state {
            core::State::Reading => Self::Reading,
            core::State::Mapping => Self::Mapping,
            core::State::Checked => Self::Checked,
            core::State::Running => Self::Running,
            core::State::Done => Self::Done,
            core::State::Failed => Self::Failed,
            core::State::Undone => Self::Undone,
        }
    }
}

/// A column of a table.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportColumn {
    /// Its place, from 0.
    index: usize,
    header: String,
    /// The first cells that are not empty.
    samples: Vec<String>,
    /// What it goes into; `null` leaves it out.
    #[schema(required = true)]
    field: Option<String>,
    /// The label its values carry, or the name of a custom field.
    #[schema(required = true)]
    label: Option<String>,
    /// `header` or `content`; `null`: somebody chose it.
    #[schema(required = true)]
    guessed_by: Option<String>,
}

/// What a column may be.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportField {
    field: String,
    /// The field in words.
    title: String,
}

/// Rows by verdict.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportCounts {
    new: u64,
    update: u64,
    same: u64,
    check: u64,
    refused: u64,
}

impl Import {
    pub(super) fn of(import: core::Import) -> Self {
        let counts = import.counts;
        Self {
            id: import.id.0,
            book: import.book.0,
            state: import.state.into(),
            name: import.name,
            format: import.format.map(|format| word(&format)).unwrap_or_default(),
            encoding: import.encoding,
            delimiter: import.delimiter.map(String::from),
            rows: import.rows,
            columns: import.columns.into_iter().map(column).collect(),
            fields: import
                .fields
                .iter()
                .map(|field| ImportField { field: word(field), title: title(*field) })
                .collect(),
            counts: ImportCounts {
                new: counts.new,
                update: counts.update,
                same: counts.same,
                check: counts.check,
                refused: counts.refused,
            },
            done: import.done,
            batch: import.batch.map(|batch| batch.0),
            why: import.why,
            left_out: import.left_out,
            created_at: import.created_at,
        }
    }
}

fn column(column: core::Column) -> ImportColumn {
    ImportColumn {
        index: column.index,
        header: column.header,
        samples: column.samples,
        field: column.field.map(|field| word(&field)),
        label: Some(column.label).filter(|label| !label.is_empty()),
        guessed_by: column.guessed_by.map(|by| word(&by)),
    }
}

/// "Company type" for `company-type`.
fn title(field: Field) -> String {
    let words = word(&field).replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Imports.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportList {
    pub(super) items: Vec<Import>,
    /// Always `null`: the newest hundred are all there are to see.
    #[schema(required = true)]
    pub(super) next: Option<String>,
}

/// What columns are.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportPatch)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnPatch {
    #[schema(value_type = Vec<ColumnChoice>)]
    pub(super) columns: Vec<Object<ColumnChoice>>,
}

/// What a column is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnChoice {
    pub(super) index: usize,
    /// One of the import's `fields`; `null` leaves the column out.
    #[schema(value_type = Option<String>)]
    pub(super) field: Option<Field>,
    pub(super) label: Option<String>,
}

/// A row of the file and what becomes of it.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRow)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Its place among the rows of all files, from 1.
    row: u64,
    /// `new`, `update`, `same`, `check` or `refused`.
    verdict: String,
    name: String,
    /// Why, in a sentence.
    why: String,
    /// What would change.
    changes: Vec<Changed>,
    /// The contact it is compared with.
    #[schema(required = true)]
    contact: Option<Uuid>,
    /// `skip`, `new` or `update`.
    #[schema(required = true)]
    decision: Option<String>,
}

impl Row {
    pub(super) fn of(row: core::Verdicted) -> Self {
        Self {
            row: row.row,
            verdict: word(&row.verdict),
            name: row.name,
            why: row.why,
            changes: row.changes.into_iter().map(changed).collect(),
            contact: row.contact.map(|contact| contact.0),
            decision: row.decision.map(|decision| word(&decision)),
        }
    }
}

/// Rows.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRows)]
#[serde(deny_unknown_fields)]
pub(super) struct RowPage {
    pub(super) items: Vec<Row>,
    #[schema(required = true)]
    pub(super) next: Option<String>,
    pub(super) total: u64,
}

/// What shall become of a row.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportDecision)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    /// `null` takes a decision back.
    pub(super) decision: Option<Choice>,
    /// The contact to change, where several fit.
    pub(super) contact: Option<Uuid>,
}

/// How rows that wait are run.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportRun)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    /// What becomes of rows to be checked that nobody decided; `skip` when absent.
    #[serde(default)]
    pub(super) check: Choice,
}

/// What may become of a row.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[schema(as = ImportChoice)]
#[serde(rename_all = "lowercase")]
pub(super) enum Choice {
    /// It is left out.
    #[default]
    Skip,
    /// A contact is made of it.
    New,
    /// It changes the contact it was compared with.
    Update,
}

/// A verdict as it is asked for.
pub(super) fn verdict(text: &str) -> Option<core::Verdict> {
    serde_json::from_value(Value::from(text)).ok()
}
