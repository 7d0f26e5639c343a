//! A gateway for a test, those who answer behind it, and a client that shows what is on the wire.

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rolo_gateway::{
    Body, BoxError, Certificates, Gateway, HostPattern, Hosts, Peer, Plan, Route, Site, Stop, Upstream,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, DigitallySignedStruct, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        pki_types::{CertificateDer, ServerName, UnixTime},
        version::{TLS12, TLS13},
    },
};

/// A gateway that runs, and ends with its test.
pub(crate) struct Running {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) stop: Stop,
    pub(crate) ended: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(plan: Plan) -> Self {
        let gateway = Arc::new(Gateway::start(plan).await.unwrap());
        let stop = Stop::new();
        let ended = tokio::spawn({
            let (gateway, stop) = (Arc::clone(&gateway), stop.clone());
            async move { gateway.run(stop).await }
        });
        Self { gateway, stop, ended }
    }

    /// The address of its nth port.
    pub(crate) async fn at(&self, nth: usize) -> SocketAddr {
        self.gateway.addresses().await[nth].address().unwrap()
    }
}

/// Ports on loopback and one site that says what it was asked.
pub(crate) fn plan(listens: &[&str]) -> Plan {
    Plan {
        listens: listens.iter().map(|listen| listen.parse().unwrap()).collect(),
        sites: vec![Site { routes: vec![Route::new("/v1", Arc::new(Tells))], ..Site::default() }],
        ..Plan::default()
    }
}

pub(crate) fn known(hosts: &[&str]) -> Hosts {
    Hosts::Known(hosts.iter().map(|host| host.parse::<HostPattern>().unwrap()).collect())
}

/// Certificates of our own for the names, in a folder that outlives the test.
pub(crate) fn self_signed(names: &[&str]) -> (Certificates, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    (Certificates::self_signed(folder.path(), &names).unwrap(), folder)
}

pub(crate) fn text(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let body = Full::new(text.into()).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

/// An upstream made of a function.
pub(crate) struct Does<F>(pub(crate) F);

impl<F, O> Upstream for Does<F>
where
    F: Fn(Request<Body>, Peer) -> O + Send + Sync + 'static,
    O: Future<Output = Response<Body>> + Send + 'static,
{
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin((self.0)(request, peer))
    }
}

/// An upstream that tells what it was asked: method, version, path, whether over TLS, and the body.
pub(crate) struct Tells;

impl Upstream for Tells {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(async move {
            let said = format!(
                "{} {:?} {} tls={} host={} ",
                request.method(),
                request.version(),
                request.uri().path_and_query().unwrap(),
                peer.tls,
                request.headers().get(header::HOST).map_or("", |host| host.to_str().unwrap())
            );
            let body = request.into_body().collect().await.unwrap().to_bytes();
            text(StatusCode::OK, [said.as_bytes(), &body].concat())
        })
    }
}

/// An upstream that answers only once it is let.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) asked: Arc<Semaphore>,
    pub(crate) let_go: Arc<Semaphore>,
    pub(crate) answered: Arc<AtomicUsize>,
}

impl Held {
    pub(crate) fn new() -> Self {
        let none = || Arc::new(Semaphore::new(0));
        Self { asked: none(), let_go: none(), answered: Arc::default() }
    }
}

impl Upstream for Held {
    fn answer(&self, _: Request<Body>, _: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(async move {
            self.asked.add_permits(1);
            self.let_go.acquire().await.unwrap().forget();
            self.answered.fetch_add(1, Ordering::SeqCst);
            text(StatusCode::OK, "at last")
        })
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) type Ask1 = http1::SendRequest<Empty<Bytes>>;
pub(crate) type Ask2 = http2::SendRequest<Empty<Bytes>>;

/// A connection of HTTP/1.1, and when it ends.
pub(crate) async fn http1<S>(stream: S) -> (Ask1, JoinHandle<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (ask, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    (ask, tokio::spawn(async move { connection.await.unwrap_or_default() }))
}

/// A connection of HTTP/2, and when it ends.
pub(crate) async fn http2<S>(stream: S) -> (Ask2, JoinHandle<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (ask, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    (ask, tokio::spawn(async move { connection.await.unwrap_or_default() }))
}

pub(crate) fn get(uri: &str, host: &str, headers: &[(&str, &str)]) -> Request<Empty<Bytes>> {
    let mut request = Request::builder().uri(uri);
    if !host.is_empty() {
        request = request.header(header::HOST, host);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).unwrap()
}

pub(crate) async fn whole(response: Response<hyper::body::Incoming>) -> Answer {
    try_whole(response).await.unwrap()
}

pub(crate) async fn try_whole(response: Response<hyper::body::Incoming>) -> Result<Answer, BoxError> {
    let (head, body) = response.into_parts();
    let octets = body.collect().await?.to_bytes();
    let text = String::from_utf8_lossy(&octets).into_owned();
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, text })
}

/// One GET over a connection of its own.
pub(crate) async fn fetch(address: SocketAddr, path: &str, host: &str, headers: &[(&str, &str)]) -> Answer {
    try_fetch(address, path, host, headers).await.unwrap()
}

/// The same, when it may fail.
pub(crate) async fn try_fetch(
    address: SocketAddr,
    path: &str,
    host: &str,
    headers: &[(&str, &str)],
) -> Result<Answer, BoxError> {
    let (mut ask, _connection) = http1(TcpStream::connect(address).await?).await;
    try_whole(ask.send_request(get(path, host, headers)).await?).await
}

/// One GET over TLS and a connection of its own.
pub(crate) async fn fetch_tls(address: SocketAddr, name: &str, path: &str, host: &str) -> Answer {
    try_fetch_tls(address, name, path, host).await.unwrap()
}

/// The same, when it may fail.
pub(crate) async fn try_fetch_tls(address: SocketAddr, name: &str, path: &str, host: &str) -> Result<Answer, BoxError> {
    let (mut ask, _connection) = http1(tls(address, name, &client(&["http/1.1"])).await?).await;
    try_whole(ask.send_request(get(path, host, &[])).await?).await
}

/// Octets as they are, and all that comes back until the connection ends.
pub(crate) async fn raw(address: SocketAddr, octets: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(octets.as_bytes()).await.unwrap();
    let mut back = Vec::new();
    // A reset after the answer is an end as well.
    let _ = stream.read_to_end(&mut back).await;
    String::from_utf8_lossy(&back).into_owned()
}

/// A client of TLS that believes everything: which certificate is shown is what tests look at.
pub(crate) fn client(alpn: &[&str]) -> Arc<ClientConfig> {
    client_of(alpn, &[&TLS13, &TLS12])
}

pub(crate) fn client_of(
    alpn: &[&str],
    versions: &[&'static tokio_rustls::rustls::SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(rolo_gateway::tls::provider())
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Believes))
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(config)
}

pub(crate) async fn tls(
    address: SocketAddr,
    name: &str,
    client: &Arc<ClientConfig>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::clone(client)).connect(ServerName::try_from(name.to_owned()).unwrap(), stream).await
}

/// The certificate that was shown.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

#[derive(Debug)]
struct Believes;

impl ServerCertVerifier for Believes {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, tokio_rustls::rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, tokio_rustls::rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, tokio_rustls::rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rolo_gateway::tls::provider().signature_verification_algorithms.supported_schemes()
    }
}
