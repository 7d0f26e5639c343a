//! A database with one tenant in it, and short ways to say what a test writes.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use rolo_core::{
    Result,
    account::{By, Caller, Door, MayEdit, MayManage, Role, Scope},
    contact::{Filter, Prepared, Sort, Stored, row::SortKeys},
    contracts::Database,
    id::{AccountId, BatchId, BookId, ContactId, LabelId, Modseq, OrganisationId, Revision},
    write::{Act, Admin, Committed, Effect, Expect, NewAccount, Write},
};
use uuid::Uuid;

use super::{front::Db, technology::Place};

/// 2026-01-01, so that ages are easy to see.
const START: i64 = 1_767_225_600_000;

/// A database with an organisation, its owner Ada and her book.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) db: Arc<Db>,
    pub(crate) place: Place,
    pub(crate) ada: Person,
    pub(crate) clock: Arc<AtomicI64>,
}

/// Someone who may do something.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) caller: Caller,
    pub(crate) book: BookId,
}

impl Person {
    pub(crate) fn scope(&self) -> &Scope {
        self.caller.scope()
    }

    pub(crate) fn may(&self) -> MayEdit {
        self.caller.may_edit(self.book).unwrap()
    }

    pub(crate) fn manages(&self) -> MayManage {
        self.caller.may_manage(self.book).unwrap()
    }

    pub(crate) fn organisation(&self) -> OrganisationId {
        self.caller.organisation()
    }

    pub(crate) fn account(&self) -> AccountId {
        self.caller.account()
    }
}

pub(crate) fn id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}

impl World {
    pub(crate) async fn make(place: Place) -> Self {
        let db = Arc::new(Db::new(place.open().await, place.cache()));
        let clock = Arc::new(AtomicI64::new(START));
        let ada = found(&db, "ada@example.org", START).await;
        Self { db, place, ada, clock }
    }

    /// Closes the database and opens it again.
    pub(crate) async fn reopened(self) -> Self {
        let Self { db, place, ada, clock } = self;
        drop(Arc::into_inner(db).expect("nothing else in the test holds the database"));
        let db = Arc::new(Db::new(place.open().await, place.cache()));
        Self { db, place, ada, clock }
    }

    /// A millisecond later each time.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.fetch_add(1, Ordering::Relaxed)).unwrap()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// Another tenant of the instance, with an owner and a book.
    pub(crate) async fn stranger(&self) -> Person {
        found(&self.db, "eve@example.net", START).await
    }

    /// Another account of Ada's organisation.
    pub(crate) async fn member(&self, email: &str, role: Role) -> Person {
        let organisation = self.ada.organisation();
        join(&self.db, organisation, email, role, START, Vec::new()).await
    }

    /// The same person with what they may do now.
    pub(crate) async fn again(&self, person: &Person) -> Person {
        Person { caller: proven(&*self.db, person.account()).await, book: person.book }
    }

    pub(crate) fn write(&self, act: Act) -> Write {
        self.write_by(&self.ada, act)
    }

    pub(crate) fn write_by(&self, person: &Person, act: Act) -> Write {
        Write::by(&person.caller, self.now(), id(), act)
    }

    pub(crate) async fn commit(&self, write: Write) -> Committed {
        self.db.commit(write).await.unwrap().committed().unwrap()
    }

    pub(crate) async fn one(&self, act: Act, effect: impl Into<Effect>) -> Result<Committed> {
        self.db.commit(self.write(act).and(effect.into())).await?.committed()
    }

    /// Makes a contact in Ada's book.
    pub(crate) async fn create(&self, card: Prepared) -> ContactId {
        let contact = id();
        self.one(Act::Create, save(&self.ada, contact, Expect::Absent, card)).await.unwrap();
        contact
    }

    pub(crate) async fn edit(&self, contact: ContactId, card: Prepared) -> Result<Committed> {
        self.one(Act::Edit, save(&self.ada, contact, Expect::Living, card)).await
    }

    pub(crate) async fn bin(&self, contact: ContactId) -> Result<Committed> {
        self.one(Act::Delete, bin(&self.ada, contact, Expect::Living)).await
    }

    pub(crate) async fn contact(&self, contact: ContactId) -> Stored {
        self.db.contact(self.ada.scope(), contact).await.unwrap().expect("the contact is there")
    }

    pub(crate) async fn head(&self) -> Modseq {
        self.db.heads(self.ada.scope()).await.unwrap().books[0].modseq
    }

    pub(crate) async fn label_names(&self, labels: &[LabelId]) -> Vec<String> {
        let mut names = Vec::new();
        for label in labels {
            names.push(self.db.label(self.ada.scope(), *label).await.unwrap().expect("the label is there").name);
        }
        names
    }

    /// Everything a list gives, page by page.
    pub(crate) async fn all(&self, filter: &Filter) -> Vec<ContactId> {
        let mut filter = filter.clone();
        let mut ids = Vec::new();
        loop {
            let page = self.db.list(self.ada.scope(), &filter).await.unwrap();
            ids.extend(page.items.iter().map(|line| line.id));
            match page.items.last() {
                Some(last) if page.more => filter.after = Some(last.key.clone()),
                _ => return ids,
            }
        }
    }
}

/// Everyone who is listed, in the first order.
pub(crate) fn living() -> Filter {
    Filter { limit: 1000, ..Filter::default() }
}

pub(crate) fn binned() -> Filter {
    Filter { binned: true, sort: Sort::Deleted, ..living() }
}

pub(crate) fn save(person: &Person, id: ContactId, expect: Expect, card: Prepared) -> Effect {
    let act = if expect == Expect::Absent { Act::Create } else { Act::Edit };
    Effect::SaveContact { into: person.may(), id, expect, act, card: Box::new(card) }
}

pub(crate) fn bin(person: &Person, id: ContactId, expect: Expect) -> Effect {
    Effect::BinContact { from: person.may(), id, expect, act: Act::Delete }
}

/// A card of someone of this name. Its UID is new each time.
pub(crate) fn card(name: &str) -> Prepared {
    let uid = Uuid::now_v7().to_string();
    let residue = format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nEND:VCARD\r\n").into_bytes();
    let key = |order: &str| format!("{order}{}", name.to_lowercase()).into_bytes();
    Prepared {
        revision: Revision::of(&residue),
        residue,
        large: Vec::new(),
        kind: "individual".into(),
        uid_key: uid.clone().into_bytes(),
        uid,
        dav_name: None,
        model: format!(r#"{{"name":{{"full":{name:?}}}}}"#),
        summary: format!(r#"{{"name":{name:?}}}"#),
        sort: SortKeys { given: key(""), family: key("f"), company: key("c") },
        key_version: 1,
        match_keys: vec![1, 2, 3],
        categories: Vec::new(),
    }
}

pub(crate) fn labelled(name: &str, labels: &[&str]) -> Prepared {
    Prepared { categories: labels.iter().map(|label| (*label).to_owned()).collect(), ..card(name) }
}

async fn found(db: &Db, email: &str, at: i64) -> Person {
    let organisation = id();
    let first = vec![Admin::CreateOrganisation { id: organisation, name: format!("The {email}s") }];
    join(db, organisation, email, Role::Owner, at, first).await
}

async fn join(db: &Db, organisation: OrganisationId, email: &str, role: Role, at: i64, first: Vec<Admin>) -> Person {
    let by = By {
        organisation,
        account: None,
        door: Door::Command,
        device: None,
        at: Timestamp::from_millisecond(at).unwrap(),
    };
    let (account, book) = (id(), id());
    let mut write = Write::new(by, id::<BatchId>(), Act::Settings);
    for effect in first {
        write = write.and(effect.into());
    }
    let write = write.and(Admin::CreateAccount(new_account(organisation, account, book, email, role)).into());
    db.commit(write).await.unwrap();
    Person { caller: proven(db, account).await, book }
}

pub(crate) fn new_account(
    organisation: OrganisationId,
    account: AccountId,
    book: BookId,
    email: &str,
    role: Role,
) -> NewAccount {
    NewAccount {
        id: account,
        organisation,
        email: email.into(),
        email_key: email.to_lowercase(),
        name: email.split('@').next().unwrap_or_default().into(),
        role,
        password_hash: "$argon2id$first".into(),
        settings: r#"{"region":"DE"}"#.into(),
        book,
        book_name: "My contacts".into(),
        only_first: false,
    }
}

pub(crate) async fn proven(db: &impl Database, account: AccountId) -> Caller {
    let rights = db.rights(account).await.unwrap().expect("the account is living");
    Caller::proven(rights, Door::Web, Some("Firefox on Linux".into()))
}
