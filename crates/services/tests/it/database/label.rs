//! Labels and CATEGORIES are one thing.

use rolo_core::{
    Error,
    contact::Filter,
    contracts::Database,
    id::LabelId,
    label::create::LABELS_MAX,
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, id, labelled, living, save},
};

rules![
    a_category_finds_its_label_or_makes_it,
    an_earlier_name_still_finds_the_label,
    a_label_is_found_by_each_name_it_had,
    a_new_label_takes_an_earlier_name,
    a_name_in_use_is_a_conflict,
    a_label_is_changed_only_as_it_was_seen,
    a_label_that_is_carried_cannot_be_removed,
    a_removed_label_is_forgotten_by_the_bin,
    a_full_book_takes_no_more_labels_by_any_door,
];

async fn names(world: &World) -> Vec<(String, u64)> {
    let labels = world.db.labels(world.ada.scope()).await.unwrap();
    labels.into_iter().map(|label| (label.name, label.contacts)).collect()
}

fn saved(world: &World, id: LabelId, expect: Option<Option<rolo_core::id::Revision>>, name: &str) -> Effect {
    Effect::SaveLabel { into: world.ada.may(), id, expect, name: name.into(), hue: Some(210) }
}

async fn a_category_finds_its_label_or_makes_it(world: World) {
    let family: LabelId = id();
    world.one(Act::Label, saved(&world, family, None, "Family")).await.unwrap();
    let ann = world.create(labelled("Ann", &["Friends", "Family", "family"])).await;
    let stored = world.contact(ann).await;
    assert_eq!(world.label_names(&stored.labels).await, ["Friends", "Family", "family"], "case counts, order is kept");
    assert_eq!(stored.labels[1], family);
    world.create(labelled("Bea", &["Friends", "Friends"])).await;
    let wanted = [("Family".to_owned(), 1), ("Friends".to_owned(), 2), ("family".to_owned(), 1)];
    assert_eq!(names(&world).await, wanted);
    world.edit(ann, labelled("Ann", &["Family"])).await.unwrap();
    // An emptied label stays.
    assert_eq!(names(&world).await, [("Family".to_owned(), 1), ("Friends".to_owned(), 1), ("family".to_owned(), 0)]);
    let filter = Filter { label: Some(family), ..living() };
    assert_eq!(world.all(&filter).await, [ann]);
}

async fn an_earlier_name_still_finds_the_label(world: World) {
    let label: LabelId = id();
    world.one(Act::Label, saved(&world, label, None, "Old")).await.unwrap();
    world.one(Act::Label, saved(&world, label, Some(None), "New")).await.unwrap();
    world.one(Act::Label, saved(&world, label, Some(None), "Newest")).await.unwrap();
    let stale = world.create(labelled("Stale phone", &["Old", "New"])).await;
    assert_eq!(world.contact(stale).await.labels, [label]);
    assert_eq!(names(&world).await, [("Newest".to_owned(), 1)]);
}

async fn a_label_is_found_by_each_name_it_had(world: World) {
    let label: LabelId = id();
    world.one(Act::Label, saved(&world, label, None, "Family")).await.unwrap();
    world.one(Act::Label, saved(&world, label, Some(None), "Kin")).await.unwrap();
    let found = async |scope, name| world.db.label_named(scope, world.ada.book, name).await.unwrap();
    let eve = world.stranger().await;
    for name in ["Family", "Kin"] {
        assert_eq!(found(world.ada.scope(), name).await, Some(label), "{name}");
        assert_eq!(found(eve.scope(), name).await, None);
    }
    assert_eq!(found(world.ada.scope(), "kin").await, None, "case counts");
    let taker: LabelId = id();
    world.one(Act::Label, saved(&world, taker, None, "Family")).await.unwrap();
    assert_eq!(found(world.ada.scope(), "Family").await, Some(taker));
}

async fn a_new_label_takes_an_earlier_name(world: World) {
    let (first, second): (LabelId, LabelId) = (id(), id());
    world.one(Act::Label, saved(&world, first, None, "Team")).await.unwrap();
    world.one(Act::Label, saved(&world, first, Some(None), "Crew")).await.unwrap();
    world.one(Act::Label, saved(&world, second, None, "Team")).await.unwrap();
    let contact = world.create(labelled("Ann", &["Team", "Crew"])).await;
    assert_eq!(world.contact(contact).await.labels, [second, first]);
    // Back to the name it had: taken now.
    assert!(world.one(Act::Label, saved(&world, first, Some(None), "Team")).await.is_err());
}

async fn a_name_in_use_is_a_conflict(world: World) {
    let (first, second): (LabelId, LabelId) = (id(), id());
    world.one(Act::Label, saved(&world, first, None, "Family")).await.unwrap();
    let twice = world.one(Act::Label, saved(&world, second, None, "Family")).await.unwrap_err();
    assert!(matches!(&twice, Error::Conflict { why } if why.contains("name")), "{twice}");
    world.one(Act::Label, saved(&world, second, None, "Family ")).await.unwrap();
    assert!(world.one(Act::Label, saved(&world, second, None, "Other")).await.is_err(), "the id is taken");
}

async fn a_label_is_changed_only_as_it_was_seen(world: World) {
    let label: LabelId = id();
    world.one(Act::Label, saved(&world, label, None, "One")).await.unwrap();
    let seen = world.db.label(world.ada.scope(), label).await.unwrap().unwrap().revision;
    world.one(Act::Label, saved(&world, label, Some(Some(seen)), "Two")).await.unwrap();
    assert!(world.one(Act::Label, saved(&world, label, Some(Some(seen)), "Three")).await.is_err());
    let row = world.db.label(world.ada.scope(), label).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.hue, row.modseq), ("Two", Some(210), world.head().await));
    assert!(world.one(Act::Label, saved(&world, id(), Some(None), "Nobody")).await.is_err());
}

async fn a_label_that_is_carried_cannot_be_removed(world: World) {
    let contact = world.create(labelled("Ann", &["Family"])).await;
    let label = world.contact(contact).await.labels[0];
    let remove = || Effect::RemoveLabel { from: world.ada.may(), id: label };
    assert!(world.one(Act::Label, remove()).await.is_err());
    // Taking it off and removing it is one write.
    let write = world
        .write(Act::Label)
        .and(super::world::save(&world.ada, contact, rolo_core::write::Expect::Living, labelled("Ann", &[])))
        .and(remove());
    world.commit(write).await;
    assert!(names(&world).await.is_empty());
    assert!(world.one(Act::Label, remove()).await.is_err());
    let again = world.create(labelled("Bea", &["Family"])).await;
    assert_ne!(world.contact(again).await.labels, [label]);
}

async fn a_removed_label_is_forgotten_by_the_bin(world: World) {
    let card = labelled("Ann", &["Family", "Friends"]);
    let contact = world.create(card.clone()).await;
    let [family, friends] = world.contact(contact).await.labels[..] else { panic!("two labels") };
    world.bin(contact).await.unwrap();
    assert_eq!(names(&world).await, [("Family".to_owned(), 0), ("Friends".to_owned(), 0)]);
    world.one(Act::Label, Effect::RemoveLabel { from: world.ada.may(), id: family }).await.unwrap();
    assert_eq!(world.contact(contact).await.labels, [friends]);
    let restored = super::world::save(&world.ada, contact, rolo_core::write::Expect::Binned, card);
    world.one(Act::Restore, restored).await.unwrap();
    assert_eq!(world.label_names(&world.contact(contact).await.labels).await, ["Family", "Friends"]);
}

async fn a_full_book_takes_no_more_labels_by_any_door(world: World) {
    let all: Vec<String> = (0..LABELS_MAX).map(|n| format!("l{n}")).collect();
    for some in all[..LABELS_MAX - 1].chunks(1_000) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        world.create(labelled("Many", &some)).await;
    }
    let two = save(&world.ada, id(), Expect::Absent, labelled("Two more", &["One more", "Too many"]));
    let refused = world.one(Act::Create, two).await.unwrap_err();
    assert!(matches!(&refused, Error::Invalid { field, .. } if field == "/labels"), "{refused:?}");
    assert_eq!(names(&world).await.len(), LABELS_MAX - 1, "all of it or nothing");
    world.create(labelled("The last", &["l0", "One more"])).await;
    let label: LabelId = id();
    assert!(world.one(Act::Label, saved(&world, label, None, "Too many")).await.is_err());
    world.create(labelled("Of those there are", &["l1", "One more"])).await;
}
