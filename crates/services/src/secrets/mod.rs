//! Password hashes by argon2id, digests of bearer secrets by HMAC-SHA256.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use rolo_core::{Error, Result, contracts::Secrets};
use sha2::Sha256;
use tokio::sync::Semaphore;

/// How many hashes are made at a time: each takes 19 MiB and a core for some tens of milliseconds.
const AT_ONCE: usize = 2;

/// The hash of a password nobody has: an unknown account answers in the same time as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$XO2kQ3lrjH3rrgZkD1PLF4cXS8VVhAPy4pMpeJXV8Ss";

/// Secrets with the instance's key.
pub struct KeyedSecrets {
    key: [u8; 32],
    places: Arc<Semaphore>,
}

impl KeyedSecrets {
    /// Digests under this key, which lives in the database and travels with its backup.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Runs slow work beside the request threads, a few at a time.
    async fn slowly<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(Error::internal)?
    }
}

#[async_trait]
impl Secrets for KeyedSecrets {
    async fn hash_password(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.slowly(move || {
            Ok(Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?.to_string())
        })
        .await
    }

    async fn verify_password(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let (password, known, hash) = (password.to_owned(), hash.is_some(), hash.unwrap_or(NOBODY).to_owned());
        self.slowly(move || {
            let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104 §2)")]
    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of 32 octets is taken");
        hmac.update(secret);
        hmac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_nothing_else_is() {
        let secrets = KeyedSecrets::new([7; 32]);
        let hash = secrets.hash_password("five quiet mornings").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(secrets.verify_password("five quiet mornings", Some(&hash)).await.unwrap());
        assert!(!secrets.verify_password("five quiet morningz", Some(&hash)).await.unwrap());
        assert!(!secrets.verify_password("five quiet mornings", None).await.unwrap());
        assert!(secrets.verify_password("x", Some("rubbish")).await.is_err());
    }

    #[test]
    fn the_hash_of_nobody_costs_what_a_real_one_costs() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real = Argon2::default().hash_password(b"x").unwrap();
        assert_eq!((nobody.algorithm, nobody.version, nobody.params), (real.algorithm, real.version, real.params));
    }

    #[test]
    fn a_digest_depends_on_the_key() {
        let (one, other) = (KeyedSecrets::new([1; 32]), KeyedSecrets::new([2; 32]));
        assert_eq!(one.digest(b"secret"), one.digest(b"secret"));
        assert_ne!(one.digest(b"secret"), other.digest(b"secret"));
    }
}
