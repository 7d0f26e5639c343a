//! Services that are quick and repeatable: what is tested here is the door, on the real database.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result,
    contracts::{Clock, Random, Secrets, Storage, storage::Chunks},
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A clock that stands until it is moved.
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(1_780_000_000_000))
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(SeqCst)).unwrap()
    }
}

/// Hashes that take no time.
pub(crate) struct QuickSecrets;

#[async_trait]
impl Secrets for QuickSecrets {
    async fn hash_password(&self, password: &str) -> Result<String> {
        Ok(format!("quick${}", Uuid::from_slice(&Sha256::digest(password)[..16]).unwrap()))
    }

    async fn verify_password(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        Ok(Some(self.hash_password(password).await?.as_str()) == hash)
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        Sha256::digest(secret).into()
    }
}

/// Ids that rise from the same beginning in each test.
#[derive(Default)]
pub(crate) struct Dice(AtomicU64);

impl Random for Dice {
    fn fill(&self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(32) {
            let thrown = Sha256::digest(self.0.fetch_add(1, SeqCst).to_be_bytes());
            chunk.copy_from_slice(&thrown[..chunk.len()]);
        }
    }

    fn id(&self) -> Uuid {
        let n = self.0.fetch_add(1, SeqCst);
        let mut octets = [0; 16];
        octets[..6].copy_from_slice(&(1_780_000_000_000_u64 + n).to_be_bytes()[2..]);
        octets[6..].copy_from_slice(&Sha256::digest(n.to_be_bytes())[..10]);
        octets[6] = octets[6] & 0x0f | 0x70;
        octets[8] = octets[8] & 0x3f | 0x80;
        Uuid::from_bytes(octets)
    }
}

/// Files in memory.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<HashMap<String, Vec<u8>>>);

#[async_trait]
impl Storage for Shelf {
    async fn store(&self, key: &str, mut chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().await {
            all.extend(chunk?);
            if all.len() as u64 > bytes_max {
                return Err(Error::too_large("This file is too large."));
            }
        }
        let length = all.len() as u64;
        self.0.lock().unwrap().insert(key.to_owned(), all);
        Ok(length)
    }

    async fn read(&self, key: &str, offset: u64, length: usize) -> Result<Option<Vec<u8>>> {
        let files = self.0.lock().unwrap();
        Ok(files.get(key).map(|all| all.iter().skip(offset as usize).take(length).copied().collect()))
    }

    async fn length(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.0.lock().unwrap().get(key).map(|all| all.len() as u64))
    }

    async fn keys(&self) -> Result<Vec<String>> {
        Ok(self.0.lock().unwrap().keys().cloned().collect())
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
}
