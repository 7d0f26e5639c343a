//! Large values out of a card and back in, byte for byte, so that a photo is kept once and a row stays small.

use std::ops::Range;

use super::Card;

/// The least a value must measure to be lifted, in octets as it stands in the card.
pub const LARGE_BYTES_MIN: usize = 4096;

/// A value that was lifted out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Large {
    /// Where in the residue it belongs.
    pub offset: usize,
    /// The value as it stood in the card: encoded, folded.
    pub bytes: Vec<u8>,
}

/// Takes the large values of PHOTO, LOGO, SOUND and KEY out. The residue is still a card, with those values empty.
pub fn lift(card: &Card) -> (Vec<u8>, Vec<Large>) {
    let bytes = card.bytes();
    let mut residue = Vec::with_capacity(bytes.len().min(LARGE_BYTES_MIN * 2));
    let mut parts = Vec::new();
    let mut at = 0;
    for span in spans(card) {
        residue.extend_from_slice(&bytes[at..span.start]);
        parts.push(Large { offset: residue.len(), bytes: bytes[span.clone()].to_vec() });
        at = span.end;
    }
    residue.extend_from_slice(&bytes[at..]);
    (residue, parts)
}

/// Puts lifted values back where they were.
pub fn put_back(residue: &[u8], parts: &[Large]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(residue.len() + parts.iter().map(|part| part.bytes.len()).sum::<usize>());
    let mut at = 0;
    for part in parts {
        let offset = part.offset.clamp(at, residue.len());
        bytes.extend_from_slice(&residue[at..offset]);
        bytes.extend_from_slice(&part.bytes);
        at = offset;
    }
    bytes.extend_from_slice(&residue[at..]);
    bytes
}

fn spans(card: &Card) -> impl Iterator<Item = Range<usize>> + '_ {
    let large =
        |name: &[u8]| ["PHOTO", "LOGO", "SOUND", "KEY"].iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
    card.lexed
        .properties()
        .filter(move |property| property.value.len() >= LARGE_BYTES_MIN / 2 && large(property.name))
        .map(|property| card.lexed.raw_value(property.index))
        .filter(|span| span.len() >= LARGE_BYTES_MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(text: String) -> usize {
        let card = Card::parse(text.clone().into_bytes()).unwrap();
        let (residue, parts) = lift(&card);
        assert!(residue.len() < LARGE_BYTES_MIN);
        assert!(Card::parse(residue.clone()).is_ok());
        assert_eq!(put_back(&residue, &parts), text.into_bytes());
        parts.len()
    }

    #[test]
    fn photos_come_out_and_go_back() {
        let folded = "QUJD\r\n ".repeat(2000);
        let blocks = "  QUJDREVG\n".repeat(2000);
        assert_eq!(round_trip(format!("BEGIN:VCARD\r\nPHOTO;ENCODING=b:{folded}=\r\nTEL:1\r\nEND:VCARD\r\n")), 1);
        assert_eq!(
            round_trip(format!("BEGIN:VCARD\nitem1.photo;EN\n CODING=BASE64;\n JPEG:\n{blocks}\nTEL:1\nEND:VCARD")),
            1
        );
        let two = format!("BEGIN:VCARD\nPHOTO:data:image/png;base64,{0}\nLOGO:{0}\nEND:VCARD\n", "A".repeat(5000));
        assert_eq!(round_trip(two), 2);
        assert_eq!(round_trip("BEGIN:VCARD\nPHOTO:data:image/png;base64,AAAA\nEND:VCARD\n".into()), 0);
    }

    proptest! {
        #[test]
        fn any_card_comes_back(
            lines in prop::collection::vec(("(PHOTO|NOTE|g\\.KEY);X=1:[ -~]{0,20}", 0_usize..9000, any::<bool>()), 0..4)
        ) {
            let mut text = String::from("BEGIN:VCARD\r\n");
            for (head, length, folded) in lines {
                text += &head;
                text += &if folded { "AB\r\n ".repeat(length / 5) } else { "A".repeat(length) };
                text += "\r\n";
            }
            text += "END:VCARD\r\n";
            let card = Card::parse(text.clone().into_bytes()).unwrap();
            let (residue, parts) = lift(&card);
            prop_assert_eq!(put_back(&residue, &parts), text.into_bytes());
        }
    }
}
