//! Passwords: which may be chosen, and changing one.

use std::sync::LazyLock;

use super::{
    Caller,
    session::{self, Browser, SignedIn},
    sign_in::{Limit, guard},
};
use crate::{
    Error, Result, Services,
    id::BatchId,
    write::{Act, Admin, Write},
};

/// Characters a password has at least.
pub const CHARS_MIN: usize = 8;
/// Octets it has at most: more would only cost time to hash.
pub const BYTES_MAX: usize = 1_024;

/// Passwords everybody tries first, of eight characters or more, lower-case, one a line, in byte order.
static COMMON: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Whether this password may be chosen by the account with this address and name.
pub fn acceptable(password: &str, email: &str, name: &str) -> Result<()> {
    let refuse = |why: String| Err(Error::invalid("/password", why));
    if password.chars().count() < CHARS_MIN {
        return refuse(format!("A password has at least {CHARS_MIN} characters. A short sentence is a good one."));
    }
    if password.len() > BYTES_MAX {
        return refuse(format!("A password has at most {BYTES_MAX} octets."));
    }
    let folded = password.trim().to_lowercase();
    let own = |text: &str| !text.trim().is_empty() && folded == text.trim().to_lowercase();
    if own(email) || own(name) || email.split('@').next().is_some_and(own) {
        return refuse("Your own name or address is the first thing anybody tries. Choose something else.".to_owned());
    }
    if COMMON.binary_search(&folded.as_str()).is_ok() || is_one_run(&folded) {
        return refuse("This is one of the passwords everybody tries first. Choose something else.".to_owned());
    }
    Ok(())
}

/// One character again and again, or a run like `23456789`.
fn is_one_run(text: &str) -> bool {
    let steps: Vec<i64> = text
        .chars()
        .zip(text.chars().skip(1))
        .map(|(one, next)| i64::from(u32::from(next)) - i64::from(u32::from(one)))
        .collect();
    steps.windows(2).all(|pair| pair[0] == pair[1]) && steps.first().is_none_or(|step| step.abs() <= 1)
}

/// Changes the caller's own password. Every session and token ends; the answer is a new session for this browser.
pub async fn change(services: &Services, caller: &Caller, old: &str, new: &str, browser: Browser) -> Result<SignedIn> {
    let account = services.database.account(caller.account()).await?.ok_or(Error::NotSignedIn)?;
    // Whoever holds a stolen session must not get to guess the password either.
    guard(services, &[Limit::of_account(&account.id.to_string(), &browser.address)]).await?;
    if old.len() > BYTES_MAX || !services.secrets.verify_password(old, Some(&account.password_hash)).await? {
        return Err(Error::invalid("/old", "This is not your password."));
    }
    acceptable(new, &account.email, &account.name).map_err(|error| at("/new", error))?;
    let password_hash = services.secrets.hash_password(new).await?;
    let (start, signed_in) = session::start(services, account, browser);
    let batch = BatchId(services.random.id());
    let write = Write::by(caller, services.clock.now(), batch, Act::Settings)
        .and(replaced(signed_in.account.id, password_hash).into())
        .and(start.into());
    services.database.commit(write).await?;
    Ok(signed_in)
}

/// The effect that sets a password and ends everything that was open with the old one.
pub(super) fn replaced(id: crate::id::AccountId, password_hash: String) -> Admin {
    let password_hash = Some(password_hash);
    Admin::SaveAccount { id, expect: None, name: None, password_hash, settings: None, role: None, keep: None }
}

/// The same refusal, said of another member.
pub(super) fn at(field: &str, error: Error) -> Error {
    match error {
        Error::Invalid { why, .. } => Error::invalid(field, why),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> bool {
        acceptable(password, "noor.haddad@rolo.example", "Noor Haddad").is_err()
    }

    #[test]
    fn the_list_is_long_sorted_and_of_use() {
        assert!(COMMON.len() >= 3_000, "{}", COMMON.len());
        assert!(COMMON.is_sorted(), "binary search wants order");
        assert!(COMMON.iter().all(|word| word.chars().count() >= CHARS_MIN && *word == word.to_lowercase()));
    }

    #[test]
    fn what_everybody_tries_is_refused() {
        for password in [
            "",
            "seven77",
            "password",
            "Password1",
            "12345678",
            "87654321",
            "aaaaaaaaaa",
            "qwertyuiop",
            "iloveyou1",
            "letmein123",
            "Noor Haddad",
            "noor.haddad",
            "noor.haddad@rolo.example",
            "trustno1!",
            "Welcome2024",
            "abcdefgh",
        ] {
            assert!(refused(password), "{password}");
        }
        assert!(refused(&"x1".repeat(600)));
    }

    #[test]
    fn a_sentence_and_any_script_are_taken() {
        for password in
            ["the kettle sings at nine", "ünterm Rad 47", "пароль на завтра", "正しい馬と電池8", "h7Gk-2mQz"]
        {
            assert!(!refused(password), "{password}");
        }
    }
}
