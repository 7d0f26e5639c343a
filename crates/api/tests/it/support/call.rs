//! One request, made the way a test reads.

use std::{future::IntoFuture, net::SocketAddr, pin::Pin};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use rolo_api::{Api, Body, Peer};
use serde_json::Value;

use super::Person;

/// A request on its way.
pub(crate) struct Call<'a> {
    api: &'a Api,
    method: String,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: Peer,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Somebody elsewhere, without TLS.
pub(crate) fn peer() -> Peer {
    Peer { address: SocketAddr::from(([192, 0, 2, 7], 4711)), tls: false }
}

impl<'a> Call<'a> {
    pub(super) fn new(api: &'a Api, method: &str, path: String) -> Self {
        Self { api, method: method.to_owned(), path, headers: HeaderMap::new(), body: Vec::new(), peer: peer() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
        self
    }

    /// With this person's token.
    pub(crate) fn by(self, person: &Person) -> Self {
        let token = format!("Bearer {}", person.token);
        self.with("authorization", token)
    }

    /// With this person's cookie, from Rolo's own page.
    pub(crate) fn in_browser(self, person: &Person) -> Self {
        let cookie = format!("rolo={}", person.cookie);
        self.with("cookie", cookie).with("sec-fetch-site", "same-origin")
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        if media_type.is_empty() { self } else { self.with("content-type", media_type) }
    }

    pub(crate) fn seen(self, tag: impl AsRef<str>) -> Self {
        self.with("if-match", tag.as_ref())
    }

    pub(crate) fn from(mut self, peer: Peer) -> Self {
        self.peer = peer;
        self
    }

    /// A stream of events is heard to its first one only: it has no end.
    pub(crate) async fn send(self) -> Reply {
        let (parts, body) = self.answer().await.into_parts();
        let body = if parts.headers.get("content-type").is_some_and(|media| media == "text/event-stream") {
            Heard(body).next().await.unwrap_or_default().into()
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Listens to a stream of events, behind its greeting.
    pub(crate) async fn listen(self) -> Heard {
        let response = self.answer().await;
        assert_eq!(response.status(), 200);
        let mut heard = Heard(response.into_body());
        assert!(heard.next().await.unwrap().starts_with("retry: "), "a stream greets at once");
        heard
    }

    async fn answer(self) -> Response<Body> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(self.path)
            .body(Full::new(Bytes::from(self.body)))
            .unwrap();
        *request.headers_mut() = self.headers;
        self.api.answer(request, self.peer).await
    }
}

/// A stream of events.
pub(crate) struct Heard(Body);

impl Heard {
    /// What comes next; `None` when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let frame = self.0.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    /// Up to where the next news are; the test fails when something else comes.
    pub(crate) async fn news(&mut self) -> String {
        let event = self.next().await.expect("the stream goes on");
        let id = event.strip_prefix("event: changes\nid: ").and_then(|rest| rest.strip_suffix("\ndata: {}\n\n"));
        id.unwrap_or_else(|| panic!("no news: {event}")).to_owned()
    }
}

impl<'a> IntoFuture for Call<'a> {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem's status and field.
    pub(crate) fn refused(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{problem}");
        (self.status, problem["field"].as_str().unwrap_or("").to_owned())
    }

    /// The reply, when its status is this one.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
