//! A card in another version: always a card of that version, and the very same where it has that version already.

use rolo_core::card::{Card, Version};

pub(crate) fn read(input: &[u8]) {
    let Ok(card) = Card::parse(input) else { return };
    let (card, _) = card.stripped();
    for to in [Version::V30, Version::V40] {
        let converted = card.converted(to);
        let _ = converted.model();
        if card.version() == to {
            assert_eq!(converted.bytes(), card.bytes(), "no conversion leaves every byte");
        } else {
            let _ = converted.converted(card.version()).model();
        }
    }
    let _ = card.nameless_relations();
}
