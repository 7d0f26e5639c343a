//! `rolo import`.

use serde_json::{Value, json};

use crate::place::{Place, both_ways};

const EMAIL: [&str; 2] = ["--email", "noor@rolo.example"];
const PEOPLE: &str =
    "First Name,Last Name,E-mail 1 - Value,Labels\nAnn,Lee,ann@post.example,\nBo,Finch,bo@post.example,\n,,,Choir\n";

fn import(place: &Place, file: &str, args: &[&str]) -> Value {
    place.told(&[&["import", file], &EMAIL[..], args].concat())
}

/// Created, updated, same, check, refused.
fn counts(told: &Value) -> [u64; 5] {
    ["created", "updated", "same", "check", "refused"].map(|name| told[name].as_u64().unwrap())
}

fn names(place: &Place) -> Vec<String> {
    let text = place.run(&[&["export", "--format", "google-csv"], &EMAIL[..]].concat()).well().out;
    text.lines().skip(1).map(|line| line.split(',').take(3).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let file = place.file("people.csv", PEOPLE);
        assert_eq!(counts(&import(place, &file, &["--dry-run"])), [2, 0, 0, 0, 1]);
        assert_eq!(names(place), [] as [&str; 0]);
        let told = place.run(&[&["import", &file, "--dry-run"], &EMAIL[..]].concat()).well().out;
        assert!(told.contains("2 would be created"), "{told}");
        assert_eq!(counts(&import(place, &file, &[])), [2, 0, 0, 0, 1]);
        assert_eq!(names(place).len(), 2);
        assert_eq!(counts(&import(place, &file, &[])), [0, 0, 2, 0, 1], "the same file again changes nothing");
        assert_eq!(names(place).len(), 2);
    });
}

#[test]
fn rows_to_check_are_skipped_made_new_or_an_update_as_it_is_said() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        import(place, &place.file("people.csv", PEOPLE), &[]);
        // The same name with nothing else in common: contract §7 calls it a row to check.
        let row = |mail: &str| format!("First Name,Last Name,E-mail 1 - Value\nAnn,Lee,{mail}\n");
        let check = |mail: &str, args: &[&str]| counts(&import(place, &place.file("check.csv", &row(mail)), args));
        assert_eq!(check("lee@one.example", &[]), [0, 0, 0, 1, 0], "skip is the default");
        assert_eq!(names(place).len(), 2);
        assert_eq!(check("lee@one.example", &["--check", "skip"]), [0, 0, 0, 1, 0]);
        assert_eq!(check("lee@two.example", &["--check", "update"]), [0, 1, 0, 0, 0]);
        assert_eq!(names(place).len(), 2);
        assert_eq!(check("lee@three.example", &["--check", "new"]), [1, 0, 0, 0, 0]);
        assert_eq!(names(place).len(), 3);
    });
}

#[test]
fn a_new_name_makes_a_book_and_a_known_one_is_found() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let file = place.file("people.csv", PEOPLE);
        assert_eq!(counts(&import(place, &file, &["--book", "Choir"])), [2, 0, 0, 0, 1]);
        assert_eq!(counts(&import(place, &file, &["--book", "Choir"])), [0, 0, 2, 0, 1]);
        let books = place.told(&[&["book", "list"], &EMAIL[..]].concat());
        let choirs: Vec<&Value> =
            books["books"].as_array().unwrap().iter().filter(|book| book["name"] == "Choir").collect();
        assert_eq!((choirs.len(), &choirs[0]["contacts"]), (1, &json!(2)));
        let by_id = choirs[0]["id"].as_str().unwrap();
        assert_eq!(counts(&import(place, &file, &["--book", by_id])), [0, 0, 2, 0, 1]);
    });
}

#[test]
fn the_last_line_counts_the_rows_and_standard_input_is_a_file_too() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        let ran = place.run_with(&[&["import", "-", "--json"], &EMAIL[..]].concat(), PEOPLE, &[]).well();
        let told = ran.last();
        let mut members: Vec<&String> = told.as_object().unwrap().keys().collect();
        members.sort_unstable();
        assert_eq!(members, ["batch", "check", "created", "import", "refused", "same", "updated"]);
        assert!(told["batch"].is_string() && told["import"].is_string());
        assert_eq!(ran.out.lines().count(), 1, "progress is for standard error");
    });
}

#[test]
fn what_is_no_table_and_no_card_is_refused_and_leaves_nothing() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        for (name, text) in [("empty.csv", ""), ("noise.bin", "\u{0}\u{1}\u{2}\u{3}\u{0}\u{7}")] {
            let ran = place.run(&[&["import", &place.file(name, text), "--json"], &EMAIL[..]].concat());
            assert_eq!((ran.code, &ran.last()["code"]), (1, &json!(1)), "{ran:?}");
            assert!(ran.last()["error"].as_str().is_some_and(|why| why.len() > 10), "{ran:?}");
        }
        assert_eq!(names(place), [] as [&str; 0]);
    });
}
