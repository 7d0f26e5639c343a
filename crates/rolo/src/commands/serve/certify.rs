//! Certificates by ACME: for which names and from whom, as the configuration says, and the one errand that asks for them. A plan
//! that is taken up brings its own errand; the one before it ends then.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use rolo_gateway::{Acme, AcmePlan, HostPattern, Hosts, Listen, Plan, Stop, acme};
use serde::Serialize;

use crate::config::Config;

/// The errand of the plan that holds, and that of a plan which is not taken up yet.
#[derive(Default)]
pub(super) struct Certify(Mutex<Errands>);

#[derive(Default)]
struct Errands {
    next: Option<Acme>,
    running: Option<(Acme, Stop)>,
}

/// What somebody has to look at before visitors notice.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Warning {
    /// Whose certificate.
    pub(super) host: String,
    /// Until when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Timestamp>,
    /// Why there is no newer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trouble: Option<String>,
}

impl Certify {
    /// Prepares the errand of a plan, if the configuration wants one: what is kept is shown at once.
    pub(super) fn prepare(&self, data: &Path, config: &Config, plan: &mut Plan) -> Result<()> {
        let next = config.tls.acme.then(|| open(data, config, plan)).transpose()?;
        if let Some(acme) = &next {
            plan.challenges = acme.challenges();
        }
        self.errands().next = next;
        Ok(())
    }

    /// The plan that was prepared last is taken up: its errand begins, the one before ends.
    pub(super) fn begin(&self, stop: &Stop) {
        let mut errands = self.errands();
        if let Some((_, former)) = errands.running.take() {
            former.cancel();
        }
        if let Some(acme) = errands.next.take() {
            let stop = stop.child_token();
            let errand = acme.clone();
            errands.running = Some((acme, stop.clone()));
            drop(errands);
            tokio::spawn(async move { errand.run(stop).await });
        }
    }

    /// Hosts whose certificate is missing or ends soon.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let standing = self.errands().running.as_ref().map(|(acme, _)| acme.standing()).unwrap_or_default();
        let ending = standing.into_iter().filter(|one| one.ending);
        ending
            .map(|one| Warning {
                host: one.host,
                until: one.until.and_then(|until| Timestamp::try_from(until).ok()),
                trouble: one.trouble,
            })
            .collect()
    }

    fn errands(&self) -> MutexGuard<'_, Errands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(data: &Path, config: &Config, plan: &Plan) -> Result<Acme> {
    let tls = &config.tls;
    if !tls.certificate_file.is_empty() {
        bail!("tls.acme and tls.certificate_file exclude each other: leave one out");
    }
    if !tls.acme_terms_agreed {
        bail!("tls.acme: read the terms of {} and agree with tls.acme_terms_agreed = true", tls.acme_directory);
    }
    if !plan.listens.iter().any(Listen::tls) || plan.listens.iter().all(Listen::tls) {
        bail!("tls.acme: the authority comes by http and visitors by https, so server.listen names both, or public");
    }
    let hosts = hosts(plan);
    if hosts.is_empty() {
        bail!(
            "tls.acme: nobody signs an address or a name of this machine alone: set server.public_url, or names of sites"
        );
    }
    let authorities = match tls.acme_root_file.is_empty() {
        true => Vec::new(),
        false => acme::authorities(&data.join(&tls.acme_root_file)).context("tls.acme_root_file")?,
    };
    let contact = tls.acme_contact.trim_start_matches("mailto:");
    let acme = AcmePlan {
        directory: tls.acme_directory.clone(),
        contacts: if contact.is_empty() { Vec::new() } else { vec![format!("mailto:{contact}")] },
        agreed: true,
        hosts,
        folder: data.join("acme"),
        authorities,
        clock: Arc::new(SystemTime::now),
    };
    Acme::open(acme, plan.certificates.clone()).context("tls.acme")
}

/// The names an authority can look at by HTTP-01: of hosts and sites, no pattern, no address, no name without a dot.
fn hosts(plan: &Plan) -> Vec<String> {
    let known: &[HostPattern] = if let Hosts::Known(hosts) = &plan.hosts { hosts } else { &[] };
    let names = known.iter().chain(plan.sites.iter().flat_map(|site| &site.names)).map(ToString::to_string);
    let names: BTreeSet<String> = names.filter(|name| is_provable(name)).collect();
    names.into_iter().collect()
}

fn is_provable(name: &str) -> bool {
    let is_address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    name.contains('.') && !name.starts_with('*') && !is_address && !name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use rolo_gateway::{Certificates, Site};

    use super::*;

    fn planned(change: impl FnOnce(&mut Config, &mut Plan)) -> Result<Vec<String>> {
        let folder = tempfile::tempdir()?;
        let mut config = Config::default();
        config.tls.acme = true;
        config.tls.acme_terms_agreed = true;
        let sites = ["app.example.org", "*.example.org", "192.0.2.7", "localhost"].map(|name| name.parse().unwrap());
        let mut plan = Plan {
            listens: ["http://127.0.0.1:0", "https://127.0.0.1:0"].map(|listen| listen.parse().unwrap()).into(),
            sites: vec![Site { names: sites.into(), ..Site::default() }],
            hosts: Hosts::Known(vec!["book.example.org".parse()?]),
            certificates: Certificates::default(),
            ..Plan::default()
        };
        change(&mut config, &mut plan);
        let certify = Certify::default();
        certify.prepare(folder.path(), &config, &mut plan)?;
        let errands = certify.errands();
        Ok(errands.next.iter().flat_map(Acme::standing).map(|standing| standing.host).collect())
    }

    #[test]
    fn names_that_an_authority_can_look_at_are_asked_for() {
        assert_eq!(planned(|_, _| {}).unwrap(), ["app.example.org", "book.example.org"]);
        assert_eq!(planned(|config, _| config.tls.acme = false).unwrap(), [""; 0]);
    }

    #[test]
    fn what_cannot_lead_to_a_certificate_is_refused_with_what_to_do() {
        let why = |change: fn(&mut Config, &mut Plan)| planned(change).unwrap_err().to_string();
        assert!(why(|config, _| config.tls.acme_terms_agreed = false).contains("acme_terms_agreed = true"));
        assert!(why(|config, _| config.tls.certificate_file = "own.pem".to_owned()).contains("exclude each other"));
        assert!(why(|_, plan| plan.listens.truncate(1)).contains("server.listen names both"));
        assert!(why(|_, plan| (plan.sites, plan.hosts) = (Vec::new(), Hosts::Local)).contains("server.public_url"));
        assert!(why(|config, _| config.tls.acme_root_file = "none.pem".to_owned()).contains("acme_root_file"));
    }

    #[test]
    fn a_host_without_a_certificate_is_warned_of_once_its_plan_holds() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut config = Config::default();
            (config.tls.acme, config.tls.acme_terms_agreed) = (true, true);
            config.tls.acme_directory = "https://127.0.0.1:1/dir".to_owned();
            let mut plan = Plan {
                listens: ["http://127.0.0.1:0", "https://127.0.0.1:0"].map(|listen| listen.parse().unwrap()).into(),
                hosts: Hosts::Known(vec!["book.example.org".parse().unwrap()]),
                ..Plan::default()
            };
            let (certify, stop) = (Certify::default(), Stop::new());
            certify.prepare(folder.path(), &config, &mut plan).unwrap();
            assert_eq!(certify.warnings(), [], "the plan is not taken up yet");
            certify.begin(&stop);
            let warnings = certify.warnings();
            assert_eq!(warnings.len(), 1);
            assert_eq!((warnings[0].host.as_str(), warnings[0].until), ("book.example.org", None));
            stop.cancel();
        });
    }
}
