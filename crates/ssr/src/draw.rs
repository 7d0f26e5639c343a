//! Drawing: two rounds of questions to the API at most, then one call that turns the answers into a page.

use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use futures_util::future::join_all;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Visitor, engine::Failed, pages::Pages};

/// How often a page may ask: whose account it is decides what is asked next.
const ROUNDS: usize = 2;
/// So many calls a page may make.
const CALLS_MAX: usize = 12;
/// An answer larger than this is nothing for a first paint.
const ANSWER_MAX: usize = 2 << 20;

/// What a call of the API answered.
#[derive(Serialize)]
pub(crate) struct Answered {
    status: u16,
    body: Box<RawValue>,
}

/// All of a page's answers, by the call's path.
pub(crate) type Answers = IndexMap<String, Answered>;

/// What the page is told beside the API's answers: the same in the engine and, with the answers, in the browser.
#[derive(Serialize)]
pub(crate) struct Visit<'a> {
    /// The moment of the request, in milliseconds.
    pub(crate) now: u64,
    /// Whether the visitor's browser takes this site for safe: over TLS, or on the same machine.
    pub(crate) secure: bool,
    /// What a form that was sent said, and why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refused: Option<RefusedForm<'a>>,
}

/// A sign-in that was refused.
#[derive(Clone, Serialize)]
pub(crate) struct RefusedForm<'a> {
    pub(crate) email: &'a str,
    pub(crate) problem: &'a str,
}

/// A page as the bundle drew it.
#[derive(Deserialize)]
pub(crate) struct Painted {
    pub(crate) status: u16,
    /// Where the visitor is led instead.
    #[serde(default)]
    pub(crate) location: Option<String>,
    #[serde(skip)]
    pub(crate) html: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) lang: String,
    #[serde(default)]
    pub(crate) dir: String,
    #[serde(default)]
    pub(crate) theme: Option<String>,
    #[serde(default)]
    pub(crate) density: Option<String>,
    /// Style sheets of this page beside those of the shell.
    #[serde(default)]
    pub(crate) styles: Vec<String>,
    /// Chunks that this page needs at once.
    #[serde(default)]
    pub(crate) scripts: Vec<String>,
    /// Whether the browser goes on with these elements, or draws anew.
    #[serde(default)]
    pub(crate) hydrate: bool,
    /// Whether it is of no use without scripts, and says so to those who have none.
    #[serde(default)]
    pub(crate) needs_scripts: bool,
}

/// A drawn page, with what the browser needs to go on from there.
pub(crate) struct Drawn {
    pub(crate) painted: Painted,
    /// Answers and visit as JSON.
    pub(crate) state: String,
    /// Cookies the API renewed.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// What of the visitor's request goes along to the API.
const HANDED_ON: [HeaderName; 5] = [
    header::COOKIE,
    header::HOST,
    header::USER_AGENT,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
];

impl Pages {
    /// Draws the page at an address; nothing where the browser is to draw it.
    pub(crate) async fn draw(
        &self,
        url: &str,
        headers: &HeaderMap,
        visitor: Visitor,
        refused: Option<RefusedForm<'_>>,
    ) -> Result<Option<Drawn>, Failed> {
        let url = json(&url)?;
        let mut answers = Answers::new();
        let mut cookies = Vec::new();
        for _ in 0..ROUNDS {
            let (wanted, _) = self.run::<Option<Vec<String>>>("needs", vec![url.clone(), json(&answers)?]).await?;
            let Some(wanted) = wanted else { return Ok(None) };
            let wanted: Vec<_> = wanted.into_iter().filter(|path| !answers.contains_key(path)).collect();
            if wanted.is_empty() {
                break;
            }
            if answers.len() + wanted.len() > CALLS_MAX {
                return Err(Failed::Threw("the page asks too often".to_owned()));
            }
            let asked = join_all(wanted.iter().map(|path| self.ask(path, headers, visitor)));
            let asked = tokio::time::timeout(self.limits.answers, asked)
                .await
                .map_err(|_| Failed::Unanswered("it took too long".to_owned()))?;
            for (path, answer) in wanted.into_iter().zip(asked) {
                let answer = answer?;
                cookies.extend(answer.headers().get_all(header::SET_COOKIE).iter().cloned());
                answers.insert(path, read(&answer)?);
            }
        }
        let visit = Visit { now: now_ms(), secure: is_secure(headers, visitor), refused };
        let answers = json(&answers)?;
        let visit = json(&visit)?;
        let (painted, html) = self.run::<Painted>("render", vec![url, answers.clone(), visit.clone()]).await?;
        let painted = Painted { html: html.unwrap_or_default(), ..painted };
        Ok(Some(Drawn { painted, state: format!("{{\"answers\":{answers},\"visit\":{visit}}}"), cookies }))
    }

    /// What a function of the bundle answers, and its HTML.
    async fn run<T: for<'a> Deserialize<'a>>(
        &self,
        function: &'static str,
        arguments: Vec<String>,
    ) -> Result<(T, Option<String>), Failed> {
        let said = self.engine.call(function, arguments).await?;
        self.counters.cpu_ns.fetch_add(u64::try_from(said.cpu.as_nanos()).unwrap_or(u64::MAX), Relaxed);
        let answer = serde_json::from_str(&said.json)
            .map_err(|error| Failed::Threw(format!("{function} answered no page: {error}")))?;
        Ok((answer, said.html))
    }

    async fn ask(&self, path: &str, headers: &HeaderMap, visitor: Visitor) -> Result<Response<Bytes>, Failed> {
        if !path.starts_with("/v1/") {
            return Err(Failed::Threw(format!("a page asks for {path}, which is no call of the API")));
        }
        let mut request = Request::get(path).header(header::ACCEPT, "application/json");
        for name in &HANDED_ON {
            for value in headers.get_all(name) {
                request = request.header(name, value);
            }
        }
        let request = request.body(Bytes::new()).map_err(|error| Failed::Unanswered(error.to_string()))?;
        Ok(self.api.ask(request, visitor).await)
    }
}

/// An answer as the page sees it. What is neither an answer nor a refusal in JSON is a failure.
fn read(answer: &Response<Bytes>) -> Result<Answered, Failed> {
    let status = answer.status();
    let unexpected = |why: &str| Failed::Unanswered(format!("{status} {why}"));
    if answer.body().len() > ANSWER_MAX {
        return Err(unexpected("is too large"));
    }
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        return Err(unexpected(""));
    }
    let text = std::str::from_utf8(answer.body()).map_err(|_| unexpected("is not UTF-8"))?;
    let body = if text.trim().is_empty() { "null" } else { text };
    let body = serde_json::from_str(body).map_err(|_| unexpected("is not JSON"))?;
    Ok(Answered { status: status.as_u16(), body })
}

fn json<T: Serialize>(value: &T) -> Result<String, Failed> {
    serde_json::to_string(value).map_err(|error| Failed::Threw(error.to_string()))
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}

/// As browsers judge it: encrypted, or the same machine (W3C Secure Contexts §3.1).
fn is_secure(headers: &HeaderMap, visitor: Visitor) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    visitor.tls || name == "localhost" || name.ends_with(".localhost") || name == "::1" || name.starts_with("127.")
}
