//! A writer: makes people, changes them, puts them into the bin, in single requests and in batches, as fast as it is
//! answered. Each request has its own `Idempotency-Key`, with which it is sent again after a crash.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::ledger::{Ledger, Person, Request};
use crate::rolo::Door;

/// The labels there are; a person of an even edit has the first, and so on.
pub(crate) const LABELS: [&str; 3] = ["Crash 0", "Crash 1", "Crash 2"];
/// The phone number of the edit 0, without country and area.
pub(crate) const PHONES_FROM: u64 = 1_000_000;
/// Living people of one writer: more would only make the checks slow.
const LIVING_MAX: usize = 60;

/// What goes wrong on purpose, so that the check is known to see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// An acknowledgement without the write.
    Lost,
    /// A batch of which only one part was sent.
    Half,
    /// A request sent twice, as if it were two.
    Double,
}

/// One writer, from round to round.
pub(crate) struct Writer {
    pub(crate) ledger: Ledger,
    /// Ids of the labels, by name.
    pub(crate) labels: BTreeMap<String, String>,
    name: usize,
    made: u64,
    dice: Rng,
}

/// Why a writer stopped writing.
pub(crate) enum Stopped {
    /// The server is gone: as it should be.
    Gone,
    /// The server refused what it must not refuse.
    Refused(String),
}

impl Writer {
    pub(crate) fn new(name: usize, seed: u64, labels: BTreeMap<String, String>) -> Self {
        let dice = Rng::with_seed(seed ^ (name as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { ledger: Ledger::default(), labels, name, made: 0, dice }
    }

    /// First what has no answer yet, then new requests until the server is gone.
    pub(crate) async fn write(&mut self, door: &Door) -> Stopped {
        if let Err(stopped) = self.again(door).await {
            return stopped;
        }
        loop {
            let request = self.thought_up();
            if let Err(stopped) = self.send(door, request, false).await {
                return stopped;
            }
        }
    }

    /// Sends what has no answer yet once more.
    pub(crate) async fn again(&mut self, door: &Door) -> Result<(), Stopped> {
        match self.ledger.open.take() {
            Some(request) => self.send(door, request, true).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, door: &Door, mut request: Request, again: bool) -> Result<(), Stopped> {
        self.ledger.open = Some(request.clone());
        let answer = door.send(request.method.clone(), &request.path, &request.headers, request.body.as_ref()).await;
        let Ok((status, body)) = answer else { return Err(Stopped::Gone) };
        // Changes of one contact take no key, they name the version they saw: done before the crash, it has moved on.
        let moved_on = request.method != Method::POST
            && matches!(status, StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED);
        if !(status.is_success() || again && moved_on) {
            return Err(Stopped::Refused(format!("{} {}: {status} {body}", request.method, request.path)));
        }
        let body = if moved_on { door.get(&request.path).await.map_err(|_| Stopped::Gone)? } else { body };
        self.ledger.open = None;
        learn(&mut request, &body);
        self.ledger.done(request);
        Ok(())
    }

    /// The next request: the dice decide.
    fn thought_up(&mut self) -> Request {
        let living: Vec<Person> = self.ledger.people.values().filter(|person| person.living).cloned().collect();
        if living.len() < 10 {
            return self.create();
        }
        let person = living[self.dice.usize(..living.len())].clone();
        match self.dice.u32(0..10) {
            0 => self.batch(&living),
            1 | 2 if living.len() > LIVING_MAX / 2 => self.delete(person),
            1..=4 if living.len() < LIVING_MAX => self.create(),
            5 | 6 => self.replace(person),
            _ => self.patch(person),
        }
    }

    fn create(&mut self) -> Request {
        let mut person = self.newcomer();
        let mut body = self.envelope(&person);
        // With an id of its own or one the server chooses: both must come to one contact.
        if self.dice.bool() {
            let id = Uuid::now_v7().to_string();
            body["id"] = json!(id);
            person.id = Some(id);
        }
        request(Method::POST, "/v1/contacts".to_owned(), None, Some(body), [person])
    }

    fn patch(&mut self, mut person: Person) -> Request {
        let seen = if self.dice.bool() { format!("\"{}\"", person.revision) } else { "*".to_owned() };
        change(&mut person);
        let path = format!("/v1/contacts/{}", person.id.as_deref().unwrap_or_default());
        let body = self.difference(&person);
        request(Method::PATCH, path, Some(seen), Some(body), [person])
    }

    fn replace(&mut self, mut person: Person) -> Request {
        let seen = format!("\"{}\"", person.revision);
        change(&mut person);
        person.whole = person.edit;
        let path = format!("/v1/contacts/{}", person.id.as_deref().unwrap_or_default());
        let body = self.envelope(&person);
        request(Method::PUT, path, Some(seen), Some(body), [person])
    }

    fn delete(&mut self, mut person: Person) -> Request {
        let seen = format!("\"{}\"", person.revision);
        bin(&mut person);
        let path = format!("/v1/contacts/{}", person.id.as_deref().unwrap_or_default());
        request(Method::DELETE, path, Some(seen), None, [person])
    }

    /// New people, changed ones and one that goes, all or none.
    fn batch(&mut self, living: &[Person]) -> Request {
        let mut after = Vec::new();
        let mut items = Vec::new();
        for _ in 0..self.dice.usize(1..6) {
            let mut person = self.newcomer();
            let id = Uuid::now_v7().to_string();
            let envelope = self.envelope(&person);
            items
                .push(json!({ "op": "create", "contact": id, "card": envelope["card"], "labels": envelope["labels"] }));
            person.id = Some(id);
            after.push(person);
        }
        for (n, person) in living.iter().take(5).enumerate() {
            let mut person = person.clone();
            let (id, revision) = (person.id.clone(), person.revision.clone());
            if n == 0 {
                bin(&mut person);
                items.push(json!({ "op": "delete", "contact": id, "revision": revision }));
            } else {
                change(&mut person);
                let mut item = self.difference(&person);
                item["op"] = json!("patch");
                item["contact"] = json!(id);
                item["revision"] = json!(revision);
                items.push(item);
            }
            after.push(person);
        }
        let body = json!({ "atomic": true, "summary": "crash", "items": items });
        request(Method::POST, "/v1/batches".to_owned(), None, Some(body), after)
    }

    fn newcomer(&mut self) -> Person {
        self.made += 1;
        let tag = format!("Writer{}x{}", self.name, self.made);
        let labels = labels_of(0);
        Person { tag, id: None, edit: 0, whole: 0, labels, living: true, revision: String::new(), versions: 1 }
    }

    /// All of a person.
    fn envelope(&self, person: &Person) -> Value {
        let mut envelope = self.difference(person);
        envelope["card"]["@type"] = json!("Card");
        envelope["card"]["version"] = json!("1.0");
        envelope["card"]["phones"] = json!({ "p": { "number": format!("+1 202 {}", PHONES_FROM + person.whole) } });
        envelope
    }

    /// Name and labels say the same edit: half of it would show.
    fn difference(&self, person: &Person) -> Value {
        let labels: Vec<_> = person.labels.iter().filter_map(|name| self.labels.get(name)).collect();
        json!({ "labels": labels, "card": { "name": { "full": format!("{} edit{}", person.tag, person.edit) } } })
    }

    /// Does wrong on purpose.
    pub(crate) async fn wrong(&mut self, door: &Door, control: Control) -> Result<(), Stopped> {
        match control {
            Control::Lost => {
                let request = self.create();
                self.ledger.done(request);
                Ok(())
            }
            Control::Half => {
                let living: Vec<Person> = self.ledger.people.values().filter(|person| person.living).cloned().collect();
                let whole = self.batch(&living);
                let mut part = whole.clone();
                part.after.clear();
                if let Some(items) = part.body.as_mut().and_then(|body| body["items"].as_array_mut()) {
                    items.truncate(1);
                }
                self.send(door, part, false).await?;
                self.ledger.open = Some(whole);
                Ok(())
            }
            Control::Double => {
                let first = self.create();
                let mut second = first.clone();
                second.headers = vec![("idempotency-key", Uuid::now_v7().to_string())];
                if let Some(body) = second.body.as_mut() {
                    body["id"] = json!(Uuid::now_v7().to_string());
                }
                second.after.clear();
                self.send(door, first, false).await?;
                self.send(door, second, false).await
            }
        }
    }
}

fn change(person: &mut Person) {
    person.edit += 1;
    person.versions += 1;
    person.labels = labels_of(person.edit);
}

fn bin(person: &mut Person) {
    person.living = false;
    person.versions += 1;
}

fn labels_of(edit: u64) -> BTreeSet<String> {
    LABELS.iter().enumerate().filter(|(n, _)| (edit >> n) & 1 == 0).map(|(_, name)| (*name).to_owned()).collect()
}

fn request(
    method: Method,
    path: String,
    seen: Option<String>,
    body: Option<Value>,
    after: impl IntoIterator<Item = Person>,
) -> Request {
    let mut headers = vec![("idempotency-key", Uuid::now_v7().to_string())];
    headers.extend(seen.map(|seen| ("if-match", seen)));
    let after = after.into_iter().map(|person| (person.tag.clone(), person)).collect();
    Request { method, path, headers, body, after }
}

/// Ids and revisions, from the answer.
fn learn(request: &mut Request, answer: &Value) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(items) = answer["items"].as_array() {
        for person in request.after.values_mut() {
            let item = items.iter().find(|item| text(&item["id"]) == person.id);
            person.revision = item.and_then(|item| text(&item["revision"])).unwrap_or_default();
        }
    } else if let Some(person) = request.after.values_mut().next().filter(|person| person.living) {
        person.id = text(&answer["id"]).or(person.id.take());
        person.revision = text(&answer["revision"]).unwrap_or_default();
    }
}
