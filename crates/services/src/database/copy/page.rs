//! Pages of a table in the order of its key, as many rows as fit. A server is asked how large rows are before it sends any, because a
//! page of small rows may be followed by pictures; SQLite reads one after the other, and no further than the first that does not fit.

use rolo_core::Error;

use super::{Key, Kind, Row, Table, Value};
use crate::database::{
    fault::Held,
    session::Session,
    value::{self, Bind},
};

/// Rows of a page at most.
const ROWS: usize = 2_000;
/// What a value costs besides its octets.
const VALUE: usize = 32;

/// The rows behind `after`, up to `octets_max` together, but one at least; none when there are no more.
pub(super) async fn page(s: &mut Session<'_>, table: &Table, after: Option<&Key>, octets_max: usize) -> Held<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut room = octets_max;
    for level in levels(after) {
        let place = Place::of(s, table, after, level);
        let most = ROWS - rows.len();
        let mut sum = 0;
        let fits = |row: &value::Row| {
            sum += size(row);
            sum <= room
        };
        let whole = if let Some(found) = place.rows_while(s, table, most, fits) {
            rows.extend(found?);
            if sum > room && rows.len() > 1 {
                rows.pop();
            }
            let whole = sum <= room;
            room = room.saturating_sub(sum);
            whole
        } else {
            let sizes = place.sizes(s, table, most).await?;
            let fit = fitting(&sizes, room, rows.is_empty());
            rows.extend(place.rows(s, table, fit).await?);
            room = room.saturating_sub(sizes.iter().take(fit).sum());
            fit == sizes.len()
        };
        if !whole || rows.len() >= ROWS {
            break;
        }
    }
    Ok(rows)
}

/// How many columns of the key are held while the next one rises: all but the last first, then ever fewer. Each is one
/// walk along the key, which no database understands of `(a, b) > (?, ?)` alone.
fn levels(after: Option<&Key>) -> Vec<usize> {
    after.map_or_else(|| vec![0], |key| (0..key.len()).rev().collect())
}

fn fitting(sizes: &[usize], room: usize, first: bool) -> usize {
    let mut sum = 0;
    let fit = sizes.iter().take_while(|size| {
        sum += **size;
        sum <= room
    });
    fit.count().max(usize::from(first && !sizes.is_empty()))
}

/// A stretch of the table: the end of its statements, with their values.
struct Place<'k> {
    end: String,
    values: Vec<Bind<'k>>,
}

impl<'k> Place<'k> {
    fn of(s: &Session<'_>, table: &Table, after: Option<&'k Key>, level: usize) -> Self {
        let mut wheres: Vec<String> = own(table).map(str::to_owned).into_iter().collect();
        let mut values = Vec::new();
        for (column, value) in table.key.iter().zip(after.into_iter().flatten()).take(level + 1) {
            let sign = if values.len() < level { "=" } else { ">" };
            wheres.push(format!("{} {sign} ?", ordered(s, table, column)));
            values.push(value.bound());
        }
        let wheres = if wheres.is_empty() { String::new() } else { format!("where {} ", wheres.join(" and ")) };
        let order: Vec<String> = table.key.iter().map(|column| ordered(s, table, column)).collect();
        Self { end: format!("from {} {wheres}order by {} limit ?", table.name, order.join(", ")), values }
    }

    async fn sizes(&self, s: &mut Session<'_>, table: &Table, limit: usize) -> Held<Vec<usize>> {
        let lengths = table.columns.iter().filter(|column| column.kind != Kind::Int);
        let lengths: Vec<String> =
            lengths.map(|column| format!("coalesce(octet_length({}), 0)", column.name)).collect();
        let first = if lengths.is_empty() { "0".to_owned() } else { lengths.join(", ") };
        let mut sizes = Vec::new();
        for row in self.ask(s, &first, limit).await? {
            let octets = (0..lengths.len()).map(|column| row.count(column)).sum::<Result<u64, Error>>()?;
            sizes.push(usize::try_from(octets).map_err(Error::internal)? + table.columns.len() * VALUE);
        }
        Ok(sizes)
    }

    async fn rows(&self, s: &mut Session<'_>, table: &Table, count: usize) -> Held<Vec<Row>> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let rows = self.ask(s, &table.list(), count).await?;
        Ok(rows.into_iter().map(|row| shaped(table, row.0)).collect::<Result<_, _>>()?)
    }

    /// The rows up to the one behind which it does not go on, where the database reads one after the other.
    fn rows_while(
        &self,
        s: &Session<'_>,
        table: &Table,
        limit: usize,
        goes_on: impl FnMut(&value::Row) -> bool,
    ) -> Option<Held<Vec<Row>>> {
        let (sql, values) = self.asked(&table.list(), limit);
        let rows = |found: Vec<value::Row>| found.into_iter().map(|row| shaped(table, row.0)).collect::<Result<_, _>>();
        Some(s.rows_while(&sql, &values, goes_on)?.and_then(|found| Ok(rows(found)?)))
    }

    async fn ask(&self, s: &mut Session<'_>, what: &str, limit: usize) -> Held<Vec<value::Row>> {
        let (sql, values) = self.asked(what, limit);
        s.rows(&sql, &values).await
    }

    fn asked(&self, what: &str, limit: usize) -> (String, Vec<Bind<'k>>) {
        let mut values = self.values.clone();
        values.push(limit.into());
        (format!("select {what} {}", self.end), values)
    }
}

/// What a row takes in memory.
fn size(row: &value::Row) -> usize {
    let octets = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::Blob(octets) => octets.len(),
        Value::Null | Value::Int(_) => 0,
    };
    row.0.iter().map(|value| VALUE + octets(value)).sum()
}

/// What of a table is the database's own and never travels.
pub(super) fn own(table: &Table) -> Option<&'static str> {
    (table.name == "meta").then_some("name not in ('seal', 'backup-state', 'restore-state')")
}

/// A key's column, in the order of its octets.
fn ordered(s: &Session<'_>, table: &Table, column: &str) -> String {
    let text = table.column(column).is_some_and(|column| column.kind == Kind::Text);
    match s {
        Session::Postgres(_) if text => format!("{column} collate \"C\""),
        _ => column.to_owned(),
    }
}

/// Each value in the kind of its column.
fn shaped(table: &Table, row: Row) -> Result<Row, Error> {
    let shape = |(value, column): (Value, &super::Column)| match (column.kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Int, value @ Value::Int(_)) => Ok(value),
        (Kind::Octets, value @ Value::Blob(_)) => Ok(value),
        (Kind::Text, value @ Value::Text(_)) => Ok(value),
        // What MySQL calls text that is compared octet by octet.
        (Kind::Text, Value::Blob(octets)) => String::from_utf8(octets).map(Value::Text).map_err(Error::internal),
        (kind, _) => Err(Error::internal(format!("{}.{} holds no {kind:?}", table.name, column.name))),
    };
    row.into_iter().zip(table.columns).map(shape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_what_fits_and_one_row_at_least() {
        assert_eq!(fitting(&[10, 10, 10], 25, true), 2);
        assert_eq!(fitting(&[100, 10], 25, true), 1, "a row larger than the page comes alone");
        assert_eq!(fitting(&[100, 10], 25, false), 0, "and waits for the next page behind others");
        assert_eq!(fitting(&[], 25, true), 0);
    }

    #[test]
    fn every_level_of_a_key_is_walked_from_its_end() {
        let key = vec![Value::Int(1), Value::Int(2), Value::Int(3)];
        assert_eq!(levels(Some(&key)), [2, 1, 0]);
        assert_eq!(levels(None), [0]);
    }
}
