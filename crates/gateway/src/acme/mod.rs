//! Certificates from an authority that speaks ACME (RFC 8555): asked for and renewed in the background, kept in a folder, and
//! shown without anybody noticing.
//!
//! Nobody waits for the authority: until there is a certificate the gateway shows what it has, and while the authority is away
//! the old one serves. [`Acme::standing`] tells readiness when that will not go on for long.

mod challenge;
mod client;
mod issue;
mod keep;
mod validity;
mod when;

use std::{
    collections::HashMap,
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio_rustls::rustls::pki_types::{
    CertificateDer,
    pem::{self, PemObject as _},
};
use tracing::{info, warn};

pub use challenge::Challenges;

use self::{keep::Folder, validity::Validity};
use crate::{Certificates, Stop};

/// The time at which something happens: the machine's, or a test's.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// How often what is due is looked at, at least: a machine may have slept, and its clock may have been set.
const LOOK_TIME: Duration = Duration::from_secs(3600);

/// The certificates of a PEM file, for [`AcmePlan::authorities`].
pub fn authorities(file: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let broken = |error: pem::Error| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let read = CertificateDer::pem_slice_iter(&std::fs::read(file)?).collect::<Result<Vec<_>, _>>().map_err(broken)?;
    if read.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "there is no certificate in it"));
    }
    Ok(read)
}

/// Who is asked for which certificates.
#[derive(Clone)]
pub struct AcmePlan {
    /// The authority's directory, such as `https://acme-v02.api.letsencrypt.org/directory`.
    pub directory: String,
    /// Where the authority may write to: `mailto:anna@example.com`.
    pub contacts: Vec<String>,
    /// Whether somebody has agreed to the authority's terms.
    pub agreed: bool,
    /// The hosts; each has a certificate of its own, so that one that fails holds up no other.
    pub hosts: Vec<String>,
    /// Where the account and the certificates are kept.
    pub folder: PathBuf,
    /// Who vouches for the authority's own server, besides the public authorities.
    pub authorities: Vec<CertificateDer<'static>>,
    /// What time it is.
    pub clock: Clock,
}

/// How it stands with one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The host.
    pub host: String,
    /// Until when its certificate is good, if it has one.
    pub until: Option<SystemTime>,
    /// Whether somebody has to look: there is none, or it ends within two weeks and was not renewed.
    pub ending: bool,
    /// Why the last try failed.
    pub trouble: Option<String>,
}

/// Certificates by ACME. Clones share everything.
#[derive(Clone)]
pub struct Acme {
    shared: Arc<Shared>,
}

struct Shared {
    plan: AcmePlan,
    folder: Folder,
    certificates: Certificates,
    challenges: Challenges,
    states: Mutex<HashMap<String, State>>,
}

#[derive(Clone, Default)]
struct State {
    validity: Option<Validity>,
    failures: u32,
    trouble: Option<String>,
    /// Not tried again before.
    rest: Option<SystemTime>,
}

impl Acme {
    /// Takes up what the folder holds; asks nobody yet.
    pub fn open(plan: AcmePlan, certificates: Certificates) -> io::Result<Self> {
        if !plan.agreed {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the terms of the authority are not agreed to"));
        }
        let folder = Folder::open(&plan.folder)?;
        let mut states = HashMap::new();
        for host in &plan.hosts {
            let mut state = State::default();
            match folder.certificate(host) {
                Ok(Some((certificate, validity))) => {
                    certificates.put(host, certificate);
                    state.validity = Some(validity);
                }
                Ok(None) => {}
                Err(error) => {
                    warn!(error = %error, host = %host, "the kept certificate cannot be read and is asked for anew")
                }
            }
            states.insert(host.clone(), state);
        }
        let challenges = Challenges::alone();
        Ok(Self { shared: Arc::new(Shared { plan, folder, certificates, challenges, states: Mutex::new(states) }) })
    }

    /// What the gateway has to answer the authority with.
    pub fn challenges(&self) -> Challenges {
        self.shared.challenges.clone()
    }

    /// How it stands with each host.
    pub fn standing(&self) -> Vec<Standing> {
        let now = (self.shared.plan.clock)();
        let states = self.shared.states();
        let hosts = self.shared.plan.hosts.iter();
        hosts
            .map(|host| {
                let state = states.get(host).cloned().unwrap_or_default();
                let until = state.validity.map(|validity| validity.until);
                let ending = state.validity.is_none_or(|validity| when::is_ending(&validity, now));
                Standing { host: host.clone(), until, ending, trouble: state.trouble }
            })
            .collect()
    }

    /// Asks for what is due, again and again, until `stop`.
    pub async fn run(&self, stop: Stop) {
        loop {
            let rest = tokio::select! {
                () = stop.cancelled() => return,
                rest = self.look() => rest,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Asks once for all that is due, and says when to look again.
    pub async fn look(&self) -> Duration {
        let shared = &*self.shared;
        let mut soonest = LOOK_TIME;
        for host in &shared.plan.hosts {
            let now = (shared.plan.clock)();
            let state = shared.states().get(host).cloned().unwrap_or_default();
            let due = state.validity.map_or(now, |validity| when::due(&validity, host));
            // A clock that was set back must not put off what is due for longer than any rest.
            let rest = state.rest.filter(|rest| *rest <= now + when::REST_MAX);
            let due = rest.map_or(due, |rest| rest.max(due));
            if let Ok(wait) = due.duration_since(now)
                && wait > Duration::ZERO
            {
                soonest = soonest.min(wait);
                continue;
            }
            soonest = soonest.min(self.ask(host, state).await);
        }
        soonest
    }

    /// Asks for one certificate and says when to look again.
    async fn ask(&self, host: &str, mut state: State) -> Duration {
        let shared = &*self.shared;
        let issued = issue::certificate(&shared.plan, &shared.folder, &shared.challenges, host).await;
        let now = (shared.plan.clock)();
        let rest = match issued {
            Ok((certificate, validity)) => {
                shared.certificates.put(host, certificate);
                info!(host = %host, "a new certificate is shown from now on");
                // One that is due again at once (a clock that is wrong) is not asked for all day long.
                state = State { validity: Some(validity), rest: Some(now + when::REST_MAX), ..State::default() };
                LOOK_TIME
            }
            Err(why) => {
                state.failures = state.failures.saturating_add(1);
                let rest = when::rest(state.failures, fraction());
                warn!(host = %host, why = %why, failures = state.failures, "no new certificate; what there is serves on");
                state.trouble = Some(why.to_string());
                state.rest = Some(now + rest);
                rest
            }
        };
        shared.states().insert(host.to_owned(), state);
        rest
    }
}

impl fmt::Debug for Acme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Acme").field("hosts", &self.shared.plan.hosts).finish_non_exhaustive()
    }
}

impl Shared {
    fn states(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some number from 0 to 1, so that not all of the world asks at once.
fn fraction() -> f64 {
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    f64::from(nanos) / 1e9
}
