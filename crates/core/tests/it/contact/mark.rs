//! Stars and hidden contacts.

use rolo_core::{
    Seen,
    account::{Right, person},
    contact::{
        delete::delete,
        mark::{hide, star},
        read,
    },
};

use crate::world::{refusal, world};

#[tokio::test]
async fn a_star_is_ones_own() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let see = w.again(&see).await;
    let starred = star(&w.s, &see, ann.id, true).await.unwrap();
    assert!(starred.value.stored.starred);
    assert_eq!(starred.value.stored.revision, ann.revision, "the card is not touched");
    assert!(!w.now(ann.id).await.stored.starred, "nobody else sees it");
    star(&w.s, &see, ann.id, true).await.unwrap();
    assert!(read::get(&w.s, &see, ann.id).await.unwrap().stored.starred);
    assert!(!star(&w.s, &see, ann.id, false).await.unwrap().value.stored.starred);
    assert!(hide(&w.s, &w.noor, ann.id, true).await.unwrap().value.stored.hidden);
    assert!(!read::get(&w.s, &see, ann.id).await.unwrap().stored.hidden);
}

#[tokio::test]
async fn what_one_does_not_see_and_what_is_in_the_bin_gets_none() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    assert_eq!(refusal(star(&w.s, &w.stranger().await, ann, true).await).0, "not found");
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    assert_eq!(refusal(hide(&w.s, &w.noor, ann, true).await).0, "conflict");
}
