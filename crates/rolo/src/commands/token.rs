//! `rolo token add`: a bearer token for REST, printed this once.

use rolo_core::{Result, account::token, write::TokenKind};
use serde_json::json;

use super::account::caller;
use crate::{admin::Done, wire::Machine};

/// Makes a token.
pub(crate) async fn add(machine: &Machine, email: &str, name: &str) -> Result<Done> {
    let caller = caller(machine, email).await?;
    let made = token::create(&machine.services, &caller, name, TokenKind::Api, None).await?;
    Ok(Done { json: json!({ "id": made.id, "token": made.secret }), text: made.secret })
}
