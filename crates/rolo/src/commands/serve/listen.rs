//! Where a process listens, and who may reach it there. Passwords must not travel in the clear: beyond this machine the front
//! door speaks TLS, or has a proxy before it that does; private doors stay on this machine unless told otherwise.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
};

use anyhow::{Result, bail};
use rolo_gateway::Listen;

use crate::config::{Config, Several};

/// The word for http and https to everybody.
const PUBLIC: &str = "public";

/// Where the front door listens: what `[server]` says, then what sites of their own port say.
pub(super) fn front(config: &Config) -> Result<Vec<Listen>> {
    let mut all = places("server.listen", &config.server.listen)?;
    if all.is_empty() {
        bail!("server.listen names no address to listen on: write it as 127.0.0.1:8080");
    }
    for (site, at) in config.sites.iter().zip(1..) {
        for listen in places(&format!("site[{at}].listen"), &site.listen)? {
            if !all.contains(&listen) {
                all.push(listen);
            }
        }
    }
    if !config.server.behind_proxy {
        guarded(&all)?;
    }
    Ok(all)
}

/// Where a private door listens.
pub(super) fn private(name: &str, said: &Several) -> Result<Vec<Listen>> {
    let listens = places(name, said)?;
    match listens.iter().find(|listen| listen.tls()) {
        Some(tls) => bail!("{name}: {tls} is a private door, which speaks http: TLS belongs to the gateway before it"),
        None => Ok(listens),
    }
}

/// The addresses of a private door that others than this machine can reach, in a sentence each.
pub(super) fn beyond(name: &str, said: &Several, what: &str) -> Vec<String> {
    let open = places(name, said).unwrap_or_default().into_iter().filter(reachable);
    open.map(|listen| {
        format!(
            "{what} at {listen} can be reached from other machines, past the gateway and in the clear. Set {name} to an address \
             of this machine such as 127.0.0.1, or let nobody but gateways through to that port."
        )
    })
    .collect()
}

/// Every address that is said; a host name may stand for one.
pub(super) fn places(name: &str, said: &Several) -> Result<Vec<Listen>> {
    let mut places = Vec::new();
    for one in said.iter() {
        if one == PUBLIC {
            places.extend(public(may_listen));
        } else {
            places.push(one.parse().map_err(|error| anyhow::anyhow!("{name}: {error}"))?);
        }
    }
    Ok(places)
}

/// Plain http beyond this machine only beside https, to which it then sends everybody.
fn guarded(listens: &[Listen]) -> Result<()> {
    if listens.iter().any(Listen::tls) {
        return Ok(());
    }
    match listens.iter().find(|listen| reachable(listen)) {
        Some(open) => bail!(
            "{open} can be reached from other machines, and passwords would travel in the clear. Listen on 127.0.0.1, or on \
             https://, or say public for both http and https; or put a proxy with TLS in front and say --behind-proxy."
        ),
        None => Ok(()),
    }
}

/// Whether others than this machine reach it.
pub(super) fn reachable(listen: &Listen) -> bool {
    listen.address().is_some_and(|address| !address.ip().to_canonical().is_loopback())
}

/// http and https for everybody, on the ports that browsers take by themselves where the right to them is there.
fn public(may_listen: impl Fn(SocketAddr) -> Result<(), ErrorKind>) -> [Listen; 2] {
    let six = IpAddr::from(Ipv6Addr::UNSPECIFIED);
    // A kernel without IPv6 has no such address; one with it takes both kinds of visitor there.
    let any = if may_listen((six, 0).into()).is_ok() { six } else { Ipv4Addr::UNSPECIFIED.into() };
    let right = [80, 443].iter().all(|port| may_listen((any, *port).into()) != Err(ErrorKind::PermissionDenied));
    let (http, https) = if right { (80, 443) } else { (8080, 8443) };
    [(http, false), (https, true)].map(|(port, tls)| Listen::Tcp { address: (any, port).into(), tls })
}

/// A port that is taken is no lack of a right: whoever opens it says so.
fn may_listen(address: SocketAddr) -> Result<(), ErrorKind> {
    TcpListener::bind(address).map(drop).map_err(|error| error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_on(listen: &[&str], behind_proxy: bool) -> Result<Vec<Listen>> {
        let mut config = Config::default();
        config.server.listen = listen.iter().map(|one| (*one).to_owned()).collect();
        config.server.behind_proxy = behind_proxy;
        front(&config)
    }

    #[test]
    fn beyond_loopback_it_refuses_without_tls_or_a_proxy() {
        for well in ["127.0.0.1:0", "[::1]:8080", "https://0.0.0.0:8443", "unix:/run/rolo.sock"] {
            assert!(listening_on(&[well], false).is_ok(), "{well}");
        }
        let refused = listening_on(&["0.0.0.0:8080"], false).unwrap_err().to_string();
        assert!(refused.contains("--behind-proxy") && refused.contains("https://"), "{refused}");
        assert!(listening_on(&["127.0.0.1:1", "http://[::]:8080"], false).is_err());
        assert!(listening_on(&["0.0.0.0:8080"], true).is_ok());
        assert!(listening_on(&["http://0.0.0.0:80", "https://0.0.0.0:443"], false).is_ok(), "http sends on to https");
        assert!(listening_on(&["nowhere"], false).unwrap_err().to_string().starts_with("server.listen: "));
        assert!(listening_on(&[], false).is_err());
    }

    #[test]
    fn public_means_the_usual_ports_where_the_right_is_there() {
        let told = |ipv6: bool, right: bool| {
            public(|address| match (address.is_ipv6(), address.port()) {
                (true, 0) if !ipv6 => Err(ErrorKind::AddrNotAvailable),
                (_, 80 | 443) if !right => Err(ErrorKind::PermissionDenied),
                (_, 80) => Err(ErrorKind::AddrInUse),
                _ => Ok(()),
            })
            .map(|listen| listen.to_string())
        };
        assert_eq!(told(true, true), ["http://[::]:80", "https://[::]:443"], "taken is not forbidden");
        assert_eq!(told(false, true), ["http://0.0.0.0:80", "https://0.0.0.0:443"]);
        assert_eq!(told(true, false), ["http://[::]:8080", "https://[::]:8443"]);
    }

    #[test]
    fn a_private_door_that_others_reach_is_said_loudly() {
        let said = |listen: &str| beyond("api.listen", &Several::from(listen), "the API");
        for here in ["127.0.0.1:3333", "[::1]:3333", "unix:/run/rolo-api.sock"] {
            assert_eq!(said(here), [] as [String; 0], "{here}");
        }
        let open = said("0.0.0.0:3333");
        assert!(
            open.len() == 1 && open[0].contains("http://0.0.0.0:3333") && open[0].contains("api.listen"),
            "{open:?}"
        );
        assert!(private("api.listen", &Several::from("https://127.0.0.1:3333")).is_err());
    }

    #[test]
    fn a_site_of_its_own_port_is_listened_on_once() {
        let mut config = Config::default();
        let site = |listen: &str| crate::config::Site { listen: Several::from(listen), ..Default::default() };
        config.sites = vec![site("127.0.0.1:8081"), site("http://127.0.0.1:8080"), site("127.0.0.1:8081")];
        let told: Vec<String> = front(&config).unwrap().iter().map(Listen::to_string).collect();
        assert_eq!(told, ["http://127.0.0.1:8080", "http://127.0.0.1:8081"]);
    }
}
