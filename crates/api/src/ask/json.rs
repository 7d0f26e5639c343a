//! JSON from outside, read strictly: what two readers could understand differently is refused, and every refusal names the
//! place by JSON pointer (RFC 6901).
//!
//! Not JSON, not UTF-8 or no Unicode text: malformed. A member said twice, a NUL, too deep, the wrong type, a member nobody
//! knows: invalid.

use std::{cell::RefCell, fmt, marker::PhantomData};

use rolo_core::Error;
use serde::{
    Deserialize,
    de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use serde_path_to_error::{Path, Segment};

use crate::answer::Refusal;

/// How deep objects and arrays may lie in each other.
pub(crate) const DEPTH_MAX: usize = 32;

/// The whole document, with nothing in it that could be read two ways.
pub(crate) fn strict(octets: &[u8]) -> Result<Value, Refusal> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    if std::str::from_utf8(octets).is_err() {
        return Err(Refusal::malformed("", "The body is not UTF-8. Send JSON as UTF-8."));
    }
    let place = Place::default();
    let mut reader = serde_json::Deserializer::from_slice(octets);
    let read = Strict(&place).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        let at = place.pointer();
        match place.why.take() {
            Some(why) => Refusal::from(Error::invalid(at, why)),
            None => Refusal::malformed(at, plain(&error)),
        }
    })
}

/// The document as a `T`.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    Ok(typed_at("", value)?)
}

/// The part of a document that stands at the pointer `at`, as a `T`.
pub(crate) fn typed_at<T: DeserializeOwned>(at: &str, value: Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map(|Object(read)| read).map_err(|error| {
        let mut pointer = format!("{at}{}", pointer(error.path()));
        let said = error.inner().to_string();
        if let Some(name) = quoted(&said, "unknown field `").or_else(|| quoted(&said, "missing field `")) {
            // The path may already end in the member that is unknown.
            if !pointer.ends_with(&format!("/{}", escaped(name))) {
                pointer.push('/');
                pointer.push_str(&escaped(name));
            }
        }
        Error::invalid(pointer, sentence(&said))
    })
}

/// A shape that is an object: serde alone would take an array of its members in order for one, too.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectOnly(PhantomData)).map(Self)
    }
}

struct ObjectOnly<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOnly<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(members))
    }
}

/// Where the reader is, and why it stopped.
#[derive(Default)]
struct Place {
    path: RefCell<Vec<String>>,
    why: RefCell<Option<String>>,
}

impl Place {
    fn pointer(&self) -> String {
        self.path.borrow().iter().fold(String::new(), |pointer, part| pointer + "/" + &escaped(part))
    }

    fn refuse<E: de::Error>(&self, why: impl Into<String>) -> E {
        *self.why.borrow_mut() = Some(why.into());
        E::custom("refused")
    }

    fn enter<E: de::Error>(&self, part: String) -> Result<(), E> {
        if self.path.borrow().len() >= DEPTH_MAX {
            return Err(self.refuse(format!("Nothing may lie deeper than {DEPTH_MAX} levels.")));
        }
        self.path.borrow_mut().push(part);
        Ok(())
    }

    fn leave(&self) {
        self.path.borrow_mut().pop();
    }
}

/// Reads one value. On an error the path stays where it was.
struct Strict<'a>(&'a Place);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.0.refuse("This number is too large."))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(self.0.refuse("Text may not contain NUL (U+0000)."));
        }
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            self.0.enter(values.len().to_string())?;
            let value = items.next_element_seed(Strict(self.0))?;
            self.0.leave();
            match value {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.enter(name.clone())?;
            if name.contains('\0') {
                return Err(self.0.refuse("A name may not contain NUL (U+0000)."));
            }
            if map.contains_key(&name) {
                return Err(self.0.refuse("This member is said twice."));
            }
            let value = members.next_value_seed(Strict(self.0))?;
            self.0.leave();
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// What the JSON reader says, without its place in the text, as a sentence.
fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or("").to_owned();
    if said.contains("surrogate") || said.contains("unexpected end of hex escape") {
        return "This text is not Unicode: half of a surrogate pair stands alone.".to_owned();
    }
    format!("This is not JSON (line {}, column {}): {said}.", error.line(), error.column())
}

/// The reader's words for a wrong type, as a sentence for a person.
fn sentence(said: &str) -> String {
    if let Some(rest) = said.strip_prefix("unknown field `") {
        return match rest.split_once("expected ") {
            Some((_, known)) if !known.starts_with("there are no") => {
                format!("Nothing of this name is known here. Known: {known}.")
            }
            _ => "Nothing of this name is known here.".to_owned(),
        };
    }
    if said.starts_with("missing field") {
        return "This must be given.".to_owned();
    }
    if let Some((_, expected)) = said.split_once("expected ") {
        return format!("This must be {expected}.");
    }
    format!("This cannot be: {said}.")
}

fn quoted<'a>(said: &'a str, before: &str) -> Option<&'a str> {
    said.strip_prefix(before)?.split('`').next()
}

fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escaped(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: impl AsRef<[u8]>) -> (u16, String) {
        let refusal = strict(text.as_ref()).unwrap_err();
        (refusal.status.as_u16(), refusal.problem().field.unwrap())
    }

    #[test]
    fn what_could_be_read_two_ways_is_refused_at_its_place() {
        assert_eq!(
            refused(r#"{"card":{"emails":{"e1":{"address":"a","address":"b"}}}}"#),
            (422, "/card/emails/e1/address".into())
        );
        assert_eq!(refused(r#"{"a":[1,{"b":"x\u0000y"}]}"#), (422, "/a/1/b".into()));
        assert_eq!(refused(r#"{"a\u0000":1}"#), (422, "/a\0".into()));
        assert_eq!(refused(r#"{"a/b":{"c~d":"\ud800"}}"#), (400, "/a~1b/c~0d".into()));
        assert_eq!(refused(b"{\"a\":\"\xff\"}"), (400, String::new()));
        assert_eq!(refused(r#"{"a":1} {"#), (400, String::new()));
        assert_eq!(refused(r#"{"a":[1,}"#), (400, "/a/1".into()));
        assert_eq!(refused(r#"{"a":1e999}"#).0, 400);
        assert_eq!(refused(""), (400, String::new()));
    }

    #[test]
    fn depth_ends_before_the_stack_does() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(strict(nested(DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(refused(nested(DEPTH_MAX + 1)).0, 422);
        assert_eq!(refused("[".repeat(100_000)).0, 422);
        assert_eq!(refused(r#"{"a":"#.repeat(100_000)).0, 422);
    }

    #[test]
    fn good_json_is_what_it_says() {
        let text = r#"{"b":[true,null,-1,2.5,"é\ud83d\ude00"],"a":{}}"#;
        assert_eq!(strict(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its type matters")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type matters")]
        items: Vec<Object<Item>>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only its type matters")]
        hue: u16,
    }

    #[test]
    fn a_wrong_member_is_named() {
        let refused = |text: &str| {
            let problem = typed::<Body>(strict(text.as_bytes()).unwrap()).err().unwrap().problem();
            (problem.field.unwrap(), problem.detail)
        };
        assert_eq!(refused(r#"{"name":5}"#).0, "/name");
        assert_eq!(refused(r#"{"name":5}"#).1, "This must be a string.");
        assert_eq!(refused("{}"), ("/name".into(), "This must be given.".into()));
        assert_eq!(refused(r#"{"name":"x","nam/e":1}"#).0, "/nam~1e");
        assert_eq!(refused(r#"{"name":"x","items":[{"hue":1},{"hue":-1}]}"#).0, "/items/1/hue");
        assert_eq!(refused(r#"{"name":"x","items":[{"hue":1,"colour":2}]}"#).0, "/items/0/colour");
        assert_eq!(refused("[]"), (String::new(), "This must be an object.".into()));
        assert_eq!(refused(r#"["x",[]]"#).0, "", "members in order are no object");
        assert_eq!(refused(r#"{"name":"x","items":[[1]]}"#).0, "/items/0");
    }
}
