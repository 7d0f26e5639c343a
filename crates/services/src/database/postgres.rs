//! PostgreSQL (and what speaks like it): what differs from the SQL that all share.

use rolo_core::{Error, Result};
use sqlx::{
    Column, Encode, PgConnection, Postgres as Driver, Row as _, Type, TypeInfo, ValueRef,
    encode::IsNull,
    postgres::{PgArgumentBuffer, PgArguments, PgConnectOptions, PgRow, PgSslMode, PgTypeInfo, types::Oid},
    query::Query,
};

use super::{
    Options,
    fault::{Fault, Held, down, twice},
    migrate::{Upgrade, migrate},
    network::{self, Network, is_near, says_how, unsaid},
    secret,
    session::Session,
    sqlite::Done,
    value::{Bind, Row, Value},
};

/// A server, or several that look like one.
pub(crate) type Postgres = Network<Driver>;

/// Connects, and brings the schema up to date.
pub(crate) async fn connect(options: &Options, upgrade: Upgrade) -> Result<Postgres> {
    let (postgres, connection) = reach(options).await?;
    drop(connection);
    bring_up_to_date(&postgres, upgrade).await?;
    Ok(postgres)
}

/// Connects, and changes nothing.
pub(crate) async fn reach(options: &Options) -> Result<(Postgres, PgConnection)> {
    let mut parsed: PgConnectOptions = options.url.parse().map_err(|error: sqlx::Error| {
        Error::invalid("services.database", format!("This is no URL of a PostgreSQL database: {error}"))
    })?;
    if !says_how(&options.url) && !is_near(parsed.get_host()) {
        parsed = parsed.ssl_mode(PgSslMode::VerifyFull);
    }
    if let Some(password) = &options.password {
        parsed = parsed.password(password);
    }
    let parsed = parsed.application_name("rolo").statement_cache_capacity(256).options([
        ("statement_timeout", "25000"),
        ("lock_timeout", "10000"),
        ("idle_in_transaction_session_timeout", "60000"),
        ("default_transaction_isolation", "read committed"),
    ]);
    Network::connect(parsed, options.connections).await
}

async fn bring_up_to_date(postgres: &Postgres, upgrade: Upgrade) -> Held<()> {
    let call = postgres.call();
    let mut lease = postgres.begin().await?;
    // However long it takes.
    let made = make(&mut lease.session()?, upgrade).await;
    lease.settle(&call, made.map(|()| Done { answer: (), heads: Vec::new() })).await?;
    Ok(())
}

/// Makes what is missing. Of several processes that start together, one makes the schema and the others find it made.
async fn make(s: &mut Session<'_>, upgrade: Upgrade) -> Held<()> {
    s.rows("select 1 from (select pg_advisory_xact_lock(7311376)) held", &[]).await?;
    migrate(s, jiff::Timestamp::now().as_millisecond(), upgrade).await?;
    secret::make(s).await?;
    Ok(())
}

impl network::Driver for Driver {
    const SETTINGS: &'static [&'static str] = &[];
    /// Behind the shared lock that `copy::seal` takes alone.
    const BEGIN: &'static str = "begin; select pg_advisory_xact_lock_shared(7311377)";
    /// Whoever holds it may be slow.
    const PICTURE: &'static [&'static str] =
        &["begin isolation level repeatable read, read only", "set local idle_in_transaction_session_timeout = 0"];

    fn fault(error: sqlx::Error) -> Fault {
        fault(error)
    }

    fn session(connection: &mut PgConnection) -> Session<'_> {
        Session::Postgres(connection)
    }
}

/// `?` as PostgreSQL writes it. No statement of ours has a question mark in a literal.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 32);
    for (number, piece) in sql.split('?').enumerate() {
        if number > 0 {
            text.push('$');
            text.push_str(&number.to_string());
        }
        text.push_str(piece);
    }
    text
}

/// Empty, of whichever type the column has: the server is asked to infer it.
struct Empty;

impl Type<Driver> for Empty {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Driver> for Empty {
    fn encode_by_ref(&self, _: &mut PgArgumentBuffer) -> Result<IsNull, sqlx::error::BoxDynError> {
        Ok(IsNull::Yes)
    }
}

fn query<'q>(sql: &str, values: &[Bind<'_>]) -> Query<'q, Driver, PgArguments> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(numbered(sql)));
    for value in values {
        query = match value {
            Bind::Null => query.bind(Empty),
            Bind::Int(number) => query.bind(*number),
            Bind::Id(id) => query.bind(id.as_slice()),
            Bind::Blob(octets) => query.bind(*octets),
            Bind::Text(text) => query.bind(*text),
        };
    }
    query
}

pub(crate) async fn plain(connection: &mut PgConnection, sql: &'static str) -> Held<()> {
    sqlx::raw_sql(sql).execute(connection).await.map(drop).map_err(fault)
}

pub(crate) async fn execute(connection: &mut PgConnection, sql: &str, values: &[Bind<'_>]) -> Held<u64> {
    Ok(query(sql, values).execute(connection).await.map_err(fault)?.rows_affected())
}

pub(crate) async fn rows(connection: &mut PgConnection, sql: &str, values: &[Bind<'_>]) -> Held<Vec<Row>> {
    let rows = query(sql, values).fetch_all(connection).await.map_err(fault)?;
    rows.iter().map(read).collect()
}

fn read(row: &PgRow) -> Held<Row> {
    let mut values = Vec::with_capacity(row.len());
    for column in row.columns() {
        let at = column.ordinal();
        let raw = row.try_get_raw(at).map_err(fault)?;
        values.push(match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INT8" => Value::Int(row.try_get(at).map_err(fault)?),
            "INT4" => Value::Int(row.try_get::<i32, _>(at).map_err(fault)?.into()),
            "BYTEA" => Value::Blob(row.try_get(at).map_err(fault)?),
            _ => Value::Text(row.try_get(at).map_err(fault)?),
        });
    }
    Ok(Row(values))
}

fn fault(error: sqlx::Error) -> Fault {
    let Some(said) = error.as_database_error() else { return unsaid(&error) };
    let place = || format!("{} {}", said.table().unwrap_or_default(), said.constraint().unwrap_or_default());
    match said.code().as_deref() {
        Some("23505") => twice(&place()),
        Some("40001" | "40P01" | "55P03") => Fault::Again(error.to_string()),
        Some("53100") => Error::Full.into(),
        // Turned away (a user, a password or a right that is no longer good), too many connections, out of memory, cancelled,
        // shutting down, only readable, connection failures.
        Some(code)
            if code.starts_with("28")
                || code == "42501"
                || code.starts_with("53")
                || code.starts_with("57")
                || code.starts_with("08")
                || code == "25006" =>
        {
            down(error)
        }
        _ => Error::internal(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_are_numbered() {
        assert_eq!(
            numbered("select a from b where c = ? and (d, e) > (?, ?)"),
            "select a from b where c = $1 and (d, e) > ($2, $3)"
        );
        assert_eq!(numbered("select 1"), "select 1");
    }
}
