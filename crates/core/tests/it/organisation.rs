//! The organisation's details.

use rolo_core::{
    Seen,
    organisation::{Details, get, members, save},
};

use crate::world::{refusal, world};

#[tokio::test]
async fn its_members_see_it_and_its_admins_change_it() {
    let w = world().await;
    let id = w.noor.organisation();
    let member = w.member("Bo").await;
    let seen = get(&w.s, &member, id).await.unwrap();
    assert_eq!(seen.name, "Halden Oke");
    let details = Details {
        website: Some("https://halden.example".into()),
        address: Some("Main St 1\nGraz".into()),
        ..Details::default()
    };
    let done =
        save(&w.s, &w.noor, id, Seen::Revision(seen.revision), Some(" Halden "), Some(details.clone())).await.unwrap();
    assert_eq!((done.value.name.as_str(), Details::of(&done.value)), ("Halden", details));
    assert_eq!(refusal(save(&w.s, &w.noor, id, Seen::Revision(seen.revision), Some("Late"), None).await).0, "conflict");
    assert_eq!(refusal(save(&w.s, &member, id, Seen::Any, Some("Mine"), None).await).0, "denied");
    assert_eq!(refusal(get(&w.s, &w.stranger().await, id).await).0, "not found");
    let bad = Details { website: Some("javascript:alert(1)".into()), ..Details::default() };
    assert_eq!(refusal(save(&w.s, &w.noor, id, Seen::Any, None, Some(bad)).await).1, "/details/website");
    assert_eq!(refusal(save(&w.s, &w.noor, id, Seen::Any, Some("\n"), None).await).1, "/name");
}

#[tokio::test]
async fn its_members_are_told_to_each_other_and_to_nobody_else() {
    let w = world().await;
    let id = w.noor.organisation();
    let bo = w.member("Bo").await;
    let (page, total) = members(&w.s, &bo, id, None, 1).await.unwrap();
    assert_eq!((page.items[0].name.as_str(), page.more, total), ("Bo", true, 2));
    let after = (page.items[0].name.clone(), page.items[0].id);
    let (page, _) = members(&w.s, &bo, id, Some(after), 1).await.unwrap();
    assert_eq!((page.items[0].id, page.more), (w.noor.account(), false));
    assert_eq!(refusal(members(&w.s, &w.stranger().await, id, None, 1).await).0, "not found");
    assert_eq!(refusal(members(&w.s, &bo, id, None, 101).await).1, "limit");
}
