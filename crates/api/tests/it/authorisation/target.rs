//! Somebody's data: one of each thing an id can name, all of it carrying words nobody else may read.

use rolo_core::{
    account::{Caller, of_session, sign_in::sign_in, token},
    contracts::database::Heads,
    id::{BatchId, JobId},
    write::{Act, Admin, TokenKind, Write},
};
use serde_json::{Value, json};

use super::settled;
use crate::support::{House, PASSWORD, Person};

/// One of each.
pub(super) struct Target {
    pub(super) person: Person,
    /// Another account of the organisation.
    pub(super) member: String,
    pub(super) organisation: String,
    pub(super) book: String,
    pub(super) spare: String,
    pub(super) contact: String,
    pub(super) modseq: u64,
    pub(super) other: String,
    pub(super) binned: String,
    pub(super) label: String,
    pub(super) other_label: String,
    pub(super) batch: String,
    pub(super) job: String,
    pub(super) import: String,
    pub(super) row_cursor: String,
    pub(super) session: String,
    pub(super) token: String,
    pub(super) cursor: String,
    pub(super) bin_cursor: String,
    pub(super) version_cursor: String,
    pub(super) member_cursor: String,
    /// A batch of two contacts, and a place in it.
    pub(super) many: String,
    pub(super) content_cursor: String,
    pub(super) since: String,
    /// A time at which the book was there.
    pub(super) born: String,
    caller: Caller,
}

/// A picture of one dot.
const DOT: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

impl Target {
    pub(super) async fn of(house: &House, person: &Person, word: &str, member: &Person) -> Self {
        let post = async |path: &str, body: Value| {
            let reply = house.post(path, body).by(person).await;
            assert!((200..300).contains(&reply.status), "{path}: {}", reply.text());
            reply
        };
        let (book, born) = (person.book.to_string(), house.services_now().to_string());
        let label = post("/v1/labels", json!({ "book": book, "name": format!("kanari-{word} friends") })).await.json();
        let other_label =
            post("/v1/labels", json!({ "book": book, "name": format!("kanari-{word} others") })).await.json();
        let contact = async |name: &str| {
            let card = json!({
                "name": { "full": format!("kanari-{word} {name}") },
                "emails": { "e": { "address": format!("kanari-{word}@{name}.example") } },
                "media": { "p": { "kind": "photo", "uri": DOT } },
            });
            post("/v1/contacts", json!({ "labels": [label["id"]], "card": card })).await
        };
        let made = contact("one").await;
        let (batch, one) = (made.header("rolo-batch").to_owned(), made.json());
        let (two, binned, gone) =
            (contact("two").await.json(), contact("three").await.json(), contact("four").await.json());
        let path = format!("/v1/contacts/{}", text(&one, "id"));
        let patch = json!({ "card": { "notes": { "n": { "note": format!("kanari-{word} note") } } } });
        house.call("PATCH", &path).json(&patch).seen("*").by(person).await.expect(200);
        for binned in [&binned, &gone] {
            house.call("DELETE", format!("/v1/contacts/{}", text(binned, "id"))).seen("*").by(person).await.expect(204);
        }
        let label_both =
            [&one, &two].map(|contact| json!({ "op": "label", "contact": contact["id"], "label": other_label["id"] }));
        let many = post("/v1/batches", json!({ "atomic": true, "items": label_both })).await;
        let many = many.header("rolo-batch").to_owned();
        let spare = post("/v1/books", json!({ "name": format!("kanari-{word} book") })).await.json();
        let page = async |path: &str| text(&house.get(path).by(person).await.expect(200).json(), "next");
        let members = format!("/v1/organisations/{}/members?limit=1", person.organisation);
        let members = house.get(members).by(person).await.expect(200).json();
        let snapshot = house.get("/v1/snapshot").by(person).await.expect(200).text();
        let first: Value = serde_json::from_str(snapshot.lines().next().unwrap()).unwrap();

        let csv = format!("First Name,Notes\nkanari-{word} five,x\nkanari-{word} six,y\n");
        let upload =
            house.call("POST", format!("/v1/imports?book={book}&name=kanari-{word}.csv")).body("text/csv", csv);
        let import = text(&upload.by(person).await.expect(201).json(), "id");
        work(house, &import).await;
        let columns = json!({ "columns": [] });
        house.call("PATCH", format!("/v1/imports/{import}")).json(&columns).by(person).await.expect(200);
        work(house, &import).await;
        let browser = house.browser(&format!("secret-{word}"));
        let signed_in = sign_in(&house.services, &person.email, PASSWORD, browser).await.unwrap();
        let (caller, _) = of_session(&house.services, &signed_in.secret).await.unwrap().unwrap();
        let made =
            token::create(&house.services, &caller, &format!("secret-{word}"), TokenKind::Dav, None).await.unwrap();
        Self {
            person: person.clone(),
            member: member.account.to_string(),
            organisation: person.organisation.to_string(),
            book,
            spare: text(&spare, "id"),
            contact: text(&one, "id"),
            modseq: one["modseq"].as_u64().unwrap(),
            other: text(&two, "id"),
            binned: text(&binned, "id"),
            label: text(&label, "id"),
            other_label: text(&other_label, "id"),
            batch,
            job: job(house, &caller).await,
            row_cursor: page(&format!("/v1/imports/{import}/rows?limit=1")).await,
            import,
            session: signed_in.session.to_string(),
            token: made.id.to_string(),
            cursor: page("/v1/contacts?limit=1").await,
            bin_cursor: page("/v1/bin?limit=1").await,
            version_cursor: page(&format!("{path}/versions?limit=1")).await,
            member_cursor: members["next"].as_str().unwrap_or("none").to_owned(),
            content_cursor: page(&format!("/v1/batches/{many}/items?limit=1")).await,
            many,
            since: text(&first, "since"),
            born,
            caller,
        }
    }

    /// The newest numbers of everything this person sees.
    pub(super) async fn heads(&self, house: &House) -> Heads {
        house.services.database.heads(self.caller.scope()).await.unwrap()
    }

    /// Everything this person has, as it is told.
    pub(super) async fn state(&self, house: &House) -> Vec<Value> {
        let contact = format!("/v1/contacts/{}", self.contact);
        let paths = [
            "/v1/contacts?limit=1000".to_owned(),
            "/v1/contacts?hidden=true&limit=1000".to_owned(),
            "/v1/bin?limit=1000".to_owned(),
            "/v1/labels".to_owned(),
            "/v1/books".to_owned(),
            format!("/v1/books/{}/access", self.book),
            "/v1/batches?limit=100".to_owned(),
            format!("/v1/batches/{}", self.batch),
            format!("/v1/batches/{}/items", self.many),
            format!("{contact}/versions?limit=100"),
            contact,
            format!("/v1/imports/{}", self.import),
            format!("/v1/imports/{}/rows", self.import),
            "/v1/account".to_owned(),
            "/v1/sessions".to_owned(),
            "/v1/tokens".to_owned(),
            format!("/v1/organisations/{}", self.organisation),
        ];
        let mut state = Vec::new();
        for path in paths {
            state.push(settled(house.get(&path).by(&self.person).await.json()));
        }
        state
    }
}

/// Works on the import alone: a job that never ends stands beside it.
async fn work(house: &House, import: &str) {
    let row = async || {
        house.services.database.unfinished().await.unwrap().into_iter().find(|row| row.id.to_string() == import)
    };
    while let Some(row) = row().await {
        rolo_core::import::advance(&house.services, &row).await.unwrap();
    }
}

/// Work that is going on; small tests have none that takes so long.
async fn job(house: &House, caller: &Caller) -> String {
    let id = JobId(house.services.random.id());
    let batch = BatchId(house.services.random.id());
    let create = Admin::CreateJob { id, kind: "undo".to_owned(), state: "{}".to_owned() };
    let write = Write::by(caller, house.services_now(), batch, Act::Settings).and(create.into());
    house.services.database.commit(write).await.unwrap();
    id.to_string()
}
