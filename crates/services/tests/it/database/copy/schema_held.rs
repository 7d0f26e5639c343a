//! The list of tables and columns, held against what the migrations made.

use std::collections::{BTreeMap, BTreeSet};

use rolo_services::database::copy::{Kind, TABLES, Table};
use sqlx::{Connection, Row};

use super::{super::rules, Place, Technology, World};

rules![no_table_and_no_column_is_forgotten];

/// Columns with their kinds, and the key, of each table.
type Schema = BTreeMap<String, (BTreeSet<(String, Kind)>, Vec<String>)>;

async fn no_table_and_no_column_is_forgotten(world: World) {
    let mut made = match world.place.technology {
        Technology::Sqlite | Technology::Cached => of_file(&world.place),
        Technology::MySql => of_mysql(&world.place.url).await,
        Technology::Postgres => of_postgres(&world.place.url).await,
    };
    assert!(made.remove("migration").is_some());
    assert_eq!(made, listed());
    made.get_mut("mark").unwrap().0.insert(("forgotten".into(), Kind::Int));
    assert_ne!(made, listed(), "the control");
}

/// The page says of each table by which key it can be divided: no table is left out, and the key is the one there is.
#[test]
fn the_page_on_scaling_names_every_table_with_the_beginning_of_its_key() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scaling.md")).unwrap();
    let mut keys: BTreeMap<String, Vec<String>> = listed().into_iter().map(|(table, (_, key))| (table, key)).collect();
    keys.insert("migration".into(), vec!["number".into()]);
    let said = page.lines().skip_while(|line| !line.starts_with("| Tables |")).skip(2);
    let mut named = BTreeSet::new();
    for line in said.take_while(|line| line.starts_with('|')) {
        let words =
            |cell: usize| -> Vec<&str> { line.split('|').nth(cell).unwrap().split('`').skip(1).step_by(2).collect() };
        for table in words(1) {
            let key = keys.get(table).unwrap_or_else(|| panic!("there is no table {table}"));
            let (begins, ends) = words(2)[0].split_once(", …").map_or((words(2)[0], true), |(begin, _)| (begin, false));
            let begins: Vec<&str> = begins.split(", ").collect();
            assert!(
                key.iter().take(begins.len()).eq(&begins) && (!ends || key.len() == begins.len()),
                "{table}: {key:?}"
            );
            assert!(named.insert(table.to_owned()), "{table} is named twice");
        }
    }
    assert_eq!(named, keys.into_keys().collect());
}

fn listed() -> Schema {
    let columns = |table: &Table| table.columns.iter().map(|column| (column.name.to_owned(), column.kind)).collect();
    let key = |key: &[&str]| key.iter().map(|name| (*name).to_owned()).collect();
    TABLES.iter().map(|table| (table.name.to_owned(), (columns(table), key(table.key)))).collect()
}

fn kind_of(kind: &str) -> Kind {
    match kind.to_lowercase().split('(').next().unwrap_or_default() {
        "integer" | "bigint" => Kind::Int,
        "blob" | "binary" | "varbinary" | "longblob" | "bytea" => Kind::Octets,
        "text" | "varchar" | "longtext" | "character varying" => Kind::Text,
        other => panic!("no column may be {other}"),
    }
}

fn of_file(place: &Place) -> Schema {
    let path = place.url.strip_prefix("sqlite:").unwrap();
    let file = rusqlite::Connection::open(path).unwrap();
    let sql = "select t.name, c.name, c.type, c.pk from sqlite_schema t, pragma_table_info(t.name) c \
               where t.type = 'table' and t.name not like 'sqlite_%' order by t.name, c.pk";
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, i64>(3)? > 0)));
    gathered(rows.unwrap().map(Result::unwrap))
}

async fn of_mysql(url: &str) -> Schema {
    let sql = "select cast(c.table_name as char), cast(c.column_name as char), cast(c.data_type as char), \
               k.ordinal_position is not null from information_schema.columns c \
               left join information_schema.key_column_usage k on k.table_schema = c.table_schema \
               and k.table_name = c.table_name and k.column_name = c.column_name and k.constraint_name = 'PRIMARY' \
               where c.table_schema = database() order by c.table_name, k.ordinal_position";
    let mut connection = sqlx::MySqlConnection::connect(url).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    gathered(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get::<i64, _>(3) > 0)))
}

async fn of_postgres(url: &str) -> Schema {
    let sql = "select c.table_name::text, c.column_name::text, c.data_type::text, k.ordinal_position is not null \
               from information_schema.columns c left join (information_schema.key_column_usage k \
               join information_schema.table_constraints t on t.constraint_name = k.constraint_name \
               and t.table_name = k.table_name and t.constraint_type = 'PRIMARY KEY') \
               on k.table_name = c.table_name and k.column_name = c.column_name and k.table_schema = c.table_schema \
               where c.table_schema = current_schema() order by c.table_name, k.ordinal_position";
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    gathered(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))))
}

/// Rows of table, column, kind and whether it is of the key, the columns of a key in their order.
fn gathered(rows: impl Iterator<Item = (String, String, String, bool)>) -> Schema {
    let mut schema = Schema::new();
    for (table, column, kind, of_key) in rows {
        let (columns, key) = schema.entry(table).or_default();
        if of_key {
            key.push(column.clone());
        }
        columns.insert((column, kind_of(&kind)));
    }
    schema
}
