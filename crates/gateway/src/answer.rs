//! How one request is answered: is it for us, does it have to come back with TLS, and which site answers it.

use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::{
    files::path::is_trick,
    forwarded,
    gateway::{Counters, Shared},
    guard::Arriving,
    hosts::Host,
    listen::{Line, Seat},
    plan::Plan,
    timing::Watch,
    upstream::{Body, Peer, full, plain, said},
};

/// Asked by machines, by whichever name or address and without TLS. A redirect would look to them like health.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// Asked by a certificate authority, without TLS (RFC 8555 §8.3).
const CHALLENGES: &str = "/.well-known/acme-challenge/";
/// One year, the least that counts.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Answers one request that came over `line`.
pub(crate) async fn answer(
    plan: &Plan,
    mut request: Request<Arriving>,
    line: &Line,
    shared: &Shared,
) -> Response<Body> {
    let connection = Peer { address: line.address, tls: line.tls };
    let peer = forwarded::settle(&mut request, connection, &plan.trusted);
    let entry = plan.log.begin(&request, peer);
    let watch = Watch::begin(plan, &mut request);
    let mut response = match seat(plan, connection, peer, shared) {
        Ok(None) => decide(plan, request, line, peer, &shared.counters).await,
        Ok(Some(seat)) => seat.until_left(decide(plan, request, line, peer, &shared.counters).await),
        Err(Full) => too_many(),
    };
    watch.end(plan, &mut response);
    if plan.hsts && peer.tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    match entry {
        Some(entry) => entry.watch(response),
        None => response,
    }
}

/// Whoever asks has as much as they may.
struct Full;

/// A seat for the request of somebody a proxy speaks for: the proxy's connections are not counted, so what they ask for is.
fn seat(plan: &Plan, connection: Peer, visitor: Peer, shared: &Shared) -> Result<Option<Seat>, Full> {
    let counted = visitor.address.ip() != connection.address.ip() && plan.uncounted.holds(connection.address.ip());
    match plan.crowd_max.filter(|_| counted) {
        Some(most) => shared.crowd.enter(visitor.address.ip(), most).map(Some).ok_or(Full),
        None => Ok(None),
    }
}

fn too_many() -> Response<Body> {
    let mut response = said(StatusCode::TOO_MANY_REQUESTS, "Too much is asked for from your address at a time.");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

async fn decide(
    plan: &Plan,
    request: Request<Arriving>,
    line: &Line,
    peer: Peer,
    figures: &Counters,
) -> Response<Body> {
    let Some(host) = Host::of(&request) else {
        return said(StatusCode::BAD_REQUEST, "A request names one host.");
    };
    let path = request.uri().path();
    if !path.starts_with('/') || matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, None);
    }
    if is_trick(path) {
        return plain(StatusCode::BAD_REQUEST, None);
    }
    let probe = PROBES.contains(&path);
    if let Some(token) = path.strip_prefix(CHALLENGES).filter(|_| !line.tls) {
        match plan.challenges.answer(token) {
            Some(answer) => return Response::new(full(answer.into())),
            None if plan.challenges.are_alone() => return plain(StatusCode::NOT_FOUND, None),
            None => {}
        }
    }
    let misdirected = line.server_name.as_deref().is_some_and(|name| name != host.name) || !plan.knows(&host.name);
    if misdirected && !probe {
        return said(StatusCode::MISDIRECTED_REQUEST, "This server does not answer for that host.");
    }
    if let Some(port) = plan.redirect_to_https
        && !(peer.tls || probe || path.starts_with(CHALLENGES))
    {
        return to_https(&host, port, &request);
    }
    let asked = plan.site(&host.name, line.port).or_else(|| plan.sites.first().filter(|_| probe));
    let Some(site) = asked else {
        return said(StatusCode::MISDIRECTED_REQUEST, "This server does not answer for that host.");
    };
    site.answer(request, peer, figures).await
}

/// The same again, over TLS; method and body too (308).
fn to_https(host: &Host<'_>, port: u16, request: &Request<Arriving>) -> Response<Body> {
    let port = if port == 443 { String::new() } else { format!(":{port}") };
    let rest = request.uri().path_and_query().map_or("/", |rest| rest.as_str());
    let Ok(place) = HeaderValue::try_from(format!("https://{}{port}{rest}", host.in_url())) else {
        return plain(StatusCode::BAD_REQUEST, None);
    };
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, None);
    response.headers_mut().insert(header::LOCATION, place);
    response
}
