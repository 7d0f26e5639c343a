//! `Server-Timing` of the connections visitors make themselves: 1 for pages and their files, 2 for calls that go on to an upstream;
//! and who writes down the way of requests, for traces. What an upstream said of the connections behind it stays.

use std::{
    fmt::Write as _,
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use crate::Plan;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// The trace a request belongs to (W3C Trace Context).
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Writes down the way of requests. Called with each, so it must be quick.
pub trait Journal: Send + Sync + 'static {
    /// A request came in. `given`: its `traceparent`, if a trusted caller sent one. Answers the one that goes on with it.
    fn begin(&self, given: Option<&HeaderValue>) -> HeaderValue;

    /// It was answered.
    fn note(&self, journey: Journey<'_>);
}

/// The way of one request through the gateway.
#[derive(Debug)]
pub struct Journey<'j> {
    /// Which connection the visitor used: 1 for a page or a file, 2 for what went on to an upstream.
    pub connection: u8,
    /// `traceparent` of a trusted caller.
    pub given: Option<&'j HeaderValue>,
    /// The one that went on with the request, as [`Journal::begin`] answered it.
    pub handed_on: &'j HeaderValue,
    /// The method.
    pub method: &'j Method,
    /// The path, without what was asked for in it.
    pub path: &'j str,
    /// What was answered.
    pub status: StatusCode,
    /// When it came in.
    pub began: SystemTime,
    /// How long until the head of its answer.
    pub took: Duration,
}

/// In the extensions of an answer that an upstream gave: it came over connection 2.
#[derive(Clone, Copy)]
struct Second;

/// Marks what an upstream answered to a call.
pub(crate) fn second<B>(mut response: Response<B>) -> Response<B> {
    response.extensions_mut().insert(Second);
    response
}

/// A request on its way: since when, and what is written down of it.
pub(crate) struct Watch {
    began: Instant,
    traced: Option<Traced>,
}

struct Traced {
    given: Option<HeaderValue>,
    handed_on: HeaderValue,
    method: Method,
    path: String,
}

impl Watch {
    /// Begins, and writes the trace the request belongs to into it.
    pub(crate) fn begin<B>(plan: &Plan, request: &mut Request<B>) -> Self {
        let began = Instant::now();
        let traced = plan.journal.as_ref().map(|journal| {
            let given = request.headers().get(TRACEPARENT).cloned();
            let handed_on = journal.begin(given.as_ref());
            request.headers_mut().insert(TRACEPARENT, handed_on.clone());
            let (method, path) = (request.method().clone(), request.uri().path().to_owned());
            Traced { given, handed_on, method, path }
        });
        Self { began, traced }
    }

    /// Says in the answer what was used, and tells the journal.
    pub(crate) fn end<B>(self, plan: &Plan, response: &mut Response<B>) {
        let took = self.began.elapsed();
        let connection = if response.extensions_mut().remove::<Second>().is_some() { 2 } else { 1 };
        tell(response.headers_mut(), connection, took);
        let (Some(journal), Some(traced)) = (&plan.journal, &self.traced) else { return };
        journal.note(Journey {
            connection,
            given: traced.given.as_ref(),
            handed_on: &traced.handed_on,
            method: &traced.method,
            path: &traced.path,
            status: response.status(),
            began: SystemTime::now().checked_sub(took).unwrap_or(SystemTime::UNIX_EPOCH),
            took,
        });
    }
}

/// Puts a connection in front of those that are told already.
fn tell(headers: &mut HeaderMap, connection: u8, took: Duration) {
    let mut said = Line { octets: [0; LINE_OCTETS_MAX], length: 0 };
    let micros = took.as_micros();
    let mut whole = write!(said, "c{connection};dur={}.{:03}", micros / 1000, micros % 1000).is_ok();
    for before in headers.get_all(SERVER_TIMING).iter().filter_map(|value| value.to_str().ok()) {
        whole &= write!(said, ", {before}").is_ok();
    }
    if !whole {
        return;
    }
    if let Ok(value) = HeaderValue::from_bytes(&said.octets[..said.length]) {
        headers.insert(SERVER_TIMING, value);
    }
}

/// Longer lines are an upstream's own, and stay as they are.
const LINE_OCTETS_MAX: usize = 256;

/// A line that is written without asking for memory: this is done for each answer.
struct Line {
    octets: [u8; LINE_OCTETS_MAX],
    length: usize,
}

impl std::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        self.octets.get_mut(self.length..end).ok_or(std::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::SocketAddr,
        sync::{Arc, Mutex},
    };

    use super::*;
    use crate::{Peer, Trusted, forwarded};

    const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const OURS: HeaderValue = HeaderValue::from_static("ours");

    /// Writes down what each request was given, and over which connection it came.
    #[derive(Default)]
    struct Book(Mutex<Vec<(u8, Option<HeaderValue>, String)>>);

    impl Journal for Book {
        fn begin(&self, _: Option<&HeaderValue>) -> HeaderValue {
            OURS
        }

        fn note(&self, journey: Journey<'_>) {
            assert_eq!((journey.handed_on, journey.status), (&OURS, StatusCode::OK));
            self.0.lock().unwrap().push((journey.connection, journey.given.cloned(), journey.path.to_owned()));
        }
    }

    #[test]
    fn the_trace_of_a_trusted_caller_goes_on_and_a_strangers_does_not() {
        let book = Arc::new(Book::default());
        let plan = Plan { journal: Some(Arc::clone(&book) as _), ..Plan::default() };
        let trusted = Trusted::parse(&["10.0.0.0/8"]).unwrap();
        for address in ["10.1.2.3:5", "192.0.2.1:5"] {
            let mut request = Request::get("/v1/contacts?q=secret").header(TRACEPARENT, GIVEN).body(()).unwrap();
            let address: SocketAddr = address.parse().unwrap();
            forwarded::settle(&mut request, Peer { address, tls: false }, &trusted);
            let watch = Watch::begin(&plan, &mut request);
            assert_eq!(request.headers()[TRACEPARENT], OURS, "the next server is told ours");
            watch.end(&plan, &mut second(Response::new(())));
        }
        let path = "/v1/contacts".to_owned();
        let given = Some(HeaderValue::from_static(GIVEN));
        assert_eq!(*book.0.lock().unwrap(), [(2, given, path.clone()), (2, None, path)]);
    }

    #[test]
    fn a_page_is_the_first_connection() {
        let mut page = Response::new(());
        Watch::begin(&Plan::default(), &mut Request::new(())).end(&Plan::default(), &mut page);
        assert!(page.headers()[SERVER_TIMING].to_str().unwrap().starts_with("c1;dur="), "{page:?}");
    }

    #[test]
    fn the_visitors_connection_stands_before_those_behind_it() {
        let mut headers = HeaderMap::new();
        tell(&mut headers, 1, Duration::from_micros(1_234));
        assert_eq!(headers[SERVER_TIMING], "c1;dur=1.234");
        let mut headers = HeaderMap::new();
        headers.append(SERVER_TIMING, HeaderValue::from_static("c3;dur=1.000"));
        headers.append(SERVER_TIMING, HeaderValue::from_static("c4;desc=hit"));
        tell(&mut headers, 2, Duration::from_micros(2_001));
        assert_eq!(headers[SERVER_TIMING], "c2;dur=2.001, c3;dur=1.000, c4;desc=hit");
        assert_eq!(headers.get_all(SERVER_TIMING).iter().count(), 1);
        let long = HeaderValue::try_from("x".repeat(LINE_OCTETS_MAX)).unwrap();
        headers.insert(SERVER_TIMING, long.clone());
        tell(&mut headers, 2, Duration::ZERO);
        assert_eq!(headers[SERVER_TIMING], long, "what others say at length stays as it is");
    }
}
