//! Stops an import, and forgets one. What it wrote stays, and can be undone.

use serde::{Deserialize, Serialize};

use super::state::{Held, Import, State};
use crate::{
    Error, Result, Services,
    account::Caller,
    id::{BatchId, ImportId},
    write::{Act, Admin, Effect, Write},
};

/// Stops an import. What was written until then can be undone.
pub async fn cancel(services: &Services, caller: &Caller, id: ImportId) -> Result<Import> {
    loop {
        let mut held = Held::of(services, caller, id).await?;
        let (done, rows) = (held.saved.done, held.saved.rows);
        match held.saved.state {
            State::Running if done > 0 => {
                let why = format!("Stopped after {done} of {rows} rows. Undo takes back what was written.");
                held.saved.fail(why);
            }
            State::Reading | State::Mapping | State::Checked | State::Running => {
                held.saved.batch = None;
                held.saved.fail("Stopped. Nothing was written.");
            }
            State::Done | State::Failed | State::Undone => return held.told(services, caller).await,
        }
        match held.save(services, caller).await {
            // The worker wrote another chunk meanwhile: it is stopped behind that one.
            Err(Error::Conflict { .. }) => {}
            done => {
                done?;
                return held.told(services, caller).await;
            }
        }
    }
}

/// What the outbox is told when an import was forgotten: its files are nobody's any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Which.
    pub import: ImportId,
    /// Where its files lie in storage.
    pub keys: Vec<String>,
}

impl Removed {
    /// The event's name.
    pub const EVENT: &str = "import.removed";

    fn of(held: &Held) -> Self {
        let saved = &held.saved;
        let own = saved.parts.iter().filter(|part| part.is_own).map(|part| part.key.clone());
        let keys = own
            .chain(saved.files.iter().map(|file| file.key.clone()))
            .chain([held.verdicts_key(), held.groups_key()])
            .collect();
        Self { import: held.id, keys }
    }

    fn effects(&self) -> Result<[Effect; 2]> {
        let payload = serde_json::to_string(self).map_err(Error::internal)?;
        Ok([Admin::RemoveImport { id: self.import }.into(), Effect::Tell { event: Self::EVENT, payload }])
    }

    /// Deletes the files. Those that are gone already are no error.
    pub async fn delete_files(&self, services: &Services) -> Result<()> {
        for key in &self.keys {
            services.storage.delete(key).await?;
        }
        Ok(())
    }
}

/// Forgets an import and deletes its files. Rows stay remembered for the next import of the same file.
pub async fn remove(services: &Services, caller: &Caller, id: ImportId) -> Result<()> {
    let removed = Removed::of(&Held::of(services, caller, id).await?);
    let mut write = Write::by(caller, services.clock.now(), BatchId(services.random.id()), Act::Settings);
    write.effects.extend(removed.effects()?);
    services.database.commit(write).await?;
    // Now if it can be; what cannot be deleted now the outbox keeps for the worker.
    let _ = removed.delete_files(services).await;
    Ok(())
}

/// What forgets up to `most` imports of an account that is about to go; nobody could ask for their files afterwards.
pub(crate) async fn of_account(services: &Services, caller: &Caller, most: usize) -> Result<Vec<Effect>> {
    let mut effects = Vec::new();
    for row in services.database.imports(caller.scope(), most).await? {
        match Held::from_row(&row) {
            Ok(held) => effects.extend(Removed::of(&held).effects()?),
            // A state nobody can read does not keep an account from going.
            Err(_) => effects.push(Admin::RemoveImport { id: ImportId(row.id) }.into()),
        }
    }
    Ok(effects)
}
