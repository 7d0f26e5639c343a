//! Lists: exact counts, every order, pages by keyset.

use rolo_core::{
    contact::{Filter, Prepared, Sort, row::SortKeys},
    contracts::Database,
    id::ContactId,
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, binned, card, id, labelled, living, save},
};

rules![
    every_order_pages_through_all_with_equal_keys,
    keys_compare_octet_by_octet,
    the_newest_change_comes_first,
    marks_filter_and_are_each_accounts_own,
    labels_filter_whether_rare_or_not,
    several_books_are_one_list,
    a_line_says_what_a_list_shows,
    a_key_of_another_order_is_refused,
];

async fn every_order_pages_through_all_with_equal_keys(world: World) {
    let mut write = world.write(Act::Create);
    for number in 0..40_u8 {
        let sort = SortKeys { given: vec![number / 10], family: vec![number / 20], company: Vec::new() };
        write = write.and(save(&world.ada, id(), Expect::Absent, Prepared { sort, ..card("Same") }));
    }
    world.commit(write).await;
    for sort in [Sort::Given, Sort::Family, Sort::Company, Sort::Updated, Sort::Id] {
        let whole = world.all(&Filter { sort, ..living() }).await;
        assert_eq!(whole.len(), 40);
        for limit in [1, 7, 10, 40, 41] {
            assert_eq!(world.all(&Filter { sort, limit, ..living() }).await, whole, "{sort:?} by {limit}");
        }
        let mut once = whole.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 40, "{sort:?}");
    }
    let page = world.db.list(world.ada.scope(), &Filter { limit: 40, ..living() }).await.unwrap();
    assert!(!page.more);
    for contact in world.all(&living()).await {
        world.bin(contact).await.unwrap();
    }
    let whole = world.all(&binned()).await;
    assert_eq!(whole.len(), 40);
    assert_eq!(world.all(&Filter { limit: 3, ..binned() }).await, whole);
}

async fn keys_compare_octet_by_octet(world: World) {
    let keys: [&[u8]; 8] = [b"", b"\0", b"A", b"A\0", b"A ", b"a", b"\x7f", b"\xff\xfe"];
    let mut wanted = Vec::new();
    for key in keys {
        let sort = SortKeys { given: key.to_vec(), ..SortKeys::default() };
        wanted.push(world.create(Prepared { sort, ..card("Octets") }).await);
    }
    assert_eq!(world.all(&living()).await, wanted);
    assert_eq!(world.all(&Filter { limit: 1, ..living() }).await, wanted);
}

async fn the_newest_change_comes_first(world: World) {
    let (a, b) = (world.create(card("A")).await, world.create(card("B")).await);
    let filter = Filter { sort: Sort::Updated, ..living() };
    assert_eq!(world.all(&filter).await, [b, a]);
    world.edit(a, card("A again")).await.unwrap();
    assert_eq!(world.all(&filter).await, [a, b]);
    world.bin(a).await.unwrap();
    world.bin(b).await.unwrap();
    assert_eq!(world.all(&binned()).await, [b, a]);
}

async fn marks_filter_and_are_each_accounts_own(world: World) {
    let mut ids: Vec<ContactId> = Vec::new();
    for name in ["A", "B", "C", "D"] {
        ids.push(world.create(card(name)).await);
    }
    for (contact, starred, hidden) in
        [(ids[0], Some(true), None), (ids[1], None, Some(true)), (ids[2], Some(true), Some(true))]
    {
        let (account, book) = (world.ada.account(), world.ada.book);
        world.one(Act::Settings, Effect::Mark { account, book, contact, starred, hidden }).await.unwrap();
    }
    let count = async |filter: &Filter| world.db.count(world.ada.scope(), filter).await.unwrap();
    for (starred, hidden, wanted) in [
        (None, None, vec![0, 1, 2, 3]),
        (Some(true), None, vec![0, 2]),
        (Some(false), None, vec![1, 3]),
        (None, Some(true), vec![1, 2]),
        (None, Some(false), vec![0, 3]),
        (Some(true), Some(false), vec![0]),
        (Some(false), Some(true), vec![1]),
        (Some(true), Some(true), vec![2]),
        (Some(false), Some(false), vec![3]),
    ] {
        let filter = Filter { starred, hidden, ..living() };
        let wanted: Vec<ContactId> = wanted.into_iter().map(|number: usize| ids[number]).collect();
        assert_eq!(world.all(&filter).await, wanted, "{starred:?} {hidden:?}");
        assert_eq!(count(&filter).await, wanted.len() as u64, "{starred:?} {hidden:?}");
    }
    let star = world.contact(ids[0]).await;
    assert!(star.starred && !star.hidden);
    let off = Effect::Mark {
        account: world.ada.account(),
        book: world.ada.book,
        contact: ids[0],
        starred: Some(false),
        hidden: None,
    };
    world.one(Act::Settings, off).await.unwrap();
    assert!(!world.contact(ids[0]).await.starred);
    // Another account that sees the book has marks of its own.
    let bob = world.member("bob@example.org", rolo_core::account::Role::Member).await;
    let right = Some(rolo_core::account::Right::See);
    world
        .one(Act::Settings, Effect::SetAccess { book: world.ada.manages(), account: bob.account(), right })
        .await
        .unwrap();
    let bob = world.again(&bob).await;
    let seen = world.db.contact(bob.scope(), ids[2]).await.unwrap().unwrap();
    assert!(!seen.starred && !seen.hidden);
}

async fn labels_filter_whether_rare_or_not(world: World) {
    let mut write = world.write(Act::Create);
    let (mut common, mut rare) = (Vec::new(), Vec::new());
    for number in 0..60 {
        let contact = id();
        let mut labels = Vec::new();
        if number % 2 == 0 {
            labels.push("Common");
            common.push(contact);
        }
        if number == 31 || number == 44 {
            labels.push("Rare");
            rare.push(contact);
        }
        write = write.and(save(&world.ada, contact, Expect::Absent, labelled(&format!("{number:02}"), &labels)));
    }
    world.commit(write).await;
    let labels = world.db.labels(world.ada.scope()).await.unwrap();
    for (label, wanted) in labels.iter().zip([common, rare]) {
        let filter = Filter { label: Some(label.id), limit: 4, ..living() };
        assert_eq!(world.all(&filter).await, wanted, "{}", label.name);
        assert_eq!(label.contacts, wanted.len() as u64);
        for hidden in [None, Some(false)] {
            let filter = Filter { hidden, ..filter.clone() };
            assert_eq!(world.db.count(world.ada.scope(), &filter).await.unwrap(), wanted.len() as u64);
        }
    }
}

async fn several_books_are_one_list(world: World) {
    let second = id();
    world.one(Act::Settings, Effect::CreateBook { id: second, owner: None, name: "Team".into() }).await.unwrap();
    let ada = world.again(&world.ada).await;
    let mut wanted = Vec::new();
    for (number, name) in ["A", "B", "C", "D", "E"].into_iter().enumerate() {
        let contact = id();
        let into = ada.caller.may_edit(if number % 2 == 0 { ada.book } else { second }).unwrap();
        let (expect, act) = (Expect::Absent, Act::Create);
        world
            .one(act, Effect::SaveContact { into, id: contact, expect, act, card: Box::new(card(name)) })
            .await
            .unwrap();
        wanted.push(contact);
    }
    let world = World { ada, ..world };
    assert_eq!(world.all(&living()).await, wanted);
    assert_eq!(world.all(&Filter { limit: 2, ..living() }).await, wanted);
    assert_eq!(world.db.count(world.ada.scope(), &living()).await.unwrap(), 5);
    let one = world.ada.scope().only(second).unwrap();
    assert_eq!(world.db.list(&one, &living()).await.unwrap().items.len(), 2);
}

async fn a_line_says_what_a_list_shows(world: World) {
    let saved = Prepared { kind: "org".into(), ..labelled("Acme", &["Work"]) };
    let contact = world.create(saved.clone()).await;
    let stored = world.contact(contact).await;
    let line = world.db.list(world.ada.scope(), &living()).await.unwrap().items.remove(0);
    assert_eq!((line.id, line.book, line.kind.as_str()), (contact, world.ada.book, "org"));
    assert_eq!((line.revision, line.modseq, line.updated_at), (stored.revision, stored.modseq, stored.updated_at));
    assert_eq!((line.labels, line.summary, line.deleted_at), (stored.labels, saved.summary, None));
    let companies = Filter { kind: Some("org".into()), ..living() };
    assert_eq!(world.all(&companies).await, [contact]);
    let people = Filter { kind: Some("individual".into()), ..living() };
    assert!(world.all(&people).await.is_empty());
    assert_eq!(world.db.count(world.ada.scope(), &people).await.unwrap(), 0);
    assert_eq!(world.db.count(world.ada.scope(), &companies).await.unwrap(), 1);
}

async fn a_key_of_another_order_is_refused(world: World) {
    for (sort, key) in [(Sort::Id, vec![0; 17]), (Sort::Updated, vec![0; 16]), (Sort::Given, vec![0; 15])] {
        let filter = Filter { sort, after: Some(key), ..living() };
        let refused = world.db.list(world.ada.scope(), &filter).await;
        assert!(matches!(refused, Err(rolo_core::Error::Invalid { .. })), "{sort:?}");
    }
}
