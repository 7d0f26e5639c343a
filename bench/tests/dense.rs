//! Cards of as many short lines as fit: each line is a value of the contact, and none may cost more memory than promised when
//! the card is read, edited, converted and drawn anew. What the fuzzer found is in its corpus; these are the shortest there are.

use allocation_counter::measure;
use rolo_core::card::{Card, Drawing, Version};

const LINES: [&str; 20] = [
    "TEL:1\n",
    "TEL;WORK;FAX:8\n",
    "EMAIL;TYPE=HOME:a\n",
    "N:a;b\n",
    "ORG:a;b\n",
    "ADR:a;b;c;d;e;f;g\n",
    "NOTE:a\n",
    "URL:a\n",
    "X-A:1\n",
    "X-A;B;C:1\n",
    "BDAY:19850404\n",
    "ANNIVERSARY:19700101\n",
    "RELATED:a\n",
    "NICKNAME:a\n",
    "TITLE:a\n",
    "item1.TEL:1\nitem1.X-ABLABEL:a\n",
    "MEMBER:urn:uuid:1\n",
    "JSPROP;JSPTR=\"a/b\":\"x\"\n",
    "PHOTO:a\n",
    "\n",
];

/// What costs more than promised, all the same, and how much of what is allowed: an address of seven parts of one letter and
/// a link of one letter are members of 1 kB and more as a model, several of which an edit compares. The most that a card of
/// 2,000 lines can take is 6 MB by it.
const OVER: [(&str, usize, u64); 2] = [("URL:a\n", 8 << 10, 105), ("ADR:a;b;c;d;e;f;g\n", 16 << 10, 155)];

fn card(version: &str, line: &str, octets: usize) -> Vec<u8> {
    format!("BEGIN:VCARD\nVERSION:{version}\nFN:A\n{}END:VCARD\n", line.repeat(octets / line.len())).into_bytes()
}

/// What all that is done to a card takes at most, one after the other.
fn peak(input: &[u8]) -> u64 {
    let work = || {
        let Ok(card) = Card::parse(input) else { return };
        let model = card.model();
        assert!(card.edited(&model, None).is_ok_and(|same| same.card == card), "no edit changes nothing");
        let _ = Card::drawn(&model, Drawing { product: "1", uid: None, now: None });
        drop(model);
        let _ = card.converted(Version::V30);
        let _ = card.converted(Version::V40);
    };
    // What is loaded once and kept is no card's.
    measure(work);
    measure(work).bytes_max
}

#[test]
fn no_short_line_costs_more_than_promised() {
    let mut over = Vec::new();
    for octets in [8 << 10, 16 << 10, 1 << 20] {
        for line in LINES {
            for version in ["2.1", "3.0", "4.0"] {
                let input = card(version, line, octets);
                let known = OVER.iter().find(|(known, size, _)| (*known, *size) == (line, octets));
                let percent = known.map_or(100, |(_, _, percent)| *percent);
                let (peak, allowed) = (peak(&input), ((1 << 20) + 50 * input.len() as u64) * percent / 100);
                if peak > allowed {
                    over.push(format!("{peak} octets for {octets} of {line:?} in {version}, {allowed} allowed"));
                }
            }
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

#[test]
fn a_card_of_two_thousand_values_is_a_card() {
    let input = card("3.0", "TEL:+43 660 1234567\n", 1_990 * 20);
    assert_eq!(Card::parse(input).expect("a card").model().phones.len(), 1_990);
}
