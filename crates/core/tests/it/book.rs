//! Books: made, renamed, shared, removed.

use rolo_core::{
    Seed, Seen,
    account::Right,
    book::{NewBook, access, create::create, list, remove::remove, rename::rename},
    contact::{NewContact, delete::delete},
};
use uuid::Uuid;

use crate::world::{World, ann, model, refusal, world};

async fn make(w: &mut World, name: &str, shared: bool) -> rolo_core::id::BookId {
    let new = NewBook { name: name.into(), shared };
    let made = create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value;
    w.noor = w.again(&w.noor).await;
    made.id
}

#[tokio::test]
async fn ones_own_books_and_the_organisations() {
    let mut w = world().await;
    let bo = w.member("Bo").await;
    let own = make(&mut w, " Work ", false).await;
    let shared = make(&mut w, "Everyone", true).await;
    let bo = w.again(&bo).await;
    let books = list::list(&w.s, &w.noor).await.unwrap();
    assert_eq!(books.iter().map(|book| book.name.as_str()).collect::<Vec<_>>(), ["Contacts", "Work", "Everyone"]);
    assert_eq!(list::get(&w.s, &bo, shared).await.unwrap().right, Right::Edit);
    assert_eq!(refusal(list::get(&w.s, &bo, own).await).0, "not found");
    assert_eq!(refusal(rename(&w.s, &bo, shared, Seen::Any, "Mine").await).0, "denied");
    assert_eq!(
        refusal(create(&w.s, &bo, NewBook { name: "x".into(), shared: true }, &Seed::default()).await).0,
        "denied"
    );
    assert_eq!(
        refusal(create(&w.s, &bo, NewBook { name: " ".into(), shared: false }, &Seed::default()).await).0,
        "invalid"
    );
    let seed = Seed(Some(Uuid::now_v7()));
    let once = NewBook { name: "Once".into(), shared: false };
    let first = create(&w.s, &bo, once.clone(), &seed).await.unwrap().value.id;
    assert_eq!(create(&w.s, &bo, once, &seed).await.unwrap().value.id, first);
}

#[tokio::test]
async fn a_book_is_renamed_by_who_saw_it() {
    let w = world().await;
    let seen = list::get(&w.s, &w.noor, w.book).await.unwrap().revision;
    let done = rename(&w.s, &w.noor, w.book, Seen::Revision(seen), "People").await.unwrap();
    assert_eq!(done.value.name, "People");
    assert_eq!(refusal(rename(&w.s, &w.noor, w.book, Seen::Revision(seen), "Late").await).0, "conflict");
    assert_eq!(rename(&w.s, &w.noor, w.book, Seen::Any, "People").await.unwrap().batch, None);
}

#[tokio::test]
async fn only_an_empty_book_goes_and_never_the_last() {
    let mut w = world().await;
    assert_eq!(refusal(remove(&w.s, &w.noor, w.book, Seen::Any).await).0, "conflict", "the only one");
    let other = make(&mut w, "Work", false).await;
    let new = NewContact { book: Some(other), card: model(ann()), ..NewContact::default() };
    let ann = w.make_new(new).await.value.stored.id;
    assert_eq!(refusal(remove(&w.s, &w.noor, other, Seen::Any).await).0, "conflict", "somebody is in it");
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    assert_eq!(refusal(remove(&w.s, &w.stranger().await, other, Seen::Any).await).0, "not found");
    remove(&w.s, &w.noor, other, Seen::Any).await.unwrap();
    let noor = w.again(&w.noor).await;
    assert_eq!(refusal(list::get(&w.s, &noor, other).await).0, "not found");
}

#[tokio::test]
async fn a_book_is_shared_and_taken_back() {
    let w = world().await;
    let bo = w.member("Bo").await;
    access::set(&w.s, &w.noor, w.book, bo.account(), Some(Right::See)).await.unwrap();
    let bo = w.again(&bo).await;
    assert!(bo.scope().sees(w.book));
    let told = access::list(&w.s, &w.noor, w.book).await.unwrap();
    let rights: Vec<_> = told.iter().map(|one| (one.name.as_str(), one.right)).collect();
    assert_eq!(rights, [("Bo", Some(Right::See)), ("Noor Haddad", Some(Right::Manage))]);
    assert_eq!(refusal(access::set(&w.s, &bo, w.book, bo.account(), Some(Right::Manage)).await).0, "denied");
    assert_eq!(refusal(access::list(&w.s, &bo, w.book).await).0, "denied");
    assert_eq!(refusal(access::set(&w.s, &w.noor, w.book, w.noor.account(), None).await).0, "conflict");
    let stranger = w.stranger().await;
    assert_eq!(refusal(access::set(&w.s, &w.noor, w.book, stranger.account(), Some(Right::See)).await).0, "invalid");
    assert_eq!(refusal(access::list(&w.s, &stranger, w.book).await).0, "not found");
    access::set(&w.s, &w.noor, w.book, bo.account(), None).await.unwrap();
    assert!(!w.again(&bo).await.scope().sees(w.book));
}
