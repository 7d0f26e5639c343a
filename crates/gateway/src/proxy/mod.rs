//! The reverse proxy: hands a request to one of several servers and brings its answer back as it comes.
//!
//! A route's upstream may be in this process or behind a URL; [`Proxy`] is the second. It writes each request anew, keeps
//! connections for the next one, gives every phase its time, and turns whatever goes wrong into an answer. It reads no body,
//! keeps none, and never hands on an answer that is silently short.

mod address;
mod answer;
mod check;
mod hop;
mod line;
mod plan;
mod rate;
mod request;
mod sending;
mod server;
mod upgrade;

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use tokio::time::timeout;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, pki_types::CertificateDer};
use tracing::debug;

pub use self::{
    address::Address,
    plan::{Choice, HealthCheck, HostTold, PhaseTimes, ProxyPlan, Rate},
};
use self::{
    answer::Held,
    line::{Failed, Line},
    rate::Rates,
    request::{Outgoing, Via},
    sending::{Progress, Sending},
    server::{Place, Server},
};
use crate::{
    forwarded::X_REQUEST_ID,
    trouble::{self, Told, Trouble},
    upstream::{Body, Peer, Upstream},
};

/// How many upstreams a route may have; further ones are not asked.
const UPSTREAMS_MAX: usize = 64;

/// An upstream behind a URL, or several that answer alike.
pub struct Proxy {
    plan: ProxyPlan,
    upstreams: Arc<Upstreams>,
    rates: Option<Rates>,
    via: Via,
}

struct Upstreams {
    servers: Vec<Arc<Server>>,
    /// Whose turn it is, counted up.
    turn: AtomicUsize,
}

/// How one upstream stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its address.
    pub upstream: Arc<str>,
    /// Whether it is asked.
    pub up: bool,
    /// Requests it is busy with.
    pub running: usize,
    /// Connections to it that rest.
    pub resting: usize,
    /// Connections to it that failed, since the start.
    pub failures: u64,
}

impl Proxy {
    /// A proxy by this plan. Inside a runtime it checks its upstreams until it is dropped, if the plan says so.
    pub fn new(plan: ProxyPlan) -> Self {
        let tls = Arc::new(tls(&plan.authorities));
        let servers = plan.upstreams.iter().take(UPSTREAMS_MAX);
        let servers = servers.map(|address| Arc::new(Server::new(address.clone(), &tls))).collect();
        let upstreams = Arc::new(Upstreams { servers, turn: AtomicUsize::new(0) });
        if let Some(check) = &plan.health {
            check::start(&upstreams, check);
        }
        let rates = plan.rate.map(Rates::new);
        Self { plan, upstreams, rates, via: Via::new() }
    }

    /// How each upstream stands, for readiness and metrics.
    pub fn standing(&self) -> Vec<Standing> {
        let now = Instant::now();
        let standing = |server: &Arc<Server>| Standing {
            upstream: server.name.clone(),
            up: server.out_until(now).is_none(),
            running: server.running(),
            resting: server.resting_count(),
            failures: server.failures(),
        };
        self.upstreams.servers.iter().map(standing).collect()
    }

    async fn hand_on(&self, request: Request<Body>, visitor: Peer) -> Response<Body> {
        let told = Told::by(&request);
        let number = request::number(&request);
        let outcome = match self.allowed(visitor) {
            Ok(()) => request::prepare(request, visitor, &number, &self.plan, &self.via),
            Err(trouble) => Err((trouble, request.into_body())),
        };
        let outcome = match outcome {
            Ok(outgoing) => self.exchange(outgoing).await,
            Err((trouble, body)) => {
                sending::drain(body);
                Err(trouble)
            }
        };
        match outcome {
            Ok(mut response) => {
                // What a visitor can name to the administrator; an upstream's own number is the one in its log.
                response.headers_mut().entry(X_REQUEST_ID).or_insert(number.0);
                response
            }
            Err(trouble) => trouble::answer(trouble, told, &number.0),
        }
    }

    fn allowed(&self, visitor: Peer) -> Result<(), Trouble> {
        let Some(rates) = &self.rates else { return Ok(()) };
        rates.count(visitor.address.ip(), Instant::now()).map_err(Trouble::TooOften)
    }

    /// Asks one upstream after the other until one answers, as long as it is safe to ask the next.
    async fn exchange(&self, outgoing: Outgoing) -> Result<Response<Body>, Trouble> {
        let Outgoing { mut request, repeatable, mut upgrade } = outgoing;
        let host_is_ours = !request.headers().contains_key(header::HOST);
        let (mut tried, mut last) = (0_u64, None);
        loop {
            let (index, place) = match self.choose(tried) {
                Ok(chosen) => chosen,
                Err(none) => return Err(self.nobody(last, none)),
            };
            tried |= 1 << index;
            if host_is_ours {
                request.headers_mut().insert(header::HOST, place.server.authority.clone());
            }
            match self.ask(place, request, repeatable).await {
                Asked::Answered(response, held) => return self.answered(response, held, upgrade.take()),
                Asked::Failed(trouble) => return Err(trouble),
                Asked::Unsent(_, trouble) if tried.count_ones() as usize > self.plan.retries => return Err(trouble),
                Asked::Unsent(unsent, trouble) => {
                    request = unsent;
                    last = Some(trouble);
                }
            }
        }
    }

    /// Asks one upstream: on a connection that rested if there is one, and if that turns out to be dead, once more on a new one.
    async fn ask(&self, place: Place, mut request: Request<Sending>, repeatable: bool) -> Asked {
        let times = &self.plan.times;
        let server = Arc::clone(&place.server);
        let progress = request.body().progress();
        let mut rested = server.rested(repeatable, times.connect).await;
        loop {
            let is_new = rested.is_none();
            let mut line = match rested.take() {
                Some(line) => line,
                None => match server.connect(times.connect).await {
                    Ok(line) => line,
                    Err(error) => return Asked::Unsent(request, unreachable(&error)),
                },
            };
            let copy = (repeatable && !is_new).then(|| request::again(&request));
            let failed = match self.send(&mut line, request, progress.as_ref()).await {
                Ok(Ok(response)) => return Asked::Answered(response, Held { line, place, progress }),
                Ok(Err(failed)) => failed,
                Err(late) => return Asked::Failed(late),
            };
            request = match (failed, copy) {
                (Failed::Unsent(unsent), _) if is_new => return Asked::Unsent(*unsent, Trouble::Unreachable),
                (Failed::Unsent(unsent), _) => *unsent,
                (Failed::Unheard(_), Some(copy)) => copy,
                (Failed::Unheard(error) | Failed::Broken(error), _) => {
                    debug!(upstream = %server.name, error = %error, "an upstream gave no answer");
                    let own = progress.as_ref().and_then(Progress::trouble);
                    return Asked::Failed(own.unwrap_or(Trouble::Broken));
                }
            };
        }
    }

    async fn send(
        &self,
        line: &mut Line,
        request: Request<Sending>,
        progress: Option<&Progress>,
    ) -> Result<Result<Response<Incoming>, Failed>, Trouble> {
        let times = &self.plan.times;
        match progress {
            None => timeout(times.first_octet, line.send(request)).await.map_err(|_| Trouble::Late),
            Some(progress) => progress.watch(line.send(request), times).await,
        }
    }

    fn answered(
        &self,
        response: Response<Incoming>,
        held: Held,
        upgrade: Option<request::Upgrade>,
    ) -> Result<Response<Body>, Trouble> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let Held { line, place, .. } = held;
            let joined = upgrade::join(response, upgrade, place, self.plan.times.upgraded)?;
            line.upgraded();
            return Ok(joined);
        }
        if !hop::only_chunked(response.headers()) {
            return Err(Trouble::Broken);
        }
        Ok(answer::hand_back(response, held, self.plan.times.between))
    }

    /// The next upstream to ask, of those not in `tried`.
    fn choose(&self, tried: u64) -> Result<(usize, Place), Trouble> {
        let servers = &self.upstreams.servers;
        let now = Instant::now();
        let turn = match servers.len() {
            0 => return Err(Trouble::Away(1)),
            1 => 0,
            _ => self.upstreams.turn.fetch_add(1, Ordering::Relaxed),
        };
        let (mut passed, mut none) = (tried, None);
        loop {
            let left = (0..servers.len()).map(|step| (turn.wrapping_add(step)) % servers.len());
            let mut left = left.filter(|index| passed & (1 << index) == 0);
            let chosen = match self.plan.choice {
                Choice::InTurn => left.next(),
                Choice::LeastRunning => left.min_by_key(|index| servers[*index].running()),
            };
            let Some(index) = chosen else { return Err(none.unwrap_or_else(|| self.away(now))) };
            passed |= 1 << index;
            if !servers[index].may_be_asked(now) {
                continue;
            }
            match servers[index].place(self.plan.running_max) {
                Some(place) => return Ok((index, place)),
                None => none = Some(Trouble::Busy),
            }
        }
    }

    /// What is said when there is nobody left to ask: with one upstream what was wrong with it, with several that all are away.
    fn nobody(&self, last: Option<Trouble>, none: Trouble) -> Trouble {
        match last {
            Some(last) if self.upstreams.servers.len() == 1 || matches!(none, Trouble::Busy) => last,
            _ => none,
        }
    }

    /// All are away; the soonest is tried again after so many seconds.
    fn away(&self, now: Instant) -> Trouble {
        let soonest = self.upstreams.servers.iter().filter_map(|server| server.out_until(now)).min();
        let wait = soonest.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        Trouble::Away(wait.as_secs_f64().ceil().max(1.0) as u32)
    }
}

/// What came of asking one upstream.
enum Asked {
    Answered(Response<Incoming>, Held),
    /// It got nothing of the request: another one may be asked.
    Unsent(Request<Sending>, Trouble),
    Failed(Trouble),
}

fn unreachable(error: &io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::TimedOut { Trouble::Late } else { Trouble::Unreachable }
}

/// TLS towards upstreams: certificates are checked against the public authorities and those of the plan.
fn tls(authorities: &[CertificateDer<'static>]) -> ClientConfig {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(authorities.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(rustls::ALL_VERSIONS);
    // The provider speaks both versions; there is nothing else this could fail for.
    let mut config = match builder {
        Ok(builder) => builder.with_root_certificates(roots).with_no_client_auth(),
        Err(error) => unreachable!("ring speaks TLS 1.2 and 1.3: {error}"),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}

impl Upstream for Proxy {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(self.hand_on(request, peer))
    }
}
