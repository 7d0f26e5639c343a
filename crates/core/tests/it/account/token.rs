//! Tokens: made, shown once, revoked.

use jiff::SignedDuration;
use rolo_core::{
    account::{Door, of_token, password, token},
    write::TokenKind,
};

use crate::world::{PASSWORD, browser, refusal, world};

#[tokio::test]
async fn a_token_opens_its_own_door_until_it_is_revoked() {
    let w = world().await;
    let made = token::create(&w.s, &w.noor, " backup script ", TokenKind::Api, None).await.unwrap();
    assert!(made.secret.starts_with("rolo_") && made.secret.len() == 48);
    assert!(!format!("{made:?}").contains(&made.secret));
    let (caller, id) = of_token(&w.s, &made.secret, TokenKind::Api).await.unwrap().unwrap();
    assert_eq!((caller.account(), caller.door(), id), (w.noor.account(), Door::Api, made.id));
    assert!(of_token(&w.s, &made.secret, TokenKind::Dav).await.unwrap().is_none());
    assert!(rolo_core::account::of_session(&w.s, &made.secret).await.unwrap().is_none());
    assert_eq!(token::list(&w.s, &w.noor).await.unwrap()[0].name, "backup script");
    let stranger = w.stranger().await;
    assert_eq!(refusal(token::revoke(&w.s, &stranger, made.id).await).0, "not found");
    token::revoke(&w.s, &w.noor, made.id).await.unwrap();
    assert!(of_token(&w.s, &made.secret, TokenKind::Api).await.unwrap().is_none());
    assert_eq!(refusal(token::revoke(&w.s, &w.noor, made.id).await).0, "not found");
}

#[tokio::test]
async fn a_token_ends_when_it_says_or_the_password_changes() {
    let w = world().await;
    let now = w.s.clock.now();
    assert_eq!(refusal(token::create(&w.s, &w.noor, "x", TokenKind::Dav, Some(now)).await).1, "/expires_at");
    assert_eq!(refusal(token::create(&w.s, &w.noor, " ", TokenKind::Dav, None).await).1, "/name");
    let end = Some(now + SignedDuration::from_hours(1));
    let short = token::create(&w.s, &w.noor, "phone", TokenKind::Dav, end).await.unwrap();
    let long = token::create(&w.s, &w.noor, "tablet", TokenKind::Dav, None).await.unwrap();
    assert!(of_token(&w.s, &short.secret, TokenKind::Dav).await.unwrap().is_some());
    w.clock.forward(SignedDuration::from_hours(2));
    assert!(of_token(&w.s, &short.secret, TokenKind::Dav).await.unwrap().is_none());
    password::change(&w.s, &w.noor, PASSWORD, "a better sentence", browser()).await.unwrap();
    assert!(of_token(&w.s, &long.secret, TokenKind::Dav).await.unwrap().is_none());
}
