//! Rolo's own words as they stand in the tables. Changing one needs a migration.

use rolo_core::{
    Error, Result,
    account::{Door, Right, Role},
    contracts::database::ChangeKind,
    write::{Act, TokenKind},
};

macro_rules! words {
    ($($name:ty, $write:ident, $read:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        pub(crate) fn $write(value: $name) -> &'static str {
            match value { $(<$name>::$variant => $word),* }
        }

        pub(crate) fn $read(word: &str) -> Result<$name> {
            match word {
                $($word => Ok(<$name>::$variant),)*
                other => Err(Error::internal(format!("unknown {} {other:?}", stringify!($name)))),
            }
        }
    )*};
}

words! {
    Act, act, act_of {
        Create = "create", Edit = "edit", Delete = "delete", Restore = "restore", Purge = "purge", Move = "move",
        Merge = "merge", Undo = "undo", Import = "import", Label = "label", Moment = "moment", Settings = "settings",
    }
    Door, door, door_of { Web = "web", Api = "api", Dav = "dav", Command = "command", Job = "job" }
    Role, role, role_of { Member = "member", Admin = "admin", Owner = "owner" }
    Right, right, right_of { See = "see", Edit = "edit", Manage = "manage" }
    TokenKind, token_kind, token_kind_of { Api = "api", Dav = "dav" }
}

pub(crate) fn change_kind(kind: ChangeKind) -> i64 {
    match kind {
        ChangeKind::Contact => 0,
        ChangeKind::Label => 1,
        ChangeKind::Book => 2,
        ChangeKind::Account => 3,
    }
}

pub(crate) fn change_kind_of(number: i64) -> Result<ChangeKind> {
    match number {
        0 => Ok(ChangeKind::Contact),
        1 => Ok(ChangeKind::Label),
        2 => Ok(ChangeKind::Book),
        3 => Ok(ChangeKind::Account),
        other => Err(Error::internal(format!("unknown kind of change {other}"))),
    }
}
