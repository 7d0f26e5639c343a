//! MySQL and MariaDB (and what speaks like them): what differs from the SQL that all share.

use rolo_core::{Error, Result};
use sqlx::{
    Column, MySql as Driver, MySqlConnection, Row as _, TypeInfo, ValueRef,
    mysql::{MySqlArguments, MySqlConnectOptions, MySqlDatabaseError, MySqlRow, MySqlSslMode},
    query::Query,
};

use super::{
    Options,
    fault::{Fault, Held, down, twice},
    migrate::{Upgrade, migrate},
    network::{self, Network, is_near, says_how, unsaid},
    secret,
    session::Session,
    value::{Bind, Row, Value},
};

/// A server, or several that look like one.
pub(crate) type MySql = Network<Driver>;

/// Connects, and brings the schema up to date.
pub(crate) async fn connect(options: &Options, upgrade: Upgrade) -> Result<MySql> {
    let (mysql, mut connection) = reach(options).await?;
    // Of several processes that start together, one makes the schema and the others find it made. The lock is the whole
    // server's, so it has the database's name; it ends with the connection, which is closed when this is left.
    let lock = "concat('rolo.schema ', sha1(database()))";
    let held = rows(&mut connection, &format!("select coalesce(get_lock({lock}, 60), 0)"), &[]).await?;
    if held.first().map(|row| row.int(0)).transpose()? != Some(1) {
        return Err(down("another process is changing the schema").into());
    }
    let mut session = Session::MySql(&mut connection);
    migrate(&mut session, jiff::Timestamp::now().as_millisecond(), upgrade).await?;
    secret::make(&mut session).await?;
    rows(&mut connection, &format!("select release_lock({lock})"), &[]).await?;
    Ok(mysql)
}

/// Connects, and changes nothing.
pub(crate) async fn reach(options: &Options) -> Result<(MySql, MySqlConnection)> {
    let mut parsed: MySqlConnectOptions = options.url.parse().map_err(|error: sqlx::Error| {
        Error::invalid("services.database", format!("This is no URL of a MySQL or MariaDB database: {error}"))
    })?;
    if !says_how(&options.url) && !is_near(parsed.get_host()) {
        parsed = parsed.ssl_mode(MySqlSslMode::VerifyIdentity);
    }
    if let Some(password) = &options.password {
        parsed = parsed.password(password);
    }
    let parsed = parsed.charset("utf8mb4").statement_cache_capacity(256);
    Network::connect(parsed, options.connections).await
}

impl network::Driver for Driver {
    /// Read committed, so that what is read after a lock is what the lock protects; strict, so that a value that does not
    /// fit is an error and never cut. TiDB, which alone reads what stands behind `/*T!`, has no shared lock on a row: it
    /// takes it alone instead.
    const SETTINGS: &'static [&'static str] = &[
        "set session transaction isolation level read committed",
        "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
        "set session innodb_lock_wait_timeout = 10 /*T!, tidb_enable_shared_lock_promotion = on */",
    ];
    const BEGIN: &'static str = "begin";
    const PICTURE: &'static [&'static str] = &[
        "set session transaction isolation level repeatable read",
        // Not `read only` besides, which TiDB does not know: whoever reads it writes nothing.
        "start transaction with consistent snapshot",
    ];

    fn fault(error: sqlx::Error) -> Fault {
        fault(error)
    }

    fn session(connection: &mut MySqlConnection) -> Session<'_> {
        Session::MySql(connection)
    }
}

/// An upsert as MySQL writes it; every other statement is the same.
fn spelled(sql: &str) -> String {
    let Some((insert, rest)) = sql.split_once(" on conflict (") else { return sql.to_owned() };
    let (keys, action) = rest.split_once(") do ").unwrap_or((rest, "nothing"));
    let Some(set) = action.strip_prefix("update set ") else {
        let key = keys.split(',').next().unwrap_or(keys);
        return format!("{insert} on duplicate key update {key} = {key}");
    };
    let mut text = format!("{insert} on duplicate key update ");
    for (number, piece) in set.split("excluded.").enumerate() {
        if number == 0 {
            text.push_str(piece);
            continue;
        }
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
        let (column, after) = piece.split_at(end);
        text.push_str(&format!("values({column}){after}"));
    }
    text
}

fn query<'q>(sql: &str, values: &[Bind<'_>]) -> Query<'q, Driver, MySqlArguments> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(spelled(sql)));
    for value in values {
        query = match value {
            Bind::Null => query.bind(Option::<i64>::None),
            Bind::Int(number) => query.bind(*number),
            Bind::Id(id) => query.bind(id.as_slice()),
            Bind::Blob(octets) => query.bind(*octets),
            Bind::Text(text) => query.bind(*text),
        };
    }
    query
}

pub(crate) async fn plain(connection: &mut MySqlConnection, sql: &'static str) -> Held<()> {
    sqlx::raw_sql(sql).execute(connection).await.map(drop).map_err(fault)
}

/// Runs a statement of a migration. MySQL keeps each at once and cannot say `if not exists` of columns and indexes, so one
/// that was cut short finds them there.
pub(crate) async fn make(connection: &mut MySqlConnection, sql: &str) -> Held<()> {
    match query(sql, &[]).execute(connection).await {
        Err(error) if is_made(&error) => Ok(()),
        made => made.map(drop).map_err(|error| of_statement(sql, error)),
    }
}

/// The table, column or index is there already, or gone already.
fn is_made(error: &sqlx::Error) -> bool {
    let said = error.as_database_error().and_then(|said| said.try_downcast_ref::<MySqlDatabaseError>());
    said.is_some_and(|said| matches!(said.number(), 1050 | 1060 | 1061 | 1091))
}

pub(crate) async fn execute(connection: &mut MySqlConnection, sql: &str, values: &[Bind<'_>]) -> Held<u64> {
    Ok(query(sql, values).execute(connection).await.map_err(|error| of_statement(sql, error))?.rows_affected())
}

pub(crate) async fn rows(connection: &mut MySqlConnection, sql: &str, values: &[Bind<'_>]) -> Held<Vec<Row>> {
    let rows = query(sql, values).fetch_all(connection).await.map_err(|error| of_statement(sql, error))?;
    rows.iter().map(read).collect()
}

fn read(row: &MySqlRow) -> Held<Row> {
    let mut values = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at).map_err(fault)?;
        let kind = raw.type_info();
        values.push(match kind.name() {
            _ if raw.is_null() => Value::Null,
            "BIGINT" | "INT" | "SMALLINT" | "TINYINT" | "MEDIUMINT" => Value::Int(row.try_get(at).map_err(fault)?),
            name if name.ends_with("BLOB") || name.ends_with("BINARY") => Value::Blob(row.try_get(at).map_err(fault)?),
            _ => Value::Text(row.try_get(at).map_err(fault)?),
        });
    }
    Ok(Row(values))
}

/// MySQL names the index that was in the way, but `PRIMARY` of which table only the statement knows.
fn of_statement(sql: &str, error: sqlx::Error) -> Fault {
    match error.as_database_error() {
        Some(said) if said.is_unique_violation() => {
            let table = sql.strip_prefix("insert into ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            twice(&format!("{table} {}", index(said.message())))
        }
        _ => fault(error),
    }
}

/// The index's name out of `Duplicate entry '…' for key '…'`; the entry itself may spell anything.
fn index(message: &str) -> &str {
    message.rsplit(" for key ").next().unwrap_or_default()
}

fn fault(error: sqlx::Error) -> Fault {
    let Some(said) = error.as_database_error() else { return unsaid(&error) };
    match said.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number) {
        Some(1062) => twice(index(said.message())),
        // Lock wait, deadlock; TiDB: write conflicts.
        Some(1205 | 1213 | 1020 | 8002 | 9007) => Fault::Again(error.to_string()),
        Some(1021 | 1114) => Error::Full.into(),
        // Turned away: a user, a password or a right that is no longer good.
        Some(1044 | 1045 | 1130 | 1142 | 1227 | 1698 | 1820 | 3118 | 4151) => down(error),
        // Too many connections, shutting down, interrupted, out of time, only readable.
        Some(1040 | 1053 | 1080 | 1152..=1161 | 1203 | 1290 | 1317 | 1836 | 1927 | 1969 | 3024) => down(error),
        _ => Error::internal(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upserts_are_spelled_the_other_way() {
        assert_eq!(
            spelled(
                "insert into t (a, b) values (?, ?) on conflict (a) do update set b = t.b + excluded.b, c = excluded.c"
            ),
            "insert into t (a, b) values (?, ?) on duplicate key update b = t.b + values(b), c = values(c)"
        );
        assert_eq!(
            spelled("insert into t (a, b) values (?, ?) on conflict (a, b) do nothing"),
            "insert into t (a, b) values (?, ?) on duplicate key update a = a"
        );
        assert_eq!(spelled("select a from t"), "select a from t");
    }
}
