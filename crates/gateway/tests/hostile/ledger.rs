//! A backend that writes down every request it was given whole, and names it in its answer.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use rolo_gateway::{Body, Peer, Upstream};

/// What stands in front of each sighting in an answer's body.
const MARK: &str = "saw: ";
/// The size of `/v1/large`, in octets.
pub(crate) const LARGE: usize = 64 * 1024 * 1024;
/// A piece of it: as much as is read of a file at a time.
const PIECE: usize = 16 * 1024;

/// Shared by each large answer on its way; clones of the ledger share the whole.
#[derive(Default)]
struct Shared(Arc<()>);

/// The requests the backend saw, in order.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    seen: Arc<Mutex<Vec<String>>>,
    leaving: Arc<Shared>,
}

impl Ledger {
    /// The sightings whose line begins so.
    pub(crate) fn seen(&self, path: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|line| line.split(' ').nth(1).is_some_and(|seen| seen.starts_with(path))).cloned().collect()
    }

    /// Begins anew.
    pub(crate) fn clear(&self) {
        self.seen.lock().unwrap().clear();
    }

    /// Every sighting that no answer among these octets names: requests that the front did not answer.
    pub(crate) fn unanswered(&self, path: &str, answers: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(answers);
        let mut named: Vec<&str> = text.split(MARK).skip(1).filter_map(|rest| rest.split('\n').next()).collect();
        let mut unanswered = self.seen(path);
        unanswered.retain(|line| match named.iter().position(|name| name == line) {
            Some(at) => {
                named.swap_remove(at);
                false
            }
            None => true,
        });
        unanswered
    }

    /// Writes a request down and answers it.
    fn note<B>(&self, request: &Request<B>, octets: usize) -> String {
        let line = format!("{} {} {octets}", request.method(), request.uri().path());
        self.seen.lock().unwrap().push(line.clone());
        format!("{MARK}{line}\n")
    }

    /// How many large answers are on their way.
    pub(crate) fn leaving(&self) -> usize {
        Arc::strong_count(&self.leaving.0) - 1
    }

    /// Made as it is taken.
    fn large(&self) -> Response<Body> {
        let leaving = Arc::clone(&self.leaving.0);
        let pieces = (0..LARGE / PIECE).map(move |_| {
            let _on_its_way = &leaving;
            Ok::<_, Infallible>(Frame::data(Bytes::from(vec![b'x'; PIECE])))
        });
        let body = StreamBody::new(futures_util::stream::iter(pieces)).map_err(|never| match never {});
        Response::new(UnsyncBoxBody::new(body))
    }

    /// What any HTTP server does with a request of this ledger.
    pub(crate) async fn reply<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Unpin,
    {
        let (head, mut body) = request.into_parts();
        let head = Request::from_parts(head, ());
        let path = head.uri().path();
        if path.ends_with("/early") {
            // Answered without reading what belongs to it: whatever follows is no request.
            return said(StatusCode::PAYLOAD_TOO_LARGE, self.note(&head, 0));
        }
        if path.ends_with("/count") {
            return said(StatusCode::OK, self.seen.lock().unwrap().len().to_string());
        }
        if path.ends_with("/large") {
            return self.large();
        }
        if path.ends_with("/hold") {
            return std::future::pending().await;
        }
        let mut octets = 0;
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => octets += frame.data_ref().map_or(0, Bytes::len),
                Err(_) => return said(StatusCode::BAD_REQUEST, "the body broke off".to_owned()),
            }
        }
        said(StatusCode::OK, self.note(&head, octets))
    }
}

impl Upstream for Ledger {
    fn answer(&self, request: Request<Body>, _: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(self.reply(request))
    }
}

fn said(status: StatusCode, text: String) -> Response<Body> {
    let body = Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync();
    Response::builder().status(status).body(body).unwrap()
}
