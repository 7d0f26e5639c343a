//! A collector of traces of the test's own: takes OTLP over HTTP and keeps the spans.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest, common::v1::any_value::Value, trace::v1::Span,
};
use prost::Message as _;

pub(crate) struct Collector {
    pub(crate) url: String,
    spans: mpsc::Receiver<Span>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, spans) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let tell = tell.clone();
                thread::spawn(move || take(stream.unwrap(), &tell));
            }
        });
        Self { url, spans }
    }

    /// Spans as they come, until `enough`.
    pub(crate) fn until(&self, enough: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let mut spans = Vec::new();
        while !enough(&spans) {
            match self.spans.recv_timeout(Duration::from_secs(20)) {
                Ok(span) => spans.push(span),
                Err(_) => panic!("no more spans: {spans:#?}"),
            }
        }
        spans
    }
}

fn take(stream: TcpStream, tell: &mpsc::Sender<Span>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut first, mut length, mut kind) = (String::new(), 0, String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(said) = line.strip_prefix("content-length: ") {
                length = said.parse().unwrap();
            } else if let Some(said) = line.strip_prefix("content-type: ") {
                said.clone_into(&mut kind);
            } else if first.is_empty() {
                first = line;
            } else if line.is_empty() {
                break;
            }
        }
        assert_eq!((first.as_str(), kind.as_str()), ("post /v1/traces http/1.1", "application/x-protobuf"));
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let request = ExportTraceServiceRequest::decode(&body[..]).unwrap();
        for resource in request.resource_spans {
            let named =
                resource.resource.unwrap().attributes.into_iter().find(|one| one.key == "service.name").unwrap();
            assert_eq!(named.value.unwrap().value, Some(Value::StringValue("rolo".to_owned())));
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                // Nobody may look any more.
                let _ = tell.send(span);
            }
        }
        stream
            .get_mut()
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    }
}

/// A word or number a span says of itself.
pub(crate) fn said(span: &Span, key: &str) -> String {
    let value = span.attributes.iter().find(|one| one.key == key).and_then(|one| one.value.clone()?.value);
    match value {
        Some(Value::StringValue(word)) => word,
        Some(Value::IntValue(number)) => number.to_string(),
        _ => String::new(),
    }
}
