//! Tenants, accounts, sessions and tokens.

use rolo_core::{
    account::{Right, Role},
    contracts::Database,
    id::{AccountId, SessionId, TokenId},
    write::{Act, Admin, Effect, NewSession, NewToken, TokenKind},
};

use super::{
    rules,
    world::{World, id, new_account},
};

rules![
    an_account_is_found_by_its_address,
    the_accounts_of_a_tenant_come_by_name,
    only_the_first_account_sets_up,
    settings_are_saved_only_as_they_were_seen,
    an_organisation_is_saved_only_as_it_was_seen,
    a_session_ends_when_it_is_ended_or_forgotten,
    a_password_change_ends_everything_but_one_session,
    a_token_ends_when_it_is_revoked_or_past_its_time,
    the_access_epoch_rises_with_what_ends_or_changes_access,
    a_removed_account_leaves_its_books_to_the_organisation,
    the_key_of_digests_stays,
];

fn session(account: AccountId, digest: u8) -> NewSession {
    NewSession { id: id(), account, digest: [digest; 32], device: "Firefox 🦊".into(), address: "::1".into() }
}

fn token(account: AccountId, digest: u8, expires_at: Option<i64>) -> NewToken {
    NewToken { id: id(), account, digest: [digest; 32], name: "phone".into(), kind: TokenKind::Dav, expires_at }
}

fn change(id: AccountId) -> Admin {
    let (expect, name, password_hash, settings, role, keep) = (None, None, None, None, None, None);
    Admin::SaveAccount { id, expect, name, password_hash, settings, role, keep }
}

async fn epoch(world: &World) -> u64 {
    world.db.heads(world.ada.scope()).await.unwrap().access_epoch
}

async fn an_account_is_found_by_its_address(world: World) {
    let row = world.db.account_by_email("ada@example.org").await.unwrap().unwrap();
    assert_eq!((row.id, row.organisation), (world.ada.account(), world.ada.organisation()));
    assert_eq!(
        (row.email.as_str(), row.name.as_str(), row.role, row.enabled),
        ("ada@example.org", "ada", Role::Owner, true)
    );
    assert_eq!(world.db.account(row.id).await.unwrap().as_ref(), Some(&row));
    assert!(world.db.account_by_email("nobody@example.org").await.unwrap().is_none());
    let twice = new_account(world.ada.organisation(), id(), id(), "ADA@example.org", Role::Member);
    let twice = world.one(Act::Settings, Admin::CreateAccount(twice)).await.unwrap_err();
    assert!(twice.to_string().contains("e-mail"), "{twice}");
    let eve = world.stranger().await;
    let (of_ada, of_all) = (Some(world.ada.organisation()), None);
    assert_eq!(world.db.accounts(of_ada).await.unwrap().len(), 1);
    assert_eq!(world.db.accounts(of_all).await.unwrap().len(), 2);
    assert_eq!(world.db.rights(eve.account()).await.unwrap().unwrap().books, [(eve.book, Right::Manage)]);
    assert_eq!(world.db.rights(eve.account()).await.unwrap().unwrap().region.as_deref(), Some("DE"));
}

async fn the_accounts_of_a_tenant_come_by_name(world: World) {
    let zoë = world.member("zoë@example.org", Role::Member).await;
    let gone = world.member("bo@example.org", Role::Admin).await;
    world.stranger().await;
    world.one(Act::Settings, Admin::RemoveAccount { id: gone.account() }).await.unwrap();
    let rows = world.db.accounts(Some(world.ada.organisation())).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.id, row.role, row.enabled)).collect();
    let ada = ("ada", world.ada.account(), Role::Owner, true);
    assert_eq!(told, [ada, ("bo", gone.account(), Role::Admin, false), ("zoë", zoë.account(), Role::Member, true)]);
}

async fn only_the_first_account_sets_up(world: World) {
    assert!(world.db.has_accounts().await.unwrap());
    let mut late = new_account(world.ada.organisation(), id(), id(), "late@example.org", Role::Owner);
    late.only_first = true;
    assert!(world.one(Act::Settings, Admin::CreateAccount(late)).await.is_err());
}

async fn settings_are_saved_only_as_they_were_seen(world: World) {
    let account = world.ada.account();
    let seen = world.db.account(account).await.unwrap().unwrap();
    let save = |expect, settings: &str| {
        let Admin::SaveAccount { id, name, password_hash, role, keep, .. } = change(account) else { unreachable!() };
        Admin::SaveAccount { id, expect, name, password_hash, settings: Some(settings.into()), role, keep }
    };
    world.one(Act::Settings, save(Some(seen.revision), r#"{"region":"FR"}"#)).await.unwrap();
    assert!(world.one(Act::Settings, save(Some(seen.revision), "{}")).await.is_err());
    let now = world.db.account(account).await.unwrap().unwrap();
    assert_eq!((now.settings.as_str(), now.modseq.0), (r#"{"region":"FR"}"#, seen.modseq.0 + 1));
    assert_eq!(now.access_epoch, seen.access_epoch);
    assert_eq!(world.db.rights(account).await.unwrap().unwrap().region.as_deref(), Some("FR"));
}

async fn an_organisation_is_saved_only_as_it_was_seen(world: World) {
    let organisation = world.ada.organisation();
    let seen = world.db.organisation(organisation).await.unwrap().unwrap();
    let save = |expect, name: &str| Admin::SaveOrganisation {
        id: organisation,
        expect,
        name: name.into(),
        details: "{}".into(),
    };
    world.one(Act::Settings, save(Some(seen.revision), "The Lovelaces")).await.unwrap();
    assert!(world.one(Act::Settings, save(Some(seen.revision), "Others")).await.is_err());
    assert_eq!(world.db.organisation(organisation).await.unwrap().unwrap().name, "The Lovelaces");
    let eve = world.stranger().await;
    let theirs =
        Admin::SaveOrganisation { id: eve.organisation(), expect: None, name: "Mine".into(), details: "{}".into() };
    assert!(world.one(Act::Settings, theirs).await.is_err());
}

async fn a_session_ends_when_it_is_ended_or_forgotten(world: World) {
    let account = world.ada.account();
    let (one, two) = (session(account, 1), session(account, 2));
    world.one(Act::Settings, Admin::StartSession(one.clone())).await.unwrap();
    world.one(Act::Settings, Admin::StartSession(two.clone())).await.unwrap();
    let found = world.db.session(&[1; 32], world.now()).await.unwrap().unwrap();
    assert_eq!((found.id, found.account, found.device.as_str()), (one.id, account, "Firefox 🦊"));
    assert!(world.db.session(&[3; 32], world.now()).await.unwrap().is_none());
    let newest_first: Vec<SessionId> = world.db.sessions(account).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(newest_first, [two.id, one.id]);
    world.one(Act::Settings, Admin::EndSession { account, id: one.id }).await.unwrap();
    assert!(world.db.session(&[1; 32], world.now()).await.unwrap().is_none());
    // Used after 20 days, the other lives on after 40; unused for 30, it ends.
    world.later(20 * 86_400);
    world.db.touch_session(two.id, world.now()).await.unwrap();
    world.later(20 * 86_400);
    assert!(world.db.session(&[2; 32], world.now()).await.unwrap().is_some());
    world.later(11 * 86_400);
    assert!(world.db.session(&[2; 32], world.now()).await.unwrap().is_none());
    assert_eq!(world.db.forget_expired(world.now()).await.unwrap().small, 1);
    assert!(world.db.sessions(account).await.unwrap().is_empty());
    let eve = world.stranger().await;
    let theirs = session(eve.account(), 9);
    world.one(Act::Settings, Admin::StartSession(theirs.clone())).await.unwrap();
    world.one(Act::Settings, Admin::EndSession { account, id: theirs.id }).await.unwrap();
    assert!(world.db.session(&[9; 32], world.now()).await.unwrap().is_some(), "not Ada's to end");
    assert_eq!(world.db.sessions(eve.account()).await.unwrap().len(), 1, "only its own account ends a session");
}

async fn a_password_change_ends_everything_but_one_session(world: World) {
    let account = world.ada.account();
    let (kept, other) = (session(account, 1), session(account, 2));
    world.one(Act::Settings, Admin::StartSession(kept.clone())).await.unwrap();
    world.one(Act::Settings, Admin::StartSession(other)).await.unwrap();
    world.one(Act::Settings, Admin::CreateToken(token(account, 3, None))).await.unwrap();
    let Admin::SaveAccount { id, expect, name, settings, role, .. } = change(account) else { unreachable!() };
    let (password_hash, keep) = (Some("$argon2id$second".to_owned()), Some(kept.id));
    world
        .one(Act::Settings, Admin::SaveAccount { id, expect, name, password_hash, settings, role, keep })
        .await
        .unwrap();
    assert_eq!(world.db.sessions(account).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>(), [kept.id]);
    assert!(world.db.tokens(account).await.unwrap().is_empty());
    assert_eq!(world.db.account(account).await.unwrap().unwrap().password_hash, "$argon2id$second");
}

async fn a_token_ends_when_it_is_revoked_or_past_its_time(world: World) {
    let account = world.ada.account();
    let until = world.now().as_millisecond() + 5_000;
    let (short, long) = (token(account, 1, Some(until)), token(account, 2, None));
    world.one(Act::Settings, Admin::CreateToken(short.clone())).await.unwrap();
    world.one(Act::Settings, Admin::CreateToken(long.clone())).await.unwrap();
    let found = world.db.token(&[1; 32], world.now()).await.unwrap().unwrap();
    assert_eq!((found.id, found.kind, found.expires_at.unwrap().as_millisecond()), (short.id, TokenKind::Dav, until));
    world.later(10);
    assert!(world.db.token(&[1; 32], world.now()).await.unwrap().is_none());
    assert!(world.db.token(&[2; 32], world.now()).await.unwrap().is_some());
    world.one(Act::Settings, Admin::RevokeToken { account, id: long.id }).await.unwrap();
    assert!(world.db.token(&[2; 32], world.now()).await.unwrap().is_none());
    let left: Vec<TokenId> = world.db.tokens(account).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(left, [short.id]);
}

async fn the_access_epoch_rises_with_what_ends_or_changes_access(world: World) {
    let account = world.ada.account();
    let started = session(account, 1);
    world.one(Act::Settings, Admin::StartSession(started.clone())).await.unwrap();
    let made = token(account, 2, None);
    world.one(Act::Settings, Admin::CreateToken(made.clone())).await.unwrap();
    let bob = world.member("bob@example.org", Role::Member).await;
    let mut last = epoch(&world).await;
    let Admin::SaveAccount { expect, name, settings, keep, .. } = change(account) else { unreachable!() };
    let access = |right| Effect::SetAccess { book: world.ada.manages(), account, right };
    let effects: Vec<Effect> = vec![
        Admin::EndSession { account, id: started.id }.into(),
        Admin::RevokeToken { account, id: made.id }.into(),
        Admin::SaveAccount {
            id: account,
            expect,
            name: name.clone(),
            password_hash: Some("$".into()),
            settings: settings.clone(),
            role: None,
            keep,
        }
        .into(),
        Admin::SaveAccount { id: account, expect, name, password_hash: None, settings, role: Some(Role::Admin), keep }
            .into(),
        access(Some(Right::See)),
        access(None),
        Effect::CreateBook { id: id(), owner: None, name: "Team".into() },
    ];
    for effect in effects {
        let said = format!("{effect:?}");
        world.one(Act::Settings, effect).await.unwrap();
        let now = epoch(&world).await;
        assert!(now > last, "{said}");
        last = now;
    }
    let theirs = world.db.heads(bob.scope()).await.unwrap().access_epoch;
    assert!(theirs > 1, "a book of the organisation is everyone's");
}

async fn a_removed_account_leaves_its_books_to_the_organisation(world: World) {
    let bob = world.member("bob@example.org", Role::Member).await;
    world.one(Act::Settings, Admin::StartSession(session(bob.account(), 7))).await.unwrap();
    world.one(Act::Settings, Admin::RemoveAccount { id: bob.account() }).await.unwrap();
    assert!(world.db.rights(bob.account()).await.unwrap().is_none());
    assert!(world.db.session(&[7; 32], world.now()).await.unwrap().is_none());
    assert!(!world.db.account_by_email("bob@example.org").await.unwrap().unwrap().enabled);
    let ada = world.again(&world.ada).await;
    let inherited = world.db.books(ada.scope()).await.unwrap();
    assert_eq!(
        inherited.iter().map(|book| (book.id, book.owner)).collect::<Vec<_>>(),
        [(ada.book, Some(ada.account())), (bob.book, None),]
    );
    assert!(world.one(Act::Settings, Admin::StartSession(session(bob.account(), 8))).await.is_err());
}

async fn the_key_of_digests_stays(world: World) {
    let key = world.db.secret_key().await.unwrap();
    assert_ne!(key, [0; 32]);
    let world = world.reopened().await;
    assert_eq!(world.db.secret_key().await.unwrap(), key);
}
