//! How a command ends: 0 done, 1 refused, 2 wrong use, 3 a service is down or busy, 4 not found, 5 a conflict.

use serde_json::json;

use crate::place::{Place, both_ways};

#[test]
fn wrong_use_is_two_and_says_how_to_use_it() {
    both_ways(|place| {
        for line in [
            "",
            "frobnicate",
            "serve --port 80",
            "user",
            "user add --email noor@rolo.example",
            "user list --email noor@rolo.example",
            "user add --email a@b.example --name A --password-file p --role king",
            "user password --email a@b.example",
            "user remove",
            "book access --email a@b.example --role see",
            "book access Choir --email a@b.example --role own",
            "token add",
            "import --email a@b.example",
            "import people.csv",
            "import people.csv --email a@b.example --check maybe",
            "export --email a@b.example",
            "export --email a@b.example --format pdf",
            "seed --email a@b.example",
            "seed many --email a@b.example",
            "config --example=yes",
            "doctor everything",
            "rebuild --email a@b.example",
            "init here",
        ] {
            let ran = place.run(&line.split_whitespace().collect::<Vec<_>>());
            assert_eq!(ran.code, 2, "{line}: {ran:?}");
            assert!(ran.err.contains("--help") && ran.out.is_empty(), "{line}: {ran:?}");
        }
        assert!(place.run(&["--help"]).well().out.contains("Exit codes: 0 done"));
        for asked in ["--help", "--version", "help import", "user add --help"] {
            assert!(!place.run(&asked.split(' ').collect::<Vec<_>>()).well().out.is_empty(), "{asked}");
        }
    });
}

#[test]
fn each_refusal_has_its_code_its_sentence_and_its_json() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let password = place.file("password", "five quiet harbour mornings");
        let common = place.file("common", "password");
        let people = place.file("people.csv", "First Name\nAnn\n");
        let table = [
            (4, "user password --email nobody@rolo.example --password-file P"),
            (4, "user remove --email nobody@rolo.example"),
            (4, "book list --email nobody@rolo.example"),
            (4, "book access Choir --email nobody@rolo.example --role see"),
            (4, "book access Choir --email noor@rolo.example --role see"),
            (4, "token add --email nobody@rolo.example"),
            (4, "import F --email nobody@rolo.example"),
            (4, "import F --email noor@rolo.example --book 01980000-0000-7000-8000-000000000000"),
            (4, "export --email nobody@rolo.example --format vcard3"),
            (4, "export --email noor@rolo.example --format vcard3 --label Nobody"),
            (4, "seed 1 --email nobody@rolo.example"),
            (
                4,
                "user add --email b@rolo.example --name B --password-file P --organisation 01980000-0000-7000-8000-000000000000",
            ),
            (1, "user add --email nonsense --name B --password-file P"),
            (1, "user add --email b@rolo.example --name B --password-file C"),
            (1, "user add --email b@rolo.example --name B --password-file nowhere"),
            (1, "user add --email b@rolo.example --name B --password-file P --organisation here"),
            (1, "user add --email b@rolo.example --name B --password-file P --organisation new --role member"),
            (1, "user password --email noor@rolo.example --password-file C"),
            (1, "import nowhere.csv --email noor@rolo.example"),
            (5, "user add --email NOOR@rolo.example --name B --password-file P"),
            (5, "user remove --email noor@rolo.example"),
        ];
        for (code, line) in table {
            let word = |word: &str| match word {
                "P" => password.clone(),
                "C" => common.clone(),
                "F" => people.clone(),
                other => other.to_owned(),
            };
            let words: Vec<String> = line.split(' ').map(word).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).chain(["--json"]).collect();
            let ran = place.run(&words);
            assert_eq!(ran.code, code, "{line}: {ran:?}");
            assert_eq!(ran.last()["code"], json!(code), "{line}: {ran:?}");
            let why = ran.last()["error"].as_str().unwrap().to_owned();
            assert!(ran.err.ends_with(&format!("rolo: {why}\n")) && why.len() > 15, "{line}: {ran:?}");
            assert!(!ran.err.contains("panicked"), "{line}: {ran:?}");
        }
        assert_eq!(place.told(&["user", "list"])["accounts"].as_array().unwrap().len(), 1, "a refusal changes nothing");
    });
}

#[test]
fn without_a_data_folder_each_command_says_how_to_make_one() {
    for line in [
        "user list",
        "doctor",
        "rebuild",
        "book list --email a@b.example",
        "token add --email a@b.example",
        "export --email a@b.example --format vcard3",
        "seed 1 --email a@b.example",
        "import - --email a@b.example",
    ] {
        let place = Place::bare();
        let ran = place.run(&line.split(' ').chain(["--json"]).collect::<Vec<_>>());
        assert_eq!((ran.code, &ran.last()["code"]), (1, &json!(1)), "{line}: {ran:?}");
        assert!(ran.err.contains("rolo init"), "{line}: {ran:?}");
        assert!(!place.data().exists(), "{line} made one");
    }
}

#[test]
fn a_database_that_does_not_answer_is_three() {
    let place = Place::alone();
    for scheme in ["mysql", "postgres"] {
        // Nobody listens at port 1.
        let url = format!("{scheme}://rolo:hunter2@127.0.0.1:1/rolo");
        for command in [&["user", "list", "--json"][..], &["doctor", "--json"]] {
            let ran = place.run_with(command, "", &[("ROLO_SERVICES__DATABASE", &url)]);
            assert_eq!((ran.code, &ran.last()["code"]), (3, &json!(3)), "{scheme}: {ran:?}");
            assert!(ran.err.contains("database") && !format!("{ran:?}").contains("hunter2"), "{ran:?}");
        }
    }
}

#[test]
fn a_missing_database_in_a_folder_that_had_one_is_refused_not_replaced() {
    let place = Place::alone();
    std::fs::remove_file(place.data().join("rolo.db")).unwrap();
    let ran = place.run(&["user", "list", "--json"]);
    assert!(ran.code != 0 && ran.last()["code"] == json!(ran.code), "{ran:?}");
    assert!(!place.data().join("rolo.db").exists());
}
