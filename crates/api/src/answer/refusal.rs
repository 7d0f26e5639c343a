//! The one table from error to answer, told as a problem document (RFC 9457).

use std::time::Duration;

use http::{StatusCode, header};
use rolo_core::Error;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Answer;

/// Something that could not be done, for the person and for the log.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// The anchor in `/v1/docs` that explains it.
    pub(crate) kind: &'static str,
    detail: Box<str>,
    field: Option<Box<str>>,
    retry_after: Option<Duration>,
    /// The methods that are taken, where another was sent.
    allow: Option<Box<str>>,
    /// For the log only.
    pub(crate) cause: Option<Box<str>>,
}

/// What went wrong, told so that a person can repair it (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Problem {
    /// Where the reference explains this kind of problem.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The kind of problem in a few words.
    pub(crate) title: String,
    /// The HTTP status.
    pub(crate) status: u16,
    /// What happened and what to do about it.
    pub(crate) detail: String,
    /// What is wrong: a JSON pointer into the body, a query parameter or a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// Each thing that is wrong, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ProblemError>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProblemError {
    /// Where.
    pub(crate) field: String,
    /// Why.
    pub(crate) why: String,
}

/// Every kind of problem: anchor, title and what it means, for the reference page.
pub(crate) const KINDS: &[(&str, &str)] = &[
    ("malformed", "The body is not what its Content-Type says"),
    ("invalid", "Something in the request cannot be"),
    ("not-found", "Nothing is here"),
    ("conflict", "What is there has changed"),
    ("not-signed-in", "Nobody is signed in"),
    ("denied", "Not allowed"),
    ("too-large", "More than the limit"),
    ("unsupported", "A media type or version nobody here speaks"),
    ("unseen", "The write does not say which version it saw"),
    ("gone", "This point in time is no longer kept"),
    ("limited", "Too many tries"),
    ("full", "The disk is full"),
    ("read-only", "For now nothing may be changed"),
    ("unavailable", "A service is down"),
    ("internal", "A defect in Rolo"),
    ("method", "Not done at this address"),
];

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<Box<str>>) -> Self {
        Self { status, kind, detail: detail.into(), field: None, retry_after: None, allow: None, cause: None }
    }

    /// The body is no JSON, no UTF-8 or no Unicode.
    pub(crate) fn malformed(field: impl Into<Box<str>>, why: impl Into<Box<str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", why).at(field)
    }

    /// The path is fine, the method is not.
    pub(crate) fn method(allow: &str) -> Self {
        let mut refusal = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", format!("This address takes {allow}."));
        refusal.allow = Some(allow.into());
        refusal
    }

    /// An address and a password that do not belong together; which of them is wrong is nobody's business.
    pub(crate) fn wrong_password() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", "E-mail and password do not belong together.")
    }

    /// What is asked for cannot be answered; 415 is about what was sent.
    pub(crate) fn not_acceptable(mut self) -> Self {
        self.status = StatusCode::NOT_ACCEPTABLE;
        self.at("Accept")
    }

    /// The same, naming what is wrong.
    pub(crate) fn at(mut self, field: impl Into<Box<str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// A conflict is a failed precondition to whoever sent one (`house-style.md`, Errors).
    pub(crate) fn despite_if_match(mut self) -> Self {
        if self.status == StatusCode::CONFLICT {
            self.status = StatusCode::PRECONDITION_FAILED;
            self.field = Some("If-Match".into());
        }
        self
    }

    fn title(&self) -> &'static str {
        KINDS.iter().find(|(name, _)| *name == self.kind).map_or("", |(_, title)| title)
    }

    /// As it is told inside another answer (an item of a batch, an import).
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            kind: format!("/v1/docs#{}", self.kind),
            title: self.title().to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.to_string(),
            field: self.field.as_deref().map(str::to_owned),
            errors: Vec::new(),
        }
    }

    /// As an answer of its own.
    pub(crate) fn answer(self) -> Answer {
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut answer = Answer::octets("application/problem+json", body).with_status(self.status);
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            answer = answer.with(header::RETRY_AFTER, seconds.max(1).to_string());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            answer = answer.with(header::WWW_AUTHENTICATE, "Bearer");
        }
        if let Some(allow) = self.allow {
            answer = answer.with(header::ALLOW, allow.as_bytes());
        }
        answer
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Invalid { field, .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).at(field),
            Error::NotFound => Self::new(StatusCode::NOT_FOUND, "not-found", detail),
            Error::Conflict { .. } => Self::new(StatusCode::CONFLICT, "conflict", detail),
            Error::NotSignedIn => Self::new(StatusCode::UNAUTHORIZED, "not-signed-in", detail),
            Error::Denied { .. } => Self::new(StatusCode::FORBIDDEN, "denied", detail),
            Error::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail),
            Error::Unsupported { .. } => Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported", detail),
            Error::Unseen => Self::new(StatusCode::PRECONDITION_REQUIRED, "unseen", detail).at("If-Match"),
            Error::Gone => Self::new(StatusCode::GONE, "gone", detail),
            Error::Limited { retry_after } => {
                Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "limited", detail) }
            }
            Error::Full => Self::new(StatusCode::INSUFFICIENT_STORAGE, "full", detail),
            Error::ReadOnly { .. } => Self {
                retry_after: Some(Duration::from_secs(5)),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "read-only", detail)
            },
            Error::Unavailable { cause, .. } => Self {
                retry_after: Some(Duration::from_secs(1)),
                cause: Some(cause.into()),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            },
            Error::Internal { cause } => {
                Self { cause: Some(cause.into()), ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_error_has_its_answer() {
        let table = [
            (Error::invalid("/card", "why"), 422),
            (Error::NotFound, 404),
            (Error::conflict("why"), 409),
            (Error::NotSignedIn, 401),
            (Error::denied("why"), 403),
            (Error::too_large("why"), 413),
            (Error::Unsupported { why: "why".into() }, 415),
            (Error::Unseen, 428),
            (Error::Gone, 410),
            (Error::Limited { retry_after: Duration::from_millis(1500) }, 429),
            (Error::Full, 507),
            (Error::ReadOnly { why: "why".into() }, 503),
            (Error::unavailable("database", "refused"), 503),
            (Error::internal("secret detail"), 500),
        ];
        for (error, status) in table {
            let refusal = Refusal::from(error);
            assert_eq!(refusal.status.as_u16(), status);
            assert!(!refusal.title().is_empty(), "{status} has no title");
            assert!(!refusal.problem().detail.contains("secret"), "the log's cause stays in the log");
        }
    }

    #[test]
    fn waiting_is_told_in_whole_seconds() {
        let answer = Refusal::from(Error::Limited { retry_after: Duration::from_millis(1500) }).answer();
        assert_eq!(answer.headers[header::RETRY_AFTER], "2");
    }

    #[test]
    fn a_conflict_is_a_failed_precondition_to_whoever_sent_one() {
        let refusal = Refusal::from(Error::conflict("It moved on.")).despite_if_match();
        assert_eq!((refusal.status.as_u16(), refusal.problem().field.as_deref()), (412, Some("If-Match")));
    }
}
