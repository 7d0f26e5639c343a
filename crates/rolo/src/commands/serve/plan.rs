//! What the gateway of this process shall do: from the configuration to a plan. Made at the start and at each reading again,
//! from the same targets: whoever runs in this process goes on running.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::{Context, Result, bail};
use rolo_gateway::{Certificates, Files, HostPattern, Hosts, Listen, Plan, Route, Site, Trusted, Upstream};

use super::listen;
use crate::config::{self, Config, Several, To};

/// What the gateway hands to the API; every other path is the web app's.
const API_PATHS: [&str; 1] = ["/v1"];

/// Who answers what, besides URLs of the operator's own.
pub(super) struct Targets {
    /// The API.
    pub(super) api: Arc<dyn Upstream>,
    /// Whoever draws pages, if anybody does.
    pub(super) pages: Option<Arc<dyn Upstream>>,
    /// Who says how the process is.
    pub(super) door: Arc<dyn Upstream>,
    /// The paths of that.
    pub(super) door_paths: &'static [&'static str],
    /// The web app.
    pub(super) files: Files,
}

/// The front door's plan. `ways` are the upstreams of the operator's own routes, by site and path.
pub(super) fn front(
    data: &Path,
    config: &Config,
    targets: &Targets,
    ways: &BTreeMap<(usize, String), Arc<dyn Upstream>>,
) -> Result<Plan> {
    let listens = listen::front(config)?;
    let ports = |name: &str, said: &Several| -> Result<Vec<Option<u16>>> {
        Ok(listen::places(name, said)?.iter().map(|listen| listen.address().map(|address| address.port())).collect())
    };
    // While every site is wherever Rolo listens, no port needs to be told from another: one may be any that is free.
    let apart = config.sites.iter().any(|site| !site.listen.is_empty());
    let everywhere = if apart { ports("server.listen", &config.server.listen)? } else { vec![None] };
    let (mut sites, mut shut) = (Vec::new(), Vec::new());
    for (at, said) in config.sites.iter().enumerate() {
        let site = site(at, said, targets, ways)?;
        let own = ports(&format!("site[{}].listen", at + 1), &said.listen)?;
        if !own.is_empty() && !site.names.is_empty() {
            // Its names are known, and lead nowhere but to its own ports.
            let names = || Site { names: site.names.clone(), ..Site::default() };
            shut.extend(everywhere.iter().map(|listen| Site { listen: *listen, ..names() }));
        }
        let ports = if own.is_empty() { &everywhere } else { &own };
        sites.extend(ports.iter().map(|listen| Site { listen: *listen, ..site.clone() }));
    }
    sites.append(&mut shut);
    sites.extend(everywhere.iter().map(|listen| Site { listen: *listen, ..whole(targets) }));
    let hosts = hosts(config)?;
    let certificates = match listens.iter().any(Listen::tls) {
        true => certificates(data, config, &hosts)?,
        false => Certificates::default(),
    };
    Ok(Plan {
        trusted: trusted(config)?,
        crowd_max: Some(config.server.connections_per_address).filter(|most| *most > 0),
        uncounted: uncounted(config)?,
        redirect_to_https: redirect(config, &listens),
        hsts: config.tls.hsts && config.server.public_url.starts_with("https://"),
        listens,
        sites,
        hosts,
        certificates,
        ..Plan::default()
    })
}

/// A private door's plan: everything goes to one, whatever host is asked for, because the front has looked already.
pub(super) fn private(config: &Config, listens: Vec<Listen>, routes: Vec<Route>) -> Result<Plan> {
    let site = Site { routes, ..Site::default() };
    // Whoever comes here is a gateway: what it brings is many visitors'.
    let plan = Plan { crowd_max: None, ..Plan::default() };
    Ok(Plan { listens, sites: vec![site], hosts: Hosts::Any, trusted: trusted(config)?, ..plan })
}

/// Whose word about visitors is taken: those that are named, else whoever is on this machine, and everybody where nobody but a
/// proxy reaches the port.
fn trusted(config: &Config) -> Result<Trusted> {
    let named: Vec<&str> = config.server.trusted_proxies.iter().collect();
    let list = match (named.is_empty(), config.server.behind_proxy) {
        (false, _) => &named[..],
        (true, true) => &["0.0.0.0/0", "::/0"],
        (true, false) => &["127.0.0.0/8", "::1"],
    };
    Trusted::parse(list).map_err(|why| anyhow::anyhow!("server.trusted_proxies: {why}"))
}

/// Whose connections are not counted: proxies, where somebody said that there are any. A program on this machine may say whom it
/// speaks for without being one.
fn uncounted(config: &Config) -> Result<Trusted> {
    match config.server.trusted_proxies.is_empty() && !config.server.behind_proxy {
        true => Ok(Trusted::default()),
        false => trusted(config),
    }
}

/// Rolo as it is without any site.
fn whole(targets: &Targets) -> Site {
    Site {
        routes: own_routes(targets),
        files: Some(targets.files.clone()),
        pages: targets.pages.clone(),
        ..Site::default()
    }
}

/// The paths that are answered wherever Rolo's pages are: cookies belong to one host.
fn own_routes(targets: &Targets) -> Vec<Route> {
    let api = API_PATHS.iter().map(|path| Route::new(*path, Arc::clone(&targets.api)));
    api.chain(targets.door_paths.iter().map(|path| Route::new(*path, Arc::clone(&targets.door)))).collect()
}

fn site(
    at: usize,
    said: &config::Site,
    targets: &Targets,
    ways: &BTreeMap<(usize, String), Arc<dyn Upstream>>,
) -> Result<Site> {
    let name = format!("site[{}]", at + 1);
    if said.routes.is_empty() {
        bail!("{name} leads nowhere: give it routes, such as routes = {{ \"/\" = \"app\" }}");
    }
    let names = said.names.iter().map(|name| name.parse::<HostPattern>());
    let names = names.collect::<Result<_, _>>().with_context(|| format!("{name}.names"))?;
    let mut site = Site { names, ..Site::default() };
    // The longest first: in a site the first route that holds a path wins.
    let mut routes: Vec<_> = said.routes.iter().collect();
    routes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.trim_end_matches('/').len()));
    for (prefix, route) in routes {
        if !prefix.starts_with('/') {
            bail!("{name}.routes: {prefix} is no path: write /{prefix}");
        }
        let to = match &route.to {
            To::Api => Arc::clone(&targets.api),
            To::Urls(_) => {
                let way = ways.get(&(at, prefix.clone()));
                Arc::clone(way.with_context(|| format!("{name}.routes: {prefix} has no upstream"))?)
            }
            To::Ssr | To::App if prefix != "/" => {
                bail!("{name}.routes: {prefix}: Rolo's pages have their places beneath /, so only / leads to them")
            }
            To::Ssr | To::App => {
                site.routes.extend(own_routes(targets));
                site.files = Some(targets.files.clone());
                site.pages = targets.pages.clone().filter(|_| route.to == To::Ssr);
                continue;
            }
        };
        site.routes.push(Route::new(prefix.trim_end_matches('/'), to));
    }
    Ok(site)
}

/// The hosts that are ours besides those of the sites.
fn hosts(config: &Config) -> Result<Hosts> {
    match public_host(&config.server.public_url) {
        Some(host) => Ok(Hosts::Known(vec![host.parse().context("server.public_url")?])),
        None if !config.server.public_url.is_empty() => {
            bail!("server.public_url is no address: write it as https://contacts.example")
        }
        // Which hosts it lets through is the proxy's to say.
        None if config.server.behind_proxy => Ok(Hosts::Any),
        None => Ok(Hosts::Local),
    }
}

/// The host of a URL, without port and brackets.
fn public_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority: http::uri::Authority = rest.split('/').next()?.parse().ok()?;
    Some(authority.host().trim_matches(['[', ']']).to_owned()).filter(|host| !host.is_empty())
}

/// One's own files, else a certificate of our own making for every name that is known.
fn certificates(data: &Path, config: &Config, hosts: &Hosts) -> Result<Certificates> {
    let (certificate, key) = (&config.tls.certificate_file, &config.tls.key_file);
    match (certificate.is_empty(), key.is_empty()) {
        (false, false) => Certificates::files(&data.join(certificate), &data.join(key)).context("tls.certificate_file"),
        (true, true) => {
            let names = config.sites.iter().flat_map(|site| site.names.iter().map(str::to_owned));
            let mut names: Vec<String> = names.chain(known(hosts)).collect();
            names.extend(["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]);
            Certificates::self_signed(&data.join("tls"), &names).context("a certificate of our own cannot be made")
        }
        _ => bail!("tls.certificate_file and tls.key_file go together: name both"),
    }
}

fn known(hosts: &Hosts) -> Vec<String> {
    match hosts {
        Hosts::Known(hosts) => hosts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The port of https to which whoever comes by http is sent: where both are listened on, and the name may be reached.
fn redirect(config: &Config, listens: &[Listen]) -> Option<u16> {
    let encrypted = listens.iter().find(|listen| listen.tls())?;
    let plain = listens.iter().any(|listen| !listen.tls() && listen::reachable(listen));
    let wanted = config.tls.redirect && plain && !config.server.behind_proxy;
    let said = config.server.public_url.strip_prefix("https://").map(|rest| {
        let authority = rest.split('/').next().unwrap_or("");
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.unwrap_or(443)
    });
    wanted.then(|| said.or_else(|| encrypted.address().map(|address| address.port()))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// That a program on this machine is believed about whom it speaks for makes no proxy of it: only saying so does.
    #[test]
    fn connections_are_counted_unless_it_was_said_that_a_proxy_comes() {
        let (here, there) = ("127.0.0.1".parse().unwrap(), "10.0.0.7".parse().unwrap());
        let told = |behind_proxy: bool, named: &str| {
            let mut config = Config::default();
            config.server.behind_proxy = behind_proxy;
            config.server.trusted_proxies = Several::from(named);
            let uncounted = uncounted(&config).unwrap();
            (uncounted.holds(here), uncounted.holds(there), trusted(&config).unwrap().holds(here))
        };
        assert_eq!(told(false, ""), (false, false, true));
        assert_eq!(told(true, ""), (true, true, true));
        assert_eq!(told(true, "10.0.0.0/8"), (false, true, false));
        assert_eq!(told(false, "10.0.0.0/8"), (false, true, false));
    }
}
