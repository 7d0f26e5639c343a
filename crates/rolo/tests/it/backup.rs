//! `rolo backup`, `rolo verify` and `rolo restore`.

use std::{fs, process::Stdio, thread, time::Instant};

use serde_json::{Value, json};

use crate::{
    r#move::servers,
    place::{PASSWORD, Place, Server, both_ways, get},
};

const EMAIL: [&str; 2] = ["--email", "noor@rolo.example"];
const PEOPLE: &str = "First Name,Last Name,E-mail 1 - Value\nAnn,Lee,ann@post.example\nBo,Finch,bo@post.example\n";

/// A place with two contacts.
fn people(place: &Place) {
    place.person("noor@rolo.example");
    place.run(&[&["import", &place.file("people.csv", PEOPLE)], &EMAIL[..]].concat()).well();
}

fn exported(place: &Place) -> String {
    place.run(&[&["export", "--format", "vcard4"], &EMAIL[..]].concat()).well().out
}

#[test]
fn what_was_lost_is_restored_from_the_folder_and_from_the_file() {
    both_ways(|place| {
        people(place);
        let before = exported(place);
        let (folder, file) = (place.data().with_file_name("backups"), place.data().with_file_name("book.rolo"));
        let (folder, file) = (folder.to_str().unwrap(), file.to_str().unwrap());
        let told = place.told(&["backup", "--to", folder]);
        assert_eq!(told["to"], folder);
        let passphrase = told["newPassphraseFile"].as_str().unwrap().to_owned();
        assert!(told["about"].as_str().unwrap().starts_with("2 contacts, 1 accounts"), "{told}");
        let second = place.run(&["backup", "--export", file]).well();
        assert!(!second.out.contains("passphrase"), "the passphrase is told once: {second:?}");
        let all = place.told(&["backup", "list", "--from", folder]);
        assert_eq!(all["backups"].as_array().unwrap().len(), 1);
        assert_eq!(all["backups"][0]["id"], told["id"]);

        for from in [folder, file] {
            let verified = place.told(&["verify", "--from", from]);
            assert_eq!((&verified["rows"]["contact"], &verified["rows"]["account"]), (&2.into(), &1.into()));
            let empty = Place::bare();
            let restored = empty.told(&["restore", "--from", from, "--passphrase-file", &passphrase]);
            assert_eq!(restored["aside"], Value::Null);
            assert_eq!(exported(&empty), before);
        }
    });
}

#[test]
fn nothing_takes_the_place_of_data_unless_it_is_told_to_and_what_was_there_is_kept() {
    let place = Place::alone();
    people(&place);
    let backups = place.data().with_file_name("backups");
    let backups = backups.to_str().unwrap();
    place.run(&["backup", "--to", backups]).well();
    let before = exported(&place);
    let more = place.file("more.csv", "First Name,E-mail 1 - Value\nCy,cy@post.example\n");
    place.run(&[&["import", &more], &EMAIL[..]].concat()).well();
    let refused = place.run(&["restore", "--from", backups]);
    assert!(refused.code == 5 && refused.err.contains("--replace"), "{refused:?}");
    assert!(exported(&place).contains("cy@post.example"));

    let restored = place.told(&["restore", "--from", backups, "--replace"]);
    assert_eq!(exported(&place), before);
    let aside = Place::bare();
    fs::rename(restored["aside"].as_str().unwrap(), aside.data()).unwrap();
    assert!(exported(&aside).contains("cy@post.example"), "what was set aside is whole");

    // A database that was lost: only the word that there was one is left.
    fs::remove_file(place.data().join("rolo.db")).unwrap();
    assert_ne!(place.run(&["user", "list"]).code, 0);
    place.run(&["restore", "--from", backups]).well();
    assert_eq!(exported(&place), before);
}

#[test]
fn a_restore_that_fails_leaves_what_is_there() {
    let place = Place::alone();
    people(&place);
    let before = exported(&place);
    let backups = place.data().with_file_name("backups");
    place.run(&["backup", "--to", backups.to_str().unwrap()]).well();
    let index = fs::read_dir(backups.join("index")).unwrap().next().unwrap().unwrap().path();
    fs::write(&index, "something else").unwrap();
    for args in [&["restore", "--replace"][..], &["verify"]] {
        let refused = place.run(&[args, &["--from", backups.to_str().unwrap()]].concat());
        assert!(refused.code == 1 && refused.err.contains("damaged"), "{refused:?}");
    }
    assert_eq!(exported(&place), before);
    let wrong = place.file("wrong", "another passphrase\n");
    let refused = place.run(&["verify", "--from", backups.to_str().unwrap(), "--passphrase-file", &wrong]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(!place.data().join("restoring").exists());
}

#[test]
fn a_restore_that_is_killed_leaves_what_is_there_and_the_next_one_ends_it() {
    let place = Place::alone();
    people(&place);
    let many: String = (0..300).map(|n| format!("Kit {n},kit{n}@post.example\n")).collect();
    let many = place.file("many.csv", &format!("First Name,E-mail 1 - Value\n{many}"));
    place.run(&[&["import", &many], &EMAIL[..]].concat()).well();
    let then = exported(&place);
    let backups = place.data().with_file_name("backups");
    let backups = backups.to_str().unwrap();
    place.run(&["backup", "--to", backups]).well();
    let ask = ["restore", "--from", backups, "--replace"];
    let whole = || {
        let begun = Instant::now();
        place.run(&ask).well();
        assert_eq!(exported(&place), then);
        begun.elapsed()
    };
    let mut took = whole();

    let more = place.file("more.csv", "First Name,E-mail 1 - Value\nCy,cy@post.example\n");
    let mut killed = 0;
    for sixth in 1..6 {
        place.run(&[&["import", &more], &EMAIL[..]].concat()).well();
        let now = exported(&place);
        assert_ne!(now, then);
        let begun = Instant::now();
        let mut restoring = place.command(&ask).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(took * sixth / 6);
        restoring.kill().unwrap();
        match restoring.wait().unwrap().code() {
            None => killed += 1,
            // The machine was busy when it was measured.
            Some(_) => took = took.min(begun.elapsed()),
        }
        let found = place.run(&[&["export", "--format", "vcard4"], &EMAIL[..]].concat());
        if found.code == 0 {
            assert!(found.out == now || found.out == then, "after {sixth}/6 of {took:?} neither is there");
        } else {
            assert!(found.err.contains("missing or empty"), "{found:?}");
        }
        if sixth == 3 || found.code != 0 {
            whole();
        }
    }
    assert!(killed > 0, "the control: none broke off");
    whole();
}

/// What a restore leaves that is killed when its database is whole: all of it beside the old one, or only its marker.
#[test]
fn what_was_whole_but_never_put_in_place_is_not_in_the_way() {
    let place = Place::alone();
    people(&place);
    let then = exported(&place);
    let backups = place.data().with_file_name("backups");
    let backups = backups.to_str().unwrap();
    place.run(&["backup", "--to", backups]).well();
    let beside = place.data().join("restoring");
    for left in [&["rolo.db", "rolo.id"][..], &["rolo.id"]] {
        let more = place.file("more.csv", "First Name,E-mail 1 - Value\nCy,cy@post.example\n");
        place.run(&[&["import", &more], &EMAIL[..]].concat()).well();
        fs::create_dir(&beside).unwrap();
        for name in left {
            fs::copy(place.data().join(name), beside.join(name)).unwrap();
        }
        place.run(&["restore", "--from", backups, "--replace"]).well();
        assert_eq!(exported(&place), then);
        assert!(!beside.exists());
    }
}

#[test]
fn beside_a_server_a_restore_is_refused_and_a_backup_is_not() {
    let place = Place::served();
    people(&place);
    let backups = place.data().with_file_name("backups");
    place.run(&["backup", "--to", backups.to_str().unwrap()]).well();
    let refused = place.run(&["restore", "--from", backups.to_str().unwrap(), "--replace"]);
    assert!(refused.code == 5 && refused.err.contains("Stop it"), "{refused:?}");
    let nowhere = place.run(&["backup"]);
    assert!(nowhere.code == 1 && nowhere.err.contains("--to"), "{nowhere:?}");
}

#[test]
fn the_clock_takes_backups_and_says_how_they_stand() {
    let mut place = Place::alone();
    people(&place);
    let settings = "[backup]\nto = \"backups\"\nschedule = \"* * * * *\"\ntest = \"* * * * *\"\n";
    fs::write(place.data().join("rolo.toml"), settings).unwrap();
    // As if the process had been away since then.
    fs::write(place.data().join("backup-state.json"), "{\"since\":\"2020-01-01T00:00:00Z\"}").unwrap();
    place.server = Some(Server::start(&place.data()));
    let token = place.told(&[&["token", "add"], &EMAIL[..]].concat())["token"].as_str().unwrap().to_owned();
    loop {
        let state: Value = serde_json::from_str(&get(place.url(), "/v1/backups", &token).1).unwrap();
        let kind = &state["trouble"]["kind"];
        assert!(kind.is_null() || kind == "too_old", "{state}");
        if state["good"].is_string() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let (_, metrics) = get(place.url(), "/metrics", &token);
    assert!(metrics.contains("rolo_backup_alert 0") && metrics.contains("rolo_backup_good_timestamp_seconds"));
    let (_, ready) = get(place.url(), "/readyz", "");
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let backup = ready["services"].as_array().unwrap().iter().find(|one| one["name"] == "backup").unwrap();
    assert_eq!((&backup["ok"], &ready["ready"]), (&true.into(), &true.into()));
    assert!(!place.told(&["backup", "list"])["backups"].as_array().unwrap().is_empty());
}

#[test]
fn what_a_worker_of_its_own_cannot_back_up_every_api_tells() {
    for server in servers() {
        let database = ("ROLO_SERVICES__DATABASE", server.url.as_str());
        let places = [(); 3].map(|()| Place::bare());
        let storage = format!("file:{}", places[0].data().with_file_name("files").display());
        // Where backups should go a file is in the way.
        let taken = places[0].file("taken", "a file");
        let environment = [
            database,
            ("ROLO_SERVICES__STORAGE", storage.as_str()),
            ("ROLO_BACKUP__TO", &taken),
            ("ROLO_BACKUP__SCHEDULE", "* * * * *"),
            ("ROLO_BACKUP__TEST", ""),
        ];
        places[0].run_with(&["init"], "", &environment).well();
        let password = places[0].file("password", PASSWORD);
        let person = ["user", "add", "--email", EMAIL[1], "--name", "Noor", "--password-file", &password];
        places[0].run_with(&person, "", &environment).well();
        let token =
            places[0].run_with(&["token", "add", "--email", EMAIL[1], "--json"], "", &environment).well().last();
        let token = token["token"].as_str().unwrap();
        let api = |place: &Place| Server::start_as(&["api", "--listen", "127.0.0.1:0"], &place.data(), &environment);
        let apis = [&places[0], &places[1]].map(api);
        let told = |api: &Server| -> Value { serde_json::from_str(&get(&api.url, "/v1/backups", token).1).unwrap() };
        for api in &apis {
            assert_eq!(told(api), json!({ "scheduled": true, "good": null, "trouble": null }), "none takes any itself");
        }
        // As if the worker had been away since then.
        fs::create_dir_all(places[2].data()).unwrap();
        fs::write(places[2].data().join("backup-state.json"), "{\"since\":\"2020-01-01T00:00:00Z\"}").unwrap();
        let worker = Server::start_as(&["worker"], &places[2].data(), &environment);
        for api in &apis {
            while told(api)["trouble"]["kind"] != "not_taken" {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            assert!(get(&api.url, "/metrics", token).1.contains("rolo_backup_alert 1"));
            let ready: Value = serde_json::from_str(&get(&api.url, "/readyz", "").1).unwrap();
            let backup = ready["services"].as_array().unwrap().iter().find(|one| one["name"] == "backup").unwrap();
            assert_eq!((&backup["ok"], &ready["ready"]), (&false.into(), &true.into()));
        }
        assert_eq!(worker.end(), Some(0));
        for api in apis {
            assert_eq!(api.end(), Some(0));
        }
    }
}
