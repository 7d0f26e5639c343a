//! Sets an import running: from here on the worker writes.

use serde::{Deserialize, Serialize};

use super::state::{Held, Import, State};
use crate::{
    Error, Result, Services,
    account::Caller,
    id::{BatchId, ImportId},
};

/// What becomes of rows that wait and were not decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// They are left out.
    #[default]
    Skip,
    /// Contacts are made of them.
    New,
    /// They change the contact they were compared with.
    Update,
}

/// Sets a checked import running. Running already, it goes on as it was.
pub async fn run(services: &Services, caller: &Caller, id: ImportId, policy: Policy) -> Result<Import> {
    let mut held = Held::of(services, caller, id).await?;
    caller.may_edit(held.saved.book)?;
    match held.saved.state {
        State::Checked => {
            held.saved.state = State::Running;
            held.saved.policy = policy;
            held.saved.done = 0;
            held.saved.batch = Some(BatchId(services.random.id()));
            held.save(services, caller).await?;
        }
        State::Running => {}
        State::Reading | State::Mapping => return Err(Error::conflict("This import has not been checked yet.")),
        State::Done | State::Failed | State::Undone => return Err(Error::conflict("This import has ended.")),
    }
    held.told(services, caller).await
}
