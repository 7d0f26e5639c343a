//! The first account.

use http::{StatusCode, header};
use rolo_core::{
    Error,
    account::{NewOwner, setup},
};

use super::{
    browser,
    shape::{Restoring, SetUp, SetUpState},
};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, cookie},
};

pub(super) async fn get(api: Api, _ask: Ask) -> Done {
    let code = api.0.setup_code.as_ref().ok_or(Error::NotFound)?;
    let services = api.probe().await.into_iter().map(|probe| probe.state()).collect();
    let restore = match &api.0.restores {
        Some(restores) => Some(restores.state().await.unwrap_or_default()),
        None => None,
    };
    let restoring = restore.as_ref().is_some_and(|restore| restore.running || restore.half);
    // With the database down nobody knows; the page then shows what is down.
    if !restoring && api.services().database.has_accounts().await.unwrap_or(false) {
        return Err(Error::NotFound.into());
    }
    Answer::json(&SetUpState { open: code.lives(), services, restore: restore.map(Restoring::of) })
}

pub(super) async fn post(api: Api, mut ask: Ask) -> Done {
    if api.0.setup_code.is_none() || api.services().database.has_accounts().await? {
        return Err(Error::NotFound.into());
    }
    let said: SetUp = ask.json().await?;
    proven(&api, &said.code, "/code")?;
    if let Some(restores) = &api.0.restores
        && restores.state().await?.running
    {
        return Err(Error::conflict("A backup is being restored. Its accounts are there when that is done.").into());
    }
    let SetUp { name, email, password, organisation, .. } = said;
    let owner = NewOwner { name, email, password, organisation, ..NewOwner::default() };
    let signed_in = setup::setup(api.services(), owner, browser(&ask)).await?;
    let answer = Answer::status(StatusCode::CREATED);
    Ok(answer.with(header::SET_COOKIE, cookie::set(&signed_in.secret, ask.peer.tls)))
}

/// Refuses whoever cannot read the console.
pub(super) fn proven(api: &Api, typed: &str, field: &str) -> Result<(), Error> {
    let code = api.0.setup_code.as_ref().ok_or(Error::NotFound)?;
    if code.fits(typed) {
        return Ok(());
    }
    let why = if code.lives() {
        "This is not the code in the console."
    } else {
        "Too many wrong codes. Start Rolo again for a new one."
    };
    Err(Error::invalid(field, why))
}
