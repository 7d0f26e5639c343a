//! How the authority is asked: HTTP over TLS, a connection a question; there are about ten of them in two months.

use std::{pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName},
    },
};

use crate::{tls::provider, upstream::BoxError};

/// How long one question may take.
const ASK_TIME: Duration = Duration::from_secs(30);
/// The longest answer.
const ANSWER_OCTETS_MAX: usize = 1024 * 1024;

/// Asks over TLS, and only those whom the public authorities or the plan's vouch for.
pub(super) struct Client {
    tls: TlsConnector,
}

impl Client {
    pub(super) fn new(authorities: &[CertificateDer<'static>]) -> Result<Self, BoxError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        roots.add_parsable_certificates(authorities.iter().cloned());
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)) })
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let asked = tokio::time::timeout(ASK_TIME, ask(self.tls.clone(), request));
        Box::pin(async move {
            match asked.await {
                Ok(Ok(response)) => Ok(BytesResponse::from(response)),
                Ok(Err(error)) => Err(Error::Other(error)),
                Err(_) => Err(Error::Other("the authority did not answer in time".into())),
            }
        })
    }
}

async fn ask(tls: TlsConnector, mut request: Request<BodyWrapper<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
    let uri = request.uri().clone();
    let (Some("https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(format!("{uri} is no address of an authority: it begins with https://").into());
    };
    let host = authority.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((bare, authority.port_u16().unwrap_or(443))).await?;
    let stream = tls.connect(ServerName::try_from(bare.to_owned())?, stream).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;

    request.headers_mut().insert(header::HOST, HeaderValue::from_str(authority.as_str())?);
    *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    let answer = async {
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = Limited::new(body, ANSWER_OCTETS_MAX).collect().await?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    };
    // The connection is driven only while it is needed, and closed by being dropped.
    tokio::select! {
        answer = answer => answer,
        Err(error) = connection => Err(error.into()),
    }
}
