//! `rolo doctor` and `rolo rebuild`.

use std::{fs, net::TcpListener};

use serde_json::{Value, json};

use crate::place::{Place, Server, both_ways, get};

fn state<'a>(told: &'a Value, name: &str) -> &'a Value {
    told["services"].as_array().unwrap().iter().find(|service| service["name"] == name).unwrap()
}

#[test]
fn a_sound_machine_is_said_to_be_sound() {
    both_ways(|place| {
        let any = [("ROLO_SERVER__LISTEN", "127.0.0.1:0")];
        let ran = place.run_with(&["doctor", "--json"], "", &any).well();
        let told = ran.last();
        assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
        for name in ["database", "files", "cache", "search"] {
            assert_eq!(state(&told, name), &json!({ "name": name, "ok": true }));
        }
        let ports = told["services"].as_array().unwrap().iter().filter(|service| service["name"] == "port").count();
        assert_eq!(ports, usize::from(place.server.is_none()), "beside a server, the port is the server's");
    });
}

#[test]
fn files_that_cannot_be_written_are_named_with_what_to_do() {
    both_ways(|place| {
        // A file where the folder was: nothing can be written below it, not even by root.
        let files = place.data().join("files");
        let damaged = || {
            fs::remove_dir_all(&files).unwrap();
            fs::write(&files, "").unwrap();
        };
        place.run(&["user", "list"]).well();
        damaged();
        let ran = place.run(&["doctor", "--json"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.err.contains("storage"), "{ran:?}");
        if place.server.is_some() {
            assert_eq!(state(&ran.last(), "files")["ok"], false);
            assert_eq!(state(&ran.last(), "database")["ok"], true);
            assert!(ran.err.contains("files: ") && ran.err.contains("services.storage"), "{ran:?}");
        }
    });
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let place = Place::alone();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = place.run_with(&["doctor", "--json"], "", &[("ROLO_SERVER__LISTEN", &address)]);
    assert_eq!((ran.code, &state(&ran.last(), "port")["ok"]), (3, &json!(false)), "{ran:?}");
    assert!(ran.err.contains(&address) && ran.err.contains("--listen"), "{ran:?}");
}

#[test]
fn what_is_derived_is_made_anew_and_no_card_changes() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&["seed", "30", "--email", "noor@rolo.example"]).well();
        let export = || place.run(&["export", "--email", "noor@rolo.example", "--format", "vcard4"]).well().out;
        let before = export();
        assert_eq!(place.told(&["rebuild"]), json!({ "cards": 30, "changed": 30 }));
        assert_eq!(export(), before);
        let said = place.run(&["rebuild"]).well();
        assert!(said.out.contains("30 cards read") && said.err.contains("cards read"), "{said:?}");
    });
}

#[test]
fn an_index_that_was_lost_is_filled_by_a_rebuild() {
    let mut place = Place::alone();
    place.person("noor@rolo.example");
    let file = place.file(
        "one.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nNOTE:keeps bees\r\nEND:VCARD\r\n",
    );
    place.run(&["import", &file, "--email", "noor@rolo.example"]).well();
    let token = place.told(&["token", "add", "--email", "noor@rolo.example"])["token"].as_str().unwrap().to_owned();
    for name in ["search.db", "search.db-wal", "search.db-shm"] {
        let _ = fs::remove_file(place.data().join(name));
    }
    place.run(&["rebuild"]).well();
    assert!(place.data().join("search.db").is_file());
    place.server = Some(Server::start(&place.data()));
    let (status, body) = get(place.url(), "/v1/contacts?q=bees", &token);
    assert!(status == 200 && body.contains("Ann Lee"), "{status} {body}");
}
