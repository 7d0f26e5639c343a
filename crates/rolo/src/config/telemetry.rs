//! `[telemetry]`: whether the way of requests is told to a collector of traces.

use super::setting::section;

section! {
    /// The way of requests, told to a collector of traces (OpenTelemetry). Never what was asked for or answered.
    Telemetry = "telemetry" {
        /// Where the collector takes OTLP over HTTP, such as http://127.0.0.1:4318. Empty: nothing is told.
        otlp: String = String::new(),
        /// Which share of the requests is told, from 0 to 1, besides those that failed or were slow.
        share: f64 = 0.01,
        /// From how many milliseconds on a request is slow.
        slow_ms: u64 = 1_000,
    }
}
