//! The same random requests have the same answers on SQLite, MySQL and PostgreSQL: order, case, accents, emoji, NUL, long text,
//! limits. Time and chance are the same on each; what each makes up for itself (an id, a cursor) is named by its first
//! appearance.
//!
//! `ROLO_ALIKE_CALLS` says how many requests, `ROLO_ALIKE_SEED` which; both are printed when the answers differ.

use std::{collections::HashMap, env, fmt::Write as _, sync::Arc};

use fastrand::Rng;
use rolo_core::{
    account::{Role, person::Tenant},
    contracts::Database,
};
use rolo_services::database::connect;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::support::{House, Person, Reply};

/// Requests of a run when nobody says otherwise.
const CALLS: usize = 400;

/// What is compared differently by databases that are left to themselves.
const NAMES: [&str; 24] = [
    "Zoë",
    "zoe",
    "ZOE",
    "Zoe\u{308}",
    "Ärger",
    "Arger",
    "ß",
    "ss",
    "SS",
    "İstanbul",
    "istanbul",
    "ı",
    "👩‍👩‍👧‍👦 Ada",
    "🇺🇦",
    "王小明",
    "محمد",
    "Fam\0ily",
    "a",
    "a ",
    " a",
    "A%_",
    "O'Neil \\ \"x\"",
    "\u{10ffff}",
    "é",
];

/// A request, said without any id.
struct Step {
    kind: u8,
    which: usize,
    other: usize,
    name: String,
}

fn steps(seed: u64, calls: usize) -> Vec<Step> {
    let mut random = Rng::with_seed(seed);
    let mut steps = Vec::new();
    for _ in 0..calls {
        let mut name = NAMES[random.usize(..NAMES.len())].to_owned();
        if random.u8(..12) == 0 {
            name = name.repeat([20, 400, 40_000][random.usize(..3)]);
        }
        steps.push(Step { kind: random.u8(..26), which: random.usize(..10_000), other: random.usize(..10_000), name });
    }
    steps
}

/// A database with the API on it, and what its answers have named so far.
struct Side {
    house: House,
    ann: Person,
    names: HashMap<String, String>,
    contacts: Vec<String>,
    labels: Vec<String>,
    batches: Vec<String>,
    next: Option<String>,
    since: Option<String>,
}

impl Side {
    async fn on(database: Option<Arc<dyn Database>>) -> Self {
        let house = match database {
            Some(database) => House::on(tempfile::tempdir().unwrap(), database),
            None => House::empty().await,
        };
        let ann = house.person("Ann", Tenant::New("Lee".to_owned()), Role::Owner).await;
        let (contacts, labels, batches) = Default::default();
        Self { house, ann, names: HashMap::new(), contacts, labels, batches, next: None, since: None }
    }

    /// Asks, remembers what can be asked about later, and answers what is compared.
    async fn take(&mut self, step: &Step) -> String {
        let (method, path, body) = self.request(step);
        if method == "GET" {
            self.house.follow().await;
        }
        self.house.work().await;
        let call = self.house.call(method, path).by(&self.ann);
        let call = if method == "GET" || method == "POST" { call } else { call.seen("*") };
        let reply = match body {
            Some(body) => call.json(&body).await,
            None => call.await,
        };
        self.house.clock.pass(jiff::SignedDuration::from_millis(7));
        self.remember(step, &reply);
        self.told(&reply)
    }

    fn request(&self, step: &Step) -> (&'static str, String, Option<Value>) {
        let one = |of: &[String], which: usize| match of.len() {
            0 => "018f0000-0000-7000-8000-000000000000".to_owned(),
            some => of[which % some].clone(),
        };
        let (contact, label) = (one(&self.contacts, step.which), one(&self.labels, step.other));
        let name = &step.name;
        let card = json!({ "name": { "full": name }, "notes": { "n": { "note": name } } });
        match step.kind {
            0..=5 => (
                "POST",
                "/v1/contacts".into(),
                Some(json!({ "card": card, "labels": if self.labels.is_empty() { vec![] } else { vec![label] } })),
            ),
            6 | 7 => {
                ("PATCH", format!("/v1/contacts/{contact}"), Some(json!({ "card": { "name": { "full": name } } })))
            }
            8 => ("PATCH", format!("/v1/contacts/{contact}"), Some(json!({ "labels": [label] }))),
            9 => (
                "PATCH",
                format!("/v1/contacts/{contact}"),
                Some(json!({ "card": { "notes": { "n": { "note": name } } } })),
            ),
            10 => ("DELETE", format!("/v1/contacts/{contact}"), None),
            11 => ("POST", format!("/v1/bin/{contact}/restore"), None),
            12 => ("DELETE", format!("/v1/bin/{contact}"), None),
            13 => (["PUT", "DELETE"][step.other % 2], format!("/v1/contacts/{contact}/star"), None),
            14 => (["PUT", "DELETE"][step.other % 2], format!("/v1/contacts/{contact}/hidden"), None),
            15 | 16 => ("POST", "/v1/labels".into(), Some(json!({ "book": self.ann.book, "name": name }))),
            17 => ("PATCH", format!("/v1/labels/{label}"), Some(json!({ "name": name }))),
            18 => ("POST", "/v1/undo".into(), Some(json!({ "batch": one(&self.batches, step.which) }))),
            19 => ("GET", format!("/v1/contacts/{contact}"), None),
            20 => ("GET", format!("/v1/contacts/{contact}/versions"), None),
            21 => ("GET", ["/v1/bin", "/v1/labels", "/v1/batches", "/v1/books"][step.which % 4].into(), None),
            22 => (
                "GET",
                self.since
                    .as_ref()
                    .map_or("/v1/snapshot".into(), |since| format!("/v1/changes?since={since}&limit=20")),
                None,
            ),
            23 => ("GET", format!("/v1/contacts?limit=7&q={}", asked(name)), None),
            _ => ("GET", self.listing(step, &label), None),
        }
    }

    fn listing(&self, step: &Step, label: &str) -> String {
        let sort = ["given", "family", "company", "updated"][step.which % 4];
        match &self.next {
            Some(next) if !step.other.is_multiple_of(3) => next.clone(),
            _ if step.other.is_multiple_of(5) => format!("/v1/contacts?limit=5&sort={sort}&label={label}"),
            _ => format!("/v1/contacts?limit=5&sort={sort}"),
        }
    }

    fn remember(&mut self, step: &Step, reply: &Reply) {
        let batch = reply.header("rolo-batch");
        if !batch.is_empty() {
            self.batches.push(batch.to_owned());
        }
        let Ok(body) = serde_json::from_slice::<Value>(&reply.body) else {
            let first = reply.text().lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok());
            self.since = first.and_then(|first| first["since"].as_str().map(str::to_owned)).or(self.since.take());
            return;
        };
        let id = body["id"].as_str().map(str::to_owned);
        match (step.kind, reply.status) {
            (0..=5, 201) => self.contacts.extend(id),
            (15 | 16, 201) => self.labels.extend(id),
            (22, 200) => self.since = body["since"].as_str().map(str::to_owned),
            (24.., 200) => {
                let path = self.listing(step, "");
                let base = path.split("&cursor=").next().unwrap_or_default().to_owned();
                self.next = body["next"]
                    .as_str()
                    .filter(|_| !base.contains("label="))
                    .map(|next| format!("{base}&cursor={next}"));
            }
            _ => {}
        }
    }

    /// Status, revision and body, with everything that is this side's own by its first appearance.
    fn told(&mut self, reply: &Reply) -> String {
        let mut told = format!("{} {}", reply.status, reply.header("etag"));
        for line in reply.text().lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(mut value) => {
                    self.name(&mut value);
                    let _ = write!(told, "\n{value}");
                }
                Err(_) => {
                    let _ = write!(told, "\n{line}");
                }
            }
        }
        told
    }

    fn name(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => {
                let number = self.names.len();
                *text = self.names.entry(text.clone()).or_insert_with(|| format!("#{number}")).clone();
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.name(item)),
            Value::Object(members) => {
                for (key, value) in members.iter_mut() {
                    match (key.as_str(), &value) {
                        ("next" | "since", Value::String(_)) => *value = "[sealed]".into(),
                        _ => self.name(value),
                    }
                }
            }
            _ => {}
        }
    }
}

/// A search as a URL has it.
fn asked(name: &str) -> String {
    name.chars().take(20).collect::<String>().bytes().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "%{octet:02X}");
        text
    })
}

/// Takes every step on every side; the first answer that is another ends it.
async fn difference(sides: &mut [Side], seed: u64, calls: usize) -> Result<usize, String> {
    let mut well = 0;
    for (number, step) in steps(seed, calls).iter().enumerate() {
        let mut first: Option<String> = None;
        for (side, at) in sides.iter_mut().zip(0..) {
            let told = side.take(step).await;
            match &first {
                None => {
                    well += usize::from(told.starts_with('2'));
                    first = Some(told);
                }
                Some(first) if *first == told => {}
                Some(first) => {
                    let short = |text: &str| text.chars().take(2_000).collect::<String>();
                    return Err(format!(
                        "seed {seed}, request {number} (kind {}, {:?}), side {at}:\n{}\n---\n{}",
                        step.kind,
                        short(&step.name),
                        short(first),
                        short(&told)
                    ));
                }
            }
        }
    }
    Ok(well)
}

fn number(variable: &str, default: usize) -> usize {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_requests_have_the_same_answers_on_every_database() {
    let (seed, calls) = (number("ROLO_ALIKE_SEED", 1) as u64, number("ROLO_ALIKE_CALLS", CALLS));
    let mut sides = vec![Side::on(None).await, Side::on(None).await];
    let mut made = Vec::new();
    for variable in ["ROLO_TEST_MYSQL", "ROLO_TEST_POSTGRES"] {
        let Ok(server) = env::var(variable) else {
            assert!(env::var("CI").is_err(), "{variable} must name a server in CI");
            continue;
        };
        let name = format!("alike_{}", std::process::id());
        administer(&server, &format!("create database {name}")).await;
        let (scheme, rest) = server.split_once("://").unwrap();
        let url = format!("{scheme}://{}/{name}", rest.split('/').next().unwrap());
        sides.push(Side::on(Some(Arc::new(connect(&url, true).await.unwrap()))).await);
        made.push((server, name));
    }
    let found = difference(&mut sides, seed, calls).await;
    drop(sides);
    for (server, name) in made {
        let force = if server.starts_with("postgres") { " with (force)" } else { "" };
        administer(&server, &format!("drop database {name}{force}")).await;
    }
    let well = found.unwrap_or_else(|found| panic!("{found}"));
    assert!(well * 2 > calls, "only {well} of {calls} requests were done: the rest says little");
}

/// The control: a side on which one thing is another is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_that_is_another_is_found() {
    let mut sides = vec![Side::on(None).await, Side::on(None).await];
    sides[1].house.contact(&sides[1].ann, "Nobody else has her").await;
    let found = difference(&mut sides, 1, 200).await.unwrap_err();
    assert!(found.contains("side 1"), "{found}");
}

async fn administer(url: &str, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if url.starts_with("mysql") {
        let mut connection = sqlx::MySqlConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}
