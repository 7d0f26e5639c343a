//! Set-up: the first account, once.

use rolo_core::{
    Error,
    account::{NewOwner, Role, Settings, of_session, setup::setup},
};

use crate::world::{bare, browser, owner, refusal};

#[tokio::test]
async fn the_first_account_is_owner_and_signed_in() {
    let (s, _, _, _folder) = bare().await;
    let settings = Settings { region: Some("AT".into()), ..Settings::default() };
    let signed_in = setup(&s, NewOwner { settings, ..owner() }, browser()).await.unwrap();
    assert_eq!((signed_in.account.role, signed_in.account.name.as_str()), (Role::Owner, "Noor Haddad"));
    let (caller, session) = of_session(&s, &signed_in.secret).await.unwrap().unwrap();
    assert_eq!((caller.account(), session), (signed_in.account.id, signed_in.session));
    assert_eq!(caller.region(), Some("AT"));
    assert_eq!(caller.scope().books().len(), 1);
    let again = setup(&s, NewOwner { email: "other@rolo.example".into(), ..owner() }, browser()).await;
    assert_eq!(refusal(again).0, "not found");
    assert!(!format!("{signed_in:?}").contains(&signed_in.secret));
}

#[tokio::test]
async fn of_two_who_come_at_once_one_wins() {
    let (s, _, _, _folder) = bare().await;
    let one = setup(&s, owner(), browser());
    let two = setup(&s, NewOwner { email: "other@rolo.example".into(), ..owner() }, browser());
    let (one, two) = tokio::join!(one, two);
    let lost = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(lost.as_slice(), [Error::NotFound]), "{lost:?}");
    assert_eq!(s.database.accounts(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_member_is_named_and_nothing_is_made() {
    let (s, _, _, _folder) = bare().await;
    let bad_zone = Settings { zone: Some("no zone".into()), ..Settings::default() };
    for (wrong, field) in [
        (NewOwner { email: "noor".into(), ..owner() }, "/email"),
        (NewOwner { name: " ".into(), organisation: "x".into(), ..owner() }, "/name"),
        (NewOwner { password: "password1".into(), ..owner() }, "/password"),
        (NewOwner { organisation: "a\u{7}b".into(), ..owner() }, "/organisation"),
        (NewOwner { settings: bad_zone, ..owner() }, "/settings/zone"),
    ] {
        assert_eq!(refusal(setup(&s, wrong, browser()).await), ("invalid", field.to_owned()));
    }
    assert!(!s.database.has_accounts().await.unwrap());
}
