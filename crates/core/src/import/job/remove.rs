//! Stops an import, and forgets one. What it wrote stays, and can be undone.

use super::state::{Held, Import, State};
use crate::{
    Result, Services,
    account::Caller,
    id::{BatchId, ImportId},
    write::{Act, Admin, Write},
};

/// Stops an import. What was written until then can be undone.
pub async fn cancel(services: &Services, caller: &Caller, id: ImportId) -> Result<Import> {
    let mut held = Held::of(services, caller, id).await?;
    if matches!(held.saved.state, State::Reading | State::Mapping | State::Checked | State::Running) {
        let (done, rows) = (held.saved.done, held.saved.rows);
        let why = match held.saved.state {
            State::Running => format!("Stopped after {done} of {rows} rows. Undo takes back what was written."),
            _ => "Stopped. Nothing was written.".to_owned(),
        };
        held.saved.fail(why);
        held.save(services, caller).await?;
    }
    held.told(services, caller).await
}

/// Forgets an import and deletes its files. Rows stay remembered for the next import of the same file.
pub async fn remove(services: &Services, caller: &Caller, id: ImportId) -> Result<()> {
    let held = Held::of(services, caller, id).await?;
    let batch = BatchId(services.random.id());
    let write = Write::by(caller, services.clock.now(), batch, Act::Settings).and(Admin::RemoveImport { id }.into());
    services.database.commit(write).await?;
    let own = held.saved.parts.iter().filter(|part| part.is_own).map(|part| part.key.clone());
    let keys =
        own.chain(held.saved.files.iter().map(|file| file.key.clone())).chain([held.verdicts_key(), held.groups_key()]);
    for key in keys {
        services.storage.delete(&key).await?;
    }
    Ok(())
}
