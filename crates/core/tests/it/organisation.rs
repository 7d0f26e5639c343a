//! The organisation's details.

use rolo_core::{
    Seen,
    organisation::{Details, get, save},
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
