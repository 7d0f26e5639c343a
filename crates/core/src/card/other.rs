//! What a contact holds beside what it has names for: members nobody here knows, and properties without a place. Nearly no
//! contact has any, so they take next to nothing where there are none.

use std::{
    ops::{Deref, DerefMut},
    sync::LazyLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};
use serde_json::{Map, Value, value::RawValue};

static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// Members that have no name here, as they came.
#[derive(Clone, Debug, Default)]
pub struct Other(Option<Box<Map<String, Value>>>);

impl Other {
    /// Takes all of them out.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, wanted: impl FnMut(&String, &mut Value) -> bool) {
        if let Some(all) = &mut self.0 {
            all.retain(wanted);
            self.0.take_if(|all| all.is_empty());
        }
    }

    /// As a JSON object.
    pub fn to_value(&self) -> Value {
        Value::Object(Map::clone(self))
    }
}

impl Deref for Other {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Other {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for Other {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Map<String, Value>> for Other {
    fn from(all: Map<String, Value>) -> Self {
        Self((!all.is_empty()).then(|| Box::new(all)))
    }
}

impl FromIterator<(String, Value)> for Other {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(all: I) -> Self {
        all.into_iter().collect::<Map<_, _>>().into()
    }
}

impl<'a> IntoIterator for &'a Other {
    type Item = (&'a String, &'a Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Other {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Map::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Other {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Map::deserialize(from).map(Self::from)
    }
}

/// A property without a place in the model, a jCard array (RFC 9555 §2.14): kept as its JSON, a tenth of what it takes as a
/// value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unplaced(Box<str>);

impl Unplaced {
    /// The array.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Value> for Unplaced {
    fn from(value: Value) -> Self {
        Self(value.to_string().into())
    }
}

impl Serialize for Unplaced {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(&self.0).map_err(S::Error::custom)?.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Unplaced {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(from).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::card::Model;

    #[test]
    fn what_nobody_knows_comes_back_and_takes_a_word_where_there_is_nothing() {
        let value = json!({
            "emails": {"a": {"address": "a@b.example", "example.com:x": {"deep": [1]}}},
            "vCardProps": [["x-a", {"type": ["b", "c"]}, "unknown", "d\"\u{1}"], "odd", 1.5, null],
            "example.com:y": false,
        });
        let model: Model = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&model).unwrap(), value);
        assert_eq!(serde_json::from_str::<Model>(&serde_json::to_string(&model).unwrap()).unwrap(), model);
        assert_eq!(model.vcard_props[0].value(), value["vCardProps"][0]);
        let mut other = model.other.clone();
        other.retain(|_, _| false);
        assert_eq!((other.clone(), other.0.is_none()), (Other::default(), true));
        assert_eq!(size_of::<Other>(), size_of::<usize>());
    }
}
