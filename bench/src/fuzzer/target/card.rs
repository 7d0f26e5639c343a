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
    let _ = (card.uid(), card.categories(), card.is_group(), card.photo(), card.revision());
    photos_are_put_back(&card, input);
    // One after the other, as no verb holds them at once.
    let light = card.model_light();
    let _ = Document::of(ContactId(Uuid::nil()), &light, Vec::new(), Some("AT"));
    for media in light.media.values().take(4) {
        let _ = card.blob(&media.uri);
    }
    drop(light);
    let drawn = Card::drawn(&card.model(), Drawing { product: "-//Rolo//EN", uid: Some("u"), now: None });
    if let Ok(drawn) = drawn {
        let _ = drawn.model();
    }
}

fn photos_are_put_back(card: &Card, input: &[u8]) {
    let (residue, parts) = large::lift(card);
    assert_eq!(large::put_back(&residue, &parts), input, "large values are put back byte for byte");
}

/// Cards of invented people, as Rolo draws them.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    let drawing = Drawing { product: "-//Rolo//EN", uid: Some("0198a1b2-1111-7000-8000-000000000001"), now: None };
    let drawn = |person: rolo_core::invent::Person| Card::drawn(&person.model, drawing).ok();
    People::seeded(24).take(40).filter_map(drawn).map(|card| card.bytes().to_vec()).collect()
}
