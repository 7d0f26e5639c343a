//! `rolo move`. SQLite always; the servers `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name, where they are given.

use std::{
    env, fs,
    future::Future,
    io::{BufRead, BufReader},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
};

use rolo_services::database::{
    self, Options,
    copy::{Seal, verify},
};
use serde_json::Value;
use sqlx::Connection;
use tempfile::TempDir;

use crate::place::{Place, Ran, Server, get, rolo};

/// Nothing of anybody's is moved here.
const NONE: &str = "--no-backup=a test";

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(future)
}

/// A place with somebody's contacts in it, some of them labelled, edited and thrown away.
fn furnished(people: u32) -> (Place, String) {
    let place = Place::alone();
    place.person("noor@rolo.example");
    place.run(&["seed", &people.to_string(), "--email", "noor@rolo.example"]).well();
    let token = place.told(&["token", "add", "--email", "noor@rolo.example"])["token"].as_str().unwrap().to_owned();
    (place, token)
}

/// Where a new database may be made.
struct Elsewhere {
    _folder: TempDir,
    url: String,
}

fn elsewhere() -> Elsewhere {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("new/rolo.db").display());
    Elsewhere { _folder: folder, url }
}

fn source(place: &Place) -> String {
    format!("sqlite:{}", place.data().join("rolo.db").display())
}

fn configure(place: &Place, url: &str) {
    fs::write(place.data().join("rolo.toml"), format!("[services]\ndatabase = {url:?}\n")).unwrap();
}

/// Every table of both, row by row.
fn same(one: &str, other: &str) -> u64 {
    wait(async {
        let [one, other] = [one, other].map(|url| Options::of(url, false));
        let (one, other) = (database::open(&one).await.unwrap(), database::open(&other).await.unwrap());
        let (mut one, mut other) = (one.frozen().await.unwrap(), other.frozen().await.unwrap());
        let mut rows = 0;
        verify(&mut one, &mut other, |_, same| rows += same.rows).await.unwrap().unwrap();
        rows
    })
}

fn seal(url: &str) -> Option<Seal> {
    wait(async { database::open(&Options::of(url, false)).await.unwrap().seal().await.unwrap() })
}

/// What a phone and a browser see: a delta behind an old token, everybody, and a history.
fn seen(place: &Place, token: &str, since: &str) -> [String; 3] {
    let server = Server::start(&place.data());
    let seen = [&format!("/v1/changes?since={since}"), "/v1/contacts?limit=100", "/v1/batches"]
        .map(|path| get(&server.url, path, token))
        .map(|(status, body)| {
            assert_eq!(status, 200, "{body}");
            body
        });
    assert_eq!(server.end(), Some(0));
    seen
}

fn since(place: &Place, token: &str) -> String {
    let server = Server::start(&place.data());
    let snapshot = get(&server.url, "/v1/snapshot", token).1;
    let first = snapshot.lines().find(|line| line.contains("\"since\"")).unwrap();
    let first: Value = serde_json::from_str(first).unwrap();
    assert_eq!(server.end(), Some(0));
    first["since"].as_str().unwrap().to_owned()
}

#[test]
fn everything_is_in_the_new_database_and_phones_notice_nothing() {
    let (place, token) = furnished(60);
    let since = since(&place, &token);
    place.run(&["seed", "5", "--seed", "7", "--email", "noor@rolo.example"]).well();
    let before = seen(&place, &token, &since);
    let to = elsewhere();
    let ran = place.run(&["move", NONE, "--to", &to.url, "--json"]).well();
    assert!(ran.err.contains("100 % copied") && ran.err.contains("Comparing every row"), "{ran:?}");
    let told = ran.last();
    assert_eq!((told["from"].as_str(), told["to"].as_str()), (Some(&*source(&place)), Some(&*to.url)));
    assert_eq!(told["rows"].as_u64().unwrap(), same(&source(&place), &to.url));
    let contacts = told["tables"].as_array().unwrap().iter().find(|table| table["name"] == "contact").unwrap();
    assert_eq!((contacts["rows"].as_u64(), contacts["sha256"].as_str().unwrap().len()), (Some(65), 64));

    // The old one says where its data is, until the configuration says so too.
    let refused = place.run(&["user", "list"]);
    assert!(refused.code == 5 && refused.err.contains(&to.url), "{refused:?}");
    configure(&place, &to.url);
    assert_eq!(seen(&place, &token, &since), before);
    place.run(&["seed", "1", "--seed", "9", "--email", "noor@rolo.example"]).well();
}

#[test]
fn it_says_how_to_change_the_configuration_where_that_is_said() {
    let (place, _) = furnished(1);
    let to = elsewhere();
    let said = place.run(&["move", NONE, "--to", &to.url]).well().out;
    let lines = format!("[services]\ndatabase = \"{}\"", to.url);
    assert!(said.contains(&lines) && said.contains("rolo.toml"), "{said}");
    let third = elsewhere();
    // The URL in a file, as a secret is.
    let file = place.file("url", &format!("{}\n", third.url));
    let environment = [("ROLO_SERVICES__DATABASE", to.url.as_str())];
    let said = place.run_with(&["move", NONE, "--to-file", &file], "", &environment).well().out;
    assert!(said.contains("let ROLO_SERVICES__DATABASE name"), "{said}");
    same(&to.url, &third.url);
}

#[test]
fn a_backup_is_taken_before_and_without_one_nothing_is_begun() {
    let (place, _) = furnished(3);
    let to = elsewhere();
    let settings = |to: &str| fs::write(place.data().join("rolo.toml"), format!("[backup]\nto = {to:?}\n")).unwrap();
    let refused = place.run(&["move", "--to", &to.url]);
    assert!(refused.code == 1 && refused.err.contains("backup.to names no folder"), "{refused:?}");
    // One that cannot be taken is none.
    fs::write(place.data().join("taken"), "a file").unwrap();
    settings("taken");
    assert_ne!(place.run(&["move", "--to", &to.url]).code, 0);
    assert_eq!(seal(&source(&place)), None);
    settings("backups");
    let told = place.told(&["move", "--to", &to.url]);
    let kept = place.told(&["backup", "list"]);
    assert_eq!((&kept["backups"][0]["id"], kept["backups"].as_array().unwrap().len()), (&told["backup"]["id"], 1));
    assert!(kept["backups"][0]["about"].as_str().unwrap().starts_with("3 contacts"), "{kept}");

    let (other, _) = furnished(1);
    let ran = other.run(&["move", "--no-backup", "copied at noon", "--to", &elsewhere().url, "--json"]).well();
    assert!(ran.err.contains("copied at noon") && ran.last()["backup"]["none"] == "copied at noon", "{ran:?}");
}

#[test]
fn a_move_that_was_killed_goes_on_where_it_was() {
    let (place, _) = furnished(1_000);
    let to = elsewhere();
    killed(&place, &to.url);
    assert!(matches!(seal(&to.url), Some(Seal::Filling { .. })), "it was killed in the middle");
    assert!(matches!(seal(&source(&place)), Some(Seal::Moving { .. })));
    for (url, why) in [(source(&place), "being moved"), (to.url.clone(), "not whole")] {
        configure(&place, &url);
        let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert!(refused.code == 5 && refused.err.contains(why), "{refused:?}");
    }
    // On another way it is not taken up by mistake.
    let wrong = elsewhere();
    let refused = place.run(&["move", NONE, "--from", &source(&place), "--to", &wrong.url]);
    assert!(refused.code == 5 && refused.err.contains(&to.url), "{refused:?}");
    let ran = place.run(&["move", NONE, "--from", &source(&place), "--to", &to.url]).well();
    assert!(ran.err.contains("goes on where it was"), "{ran:?}");
    same(&source(&place), &to.url);
    configure(&place, &to.url);
    assert_eq!(place.told(&["user", "list"])["accounts"].as_array().map(Vec::len), Some(1));
}

/// Begins a move and kills it as soon as something was copied.
fn killed(place: &Place, to: &str) {
    let mut child = rolo()
        .args(["move", NONE, "--to", to, "--data"])
        .arg(place.data())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    for line in said {
        if line.contains("% copied") {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_move_is_taken_back() {
    let (place, _) = furnished(1_000);
    let to = elsewhere();
    killed(&place, &to.url);
    let told = place.told(&["move", "--give-up"]);
    assert_eq!((told["given_up"].as_bool(), told["to"].as_str()), (Some(true), Some(to.url.as_str())));
    assert_eq!(place.told(&["move", "--give-up"])["given_up"].as_bool(), Some(false));
    place.run(&["seed", "1", "--seed", "9", "--email", "noor@rolo.example"]).well();
    // What was copied before that is not taken for what there is now.
    place.run(&["move", NONE, "--to", &to.url]).well();
    same(&source(&place), &to.url);
    // One that was made is taken back as well.
    assert_eq!(place.told(&["move", "--give-up"])["given_up"].as_bool(), Some(true));
    place.run(&["user", "list"]).well();
}

#[test]
fn what_cannot_be_moved_is_left_as_it_was() {
    let refused = |ran: Ran, code: i32, why: &str| assert!(ran.code == code && ran.err.contains(why), "{ran:?}");
    let (place, _) = furnished(1);
    let other = furnished(1).0;
    refused(place.run(&["move"]), 2, "--to");
    refused(place.run(&["move", NONE, "--to", &source(&other)]), 5, "has accounts");
    refused(place.run(&["move", NONE, "--to", "sqlite:rolo.db"]), 1, "must be another one");
    refused(place.run(&["move", NONE, "--to", "sqlite:beside.db"]), 1, "in another folder");
    refused(place.run(&["move", NONE, "--to", "oracle://db/rolo"]), 1, "none of them");
    refused(place.run(&["move", NONE, "--from", &elsewhere().url, "--to", &elsewhere().url]), 1, "no database");
    let server = Server::start(&place.data());
    refused(place.run(&["move", NONE, "--to", &elsewhere().url]), 5, "Stop it first");
    drop(server);
    for place in [place, other] {
        assert_eq!(seal(&source(&place)), None);
        place.run(&["user", "list"]).well();
    }
}

/// A fresh database on a server. Gone with the test.
pub(crate) struct Fresh {
    server: String,
    name: String,
    pub(crate) url: String,
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let force = if self.url.starts_with("postgres") { " with (force)" } else { "" };
        administer(&self.server, &format!("drop database {}{force}", self.name));
    }
}

/// One on each server that is given.
#[expect(clippy::print_stdout, reason = "a test that is left out says so")]
pub(crate) fn servers() -> Vec<Fresh> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let mut fresh = Vec::new();
    for variable in ["ROLO_TEST_MYSQL", "ROLO_TEST_POSTGRES"] {
        let Ok(server) = env::var(variable) else {
            assert!(env::var("CI").is_err(), "{variable} must name a server in CI");
            println!("left out: {variable} names no server");
            continue;
        };
        let name = format!("move_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        administer(&server, &format!("create database {name}"));
        let (scheme, rest) = server.split_once("://").unwrap();
        let url = format!("{scheme}://{}/{name}", rest.split('/').next().unwrap());
        fresh.push(Fresh { server, name, url });
    }
    fresh
}

fn administer(url: &str, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    wait(async {
        if url.starts_with("mysql") {
            let mut connection = sqlx::MySqlConnection::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    });
}

#[test]
fn from_each_technology_to_the_next_and_home_again() {
    let (place, token) = furnished(30);
    let since = since(&place, &token);
    let before = seen(&place, &token, &since);
    let home = elsewhere();
    let mut from = source(&place);
    let fresh = servers();
    for to in fresh.iter().map(|fresh| &fresh.url).chain([&home.url]) {
        let said = place.run(&["move", NONE, "--from", &from, "--to", to]).well();
        assert!(!(said.out + &said.err).contains(":rolo@"), "a password is shown");
        same(&from, to);
        configure(&place, to);
        assert_eq!(seen(&place, &token, &since), before, "{to}");
        from.clone_from(to);
    }
}

#[test]
fn a_server_on_the_old_database_reads_on_and_takes_no_change() {
    for Fresh { url, .. } in &servers() {
        let place = Place::bare();
        fs::create_dir_all(place.data()).unwrap();
        configure(&place, url);
        place.run(&["init"]).well();
        place.person("noor@rolo.example");
        let token = place.told(&["token", "add", "--email", "noor@rolo.example"]);
        let token = token["token"].as_str().unwrap();
        let server = Server::start(&place.data());
        let to = elsewhere();
        place.run(&["move", NONE, "--to", &to.url]).well();
        assert_eq!(get(&server.url, "/v1/contacts", token).0, 200);
        let refused = place.run(&["seed", "1", "--email", "noor@rolo.example"]);
        assert!(refused.code == 3 && refused.err.contains(&to.url), "{refused:?}");
        place.run(&["move", "--give-up"]).well();
        place.run(&["seed", "1", "--email", "noor@rolo.example"]).well();
        assert_eq!(server.end(), Some(0));
    }
}
