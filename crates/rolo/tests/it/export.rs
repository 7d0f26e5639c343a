//! `rolo export`.

use crate::place::{Place, both_ways};

const EMAIL: [&str; 2] = ["--email", "noor@rolo.example"];
const PEOPLE: &str = "First Name,Last Name,Labels,E-mail 1 - Value\nAnn,Lee,Choir ::: * myContacts,ann@post.example\nBo,Finch,* myContacts,bo@post.example\n";

fn export(place: &Place, args: &[&str]) -> String {
    place.run(&[&["export"], &EMAIL[..], args].concat()).well().out
}

#[test]
fn each_format_is_written_whole() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&[&["import", &place.file("people.csv", PEOPLE)], &EMAIL[..]].concat()).well();
        let table: [(&str, &str, &str, usize); 5] = [
            ("google-csv", "First Name,", "\r\n", 3),
            ("outlook-csv", "First Name,", "\r\n", 3),
            ("vcard3", "BEGIN:VCARD\r\nVERSION:3.0\r\n", "BEGIN:VCARD", 2),
            ("vcard4", "BEGIN:VCARD\r\nVERSION:4.0\r\n", "BEGIN:VCARD", 2),
            ("jscontact", "[", "\"@type\":\"Card\"", 2),
        ];
        for (format, begins, counted, times) in table {
            let text = export(place, &["--format", format]);
            let text = text.trim_start_matches('\u{feff}');
            assert!(text.starts_with(begins), "{format}: {text:.80}");
            assert_eq!(text.matches(counted).count(), times, "{format}: {text}");
            for value in ["ann@post.example", "bo@post.example", "Finch"] {
                assert!(text.contains(value), "{format} holds no {value}");
            }
        }
    });
}

#[test]
fn a_label_is_named_by_its_name() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&[&["import", &place.file("people.csv", PEOPLE)], &EMAIL[..]].concat()).well();
        for format in ["google-csv", "outlook-csv", "vcard3", "vcard4", "jscontact"] {
            let text = export(place, &["--format", format, "--label", "Choir"]);
            assert!(text.contains("ann@post.example") && !text.contains("bo@post.example"), "{format}: {text}");
        }
        let told = place.run(&[&["export", "--format", "vcard3", "--label", "Nobody", "--json"], &EMAIL[..]].concat());
        assert_eq!((told.code, told.out.lines().count()), (4, 1), "{told:?}");
    });
}

#[test]
fn the_last_line_of_json_counts_the_octets_before_it() {
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&[&["import", &place.file("people.csv", PEOPLE)], &EMAIL[..]].concat()).well();
        let plain = export(place, &["--format", "vcard4"]);
        let ran = place.run(&[&["export", "--format", "vcard4", "--json"], &EMAIL[..]].concat()).well();
        assert_eq!(ran.last()["bytes"], plain.len());
        assert!(ran.out.starts_with(&plain));
    });
}

#[test]
fn what_a_table_has_no_place_for_is_told_beside_it() {
    const CARD: &str =
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:1\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nX-SHOE-SIZE:39\r\nEND:VCARD\r\n";
    both_ways(|place| {
        place.person("noor@rolo.example");
        place.run(&[&["import", &place.file("ann.vcf", CARD)], &EMAIL[..]].concat()).well();
        let table = place.run(&[&["export", "--format", "google-csv", "--json"], &EMAIL[..]].concat()).well();
        assert!(table.err.contains("X-SHOE-SIZE (1)"), "{table:?}");
        let lost = table.last()["lost"].clone();
        assert!(lost.as_array().unwrap().iter().any(|one| one["what"] == "X-SHOE-SIZE" && one["count"] == 1), "{lost}");
        let cards = place.run(&[&["export", "--format", "vcard4", "--json"], &EMAIL[..]].concat()).well();
        assert_eq!((cards.last()["lost"].as_array().unwrap().len(), cards.err.as_str()), (0, ""));
    });
}
