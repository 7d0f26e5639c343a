//! API tokens and app passwords.

use http::StatusCode;
use rolo_core::{account::token, write::TokenKind};

use super::shape::{Made, NewToken, Token, TokenFor, TokenList};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let rows = token::list(api.services(), ask.caller()?).await?;
    let items = rows.into_iter().map(|row| Token {
        id: row.id.0,
        name: row.name,
        kind: match row.kind {
            TokenKind::Api => TokenFor::Api,
            TokenKind::Dav => TokenFor::Dav,
        },
        created_at: row.created_at,
        expires_at: row.expires_at,
    });
    Answer::json(&TokenList { items: items.collect() })
}

pub(super) async fn create(api: Api, mut ask: Ask) -> Done {
    let NewToken { name, kind, expires_at } = ask.json().await?;
    let kind = match kind {
        TokenFor::Api => TokenKind::Api,
        TokenFor::Dav => TokenKind::Dav,
    };
    let made = token::create(api.services(), ask.caller()?, &name, kind, expires_at).await?;
    Ok(Answer::json(&Made { id: made.id.0, secret: made.secret })?.with_status(StatusCode::CREATED))
}

pub(super) async fn revoke(api: Api, ask: Ask) -> Done {
    token::revoke(api.services(), ask.caller()?, ask.id("id")?).await?;
    Ok(Answer::nothing())
}
