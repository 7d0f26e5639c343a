//! What goes into a statement and what comes out: four kinds of values that every database here keeps alike.

use rolo_core::{
    Error, Result,
    id::{
        AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, Revision, SessionId,
        TokenId,
    },
};
use uuid::Uuid;

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bind<'a> {
    Null,
    Int(i64),
    Id([u8; 16]),
    Blob(&'a [u8]),
    /// JSON and Rolo's own words only: what people say may hold NUL, which PostgreSQL's text refuses.
    Text(&'a str),
}

impl Bind<'_> {
    /// The same, for a statement that is said later.
    pub(crate) fn owned(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Id(id) => Value::Blob(id.to_vec()),
            Self::Blob(octets) => Value::Blob(octets.to_vec()),
            Self::Text(text) => Value::Text((*text).to_owned()),
        }
    }
}

macro_rules! bind_ids {
    ($($name:ident),*) => {$(
        impl From<$name> for Bind<'_> {
            fn from(id: $name) -> Self {
                Self::Id(id.0.into_bytes())
            }
        }
    )*};
}
bind_ids!(OrganisationId, AccountId, BookId, ContactId, LabelId, BatchId, SessionId, TokenId, ImportId, JobId);

impl From<Uuid> for Bind<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id.into_bytes())
    }
}

impl From<Revision> for Bind<'_> {
    fn from(revision: Revision) -> Self {
        Self::Id(revision.0)
    }
}

impl From<i64> for Bind<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Bind<'_> {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

/// Numbers beyond 2⁶³ do not occur; one that came from outside finds nothing.
impl From<u64> for Bind<'_> {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Bind<'_> {
    fn from(number: usize) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Modseq> for Bind<'_> {
    fn from(modseq: Modseq) -> Self {
        modseq.0.into()
    }
}

impl<'a> From<&'a [u8]> for Bind<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Self::Blob(octets)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Bind<'a> {
    fn from(octets: &'a [u8; N]) -> Self {
        Self::Blob(octets)
    }
}

impl<'a> From<&'a Vec<u8>> for Bind<'a> {
    fn from(octets: &'a Vec<u8>) -> Self {
        Self::Blob(octets)
    }
}

impl<'a> From<&'a str> for Bind<'a> {
    fn from(word: &'a str) -> Self {
        Self::Text(word)
    }
}

impl<'a> From<&'a String> for Bind<'a> {
    fn from(word: &'a String) -> Self {
        Self::Text(word)
    }
}

impl<'a, T: Into<Bind<'a>>> From<Option<T>> for Bind<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of its question marks.
macro_rules! bind {
    ($($value:expr),* $(,)?) => { &[$($crate::database::value::Bind::from($value)),*][..] };
}
pub(crate) use bind;

/// A value that came out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// Octets.
    Blob(Vec<u8>),
    /// JSON and Rolo's own words.
    Text(String),
}

impl Value {
    /// On its way into a statement.
    pub(crate) fn bound(&self) -> Bind<'_> {
        match self {
            Self::Null => Bind::Null,
            Self::Int(number) => Bind::Int(*number),
            Self::Blob(octets) => Bind::Blob(octets),
            Self::Text(text) => Bind::Text(text),
        }
    }
}

/// A row that came out. Reading takes the values: each column is read once.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Row {
    fn take(&mut self, column: usize) -> Value {
        self.0.get_mut(column).map_or(Value::Null, |value| std::mem::replace(value, Value::Null))
    }

    /// A number; empty reads as `None`.
    pub(crate) fn int_or(&self, column: usize) -> Result<Option<i64>> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            None | Some(Value::Null) => Ok(None),
            Some(other) => Err(strange(column, "a number", other)),
        }
    }

    pub(crate) fn int(&self, column: usize) -> Result<i64> {
        self.int_or(column)?.ok_or_else(|| Error::internal(format!("column {column} is empty")))
    }

    pub(crate) fn count(&self, column: usize) -> Result<u64> {
        u64::try_from(self.int(column)?).map_err(Error::internal)
    }

    pub(crate) fn yes(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn modseq(&self, column: usize) -> Result<Modseq> {
        self.count(column).map(Modseq)
    }

    pub(crate) fn time(&self, column: usize) -> Result<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond(self.int(column)?).map_err(Error::internal)
    }

    pub(crate) fn time_or(&self, column: usize) -> Result<Option<jiff::Timestamp>> {
        self.int_or(column)?.map(|at| jiff::Timestamp::from_millisecond(at).map_err(Error::internal)).transpose()
    }

    pub(crate) fn blob_or(&mut self, column: usize) -> Result<Option<Vec<u8>>> {
        match self.take(column) {
            Value::Blob(octets) => Ok(Some(octets)),
            Value::Text(text) => Ok(Some(text.into_bytes())),
            Value::Null => Ok(None),
            other => Err(strange(column, "octets", &other)),
        }
    }

    pub(crate) fn blob(&mut self, column: usize) -> Result<Vec<u8>> {
        self.blob_or(column)?.ok_or_else(|| Error::internal(format!("column {column} is empty")))
    }

    pub(crate) fn text_or(&mut self, column: usize) -> Result<Option<String>> {
        match self.take(column) {
            Value::Text(text) => Ok(Some(text)),
            Value::Blob(octets) => String::from_utf8(octets).map(Some).map_err(Error::internal),
            Value::Null => Ok(None),
            other => Err(strange(column, "text", &other)),
        }
    }

    pub(crate) fn text(&mut self, column: usize) -> Result<String> {
        self.text_or(column)?.ok_or_else(|| Error::internal(format!("column {column} is empty")))
    }

    /// Exactly `N` octets.
    pub(crate) fn octets<const N: usize>(&self, column: usize) -> Result<[u8; N]> {
        match self.0.get(column) {
            Some(Value::Blob(octets)) => octets.as_slice().try_into().map_err(Error::internal),
            _ => Err(Error::internal(format!("column {column} does not hold {N} octets"))),
        }
    }

    pub(crate) fn id<T: From<Uuid>>(&self, column: usize) -> Result<T> {
        self.octets(column).map(|octets| T::from(Uuid::from_bytes(octets)))
    }

    pub(crate) fn id_or<T: From<Uuid>>(&self, column: usize) -> Result<Option<T>> {
        match self.0.get(column) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.id(column).map(Some),
        }
    }

    pub(crate) fn revision(&self, column: usize) -> Result<Revision> {
        self.octets(column).map(Revision)
    }
}

fn strange(column: usize, wanted: &str, found: &Value) -> Error {
    let found = match found {
        Value::Null => "nothing",
        Value::Int(_) => "a number",
        Value::Blob(_) => "octets",
        Value::Text(_) => "text",
    };
    Error::internal(format!("column {column} holds {found}, not {wanted}"))
}
