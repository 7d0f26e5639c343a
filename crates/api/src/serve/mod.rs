//! A request's way through the door: first the short one, to an answer that is kept; else the long one.

mod identify;
mod once;

use std::{
    future::pending,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Instant, SystemTime},
};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::BodyExt as _;
use rolo_core::{Error, Seed, contracts::database::Heads};

use crate::{
    Api, Peer,
    answer::{Answer, Body, BoxError, Content, Done, Refusal, dress, whole},
    ask::{Ask, Known, origin, query::Query, seen},
    cache::{Kept, Key},
    route::{Found, Once, Operation},
    watch::{
        Journey,
        timing::{Summary, Timing},
    },
};

/// Longer URLs are nobody's: the longest there is chooses 1,000 contacts.
const URL_OCTETS_MAX: usize = 40 * 1024;

impl Api {
    /// Answers one request. There is no error: a failure is an answer too.
    pub async fn answer<B>(&self, request: Request<B>, peer: Peer) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let number = self.number();
        let timing = Timing::begun(self.0.journal.get().is_some());
        let (parts, body) = request.into_parts();
        if let Some(response) = timing.over(self.short_way(&parts, peer, &number, &timing)).await {
            return response;
        }
        let safe = parts.method.is_safe();
        let request = Request::from_parts(parts, body.map_err(Into::into).boxed_unsync());
        if safe {
            return self.long_way(request, peer, number, timing).await;
        }
        // A change that arrived is made also when whoever sent it has left: a page may be closed as soon as it shows it.
        let api = self.clone();
        let work = tokio::spawn(async move { api.long_way(request, peer, number, timing).await });
        match work.await.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(response) => response,
            Err(Ok(defect)) => resume_unwind(defect),
            // The process ends, and nobody waits any more.
            Err(Err(_)) => pending().await,
        }
    }

    /// The number of a request: of this process, and rising.
    fn number(&self) -> HeaderValue {
        HeaderValue::from(self.0.requests.fetch_add(1, Relaxed) + 1)
    }

    /// A kept answer that is still right, or nothing.
    async fn short_way(
        &self,
        request: &Parts,
        peer: Peer,
        number: &HeaderValue,
        timing: &Timing,
    ) -> Option<Response<Body>> {
        if request.method != Method::GET {
            return None;
        }
        let (remembered, heads) = self.remembered(&request.headers, peer.tls).await?;
        let url = request.uri.path_and_query()?.as_str().into();
        let account = remembered.known.caller.account();
        let asked = Instant::now();
        let kept = self.0.answers.get(&Key { account, access_epoch: heads.access_epoch, url }, &heads);
        timing.asked_answers(asked);
        let kept = kept?;
        let mut response = Response::new(whole(kept.body.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, kept.media_type.clone());
        if let Some(tag) = &kept.tag {
            headers.insert(header::ETAG, tag.clone());
        }
        let summary = timing.summary(Some(true));
        dress(headers, peer.tls, number, summary.header());
        if kept.tag.as_ref().is_some_and(|tag| seen::has(&request.headers, tag.as_bytes())) {
            not_modified(&mut response);
        }
        self.0.counters.asked_cache(true);
        self.0.counters.used(&summary);
        self.0.counters.answered(kept.operation, response.status(), summary.api);
        self.write_down(&request.headers, kept.operation, &request.method, response.status(), &summary, timing);
        Some(response)
    }

    /// Route, who asks, where from, the body, the verb.
    async fn long_way(
        &self,
        request: Request<Body>,
        peer: Peer,
        number: HeaderValue,
        timing: Arc<Timing>,
    ) -> Response<Body> {
        let (method, asked_with) = (request.method().clone(), request.headers().clone());
        let path = request.uri().path().to_owned();
        let (operation, cached, done) = match self.found(&request) {
            Ok(found) => {
                let (id, cached) = (found.operation.id, found.operation.cached.then_some(false));
                (id, cached, timing.over(self.perform(found, request, peer)).await)
            }
            Err(refusal) => ("", None, Err(refusal)),
        };
        let answer = done.unwrap_or_else(|refusal| {
            tell(&refusal, &method, &path, &number);
            refusal.answer()
        });
        let mut response = answer.into_response();
        let summary = timing.summary(cached);
        dress(response.headers_mut(), peer.tls, &number, summary.header());
        let tag = response.headers().get(header::ETAG).cloned();
        if method == Method::GET
            && response.status() == StatusCode::OK
            && tag.is_some_and(|tag| seen::has(&asked_with, tag.as_bytes()))
        {
            not_modified(&mut response);
        }
        if method == Method::HEAD {
            *response.body_mut() = whole(Bytes::new());
        }
        if cached.is_some() {
            self.0.counters.asked_cache(false);
        }
        self.0.counters.used(&summary);
        self.0.counters.answered(operation, response.status(), summary.api);
        self.write_down(&asked_with, operation, &method, response.status(), &summary, &timing);
        response
    }

    /// Tells the journal, if there is one.
    fn write_down(
        &self,
        headers: &http::HeaderMap,
        operation: &'static str,
        method: &Method,
        status: StatusCode,
        summary: &Summary,
        timing: &Timing,
    ) {
        let Some(journal) = self.0.journal.get() else { return };
        let began = SystemTime::now().checked_sub(summary.api).unwrap_or(SystemTime::UNIX_EPOCH);
        journal.note(Journey {
            given: headers.get("traceparent"),
            operation,
            method,
            status,
            hit: summary.cache.map(|(_, hit)| hit),
            began,
            took: summary.api,
            legs: timing.legs(),
        });
    }

    fn found(&self, request: &Request<Body>) -> Result<Found<'_>, Refusal> {
        let url = request.uri().path_and_query().map_or("/", |url| url.as_str());
        if url.len() > URL_OCTETS_MAX {
            return Err(Error::too_large("This address is longer than 40 KiB.").into());
        }
        self.0.router.find(request.method(), request.uri().path())
    }

    async fn perform(&self, found: Found<'_>, request: Request<Body>, peer: Peer) -> Done {
        let Found { operation, path } = found;
        let (parts, body) = request.into_parts();
        let (known, heads) = match self.identify(operation, &parts.headers, peer).await? {
            Some((known, heads)) => (Some(known), Some(heads)),
            None => (None, None),
        };
        if !parts.method.is_safe() && !bears_token(&parts.headers) {
            origin::same(
                &parts.headers,
                self.0.public_url.as_deref(),
                parts.uri.authority().map(http::uri::Authority::as_str),
                peer.tls,
            )?;
        }
        let url = parts.uri.path_and_query().map_or("/", |url| url.as_str()).to_owned();
        let names: Vec<&str> = operation.query.iter().map(|param| param.name).collect();
        let query = Query::read(parts.uri.query().unwrap_or(""), &names)?;
        for param in operation.query.iter().filter(|param| param.required) {
            query.required(param.name)?;
        }
        let (mut known, cacheable) = (known, operation.cached && parts.method == Method::GET);
        // What only reads may be content with what was so when it came in.
        if let (true, Some(known), Some(heads)) = (cacheable, &mut known, &heads) {
            known.caller = known.caller.as_of(heads.clone());
        }
        let key = known.as_ref().zip(heads).filter(|_| cacheable);
        let key = key.map(|(known, heads)| (kept_under(known, &heads, url), heads));
        let insists = seen_matters(operation, &parts.headers)?;
        let ask = Ask {
            operation: operation.id,
            path,
            query,
            known,
            seed: Seed::default(),
            body: body.into(),
            body_max: operation.body_max,
            parts,
            peer,
        };
        let done = self.guarded(operation, ask).await;
        let done = if insists { done.map_err(Refusal::despite_if_match) } else { done };
        if let (Some((key, heads)), Ok(answer)) = (key, &done) {
            self.keep(operation, key, heads, answer);
        }
        done
    }

    /// Runs the handler so that a defect in it is an answer, too.
    async fn guarded(&self, operation: &Operation, ask: Ask) -> Done {
        let work = async {
            if ask.headers().contains_key(once::KEY) {
                match operation.once {
                    Once::Reads => {}
                    Once::Kept => return self.once(operation, ask).await,
                    Once::Refused(why) => return Err(Error::invalid("Idempotency-Key", why).into()),
                }
            }
            (operation.run)(self.clone(), ask).await
        };
        AssertUnwindSafe(work)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::internal("a handler panicked").into()))
    }

    fn keep(&self, operation: &Operation, key: Key, heads: Heads, answer: &Answer) {
        let (Content::Whole(body), StatusCode::OK, true) = (&answer.content, answer.status, answer.keep) else {
            return;
        };
        let Some(media_type) = answer.headers.get(header::CONTENT_TYPE).cloned() else { return };
        let tag = answer.headers.get(header::ETAG).cloned();
        self.0.answers.keep(key, Kept { heads, operation: operation.id, media_type, tag, body: body.clone() });
    }
}

fn kept_under(known: &Known, heads: &Heads, url: String) -> Key {
    Key { account: known.caller.account(), access_epoch: heads.access_epoch, url: url.into() }
}

/// Refuses a write without `If-Match` where one is needed; answers whether it insists on a version.
fn seen_matters(operation: &Operation, headers: &http::HeaderMap) -> Result<bool, Refusal> {
    if !operation.seen {
        return Ok(false);
    }
    let seen = seen::read(headers)?.ok_or(Error::Unseen)?;
    Ok(seen.revision().is_some())
}

/// Whether the request proves itself by a token, which no browser sends by itself.
fn bears_token(headers: &http::HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION)
}

fn not_modified(response: &mut Response<Body>) {
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(header::CONTENT_TYPE);
    *response.body_mut() = whole(Bytes::new());
}

/// Logs what the person is not told: once, here.
fn tell(refusal: &Refusal, method: &Method, path: &str, number: &HeaderValue) {
    let request = number.to_str().unwrap_or("");
    let status = refusal.status.as_u16();
    match &refusal.cause {
        Some(cause) => tracing::error!(request.id = request, %method, path, status, %cause, "a request failed"),
        None => tracing::debug!(request.id = request, %method, path, status, "a request was refused"),
    }
}
