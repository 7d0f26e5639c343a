//! What a process without the API says of itself: whether it lives, whom it needs and whether they answer, what it counted.

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::future;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Full};
use rolo_gateway::{Body, Peer, Upstream};
use serde::Serialize;

use super::{
    certify::{Certify, Warning},
    figures::Figures,
};

/// The paths it answers.
pub(super) const PATHS: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/version"];

/// A neighbour that takes longer is down to whoever waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// A server that this process hands requests to.
#[derive(Clone)]
pub(super) struct Neighbour {
    /// What it is called: `api`, `ssr`, or its route.
    pub(super) name: String,
    /// The way to it.
    pub(super) way: Arc<dyn Upstream>,
    /// What it is asked.
    pub(super) path: String,
    /// Whether nothing can be served without it. A page without its SSR server is drawn by the browser.
    pub(super) needed: bool,
}

/// The answers of a process about itself.
pub(super) struct Door {
    neighbours: Vec<Neighbour>,
    figures: Arc<Figures>,
    certify: Arc<Certify>,
}

#[derive(Serialize)]
struct Readiness<'a> {
    ready: bool,
    culprits: Vec<&'a str>,
    services: Vec<State<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct State<'a> {
    name: &'a str,
    ok: bool,
}

impl Door {
    pub(super) fn new(neighbours: Vec<Neighbour>, figures: Arc<Figures>) -> Self {
        Self { neighbours, figures, certify: Arc::default() }
    }

    /// Where certificates are asked for, readiness tells of those that end.
    pub(super) fn certified(self, certify: Arc<Certify>) -> Self {
        Self { certify, ..self }
    }

    async fn readiness(&self) -> Response<Body> {
        let well = future::join_all(self.neighbours.iter().map(Neighbour::answers)).await;
        let states = || self.neighbours.iter().zip(&well);
        let services = states().map(|(neighbour, ok)| State { name: &neighbour.name, ok: *ok }).collect();
        let culprits: Vec<&str> = states()
            .filter(|(neighbour, ok)| neighbour.needed && !**ok)
            .map(|(neighbour, _)| neighbour.name.as_str())
            .collect();
        let ready = culprits.is_empty();
        let body = serde_json::to_vec(&Readiness { ready, culprits, services, warnings: self.certify.warnings() })
            .unwrap_or_default();
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        said(status, "application/json", body)
    }
}

impl Upstream for Door {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(async move {
            if !matches!(*request.method(), Method::GET | Method::HEAD) {
                return said(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "Only GET.\n");
            }
            match request.uri().path() {
                "/healthz" => said(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"),
                "/readyz" => self.readiness().await,
                "/version" => said(
                    StatusCode::OK,
                    "application/json",
                    format!("{{\"name\":\"rolo\",\"version\":\"{}\"}}", env!("CARGO_PKG_VERSION")),
                ),
                "/metrics" if here(&request, peer) => {
                    said(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", self.figures.text())
                }
                "/metrics" => said(
                    StatusCode::FORBIDDEN,
                    "text/plain; charset=utf-8",
                    "This process tells its figures on this machine only.\n",
                ),
                _ => said(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "Not found.\n"),
            }
        })
    }
}

impl Neighbour {
    /// Whether it answers, and well.
    async fn answers(&self) -> bool {
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let request = Request::builder().uri(&self.path).header(header::HOST, "localhost").body(body);
        let Ok(request) = request else { return false };
        let here = Peer { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), tls: false };
        let answer = tokio::time::timeout(PATIENCE, self.way.answer(request, here)).await;
        answer.is_ok_and(|answer| !answer.status().is_server_error())
    }
}

/// Whether the request comes from this machine and from nobody through it.
fn here(request: &Request<Body>, peer: Peer) -> bool {
    let headers = request.headers();
    peer.address.ip().to_canonical().is_loopback()
        && ["forwarded", "x-forwarded-for", "x-real-ip"].iter().all(|name| !headers.contains_key(*name))
}

fn said(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Full::new(body.into()).map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(StatusCode);

    impl Upstream for Always {
        fn answer(&self, _: Request<Body>, _: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
            Box::pin(async { said(self.0, "text/plain", "") })
        }
    }

    fn neighbour(name: &str, status: u16, needed: bool) -> Neighbour {
        let way = Arc::new(Always(StatusCode::from_u16(status).unwrap()));
        Neighbour { name: name.to_owned(), way, path: "/readyz".to_owned(), needed }
    }

    async fn ask(door: &Door, path: &str, from: &str, forwarded: bool) -> (u16, String) {
        let mut request = Request::builder().uri(path);
        if forwarded {
            request = request.header("x-forwarded-for", "192.0.2.1");
        }
        let request = request.body(Empty::new().map_err(|never| match never {}).boxed_unsync()).unwrap();
        let response = door.answer(request, Peer { address: from.parse().unwrap(), tls: false }).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn whoever_is_needed_and_does_not_answer_is_the_culprit_and_the_process_lives_on() {
        let door = |api, ssr| {
            let neighbours = vec![neighbour("api", api, true), neighbour("ssr", ssr, false)];
            Door::new(neighbours, Arc::default())
        };
        let here = "127.0.0.1:9";
        let ill =
            r#"{"ready":false,"culprits":["api"],"services":[{"name":"api","ok":false},{"name":"ssr","ok":true}]}"#;
        assert_eq!(ask(&door(502, 200), "/readyz", here, false).await, (503, ill.to_owned()));
        let (status, told) = ask(&door(200, 502), "/readyz", here, false).await;
        assert!(status == 200 && told.contains(r#"{"name":"ssr","ok":false}"#), "{told}");
        assert_eq!(ask(&door(502, 502), "/healthz", here, false).await, (200, "ok\n".to_owned()));
    }

    #[tokio::test]
    async fn figures_are_for_this_machine() {
        let door = Door::new(Vec::new(), Arc::default());
        assert_eq!(ask(&door, "/metrics", "[::1]:9", false).await, (200, Figures::default().text()));
        assert_eq!(ask(&door, "/metrics", "[::1]:9", true).await.0, 403, "through a proxy it is somebody else");
        assert_eq!(ask(&door, "/metrics", "192.0.2.1:9", false).await.0, 403);
        assert_eq!(ask(&door, "/elsewhere", "[::1]:9", false).await.0, 404);
    }
}
