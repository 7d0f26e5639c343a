//! Where inputs come from: files kept for it, people made up for it, and what the dice make of both.

use std::path::{Path, PathBuf};

use fastrand::Rng;

use crate::{Outcome, mutate::Mutator, target::Target};

/// A larger file teaches the dice nothing and makes every input slow.
const ENTRY_BYTES_MAX: u64 = 64 << 10;

/// The inputs of one target, each by its number: first the corpus as it is, then mutations.
pub(crate) struct Inputs {
    pub(crate) target: Target,
    entries: Vec<Vec<u8>>,
    mutator: Mutator,
    seed: u64,
}

impl Inputs {
    pub(crate) fn of(target: Target, seed: u64, bytes_max: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
        let mut entries = (target.made_up)();
        for folder in target.folders {
            gather(&fixtures.join(folder), &mut entries)?;
        }
        if entries.is_empty() {
            return Err(format!("the corpus of {} is empty", target.name).into());
        }
        Ok(Self { mutator: Mutator { tokens: target.tokens, bytes_max }, target, entries, seed })
    }

    /// The input of this number.
    pub(crate) fn input(&self, number: u64) -> Vec<u8> {
        if let Some(entry) = usize::try_from(number).ok().and_then(|number| self.entries.get(number)) {
            return entry.clone();
        }
        let name = self.target.name.bytes().fold(0_u64, |hash, octet| hash.wrapping_mul(31) + u64::from(octet));
        let mut dice = Rng::with_seed(self.seed ^ name.rotate_left(32) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.mutator.mutated(&self.entries, &mut dice)
    }
}

/// All files below a folder, in the order of their names; a folder that is not there has none.
fn gather(folder: &Path, entries: &mut Vec<Vec<u8>>) -> Outcome {
    let Ok(found) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut paths: Vec<PathBuf> = found.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, entries)?;
        } else if path.metadata()?.len() <= ENTRY_BYTES_MAX {
            entries.push(std::fs::read(&path)?);
        }
    }
    Ok(())
}
