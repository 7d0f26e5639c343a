//! What is told of a card without reading its model.

use super::super::*;

fn card(text: &str) -> Card {
    Card::parse(text.as_bytes()).unwrap()
}

#[test]
fn the_envelope_is_read_from_any_case() {
    let card = card(
        "begin:vcard\nversion:4.0\nuid: urn:uuid:A1\nitem1.categories:B\\, c, b ;B\\, c,e\u{301}\nkind:Group\nend:vcard",
    );
    assert_eq!(card.version(), Version::V40);
    assert_eq!(card.uid().unwrap(), "urn:uuid:A1");
    assert_eq!(card.categories(), ["B, c", "b", "\u{e9}"]);
    assert!(card.is_group());
}

#[test]
fn doubled_version_and_no_name_are_taken() {
    let card = card("BEGIN:VCARD\nVERSION:2.1\nVERSION:3.0\nCATEGORIES:a;b,c\nEND:VCARD");
    assert_eq!((card.version(), card.uid()), (Version::V21, None));
    assert_eq!(card.categories(), ["a", "b", "c"]);
    assert!(!card.is_group());
}
