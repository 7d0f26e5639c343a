//! Tries under a key, counted in windows of time. Keys may hold addresses of people: only their hash is kept.

use jiff::Timestamp;

use crate::database::{column::hash, fault::Held, session::Session, value::bind};

pub(crate) async fn count(s: &mut Session<'_>, key: &str, window_seconds: u32, now: Timestamp) -> Held<u32> {
    let window = i64::from(window_seconds.max(1)) * 1000;
    let starts_at = now.as_millisecond().div_euclid(window) * window;
    let name = hash(key.as_bytes());
    let sql = "insert into attempt (name, starts_at, ends_at, tries) values (?, ?, ?, 1) \
               on conflict (name, starts_at) do update set tries = attempt.tries + excluded.tries";
    s.execute(sql, bind![&name, starts_at, starts_at + window]).await?;
    let row = s.row("select tries from attempt where name = ? and starts_at = ?", bind![&name, starts_at]).await?;
    let tries = row.map(|row| row.count(0)).transpose()?.unwrap_or(1);
    Ok(u32::try_from(tries).unwrap_or(u32::MAX))
}

pub(crate) async fn forget(s: &mut Session<'_>, key: &str) -> Held<()> {
    s.execute("delete from attempt where name = ?", bind![&hash(key.as_bytes())]).await?;
    Ok(())
}
