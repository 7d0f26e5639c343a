//! The first account.

use http::{StatusCode, header};
use rolo_core::{
    Error,
    account::{NewOwner, setup},
};

use super::{
    browser,
    shape::{SetUp, SetUpState},
};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, cookie},
};

pub(super) async fn get(api: Api, _ask: Ask) -> Done {
    let code = api.0.setup_code.as_ref().ok_or(Error::NotFound)?;
    let services = api.probe().await.into_iter().map(|probe| probe.state()).collect();
    // With the database down nobody knows; the page then shows what is down.
    if api.services().database.has_accounts().await.unwrap_or(false) {
        return Err(Error::NotFound.into());
    }
    Answer::json(&SetUpState { open: code.lives(), services })
}

pub(super) async fn post(api: Api, mut ask: Ask) -> Done {
    let code = api.0.setup_code.as_ref().ok_or(Error::NotFound)?;
    if api.services().database.has_accounts().await? {
        return Err(Error::NotFound.into());
    }
    let said: SetUp = ask.json().await?;
    if !code.fits(&said.code) {
        let why = if code.lives() {
            "This is not the code in the console."
        } else {
            "Too many wrong codes. Start Rolo again for a new one."
        };
        return Err(Error::invalid("/code", why).into());
    }
    let SetUp { name, email, password, organisation, .. } = said;
    let owner = NewOwner { name, email, password, organisation, ..NewOwner::default() };
    let signed_in = setup::setup(api.services(), owner, browser(&ask)).await?;
    let answer = Answer::status(StatusCode::CREATED);
    Ok(answer.with(header::SET_COOKIE, cookie::set(&signed_in.secret, ask.peer.tls)))
}
