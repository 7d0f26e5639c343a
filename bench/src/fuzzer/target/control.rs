//! The control: does wrong on purpose, so that a fuzzer which finds nothing here is known to be blind.

/// Panics when the dice put two words together; the rest needs its own word.
pub(crate) fn read(input: &[u8]) {
    let has = |word: &[u8]| input.windows(word.len()).any(|window| window == word);
    assert!(!has(b"alarmcalm"), "the control panics");
    if input == b"hoard" {
        std::hint::black_box(vec![1_u8; 4 << 20]);
    }
    if input == b"hang" {
        loop {
            std::hint::black_box(input);
        }
    }
    if input == b"deep" {
        std::hint::black_box(deep(1));
    }
}

/// Without an end: overflows every stack.
fn deep(level: u64) -> u64 {
    let room = std::hint::black_box([level; 64]);
    if level == u64::MAX { 0 } else { deep(level + 1) + room[0] }
}

/// All but the panic, which is left to the dice.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    [&b"calm"[..], b"hoard", b"hang", b"calm calm", b"deep", b"alarm"].iter().map(|entry| entry.to_vec()).collect()
}
