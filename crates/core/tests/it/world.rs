//! A fresh instance in a folder of its own: the embedded database, everything real but the clock, which is set.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result, Seed, Services, Written,
    account::{Browser, Caller, Door, NewOwner, Role, of_account, person, setup},
    card::Model,
    contact::{Contact, NewContact, create, read},
    contracts::{Clock, Secrets},
    id::{BookId, ContactId},
};
use rolo_services::{
    database::{OpenOptions, Relational},
    random::SystemRandom,
    secrets::KeyedSecrets,
    storage::Folder,
};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "the kettle sings at nine";

/// A wall clock that stands where it was set.
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    fn start() -> Self {
        let start: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        Self(AtomicI64::new(start.as_millisecond()))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// The real secrets; says how often a password was looked at.
pub(crate) struct CountedSecrets {
    real: KeyedSecrets,
    pub(crate) looked: AtomicU32,
}

#[async_trait]
impl Secrets for CountedSecrets {
    async fn hash_password(&self, password: &str) -> Result<String> {
        self.real.hash_password(password).await
    }

    async fn verify_password(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        self.looked.fetch_add(1, Ordering::SeqCst);
        self.real.verify_password(password, hash).await
    }

    fn digest(&self, secret: &[u8]) -> [u8; 32] {
        self.real.digest(secret)
    }
}

/// An instance whose owner is Noor.
pub(crate) struct World {
    pub(crate) s: Services,
    /// The database behind them, for what only its file can be asked.
    pub(crate) file: Arc<Relational>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) secrets: Arc<CountedSecrets>,
    pub(crate) noor: Caller,
    pub(crate) book: BookId,
    folder: tempfile::TempDir,
}

/// An instance nobody has set up.
pub(crate) async fn bare() -> (Services, Arc<SetClock>, Arc<CountedSecrets>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SetClock::start());
    let (services, _, secrets) = opened(folder.path(), clock.clone(), true).await;
    (services, clock, secrets, folder)
}

async fn opened(folder: &Path, clock: Arc<SetClock>, create: bool) -> (Services, Arc<Relational>, Arc<CountedSecrets>) {
    let database = Arc::new(Relational::open(OpenOptions { path: folder.join("rolo.db"), create }).unwrap());
    let real = KeyedSecrets::new(database.secret_key().await.unwrap());
    let secrets = Arc::new(CountedSecrets { real, looked: AtomicU32::new(0) });
    let services = Services {
        database: database.clone(),
        storage: Arc::new(Folder::open(folder.join("files")).unwrap()),
        secrets: secrets.clone(),
        clock,
        random: Arc::new(SystemRandom),
    };
    (services, database, secrets)
}

pub(crate) fn owner() -> NewOwner {
    NewOwner {
        name: "Noor Haddad".into(),
        email: "Noor@Rolo.example".into(),
        password: PASSWORD.into(),
        organisation: "Halden Oke".into(),
        ..NewOwner::default()
    }
}

pub(crate) fn browser() -> Browser {
    Browser { device: "Firefox on Linux".into(), address: "203.0.113.7".into() }
}

pub(crate) async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SetClock::start());
    let (s, file, secrets) = opened(folder.path(), clock.clone(), true).await;
    let signed_in = setup::setup(&s, owner(), browser()).await.unwrap();
    let noor = of_account(&s, signed_in.account.id, Door::Web, Some("Firefox on Linux".into())).await.unwrap().unwrap();
    let book = noor.scope().books().next().unwrap().0;
    World { s, file, clock, secrets, noor, book, folder }
}

impl World {
    /// The same instance after the process has ended and begun again: what was in memory is gone.
    pub(crate) async fn reopened(self) -> Self {
        let Self { s, file, clock, noor, book, folder, .. } = self;
        drop((s, file));
        let (s, file, secrets) = opened(folder.path(), clock.clone(), false).await;
        Self { s, file, clock, secrets, noor, book, folder }
    }

    /// Somebody else of the same organisation.
    pub(crate) async fn member(&self, name: &str) -> Caller {
        self.account(name, person::Tenant::Of(self.noor.organisation()), Role::Member).await
    }

    /// The owner of another organisation.
    pub(crate) async fn stranger(&self) -> Caller {
        self.account("Stranger", person::Tenant::New("Elsewhere".into()), Role::Owner).await
    }

    async fn account(&self, name: &str, tenant: person::Tenant, role: Role) -> Caller {
        let person = person::NewPerson {
            name: name.into(),
            email: format!("{name}@rolo.example"),
            password: PASSWORD.into(),
            tenant,
            role: Some(role),
        };
        let account = person::add(&self.s, person).await.unwrap();
        of_account(&self.s, account.id, Door::Web, None).await.unwrap().unwrap()
    }

    /// The same account with the rights it has now.
    pub(crate) async fn again(&self, caller: &Caller) -> Caller {
        of_account(&self.s, caller.account(), Door::Web, None).await.unwrap().unwrap()
    }

    pub(crate) async fn make(&self, card: Value) -> Contact {
        self.make_new(NewContact { card: model(card), ..NewContact::default() }).await.value
    }

    pub(crate) async fn make_new(&self, new: NewContact) -> Written<Contact> {
        create::create(&self.s, &self.noor, new, &Seed::default()).await.unwrap()
    }

    /// Ann Lee with a number and an address.
    pub(crate) async fn ann(&self) -> Contact {
        self.make(ann()).await
    }

    pub(crate) async fn bytes(&self, id: ContactId) -> Vec<u8> {
        read::card(&self.s, &self.noor, id).await.unwrap().bytes
    }

    pub(crate) async fn now(&self, id: ContactId) -> Contact {
        read::get(&self.s, &self.noor, id).await.unwrap()
    }
}

pub(crate) fn ann() -> Value {
    json!({
        "name": {"components": [{"kind": "given", "value": "Ann"}, {"kind": "surname", "value": "Lee"}]},
        "emails": {"a": {"address": "ann@example.org"}},
        "phones": {"p": {"number": "+43 1 5880100", "features": {"mobile": true}}}
    })
}

pub(crate) fn model(card: Value) -> Model {
    serde_json::from_value(card).unwrap()
}

/// The model a contact answers.
pub(crate) fn card(contact: &Contact) -> Model {
    serde_json::from_str(&contact.stored.model).unwrap()
}

/// What a refusal is, and the member it names.
#[track_caller]
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> (&'static str, String) {
    match result.unwrap_err() {
        Error::Invalid { field, .. } => ("invalid", field),
        Error::NotFound => ("not found", String::new()),
        Error::Conflict { why } => ("conflict", why),
        Error::Denied { .. } => ("denied", String::new()),
        Error::NotSignedIn => ("not signed in", String::new()),
        Error::Limited { .. } => ("limited", String::new()),
        Error::TooLarge { .. } => ("too large", String::new()),
        other => panic!("{other:?}"),
    }
}
