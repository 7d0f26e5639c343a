//! One line, in each of the formats.

use std::{
    io::{self, Write},
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderValue, Method, Version};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::LogFormat;

/// What is known of a request when it is over.
pub(super) struct Line {
    pub(super) at: SystemTime,
    pub(super) request: Option<Box<[u8]>>,
    pub(super) client: IpAddr,
    pub(super) method: Method,
    pub(super) host: Option<Box<[u8]>>,
    pub(super) path: Box<[u8]>,
    pub(super) version: Version,
    pub(super) status: u16,
    pub(super) octets: u64,
    /// Whether the whole answer left; else it broke off, or the visitor did.
    pub(super) whole: bool,
    pub(super) took: Duration,
    pub(super) upstream: Option<Arc<str>>,
    pub(super) connections: String,
    pub(super) referrer: Option<Box<[u8]>>,
    pub(super) agent: Option<Box<[u8]>>,
}

/// The numbered connections a `Server-Timing` names (`c3, c4;desc=hit`), as `3 4`.
pub(super) fn connections(mut so_far: String, timing: &HeaderValue) -> String {
    for metric in timing.to_str().unwrap_or("").split(',') {
        let name = metric.split(';').next().unwrap_or("").trim();
        if let Some(number @ ("1" | "2" | "3" | "4" | "5")) = name.strip_prefix('c')
            && !so_far.contains(number)
        {
            if !so_far.is_empty() {
                so_far.push(' ');
            }
            so_far.push_str(number);
        }
    }
    so_far
}

#[derive(Serialize)]
struct Json<'a> {
    time: String,
    #[serde(rename = "request.id")]
    request: Option<String>,
    client: IpAddr,
    method: &'a str,
    host: Option<String>,
    path: String,
    protocol: &'static str,
    status: u16,
    octets: u64,
    whole: bool,
    duration_ms: f64,
    upstream: Option<&'a str>,
    connections: &'a str,
}

impl Line {
    pub(super) fn write(&self, format: LogFormat, out: &mut impl Write) -> io::Result<()> {
        match format {
            LogFormat::Json => self.json(out),
            LogFormat::Common => self.common(out),
            LogFormat::Combined => {
                self.common(out)?;
                write!(out, " \"{}\" \"{}\"", said(self.referrer.as_deref()), said(self.agent.as_deref()))
            }
        }?;
        out.write_all(b"\n")
    }

    fn common(&self, out: &mut impl Write) -> io::Result<()> {
        let at = self.timestamp().to_zoned(TimeZone::UTC);
        write!(
            out,
            "{} - - [{}] \"{} {} {}\" {} {}",
            self.client,
            at.strftime("%d/%b/%Y:%H:%M:%S %z"),
            escaped(self.method.as_str().as_bytes()),
            escaped(&self.path),
            self.protocol(),
            self.status,
            self.octets
        )
    }

    fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let line = Json {
            time: format!("{:.3}", self.timestamp()),
            request: self.request.as_deref().map(text),
            client: self.client,
            method: self.method.as_str(),
            host: self.host.as_deref().map(text),
            path: text(&self.path),
            protocol: self.protocol(),
            status: self.status,
            octets: self.octets,
            whole: self.whole,
            duration_ms: self.took.as_micros() as f64 / 1_000.0,
            upstream: self.upstream.as_deref(),
            connections: &self.connections,
        };
        serde_json::to_writer(out, &line).map_err(io::Error::from)
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::try_from(self.at).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn protocol(&self) -> &'static str {
        match self.version {
            Version::HTTP_10 => "HTTP/1.0",
            Version::HTTP_2 => "HTTP/2.0",
            _ => "HTTP/1.1",
        }
    }
}

/// What stands between quotes; nothing is `-`.
fn said(octets: Option<&[u8]>) -> String {
    octets.map_or_else(|| "-".to_owned(), escaped)
}

/// Quotes, backslashes and whatever is not plain ASCII as `\xHH`, so that a line is a line and a field a field.
fn escaped(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for &sign in octets {
        match sign {
            b'"' | b'\\' | 0..=0x1f | 0x7f.. => text.push_str(&format!("\\x{sign:02X}")),
            _ => text.push(char::from(sign)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(971_211_336_123),
            request: Some(Box::from(&b"7f3k"[..])),
            client: "192.0.2.7".parse().unwrap(),
            method: Method::GET,
            host: Some(Box::from(&b"rolo.example"[..])),
            path: Box::from(&b"/a\"b\xff"[..]),
            version: Version::HTTP_11,
            status: 200,
            octets: 2_326,
            whole: true,
            took: Duration::from_micros(1_234),
            upstream: Some(Arc::from("http://127.0.0.1:3333")),
            connections: "3 4".to_owned(),
            referrer: None,
            agent: Some(Box::from(&b"a \"browser\"\n"[..])),
        }
    }

    fn written(format: LogFormat) -> String {
        let mut out = Vec::new();
        line().write(format, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_common_formats_are_what_log_readers_know() {
        let common = "192.0.2.7 - - [10/Oct/2000:20:55:36 +0000] \"GET /a\\x22b\\xFF HTTP/1.1\" 200 2326";
        assert_eq!(written(LogFormat::Common), format!("{common}\n"));
        assert_eq!(written(LogFormat::Combined), format!("{common} \"-\" \"a \\x22browser\\x22\\x0A\"\n"));
    }

    #[test]
    fn the_json_line_is_one_object() {
        let written = written(LogFormat::Json);
        assert_eq!(written.matches('\n').count(), 1);
        let line: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(line["time"], "2000-10-10T20:55:36.123Z");
        assert_eq!(line["request.id"], "7f3k");
        assert_eq!(line["duration_ms"], 1.234);
        assert_eq!(line["connections"], "3 4");
        assert_eq!(line["path"], "/a\"b\u{fffd}");
        assert_eq!(line["upstream"], "http://127.0.0.1:3333");
    }

    #[test]
    fn only_numbered_connections_are_taken_from_server_timing() {
        let of = |text: &'static str| connections(String::new(), &HeaderValue::from_static(text));
        assert_eq!(of("c3;dur=0.2, c4;desc=hit, c5;dur=1"), "3 4 5");
        assert_eq!(of("cache;desc=hit, c4;desc=miss, c4, c55, db"), "4");
    }
}
