//! Settings: what is taken, what is refused.

use rolo_core::{
    Seen,
    account::settings::{Settings, Theme, get, save},
};

use crate::world::{refusal, world};

#[tokio::test]
async fn settings_are_the_callers_own() {
    let w = world().await;
    let (account, settings) = get(&w.s, &w.noor).await.unwrap();
    assert_eq!(settings, Settings::default());
    let wanted = Settings { theme: Some(Theme::Dark), region: Some("AT".into()), ..Settings::default() };
    let seen = Seen::Revision(account.revision);
    let done = save(&w.s, &w.noor, seen, Some("Noor H.".into()), Some(&|_| Ok(wanted.clone()))).await.unwrap();
    assert_eq!((done.value.name.as_str(), Settings::of(&done.value)), ("Noor H.", wanted));
    assert_eq!(w.again(&w.noor).await.region(), Some("AT"));
    assert_eq!(refusal(save(&w.s, &w.noor, seen, Some("Late".into()), None).await).0, "conflict");
    let bad = Settings { language: Some("??".into()), ..Settings::default() };
    assert_eq!(refusal(save(&w.s, &w.noor, Seen::Any, None, Some(&|_| Ok(bad.clone()))).await).1, "/settings/language");
    assert_eq!(refusal(save(&w.s, &w.noor, Seen::Any, Some("".into()), None).await).1, "/name");
}
