//! Counters for `/metrics`, in the text format of Prometheus. By operation, never by person.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use http::StatusCode;

use super::timing::Summary;

/// Upper ends of the duration buckets, in microseconds.
const BUCKETS: [u64; 10] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 250_000, 1_000_000, 10_000_000];

/// Everything counted since the start.
pub(crate) struct Counters {
    operations: BTreeMap<&'static str, PerOperation>,
    hits: AtomicU64,
    misses: AtomicU64,
    connections: [Connection; 3],
}

/// One of the numbered connections 3, 4 and 5.
#[derive(Default)]
struct Connection {
    times: AtomicU64,
    micros: AtomicU64,
}

impl Connection {
    fn used(&self, took: Duration) {
        self.times.fetch_add(1, Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }
}

#[derive(Default)]
struct PerOperation {
    /// 2xx, 3xx, 4xx, 5xx.
    statuses: [AtomicU64; 4],
    buckets: [AtomicU64; BUCKETS.len()],
    micros: AtomicU64,
}

impl Counters {
    pub(crate) fn new(operations: impl Iterator<Item = &'static str>) -> Self {
        let operations = operations.map(|id| (id, PerOperation::default())).collect();
        Self { operations, hits: AtomicU64::new(0), misses: AtomicU64::new(0), connections: Default::default() }
    }

    /// Counts one answer.
    pub(crate) fn answered(&self, operation: &str, status: StatusCode, took: Duration) {
        let Some(counts) = self.operations.get(operation) else { return };
        let class = usize::from(status.as_u16() / 100).clamp(2, 5) - 2;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = counts.statuses.get(class) {
            count.fetch_add(1, Relaxed);
        }
        counts.micros.fetch_add(micros, Relaxed);
        if let Some((_, count)) = BUCKETS.iter().zip(&counts.buckets).find(|(end, _)| micros <= **end) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Counts which connections one request used.
    pub(crate) fn used(&self, summary: &Summary) {
        let [api, cache, database] = &self.connections;
        api.used(summary.api);
        if let Some((took, _)) = summary.cache {
            cache.used(took);
        }
        if let Some((took, _)) = summary.database {
            database.used(took);
        }
    }

    /// Counts one question to the answer cache.
    pub(crate) fn asked_cache(&self, hit: bool) {
        if hit { &self.hits } else { &self.misses }.fetch_add(1, Relaxed);
    }

    /// All of it as text; operations nobody asked for are left out.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).map(|()| text).unwrap_or_default()
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "# HELP rolo_build_info The running version.\n# TYPE rolo_build_info gauge")?;
        writeln!(text, "rolo_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
        writeln!(
            text,
            "# HELP rolo_answer_cache_total Questions to the answer cache.\n# TYPE rolo_answer_cache_total counter"
        )?;
        writeln!(text, "rolo_answer_cache_total{{result=\"hit\"}} {}", self.hits.load(Relaxed))?;
        writeln!(text, "rolo_answer_cache_total{{result=\"miss\"}} {}", self.misses.load(Relaxed))?;
        writeln!(
            text,
            "# HELP rolo_connection_seconds Time of a request on a connection: 3 gateway to API, 4 API to cache, 5 API to database.\n\
             # TYPE rolo_connection_seconds summary"
        )?;
        for (number, connection) in (3..).zip(&self.connections) {
            let sum = Duration::from_micros(connection.micros.load(Relaxed)).as_secs_f64();
            writeln!(text, "rolo_connection_seconds_sum{{connection=\"{number}\"}} {sum}")?;
            writeln!(
                text,
                "rolo_connection_seconds_count{{connection=\"{number}\"}} {}",
                connection.times.load(Relaxed)
            )?;
        }
        writeln!(
            text,
            "# HELP rolo_requests_total Answers by operation and class of status.\n# TYPE rolo_requests_total counter"
        )?;
        for (id, counts) in self.asked() {
            for (class, count) in (2..).zip(&counts.statuses) {
                let count = count.load(Relaxed);
                if count > 0 {
                    writeln!(text, "rolo_requests_total{{operation=\"{id}\",status=\"{class}xx\"}} {count}")?;
                }
            }
        }
        writeln!(
            text,
            "# HELP rolo_request_seconds Time to the answer's head.\n# TYPE rolo_request_seconds histogram"
        )?;
        for (id, counts) in self.asked() {
            let mut below = 0;
            for (end, count) in BUCKETS.iter().zip(&counts.buckets) {
                below += count.load(Relaxed);
                let end = Duration::from_micros(*end).as_secs_f64();
                writeln!(text, "rolo_request_seconds_bucket{{operation=\"{id}\",le=\"{end}\"}} {below}")?;
            }
            let all = counts.all();
            let sum = Duration::from_micros(counts.micros.load(Relaxed)).as_secs_f64();
            writeln!(text, "rolo_request_seconds_bucket{{operation=\"{id}\",le=\"+Inf\"}} {all}")?;
            writeln!(text, "rolo_request_seconds_sum{{operation=\"{id}\"}} {sum}")?;
            writeln!(text, "rolo_request_seconds_count{{operation=\"{id}\"}} {all}")?;
        }
        Ok(())
    }

    fn asked(&self) -> impl Iterator<Item = (&&'static str, &PerOperation)> {
        self.operations.iter().filter(|(_, counts)| counts.all() > 0)
    }
}

impl PerOperation {
    fn all(&self) -> u64 {
        self.statuses.iter().map(|count| count.load(Relaxed)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_operation_and_class() {
        let counters = Counters::new(["getContact", "listLabels"].into_iter());
        counters.answered("getContact", StatusCode::OK, Duration::from_micros(700));
        counters.answered("getContact", StatusCode::NOT_FOUND, Duration::from_secs(100));
        counters.asked_cache(true);
        let millis = Duration::from_millis;
        counters.used(&Summary { api: millis(4), cache: Some((millis(1), false)), database: Some((millis(2), false)) });
        counters.used(&Summary { api: millis(2), cache: Some((millis(1), true)), database: None });
        let text = counters.text();
        assert!(text.contains("rolo_connection_seconds_sum{connection=\"3\"} 0.006\n"), "{text}");
        assert!(text.contains("rolo_connection_seconds_count{connection=\"4\"} 2\n"));
        assert!(text.contains("rolo_connection_seconds_count{connection=\"5\"} 1\n"));
        assert!(text.contains("rolo_requests_total{operation=\"getContact\",status=\"4xx\"} 1\n"));
        assert!(text.contains("rolo_request_seconds_bucket{operation=\"getContact\",le=\"0.0005\"} 0\n"));
        assert!(text.contains("rolo_request_seconds_bucket{operation=\"getContact\",le=\"10\"} 1\n"));
        assert!(text.contains("rolo_request_seconds_count{operation=\"getContact\"} 2\n"));
        assert!(text.contains("rolo_answer_cache_total{result=\"hit\"} 1\n"));
        assert!(!text.contains("listLabels"), "operations nobody asked for are left out");
    }
}
