//! The answer to a request for a file: all of it, a part, or that the browser has it already.

use std::{borrow::Cow, io, os::unix::fs::MetadataExt as _};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use tracing::warn;

use super::{
    Content, Entry, Files, Form, SHELL,
    coding::Wanted,
    path,
    range::{Part, part},
};
use crate::upstream::{Body, empty, full, plain};

/// How much of a large file is read at a time: an answer that nobody takes holds as much.
const PIECE: usize = 16 * 1024;

/// What a request wants of a file.
#[derive(Clone)]
pub(crate) struct Wish<'a> {
    wanted: Wanted,
    /// Whether the octets are wanted, and not only the headers.
    octets: bool,
    /// What the browser has already, and which part it wants.
    conditions: Option<&'a HeaderMap>,
}

impl<'a> Wish<'a> {
    /// All that a request says.
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            wanted: Wanted::of(request.headers()),
            octets: request.method() != Method::HEAD,
            conditions: Some(request.headers()),
        }
    }

    /// Without conditions, which were said of another page.
    pub(crate) fn plainly<B>(request: &Request<B>) -> Wish<'static> {
        Wish { conditions: None, ..Wish::of(request) }
    }

    fn says(&self, name: header::HeaderName) -> Option<&'a HeaderValue> {
        self.conditions?.get(name)
    }
}

impl Files {
    /// Answers a GET or HEAD, if it names a file, or a folder with a page.
    pub(crate) async fn answer<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let name = path::file(request.uri().path())?;
        if let Some(entry) = self.by_path.get(&*name) {
            return entry.answer(&Wish::of(request)).await;
        }
        if name.is_empty() && !self.many_pages {
            return None;
        }
        if name.is_empty() || name.ends_with('/') {
            return self.by_path.get(&format!("{name}{SHELL}"))?.answer(&Wish::of(request)).await;
        }
        self.by_path.contains_key(&format!("{name}/{SHELL}")).then(|| beneath(request)).flatten()
    }

    /// The app's own page, which draws itself in the browser.
    pub(crate) async fn shell(&self, wish: &Wish<'_>) -> Option<Response<Body>> {
        if self.many_pages {
            return None;
        }
        self.by_path.get(SHELL)?.answer(wish).await
    }
}

/// A folder's page is beneath it: else what it names beside itself would be looked for above.
fn beneath<B>(request: &Request<B>) -> Option<Response<Body>> {
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    let place = HeaderValue::try_from(format!("{}/{query}", request.uri().path())).ok()?;
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, None);
    response.headers_mut().insert(header::LOCATION, place);
    Some(response)
}

impl Entry {
    /// None only when a file on disk has gone since.
    async fn answer(&self, wish: &Wish<'_>) -> Option<Response<Body>> {
        // The first of those that are wanted most: they are in the order of their size.
        let mut best = self.forms.last()?;
        let mut weight = wish.wanted.weight(best.coding);
        for form in &self.forms {
            let wanted = wish.wanted.weight(form.coding);
            if wanted > weight || (wanted == weight && wanted > 0 && best.coding == super::Coding::Identity) {
                (best, weight) = (form, wanted);
            }
        }
        best.answer(wish).await
    }
}

impl Form {
    async fn answer(&self, wish: &Wish<'_>) -> Option<Response<Body>> {
        match &self.content {
            Content::Memory(bytes) => {
                let head = Cow::Borrowed(&self.head);
                Some(respond(head, bytes.len() as u64, wish, |part| match part {
                    None => full(bytes.clone()),
                    Some((first, last)) => full(cut(bytes, first, last)),
                }))
            }
            Content::Disk(path) => {
                let opened = async {
                    let file = tokio::fs::File::open(path).await?;
                    let about = file.metadata().await?;
                    io::Result::Ok((file, about))
                };
                let (file, about) = match opened.await {
                    Ok(opened) => opened,
                    Err(error) => {
                        warn!(error = %error, file = %path.display(), "a file of a site could not be opened");
                        return None;
                    }
                };
                let mut head = self.head.clone();
                head.insert(header::CONTENT_LENGTH, HeaderValue::from(about.len()));
                let etag = format!(
                    "\"{:x}-{:x}-{:x}{}\"",
                    about.len(),
                    about.mtime(),
                    about.mtime_nsec(),
                    self.coding.ending()
                );
                if let Ok(etag) = HeaderValue::try_from(etag) {
                    head.insert(header::ETAG, etag);
                }
                let length = about.len();
                Some(respond(Cow::Owned(head), length, wish, |part| match part {
                    None => stream(file, 0, length),
                    Some((first, last)) => stream(file, first, last - first + 1),
                }))
            }
        }
    }
}

/// The answer with these headers, and with the octets if they are wanted.
fn respond(
    head: Cow<'_, HeaderMap>,
    length: u64,
    wish: &Wish<'_>,
    octets: impl FnOnce(Option<(u64, u64)>) -> Body,
) -> Response<Body> {
    let etag = head.get(header::ETAG);
    if let (Some(seen), Some(etag)) = (wish.says(header::IF_NONE_MATCH), etag)
        && names(seen, etag)
    {
        return unchanged(head.into_owned());
    }
    let range = wish.says(header::RANGE).filter(|_| wish.octets);
    let range = range.filter(|_| wish.says(header::IF_RANGE).is_none_or(|seen| Some(seen) == etag));
    let (status, place, part) = match part(range, length) {
        Part::Whole => (StatusCode::OK, None, None),
        Part::Some(first, last) => {
            (StatusCode::PARTIAL_CONTENT, Some(format!("bytes {first}-{last}/{length}")), Some((first, last)))
        }
        Part::Nowhere => {
            let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE, None);
            if let Ok(place) = HeaderValue::try_from(format!("bytes */{length}")) {
                response.headers_mut().insert(header::CONTENT_RANGE, place);
            }
            return response;
        }
    };
    let mut response = Response::new(if wish.octets { octets(part) } else { empty() });
    *response.status_mut() = status;
    *response.headers_mut() = head.into_owned();
    if let (Some(place), Some((first, last))) = (place, part) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(last - first + 1));
        if let Ok(place) = HeaderValue::try_from(place) {
            headers.insert(header::CONTENT_RANGE, place);
        }
    }
    response
}

/// The browser has it: only what may have changed about it (RFC 9110 §15.4.5).
fn unchanged(mut head: HeaderMap) -> Response<Body> {
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_ENCODING, header::ACCEPT_RANGES] {
        head.remove(name);
    }
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.headers_mut() = head;
    response
}

/// Whether an If-None-Match names this validator (weak comparison, RFC 9110 §13.1.2).
fn names(seen: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(seen), Ok(etag)) = (seen.to_str(), etag.to_str()) else { return false };
    seen == "*" || seen.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
}

fn cut(bytes: &Bytes, first: u64, last: u64) -> Bytes {
    let at = |octet: u64| usize::try_from(octet).unwrap_or(usize::MAX).min(bytes.len());
    bytes.slice(at(first)..at(last.saturating_add(1)))
}

/// A part of a file, read as the visitor takes it.
fn stream(mut file: tokio::fs::File, from: u64, count: u64) -> Body {
    let pieces = async move {
        file.seek(io::SeekFrom::Start(from)).await?;
        io::Result::Ok(ReaderStream::with_capacity(file.take(count), PIECE))
    };
    let pieces = futures_util::stream::once(pieces).try_flatten();
    StreamBody::new(pieces.map_ok(Frame::data).map_err(Into::into)).boxed_unsync()
}
