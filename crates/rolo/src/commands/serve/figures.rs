//! What gateway and SSR server of this process have counted, in the text format of Prometheus.

use std::{
    fmt::{self, Write as _},
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock, PoisonError, RwLock, Weak},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use rolo_gateway::{Body, Gateway, Peer, Proxy, Upstream};
use rolo_ssr::Pages;

use super::certify::{Certify, Warning};

/// Whoever counts in this process, as far as they run in it. They are only looked at: what is told is reached through them,
/// and would else keep them, and the database behind them, from ever being closed.
#[derive(Default)]
pub(super) struct Figures {
    gateway: OnceLock<Weak<Gateway>>,
    pages: OnceLock<Weak<Pages>>,
    /// Servers elsewhere by the name they are told under, as the plan of now has them.
    elsewhere: RwLock<Vec<(String, Arc<Proxy>)>>,
}

impl Figures {
    pub(super) fn watch(&self, gateway: &Arc<Gateway>) {
        let _first = self.gateway.set(Arc::downgrade(gateway));
    }

    pub(super) fn draw(&self, pages: &Arc<Pages>) {
        let _first = self.pages.set(Arc::downgrade(pages));
    }

    pub(super) fn follow(&self, elsewhere: Vec<(String, Arc<Proxy>)>) {
        *self.elsewhere.write().unwrap_or_else(PoisonError::into_inner) = elsewhere;
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let _never_fails = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        if let Some(gateway) = self.gateway.get().and_then(Weak::upgrade) {
            let figures = gateway.figures();
            about(text, "rolo_gateway_connections", "gauge", "Connections that are open.")?;
            writeln!(text, "rolo_gateway_connections {}", figures.connections)?;
            about(
                text,
                "rolo_gateway_fell_back_total",
                "counter",
                "Pages that the SSR server could not give: the app's own was served.",
            )?;
            writeln!(text, "rolo_gateway_fell_back_total {}", figures.fell_back)?;
            about(
                text,
                "rolo_gateway_turned_away_total",
                "counter",
                "Connections and requests of addresses that had as many as they may.",
            )?;
            writeln!(text, "rolo_gateway_turned_away_total {}", figures.turned_away)?;
        }
        self.write_elsewhere(text)?;
        match self.pages.get().and_then(Weak::upgrade) {
            Some(pages) => drawn(text, &pages.figures()),
            None => Ok(()),
        }
    }

    fn write_elsewhere(&self, text: &mut String) -> fmt::Result {
        let elsewhere = self.elsewhere.read().unwrap_or_else(PoisonError::into_inner);
        if elsewhere.is_empty() {
            return Ok(());
        }
        about(text, "rolo_upstream_up", "gauge", "Whether a server elsewhere is asked.")?;
        about(text, "rolo_upstream_running", "gauge", "Requests it is busy with.")?;
        about(text, "rolo_upstream_failures_total", "counter", "Connections to it that failed.")?;
        for (name, proxy) in elsewhere.iter() {
            for standing in proxy.standing() {
                let labels = format!("{{route=\"{}\",upstream=\"{}\"}}", plain(name), plain(&standing.upstream));
                writeln!(text, "rolo_upstream_up{labels} {}", u8::from(standing.up))?;
                writeln!(text, "rolo_upstream_running{labels} {}", standing.running)?;
                writeln!(text, "rolo_upstream_failures_total{labels} {}", standing.failures)?;
            }
        }
        Ok(())
    }
}

/// What became of pages.
fn drawn(text: &mut String, figures: &rolo_ssr::Figures) -> fmt::Result {
    about(
        text,
        "rolo_ssr_pages_total",
        "counter",
        "Pages by what became of them; all but the first two were drawn by the browser.",
    )?;
    for (result, count) in [
        ("drawn", figures.drawn),
        ("led_on", figures.led_on),
        ("left_to_browser", figures.left_to_browser),
        ("threw", figures.threw),
        ("late", figures.late),
        ("memory", figures.memory),
        ("busy", figures.busy),
        ("unanswered", figures.unanswered),
    ] {
        writeln!(text, "rolo_ssr_pages_total{{result=\"{result}\"}} {count}")?;
    }
    about(text, "rolo_ssr_cpu_seconds_total", "counter", "Processor time spent drawing.")?;
    writeln!(text, "rolo_ssr_cpu_seconds_total {}", figures.cpu.as_secs_f64())
}

fn about(text: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
}

/// A name without what would end its label.
fn plain(name: &str) -> String {
    name.replace(['"', '\\', '\n'], " ")
}

/// The API's own figures with those of the gateway in the same process behind them.
pub(super) struct Told {
    pub(super) api: Arc<dyn Upstream>,
    pub(super) figures: Arc<Figures>,
    pub(super) certify: Arc<Certify>,
}

impl Told {
    /// What follows the API's own answer, or `None` when that is all.
    fn more(&self, path: &str, own: Bytes) -> Bytes {
        match path {
            "/metrics" => [own, Bytes::from(self.figures.text())].concat().into(),
            _ => warned(&own, &self.certify.warnings()).unwrap_or(own),
        }
    }
}

/// A readiness with what somebody has to look at before anybody notices. A certificate that ends takes no server out of service.
fn warned(own: &[u8], warnings: &[Warning]) -> Option<Bytes> {
    if warnings.is_empty() {
        return None;
    }
    let mut told: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(own).ok()?;
    told.insert("warnings".to_owned(), serde_json::to_value(warnings).ok()?);
    serde_json::to_vec(&told).ok().map(Bytes::from)
}

impl Upstream for Told {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        let path = request.uri().path().to_owned();
        if !matches!(&*path, "/metrics" | "/readyz") || request.method() != Method::GET {
            return self.api.answer(request, peer);
        }
        Box::pin(async move {
            let (mut parts, body) = self.api.answer(request, peer).await.into_parts();
            if path == "/metrics" && parts.status != StatusCode::OK {
                return Response::from_parts(parts, body);
            }
            parts.headers.remove(header::CONTENT_LENGTH);
            let own = body.collect().await.map(|whole| whole.to_bytes()).unwrap_or_default();
            let whole = Full::new(self.more(&path, own));
            Response::from_parts(parts, whole.map_err(|never| match never {}).boxed_unsync())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_warns_and_stays_what_it_is() {
        assert_eq!(warned(br#"{"ready":true}"#, &[]), None);
        let trouble = Some("the authority is away".to_owned());
        let warning =
            Warning { host: "book.example".to_owned(), until: Some("2026-12-24T00:00:00Z".parse().unwrap()), trouble };
        let told = warned(br#"{"ready":true}"#, &[warning]).unwrap();
        let wanted = r#"{"ready":true,"warnings":[{"host":"book.example","until":"2026-12-24T00:00:00Z","trouble":"the authority is away"}]}"#;
        assert_eq!(told, wanted);
    }
}
