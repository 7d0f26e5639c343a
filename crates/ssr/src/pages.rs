//! The server of pages: which request is drawn, which is a form of those without scripts, and what is answered when
//! drawing fails.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body;
use thiserror::Error;
use tracing::{error, warn};

use crate::{
    Ask, Figures, Visitor,
    draw::{Drawn, RefusedForm},
    engine::{Compiled, Engine, Failed, Limits},
    figures::Counters,
    packed::packed,
    page::{Shell, nonce},
};

/// What pages are made of.
pub struct PagesParts {
    /// The web app built for the server: one ES module that exports `needs` and `render`.
    pub bundle: Bytes,
    /// `index.html` of the web app.
    pub shell: Bytes,
    /// Its style sheets by path (`/assets/index-3f2a.css`): they travel in the page.
    pub styles: HashMap<String, Bytes>,
    /// What a drawing may cost.
    pub limits: Limits,
}

/// Why there are no pages.
#[derive(Debug, Error)]
pub enum Refused {
    /// The bundle is no module the engine can read.
    #[error("the web app's bundle for the server cannot be read: {0}")]
    Bundle(String),
    /// The shell is not the web app's page.
    #[error("the web app's page is not as it was built: it lacks a title, a head or its app element")]
    Shell,
    /// No thread could be started.
    #[error("no thread could be started for the first paint: {0}")]
    Threads(#[from] std::io::Error),
}

/// The server of pages.
pub struct Pages {
    pub(crate) engine: Engine,
    pub(crate) api: Arc<dyn Ask>,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    shell: Shell,
}

/// Says of an error that it is a page all the same: a gateway shows it, and serves no shell in its place.
const PAGE: HeaderName = HeaderName::from_static("rolo-page");

/// What a page may load and do: its own files and API, nothing from elsewhere; inline only the style sheets of this answer.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

impl Pages {
    /// Compiles the bundle and starts the engine.
    pub fn new(parts: PagesParts, api: Arc<dyn Ask>) -> Result<Self, Refused> {
        let shell = Shell::of(&parts.shell, &parts.styles).ok_or(Refused::Shell)?;
        let compiled = Compiled::of(&parts.bundle, parts.limits).map_err(|why| Refused::Bundle(why.to_string()))?;
        let engine = Engine::start(&compiled, parts.limits)?;
        Ok(Self { engine, api, limits: parts.limits, counters: Counters::default(), shell })
    }

    /// What was drawn so far, and what was not.
    pub fn figures(&self) -> Figures {
        self.counters.read()
    }

    /// Answers a request for a page, or a form that is sent without scripts (`POST /sign-in`, `POST /sign-out`).
    pub async fn answer<B>(&self, request: Request<B>, visitor: Visitor) -> Response<Bytes>
    where
        B: Body + Send,
        B::Data: Send,
        B::Error: std::fmt::Display,
    {
        let path = request.uri().path();
        match (request.method(), path) {
            (&Method::GET | &Method::HEAD, _) => {
                let (parts, _) = request.into_parts();
                let url = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
                self.page(url, &parts.headers, visitor, None, None).await
            }
            (&Method::POST, "/sign-in") => self.sign_in(request, visitor).await,
            (&Method::POST, "/sign-out") => self.sign_out(request, visitor).await,
            _ => {
                let mut response = words(StatusCode::METHOD_NOT_ALLOWED, "This page is only read.");
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
                response
            }
        }
    }

    /// The page at an address. `status` stands in for the page's own where a form was refused.
    pub(crate) async fn page(
        &self,
        url: &str,
        headers: &HeaderMap,
        visitor: Visitor,
        refused: Option<RefusedForm<'_>>,
        status: Option<StatusCode>,
    ) -> Response<Bytes> {
        match self.draw(url, headers, visitor, refused).await {
            Ok(Some(drawn)) => match self.dressed(&drawn, headers, status) {
                Some(response) => response,
                None => self.fall_back(&Failed::Threw("no page came out".to_owned()), headers),
            },
            Ok(None) => {
                self.counters.left_to_browser.fetch_add(1, Relaxed);
                self.bare(headers)
            }
            Err(why) => self.fall_back(&why, headers),
        }
    }

    /// The shell instead of an error: the browser draws by itself, and nobody is turned away.
    fn fall_back(&self, why: &Failed, headers: &HeaderMap) -> Response<Bytes> {
        match why {
            Failed::Threw(_) | Failed::Memory => error!(%why, "a page was left to the browser"),
            _ => warn!(%why, "a page was left to the browser"),
        }
        self.counters.fell_back(why);
        self.bare(headers)
    }

    fn bare(&self, headers: &HeaderMap) -> Response<Bytes> {
        let mut response = Response::new(self.shell.bare());
        dress(response.headers_mut(), &policy(""), "no-cache");
        pack(&mut response, headers);
        response
    }

    fn dressed(&self, drawn: &Drawn, headers: &HeaderMap, status: Option<StatusCode>) -> Option<Response<Bytes>> {
        let painted = &drawn.painted;
        if let Some(location) = &painted.location {
            self.counters.led_on.fetch_add(1, Relaxed);
            return elsewhere(location).map(|mut response| {
                add(response.headers_mut(), &drawn.cookies);
                response
            });
        }
        let nonce = nonce()?;
        let status = status.or_else(|| StatusCode::from_u16(painted.status).ok())?;
        let mut response = Response::new(Bytes::from(self.shell.around(drawn, &nonce)));
        *response.status_mut() = status;
        // What is drawn for somebody is theirs alone; the door is the same for all, and new at each visit.
        let cache = if headers.contains_key(header::COOKIE) { "private, no-store" } else { "no-cache" };
        dress(response.headers_mut(), &policy(&format!(" 'nonce-{nonce}'")), cache);
        if status.is_server_error() {
            response.headers_mut().insert(PAGE, HeaderValue::from_static("drawn"));
        }
        add(response.headers_mut(), &drawn.cookies);
        pack(&mut response, headers);
        self.counters.drawn.fetch_add(1, Relaxed);
        Some(response)
    }
}

fn add(headers: &mut HeaderMap, cookies: &[HeaderValue]) {
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
}

fn dress(headers: &mut HeaderMap, policy: &str, cache: &'static str) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("cookie, accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn pack(response: &mut Response<Bytes>, asked: &HeaderMap) {
    if let Some(small) = packed(response.body(), asked) {
        *response.body_mut() = small;
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let length = response.body().len();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
}

/// On to another page of this site; nothing for an address that leads elsewhere.
pub(crate) fn elsewhere(location: &str) -> Option<Response<Bytes>> {
    let within = location.starts_with('/')
        && !location.starts_with("//")
        && !location.contains('\\')
        && !location.contains(char::is_control);
    let location = within.then(|| HeaderValue::try_from(location).ok()).flatten()?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("cookie"));
    Some(response)
}

/// A sentence instead of a page.
pub(crate) fn words(status: StatusCode, text: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(text.as_bytes()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    response
}
