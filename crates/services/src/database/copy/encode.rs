//! Rows as a CBOR sequence (RFC 8742): one array for each row, of nulls, integers, byte strings and text strings. The same
//! rows are always the same octets, so rows are compared by the digest of what they are encoded to.

use std::fmt;

use rolo_core::{Error, Result};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use sha2::{Digest, Sha256};

use super::{Row, Value};

/// The rows, one CBOR array after the other.
pub fn encode(rows: &[Row]) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    for row in rows {
        append(row, &mut octets)?;
    }
    Ok(octets)
}

/// Another row, or the values of one, behind what is there.
pub(crate) fn append(row: &impl Serialize, octets: &mut Vec<u8>) -> Result<()> {
    ciborium::into_writer(row, octets).map_err(Error::internal)
}

/// The rows that [`encode`] wrote. Anything else is refused.
pub fn decode(mut octets: &[u8]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !octets.is_empty() {
        let row = ciborium::from_reader(&mut octets);
        rows.push(row.map_err(|error| Error::invalid("rows", format!("These are no rows of Rolo: {error}.")))?);
    }
    Ok(rows)
}

/// The SHA-256 of what the rows are encoded to.
pub fn digest(rows: &[Row]) -> Result<[u8; 32]> {
    Ok(Sha256::digest(encode(rows)?).into())
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => out.serialize_none(),
            Self::Int(number) => out.serialize_i64(*number),
            Self::Blob(octets) => out.serialize_bytes(octets),
            Self::Text(text) => out.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reading)
    }
}

struct Reading;

impl Visitor<'_> for Reading {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("nothing, a whole number, octets or text")
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(E::custom)
    }

    fn visit_bytes<E>(self, octets: &[u8]) -> Result<Value, E> {
        Ok(Value::Blob(octets.to_owned()))
    }

    fn visit_byte_buf<E>(self, octets: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Blob(octets))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, proptest};

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Blob),
            any::<String>().prop_map(Value::Text),
            Just(Value::Blob(vec![7; 70_000])),
            Just(Value::Text("é".repeat(40_000))),
        ]
    }

    proptest! {
        #[test]
        fn rows_come_out_as_they_went_in(rows in prop::collection::vec(prop::collection::vec(value(), 0..5), 0..5)) {
            let octets = encode(&rows).unwrap();
            prop_assert_eq!(decode(&octets).unwrap(), rows);
        }

        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&octets);
        }
    }

    #[test]
    fn a_row_is_plain_cbor() {
        let row = vec![Value::Null, Value::Int(-1), Value::Blob(vec![1, 2]), Value::Text("é".into())];
        assert_eq!(encode(&[row]).unwrap(), b"\x84\xf6\x20\x42\x01\x02\x62\xc3\xa9");
    }

    #[test]
    fn what_is_no_rows_is_refused() {
        // A map, a float, half a row, a number beyond 63 bits, an array that says it is huge.
        for octets in [&b"\xa0"[..], b"\x81\xf9\x3c\x00", b"\x82\x01", b"\x81\x1b\xff\xff\xff\xff\xff\xff\xff\xff"] {
            assert!(matches!(decode(octets), Err(Error::Invalid { .. })), "{octets:?}");
        }
        assert!(decode(b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff").is_err());
        assert!(decode(b"\x81\x5b\x7f\xff\xff\xff\xff\xff\xff\xff\x00").is_err());
    }

    #[test]
    fn other_rows_have_another_digest() {
        let rows = [vec![Value::Int(1), Value::Int(2)]];
        assert_eq!(digest(&rows).unwrap(), digest(&rows).unwrap());
        assert_ne!(digest(&rows).unwrap(), digest(&[vec![Value::Int(1)], vec![Value::Int(2)]]).unwrap());
    }
}
