//! Large values: kept once, put back byte for byte, gone with their last use.

use rolo_core::{
    contact::{Prepared, row::LargeValue},
    contracts::Database,
    id::{ContactId, Revision},
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, card, id, save},
};

rules![
    a_card_comes_out_byte_for_byte,
    a_shared_value_stays_until_its_last_use_is_purged,
    a_value_cannot_be_fetched_by_naming_its_hash,
    an_edit_names_what_is_there_by_its_hash,
];

const PHOTO: &[u8] = &[0xff, 0xd8, 0, b'\r', b'\n', 0xfe];

fn with_photo(name: &str, photo: &[u8]) -> Prepared {
    let plain = card(name);
    let offset = plain.residue.len() - "END:VCARD\r\n".len();
    let whole = [&plain.residue[..offset], photo, &plain.residue[offset..]].concat();
    let mut hash = [0; 32];
    hash[..photo.len()].copy_from_slice(photo);
    let large = vec![LargeValue { offset: offset as u32, hash, bytes: photo.to_vec() }];
    Prepared { revision: Revision::of(&whole), large, ..plain }
}

async fn purge(world: &World, contact: ContactId) {
    world.bin(contact).await.unwrap();
    world.one(Act::Purge, Effect::PurgeContact { from: world.ada.may(), id: contact }).await.unwrap();
}

async fn a_card_comes_out_byte_for_byte(world: World) {
    let saved = with_photo("Ann", PHOTO);
    let contact = world.create(saved.clone()).await;
    let bytes = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap().bytes;
    assert_eq!(Revision::of(&bytes), saved.revision);
    assert_eq!(bytes.len(), saved.residue.len() + PHOTO.len());
    let version = &world.db.versions(world.ada.scope(), contact, None, 1).await.unwrap().items[0];
    assert_eq!(version.bytes, bytes);
    let photo = world.db.large(world.ada.scope(), contact, saved.large[0].hash).await.unwrap();
    assert_eq!(photo.as_deref(), Some(PHOTO));
    assert!(world.db.large(world.ada.scope(), contact, [9; 32]).await.unwrap().is_none());
}

async fn a_shared_value_stays_until_its_last_use_is_purged(world: World) {
    let (first, second) = (with_photo("Ann", PHOTO), with_photo("Bea", PHOTO));
    let hash = first.large[0].hash;
    let (ann, bea) = (world.create(first).await, world.create(second.clone()).await);
    purge(&world, ann).await;
    assert!(world.db.large(world.ada.scope(), ann, hash).await.unwrap().is_none());
    let bytes = world.db.card(world.ada.scope(), bea).await.unwrap().unwrap().bytes;
    assert_eq!(Revision::of(&bytes), second.revision);
    purge(&world, bea).await;
    // Its bytes are gone: saying only the hash no longer brings them back.
    let mut named = with_photo("Cyd", PHOTO);
    named.large[0].bytes.clear();
    assert!(world.one(Act::Create, save(&world.ada, id(), Expect::Absent, named)).await.is_err());
}

async fn a_value_cannot_be_fetched_by_naming_its_hash(world: World) {
    let ann = world.create(with_photo("Ann", PHOTO)).await;
    let eve = world.stranger().await;
    let mut named = with_photo("Thief", PHOTO);
    named.large[0].bytes.clear();
    for (person, card) in [(&eve, named.clone()), (&world.ada, named)] {
        let write = world.write_by(person, Act::Create).and(save(person, id(), Expect::Absent, card));
        assert!(world.db.commit(write).await.is_err());
    }
    let hash = with_photo("Ann", PHOTO).large[0].hash;
    assert!(world.db.large(eve.scope(), ann, hash).await.unwrap().is_none());
    assert!(world.db.large(world.ada.scope(), ann, hash).await.unwrap().is_some(), "the control");
}

async fn an_edit_names_what_is_there_by_its_hash(world: World) {
    let contact = world.create(with_photo("Ann", PHOTO)).await;
    let mut edited = with_photo("Ann Marie", PHOTO);
    edited.large[0].bytes.clear();
    world.edit(contact, edited.clone()).await.unwrap();
    let bytes = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap().bytes;
    assert_eq!(Revision::of(&bytes), edited.revision);
    // Without the photo in the card, the earlier version still has it.
    world.edit(contact, card("Plain")).await.unwrap();
    let versions = world.db.versions(world.ada.scope(), contact, None, 9).await.unwrap().items;
    assert!(versions[1].bytes.windows(PHOTO.len()).any(|window| window == PHOTO));
    assert!(!versions[0].bytes.windows(PHOTO.len()).any(|window| window == PHOTO));
}
