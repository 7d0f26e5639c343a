//! Ports: who has them, and whether other machines reach those that are for this machine only. Linux tells it under `/proc`;
//! elsewhere a port can only be tried.

use std::{
    collections::HashMap,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs},
};

use http::Uri;

use super::Finding;
use crate::config::{Config, Several};

/// A socket that somebody listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listener {
    address: SocketAddr,
    inode: u64,
}

/// A process that has a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    process: u32,
    name: String,
}

/// What this system tells of its sockets.
#[derive(Debug, Default)]
struct Sockets {
    listeners: Vec<Listener>,
    holders: HashMap<u64, Holder>,
    /// Whether it tells at all.
    told: bool,
}

/// Looks at Rolo's own port and at the private doors. `served`: the process of the server that runs on this data.
pub(super) fn look(config: &Config, served: Option<u32>) -> Vec<Finding> {
    let sockets = sockets();
    let mut findings = Vec::new();
    for listen in config.server.listen.iter() {
        findings.extend(own(listen, served, &sockets));
        findings.extend(beyond(listen, config.server.behind_proxy));
    }
    findings.extend(private(config, &sockets));
    findings
}

/// Whether Rolo has its port, could have it, or who has it instead.
fn own(listen: &str, served: Option<u32>, sockets: &Sockets) -> Option<Finding> {
    let address = tcp(listen)?;
    if address.port() == 0 {
        return Some(Finding::well("port", "any that is free"));
    }
    let there = |one: &&Listener| {
        let (theirs, ours) = (one.address.ip().to_canonical(), address.ip().to_canonical());
        one.address.port() == address.port() && (theirs == ours || theirs.is_unspecified() || ours.is_unspecified())
    };
    let holder = sockets.listeners.iter().filter(there).find_map(|one| sockets.holders.get(&one.inode));
    let cure = "Choose another with --listen or server.listen, or stop who has it.";
    Some(match (holder, served) {
        (Some(holder), Some(server)) if holder.process == server => {
            Finding::well("port", format!("{listen} is this Rolo's"))
        }
        (Some(Holder { process, name }), _) => {
            Finding::ill("port", format!("{listen} is taken by {name} (process {process})."), cure)
        }
        (None, served) => match (TcpListener::bind(address), served) {
            (Ok(_), None) => Finding::well("port", format!("{listen} is free")),
            (Ok(_), Some(_)) => nobody(listen),
            (Err(_), Some(_)) if sockets.told && !sockets.listeners.iter().any(|one| there(&one)) => nobody(listen),
            (Err(_), Some(_)) => Finding::well(
                "port",
                format!("{listen} is listened on while this Rolo runs; whether by it, {} tells", who_listens(&address)),
            ),
            (Err(error), None) => Finding::ill(
                "port",
                format!("{listen} cannot be listened on ({error})."),
                format!("{cure} Who has it, {} tells.", who_listens(&address)),
            ),
        },
    })
}

fn nobody(listen: &str) -> Finding {
    Finding::note(
        "port",
        format!("Nobody listens on {listen}, though the server runs."),
        "It was started with other settings than these: compare rolo config with how it is started.",
    )
}

/// The command that names who has a port, where we may not look or the system has no `/proc`.
fn who_listens(address: &SocketAddr) -> String {
    format!("`sudo lsof -nP -iTCP:{} -sTCP:LISTEN`", address.port())
}

/// Without TLS of its own, whoever reaches Rolo's port passes by the proxy.
fn beyond(listen: &str, behind_proxy: bool) -> Option<Finding> {
    let address = tcp(listen).filter(|address| !address.ip().is_loopback() && !listen.starts_with("https:"))?;
    let cure =
        "Listen on 127.0.0.1 if the proxy is on this machine; else let a firewall open the port to the proxy alone.";
    behind_proxy
        .then(|| Finding::note("reach", format!("Whoever reaches {address} passes by the proxy and its TLS."), cure))
}

/// Doors of Rolo that nobody but its own processes should reach: what they are, and their ports.
fn doors(config: &Config) -> Vec<(&'static str, u16)> {
    let roles = [
        ("the API server", &config.api.listen),
        ("the SSR server", &config.ssr.listen),
        ("the worker", &config.worker.listen),
    ];
    let ports = |said: &Several| said.iter().filter_map(tcp).map(|address| address.port()).collect::<Vec<_>>();
    roles.into_iter().flat_map(|(what, said)| ports(said).into_iter().map(move |port| (what, port))).collect()
}

/// Sockets of databases, caches and private roles on this machine that other machines reach.
fn private(config: &Config, sockets: &Sockets) -> Vec<Finding> {
    let mut doors: Vec<(&str, u16, bool)> = doors(config).into_iter().map(|(what, port)| (what, port, true)).collect();
    for (what, url) in [("the database", &config.services.database), ("the cache", &config.services.cache)] {
        doors.extend(near(url).map(|port| (what, port, false)));
    }
    if !sockets.told {
        let ports: Vec<String> = doors.iter().map(|(what, port, _)| format!("{port} ({what})")).collect();
        return vec![Finding::note(
            "doors",
            format!("This system does not tell who reaches the private doors: {}.", ports.join(", ")),
            "`sudo lsof -nP -iTCP -sTCP:LISTEN` lists who listens where: for these ports it should say 127.0.0.1 or [::1], or nothing.",
        )];
    }
    let mut findings = Vec::new();
    let mut looked = 0;
    for (what, port, ours) in doors {
        for listener in sockets.listeners.iter().filter(|listener| listener.address.port() == port) {
            let Some(holder) = sockets.holders.get(&listener.inode) else { continue };
            // Another program may use this number for something else.
            if ours && holder.name != "rolo" {
                continue;
            }
            looked += 1;
            let ip = listener.address.ip().to_canonical();
            if ip.is_loopback() {
                continue;
            }
            findings.push(Finding::ill(
                "doors",
                format!(
                    "Other machines reach {what}: {} (process {}) listens on {}.",
                    holder.name, holder.process, listener.address
                ),
                format!("Let it listen on 127.0.0.1:{port} only, or close port {port} to others with a firewall."),
            ));
        }
    }
    if findings.is_empty() && looked > 0 {
        findings.push(Finding::well("doors", format!("{looked} private ones, reached by this machine alone")));
    }
    findings
}

/// The port of a service on this machine, by its URL.
fn near(url: &str) -> Option<u16> {
    let uri: Uri = url.parse().ok()?;
    let usual = match uri.scheme_str()? {
        "mysql" | "mariadb" => 3306,
        "postgres" | "postgresql" => 5432,
        "redis" | "rediss" => 6379,
        _ => return None,
    };
    let host = uri.host()?.trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    here.then(|| uri.port_u16().unwrap_or(usual))
}

/// The address of a listener that is one of TCP.
fn tcp(listen: &str) -> Option<SocketAddr> {
    let bare = listen.strip_prefix("http://").or_else(|| listen.strip_prefix("https://")).unwrap_or(listen);
    bare.trim_end_matches('/').to_socket_addrs().ok()?.next()
}

/// Everything that is listened on, and by whom.
fn sockets() -> Sockets {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).ok());
    let told = tables.iter().any(Option::is_some);
    let lines = tables.iter().flatten().flat_map(|table| table.lines().skip(1));
    let listeners: Vec<Listener> = lines.filter_map(listener).collect();
    Sockets { holders: holders(&listeners), listeners, told }
}

/// A line of `/proc/net/tcp`: number, own address, other address, state (0A listens), …, the tenth is the inode.
fn listener(line: &str) -> Option<Listener> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if *words.get(3)? != "0A" {
        return None;
    }
    let (ip, port) = words.get(1)?.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    // Each word of four octets is written as the machine holds it.
    let words_of = |digits: &str| -> Option<Vec<u8>> {
        let parts =
            digits.as_bytes().chunks(8).map(|part| u32::from_str_radix(std::str::from_utf8(part).ok()?, 16).ok());
        Some(parts.collect::<Option<Vec<u32>>>()?.into_iter().flat_map(u32::to_ne_bytes).collect())
    };
    let octets = words_of(ip)?;
    let ip = match octets.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?)),
        _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?)),
    };
    Some(Listener { address: SocketAddr::new(ip, port), inode: words.get(9)?.parse().ok()? })
}

/// Which process has which of these sockets, as far as this user may see.
fn holders(listeners: &[Listener]) -> HashMap<u64, Holder> {
    let mut holders = HashMap::new();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    for process in processes {
        for open in fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten() {
            let Ok(target) = fs::read_link(open.path()) else { continue };
            let inode = target.to_str().and_then(|name| name.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            let Some(inode) = inode.filter(|inode| listeners.iter().any(|one| one.inode == *inode)) else { continue };
            let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            // A server's workers have its sockets, too: the first process is the one that opened them.
            holders.entry(inode).or_insert_with(|| Holder { process, name: name.trim().to_owned() });
        }
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    const LINE: &str = "   0: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000   110        0 4711 1 0 100 0 0 10 0";

    #[test]
    fn a_line_of_the_kernel_is_read() {
        let read = listener(LINE).unwrap();
        assert_eq!(read, Listener { address: "0.0.0.0:6379".parse().unwrap(), inode: 4711 });
        let loopback = listener(&LINE.replace("00000000:18EB", "0100007F:0D05")).unwrap();
        assert_eq!(loopback.address, "127.0.0.1:3333".parse().unwrap());
        let six = LINE.replacen("00000000:18EB", "00000000000000000000000001000000:1F90", 1);
        assert_eq!(listener(&six).unwrap().address, "[::1]:8080".parse().unwrap());
        assert_eq!(listener(&LINE.replace(" 0A ", " 01 ")), None, "a connection is no listener");
        assert_eq!(listener("  sl  local_address"), None);
    }

    #[test]
    fn a_private_door_that_others_reach_is_ill_and_says_who_has_it() {
        let mut config = Config::default();
        config.services.cache = "redis://127.0.0.1/0".to_owned();
        let at = |address: &str, inode| Listener { address: address.parse().unwrap(), inode };
        let holder = |name: &str| Holder { process: 7, name: name.to_owned() };
        let holders = HashMap::from([(1, holder("redis-server")), (2, holder("rolo")), (3, holder("node"))]);
        let private = |listeners: &[Listener]| {
            private(&config, &Sockets { listeners: listeners.to_vec(), holders: holders.clone(), told: true })
        };
        let well = private(&[at("127.0.0.1:6379", 1), at("[::1]:3333", 2), at("0.0.0.0:4040", 3)]);
        assert_eq!((well.len(), well[0].state), (1, State::Well), "port 4040 is somebody else's: {well:?}");
        let open = private(&[at("0.0.0.0:6379", 1), at("[::]:3333", 2)]);
        assert_eq!(open.len(), 2);
        assert!(
            open.iter().any(|one| one.found.contains("redis-server (process 7) listens on 0.0.0.0:6379")),
            "{open:?}"
        );
        assert!(open.iter().all(|one| one.state == State::Ill && one.cure.contains("127.0.0.1")));
    }

    #[test]
    fn private_doors_are_looked_for_where_the_settings_put_them() {
        let mut config = Config::default();
        assert_eq!(doors(&config), [("the API server", 3333), ("the SSR server", 4040)]);
        config.api.listen = ["0.0.0.0:4333", "unix:/run/rolo-api.sock"].map(str::to_owned).into_iter().collect();
        config.ssr.listen = Several::from("http://[::]:5050");
        config.worker.listen = Several::from("127.0.0.1:9100");
        assert_eq!(doors(&config), [("the API server", 4333), ("the SSR server", 5050), ("the worker", 9100)]);
        let listeners = vec![Listener { address: "0.0.0.0:4333".parse().unwrap(), inode: 1 }];
        let holders = HashMap::from([(1, Holder { process: 7, name: "rolo".to_owned() })]);
        let open = private(&config, &Sockets { listeners, holders, told: true });
        assert!(open.len() == 1 && open[0].found.contains("Other machines reach the API server"), "{open:?}");
    }

    /// Elsewhere than on Linux, and for processes of others: what there is to say is said, and how to find out the rest.
    #[test]
    fn where_the_system_does_not_tell_the_command_that_does_is_named() {
        let untold = Sockets::default();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, port) = (taken.local_addr().unwrap().to_string(), taken.local_addr().unwrap().port());
        let lsof = format!("lsof -nP -iTCP:{port} -sTCP:LISTEN");
        let ill = own(&address, None, &untold).unwrap();
        assert!(ill.state == State::Ill && ill.found.contains(&address) && ill.cure.contains(&lsof), "{ill:?}");
        let served = own(&address, Some(7), &untold).unwrap();
        assert!(served.state == State::Well && served.found.contains(&lsof), "{served:?}");
        drop(taken);
        let doors = private(&Config::default(), &untold);
        assert_eq!((doors.len(), doors[0].state), (1, State::Note), "{doors:?}");
        assert!(doors[0].found.contains("3333 (the API server), 4040 (the SSR server)"), "{doors:?}");
        assert!(doors[0].cure.contains("lsof -nP -iTCP"), "{doors:?}");
    }

    #[test]
    fn a_service_elsewhere_is_nobody_on_this_machine() {
        assert_eq!(near("mysql://rolo@localhost/rolo"), Some(3306));
        assert_eq!(near("redis://[::1]:7000"), Some(7000));
        assert_eq!(near("postgres://db.example/rolo"), None);
        assert_eq!(near("memory:"), None);
        assert_eq!(near("sqlite:rolo.db"), None);
    }
}
