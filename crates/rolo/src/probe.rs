//! A visitor of our own: asks one thing over HTTP/1.1, with or without TLS or over a Unix socket, and says how it went. Which
//! certificate was shown it says, too; whether that is to be believed is for the caller to decide before anything is asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
        client::{
            WebPkiServerVerifier,
            danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        },
        crypto::ring,
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How much of an answer is read.
const BODY_MAX: usize = 16 * 1024 * 1024;

/// An open connection.
pub(crate) struct Probe {
    sender: SendRequest<Empty<Bytes>>,
    host: String,
    /// What was shown, when there is TLS.
    pub(crate) shown: Option<Shown>,
}

/// A certificate that was shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) certificate: Vec<u8>,
    /// Why nobody would believe it.
    pub(crate) doubt: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// From the question to the head of the answer.
    pub(crate) took: Duration,
}

impl Probe {
    /// Connects to `http://…`, `https://…` or `unix:/…`.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let opened = async {
            if let Some(path) = url.strip_prefix("unix:") {
                let stream = UnixStream::connect(path).await.with_context(|| format!("{path} does not answer"))?;
                return Self::over(stream, "localhost".to_owned(), None).await;
            }
            let uri: Uri = url.parse().with_context(|| format!("{url} is no address"))?;
            let host = uri.host().with_context(|| format!("{url} has no host"))?.to_owned();
            let bare = host.trim_matches(['[', ']']).to_owned();
            let tls = match uri.scheme_str() {
                Some("https") => true,
                Some("http") => false,
                _ => bail!("{url} is no address of a web server: write http:// or https://"),
            };
            let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
            let authority = uri.authority().map_or(host.as_str(), http::uri::Authority::as_str).to_owned();
            let stream = TcpStream::connect((bare.as_str(), port))
                .await
                .with_context(|| format!("{authority} does not answer"))?;
            let _ = stream.set_nodelay(true);
            if !tls {
                return Self::over(stream, authority, None).await;
            }
            let (stream, shown) = shake(stream, &bare).await?;
            Self::over(stream, authority, Some(shown)).await
        };
        timeout(CONNECT, opened)
            .await
            .with_context(|| format!("{url} does not answer within {} s", CONNECT.as_secs()))?
    }

    async fn over<S>(stream: S, host: String, shown: Option<Shown>) -> Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // Ends with its sender.
            let _ended = connection.await;
        });
        Ok(Self { sender, host, shown })
    }

    /// Asks for a path.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, token: Option<&str>) -> Result<Seen> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Empty::new()).with_context(|| format!("{path} is no path"))?;
        // The answer before this one may be on its last octets.
        self.sender.ready().await.context("the connection has ended")?;
        let began = Instant::now();
        let answered = async {
            let answer = self.sender.send_request(request).await.context("the connection ended before an answer")?;
            let took = began.elapsed();
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, BODY_MAX).collect().await;
            let body = body.map_err(|error| anyhow::anyhow!("the answer ended early: {error}"))?.to_bytes();
            Ok(Seen { status: parts.status, headers: parts.headers, body, took })
        };
        timeout(ANSWER, answered).await.with_context(|| format!("no answer within {} s", ANSWER.as_secs()))?
    }
}

async fn shake(stream: TcpStream, host: &str) -> Result<(tokio_rustls::client::TlsStream<TcpStream>, Shown)> {
    let provider = Arc::new(ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let looker = Arc::new(Looker { usual, seen: Mutex::new(None) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&looker) as _)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).with_context(|| format!("{host} is no name"))?;
    let stream =
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.context("no TLS could be agreed on")?;
    let shown = looker.seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok((stream, shown.context("no certificate was shown")?))
}

/// Looks at a certificate as a browser would, and goes on whatever it finds: the caller is told.
#[derive(Debug)]
struct Looker {
    usual: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<Shown>>,
}

impl ServerCertVerifier for Looker {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let doubt = self.usual.verify_server_cert(certificate, above, name, stapled, now).err();
        let shown = Shown { certificate: certificate.to_vec(), doubt: doubt.map(|doubt| doubt.to_string()) };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.usual.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}
