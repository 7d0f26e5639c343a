//! Rows that are only added wait until something else is asked or said, and go to a networked database several in one
//! statement: an import spends its time on the way there and back. SQLite has no way, and takes each at once.
//!
//! The statements are the ones that are written for one row.

use std::collections::HashSet;

use crate::database::{
    fault::Held,
    session::Session,
    together::{octets, together},
    value::{Bind, Row, Value},
};

/// Octets that wait at most.
const WAITING: usize = 4 * 1024 * 1024;

/// A session inside a commit.
pub(super) struct Gathering<'s, 'c> {
    session: &'s mut Session<'c>,
    waiting: Vec<Waiting>,
    octets: usize,
}

/// Rows that wait for one statement.
struct Waiting {
    insert: Insert,
    rows: Vec<Vec<Value>>,
    /// What each of them would meet an equal one by: a statement takes no row twice.
    keys: HashSet<Vec<Value>>,
}

impl<'s, 'c> Gathering<'s, 'c> {
    pub(super) fn over(session: &'s mut Session<'c>) -> Self {
        Self { session, waiting: Vec::new(), octets: 0 }
    }

    /// Adds a row, now or later. What it refuses may be told later, too.
    pub(super) async fn later(&mut self, sql: &'static str, values: &[Bind<'_>]) -> Held<()> {
        if let Session::Sqlite(_) = self.session {
            return self.session.execute(sql, values).await.map(drop);
        }
        let row: Vec<Value> = values.iter().map(Bind::owned).collect();
        let place = match self.waiting.iter().position(|waiting| waiting.insert.sql == sql) {
            Some(place) => place,
            None => {
                let insert = Insert::read(sql);
                self.waiting.push(Waiting { insert, rows: Vec::new(), keys: HashSet::new() });
                self.waiting.len() - 1
            }
        };
        let key = self.waiting[place].insert.key(&row);
        let twice = key.is_some_and(|key| !self.waiting[place].keys.insert(key));
        if twice || self.octets > WAITING {
            self.flush().await?;
            let waiting = &mut self.waiting[place];
            waiting.keys.extend(waiting.insert.key(&row));
        }
        self.octets += octets(&row);
        self.waiting[place].rows.push(row);
        Ok(())
    }

    /// Runs a statement, behind everything that waits.
    pub(super) async fn execute(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<u64> {
        self.session().await?.execute(sql, values).await
    }

    /// Every row of a query, behind everything that waits.
    pub(super) async fn rows(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<Vec<Row>> {
        self.session().await?.rows(sql, values).await
    }

    /// The first row of a query, behind everything that waits.
    pub(super) async fn row(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<Option<Row>> {
        self.session().await?.row(sql, values).await
    }

    /// The session, with nothing waiting.
    pub(super) async fn session(&mut self) -> Held<&mut Session<'c>> {
        self.flush().await?;
        Ok(self.session)
    }

    async fn flush(&mut self) -> Held<()> {
        if self.octets == 0 {
            return Ok(());
        }
        for waiting in &mut self.waiting {
            let mut rest = waiting.rows.as_slice();
            while !rest.is_empty() {
                let (now, later) = rest.split_at(together(rest));
                let values: Vec<Bind<'_>> = now.iter().flatten().map(Value::bound).collect();
                self.session.execute(&waiting.insert.of(now.len()), &values).await?;
                rest = later;
            }
            waiting.rows.clear();
            waiting.keys.clear();
        }
        self.octets = 0;
        Ok(())
    }
}

/// An insert of one row, taken apart.
struct Insert {
    sql: &'static str,
    /// Up to its values, the values of one row, and what comes behind them.
    parts: [&'static str; 3],
    /// Which of its question marks stand at the columns that an equal row is known by.
    key: Vec<usize>,
}

impl Insert {
    fn read(sql: &'static str) -> Self {
        let (head, rest) = sql.split_once(" values (").unwrap_or((sql, ""));
        let (values, tail) = rest.split_once(')').unwrap_or((rest, ""));
        let columns = head.split_once('(').map_or("", |(_, columns)| columns.trim_end_matches(')'));
        let key = tail.split_once("on conflict (").and_then(|(_, rest)| rest.split(')').next()).unwrap_or("");
        let mut marks = 0;
        let at = columns.split(", ").zip(values.split(", ")).filter_map(|(column, value)| {
            let mark = (value == "?").then_some(marks);
            marks += usize::from(value == "?");
            key.split(", ").any(|name| name == column).then_some(mark).flatten()
        });
        let key = at.collect();
        Self { sql, parts: [head, values, tail], key }
    }

    /// The same for so many rows.
    fn of(&self, rows: usize) -> String {
        let [head, values, tail] = self.parts;
        let values = vec![format!("({values})"); rows].join(", ");
        format!("{head} values {values}{tail}")
    }

    fn key(&self, row: &[Value]) -> Option<Vec<Value>> {
        (!self.key.is_empty()).then(|| self.key.iter().filter_map(|at| row.get(*at).cloned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_becomes_several_and_its_key_is_known() {
        let insert = Insert::read(
            "insert into t (a, b, c, d) values (?, 1, ?, ?) on conflict (a, c) do update set d = excluded.d",
        );
        assert_eq!(
            insert.of(2),
            "insert into t (a, b, c, d) values (?, 1, ?, ?), (?, 1, ?, ?) on conflict (a, c) do update set d = excluded.d"
        );
        assert_eq!(insert.key(&[1, 2, 3].map(Value::Int)), Some(vec![Value::Int(1), Value::Int(2)]));
        let plain = Insert::read("insert into outbox (a, b) values (?, 0)");
        assert_eq!(plain.of(1), "insert into outbox (a, b) values (?, 0)");
        assert_eq!(plain.key(&[Value::Int(1)]), None);
    }
}
