//! Every table there is, with its columns and its key, in the order in which they are written. A test holds this list
//! against the schema of each database, so that a table or a column that a migration adds cannot be forgotten.

use super::{Key, Row};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A whole number.
    Int,
    /// Octets: ids, hashes, what people say.
    Octets,
    /// JSON and Rolo's own words.
    Text,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The schema that brought it.
    pub since: u32,
}

/// A table; `key` names the columns of its primary key in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of a [`Row`].
    pub columns: &'static [Column],
    /// The columns of its key.
    pub key: &'static [&'static str],
    /// The schema that brought it.
    pub since: u32,
}

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The key of one of its rows.
    pub fn key_of(&self, row: &Row) -> Key {
        self.key_columns().into_iter().filter_map(|column| row.get(column).cloned()).collect()
    }

    /// Where the key is in its rows.
    pub(crate) fn key_columns(&self) -> Vec<usize> {
        let place = |name: &&str| self.columns.iter().position(|column| column.name == *name);
        self.key.iter().filter_map(place).collect()
    }

    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of its columns, as a statement lists them.
    pub(super) fn list(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }
}

/// The tables that an earlier schema had, out of those of the newest: steps only add, so what came later is left out. Those
/// of an earlier one are made once for a process that upgrades or restores, and stay.
pub(crate) fn tables_of(newest: &'static [Table], schema: u32) -> &'static [Table] {
    let known = |table: &Table| table.since <= schema && table.columns.iter().all(|column| column.since <= schema);
    if newest.iter().all(known) {
        return newest;
    }
    let earlier = newest.iter().filter(|table| table.since <= schema).map(|table| {
        let columns: Vec<Column> = table.columns.iter().filter(|column| column.since <= schema).copied().collect();
        Table { columns: columns.leak(), ..*table }
    });
    earlier.collect::<Vec<_>>().leak()
}

/// What came with a later schema says so: `since 2`, behind the braces of a table or the kind of a column.
macro_rules! tables {
    ($($table:literal ($($key:literal)+) {
        $($column:literal $kind:ident $(since $column_since:literal)?),+ $(,)?
    } $(since $since:literal)?)+) => {
        &[$(Table {
            name: $table,
            columns: &[$(Column { name: $column, kind: Kind::$kind, since: tables!(@ $($column_since)?) }),+],
            key: &[$($key),+],
            since: tables!(@ $($since)?),
        }),+]
    };
    (@) => { 1 };
    (@ $since:literal) => { $since };
}

/// Every table but `migration`, which each database writes for itself.
pub static TABLES: &[Table] = tables! {
    "meta" ("name") { "name" Text, "value" Octets }
    "organisation" ("id") {
        "id" Octets, "name" Octets, "details" Text, "created_at" Int, "key_id" Octets,
    }
    "account" ("id") {
        "id" Octets, "organisation" Octets, "email" Octets, "email_key" Octets, "name" Octets, "role" Text,
        "password_hash" Text, "settings" Text, "enabled" Int, "created_at" Int, "modseq" Int, "access_epoch" Int,
        "key_id" Octets,
    }
    "session" ("id") {
        "id" Octets, "organisation" Octets, "account" Octets, "digest" Octets, "device" Octets, "address" Octets,
        "created_at" Int, "seen_at" Int,
    }
    "token" ("id") {
        "id" Octets, "organisation" Octets, "account" Octets, "digest" Octets, "name" Octets, "kind" Text,
        "created_at" Int, "expires_at" Int,
    }
    "book" ("organisation" "id") {
        "organisation" Octets, "id" Octets, "owner" Octets, "name" Octets, "epoch" Int, "modseq" Int, "floor" Int,
        "contacts" Int, "binned" Int, "created_at" Int, "key_id" Octets,
    }
    "book_access" ("organisation" "book" "account") {
        "organisation" Octets, "book" Octets, "account" Octets, "may" Text,
    }
    "contact" ("organisation" "book" "id") {
        "organisation" Octets, "book" Octets, "id" Octets, "state" Int, "kind" Octets, "uid" Octets, "uid_key" Octets,
        "uid_live" Octets, "dav_name" Octets, "dav_live" Octets, "revision" Octets, "modseq" Int, "created_at" Int,
        "updated_at" Int, "deleted_at" Int, "labels" Octets, "sort_given" Octets, "sort_family" Octets,
        "sort_company" Octets, "key_version" Int, "summary" Text, "match_keys" Octets, "key_id" Octets, "model" Text,
        "parts" Octets, "residue" Octets,
    }
    "large" ("organisation" "hash") {
        "organisation" Octets, "hash" Octets, "length" Int, "key_id" Octets, "bytes" Octets,
    }
    "large_use" ("organisation" "contact" "hash") { "organisation" Octets, "contact" Octets, "hash" Octets }
    "version" ("organisation" "contact" "modseq") {
        "organisation" Octets, "contact" Octets, "modseq" Int, "book" Octets, "at" Int, "account" Octets, "door" Text,
        "device" Octets, "batch" Octets, "act" Text, "revision" Octets, "binned" Int, "key_id" Octets, "parts" Octets,
        "residue" Octets,
    }
    "batch" ("organisation" "id" "book") {
        "organisation" Octets, "id" Octets, "book" Octets, "account" Octets, "door" Text, "device" Octets, "at" Int,
        "act" Text, "undoes" Octets, "undone_by" Octets, "summary" Octets, "contacts" Int,
    }
    "book_change" ("organisation" "book" "kind" "id") {
        "organisation" Octets, "book" Octets, "kind" Int, "id" Octets, "modseq" Int, "gone" Int, "at" Int,
    }
    "account_change" ("organisation" "account" "kind" "id") {
        "organisation" Octets, "account" Octets, "kind" Int, "id" Octets, "book" Octets, "modseq" Int, "gone" Int,
        "at" Int,
    }
    "mark" ("organisation" "contact" "account") {
        "organisation" Octets, "contact" Octets, "account" Octets, "starred" Int, "hidden" Int,
    }
    "label" ("organisation" "book" "id") {
        "organisation" Octets, "book" Octets, "id" Octets, "name" Octets, "hue" Int, "contacts" Int, "modseq" Int,
        "key_id" Octets,
    }
    "label_name" ("organisation" "book" "name_key") {
        "organisation" Octets, "book" Octets, "name_key" Octets, "label" Octets, "in_use" Int,
    }
    "label_member" ("organisation" "book" "label" "contact") {
        "organisation" Octets, "book" Octets, "label" Octets, "contact" Octets, "living" Int,
    }
    "outbox" ("id") {
        "id" Int, "organisation" Octets, "event" Text, "payload" Text, "attempts" Int, "due_at" Int,
    }
    "kept_row" ("organisation" "book" "fingerprint" "contact") {
        "organisation" Octets, "book" Octets, "fingerprint" Octets, "contact" Octets, "source_key" Octets,
        "model" Text, "key_id" Octets,
    }
    "work" ("organisation" "id") {
        "organisation" Octets, "id" Octets, "kind" Text, "account" Octets, "book" Octets, "number" Int, "done" Int,
        "created_at" Int, "state" Text,
    }
    "attempt" ("name" "starts_at") { "name" Octets, "starts_at" Int, "ends_at" Int, "tries" Int }
    "claim" ("account" "name") {
        "account" Octets, "name" Octets, "body" Octets, "seed" Octets, "claimed_at" Int, "status" Int, "headers" Text,
        "answer" Octets,
    }
    "once" ("organisation" "id") { "organisation" Octets, "id" Octets, "at" Int }
};

#[cfg(test)]
mod tests {
    use super::*;

    static LATER: &[Table] = tables! {
        "mark" ("id") { "id" Octets, "pinned" Int since 3, "starred" Int }
        "later" ("id") { "id" Octets } since 2
    };

    #[test]
    fn an_earlier_schema_lacks_what_came_later() {
        let named = |schema| -> Vec<(&str, Vec<&str>)> {
            let tables = tables_of(LATER, schema).iter();
            tables.map(|table| (table.name, table.columns.iter().map(|column| column.name).collect())).collect()
        };
        assert_eq!(named(1), [("mark", vec!["id", "starred"])]);
        assert_eq!(named(2), [("mark", vec!["id", "starred"]), ("later", vec!["id"])]);
        assert_eq!(named(3), [("mark", vec!["id", "pinned", "starred"]), ("later", vec!["id"])]);
        assert!(std::ptr::eq(tables_of(LATER, 3), LATER));
    }
}
