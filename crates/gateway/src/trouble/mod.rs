//! What somebody is told when a request could not be handed on: a page a person understands, or a problem document
//! (RFC 9457) for programs.
//!
//! The page stands alone: no script, no file, no other address, so that it is there when nothing else is.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};

use crate::{
    forwarded::X_REQUEST_ID,
    upstream::{Body, full},
};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// Nothing may be loaded and nothing run; the one style is named by its digest.
const POLICY: &str = "default-src 'none'; style-src 'sha256-dUtWDoAc4kNkMRlbOOgt31oQhKz+YAbdkaly/bdR3Ho='; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// Why a request has no answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The request cannot be handed on as it is; says why.
    Unsound(&'static str),
    /// Its body stood still for too long.
    Stalled,
    /// Its body is larger than this many octets.
    TooLarge(u64),
    /// It expects something nobody here knows.
    Expectation,
    /// A method that is not handed on.
    Method,
    /// This visitor has asked too often; how many seconds to wait.
    TooOften(u32),
    /// The upstream could not be reached.
    Unreachable,
    /// The upstream hung up or answered rubbish.
    Broken,
    /// All upstreams are known to be away; how many seconds until one is tried again.
    Away(u32),
    /// All upstreams have as much to do as they may.
    Busy,
    /// The upstream did not answer in time.
    Late,
    /// The request has come by here several times already.
    Loop,
}

impl Trouble {
    fn status(self) -> StatusCode {
        match self {
            Self::Unsound(_) => StatusCode::BAD_REQUEST,
            Self::Stalled => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Expectation => StatusCode::EXPECTATION_FAILED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unreachable | Self::Broken => StatusCode::BAD_GATEWAY,
            Self::Away(_) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Late => StatusCode::GATEWAY_TIMEOUT,
            Self::Loop => StatusCode::LOOP_DETECTED,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Unsound(_) => "This request cannot be answered",
            Self::Stalled => "Nothing more came",
            Self::TooLarge(_) => "That is too large",
            Self::Expectation => "That cannot be promised",
            Self::Method => "This cannot be done here",
            Self::TooOften(_) => "That was a little too often",
            Self::Unreachable | Self::Broken => "This page could not be fetched",
            Self::Away(_) => "Back in a moment",
            Self::Busy => "Too much at once",
            Self::Late => "This takes too long",
            Self::Loop => "This goes round in circles",
        }
    }

    fn detail(self) -> String {
        match self {
            Self::Unsound(why) => why.to_owned(),
            Self::Stalled => "The connection stood still in the middle of what you sent. Please send it again.".to_owned(),
            Self::TooLarge(most) => format!("At most {} can be sent here at once.", size(most)),
            Self::Expectation => "The request expects something this server does not know.".to_owned(),
            Self::Method => "The request's method is not handed on.".to_owned(),
            Self::TooOften(seconds) => format!("Please wait {seconds} seconds and try again."),
            Self::Unreachable => {
                "The server behind this page cannot be reached just now. It may be starting: try again in a moment.".to_owned()
            }
            Self::Broken => "The server behind this page hung up, or gave an answer nobody can read.".to_owned(),
            Self::Away(seconds) => {
                format!("The server behind this page is away. It is looked for again within {seconds} seconds.")
            }
            Self::Busy => "The servers behind this page have as much to do as they can. Try again in a moment.".to_owned(),
            Self::Late => {
                "The server behind this page did not answer in time. If you have sent something, look whether it arrived \
                 before you send it again."
                    .to_owned()
            }
            Self::Loop => "The request came back to where it had been before: this server is its own upstream.".to_owned(),
        }
    }

    fn retry_after(self) -> Option<u32> {
        match self {
            Self::TooOften(seconds) | Self::Away(seconds) => Some(seconds.max(1)),
            Self::Busy => Some(1),
            _ => None,
        }
    }
}

/// A size as a person says it.
fn size(octets: u64) -> String {
    match octets {
        0..1_024 => format!("{octets} octets"),
        1_024..1_048_576 => format!("{} KiB", octets >> 10),
        _ => format!("{} MiB", octets >> 20),
    }
}

/// Who is told: a person with a browser, or a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A page.
    Page,
    /// A problem document.
    Problem,
}

impl Told {
    /// A page for whoever asks for HTML outside `/v1`; a problem document for everybody else.
    pub(crate) fn by<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        if path.starts_with("/v1") && matches!(path.as_bytes().get(3), None | Some(b'/')) {
            return Self::Problem;
        }
        if takes_html(request.headers()) { Self::Page } else { Self::Problem }
    }
}

/// Whether somebody names HTML and does not refuse it.
fn takes_html(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|range| {
        let mut words = range.split(';').map(str::trim);
        let html = words.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        html && !words.any(|word| word.trim_start_matches("q=").trim_end_matches(['0', '.']).is_empty())
    })
}

/// The answer to a request that could not be handed on.
pub(crate) fn answer(trouble: Trouble, told: Told, request: &HeaderValue) -> Response<Body> {
    let status = trouble.status();
    let (kind, octets) = match told {
        Told::Page => ("text/html; charset=utf-8", page(trouble, request)),
        Told::Problem => ("application/problem+json", problem(trouble, request)),
    };
    let mut response = Response::new(full(Bytes::from(octets)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(X_REQUEST_ID, request.clone());
    if let Some(seconds) = trouble.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn page(trouble: Trouble, request: &HeaderValue) -> String {
    PAGE.replace("{style}", STYLE)
        .replace("{title}", trouble.title())
        .replace("{detail}", &trouble.detail())
        .replace("{status}", trouble.status().as_str())
        .replace("{request}", &spoken(request))
}

fn problem(trouble: Trouble, request: &HeaderValue) -> String {
    // No text of a trouble needs escaping in JSON, and `spoken` leaves none in a request's number.
    format!(
        r#"{{"type":"about:blank","title":"{}","status":{},"detail":"{}","request":"{}"}}"#,
        trouble.title(),
        trouble.status().as_u16(),
        trouble.detail(),
        spoken(request)
    )
}

/// A request's number with nothing in it that HTML or JSON would read.
fn spoken(request: &HeaderValue) -> String {
    let plain = |sign: &char| sign.is_ascii_alphanumeric() || "-_.:/+=@".contains(*sign);
    request.to_str().unwrap_or("").chars().filter(plain).collect()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    const ALL: [Trouble; 12] = [
        Trouble::Unsound("why"),
        Trouble::Stalled,
        Trouble::TooLarge(1 << 20),
        Trouble::Expectation,
        Trouble::Method,
        Trouble::TooOften(3),
        Trouble::Unreachable,
        Trouble::Broken,
        Trouble::Away(5),
        Trouble::Busy,
        Trouble::Late,
        Trouble::Loop,
    ];

    async fn text(trouble: Trouble, told: Told) -> (Response<()>, String) {
        let (parts, body) = answer(trouble, told, &HeaderValue::from_static("7f3k\"<")).into_parts();
        let octets = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(parts, ()), String::from_utf8(octets.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_page_stands_alone_and_runs_nothing() {
        for trouble in ALL {
            let (response, page) = text(trouble, Told::Page).await;
            assert!(page.contains(trouble.title()) && page.contains("request 7f3k</p>"), "{page}");
            for never in ["<script", " style=", "src=", "@import", "url(", "http://", "https://", "{"] {
                let outside = page.replace(STYLE, "");
                assert!(!outside.contains(never), "{never} in {outside}");
            }
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        }
    }

    #[test]
    fn the_policy_names_the_style_by_its_digest() {
        use base64::Engine as _;
        use sha2::Digest as _;
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
        assert!(POLICY.contains(&format!("'sha256-{digest}'")), "the style's digest is {digest}");
    }

    #[tokio::test]
    async fn a_program_gets_a_problem_document() {
        for trouble in ALL {
            let (response, document) = text(trouble, Told::Problem).await;
            let document: serde_json::Value = serde_json::from_str(&document).unwrap();
            assert_eq!(document["status"], response.status().as_u16());
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(document["request"], "7f3k");
        }
    }

    #[test]
    fn whoever_asks_for_html_is_a_person_unless_it_is_the_api() {
        let told = |path: &str, accept: &str| {
            Told::by(&Request::builder().uri(path).header(header::ACCEPT, accept).body(()).unwrap())
        };
        assert_eq!(told("/contacts", "text/html,application/xhtml+xml,*/*;q=0.8"), Told::Page);
        assert_eq!(told("/v10", "text/html;q=0.5"), Told::Page);
        for (path, accept) in [
            ("/v1", "text/html"),
            ("/v1/contacts", "text/html"),
            ("/contacts", "application/json"),
            ("/", "*/*"),
            ("/", "text/html;q=0"),
        ] {
            assert_eq!(told(path, accept), Told::Problem, "{path} {accept}");
        }
    }
}
