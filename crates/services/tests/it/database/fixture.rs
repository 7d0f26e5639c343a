//! A database of an earlier schema as a file: a line of JSON for each row, with its columns by name. Octets are `{"x": HEX}`,
//! and an empty column is not named.

use std::path::{Path, PathBuf};

use rolo_services::database::copy::{Row, Table, Value};
use serde_json::{Map, json};
use sqlx::Connection;

use super::technology::{Place, Technology};

pub(crate) fn path(number: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../fixtures/schema/{number:04}.ndjson"))
}

pub(crate) fn written(tables: &[(&'static str, Vec<Row>)]) -> String {
    let mut text = String::new();
    for (name, rows) in tables {
        let table = Table::named(name).unwrap();
        for row in rows {
            let mut line = Map::from_iter([("table".to_owned(), json!(name))]);
            for (column, value) in table.columns.iter().zip(row) {
                let value = match value {
                    Value::Null => continue,
                    Value::Int(number) => json!(number),
                    Value::Text(text) => json!(text),
                    Value::Blob(octets) => json!({ "x": hex(octets) }),
                };
                line.insert(format!(".{}", column.name), value);
            }
            text.push_str(&serde_json::to_string(&line).unwrap());
            text.push('\n');
        }
    }
    text
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// Writes it into a database that has its schema, in the place of what is there.
pub(crate) async fn load(place: &Place, file: &Path) {
    place.behind("delete from meta").await;
    let mut writer = Writer::open(place).await;
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let line: Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (name, value) in line.iter().filter_map(|(name, value)| Some((name.strip_prefix('.')?, value))) {
            names.push(name);
            values.push(match value {
                serde_json::Value::Number(number) => Value::Int(number.as_i64().unwrap()),
                serde_json::Value::String(text) => Value::Text(text.clone()),
                other => Value::Blob(octets(other["x"].as_str().unwrap())),
            });
        }
        writer.insert(line["table"].as_str().unwrap(), &names, values).await;
    }
    writer.close().await;
}

enum Writer {
    Sqlite(rusqlite::Connection),
    MySql(sqlx::MySqlConnection),
    Postgres(sqlx::PgConnection),
}

impl Writer {
    async fn open(place: &Place) -> Self {
        let mut writer = match place.technology {
            Technology::Sqlite | Technology::Cached => {
                Self::Sqlite(rusqlite::Connection::open(&place.url["sqlite:".len()..]).unwrap())
            }
            Technology::MySql => Self::MySql(sqlx::MySqlConnection::connect(&place.url).await.unwrap()),
            Technology::Postgres => Self::Postgres(sqlx::PgConnection::connect(&place.url).await.unwrap()),
        };
        writer.say("begin").await;
        writer
    }

    async fn close(mut self) {
        self.say("commit").await;
    }

    async fn say(&mut self, sql: &'static str) {
        match self {
            Self::Sqlite(file) => file.execute_batch(sql).unwrap(),
            Self::MySql(connection) => drop(sqlx::raw_sql(sql).execute(connection).await.unwrap()),
            Self::Postgres(connection) => drop(sqlx::raw_sql(sql).execute(connection).await.unwrap()),
        }
    }

    async fn insert(&mut self, table: &str, names: &[&str], values: Vec<Value>) {
        let marks: Vec<String> = (1..=names.len())
            .map(|number| if let Self::Postgres(_) = self { format!("${number}") } else { "?".to_owned() })
            .collect();
        let sql = format!("insert into {table} ({}) values ({})", names.join(", "), marks.join(", "));
        macro_rules! bound {
            () => {{
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for value in values {
                    query = match value {
                        Value::Int(number) => query.bind(number),
                        Value::Text(text) => query.bind(text),
                        Value::Blob(octets) => query.bind(octets),
                        Value::Null => unreachable!("an empty column is not named"),
                    };
                }
                query
            }};
        }
        match self {
            Self::Sqlite(file) => {
                let values = values.into_iter().map(|value| match value {
                    Value::Int(number) => rusqlite::types::Value::Integer(number),
                    Value::Text(text) => rusqlite::types::Value::Text(text),
                    Value::Blob(octets) => rusqlite::types::Value::Blob(octets),
                    Value::Null => rusqlite::types::Value::Null,
                });
                file.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
            }
            Self::MySql(connection) => drop(bound!().execute(connection).await.unwrap()),
            Self::Postgres(connection) => drop(bound!().execute(connection).await.unwrap()),
        }
    }
}
