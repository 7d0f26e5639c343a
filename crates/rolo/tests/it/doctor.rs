//! `rolo doctor` and `rolo rebuild`.

use std::{fs, net::TcpListener};

use serde_json::{Value, json};

use crate::place::{Place, Server, both_ways, get};

fn found<'a>(told: &'a Value, name: &str) -> &'a Value {
    let findings = told["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["name"] == name).unwrap_or_else(|| panic!("nothing of {name}: {told}"))
}

/// What the doctor says with these settings, which the server beside it, if there is one, does not know.
fn look(place: &Place, settings: &[(&str, &str)]) -> (crate::place::Ran, Value) {
    let ran = place.run_with(&["doctor", "--json"], "", settings);
    let told = ran.last();
    (ran, told)
}

#[test]
fn a_sound_machine_is_said_to_be_sound() {
    both_ways(|place| {
        let listen = place.server.as_ref().map_or("127.0.0.1:0", |server| server.url.strip_prefix("http://").unwrap());
        let (ran, told) = look(place, &[("ROLO_SERVER__LISTEN", listen)]);
        assert_eq!((ran.code, &told["ill"]), (0, &json!(0)), "{ran:?}");
        assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
        for name in ["server", "database", "files", "cache", "search", "clock", "port"] {
            assert_eq!(found(&told, name)["state"], "well", "{told}");
        }
        assert!(found(&told, "database")["found"].as_str().unwrap().starts_with("SQLite 3."), "{told}");
        let port = found(&told, "port")["found"].as_str().unwrap();
        assert_eq!(port.contains("is this Rolo's"), place.server.is_some(), "{port}");
        let text = place.run_with(&["doctor"], "", &[("ROLO_SERVER__LISTEN", listen)]).well().out;
        assert!(text.contains("well  database: SQLite") && text.contains("note  backups: "), "{text}");
    });
}

#[test]
fn files_that_cannot_be_written_are_named_with_what_to_do() {
    both_ways(|place| {
        // A file where the folder was: nothing can be written below it, not even by root.
        let files = place.data().join("files");
        place.run(&["user", "list"]).well();
        fs::remove_dir_all(&files).unwrap();
        fs::write(&files, "").unwrap();
        let (ran, told) = look(place, &[("ROLO_SERVER__LISTEN", "127.0.0.1:0")]);
        assert_eq!((ran.code, &told["code"]), (3, &json!(3)), "{ran:?}");
        assert!(ran.err.contains("storage"), "{ran:?}");
        if place.server.is_some() {
            assert_eq!(found(&told, "files")["state"], "ill");
            assert_eq!(found(&told, "database")["state"], "well");
            assert!(ran.err.contains("files: ") && ran.err.contains("services.storage"), "{ran:?}");
        } else {
            assert_eq!(found(&told, "data")["state"], "ill", "what else there is, is looked at all the same");
            assert_eq!(found(&told, "port")["state"], "well");
        }
    });
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let place = Place::alone();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (ran, told) = look(&place, &[("ROLO_SERVER__LISTEN", &address)]);
    assert_eq!((ran.code, &found(&told, "port")["state"]), (3, &json!("ill")), "{ran:?}");
    assert!(ran.err.contains(&address) && ran.err.contains("--listen"), "{ran:?}");
    // By whom: this very process.
    assert!(ran.err.contains(&format!("(process {})", std::process::id())), "{ran:?}");
}

#[test]
fn doors_that_others_reach_are_named() {
    let place = Place::alone();
    // A cache that listens everywhere. It is never spoken to: that it can be reached is the finding.
    let open = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = open.local_addr().unwrap().port();
    let cache = format!("redis://127.0.0.1:{port}");
    let settings = [
        ("ROLO_SERVICES__CACHE", cache.as_str()),
        ("ROLO_SERVER__LISTEN", "0.0.0.0:0"),
        ("ROLO_SERVER__BEHIND_PROXY", "true"),
    ];
    let (ran, told) = look(&place, &settings);
    let doors = found(&told, "doors");
    assert!(ran.code == 3 && doors["state"] == "ill", "{ran:?}");
    assert!(doors["found"].as_str().unwrap().contains(&format!("listens on 0.0.0.0:{port}")), "{doors}");
    assert!(doors["cure"].as_str().unwrap().contains("firewall"), "{doors}");
    assert_eq!(found(&told, "cache")["state"], "ill", "and it is no Redis");
    let reach = found(&told, "reach");
    assert!(reach["state"] == "note" && reach["cure"].as_str().unwrap().contains("127.0.0.1"), "{reach}");
}

#[test]
fn a_name_that_leads_nowhere_or_elsewhere_and_a_front_that_is_not_there_are_named() {
    let place = Place::alone();
    let of = |url: &str| look(&place, &[("ROLO_SERVER__LISTEN", "127.0.0.1:0"), ("ROLO_SERVER__PUBLIC_URL", url)]);
    // Kept for this by RFC 6761: no name server knows it.
    let (ran, told) = of("https://rolo.invalid");
    assert!(ran.code == 3 && found(&told, "name")["cure"].as_str().unwrap().contains("record"), "{ran:?}");
    let (_, told) = of("http://127.0.0.1:1");
    assert_eq!(found(&told, "name")["state"], "well");
    assert!(found(&told, "front")["found"].as_str().unwrap().contains("Nobody answers"), "{told}");
    let (_, told) = of("not an address");
    assert_eq!(found(&told, "name")["state"], "ill");
    let (_, told) = of("");
    assert_eq!(found(&told, "name")["state"], "note");

    let served = Place::served();
    let told = look(&served, &[("ROLO_SERVER__LISTEN", "127.0.0.1:0"), ("ROLO_SERVER__PUBLIC_URL", served.url())]).1;
    assert_eq!(found(&told, "front")["state"], "well", "{told}");
}

#[test]
fn a_clock_behind_what_was_written_and_backups_that_fail_are_named() {
    let place = Place::alone();
    let listen = ("ROLO_SERVER__LISTEN", "127.0.0.1:0");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3_600);
    fs::File::create(place.data().join("from-tomorrow")).unwrap().set_modified(later).unwrap();
    let (ran, told) = look(&place, &[listen]);
    assert!(ran.code == 3 && found(&told, "clock")["cure"].as_str().unwrap().contains("chrony"), "{ran:?}");
    fs::remove_file(place.data().join("from-tomorrow")).unwrap();

    let to = place.data().join("backups");
    fs::create_dir(&to).unwrap();
    let backed = [listen, ("ROLO_BACKUP__TO", to.to_str().unwrap())];
    let (ran, told) = look(&place, &backed);
    assert_eq!((ran.code, &found(&told, "backups")["state"]), (0, &json!("note")), "{ran:?}");
    assert!(
        told["findings"].as_array().unwrap().iter().any(|one| one["found"].as_str().unwrap().contains("same disk")),
        "{told}"
    );
    fs::write(place.data().join("backup-state.json"), r#"{ "not_whole": "A part is damaged." }"#).unwrap();
    let (ran, told) = look(&place, &backed);
    assert!(
        ran.code == 3 && found(&told, "backups")["found"].as_str().unwrap().contains("A part is damaged"),
        "{ran:?}"
    );
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
