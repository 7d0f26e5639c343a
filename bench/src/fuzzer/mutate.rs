//! What the dice do to an input: flip, cut, copy, splice, insert words of the format, blow up.

use fastrand::Rng;

/// Makes new inputs of old ones.
pub(crate) struct Mutator {
    /// Words of the format.
    pub(crate) tokens: &'static [&'static [u8]],
    /// No input is made larger than this.
    pub(crate) bytes_max: usize,
}

impl Mutator {
    /// One entry with a few changes.
    pub(crate) fn mutated(&self, entries: &[Vec<u8>], dice: &mut Rng) -> Vec<u8> {
        let mut input = entries[dice.usize(..entries.len())].clone();
        // Mostly few changes: an input that is all noise is refused at the door.
        let changes = 1 << dice.u32(0..5);
        for _ in 0..changes {
            self.change(&mut input, entries, dice);
        }
        // Rarely, as large as allowed: where time or memory grows faster than the input, it shows here.
        if dice.u32(0..500) == 0 {
            self.blow_up(&mut input, dice, self.bytes_max);
        }
        input.truncate(self.bytes_max);
        input
    }

    fn change(&self, input: &mut Vec<u8>, entries: &[Vec<u8>], dice: &mut Rng) {
        let at = dice.usize(..=input.len());
        match dice.u32(0..12) {
            0 => {
                if let Some(octet) = input.get_mut(at) {
                    *octet ^= 1 << dice.u32(0..8);
                }
            }
            1 => {
                if let Some(octet) = input.get_mut(at) {
                    *octet = dice.u8(..);
                }
            }
            2..=4 => {
                let token = self.tokens[dice.usize(..self.tokens.len())];
                insert(input, at, token);
            }
            5 => {
                let token = self.tokens[dice.usize(..self.tokens.len())];
                let end = (at + token.len()).min(input.len());
                input.splice(at..end, token.iter().copied());
            }
            6 => drop(input.drain(piece(input, dice))),
            7 => {
                let copied = input[piece(input, dice)].to_vec();
                insert(input, at, &copied);
            }
            8 => {
                let other = &entries[dice.usize(..entries.len())];
                let copied = other[piece(other, dice)].to_vec();
                insert(input, at, &copied);
            }
            9 => {
                let other = &entries[dice.usize(..entries.len())];
                input.truncate(at);
                input.extend_from_slice(&other[dice.usize(..=other.len())..]);
            }
            10 => input.truncate(at),
            _ => {
                if dice.u32(0..8) == 0 {
                    let octets = (1 << dice.u32(4..14)).min(self.bytes_max);
                    self.blow_up(input, dice, octets);
                }
            }
        }
    }

    /// Repeats one octet, one word or one piece of the input in place.
    fn blow_up(&self, input: &mut Vec<u8>, dice: &mut Rng, octets: usize) {
        let unit = match dice.u32(0..3) {
            0 => vec![dice.u8(..)],
            1 => self.tokens[dice.usize(..self.tokens.len())].to_vec(),
            _ => input[piece(input, dice)].to_vec(),
        };
        if unit.is_empty() {
            return;
        }
        let at = dice.usize(..=input.len());
        let room = octets.saturating_sub(input.len());
        insert(input, at, &unit.repeat(room / unit.len()));
    }
}

fn insert(input: &mut Vec<u8>, at: usize, octets: &[u8]) {
    input.splice(at..at, octets.iter().copied());
}

/// A piece of it, rather short than long; a line as often as not.
fn piece(input: &[u8], dice: &mut Rng) -> std::ops::Range<usize> {
    let start = dice.usize(..=input.len());
    if dice.bool() {
        let line = |octet: &u8| *octet == b'\n';
        let start = input[..start].iter().rposition(line).map_or(0, |at| at + 1);
        let end = input[start..].iter().position(line).map_or(input.len(), |at| start + at + 1);
        return start..end;
    }
    let end = (start + (1 << dice.u32(0..10))).min(input.len());
    start..end
}
