//! Pages drawn on the server: between the gateway, which hands requests on, and what draws, which asks the API.

use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use rolo_gateway::{Body, Peer, Upstream};
use rolo_ssr::{Ask, Pages, Visitor};

/// What a page asks for is drawn whole, so no answer may be larger.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Whoever draws pages, as the gateway sees them.
pub(crate) struct PagesUpstream(pub(crate) Arc<Pages>);

impl Upstream for PagesUpstream {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        let visitor = Visitor { address: peer.address, tls: peer.tls };
        Box::pin(async move { self.0.answer(request, visitor).await.map(whole) })
    }
}

/// The API, as whoever draws pages sees it: in this process or elsewhere.
pub(crate) struct Asked(pub(crate) Arc<dyn Upstream>);

#[async_trait]
impl Ask for Asked {
    async fn ask(&self, request: Request<Bytes>, visitor: Visitor) -> Response<Bytes> {
        let peer = Peer { address: visitor.address, tls: visitor.tls };
        let (parts, body) = self.0.answer(request.map(whole), peer).await.into_parts();
        if let Some(bytes) = gathered(body).await {
            return Response::from_parts(parts, bytes);
        }
        tracing::warn!("what a page asked for did not come whole");
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
    }
}

/// A body as a whole; nothing when it breaks off or is too large.
async fn gathered(mut body: Body) -> Option<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.ok()?.into_data() else { continue };
        if whole.len() + piece.len() > ANSWER_BYTES_MAX {
            return None;
        }
        whole.extend_from_slice(&piece);
    }
    Some(whole.freeze())
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}
