//! Traces: the way of requests as spans, told to a collector by OTLP over HTTP. The numbers of the connections are those of
//! `Server-Timing`.
//!
//! Gateway and API tell what each request used when it is answered; only then it is known whether it was slow or failed, and only
//! then, or when it is one of the share that is told in any case, are spans made of it. So the quick way stays quick. Nothing that
//! somebody asked for or was answered is in a span: the operation, the path without its question, the status, times.

mod context;
mod export;

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Result, bail};
use http::{HeaderValue, StatusCode};
use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use rolo_core::contracts::Random;
use tokio::sync::mpsc;

use self::context::Context;
use crate::config::Config;

/// Spans that wait for the collector; what does not fit is left out.
const WAITING_MAX: usize = 4_096;

/// Who makes spans of what gateway and API tell.
pub(crate) struct Telemetry {
    queue: mpsc::Sender<SpanData>,
    random: Arc<dyn Random>,
    /// Of 2⁶⁴.
    share: u64,
    slow: Duration,
    scope: InstrumentationScope,
}

/// A span before it has its names.
struct Span {
    at: Context,
    parent: Option<[u8; 8]>,
    remote: bool,
    kind: SpanKind,
    name: Cow<'static, str>,
    connection: u8,
    began: SystemTime,
    took: Duration,
}

impl Telemetry {
    /// As the configuration says; `None` when nothing is told to anybody.
    pub(crate) fn of(config: &Config, random: Arc<dyn Random>) -> Result<Option<Arc<Self>>> {
        let settings = &config.telemetry;
        if settings.otlp.is_empty() {
            return Ok(None);
        }
        if !settings.otlp.starts_with("http://") {
            bail!("telemetry.otlp is http://HOST:PORT: put a collector on this machine, which may go on by https");
        }
        if !(0.0..=1.0).contains(&settings.share) {
            bail!("telemetry.share is a share, from 0 to 1");
        }
        let queue = export::start(&settings.otlp, WAITING_MAX)?;
        // The largest share is more than fits.
        let share = (settings.share * u64::MAX as f64) as u64;
        let slow = Duration::from_millis(settings.slow_ms);
        let scope = InstrumentationScope::builder("rolo").with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Some(Arc::new(Self { queue, random, share, slow, scope })))
    }

    /// A new trace.
    fn fresh(&self) -> Context {
        let mut octets = [0; 32];
        self.random.fill(&mut octets);
        let (trace, rest) = octets.split_at(16);
        let (span, dice) = rest.split_at(8);
        let whole = |octets: &[u8]| octets.try_into().unwrap_or([1; 8]);
        Context {
            trace: trace.try_into().unwrap_or([1; 16]),
            span: whole(span),
            sampled: u64::from_ne_bytes(whole(dice)) <= self.share && self.share > 0,
        }
    }

    /// Beneath what a caller said, or a new trace.
    fn beneath(&self, given: Option<Context>) -> Context {
        let fresh = self.fresh();
        given.map_or(fresh, |given| Context { trace: given.trace, span: fresh.span, sampled: given.sampled })
    }

    fn wants(&self, sampled: bool, took: Duration, status: StatusCode) -> bool {
        sampled || took >= self.slow || status.is_server_error()
    }

    fn send(&self, span: Span, status: Option<StatusCode>, more: impl IntoIterator<Item = KeyValue>) {
        let Span { at, parent, remote, kind, name, connection, began, took } = span;
        let mut attributes = vec![KeyValue::new("rolo.connection", i64::from(connection))];
        attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", i64::from(status.as_u16()))));
        attributes.extend(more);
        let failed = status.is_some_and(|status| status.is_server_error());
        let data = SpanData {
            span_context: SpanContext::new(
                TraceId::from_bytes(at.trace),
                SpanId::from_bytes(at.span),
                TraceFlags::SAMPLED,
                false,
                TraceState::default(),
            ),
            parent_span_id: parent.map_or(SpanId::INVALID, SpanId::from_bytes),
            parent_span_is_remote: remote,
            span_kind: kind,
            name,
            start_time: began,
            end_time: began + took,
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: if failed { Status::error("") } else { Status::Unset },
            instrumentation_scope: self.scope.clone(),
        };
        // A collector that is away or slow holds up nobody.
        let _left_out = self.queue.try_send(data);
    }
}

impl rolo_gateway::Journal for Telemetry {
    fn begin(&self, given: Option<&HeaderValue>) -> HeaderValue {
        self.beneath(given.and_then(Context::read)).header()
    }

    fn note(&self, journey: rolo_gateway::Journey<'_>) {
        let Some(at) = Context::read(journey.handed_on) else { return };
        if !self.wants(at.sampled, journey.took, journey.status) {
            return;
        }
        let given = journey.given.and_then(Context::read);
        let name = if journey.connection == 1 { "1 browser to gateway, page" } else { "2 browser to gateway, call" };
        let span = Span {
            at,
            parent: given.map(|given| given.span),
            remote: true,
            kind: SpanKind::Server,
            name: name.into(),
            connection: journey.connection,
            began: journey.began,
            took: journey.took,
        };
        let method = KeyValue::new("http.request.method", journey.method.as_str().to_owned());
        self.send(span, Some(journey.status), [method, KeyValue::new("url.path", journey.path.to_owned())]);
    }
}

impl rolo_api::Journal for Telemetry {
    fn note(&self, journey: rolo_api::Journey<'_>) {
        let given = journey.given.and_then(Context::read);
        let at = self.beneath(given);
        if !self.wants(at.sampled, journey.took, journey.status) {
            return;
        }
        for leg in &journey.legs {
            let name = if leg.connection == 4 { "4 API to cache" } else { "5 API to database" };
            let span = Span {
                at: self.beneath(Some(at)),
                parent: Some(at.span),
                remote: false,
                kind: SpanKind::Client,
                name: name.into(),
                connection: leg.connection,
                began: journey.began + leg.after,
                took: leg.took,
            };
            self.send(span, None, []);
        }
        let span = Span {
            at,
            parent: given.map(|given| given.span),
            remote: true,
            kind: SpanKind::Server,
            name: format!("3 gateway to API, {}", journey.operation).into(),
            connection: 3,
            began: journey.began,
            took: journey.took,
        };
        let method = KeyValue::new("http.request.method", journey.method.as_str().to_owned());
        let operation = KeyValue::new("rolo.operation", journey.operation);
        let hit = journey.hit.map(|hit| KeyValue::new("rolo.cache", if hit { "hit" } else { "miss" }));
        self.send(span, Some(journey.status), [method, operation].into_iter().chain(hit));
    }
}
