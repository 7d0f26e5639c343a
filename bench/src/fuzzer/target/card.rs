//! One card: read, listed, searched, its photo, its large values taken out and put back, drawn anew.

use rolo_core::{
    card::{Card, Drawing, large},
    id::ContactId,
    invent::People,
    search::Document,
};
use uuid::Uuid;

pub(crate) fn read(input: &[u8]) {
    let Ok(card) = Card::parse(input) else { return };
    assert_eq!(card.bytes(), input, "a card leaves as it came");
    let model = card.model();
    let light = card.model_light();
    let _ = (card.uid(), card.categories(), card.is_group(), card.photo(), card.revision());
    for media in light.media.values() {
        let _ = card.blob(&media.uri);
    }
    let (residue, parts) = large::lift(&card);
    assert_eq!(large::put_back(&residue, &parts), input, "large values are put back byte for byte");
    let _ = Document::of(ContactId(Uuid::nil()), &light, Vec::new(), Some("AT"));
    if let Ok(drawn) = Card::drawn(&model, Drawing { product: "-//Rolo//EN", uid: Some("u"), now: None }) {
        let _ = drawn.model();
    }
}

/// Cards of invented people, as Rolo draws them.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    let drawing = Drawing { product: "-//Rolo//EN", uid: Some("0198a1b2-1111-7000-8000-000000000001"), now: None };
    let drawn = |person: rolo_core::invent::Person| Card::drawn(&person.model, drawing).ok();
    People::seeded(24).take(40).filter_map(drawn).map(|card| card.bytes().to_vec()).collect()
}
