//! The private door for commands beside a running server: HTTP + JSON on `DATA/admin.sock`, mode 0600, nowhere else.
//!
//! `POST /admin/v1/tasks` takes a line of JSON (a [`Task`](crate::commands::Task)) followed by the bytes of its file, if it
//! has one, and answers a line of JSON for each [`Said`]. The last line says how it ended.

mod client;
mod server;

pub(crate) use client::{ask, connect};
pub(crate) use server::{open, serve};

use rolo_core::Error;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where tasks go.
const PATH: &str = "/admin/v1/tasks";

/// One thing a task says while it runs, or at its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Said {
    /// Progress, for people; goes to standard error.
    Note(String),
    /// Part of a file that goes to standard output, as base64.
    Bytes(String),
    /// It is done.
    Done(Done),
    /// It was refused or failed.
    Failed(Failed),
}

/// How a task ended well.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    /// For people.
    pub(crate) text: String,
    /// For programs: one object.
    pub(crate) json: Value,
}

/// How a task ended badly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    /// For people: what happened, what is safe, what to do.
    pub(crate) why: String,
    /// The exit code: 1 refused, 3 a service is down or busy, 4 not found, 5 a conflict.
    pub(crate) code: u8,
    /// For programs, what else there is to say.
    #[serde(default)]
    pub(crate) more: Map<String, Value>,
}

impl Failed {
    /// For programs: one object.
    pub(crate) fn json(&self) -> Value {
        let mut object =
            Map::from_iter([("error".to_owned(), self.why.clone().into()), ("code".to_owned(), self.code.into())]);
        object.extend(self.more.clone());
        Value::Object(object)
    }
}

/// The exit code of each kind of error.
pub(crate) fn exit_code(error: &Error) -> u8 {
    match error {
        Error::NotFound | Error::Gone => 4,
        Error::Conflict { .. } => 5,
        Error::Unavailable { .. } | Error::ReadOnly { .. } | Error::Full | Error::Limited { .. } => 3,
        _ => 1,
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let code = exit_code(&error);
        if let Error::Internal { cause } | Error::Unavailable { cause, .. } = &error {
            tracing::error!(cause, "a command failed");
        }
        Self { why: error.to_string(), code, more: Map::new() }
    }
}
