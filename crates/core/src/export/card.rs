//! One contact as it stands in a file of vCards or of JSContact Cards.

use serde_json::{Value, json};

use crate::{
    Result,
    card::{Card, Version, jscontact::to_jscontact, read::Weight},
};

/// What a starred contact says in a file; never on the wire.
const STAR: &str = "starred";
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The card for a file: its very bytes when it is of that version, else converted; with a uid, and with its star.
pub(super) fn vcard(card: &Card, to: Version, uid: &str, starred: bool) -> Result<Vec<u8>> {
    let mut card = card.converted(to).with_uid(uid);
    if starred {
        card = with_star(&card)?;
    }
    let bytes = card.bytes();
    // A mark of its own is the whole file's, and the next card begins on a line of its own.
    let mut bytes = bytes.strip_prefix(MARK).unwrap_or(bytes).to_vec();
    if !bytes.ends_with(b"\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    Ok(bytes)
}

fn with_star(card: &Card) -> Result<Card> {
    let mut model = card.reading(Weight::Named).model;
    model.keywords.insert(STAR.to_owned(), true);
    Ok(card.edited(&model, None)?.card)
}

/// The contact as a complete Card object, with everything REST's envelope says beside it.
pub(super) fn object(card: &Card, kind: &str, uid: &str, starred: bool) -> Value {
    let mut object = to_jscontact(card, Some(uid));
    if let Value::Object(members) = &mut object {
        members.entry("kind").or_insert_with(|| kind.into());
        if starred {
            let keywords = members.entry("keywords").or_insert_with(|| json!({}));
            keywords[STAR] = true.into();
        }
    }
    object
}
