//! Promise 4.1: which hosts are answered, who is sent to https, and who is told to stay there.

use std::sync::Arc;

use rolo_gateway::{Plan, Route, Site, Trusted};
use tokio::net::UnixStream;
use tokio_rustls::rustls::{
    ClientConfig, HandshakeKind, NamedGroup,
    client::{
        ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue, Tls13ClientSessionValue,
    },
    pki_types::ServerName,
    version::TLS13,
};

use crate::harness::{
    Does, Running, Tells, client, client_of, fetch, fetch_tls, get, http1, http2, known, plan, raw, self_signed, text,
    tls, whole,
};

#[tokio::test]
async fn before_anybody_said_this_machine_and_addresses_are_answered() {
    let running = Running::start(plan(&["127.0.0.1:0"])).await;
    let at = running.at(0).await;
    for host in ["localhost", "LOCALHOST:8080", "rolo.localhost", "127.0.0.1", "192.0.2.1:80", "[2001:db8::1]"] {
        assert_eq!(fetch(at, "/v1", host, &[]).await.status, 200, "{host}");
    }
    for host in ["example.com", "localhost.example.com", "127.0.0.1.example.com"] {
        assert_eq!(fetch(at, "/v1", host, &[]).await.status, 421, "{host}");
    }
}

#[tokio::test]
async fn once_said_other_hosts_are_refused_at_every_door() {
    let (certificates, folder) = self_signed(&["example.com"]);
    let unix = folder.path().join("rolo.sock");
    let mut plan = plan(&["127.0.0.1:0", "https://127.0.0.1:0", &format!("unix:{}", unix.display())]);
    plan.certificates = certificates;
    plan.hosts = known(&["example.com", "*.example.org"]);
    let running = Running::start(plan).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);
    for (host, status) in [
        ("example.com", 200),
        ("EXAMPLE.com.:8080", 200),
        ("a.example.org", 200),
        ("example.org", 421),
        ("evil.example", 421),
        ("localhost", 421),
        ("127.0.0.1", 421),
        ("[::1]", 421),
    ] {
        assert_eq!(fetch(open, "/v1", host, &[]).await.status, status, "{host}");
        let (mut ask, _connection) = http1(UnixStream::connect(&unix).await.unwrap()).await;
        assert_eq!(whole(ask.send_request(get("/v1", host, &[])).await.unwrap()).await.status, status, "{host}");
    }
    assert_eq!(fetch_tls(secret, "example.com", "/v1", "example.com").await.status, 200);
    assert_eq!(fetch_tls(secret, "127.0.0.1", "/v1", "127.0.0.1").await.status, 421);
    let (mut ask, _connection) = http2(tls(secret, "example.com", &client(&["h2"])).await.unwrap()).await;
    assert_eq!(whole(ask.send_request(get("https://evil.example/v1", "", &[])).await.unwrap()).await.status, 421);
}

#[tokio::test]
async fn a_request_names_one_host_and_no_more() {
    let running = Running::start(plan(&["127.0.0.1:0"])).await;
    let at = running.at(0).await;
    for hosts in [
        "",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost, example.com\r\n",
        "Host: user@localhost\r\n",
        "Host:\r\n",
    ] {
        let back = raw(at, &format!("GET /v1 HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n")).await;
        assert!(back.starts_with("HTTP/1.1 400 "), "{hosts:?}: {back}");
    }
    let differ = "GET http://localhost/v1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    assert!(raw(at, differ).await.starts_with("HTTP/1.1 400 "));
    let agree = "GET http://localhost/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(raw(at, agree).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_handshake_for_one_host_carries_no_request_for_another() {
    let (certificates, _folder) = self_signed(&["a.example.com", "b.example.com"]);
    let mut plan = plan(&["https://127.0.0.1:0"]);
    plan.certificates = certificates;
    plan.hosts = known(&["*.example.com"]);
    let running = Running::start(plan).await;
    let at = running.at(0).await;
    assert_eq!(fetch_tls(at, "a.example.com", "/v1", "A.example.com").await.status, 200);
    assert_eq!(fetch_tls(at, "a.example.com", "/v1", "b.example.com").await.status, 421);

    // A client that offers any ticket to any host is believed at none but its own.
    let client = Forgetful::client();
    let mut kinds = Vec::new();
    for name in ["a.example.com", "a.example.com", "b.example.com", "b.example.com"] {
        let stream = tls(at, name, &client).await.unwrap();
        kinds.push(stream.get_ref().1.handshake_kind().unwrap());
        let (mut ask, _connection) = http1(stream).await;
        assert_eq!(whole(ask.send_request(get("/v1", name, &[])).await.unwrap()).await.status, 200);
    }
    assert_eq!(kinds, [HandshakeKind::Full, HandshakeKind::Resumed, HandshakeKind::Full, HandshakeKind::Resumed]);
}

/// Keeps tickets without remembering whose they are.
#[derive(Debug)]
struct Forgetful(ClientSessionMemoryCache);

impl Forgetful {
    fn client() -> Arc<ClientConfig> {
        let mut config = ClientConfig::clone(&client_of(&["http/1.1"], &[&TLS13]));
        config.resumption = Resumption::store(Arc::new(Self(ClientSessionMemoryCache::new(32))));
        Arc::new(config)
    }

    fn any() -> ServerName<'static> {
        ServerName::try_from("any.example").unwrap()
    }
}

impl ClientSessionStore for Forgetful {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(Self::any(), group);
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.0.kx_hint(&Self::any())
    }

    fn set_tls12_session(&self, _: ServerName<'static>, _: Tls12ClientSessionValue) {}

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        None
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {}

    fn insert_tls13_ticket(&self, _: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(Self::any(), ticket);
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(&Self::any())
    }
}

fn twofold(redirect: Option<u16>, hsts: bool) -> (Plan, tempfile::TempDir) {
    let (certificates, folder) = self_signed(&["example.com"]);
    let mut plan = plan(&["127.0.0.1:0", "https://127.0.0.1:0"]);
    let routes = ["/healthz", "/.well-known/acme-challenge"].map(|path| Route::new(path, Arc::new(Tells) as _));
    plan.sites[0].routes.extend(routes);
    plan.certificates = certificates;
    plan.hosts = known(&["example.com"]);
    (Plan { redirect_to_https: redirect, hsts, ..plan }, folder)
}

#[tokio::test]
async fn who_comes_without_tls_is_sent_to_it_but_for_probes_and_challenges() {
    let (plan, _folder) = twofold(Some(443), false);
    let running = Running::start(plan).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);
    let sent = fetch(open, "/v1/contacts?q=a%20b", "example.com:8080", &[]).await;
    assert_eq!((sent.status, sent.header("location")), (308, "https://example.com/v1/contacts?q=a%20b"));
    let posted = "POST /v1 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert!(raw(open, posted).await.starts_with("HTTP/1.1 308 "));
    assert_eq!(fetch(open, "/v1", "evil.example", &[]).await.status, 421, "nobody is sent to a host that is not ours");
    assert_eq!(fetch(open, "/.well-known/acme-challenge/x", "example.com", &[]).await.status, 200);
    assert_eq!(fetch(open, "/healthz", "10.0.0.7:8080", &[]).await.status, 200, "machines ask by address");
    assert_eq!(fetch_tls(secret, "example.com", "/v1", "example.com").await.status, 200);

    let (other, _other_folder) = twofold(Some(8443), false);
    let other = Running::start(other).await;
    let sent = fetch(other.at(0).await, "/", "example.com", &[]).await;
    assert_eq!(sent.header("location"), "https://example.com:8443/");
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_tls_over_tls_alone() {
    let (plan, _folder) = twofold(None, true);
    let running = Running::start(plan).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);
    assert_eq!(fetch(open, "/v1", "example.com", &[]).await.header("strict-transport-security"), "");
    for path in ["/v1", "/nothing", "/%2e%2e"] {
        let answer = fetch_tls(secret, "example.com", path, "example.com").await;
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{path}");
    }
    let (plan, _folder) = twofold(None, false);
    let plain = Running::start(plan).await;
    let answer = fetch_tls(plain.at(1).await, "example.com", "/v1", "example.com").await;
    assert_eq!(answer.header("strict-transport-security"), "");
}

#[tokio::test]
async fn who_came_with_tls_to_a_trusted_proxy_is_not_sent_there_again() {
    let (mut plan, folder) = twofold(Some(443), true);
    let unix = folder.path().join("rolo.sock");
    plan.listens.push(format!("unix:{}", unix.display()).parse().unwrap());
    plan.trusted = Trusted::parse(&["192.0.2.0/24"]).unwrap();
    let running = Running::start(plan).await;
    let forwarded = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")];
    let (mut ask, _connection) = http1(UnixStream::connect(&unix).await.unwrap()).await;
    let answer = whole(ask.send_request(get("/v1", "example.com", &forwarded)).await.unwrap()).await;
    assert!(answer.text.contains("tls=true"), "{answer:?}");
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(
        fetch(running.at(0).await, "/v1", "example.com", &forwarded).await.status,
        308,
        "loopback is not trusted here"
    );
}

#[tokio::test]
async fn each_host_and_port_has_its_site() {
    let says = |word: &'static str| {
        Route::new("/v1", Arc::new(Does(move |_, _| async move { text(http::StatusCode::OK, word) })))
    };
    let site = |names: &[&str], listen, word| Site {
        names: names.iter().map(|name| name.parse().unwrap()).collect(),
        listen,
        routes: vec![says(word)],
        ..Site::default()
    };
    // A free port has to be known before the plan can name it.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut plan = plan(&["127.0.0.1:0", &free.to_string()]);
    plan.sites = vec![
        site(&["demo.example.com"], None, "demo"),
        site(&["api.example.com"], None, "api"),
        site(&["app.example.com"], Some(free.port()), "app at its port"),
    ];
    let running = Running::start(plan).await;
    let (usual, own) = (running.at(0).await, running.at(1).await);
    assert_eq!(fetch(usual, "/v1", "demo.example.com", &[]).await.text, "demo");
    assert_eq!(fetch(own, "/v1", "api.example.com", &[]).await.text, "api");
    assert_eq!(fetch(own, "/v1", "app.example.com", &[]).await.text, "app at its port");
    assert_eq!(fetch(usual, "/v1", "app.example.com", &[]).await.status, 421, "no site of that name at this port");
    assert_eq!(fetch(usual, "/v1", "example.com", &[]).await.status, 421);
    assert_eq!(fetch(own, "/v1", "localhost", &[]).await.status, 421);
    assert_eq!(fetch(own, "/healthz", "10.0.0.7", &[]).await.status, 404, "a probe is for whichever site there is");
}
