//! Who is signed in.

use rolo_core::{account::settings, organisation};

use super::shape;
use crate::{Api, answer::Done, ask::Ask};

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let caller = ask.caller()?;
    let (account, _) = settings::get(api.services(), caller).await?;
    let organisation = organisation::get(api.services(), caller, account.organisation).await?;
    shape::answer(account, organisation)
}
