//! Hands spans to the collector, many at a time.

use std::time::Duration;

use anyhow::{Context as _, Result};
use opentelemetry::KeyValue;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SpanData, SpanExporter as _},
};
use tokio::sync::mpsc;
use tracing::{info, warn};

/// How long spans are gathered, and how many at most.
const GATHER: Duration = Duration::from_millis(200);
const BATCH_MAX: usize = 512;
/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the task that hands them on; it ends with the last sender.
pub(super) fn start(url: &str, waiting_max: usize) -> Result<mpsc::Sender<SpanData>> {
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", url.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build()
        .context("telemetry.otlp is no address of a collector")?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    exporter.set_resource(&Resource::builder_empty().with_service_name("rolo").with_attribute(version).build());
    let (queue, spans) = mpsc::channel(waiting_max);
    tokio::spawn(export(exporter, spans));
    Ok(queue)
}

async fn export(exporter: SpanExporter, mut spans: mpsc::Receiver<SpanData>) {
    let mut well = true;
    loop {
        let mut batch = Vec::new();
        if spans.recv_many(&mut batch, BATCH_MAX).await == 0 {
            return;
        }
        tokio::time::sleep(GATHER).await;
        while batch.len() < BATCH_MAX
            && let Ok(span) = spans.try_recv()
        {
            batch.push(span);
        }
        // Said once, not with every batch.
        match (exporter.export(batch).await, well) {
            (Err(error), true) => {
                warn!(error = %error, "the collector of traces does not take them; requests go on without");
                well = false;
            }
            (Ok(()), false) => {
                info!("the collector of traces takes them again");
                well = true;
            }
            _ => {}
        }
    }
}
