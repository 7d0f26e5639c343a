//! The one error. It knows no protocol: each door owns one table from kind to answer.
//!
//! Two messages: `Display` is the sentence for the person; `cause` inside is for the log, and is logged once, where the
//! error is handled.

use std::time::Duration;

/// The result of every verb and contract.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request names something that cannot be: `field` is a JSON pointer or parameter name, `why` a sentence.
    #[error("{why}")]
    Invalid {
        /// Where: a JSON pointer (`/card/emails`), a query parameter or a header name.
        field: String,
        /// A sentence that tells the repair.
        why: String,
    },
    /// It does not exist, or is not the caller's to see.
    #[error("Nothing is here. It may have been deleted, or it belongs to someone else.")]
    NotFound,
    /// The thing has moved on since the caller saw it, or what must be unique is taken.
    #[error("{why}")]
    Conflict {
        /// A sentence that says what changed.
        why: String,
    },
    /// Nobody is signed in, or the session is over.
    #[error("Sign in to go on.")]
    NotSignedIn,
    /// Signed in, visible, but not allowed.
    #[error("{why}")]
    Denied {
        /// A sentence that says what is missing.
        why: String,
    },
    /// More than a limit of `docs/limits.md` allows.
    #[error("{why}")]
    TooLarge {
        /// A sentence that names the limit.
        why: String,
    },
    /// A media type or version nobody here speaks.
    #[error("{why}")]
    Unsupported {
        /// A sentence that names what is spoken.
        why: String,
    },
    /// A write that names no revision where one is needed.
    #[error("Say which version you saw: send If-Match with its revision, or * for any.")]
    Unseen,
    /// A sync point that is too old, or of another epoch: take a snapshot.
    #[error("This point in time is no longer kept. Load the book again.")]
    Gone,
    /// Too many tries.
    #[error("Too many tries. Wait a moment, then try again.")]
    Limited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// No room on disk.
    #[error("The disk is full. Nothing is lost, and reading still works. Free some space, then try again.")]
    Full,
    /// Reading works, and for now nothing may be changed.
    #[error("{why}")]
    ReadOnly {
        /// A sentence that says what is going on, and until when.
        why: String,
    },
    /// A service behind Rolo does not answer.
    #[error("The {service} is not answering. Nothing is lost. Try again in a moment.")]
    Unavailable {
        /// The role of the service: `database`, `cache`, `search`…
        service: &'static str,
        /// Why, for the log.
        cause: String,
    },
    /// A defect, or a state nobody foresaw.
    #[error("Something went wrong in Rolo. Nothing was changed.")]
    Internal {
        /// Why, for the log.
        cause: String,
    },
}

impl Error {
    /// `field` is not acceptable, because `why`.
    pub fn invalid(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }

    /// What the caller saw is no longer so.
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict { why: why.into() }
    }

    /// Not allowed, because `why`.
    pub fn denied(why: impl Into<String>) -> Self {
        Self::Denied { why: why.into() }
    }

    /// More than a limit allows.
    pub fn too_large(why: impl Into<String>) -> Self {
        Self::TooLarge { why: why.into() }
    }

    /// A defect; `cause` goes to the log, never to the person.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal { cause: cause.to_string() }
    }

    /// A service is down; `cause` goes to the log.
    pub fn unavailable(service: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Unavailable { service, cause: cause.to_string() }
    }
}
