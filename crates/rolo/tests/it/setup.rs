//! The first-run page's way to a backup: uploaded to a server that nobody has an account at, restored, taken into use.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::{
    r#move::servers,
    place::{PASSWORD, Place, Server, ask, free, get, until},
    two::Wire,
};

const EMAIL: &str = "noor@rolo.example";
const PEOPLE: &str = "First Name,Last Name,E-mail 1 - Value\nAnn,Lee,ann@post.example\nBo,Finch,bo@post.example\n";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A backup in one file: its octets, its passphrase, and what is exported from what it was taken of.
struct Backup {
    octets: Vec<u8>,
    passphrase: String,
    exported: String,
}

impl Backup {
    fn taken() -> Self {
        let place = Place::alone();
        place.person(EMAIL);
        place.run(&["import", &place.file("people.csv", PEOPLE), "--email", EMAIL]).well();
        let file = place.data().with_file_name("book.rolo");
        let told = place.told(&["backup", "--export", file.to_str().unwrap()]);
        let passphrase = fs::read_to_string(told["newPassphraseFile"].as_str().unwrap()).unwrap();
        let (octets, passphrase) = (fs::read(file).unwrap(), passphrase.trim().to_owned());
        Self { octets, passphrase, exported: exported(&place) }
    }
}

fn exported(place: &Place) -> String {
    place.run(&["export", "--format", "vcard4", "--email", EMAIL]).well().out
}

/// A server that nobody has an account at, and its code.
struct Fresh {
    place: Place,
    code: String,
}

impl Fresh {
    fn serving(environment: &[(&str, &str)]) -> Self {
        let mut place = Place::bare();
        let server = Server::start_at(&place.data(), &free(), environment);
        let code = server.said.iter().find_map(|line| line.split_once("this code: ")).unwrap().1.to_owned();
        place.server = Some(server);
        Self { place, code }
    }

    fn upload(&self, octets: &[u8]) -> (u16, String) {
        let headers = [("content-type", "application/octet-stream"), ("rolo-setup-code", self.code.as_str())];
        ask(self.place.url(), "PUT /v1/setup/backup", &headers, octets).unwrap()
    }

    fn restore(&self, passphrase: &str) -> (u16, String) {
        let body = json!({ "code": self.code, "passphrase": passphrase }).to_string();
        ask(self.place.url(), "POST /v1/setup/restore", &[JSON], body.as_bytes()).unwrap()
    }

    /// How far it is; `None` once there is no set-up any more. While the process starts again nobody answers.
    fn state(&self) -> Option<Value> {
        loop {
            match ask(self.place.url(), "GET /v1/setup", &[], b"") {
                Some((200, body)) => return Some(serde_json::from_str::<Value>(&body).unwrap()["restore"].clone()),
                // Somebody who begins to answer may not know yet what there is.
                Some((404, body)) if body.contains("not-found") => return None,
                _ => std::thread::yield_now(),
            }
        }
    }

    /// Waits until nothing is being restored: why it failed, or that it is in use.
    fn ended(&self) -> Option<String> {
        loop {
            match self.state() {
                Some(state) if state["running"] == true => std::thread::yield_now(),
                Some(state) => return Some(state["failed"].as_str().unwrap_or("nothing was begun").to_owned()),
                None => return None,
            }
        }
    }
}

fn is_in_use(mut fresh: Fresh, backup: &Backup) {
    assert_eq!(fresh.ended(), None);
    let url = fresh.place.url().to_owned();
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    let signed_in = ask(&url, "POST /v1/sessions", &[JSON], body.as_bytes()).unwrap();
    assert_eq!(signed_in.0, 201, "{}", signed_in.1);
    assert_eq!(exported(&fresh.place), backup.exported);
    assert!(!fresh.place.data().join("restoring").exists(), "nothing is left of the way here");
    assert!(fresh.place.server.as_mut().unwrap().runs(), "it is the process that was started");
}

#[test]
fn a_backup_is_uploaded_restored_and_in_use_without_a_restart_by_hand() {
    let backup = Backup::taken();
    let fresh = Fresh::serving(&[]);
    assert_eq!(fresh.restore(&backup.passphrase).0, 422, "nothing was uploaded");
    assert_eq!(fresh.upload(&backup.octets).0, 204);
    assert_eq!(fresh.restore(&backup.passphrase).0, 202);
    is_in_use(fresh, &backup);
}

#[test]
fn what_cannot_be_restored_leaves_an_empty_instance_and_says_why() {
    let backup = Backup::taken();
    let fresh = Fresh::serving(&[]);
    let refused = |octets: &[u8], passphrase: &str| {
        assert_eq!(fresh.upload(octets).0, 204);
        match fresh.restore(passphrase) {
            (202, _) => fresh.ended().expect("it failed"),
            (422, body) => serde_json::from_str::<Value>(&body).unwrap()["detail"].as_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(&b"PK and more".repeat(90), &backup.passphrase).contains("no archive of Rolo"));
    assert!(refused(&backup.octets, "another passphrase").contains("passphrase does not open"));
    for part in [2, 3, 4] {
        let mut damaged = backup.octets.clone();
        let at = damaged.len() * part / 5;
        damaged[at] ^= 1;
        let why = refused(&damaged, &backup.passphrase);
        assert!(why.contains("damaged"), "{part}: {why}");
    }
    let why = refused(&backup.octets[..backup.octets.len() / 2], &backup.passphrase);
    assert!(why.contains("damaged") || why.contains("no archive"), "{why}");
    let users = fresh.place.told(&["user", "list"]);
    assert_eq!(users["accounts"].as_array().map(Vec::len), Some(0), "{users}");
    // The way is still open.
    assert_eq!(fresh.upload(&backup.octets).0, 204);
    assert_eq!(fresh.restore(&backup.passphrase).0, 202);
    is_in_use(fresh, &backup);
}

#[test]
fn a_networked_database_is_filled_where_it_is() {
    for server in servers() {
        let backup = Backup::taken();
        let fresh = Fresh::serving(&[("ROLO_SERVICES__DATABASE", &server.url)]);
        assert_eq!(fresh.upload(&backup.octets).0, 204);
        assert_eq!(fresh.restore(&backup.passphrase).0, 202);
        is_in_use(fresh, &backup);
    }
}

/// Two APIs and a worker on one database, of which each is asked in turn, as a gateway does.
#[test]
fn processes_that_share_a_database_restore_as_one_and_all_go_on_with_it() {
    for database in servers() {
        let backup = Backup::taken();
        let shared = tempfile::tempdir().unwrap();
        let storage = format!("file:{}", shared.path().join("files").display());
        let environment = [("ROLO_SERVICES__DATABASE", database.url.as_str()), ("ROLO_SERVICES__STORAGE", &storage)];
        let places = [(); 3].map(|()| Place::bare());
        let start = |place: &Place, words: &[&str]| Server::start_as(words, &place.data(), &environment);
        let api = |place| start(place, &["api", "--listen", "127.0.0.1:0"]);
        let (one, other) = (api(&places[0]), api(&places[1]));
        let worker = start(&places[2], &["worker"]);
        let code = |server: &Server| {
            let line = server.said.iter().find_map(|line| line.split_once("this code: "));
            line.unwrap().1.to_owned()
        };
        assert_eq!(code(&one), code(&other), "whichever is asked");
        let headers = [("content-type", "application/octet-stream"), ("rolo-setup-code", &*code(&one))];
        let restore = |server: &Server, passphrase: &str| {
            let body = json!({ "code": code(server), "passphrase": passphrase }).to_string();
            ask(&server.url, "POST /v1/setup/restore", &[JSON], body.as_bytes()).unwrap()
        };
        let state = |server: &Server| ask(&server.url, "GET /v1/setup", &[], b"").unwrap();
        assert_eq!(restore(&one, &backup.passphrase).0, 422, "nothing was uploaded");
        assert_eq!(ask(&one.url, "PUT /v1/setup/backup", &headers, &backup.octets).unwrap().0, 204);
        let told: Value = serde_json::from_str(&state(&other).1).unwrap();
        assert_eq!(told["restore"]["octets"], backup.octets.len());
        let (status, refused) = restore(&other, "another passphrase");
        assert!(status == 422 && refused.contains("/passphrase"), "{status} {refused}");
        assert_eq!(restore(&other, &backup.passphrase).0, 202);
        for server in [&one, &other, &one] {
            while let (200, told) = state(server) {
                let told: Value = serde_json::from_str(&told).unwrap();
                assert_eq!((&told["restore"]["running"], &told["restore"]["failed"]), (&json!(true), &Value::Null));
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            assert_eq!(state(server).0, 404, "there is no set-up any more");
        }

        // Who signs in here is known there, at once.
        let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
        let answer = ask(&one.url, "POST /v1/sessions", &[JSON], body.as_bytes()).unwrap();
        assert_eq!(answer.0, 201, "{}", answer.1);
        let token = places[1].run_with(&["token", "add", "--email", EMAIL, "--json"], "", &environment).well().last();
        let mut wires = [&one, &other].map(|server| Wire::open(&server.url, token["token"].as_str().unwrap()));
        for wire in &mut wires {
            let (status, found) = wire.ask("GET", "/v1/contacts", None);
            assert_eq!((status, &found["total"]), (200, &json!(2)), "{found}");
        }
        let card = json!({ "card": { "name": { "full": "Cy Day" } } });
        let (status, made) = wires[0].ask("POST", "/v1/contacts", Some(&card));
        assert_eq!(status, 201, "{made}");
        let path = format!("/v1/contacts/{}", made["id"].as_str().unwrap());
        assert_eq!(wires[1].ask("GET", &path, None).0, 200);
        for (place, server) in [(&places[0], &one), (&places[1], &other)] {
            assert!(!place.data().join("setup-code").exists() && !place.data().join("restoring").exists());
            let found =
                || get(&server.url, "/v1/contacts?q=Lee", token["token"].as_str().unwrap()).1.contains("Ann Lee");
            until("the index of what was restored never comes", found);
        }
        until("the worker never opens the new database", || worker.log().contains("opened anew"));
        assert!(!shared.path().join("files/restoring/uploaded.rolo").exists(), "nothing of the archive is left");
        for process in [one, other, worker] {
            assert_eq!(process.end(), Some(0));
        }
    }
}

/// Where the backup was restored by the command.
fn restored(backup: &Backup) -> Place {
    let other = Place::bare();
    let file = other.data().with_file_name("book.rolo");
    fs::write(&file, &backup.octets).unwrap();
    let passphrase = other.file("passphrase", &backup.passphrase);
    other.run(&["restore", "--from", file.to_str().unwrap(), "--passphrase-file", &passphrase]).well();
    other
}

/// What is beside the database when the process is killed behind the last row.
fn left_beside(place: &Place, filled: &Place) -> PathBuf {
    let beside = place.data().join("restoring");
    fs::create_dir(&beside).unwrap();
    for name in ["rolo.db", "rolo.id"] {
        fs::copy(filled.data().join(name), beside.join(name)).unwrap();
    }
    beside
}

#[test]
fn what_was_whole_but_had_no_mark_when_the_process_was_killed_is_not_in_the_way() {
    let backup = Backup::taken();
    let fresh = Fresh::serving(&[]);
    left_beside(&fresh.place, &restored(&backup));
    assert_eq!(fresh.upload(&backup.octets).0, 204);
    assert_eq!(fresh.restore(&backup.passphrase).0, 202);
    is_in_use(fresh, &backup);
}

#[test]
fn what_was_whole_when_the_process_was_killed_is_in_use_at_the_next_start() {
    let backup = Backup::taken();
    let other = restored(&backup);
    for somebody in [false, true] {
        let mut place = Place::alone();
        if somebody {
            place.person("eve@rolo.example");
        }
        let beside = left_beside(&place, &other);
        fs::write(beside.join("whole"), "").unwrap();
        place.server = Some(Server::start(&place.data()));
        let users = place.told(&["user", "list"]).to_string();
        assert_eq!(users.contains(EMAIL), !somebody, "an account that was made meanwhile is not set aside: {users}");
        assert!(!beside.exists());
    }
}
