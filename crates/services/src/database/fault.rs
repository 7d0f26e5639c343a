//! What can go wrong below the contract, before it becomes one of `core`'s errors.

use rolo_core::Error;

/// The result of everything inside this folder.
pub(crate) type Held<T> = Result<T, Fault>;

/// A failure, by what the one who holds the transaction does about it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The answer. The transaction is taken back.
    Error(Error),
    /// Another transaction was in the way (deadlock, serialisation): the whole of it may be tried again.
    Again(String),
    /// The connection broke before the server said anything. What had been asked may be asked again on another.
    Lost(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Error(error) => error,
            Fault::Again(cause) | Fault::Lost(cause) => Self::unavailable("database", cause),
        }
    }
}

/// The conflict that says nothing about what is in the way.
pub(crate) fn taken() -> Fault {
    Error::conflict("This id or name cannot be used. Choose another.").into()
}

/// The database does not answer.
pub(crate) fn down(cause: impl std::fmt::Display) -> Fault {
    Error::unavailable("database", cause).into()
}

/// Whether a connection that met this is worth nothing any more: it broke, or its server is no longer the one that writes.
pub(crate) fn is_down(fault: &Fault) -> bool {
    matches!(fault, Fault::Lost(_) | Fault::Error(Error::Unavailable { .. }))
}

/// What must be unique is not; `place` is the database's own message, which names the index.
pub(crate) fn twice(place: &str) -> Fault {
    let why = if place.contains("uid_live") {
        "This book already has a contact with this UID."
    } else if place.contains("dav_live") {
        "This book already has a card of this name."
    } else if place.contains("email_key") {
        "There is already an account with this e-mail address."
    } else if place.contains("label_name") {
        "This book already has a label of this name."
    } else if ["once", "claim", "attempt"].iter().any(|table| place.contains(table)) {
        // Someone else wrote the same key just now; the next try reads it.
        return Fault::Again(place.to_owned());
    } else {
        return taken();
    };
    Error::conflict(why).into()
}
