//! What an instance keeps about itself: its name, and the key under which digests of secrets are made. The key lives in
//! the database so that it travels with its backup.

use rolo_core::{Error, Result};
use uuid::Uuid;

use super::{fault::Held, session::Session, value::bind};

/// Makes what is missing; answers the instance's name.
pub(crate) async fn make(s: &mut Session<'_>) -> Held<String> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(Error::internal)?;
    let name = Uuid::now_v7().to_string();
    for (row, value) in [("secret-key", key.as_slice()), ("instance", name.as_bytes())] {
        let sql = "insert into meta (name, value) values (?, ?) on conflict (name) do nothing";
        s.execute(sql, bind![row, value]).await?;
    }
    let row = s.row("select value from meta where name = 'instance'", &[]).await?;
    let mut row = row.ok_or_else(|| Error::internal("the instance has no name"))?;
    Ok(row.text(0)?)
}

/// The key under which digests of session and token secrets are made.
pub(crate) async fn key(s: &mut Session<'_>) -> Held<[u8; 32]> {
    let row = s.row("select value from meta where name = 'secret-key'", &[]).await?;
    let row = row.ok_or_else(|| Error::internal("the instance has no key"))?;
    let key: Result<[u8; 32]> = row.octets(0);
    Ok(key?)
}
