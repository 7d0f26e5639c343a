//! One process or several: the same requests have the same answers. All in one; gateway, SSR server and API over an SQLite file;
//! gateway, SSR server, two APIs and a worker over MariaDB and Redis.
//!
//! The last needs `ROLO_TEST_MYSQL` and `ROLO_TEST_REDIS`, which in CI must be there.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    place::{PASSWORD, Place, Server, built, get},
    two::{Own, Wire, listening, named},
};

const NOOR: &str = "noor@rolo.example";
/// How long anything may take that happens by itself. Only a failure takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The processes of one arrangement, the front last.
struct Arrangement {
    processes: Vec<Server>,
    places: Vec<Place>,
    token: String,
}

impl Arrangement {
    /// An account, its token, and no process yet.
    fn of(environment: &[(&str, &str)], places: usize) -> Self {
        let places: Vec<Place> = (0..places).map(|_| Place::bare()).collect();
        let first = &places[0];
        first.run_with(&["init"], "", environment).well();
        let password = first.file("password", PASSWORD);
        let person = ["user", "add", "--email", NOOR, "--name", "Noor", "--password-file", &password];
        first.run_with(&person, "", environment).well();
        let token = first.run_with(&["token", "add", "--email", NOOR, "--json"], "", environment).well().last();
        Self { processes: Vec::new(), places, token: token["token"].as_str().unwrap().to_owned() }
    }

    /// Starts a process in this place, and answers where.
    fn start(&mut self, place: usize, words: &[&str], environment: &[(&str, &str)]) -> String {
        let listen: &[&str] = if words == ["worker"] { &[] } else { &["--listen", "127.0.0.1:0"] };
        let server = Server::start_as(&[words, listen].concat(), &self.places[place].data(), environment);
        let url = server.url.clone();
        self.processes.push(server);
        url
    }

    /// The SSR server in this place, where there are pages to draw, and the gateway in the next.
    fn front_over(&mut self, place: usize, apis: &str) {
        let api = ("ROLO_API__URL", apis);
        let ssr = if built() { self.start(place, &["ssr"], &[api]) } else { String::new() };
        let enabled = if ssr.is_empty() { "false" } else { "true" };
        self.start(place + 1, &["gateway"], &[api, ("ROLO_SSR__URL", &ssr), ("ROLO_SSR__ENABLED", enabled)]);
    }

    fn front(&self) -> &str {
        &self.processes.last().unwrap().url
    }

    fn end(self) {
        for process in self.processes.into_iter().rev() {
            assert_eq!(process.end(), Some(0));
        }
    }
}

fn one() -> Arrangement {
    let mut one = Arrangement::of(&[], 1);
    one.start(0, &[], &[]);
    one
}

fn three() -> Arrangement {
    let mut three = Arrangement::of(&[], 3);
    let api = three.start(0, &["api"], &[]);
    three.front_over(1, &api);
    three
}

fn five(database: &str, cache: &str) -> Arrangement {
    let shared = tempfile::tempdir().unwrap().keep();
    let storage = format!("file:{}", shared.join("files").display());
    let environment =
        [("ROLO_SERVICES__DATABASE", database), ("ROLO_SERVICES__CACHE", cache), ("ROLO_SERVICES__STORAGE", &storage)];
    let mut five = Arrangement::of(&environment, 5);
    let apis = [0, 1].map(|place| five.start(place, &["api"], &environment));
    five.start(2, &["worker"], &environment);
    let apis = serde_json::to_string(&apis).unwrap();
    five.front_over(3, &apis);
    five
}

/// What was asked and what it came to, which is the same in each arrangement.
struct Story {
    wire: Wire,
    told: Vec<(String, u16)>,
}

impl Story {
    fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.wire.ask(method, path, body)
    }

    /// Asks something that must come to this status, and remembers it.
    fn expects(&mut self, status: u16, name: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (came, answer) = self.ask(method, path, body);
        assert_eq!(came, status, "{name}: {method} {path}: {answer}");
        self.told.push((name.to_owned(), came));
        answer
    }

    /// Asks until it is so.
    fn until(&mut self, name: &str, path: &str, so: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let (status, answer) = self.ask("GET", path, None);
            assert_eq!(status, 200, "{name}: {answer}");
            if so(&answer) {
                self.told.push((name.to_owned(), status));
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "{name} never came: {answer}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A day in the life of an address book, through the front door alone.
fn played(arrangement: &Arrangement) -> Vec<(String, u16)> {
    let (front, token) = (arrangement.front(), arrangement.token.as_str());
    let mut story = Story { wire: Wire::open(front, token), told: Vec::new() };
    assert_eq!(get(front, "/healthz", ""), (200, "ok\n".to_owned()));
    let ready = story.expects(200, "ready", "GET", "/readyz", None);
    assert_eq!((&ready["ready"], &ready["culprits"]), (&json!(true), &json!([])));
    page(front);

    let card = json!({ "card": { "name": { "full": "Ada Byron" } } });
    let ada = story.expects(201, "a contact is made", "POST", "/v1/contacts", Some(&card));
    let path = format!("/v1/contacts/{}", ada["id"].as_str().unwrap());
    let (hearing, heard) = listening(front, token);
    let patch = json!({ "card": { "notes": { "n": { "note": "keeps bees" } } } });
    story.expects(200, "and changed", "PATCH", &path, Some(&patch));
    heard.recv_timeout(PATIENCE).expect("whoever listens is told");
    hearing.join().unwrap();
    for _ in 0..8 {
        let (status, read) = story.ask("GET", &path, None);
        assert!(status == 200 && read["card"].to_string().contains("keeps bees"), "whoever is asked: {status} {read}");
    }
    story.until("found by a word", "/v1/contacts?q=bees", |found| {
        found["items"].as_array().is_some_and(|all| all.len() == 1)
    });
    story.expects(404, "nobody's", "GET", "/v1/contacts/0190aaaa-0000-7000-8000-000000000000", None);
    let books = story.expects(200, "books", "GET", "/v1/books", None);
    let own = books["items"].as_array().unwrap().iter().find(|book| book["access"] == "manage").unwrap();
    let book = own["id"].as_str().unwrap();
    let label = json!({ "name": "Choir", "book": book });
    story.expects(201, "a label", "POST", "/v1/labels", Some(&label));
    story.expects(409, "the same again", "POST", "/v1/labels", Some(&label));
    import(&mut story, front, token, book);
    story.expects(204, "into the bin", "DELETE", &path, None);
    let binned = story.expects(200, "seen there", "GET", &path, None);
    assert!(binned["deleted_at"].is_string(), "{binned}");
    session(&mut story, front);
    story.told
}

/// The page of the app, where it was built.
fn page(front: &str) {
    let (status, page) = get(front, "/sign-in", "");
    if built() {
        assert!(status == 200 && page.contains("<html"), "{status} {page}");
    } else {
        assert_eq!(status, 404);
    }
    assert_eq!(get(front, "/assets/missing-00000000.js", "").0, 404, "never the page");
}

/// A file goes up in pieces and is worked through by whoever does that.
fn import(story: &mut Story, front: &str, token: &str, book: &str) {
    let card = |row| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Given{row} Family{row}\r\nN:Family{row};Given{row};;;\r\nEMAIL:row{row}@post.example\r\nEND:VCARD\r\n"
        )
    };
    let rows: String = (0..2_000).map(card).collect();
    let path = format!("/v1/imports?book={book}&name=people.vcf");
    let import = posted(front, &path, token, "text/vcard", &rows);
    let path = format!("/v1/imports/{}", import["id"].as_str().unwrap());
    story.until("read", &path, |import| import["state"] == "checked");
    story.expects(202, "run", "POST", &format!("{path}/run"), Some(&json!({ "check": "skip" })));
    let done = story.until("done", &path, |import| import["state"] == "done");
    assert_eq!(done["counts"]["new"], json!(2_000), "{done}");
}

/// A session as a browser has it: by form and cookie.
fn session(story: &mut Story, front: &str) {
    let host = front.strip_prefix("http://").unwrap();
    let form = format!("email={}&password={}", NOOR.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let origin = format!("origin: {front}\r\n");
    let answer = said(
        front,
        &format!(
            "POST /v1/sessions HTTP/1.1\r\nhost: {host}\r\n{origin}content-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{form}",
            form.len()
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie =
        answer.lines().find_map(|line| line.to_ascii_lowercase().starts_with("set-cookie: ").then(|| &line[12..]));
    let cookie = cookie.unwrap().split(';').next().unwrap();
    let account = said(
        front,
        &format!("GET /v1/account HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"),
    );
    assert!(account.starts_with("HTTP/1.1 200") && account.contains(NOOR), "{account}");
    let sessions = said(
        front,
        &format!("GET /v1/sessions HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"),
    );
    assert!(sessions.contains("\"127.0.0.1\""), "the visitor's address comes through: {sessions}");
    let elsewhere = said(
        front,
        &format!(
            "POST /v1/labels HTTP/1.1\r\nhost: {host}\r\norigin: http://evil.example\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{{\"name\":\"x\"}}"
        ),
    );
    assert!(elsewhere.starts_with("HTTP/1.1 403"), "another site's page cannot write: {elsewhere}");
    story.told.push(("a session".to_owned(), 303));
}

fn said(url: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// A body without a length, as a stream is sent.
fn posted(url: &str, path: &str, token: &str, media_type: &str, body: &str) -> Value {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: {media_type}\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    for piece in body.as_bytes().chunks(7_000) {
        request += &format!("{:x}\r\n{}\r\n", piece.len(), std::str::from_utf8(piece).unwrap());
    }
    request += "0\r\n\r\n";
    let answer = said(url, &request);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn three_processes_over_a_file_answer_as_one_does() {
    let (one, three) = (one(), three());
    let alone = played(&one);
    assert!(alone.len() > 10, "{alone:?}");
    assert_eq!(played(&three), alone);
    one.end();
    three.end();
}

#[test]
fn a_gateway_lives_on_without_its_neighbours_and_names_them() {
    let mut three = three();
    let front = three.processes.pop().unwrap();
    let ready = || -> (u16, Value) {
        let (status, told) = get(&front.url, "/readyz", "");
        (status, serde_json::from_str(&told).unwrap())
    };
    type Told = Vec<(String, bool)>;
    let names = |told: &Value| -> Told {
        let services = told["services"].as_array().unwrap().iter();
        services.map(|one| (one["name"].as_str().unwrap().to_owned(), one["ok"] == true)).collect()
    };
    let (status, told) = ready();
    let all = |ok: bool| -> Told {
        ["api", "ssr"][..if built() { 2 } else { 1 }].iter().map(|name| ((*name).to_owned(), ok)).collect()
    };
    assert_eq!((status, names(&told)), (200, all(true)));
    three.end();
    let (status, told) = ready();
    assert_eq!((status, names(&told)), (503, all(false)));
    assert_eq!(told["culprits"], json!(["api"]), "a page without its SSR server is drawn by the browser");
    assert_eq!(get(&front.url, "/healthz", ""), (200, "ok\n".to_owned()));
    let (status, problem) = get(&front.url, "/v1/account", "");
    assert!(matches!(status, 502 | 503) && problem.contains("\"detail\""), "{status} {problem}");
    page(&front.url);
    assert_eq!(front.end(), Some(0));
}

#[test]
fn a_worker_of_its_own_needs_a_database_of_many() {
    let place = Place::alone();
    let refused = place.run(&["serve", "worker"]);
    assert!(refused.code == 1 && refused.err.contains("rolo serve api does what the worker does"), "{refused:?}");
    let api = Server::start_as(&["api", "--listen", "127.0.0.1:0"], &place.data(), &[]);
    let second = place.run(&["serve", "api", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 5, "one process owns a file: {second:?}");
    assert!(second.err.contains("Another Rolo is using"), "{second:?}");
    assert_eq!(api.end(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_processes_over_mariadb_and_redis_answer_as_one_does() {
    let (Some(own), Some(redis)) = (Own::on("ROLO_TEST_MYSQL", "five").await, named("ROLO_TEST_REDIS")) else { return };
    let database = own.url();
    let done = tokio::task::spawn_blocking(move || {
        let (one, mut five) = (one(), five(&database, &redis));
        assert_eq!(played(&five), played(&one));
        one.end();
        let environment = [("ROLO_SERVICES__DATABASE", &*database)];
        let second = five.places[0].run_with(&["serve", "api", "--listen", "127.0.0.1:0"], "", &environment);
        assert!(second.code == 5 && second.err.contains("Another Rolo is serving"), "{second:?}");

        // One API goes: whoever asks next is answered by the other.
        let gone = five.processes.remove(0);
        assert_eq!(gone.end(), Some(0));
        for _ in 0..20 {
            assert_eq!(get(five.front(), "/v1/account", &five.token).0, 200);
        }
        assert_eq!(get(five.front(), "/readyz", "").0, 200);
        five.end();
    });
    let done = done.await;
    own.administer(&format!("drop database {}", own.name())).await;
    done.unwrap();
}
