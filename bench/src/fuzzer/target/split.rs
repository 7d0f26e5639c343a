//! A file of cards: the same pieces in whatever chunks it comes, and each of them a card or refused.

use rolo_core::card::{
    Card,
    split::{Piece, Splitter, cards},
};

pub(crate) fn read(input: &[u8]) {
    let whole = cards(input);
    let mut end = 0;
    for piece in &whole {
        assert!(piece.span.start >= end && piece.span.end <= input.len() as u64, "pieces follow each other");
        end = piece.span.end;
        if let Ok(bytes) = &piece.card {
            let _ = Card::parse(bytes.as_slice());
        }
    }
    // Small chunks of an uneven size; larger ones where there is much, or the fuzzer would measure itself.
    let size = (input.len() / 512).max(1 + input.first().map_or(0, |octet| usize::from(*octet) % 7));
    assert_eq!(chunked(input, size), whole, "chunks of {size} change nothing");
}

fn chunked(input: &[u8], size: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut splitter = Splitter::new();
    for chunk in input.chunks(size) {
        splitter.push(chunk, |piece| pieces.push(piece));
    }
    splitter.finish(|piece| pieces.push(piece));
    pieces
}

/// A few files of a few cards.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    super::card::made_up().chunks(4).map(<[_]>::concat).collect()
}
