//! Contacts are made, once.

use rolo_core::{
    Seed,
    account::{Right, person},
    contact::{Filter, NewContact, Summary, create::create, list, read},
    id::ContactId,
    label,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{ann, card, model, refusal, world};

#[tokio::test]
async fn a_contact_gets_its_card_at_once() {
    let w = world().await;
    let made = w.make_new(NewContact { starred: true, card: model(ann()), ..NewContact::default() }).await;
    let contact = &made.value.stored;
    assert!(made.batch.is_some() && !made.existed);
    assert_eq!((contact.book, contact.kind.as_str(), contact.starred), (w.book, "individual", true));
    assert_eq!(contact.uid, contact.id.to_string());
    assert_eq!(contact.dav_name, format!("{}.vcf", contact.id));
    let text = String::from_utf8(w.bytes(contact.id).await).unwrap();
    assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\n"), "{text}");
    assert!(text.contains(&format!("UID:{}\r\n", contact.id)) && text.contains("ann@example.org"), "{text}");
    let said = card(&made.value);
    assert_eq!(said.emails.values().next().unwrap().address, "ann@example.org");
    let (page, total) = list::page(&w.s, &w.noor, &Filter { limit: 50, ..Filter::default() }).await.unwrap();
    let summary: Summary = serde_json::from_str(&page.items[0].summary).unwrap();
    assert_eq!((total, summary.name.as_str(), summary.phones.len()), (1, "Ann Lee", 1));
}

#[tokio::test]
async fn a_company_an_address_or_any_script_alone_is_a_contact() {
    let w = world().await;
    for said in [
        json!({"organizations": {"o": {"name": "Acme"}}}),
        json!({"emails": {"a": {"address": "no-name@example.org"}}}),
        json!({"name": {"full": "محمد بن راشد"}}),
        json!({"name": {"components": [{"kind": "surname", "value": "山田"}, {"kind": "given", "value": "x".repeat(1000)}]}}),
    ] {
        let made = w.make(said.clone()).await;
        let again = card(&w.now(made.stored.id).await);
        let parts = again.name.map(|name| name.components.len() + usize::from(name.full.is_some()));
        assert!(parts.is_some() || !again.organizations.is_empty() || !again.emails.is_empty(), "{said}");
    }
    let org = NewContact {
        kind: Some("org".into()),
        card: model(json!({"organizations": {"o": {"name": "Acme"}}})),
        ..NewContact::default()
    };
    assert_eq!(w.make_new(org).await.value.stored.kind, "org");
}

#[tokio::test]
async fn a_chosen_id_makes_it_once() {
    let w = world().await;
    let id = ContactId(Uuid::now_v7());
    let new = NewContact { id: Some(id), card: model(ann()), ..NewContact::default() };
    let first = w.make_new(new.clone()).await;
    let second = w.make_new(new.clone()).await;
    assert_eq!((first.existed, second.existed, second.batch), (false, true, None));
    assert_eq!(first.value, second.value);
    // Whoever may not see it learns nothing but that the id is taken; another tenant has ids of its own.
    let stranger = w.stranger().await;
    assert!(!create(&w.s, &stranger, new.clone(), &Seed::default()).await.unwrap().existed);
    let member = w.member("Bo").await;
    assert_eq!(refusal(create(&w.s, &member, new, &Seed::default()).await).0, "conflict");
}

#[tokio::test]
async fn a_repeated_request_makes_it_once() {
    let w = world().await;
    let seed = Seed(Some(Uuid::now_v7()));
    let new = NewContact { card: model(ann()), ..NewContact::default() };
    let first = create(&w.s, &w.noor, new.clone(), &seed).await.unwrap();
    let second = create(&w.s, &w.noor, new, &seed).await.unwrap();
    assert_eq!((&first.value, first.batch), (&second.value, second.batch));
    assert_eq!(list::page(&w.s, &w.noor, &Filter { limit: 9, ..Filter::default() }).await.unwrap().1, 1);
}

#[tokio::test]
async fn labels_go_into_the_card_by_name() {
    let w = world().await;
    let made = label::create::create(
        &w.s,
        &w.noor,
        label::NewLabel { id: None, book: w.book, name: " Family, old ".into(), hue: Some(145) },
        &Seed::default(),
    )
    .await
    .unwrap()
    .value;
    let new = NewContact { labels: vec![made.id], card: model(ann()), ..NewContact::default() };
    let contact = w.make_new(new).await.value.stored;
    assert_eq!(contact.labels, [made.id]);
    let text = String::from_utf8(w.bytes(contact.id).await).unwrap();
    assert!(text.contains("CATEGORIES:Family\\, old\r\n"), "{text}");
    assert_eq!(label::get(&w.s, &w.noor, made.id).await.unwrap().contacts, 1);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_pointer_and_nothing_is_made() {
    let w = world().await;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let see = w.again(&see).await;
    let stranger = w.stranger().await;
    let new = |card: Value| NewContact { card: model(card), ..NewContact::default() };
    let other = rolo_core::id::LabelId(Uuid::now_v7());
    let cases = [
        (&w.noor, new(json!({})), ("invalid", "/card")),
        (&w.noor, new(json!({"name": {"full": "A\u{0}"}})), ("invalid", "/card/name/full")),
        (&w.noor, NewContact { kind: Some("a b".into()), ..new(ann()) }, ("invalid", "/kind")),
        (&w.noor, NewContact { uid: Some("a\nb".into()), ..new(ann()) }, ("invalid", "/uid")),
        (&w.noor, NewContact { labels: vec![other], ..new(ann()) }, ("invalid", "/labels/0")),
        (&see, NewContact { book: Some(w.book), ..new(ann()) }, ("denied", "")),
        (&stranger, NewContact { book: Some(w.book), ..new(ann()) }, ("not found", "")),
    ];
    for (caller, new, (kind, field)) in cases {
        assert_eq!(refusal(create(&w.s, caller, new, &Seed::default()).await), (kind, field.to_owned()));
    }
    assert_eq!(list::page(&w.s, &w.noor, &Filter { limit: 9, ..Filter::default() }).await.unwrap().1, 0);
}

#[tokio::test]
async fn a_uid_is_one_living_contacts() {
    let w = world().await;
    let new = NewContact {
        uid: Some("urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6".into()),
        card: model(ann()),
        ..NewContact::default()
    };
    w.make_new(new.clone()).await;
    let again = NewContact { uid: Some("f81d4fae-7dec-11d0-a765-00a0c91e6bf6".into()), ..new };
    assert_eq!(refusal(create(&w.s, &w.noor, again, &Seed::default()).await).0, "conflict");
}

#[tokio::test]
async fn a_photo_is_answered_by_itself() {
    let w = world().await;
    let image = [&[0xff, 0xd8, 0xff, 0xe0][..], &[7; 9000]].concat();
    let uri = format!(
        "data:image/jpeg;base64,{}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &image)
    );
    let mut said = ann();
    said["media"] = json!({"m": {"kind": "photo", "uri": uri}});
    let made = w.make(said).await.stored;
    assert!(made.model.len() < 2_000 && made.model.contains("rolo:blob:"), "{}", made.model.len());
    let photo = read::photo(&w.s, &w.noor, made.id).await.unwrap();
    assert_eq!((photo.bytes, photo.media_type), (image, "image/jpeg"));
    assert!(made.model.contains(&photo.version));
    let plain = w.ann().await.stored.id;
    assert_eq!(refusal(read::photo(&w.s, &w.noor, plain).await).0, "not found");
}
