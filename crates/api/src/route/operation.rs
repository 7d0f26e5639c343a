//! One operation: where it is, who may ask, what it takes and gives, and what answers it.
//!
//! The router and the description are both made from these, so a route without its description cannot be written.

use std::{future::Future, pin::Pin};

use http::{Method, StatusCode};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use crate::{
    Api,
    answer::{Answer, Done, Refusal},
    ask::Ask,
};

/// Bodies that say one thing: a name, a password, an id.
pub(crate) const SMALL_BODY: u64 = 64 * 1024;
/// A contact with its photo.
pub(crate) const CONTACT_BODY: u64 = 16 * 1024 * 1024;
/// A thousand contacts.
pub(crate) const BATCH_BODY: u64 = 32 * 1024 * 1024;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody.
    Anyone,
    /// Whoever is signed in, by cookie or API token.
    Account,
    /// This machine itself, or an owner or admin.
    Operator,
}

/// What `Idempotency-Key` does. No write passes it over in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    /// Nothing: reading twice is reading.
    Reads,
    /// The same request again is answered again, not done again.
    Kept,
    /// It is refused, because an answer cannot be kept.
    Refused(&'static str),
}

/// What a body is.
#[derive(Clone)]
pub(crate) enum Takes {
    /// There is none.
    Nothing,
    /// JSON of this shape.
    Json { schema: Named, types: &'static [&'static str] },
    /// Any octets, as long as the storage takes them.
    Octets,
}

/// A schema by name, with those it refers to.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) all: Vec<(String, RefOr<Schema>)>,
}

impl Named {
    pub(crate) fn of<T: ToSchema>() -> Self {
        let mut all = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut all);
        Self { name: T::name().into_owned(), all }
    }
}

/// One way an operation answers.
#[derive(Clone)]
pub(crate) struct Gives {
    pub(crate) status: StatusCode,
    pub(crate) about: &'static str,
    pub(crate) media: &'static str,
    /// `None`: text or octets without a schema, or no body where `media` is empty.
    pub(crate) schema: Option<Named>,
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) about: &'static str,
    pub(crate) required: bool,
}

/// What a parameter is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Id,
    Flag,
    Number,
    Time,
    OneOf(&'static [&'static str]),
}

/// A parameter that may be given.
pub(crate) const fn may(name: &'static str, kind: Kind, about: &'static str) -> Param {
    Param { name, kind, about, required: false }
}

/// A parameter that must be given.
pub(crate) const fn must(name: &'static str, kind: Kind, about: &'static str) -> Param {
    Param { name, kind, about, required: true }
}

type Run = Box<dyn Fn(Api, Ask) -> Pin<Box<dyn Future<Output = Done> + Send>> + Send + Sync>;

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    pub(crate) who: Who,
    pub(crate) query: Vec<Param>,
    pub(crate) takes: Takes,
    pub(crate) body_max: u64,
    pub(crate) gives: Vec<Gives>,
    /// Needs `If-Match`.
    pub(crate) seen: bool,
    /// What `Idempotency-Key` does.
    pub(crate) once: Once,
    /// Says the batch it made in `Rolo-Batch`.
    pub(crate) batch: bool,
    /// Its answers may be kept by the answer cache.
    pub(crate) cached: bool,
    pub(crate) run: Run,
}

impl Operation {
    fn new(method: Method, path: &'static str, id: &'static str, title: &'static str) -> Self {
        let run: Run = Box::new(|_, _| Box::pin(async { Err(Refusal::from(rolo_core::Error::NotFound)) }));
        let once = if method == Method::GET { Once::Reads } else { Once::Kept };
        Self {
            method,
            path,
            id,
            title,
            about: "",
            who: Who::Account,
            query: Vec::new(),
            takes: Takes::Nothing,
            body_max: SMALL_BODY,
            gives: Vec::new(),
            seen: false,
            once,
            batch: false,
            cached: false,
            run,
        }
    }

    pub(crate) fn get(path: &'static str, id: &'static str, title: &'static str) -> Self {
        Self::new(Method::GET, path, id, title)
    }

    pub(crate) fn post(path: &'static str, id: &'static str, title: &'static str) -> Self {
        Self::new(Method::POST, path, id, title)
    }

    pub(crate) fn put(path: &'static str, id: &'static str, title: &'static str) -> Self {
        Self::new(Method::PUT, path, id, title)
    }

    pub(crate) fn patch(path: &'static str, id: &'static str, title: &'static str) -> Self {
        Self::new(Method::PATCH, path, id, title)
    }

    pub(crate) fn delete(path: &'static str, id: &'static str, title: &'static str) -> Self {
        Self::new(Method::DELETE, path, id, title)
    }

    /// What a reader of the reference has to know beyond the title.
    pub(crate) fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }

    pub(crate) fn open(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    pub(crate) fn query<const N: usize>(mut self, query: [Param; N]) -> Self {
        self.query = query.into();
        self
    }

    /// Takes JSON.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Takes::Json { schema: Named::of::<T>(), types: &["application/json"] };
        self
    }

    /// Takes JSON of something that is there already, whole or in part.
    pub(crate) fn takes_change<T: ToSchema>(mut self) -> Self {
        let types: &[_] = if self.method == Method::PATCH {
            &["application/merge-patch+json", "application/json"]
        } else {
            &["application/json"]
        };
        self.takes = Takes::Json { schema: Named::of::<T>(), types };
        self
    }

    pub(crate) fn takes_octets(mut self, most: u64) -> Self {
        self.takes = Takes::Octets;
        self.body_max = most;
        self
    }

    pub(crate) fn up_to(mut self, octets: u64) -> Self {
        self.body_max = octets;
        self
    }

    /// Answers JSON.
    pub(crate) fn gives<T: ToSchema>(mut self, status: StatusCode, about: &'static str) -> Self {
        self.gives.push(Gives { status, about, media: "application/json", schema: Some(Named::of::<T>()) });
        self
    }

    /// Answers something else.
    pub(crate) fn gives_media(mut self, status: StatusCode, media: &'static str, about: &'static str) -> Self {
        self.gives.push(Gives { status, about, media, schema: None });
        self
    }

    /// Answers without a body.
    pub(crate) fn gives_nothing(self, about: &'static str) -> Self {
        self.gives_media(StatusCode::NO_CONTENT, "", about)
    }

    /// Needs `If-Match`.
    pub(crate) fn seen(mut self) -> Self {
        self.seen = true;
        self
    }

    /// Cannot be answered again: a request with `Idempotency-Key` is refused with this reason.
    pub(crate) fn never_again(mut self, why: &'static str) -> Self {
        self.once = Once::Refused(why);
        self
    }

    /// Says its batch.
    pub(crate) fn in_batch(mut self) -> Self {
        self.batch = true;
        self
    }

    /// May be answered from the cache.
    pub(crate) fn cached(mut self) -> Self {
        self.cached = true;
        self
    }

    /// What answers it.
    pub(crate) fn by<F, A>(mut self, run: F) -> Self
    where
        F: Fn(Api, Ask) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Answer, Refusal>> + Send + 'static,
    {
        self.run = Box::new(move |api, ask| Box::pin(run(api, ask)));
        self
    }
}
