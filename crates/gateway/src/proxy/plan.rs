//! What a proxy is told: which upstreams, how they are chosen and checked, how long each phase of a request may take.

use std::{ops::RangeInclusive, time::Duration};

use tokio_rustls::rustls::pki_types::CertificateDer;

use super::{Address, UPSTREAMS_MAX};

/// Where a route leads, and how.
#[derive(Clone, Debug)]
pub struct ProxyPlan {
    /// The servers, any of which may answer.
    pub upstreams: Vec<Address>,
    /// Which of them is asked.
    pub choice: Choice,
    /// How many others are asked when one got nothing of a request; none is ever asked what another may have begun.
    pub retries: usize,
    /// Which `Host` they are told.
    pub host: HostTold,
    /// How long each phase may take.
    pub times: PhaseTimes,
    /// Whether they are asked now and then how they are; without it, only a failed connection is noticed.
    pub health: Option<HealthCheck>,
    /// How large a request's body may be.
    pub body_octets_max: u64,
    /// How many requests one upstream is given at a time; more are refused with 503.
    pub running_max: usize,
    /// How often one visitor may ask; without it, as often as they like.
    pub rate: Option<Rate>,
    /// Certificates of authorities beside the public ones, for `https://` upstreams.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// A body beyond this is refused, unless the route says otherwise: what the API takes as an upload, and some room.
const BODY_OCTETS_MAX: u64 = 1024 * 1024 * 1024;
/// How many requests one upstream is given at a time, unless the route says otherwise.
const RUNNING_MAX: usize = 2_048;

impl ProxyPlan {
    /// A plan for these upstreams, with what is usual for everything else.
    pub fn to(upstreams: impl IntoIterator<Item = Address>) -> Self {
        Self {
            upstreams: upstreams.into_iter().collect(),
            choice: Choice::LeastRunning,
            retries: UPSTREAMS_MAX - 1,
            host: HostTold::Kept,
            times: PhaseTimes::default(),
            health: None,
            body_octets_max: BODY_OCTETS_MAX,
            running_max: RUNNING_MAX,
            rate: None,
            authorities: Vec::new(),
        }
    }
}

/// How one of several upstreams is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one with the fewest running requests; of equals, each in turn.
    #[default]
    LeastRunning,
    /// Each in turn.
    InTurn,
}

/// Which `Host` an upstream is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostTold {
    /// The one the visitor asked for.
    #[default]
    Kept,
    /// The upstream's own.
    Upstream,
}

/// How long each phase of a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseTimes {
    /// Until the connection stands, its TLS included.
    pub connect: Duration,
    /// Between two pieces of a request's body, whichever side is slow.
    pub send: Duration,
    /// From the whole request to the first octet of the answer.
    pub first_octet: Duration,
    /// Between two pieces of the answer; server-sent events may be silent for as long as they like.
    pub between: Duration,
    /// How long an upgraded connection, a WebSocket, may be silent both ways.
    pub upgraded: Duration,
}

const CONNECT_TIME: Duration = Duration::from_secs(2);
const SEND_TIME: Duration = Duration::from_secs(60);
const FIRST_OCTET_TIME: Duration = Duration::from_secs(30);
const BETWEEN_TIME: Duration = Duration::from_secs(60);
const UPGRADED_TIME: Duration = Duration::from_secs(600);

impl Default for PhaseTimes {
    fn default() -> Self {
        Self {
            connect: CONNECT_TIME,
            send: SEND_TIME,
            first_octet: FIRST_OCTET_TIME,
            between: BETWEEN_TIME,
            upgraded: UPGRADED_TIME,
        }
    }
}

/// How an upstream is asked whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is fetched.
    pub path: String,
    /// How often; one that is out is asked at least every two seconds.
    pub interval: Duration,
    /// The statuses of one that is well.
    pub expected: RangeInclusive<u16>,
}

impl HealthCheck {
    /// Fetches `path` every two seconds and expects a 2xx.
    pub fn at(path: impl Into<String>) -> Self {
        Self { path: path.into(), interval: Duration::from_secs(2), expected: 200..=299 }
    }
}

/// How often one visitor, an IPv4 address or an IPv6 /64, may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second, on the long run.
    pub per_second: u32,
    /// Requests at once, after a pause.
    pub burst: u32,
}
