//! The door's forms, for those without scripts: sign in and sign out, each handed to the API as the visitor sent it, so
//! that it judges where it came from.

use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{
    Visitor,
    draw::RefusedForm,
    pages::{Pages, elsewhere, words},
};

/// A form of the door is short.
const FORM_MAX: usize = 16 << 10;

/// What says who asks, and from where.
const HANDED_ON: [HeaderName; 7] = [
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    header::USER_AGENT,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
];
/// What the API's answer says to the browser.
const HANDED_BACK: [HeaderName; 3] =
    [header::SET_COOKIE, HeaderName::from_static("clear-site-data"), header::RETRY_AFTER];

impl Pages {
    pub(crate) async fn sign_in<B>(&self, request: Request<B>, visitor: Visitor) -> Response<Bytes>
    where
        B: Body + Send,
        B::Data: Send,
        B::Error: std::fmt::Display,
    {
        let (parts, body) = request.into_parts();
        let Some(form) = read(&parts.headers, body).await else {
            return words(StatusCode::BAD_REQUEST, "This is not the form of the sign-in page.");
        };
        let said = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let body = json!({ "email": said("email").trim(), "password": said("password") });
        let call = call(&parts.headers, Method::POST, "/v1/sessions", Bytes::from(body.to_string()));
        let answer = self.api.ask(call, visitor).await;
        if answer.status().is_success() {
            let next =
                parts.uri.query().into_iter().flat_map(pairs).find(|(name, _)| name == "next").map(|(_, next)| next);
            let Some(mut response) = next.as_deref().and_then(elsewhere).or_else(|| elsewhere("/")) else {
                return words(StatusCode::INTERNAL_SERVER_ERROR, "");
            };
            hand_back(&answer, &mut response);
            if !said("never").is_empty() {
                // The browser's own choice, which only its scripts can keep: they read this at the next page.
                response
                    .headers_mut()
                    .append(header::SET_COOKIE, HeaderValue::from_static("rolo-device=no; Path=/; SameSite=Lax"));
            }
            return response;
        }
        let problem = problem(&answer);
        let status = match answer.status() {
            StatusCode::UNAUTHORIZED => StatusCode::UNPROCESSABLE_ENTITY,
            status if status.is_server_error() => StatusCode::SERVICE_UNAVAILABLE,
            status => status,
        };
        let url = parts.uri.path_and_query().map_or("/sign-in", http::uri::PathAndQuery::as_str);
        let refused = RefusedForm { email: said("email"), problem: &problem };
        let mut response = self.page(url, &parts.headers, visitor, Some(refused), Some(status)).await;
        hand_back(&answer, &mut response);
        response
    }

    pub(crate) async fn sign_out<B>(&self, request: Request<B>, visitor: Visitor) -> Response<Bytes>
    where
        B: Body + Send,
    {
        let call = call(request.headers(), Method::DELETE, "/v1/sessions/current", Bytes::new());
        let answer = self.api.ask(call, visitor).await;
        // Nobody was signed in: that is what was wanted.
        if !answer.status().is_success() && answer.status() != StatusCode::UNAUTHORIZED {
            return words(answer.status(), &problem(&answer));
        }
        let Some(mut response) = elsewhere("/sign-in") else { return words(StatusCode::INTERNAL_SERVER_ERROR, "") };
        hand_back(&answer, &mut response);
        response
    }
}

fn call(headers: &HeaderMap, method: Method, path: &'static str, body: Bytes) -> Request<Bytes> {
    let mut call = Request::new(body);
    *call.method_mut() = method;
    *call.uri_mut() = http::Uri::from_static(path);
    for name in &HANDED_ON {
        for value in headers.get_all(name) {
            call.headers_mut().append(name, value.clone());
        }
    }
    if !call.body().is_empty() {
        let length = call.body().len();
        call.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        call.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    call
}

fn hand_back(answer: &Response<Bytes>, response: &mut Response<Bytes>) {
    for name in &HANDED_BACK {
        for value in answer.headers().get_all(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
}

/// The API's own sentence for the person.
fn problem(answer: &Response<Bytes>) -> String {
    let said: Option<Value> = serde_json::from_slice(answer.body()).ok();
    let sentence =
        said.as_ref().and_then(|said| said.get("detail").or_else(|| said.get("title"))).and_then(Value::as_str);
    sentence.unwrap_or("That did not work. Nothing was changed.").to_owned()
}

async fn read<B>(headers: &HeaderMap, body: B) -> Option<Vec<(String, String)>>
where
    B: Body + Send,
    B::Data: Send,
    B::Error: std::fmt::Display,
{
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.split(';').next()?.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return None;
    }
    let mut form = Vec::new();
    let mut body = std::pin::pin!(body);
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.ok()?.into_data() else { continue };
        let length = data.remaining();
        if form.len() + length > FORM_MAX {
            return None;
        }
        form.extend_from_slice(&data.copy_to_bytes(length));
    }
    Some(pairs(std::str::from_utf8(&form).ok()?).collect())
}

/// The pairs of a form or a query; what is not UTF-8 is left out.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decoded =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    text.split('&').filter_map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    })
}
