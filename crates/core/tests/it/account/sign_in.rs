//! Sign-in: passwords, limits, sessions.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use rolo_core::{
    Error,
    account::{
        Browser, of_session, password, session,
        sign_in::{TRIES_ACCOUNT_MAX, TRIES_PLACE_MAX, sign_in},
    },
};

use crate::world::{PASSWORD, browser, refusal, world};

const EMAIL: &str = "noor@ROLO.example";

fn from(address: &str) -> Browser {
    Browser { device: "Safari".into(), address: address.into() }
}

#[tokio::test]
async fn in_out_and_from_another_device() {
    let w = world().await;
    let here = sign_in(&w.s, EMAIL, PASSWORD, browser()).await.unwrap();
    let there = sign_in(&w.s, " Noor@rolo.example ", PASSWORD, from("2001:db8::1")).await.unwrap();
    let (noor, _) = of_session(&w.s, &here.secret).await.unwrap().unwrap();
    let all = session::list(&w.s, &noor).await.unwrap();
    assert_eq!((all.len(), all[0].device.as_str()), (3, "Safari"));
    session::end(&w.s, &noor, there.session).await.unwrap();
    assert!(of_session(&w.s, &there.secret).await.unwrap().is_none());
    assert_eq!(refusal(session::end(&w.s, &noor, there.session).await).0, "not found");
    let stranger = w.stranger().await;
    assert_eq!(refusal(session::end(&w.s, &stranger, here.session).await).0, "not found");
    session::end(&w.s, &noor, here.session).await.unwrap();
    assert!(of_session(&w.s, &here.secret).await.unwrap().is_none());
    for secret in ["", "x", "rolo_abc", &"x".repeat(500)] {
        assert!(of_session(&w.s, secret).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_unused() {
    let w = world().await;
    let here = sign_in(&w.s, EMAIL, PASSWORD, browser()).await.unwrap();
    for _ in 0..3 {
        w.clock.forward(SignedDuration::from_hours(24 * 29));
        assert!(of_session(&w.s, &here.secret).await.unwrap().is_some(), "it was used meanwhile");
    }
    w.clock.forward(SignedDuration::from_hours(24 * 31));
    assert!(of_session(&w.s, &here.secret).await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_learns_which_accounts_there_are() {
    let w = world().await;
    let looked = || w.secrets.looked.load(Ordering::SeqCst);
    let before = looked();
    for (email, password) in [
        (EMAIL, "wrong"),
        ("nobody@rolo.example", PASSWORD),
        ("no address", "x"),
        (EMAIL, ""),
        (EMAIL, &"x".repeat(5_000)),
    ] {
        assert!(matches!(sign_in(&w.s, email, password, browser()).await, Err(Error::NotSignedIn)));
    }
    assert_eq!(looked() - before, 5, "each costs one look at a password");
}

#[tokio::test]
async fn guessing_is_slowed_where_it_comes_from_and_the_owner_gets_in_from_elsewhere() {
    let w = world().await;
    let attacker = || from("2001:db8:bad:1::1");
    for _ in 0..TRIES_ACCOUNT_MAX {
        assert_eq!(refusal(sign_in(&w.s, EMAIL, "guess", attacker()).await).0, "not signed in");
    }
    let looked = w.secrets.looked.load(Ordering::SeqCst);
    // Another address of the same household counts too, and even the right password waits.
    let limited = sign_in(&w.s, EMAIL, PASSWORD, from("2001:db8:bad:1::2")).await;
    assert!(matches!(limited, Err(Error::Limited { retry_after }) if (1..=60).contains(&retry_after.as_secs())));
    assert_eq!(w.secrets.looked.load(Ordering::SeqCst), looked, "no password was looked at");
    sign_in(&w.s, EMAIL, PASSWORD, from("203.0.113.9")).await.expect("the owner, from home");
    w.clock.forward(SignedDuration::from_secs(61));
    sign_in(&w.s, EMAIL, PASSWORD, attacker()).await.expect("after a minute");
}

#[tokio::test]
async fn a_list_of_accounts_is_slowed_too_and_success_forgets() {
    let w = world().await;
    for _ in 0..3 * TRIES_ACCOUNT_MAX - 1 {
        // Mistyped once, then right: never limited by the account's own count.
        assert_eq!(refusal(sign_in(&w.s, EMAIL, "oops", browser()).await).0, "not signed in");
        sign_in(&w.s, EMAIL, PASSWORD, browser()).await.unwrap();
        w.clock.forward(SignedDuration::from_secs(5));
    }
    w.clock.forward(SignedDuration::from_secs(61));
    let mut limited = 0;
    for n in 0..2 * TRIES_PLACE_MAX {
        match sign_in(&w.s, &format!("user{n}@rolo.example"), "guess", from("198.51.100.1")).await {
            Err(Error::Limited { .. }) => limited += 1,
            Err(Error::NotSignedIn) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(limited, TRIES_PLACE_MAX);
}

#[tokio::test]
async fn a_new_password_ends_everything_else() {
    let w = world().await;
    let old = sign_in(&w.s, EMAIL, PASSWORD, browser()).await.unwrap();
    let other = sign_in(&w.s, EMAIL, PASSWORD, from("203.0.113.9")).await.unwrap();
    let (noor, _) = of_session(&w.s, &old.secret).await.unwrap().unwrap();
    assert_eq!(refusal(password::change(&w.s, &noor, "wrong", "a better sentence", browser()).await).1, "/old");
    assert_eq!(refusal(password::change(&w.s, &noor, PASSWORD, "12345678", browser()).await).1, "/new");
    let new = password::change(&w.s, &noor, PASSWORD, "a better sentence", browser()).await.unwrap();
    for secret in [&old.secret, &other.secret] {
        assert!(of_session(&w.s, secret).await.unwrap().is_none());
    }
    assert!(of_session(&w.s, &new.secret).await.unwrap().is_some());
    assert_eq!(refusal(sign_in(&w.s, EMAIL, PASSWORD, browser()).await).0, "not signed in");
    sign_in(&w.s, EMAIL, "a better sentence", browser()).await.unwrap();
}

#[tokio::test]
async fn a_stolen_session_may_not_guess_the_password() {
    let w = world().await;
    for _ in 0..TRIES_ACCOUNT_MAX {
        assert_eq!(refusal(password::change(&w.s, &w.noor, "guess", "a better sentence", browser()).await).1, "/old");
    }
    assert_eq!(refusal(password::change(&w.s, &w.noor, PASSWORD, "a better sentence", browser()).await).0, "limited");
}
