//! `rolo seed`.

use std::collections::BTreeSet;

use crate::place::{Place, both_ways};

fn people(place: &Place, email: &str) -> String {
    place.run(&["export", "--email", email, "--format", "google-csv"]).well().out
}

#[test]
fn the_same_number_invents_the_same_people_for_anyone() {
    both_ways(|place| {
        for email in ["noor@rolo.example", "bo@rolo.example", "cy@rolo.example"] {
            place.person(email);
        }
        assert_eq!(place.told(&["seed", "40", "--email", "noor@rolo.example"])["created"], 40);
        let said = place.run(&["seed", "40", "--email", "bo@rolo.example", "--seed", "1"]).well();
        assert_eq!(said.out, "40 contacts were invented.\n");
        place.run(&["seed", "40", "--email", "cy@rolo.example", "--seed", "2"]).well();
        let [noor, bo, cy] =
            ["noor@rolo.example", "bo@rolo.example", "cy@rolo.example"].map(|email| people(place, email));
        assert!(noor.lines().count() > 40);
        assert_eq!(noor, bo);
        assert_ne!(noor, cy);
    });
}

#[test]
fn people_of_many_scripts_and_places_are_in_the_book() {
    let place = Place::alone();
    place.person("noor@rolo.example");
    place.run(&["seed", "600", "--email", "noor@rolo.example"]).well();
    let text = people(&place, "noor@rolo.example");
    let scripts: BTreeSet<&str> = text.chars().filter_map(script).collect();
    assert!(scripts.len() >= 10, "{scripts:?}");
}

/// The script of a letter, of those that are not Latin.
fn script(letter: char) -> Option<&'static str> {
    const BLOCKS: [(u32, u32, &str); 13] = [
        (0x0370, 0x03ff, "Greek"),
        (0x0400, 0x04ff, "Cyrillic"),
        (0x0590, 0x05ff, "Hebrew"),
        (0x0600, 0x06ff, "Arabic"),
        (0x0900, 0x097f, "Devanagari"),
        (0x0980, 0x09ff, "Bengali"),
        (0x0b80, 0x0bff, "Tamil"),
        (0x0e00, 0x0e7f, "Thai"),
        (0x10a0, 0x10ff, "Georgian"),
        (0x1200, 0x137f, "Ethiopic"),
        (0x3040, 0x30ff, "Kana"),
        (0x4e00, 0x9fff, "Han"),
        (0xac00, 0xd7af, "Hangul"),
    ];
    BLOCKS.iter().find(|(from, to, _)| (*from..=*to).contains(&u32::from(letter))).map(|(_, _, name)| *name)
}
