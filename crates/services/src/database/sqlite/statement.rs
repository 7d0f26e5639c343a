//! One statement on SQLite, and what its failures mean.

use rolo_core::Error;
use rusqlite::{
    Connection, ErrorCode, ToSql,
    types::{ToSqlOutput, Value as SqliteValue, ValueRef},
};

use crate::database::{
    fault::{Fault, Held, down, twice},
    value::{Bind, Row, Value},
};

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Self::Int(number) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Self::Id(id) => ToSqlOutput::Borrowed(ValueRef::Blob(id)),
            Self::Blob(octets) => ToSqlOutput::Borrowed(ValueRef::Blob(octets)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

pub(crate) fn execute(connection: &Connection, sql: &str, values: &[Bind<'_>]) -> Held<u64> {
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let changed = statement.execute(rusqlite::params_from_iter(values)).map_err(fault)?;
    Ok(changed as u64)
}

pub(crate) fn rows(connection: &Connection, sql: &str, values: &[Bind<'_>]) -> Held<Vec<Row>> {
    rows_while(connection, sql, values, |_| true)
}

/// The rows up to the one behind which it does not go on: those behind that are never read.
pub(crate) fn rows_while(
    connection: &Connection,
    sql: &str,
    values: &[Bind<'_>],
    mut goes_on: impl FnMut(&Row) -> bool,
) -> Held<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let columns = statement.column_count();
    let mut found = statement.query(rusqlite::params_from_iter(values)).map_err(fault)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(fault)? {
        let values = (0..columns).map(|column| read(row.get_ref(column)?)).collect::<rusqlite::Result<_>>();
        rows.push(Row(values.map_err(fault)?));
        if !rows.last().is_none_or(&mut goes_on) {
            break;
        }
    }
    Ok(rows)
}

fn read(value: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Blob(octets) => Value::Blob(octets.to_vec()),
        ValueRef::Text(_) => Value::Text(value.as_str()?.to_owned()),
        ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}

/// What SQLite's own error means for the one who asked.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    let rusqlite::Error::SqliteFailure(code, message) = &error else { return Error::internal(error).into() };
    match code.code {
        ErrorCode::ConstraintViolation if is_twice(code.extended_code) => twice(message.as_deref().unwrap_or_default()),
        ErrorCode::DiskFull => Error::Full.into(),
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::ReadOnly
        | ErrorCode::OutOfMemory => down(error),
        _ => Error::internal(error).into(),
    }
}

fn is_twice(extended: i32) -> bool {
    matches!(extended, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}
