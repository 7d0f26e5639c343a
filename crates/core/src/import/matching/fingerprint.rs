//! What a row is known by in the next import of the same file: a hash of what it says, not of what became of it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{card::Card, import::dialect::header_key, import::field::Column, import::file::records::Record};

/// The hash of a row.
pub(crate) type Fingerprint = [u8; 16];

fn cut(hash: Sha256) -> Fingerprint {
    let digest = hash.finalize();
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    first
}

/// The columns of a table as rows are hashed by them: a name without numbers, and which numbered group.
pub(crate) struct Names {
    names: Vec<(String, u16, String)>,
}

impl Names {
    /// Of these columns.
    pub(crate) fn of(columns: &[Column]) -> Self {
        let names = columns.iter().map(|column| {
            let (key, number) = header_key(&column.header);
            let group = key.split('#').next().filter(|_| number > 0).unwrap_or_default().to_owned();
            let key = if key.is_empty() { column.index.to_string() } else { key };
            (key, number, group)
        });
        Self { names: names.collect() }
    }

    /// Column names and trimmed cells; numbers of groups dropped, groups sorted, empty cells left out: a file whose columns
    /// moved, or which has one more of a kind, says the same.
    pub(crate) fn fingerprint(&self, record: &Record) -> Fingerprint {
        let mut blocks: Vec<String> = Vec::with_capacity(16);
        let mut groups: Vec<(u16, &str, usize)> = Vec::new();
        for ((key, number, group), cell) in self.names.iter().zip(record.cells()) {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            let known = groups.iter().find(|(one, name, _)| *number > 0 && one == number && name == group);
            let block = match known {
                Some((_, _, at)) => &mut blocks[*at],
                None => {
                    if *number > 0 {
                        groups.push((*number, group, blocks.len()));
                    }
                    blocks.push(String::with_capacity(64));
                    let last = blocks.len() - 1;
                    &mut blocks[last]
                }
            };
            block.push_str(key);
            block.push('\u{1}');
            block.push_str(cell);
            block.push('\u{2}');
        }
        blocks.sort_unstable();
        let mut hash = Sha256::new();
        for block in &blocks {
            hash.update(block.as_bytes());
            hash.update([3]);
        }
        cut(hash)
    }
}

/// The unfolded properties of a card, less what changes by itself.
pub(crate) fn of_card(card: &Card) -> Fingerprint {
    const PASSING: [&[u8]; 4] = [b"REV", b"PRODID", b"PHOTO", b"X-ROLO-FROM"];
    let mut hash = Sha256::new();
    for property in card.lexed.properties() {
        if PASSING.iter().any(|name| property.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        hash.update(property.name.to_ascii_uppercase());
        hash.update(b";");
        hash.update(property.params);
        hash.update(b":");
        hash.update(property.value);
        hash.update([3]);
    }
    cut(hash)
}

/// A JSContact object, its members in alphabetical order, less what changes by itself.
pub(crate) fn of_object(object: &Value) -> Fingerprint {
    fn take(value: &Value, hash: &mut Sha256) {
        match value {
            Value::Object(members) => {
                let mut keys: Vec<&String> = members.keys().collect();
                keys.sort_unstable();
                for key in keys.into_iter().filter(|key| !matches!(key.as_str(), "updated" | "prodId")) {
                    hash.update(key.as_bytes());
                    hash.update([1]);
                    take(&members[key], hash);
                }
                hash.update([2]);
            }
            Value::Array(list) => {
                list.iter().for_each(|one| take(one, hash));
                hash.update([3]);
            }
            other => {
                hash.update(other.to_string());
                hash.update([4]);
            }
        }
    }
    let mut hash = Sha256::new();
    take(object, &mut hash);
    cut(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::tests::table_records;

    fn of(text: &str) -> Vec<Fingerprint> {
        let (columns, records) = table_records(text.as_bytes());
        let names = Names::of(&columns);
        records.iter().map(|record| names.fingerprint(record)).collect()
    }

    #[test]
    fn moved_columns_and_numbers_of_groups_make_no_difference() {
        let first = of(
            "First Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value\nAnn,,Home,a@x.example,Work,b@x.example\n",
        );
        let second = of(
            "E-mail 2 - Label,E-mail 2 - Value,E-mail 3 - Value,Labels,E-mail 1 - Label,E-mail 1 - Value,First Name\nHome,a@x.example,,,Work,b@x.example,Ann \n",
        );
        assert_eq!(first, second);
    }

    #[test]
    fn another_value_or_another_label_of_it_is_another_row() {
        let head = "First Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value\n";
        let rows = of(&format!(
            "{head}Ann,,Home,a@x.example,Work,b@x.example\nAnn,,Work,a@x.example,Home,b@x.example\nAnn,,Home,a@x.example,Work,c@x.example\n"
        ));
        assert!(rows[0] != rows[1] && rows[0] != rows[2] && rows[1] != rows[2]);
    }

    #[test]
    fn a_card_is_the_same_with_another_fold_rev_and_photo() {
        let card = |text: &str| of_card(&Card::parse(text.as_bytes()).unwrap());
        let one = card(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nREV:20200101T000000Z\r\nPHOTO:https://a.example\r\nEND:VCARD\r\n",
        );
        assert_eq!(one, card("BEGIN:VCARD\nVERSION:3.0\nFN:Ann\n  Lee\nEND:VCARD\n"));
        assert_ne!(one, card("BEGIN:VCARD\nVERSION:3.0\nFN:Ann Le\nEND:VCARD\n"));
    }

    #[test]
    fn an_object_is_the_same_in_any_order() {
        let of = |text: &str| of_object(&serde_json::from_str(text).unwrap());
        assert_eq!(of(r#"{"a":1,"b":{"c":[1,2]},"updated":"x"}"#), of(r#"{"b":{"c":[1,2]},"a":1}"#));
        assert_ne!(of(r#"{"a":[1,2]}"#), of(r#"{"a":[2,1]}"#));
    }
}
