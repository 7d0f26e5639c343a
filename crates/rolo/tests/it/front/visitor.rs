//! A visitor with a real TLS client, who speaks HTTP/1.1 or HTTP/2, whichever he is told.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer},
};

/// Who asks, and what he shows.
#[derive(Clone)]
pub(crate) struct Visitor {
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    pub(crate) host: String,
    pub(crate) token: String,
}

/// An answer that is whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The only value of a header.
    pub(crate) fn said(&self, name: &str) -> &str {
        let values: Vec<_> = self.headers.get_all(name).iter().collect();
        assert_eq!(values.len(), 1, "{name}: {values:?}");
        values[0].to_str().unwrap()
    }
}

impl Visitor {
    /// Of a server with TLS on this port.
    pub(crate) fn over_tls(port: u16, trusted: &CertificateDer<'static>, protocol: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Self { port, tls: Some(Arc::new(config)), host: "localhost".to_owned(), token: String::new() }
    }

    /// Of a server without.
    pub(crate) fn plain(port: u16) -> Self {
        Self { port, tls: None, host: "localhost".to_owned(), token: String::new() }
    }

    pub(crate) fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// An answer whose body is still on its way.
    pub(crate) async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> http::Response<Incoming> {
        let two = self.tls.as_ref().is_some_and(|tls| tls.alpn_protocols[0] == b"h2");
        let mut request = Request::builder().method(method);
        if two {
            request = request.uri(format!("https://{}:{}{path}", self.host, self.port));
        } else {
            request = request.uri(path).header(header::HOST, format!("{}:{}", self.host, self.port));
        }
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let Some(tls) = &self.tls else { return one(TokioIo::new(stream), request).await };
        let name = "localhost".try_into().unwrap();
        let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&tls.alpn_protocols[0][..]));
        if !two {
            return one(TokioIo::new(stream), request).await;
        }
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let answer = self.open(method, path, headers, body.into()).await;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{method} {path}: {error}")).to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }
}

async fn one<S>(stream: TokioIo<S>, request: Request<Full<Bytes>>) -> http::Response<Incoming>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    sender.send_request(request).await.unwrap()
}
