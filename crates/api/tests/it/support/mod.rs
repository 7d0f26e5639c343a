//! A house to test in: the API on an SQLite file of its own, a clock that is set by hand, and people who live there.

mod call;
mod cut;
mod fakes;
pub(crate) mod schema;

use std::{sync::Arc, time::Duration};

use rolo_api::{Api, ApiParts, CancellationToken, HEART_BEAT, SetupCode};
use rolo_core::{
    Services,
    account::{
        Browser, Role, of_session,
        person::{self, NewPerson, Tenant},
        sign_in::sign_in,
        token,
    },
    contracts::{Database, search::SearchIndex},
    id::{AccountId, BookId, OrganisationId},
    write::TokenKind,
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use call::{Call, Heard, Reply, peer};
pub(crate) use cut::{Line, Remote, Shears};
pub(crate) use fakes::SetClock;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const CODE: &str = "4F7K-92QX";

/// The API and what it stands on.
pub(crate) struct House {
    pub(crate) api: Api,
    pub(crate) services: Services,
    pub(crate) search: Arc<dyn SearchIndex>,
    pub(crate) clock: Arc<SetClock>,
    /// Ends whoever listens.
    pub(crate) stop: CancellationToken,
    /// Gone with the house.
    _folder: TempDir,
}

/// The same without what is another in each run: ids, times, revisions.
pub(crate) fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => "[id]".into(),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "[time]".into(),
        Value::String(text) if text.parse::<rolo_core::id::Revision>().is_ok() => "[revision]".into(),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) account: AccountId,
    pub(crate) organisation: OrganisationId,
    pub(crate) book: BookId,
    pub(crate) email: String,
    /// What the cookie holds.
    pub(crate) cookie: String,
    /// An API token.
    pub(crate) token: String,
}

impl House {
    /// With nobody in it yet.
    pub(crate) async fn empty() -> Self {
        Self::with(|database| database).await
    }

    /// The same on a database that is not quite the real one.
    pub(crate) async fn with(wrap: impl FnOnce(Arc<dyn Database>) -> Arc<dyn Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("rolo.db").display());
        let database = rolo_services::database::connect(&url, true).await.unwrap();
        Self::on(folder, wrap(Arc::new(database)))
    }

    /// The same on any database; the index is in this folder.
    pub(crate) fn on(folder: TempDir, database: Arc<dyn Database>) -> Self {
        let search =
            rolo_services::search::open(&format!("fts:{}", folder.path().join("search.db").display())).unwrap();
        let clock = Arc::new(SetClock::new());
        let services = Services {
            database,
            storage: Arc::new(fakes::Shelf::default()),
            secrets: Arc::new(fakes::QuickSecrets),
            clock: clock.clone(),
            random: Arc::new(fakes::Dice::default()),
        };
        let stop = CancellationToken::new();
        let api = Self::door(&services, &search, &stop, HEART_BEAT);
        Self { api, services, search, clock, stop, _folder: folder }
    }

    /// Ann's house with its database at the end of a line that can be cut.
    pub(crate) async fn on_a_line() -> (Self, Person, Shears) {
        let mut shears = None;
        let house = Self::with(|database| {
            let (remote, made) = Remote::new(database);
            shears = Some(made);
            Arc::new(remote)
        })
        .await;
        let ann = house.person("Ann", Tenant::New("Lee".to_owned()), Role::Owner).await;
        (house, ann, shears.unwrap())
    }

    fn door(services: &Services, search: &Arc<dyn SearchIndex>, stop: &CancellationToken, heart_beat: Duration) -> Api {
        Api::new(Self::parts(services, search, stop, heart_beat))
    }

    fn parts(
        services: &Services,
        search: &Arc<dyn SearchIndex>,
        stop: &CancellationToken,
        heart_beat: Duration,
    ) -> ApiParts {
        ApiParts {
            backups: None,
            restores: None,
            services: services.clone(),
            search: search.clone(),
            cache: None,
            setup_code: Some(SetupCode::new(CODE)),
            public_url: Some("https://rolo.example".to_owned()),
            heart_beat,
            stop: stop.clone(),
        }
    }

    /// The same house with a door that is made of other parts.
    pub(crate) fn rebuilt(mut self, change: impl FnOnce(&mut ApiParts)) -> Self {
        let mut parts = Self::parts(&self.services, &self.search, &self.stop, HEART_BEAT);
        change(&mut parts);
        self.api = Api::new(parts);
        self
    }

    /// The same house with another time between the signs of life on a silent line.
    pub(crate) async fn of_ann_with_heart_beat(heart_beat: Duration) -> (Self, Person) {
        let (mut house, ann) = Self::of_ann().await;
        house.api = Self::door(&house.services, &house.search, &house.stop, heart_beat);
        (house, ann)
    }

    /// Ann, who owns the house, and the house.
    pub(crate) async fn of_ann() -> (Self, Person) {
        let house = Self::empty().await;
        let ann = house.person("Ann", Tenant::New("Lee".to_owned()), Role::Owner).await;
        (house, ann)
    }

    /// Somebody new, signed in.
    pub(crate) async fn person(&self, name: &str, tenant: Tenant, role: Role) -> Person {
        let email = format!("{}@example.org", name.to_lowercase());
        let (name, password) = (name.to_owned(), PASSWORD.to_owned());
        let new = NewPerson { name, email: email.clone(), password, tenant, role: Some(role) };
        let account = person::add(&self.services, new).await.unwrap();
        self.signed_in(account.id, account.organisation, email).await
    }

    /// A browser at an address of its own: guesses are counted by address.
    pub(crate) fn browser(&self, device: &str) -> Browser {
        let mut octets = [0; 3];
        self.services.random.fill(&mut octets);
        let [a, b, c] = octets;
        Browser { device: device.to_owned(), address: format!("10.{a}.{b}.{c}") }
    }

    async fn signed_in(&self, account: AccountId, organisation: OrganisationId, email: String) -> Person {
        let signed_in = sign_in(&self.services, &email, PASSWORD, self.browser("Test on Linux")).await.unwrap();
        let (caller, _) = of_session(&self.services, &signed_in.secret).await.unwrap().unwrap();
        let made = token::create(&self.services, &caller, "Test", TokenKind::Api, None).await.unwrap();
        let books = self.services.database.books(caller.scope()).await.unwrap();
        let book = books.iter().find(|book| book.owner == Some(account)).unwrap().id;
        Person { account, organisation, book, email, cookie: signed_in.secret, token: made.secret }
    }

    pub(crate) fn services_now(&self) -> jiff::Timestamp {
        self.services.clock.now()
    }

    pub(crate) fn call(&self, method: &str, path: impl Into<String>) -> Call<'_> {
        Call::new(&self.api, method, path.into())
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call("GET", path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: Value) -> Call<'_> {
        self.call("POST", path).json(&body)
    }

    /// A contact of this name in the person's own book, as it was answered.
    pub(crate) async fn contact(&self, person: &Person, name: &str) -> Value {
        let card = json!({ "name": { "full": name } });
        let reply = self.post("/v1/contacts", json!({ "card": card })).by(person).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// Brings the search index up to date.
    pub(crate) async fn follow(&self) {
        rolo_core::search::catch_up(&*self.services.database, &*self.search).await.unwrap();
    }

    /// Does what goes on after an answer, until there is nothing left to do.
    pub(crate) async fn work(&self) {
        loop {
            let rows = self.services.database.unfinished().await.unwrap();
            if rows.is_empty() {
                return;
            }
            for row in rows {
                if row.kind == "import" {
                    rolo_core::import::advance(&self.services, &row).await.unwrap();
                } else {
                    rolo_core::history::job::advance(&self.services, &row).await.unwrap();
                }
            }
        }
    }
}
