//! Signing in: an address and a password become a session.
//!
//! Guessing is slowed where it comes from: tries count for each account *and* place, and for each place. Nobody's guesses
//! elsewhere keep the owner out at home, because no counter is the account's alone.

use jiff::Timestamp;
use std::time::Duration;

use super::{
    address::block,
    password::BYTES_MAX,
    session::{self, Browser, SignedIn},
};
use crate::{
    Error, Result, Services,
    account::{By, Door},
    id::BatchId,
    keys::email_key,
    write::{Act, Write},
};

/// Guesses at one account from one place, a minute.
pub const TRIES_ACCOUNT_MAX: u32 = 10;
/// Guesses at any account from one place, a minute: a family may sign in all at once, a list of stolen passwords may not
/// be tried out.
pub const TRIES_PLACE_MAX: u32 = 30;
/// The window both are counted in.
const WINDOW_SECONDS: u32 = 60;

/// What is counted, and up to where.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    key: String,
    most: u32,
}

impl Limit {
    pub(super) fn of_account(account: &str, address: &str) -> Self {
        Self { key: format!("sign-in {} {account}", block(address)), most: TRIES_ACCOUNT_MAX }
    }

    fn of_place(address: &str) -> Self {
        Self { key: format!("sign-in {}", block(address)), most: TRIES_PLACE_MAX }
    }
}

/// Counts this try, before anything slow or telling is done, and refuses when there were too many.
pub(super) async fn guard(services: &Services, limits: &[Limit]) -> Result<()> {
    let now = services.clock.now();
    for limit in limits {
        let tries = match services.database.count_try(&limit.key, WINDOW_SECONDS, now).await {
            // With a full disk nothing can be counted; signing in goes on.
            Err(Error::Full) => 0,
            tries => tries?,
        };
        if tries > limit.most {
            return Err(Error::Limited { retry_after: rest_of_window(now) });
        }
    }
    Ok(())
}

fn rest_of_window(now: Timestamp) -> Duration {
    let window = u64::from(WINDOW_SECONDS);
    let gone = u64::try_from(now.as_second()).unwrap_or_default() % window;
    Duration::from_secs(window - gone)
}

/// Signs somebody in. An unknown address, a wrong password and a removed account answer alike, in the same time.
pub async fn sign_in(services: &Services, email: &str, password: &str, browser: Browser) -> Result<SignedIn> {
    let key = email_key(email).filter(|key| key.len() <= 320);
    let counted = key.clone().unwrap_or_else(|| "nobody".to_owned());
    let own = Limit::of_account(&counted, &browser.address);
    guard(services, &[own.clone(), Limit::of_place(&browser.address)]).await?;

    let account = match &key {
        Some(key) => services.database.account_by_email(key).await?.filter(|account| account.enabled),
        None => None,
    };
    // An endless password costs no more than a long one, and is nobody's.
    let tried = if password.len() <= BYTES_MAX { password } else { "" };
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let right = services.secrets.verify_password(tried, hash).await?;
    let account = account.filter(|_| right && !tried.is_empty()).ok_or(Error::NotSignedIn)?;

    forget(services, &own).await?;
    let by = By {
        organisation: account.organisation,
        account: Some(account.id),
        door: Door::Web,
        device: Some(browser.named()),
        at: services.clock.now(),
    };
    let (start, signed_in) = session::start(services, account, browser);
    let write = Write::new(by, BatchId(services.random.id()), Act::Settings).and(start.into());
    services.database.commit(write).await?;
    Ok(signed_in)
}

async fn forget(services: &Services, limit: &Limit) -> Result<()> {
    match services.database.forget_tries(&limit.key).await {
        Err(Error::Full) => Ok(()),
        done => done,
    }
}
