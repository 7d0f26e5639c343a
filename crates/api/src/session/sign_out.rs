//! Sign out here, or end a session elsewhere.

use http::header;
use rolo_core::{Error, account::session};

use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, cookie},
};

pub(super) async fn sign_out(api: Api, ask: Ask) -> Done {
    let current = ask.session();
    let id = match ask.part("session") {
        Some("current") => current.ok_or(Error::NotFound)?,
        _ => ask.id("session")?,
    };
    session::end(api.services(), ask.caller()?, id).await?;
    let answer = Answer::nothing();
    if Some(id) != current {
        return Ok(answer);
    }
    Ok(answer
        .with(header::SET_COOKIE, cookie::clear(ask.peer.tls))
        .with(header::HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\""))
}
