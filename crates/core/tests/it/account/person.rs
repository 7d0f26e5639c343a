//! Accounts from the command line: added, listed, removed, given access.

use rolo_core::{
    account::{
        Right, Role, of_account, of_session,
        person::{NewPerson, Tenant, add, by_email, list, remove, set_access, set_password},
        sign_in::sign_in,
    },
    book,
};

use crate::world::{PASSWORD, bare, browser, refusal, world};

fn person(email: &str, tenant: Tenant, role: Option<Role>) -> NewPerson {
    NewPerson { name: "Bo".into(), email: email.into(), password: PASSWORD.into(), tenant, role }
}

#[tokio::test]
async fn the_first_is_owner_and_the_next_are_members() {
    let (s, _, _, _folder) = bare().await;
    let first = add(&s, person("a@rolo.example", Tenant::Only, None)).await.unwrap();
    let next = add(&s, person("b@rolo.example", Tenant::Only, None)).await.unwrap();
    assert_eq!((first.role, next.role, first.organisation == next.organisation), (Role::Owner, Role::Member, true));
    assert_eq!(refusal(add(&s, person("A@Rolo.example", Tenant::Only, None)).await).0, "conflict");
    let apart = add(&s, person("c@rolo.example", Tenant::New("Elsewhere".into()), None)).await.unwrap();
    assert_ne!(apart.organisation, first.organisation);
    assert_eq!(
        refusal(add(&s, person("d@rolo.example", Tenant::Only, None)).await),
        ("invalid", "organisation".into())
    );
    assert_eq!(
        refusal(add(&s, person("d@rolo.example", Tenant::New("x".into()), Some(Role::Member))).await).0,
        "invalid"
    );
    assert_eq!(list(&s).await.unwrap().len(), 3);
    assert_eq!(by_email(&s, " B@rolo.example ").await.unwrap().id, next.id);
    assert_eq!(refusal(by_email(&s, "nobody@rolo.example").await).0, "not found");
}

#[tokio::test]
async fn a_new_password_by_command_ends_the_sessions() {
    let w = world().await;
    let here = sign_in(&w.s, "noor@rolo.example", PASSWORD, browser()).await.unwrap();
    assert_eq!(refusal(set_password(&w.s, w.noor.account(), "12345678").await).0, "invalid");
    set_password(&w.s, w.noor.account(), "another good sentence").await.unwrap();
    assert!(of_session(&w.s, &here.secret).await.unwrap().is_none());
    sign_in(&w.s, "noor@rolo.example", "another good sentence", browser()).await.unwrap();
}

#[tokio::test]
async fn a_removed_account_leaves_its_books_and_the_last_owner_stays() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    assert_eq!(refusal(remove(&w.s, w.noor.account()).await).0, "conflict");
    let second = add(&w.s, person("second@rolo.example", Tenant::Only, Some(Role::Owner))).await.unwrap();
    remove(&w.s, w.noor.account()).await.unwrap();
    assert_eq!(refusal(sign_in(&w.s, "noor@rolo.example", PASSWORD, browser()).await).0, "not signed in");
    assert!(of_account(&w.s, w.noor.account(), rolo_core::account::Door::Job, None).await.unwrap().is_none());
    let second = of_account(&w.s, second.id, rolo_core::account::Door::Web, None).await.unwrap().unwrap();
    let contact = rolo_core::contact::read::get(&w.s, &second, ann).await.unwrap();
    assert_eq!(contact.stored.book, w.book);
    assert_eq!(refusal(remove(&w.s, w.noor.account()).await).0, "not found");
}

#[tokio::test]
async fn access_by_command() {
    let w = world().await;
    let bo = w.member("Bo").await;
    set_access(&w.s, w.book, bo.account(), Some(Right::Edit)).await.unwrap();
    assert_eq!(book::list::get(&w.s, &w.again(&bo).await, w.book).await.unwrap().right, Right::Edit);
    assert_eq!(refusal(set_access(&w.s, w.book, w.noor.account(), None).await).0, "conflict");
    let stranger = w.stranger().await;
    assert_eq!(refusal(set_access(&w.s, w.book, stranger.account(), Some(Right::See)).await).0, "not found");
}
