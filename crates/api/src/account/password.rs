//! Another password.

use http::header;
use rolo_core::account::password as verb;

use super::shape::PasswordChange;
use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, cookie},
    session::browser,
};

pub(super) async fn change(api: Api, mut ask: Ask) -> Done {
    let PasswordChange { old, new } = ask.json().await?;
    let signed_in = verb::change(api.services(), ask.caller()?, &old, &new, browser(&ask)).await?;
    let answer = Answer::nothing();
    // A program that asked by token did not ask for a cookie.
    if ask.session().is_none() {
        return Ok(answer);
    }
    Ok(answer.with(header::SET_COOKIE, cookie::set(&signed_in.secret, ask.peer.tls)))
}
