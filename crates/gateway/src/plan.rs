//! What a gateway shall do, whole and at once: it is followed as it stands, or not at all.

use std::{io, sync::Arc, time::Duration};

use crate::{
    AccessLog, Bounds, Certificates, Hosts, Journal, Listen, Site, Trusted,
    acme::Challenges,
    listen::{self, CONNECTIONS_ADDRESS_MAX},
};

/// A connection whose request line and headers are not whole by then is closed.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// A connection whose handshake is not done by then is closed.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// For each such stretch of waiting an answer's reader takes as much as its rate asks for, or the connection is closed.
const STALL_TIME: Duration = Duration::from_secs(30);
/// For each such stretch of waiting a request's body brings as much as its rate asks for, or it is refused.
const BODY_TIME: Duration = Duration::from_secs(30);
/// A connection on which nothing is asked for so long is told to go.
const IDLE_TIME: Duration = Duration::from_secs(60);
/// How long running answers may take after the order to stop.
const DRAIN_TIME: Duration = Duration::from_secs(25);

/// Where to listen, who answers what, and what holds for all of it.
pub struct Plan {
    /// Where visitors come in.
    pub listens: Vec<Listen>,
    /// Who answers which host. The first that names a host answers it, else the first that names none.
    pub sites: Vec<Site>,
    /// The hosts that are ours, besides those that sites name.
    pub hosts: Hosts,
    /// What listeners with TLS show.
    pub certificates: Certificates,
    /// What a certificate authority is answered that looks whether a host is ours.
    pub challenges: Challenges,
    /// The proxies in front whose word about a visitor is taken.
    pub trusted: Trusted,
    /// Where a line for each request goes.
    pub log: AccessLog,
    /// The public port of https to which visitors who come without TLS are sent.
    pub redirect_to_https: Option<u16>,
    /// Whether browsers are told, over TLS, to come with TLS only from now on.
    pub hsts: bool,
    /// How many sockets share an address, each with a queue of its own in the kernel; one unless measured otherwise.
    pub sockets: usize,
    /// How long whoever is slow is waited for.
    pub patience: Patience,
    /// What one connection may cost.
    pub bounds: Bounds,
    /// How many connections one address may have; none: as many as there are.
    pub crowd_max: Option<usize>,
    /// The proxies in front whose connections are not counted, because they are many visitors': what is counted instead are the
    /// requests of each visitor they speak for. Whoever comes over a Unix socket is one of them.
    pub uncounted: Trusted,
    /// Who writes down the way of requests, if anybody does.
    pub journal: Option<Arc<dyn Journal>>,
}

/// How long whoever is slow is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a request's line and headers.
    pub headers: Duration,
    /// For a handshake of TLS.
    pub handshake: Duration,
    /// For a visitor who takes nothing of an answer, or hardly anything.
    pub stall: Duration,
    /// For a request's body of which nothing comes, or hardly anything.
    pub body: Duration,
    /// For the next request of a connection.
    pub idle: Duration,
    /// For answers that run when the gateway is stopped.
    pub drain: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            headers: HEADER_TIME,
            handshake: HANDSHAKE_TIME,
            stall: STALL_TIME,
            body: BODY_TIME,
            idle: IDLE_TIME,
            drain: DRAIN_TIME,
        }
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            listens: Vec::new(),
            sites: Vec::new(),
            hosts: Hosts::default(),
            certificates: Certificates::default(),
            challenges: Challenges::default(),
            trusted: Trusted::default(),
            log: AccessLog::default(),
            redirect_to_https: None,
            hsts: false,
            sockets: 1,
            patience: Patience::default(),
            bounds: Bounds::default(),
            crowd_max: Some(CONNECTIONS_ADDRESS_MAX),
            uncounted: Trusted::default(),
            journal: None,
        }
    }
}

impl Plan {
    /// Whether it can be followed at all, before anything is opened.
    pub(crate) fn check(&self) -> io::Result<()> {
        let refuse = |why: String| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        if let Some(bare) = self.listens.iter().find(|listen| listen.tls() && self.certificates.is_empty()) {
            return refuse(format!("{bare} has no certificate to show"));
        }
        if let Some(twice) = listen::twice(&self.listens) {
            return refuse(format!("{twice} is said twice"));
        }
        Ok(())
    }

    /// The site that answers this host on this port.
    pub(crate) fn site(&self, host: &str, port: Option<u16>) -> Option<&Site> {
        let mut any = None;
        for site in self.sites.iter().filter(|site| site.listen.is_none() || site.listen == port) {
            if site.names.is_empty() {
                any = any.or(Some(site));
            } else if site.names.iter().any(|name| name.holds(host)) {
                return Some(site);
            }
        }
        any
    }

    /// Whether a host is ours.
    pub(crate) fn knows(&self, host: &str) -> bool {
        self.hosts.hold(host) || self.sites.iter().any(|site| site.names.iter().any(|name| name.holds(host)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(names: &[&str], listen: Option<u16>) -> Site {
        Site { names: names.iter().map(|name| name.parse().unwrap()).collect(), listen, ..Site::default() }
    }

    #[test]
    fn a_site_that_names_the_host_comes_before_one_that_takes_any() {
        let sites = vec![site(&[], None), site(&["app.example.com"], None), site(&["*.example.com"], Some(9000))];
        let plan = Plan { sites, ..Plan::default() };
        let at = |host, port| {
            plan.site(host, port).map(|site| plan.sites.iter().position(|one| std::ptr::eq(one, site)).unwrap())
        };
        assert_eq!(at("app.example.com", Some(80)), Some(1));
        assert_eq!(at("api.example.com", Some(80)), Some(0));
        assert_eq!(at("api.example.com", Some(9000)), Some(2));
        assert!(plan.knows("api.example.com") && !plan.knows("example.org"));
    }

    #[test]
    fn a_plan_that_cannot_be_followed_says_why() {
        let listens = vec!["https://127.0.0.1:0".parse().unwrap()];
        let bare = Plan { listens, ..Plan::default() }.check().unwrap_err();
        assert!(bare.to_string().contains("no certificate"), "{bare}");
        let listens = vec!["http://127.0.0.1:80".parse().unwrap(), "https://127.0.0.1:80".parse().unwrap()];
        assert!(Plan { listens, ..Plan::default() }.check().is_err());
    }
}
