//! Sign in: from the page's script, or from its form where scripts do not run.

use http::{StatusCode, header};
use rolo_core::{Error, account::sign_in as verb};

use super::{browser, shape::SignIn};
use crate::{
    Api,
    answer::{Answer, Done, Refusal},
    ask::{Ask, cookie, json, query::Query},
};

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) async fn sign_in(api: Api, mut ask: Ask) -> Done {
    let form = ask.media_type(&["application/json", FORM])? == FORM;
    let octets = ask.octets().await?;
    let SignIn { email, password } = if form { read_form(&octets)? } else { json::typed(json::strict(&octets)?)? };
    let signed_in = match verb::sign_in(api.services(), &email, &password, browser(&ask)).await {
        Err(Error::NotSignedIn) if form => return Ok(elsewhere("/sign-in?refused=true")),
        Err(Error::NotSignedIn) => return Err(Refusal::wrong_password()),
        done => done?,
    };
    let answer = if form { elsewhere("/") } else { Answer::status(StatusCode::CREATED) };
    Ok(answer.with(header::SET_COOKIE, cookie::set(&signed_in.secret, ask.peer.tls)))
}

fn elsewhere(path: &str) -> Answer {
    Answer::status(StatusCode::SEE_OTHER).with(header::LOCATION, path)
}

fn read_form(octets: &[u8]) -> Result<SignIn, Refusal> {
    let text = std::str::from_utf8(octets).map_err(|_| Refusal::malformed("", "The form is not UTF-8."))?;
    let form = Query::read(text, &["email", "password"])?;
    Ok(SignIn { email: form.required("email")?.to_owned(), password: form.required("password")?.to_owned() })
}
