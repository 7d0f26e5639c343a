//! Whatever a card holds comes out as it went in.

use rolo_core::{
    contact::Prepared,
    contracts::Database,
    id::Revision,
    write::{Act, Effect},
};

use super::{
    rules,
    world::{World, card, labelled},
};

rules![nul_and_broken_text_are_kept, names_in_any_script_are_kept, very_long_text_is_kept,];

async fn nul_and_broken_text_are_kept(world: World) {
    let residue: Vec<u8> = (0..=255).chain(*b"\xff\xfe\0\r\n'\"\\?$1").collect();
    let saved = Prepared {
        revision: Revision::of(&residue),
        residue: residue.clone(),
        uid: "a\0b".into(),
        uid_key: vec![0, 255, 0],
        dav_name: Some("x\0.vcf".into()),
        kind: "x-\0".into(),
        ..labelled("Nul", &["Fam\0ily", "?", "'; drop table contact; --"])
    };
    let contact = world.create(saved).await;
    let read = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap();
    assert_eq!((read.bytes, read.uid.as_str(), read.dav_name.as_str()), (residue, "a\0b", "x\0.vcf"));
    let stored = world.contact(contact).await;
    assert_eq!(stored.kind, "x-\0");
    assert_eq!(world.label_names(&stored.labels).await, ["Fam\0ily", "?", "'; drop table contact; --"]);
    let rename = Effect::RenameBook { book: world.ada.manages(), expect: None, name: "Bo\0ok".into() };
    world.one(Act::Settings, rename).await.unwrap();
    assert_eq!(world.db.books(world.ada.scope()).await.unwrap()[0].name, "Bo\0ok");
}

async fn names_in_any_script_are_kept(world: World) {
    for name in ["👩‍👩‍👧‍👦 🇺🇦", "王小明", "محمد", "Zoë\u{301}", "a ", "a", "A", "ß", "ss", "\u{10ffff}"]
    {
        let contact = world.create(labelled(name, &[name])).await;
        let stored = world.contact(contact).await;
        assert_eq!(stored.model, card(name).model);
        assert_eq!(world.label_names(&stored.labels).await, [name]);
    }
    assert_eq!(world.db.labels(world.ada.scope()).await.unwrap().len(), 10, "no two of these names are the same");
}

async fn very_long_text_is_kept(world: World) {
    let name = "Пабло ".repeat(50_000);
    let saved = Prepared {
        uid: "u".repeat(70_000),
        uid_key: b"u".repeat(70_000),
        dav_name: Some("d".repeat(5_000)),
        match_keys: vec![7; 70_000],
        ..labelled(&name, &[&name])
    };
    let saved = Prepared {
        sort: rolo_core::contact::row::SortKeys { given: vec![1; 96], family: vec![2; 96], company: vec![3; 96] },
        ..saved
    };
    let contact = world.create(saved.clone()).await;
    let stored = world.contact(contact).await;
    assert_eq!((stored.uid, stored.dav_name, stored.model), (saved.uid, saved.dav_name.unwrap(), saved.model));
    assert_eq!(world.label_names(&stored.labels).await, [name]);
    assert_eq!(world.db.card(world.ada.scope(), contact).await.unwrap().unwrap().bytes, saved.residue);
    let line = &world.db.listed(world.ada.scope(), &[contact]).await.unwrap()[0];
    assert_eq!(line.summary, saved.summary);
}
