//! A site: path prefixes with their upstreams, the pages drawn by a server, and the files behind them.

use std::sync::{Arc, atomic::Ordering};

use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;

use crate::{
    files::{Files, Wish, path::is_page},
    gateway::Counters,
    guard::Arriving,
    hosts::HostPattern,
    timing::second,
    upstream::{Body, Peer, Upstream, empty, plain},
};

/// What whoever draws pages says of one that was drawn although its status is an error.
const PAGE: HeaderName = HeaderName::from_static("rolo-page");

/// One site. The order in which it looks: routes, an existing file, the pages, the app's page `index.html`.
#[derive(Clone, Default)]
pub struct Site {
    /// The hosts it answers; none: any.
    pub names: Vec<HostPattern>,
    /// The port it is on, when it is not on all of them.
    pub listen: Option<u16>,
    /// Paths that an upstream answers; earlier ones win.
    pub routes: Vec<Route>,
    /// The files behind everything else.
    pub files: Option<Files>,
    /// Who draws pages. When it cannot, the app's own page is served: it draws itself in the browser.
    pub pages: Option<Arc<dyn Upstream>>,
}

/// A path, with whoever answers it and what lies beneath it.
#[derive(Clone)]
pub struct Route {
    /// A path such as `/v1`; whole segments: it holds `/v1/contacts` and not `/v10`.
    pub prefix: String,
    /// Who answers.
    pub to: Arc<dyn Upstream>,
}

impl Route {
    /// A route from a path to an upstream.
    pub fn new(prefix: impl Into<String>, to: Arc<dyn Upstream>) -> Self {
        Self { prefix: prefix.into(), to }
    }

    fn holds(&self, path: &str) -> bool {
        let prefix = self.prefix.trim_end_matches('/');
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Site {
    /// Answers one request. A file costs no more than looking it up: only upstreams are handed a body.
    pub(crate) async fn answer(&self, request: Request<Arriving>, peer: Peer, figures: &Counters) -> Response<Body> {
        let path = request.uri().path();
        if let Some(route) = self.routes.iter().find(|route| route.holds(path)) {
            let request = named(request).map(|body| body.boxed_unsync());
            return second(route.to.answer(request, peer).await);
        }
        // A page's form, sent without scripts: only whoever draws pages knows which there are.
        if *request.method() == Method::POST
            && is_page(path)
            && let Some(pages) = &self.pages
        {
            let request = named(request).map(|body| body.map_err(Into::into).boxed_unsync());
            return pages.answer(request, peer).await;
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, Some((header::ALLOW, "GET, HEAD")));
        }
        if let Some(files) = &self.files
            && let Some(file) = files.answer(&request).await
        {
            return file;
        }
        if !is_page(path) {
            return plain(StatusCode::NOT_FOUND, None);
        }
        let Some(pages) = &self.pages else {
            return self.shell(&Wish::of(&request)).await.unwrap_or_else(|| plain(StatusCode::NOT_FOUND, None));
        };
        let wish = Wish::plainly(&request);
        let drawn = pages.answer(named(request).map(|_| empty()), peer).await;
        if !cannot(&drawn) {
            return drawn;
        }
        match self.shell(&wish).await {
            Some(shell) => {
                figures.fell_back.fetch_add(1, Ordering::Relaxed);
                shell
            }
            None => drawn,
        }
    }

    /// The app's own page.
    async fn shell(&self, wish: &Wish<'_>) -> Option<Response<Body>> {
        self.files.as_ref()?.shell(wish).await
    }
}

/// With its host where upstreams look for it: HTTP/2 says it elsewhere (RFC 9113 §8.3.1).
fn named(mut request: Request<Arriving>) -> Request<Arriving> {
    if !request.headers().contains_key(header::HOST)
        && let Some(host) = request.uri().authority().and_then(|host| HeaderValue::try_from(host.as_str()).ok())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    request
}

/// Whether nobody could draw the page: it is no answer about the page itself. One that was drawn and says that something
/// rests is one, and keeps its status.
fn cannot<B>(answer: &Response<B>) -> bool {
    matches!(answer.status(), StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
        && !answer.headers().contains_key(PAGE)
}
