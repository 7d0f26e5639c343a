//! What proves who somebody is: password hashes and digests of bearer secrets.

use async_trait::async_trait;

use crate::Result;

/// Hashing of secrets. Nothing here is ever logged.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The argon2id hash of a password, as a PHC string. Slow on purpose; runs beside the request threads.
    async fn hash_password(&self, password: &str) -> Result<String>;

    /// Whether `password` is the one `hash` was made from. Takes the same time with a hash nobody has, so that an unknown
    /// account answers like a wrong password: pass `None`.
    async fn verify_password(&self, password: &str, hash: Option<&str>) -> Result<bool>;

    /// HMAC-SHA256 of a session or token secret under the key kept in the database. Cheap.
    fn digest(&self, secret: &[u8]) -> [u8; 32];
}
