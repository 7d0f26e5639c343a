//! Where visitors come in: TCP with or without TLS, and Unix sockets.

mod connection;
mod crowd;
mod tcp;
mod unix;

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

pub(crate) use connection::Line;
pub(crate) use crowd::{Crowd, Place, Seat, neighbourhood};

use crate::{gateway::Shared, plan::Plan};

/// How many connections one process holds at a time; more wait in the kernel's queue.
pub(crate) const CONNECTIONS_MAX: usize = 16_384;
/// How many of them one address has, or one /64 of IPv6, unless the plan says otherwise: many people may share an address, and
/// one that takes all it may leaves room for others.
pub const CONNECTIONS_ADDRESS_MAX: usize = 1_024;

/// Where to listen: `http://127.0.0.1:8080`, `https://[::]:443`, `unix:/run/rolo.sock`; a bare address is http.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Listen {
    /// A port, which is free for the taking when it is 0.
    Tcp {
        /// Address and port.
        address: SocketAddr,
        /// Whether visitors come with TLS.
        tls: bool,
    },
    /// A socket in the file system, for a proxy on the same machine.
    Unix {
        /// Its path.
        path: PathBuf,
    },
}

impl Listen {
    /// Whether visitors come with TLS.
    pub fn tls(&self) -> bool {
        matches!(self, Self::Tcp { tls: true, .. })
    }

    /// The address of a port.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp { address, .. } => Some(*address),
            Self::Unix { .. } => None,
        }
    }

    /// Whether both are the same socket, with TLS or without.
    fn same_socket(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tcp { address: one, .. }, Self::Tcp { address: other, .. }) => one == other,
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { address, tls: true } => write!(out, "https://{address}"),
            Self::Tcp { address, tls: false } => write!(out, "http://{address}"),
            Self::Unix { path } => write!(out, "unix:{}", path.display()),
        }
    }
}

impl FromStr for Listen {
    type Err = io::Error;

    fn from_str(said: &str) -> io::Result<Self> {
        let unclear = || {
            let why = format!(
                "{said} is no address to listen on: write it as 127.0.0.1:8080, https://0.0.0.0:443 or unix:/run/rolo.sock"
            );
            io::Error::new(io::ErrorKind::InvalidInput, why)
        };
        if let Some(path) = said.strip_prefix("unix:") {
            return if path.is_empty() { Err(unclear()) } else { Ok(Self::Unix { path: path.into() }) };
        }
        let (rest, tls, usual) = match said.split_once("://") {
            Some(("http", rest)) => (rest, false, 80),
            Some(("https", rest)) => (rest, true, 443),
            Some(_) => return Err(unclear()),
            None => (said, false, 80),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let mut found =
            rest.to_socket_addrs().or_else(|_| format!("{rest}:{usual}").to_socket_addrs()).map_err(|_| unclear())?;
        found.next().map(|address| Self::Tcp { address, tls }).ok_or_else(unclear)
    }
}

/// A socket that is said twice, if there is one. Ports that are free for the taking differ.
pub(crate) fn twice(listens: &[Listen]) -> Option<&Listen> {
    let named = |listen: &&Listen| listen.address().is_none_or(|address| address.port() != 0);
    listens
        .iter()
        .enumerate()
        .filter(|(_, listen)| named(listen))
        .find_map(|(at, listen)| listens[..at].iter().any(|earlier| earlier.same_socket(listen)).then_some(listen))
}

/// Whether a plan has a listener of IPv4 for the port of this one of IPv6, which then leaves those visitors to it.
fn apart(address: SocketAddr, listens: &[Listen]) -> bool {
    let same_port = |other: SocketAddr| other.is_ipv4() && other.port() == address.port() && other.port() != 0;
    listens.iter().filter_map(Listen::address).any(same_port)
}

/// A listener that is open. Closing it lets its connections finish what runs.
pub(crate) struct Door {
    /// As it was asked for: what tells whether the next plan keeps it.
    asked: Listen,
    /// Where it really is.
    address: Option<SocketAddr>,
    tls: Arc<AtomicBool>,
    sockets: Sockets,
    closed: CancellationToken,
}

/// For each place of a plan the open door that is kept for it: the very same first, then those that only change to TLS or back.
pub(crate) fn kept(doors: &[Door], listens: &[Listen]) -> Vec<Option<usize>> {
    let mut kept = vec![None; listens.len()];
    for same in [
        |door: &Door, listen: &Listen| door.asked == *listen,
        |door: &Door, listen: &Listen| door.asked.same_socket(listen),
    ] {
        for (at, listen) in listens.iter().enumerate() {
            if kept[at].is_none() {
                kept[at] = (0..doors.len()).find(|door| !kept.contains(&Some(*door)) && same(&doors[*door], listen));
            }
        }
    }
    kept
}

/// What is open but not attended yet, and what has to be taken away in the end.
enum Sockets {
    Tcp(Vec<tokio::net::TcpListener>),
    Unix(Option<unix::Socket>),
}

impl Door {
    /// Opens a listener. Nobody is answered yet.
    pub(crate) fn open(listen: &Listen, plan: &Plan) -> io::Result<Self> {
        let failed = |error: io::Error| io::Error::new(error.kind(), format!("{listen} cannot be opened: {error}"));
        let (sockets, address) = match listen {
            Listen::Tcp { address, .. } => {
                let sockets =
                    tcp::open(*address, apart(*address, &plan.listens), plan.sockets.max(1)).map_err(failed)?;
                let address = sockets.first().map(tokio::net::TcpListener::local_addr).transpose()?;
                (Sockets::Tcp(sockets), address)
            }
            Listen::Unix { path } => (Sockets::Unix(Some(unix::Socket::open(path).map_err(failed)?)), None),
        };
        let tls = Arc::new(AtomicBool::new(listen.tls()));
        Ok(Self { asked: listen.clone(), address, tls, sockets, closed: CancellationToken::new() })
    }

    /// Begins to answer whoever comes.
    pub(crate) fn attend(&mut self, shared: &Arc<Shared>) {
        let way = |port| connection::Way {
            shared: Arc::clone(shared),
            tls: Arc::clone(&self.tls),
            port,
            closed: self.closed.clone(),
        };
        match &mut self.sockets {
            Sockets::Tcp(sockets) => {
                let port = self.address.map(|address| address.port());
                for socket in sockets.drain(..) {
                    tokio::spawn(tcp::attend(socket, way(port)));
                }
            }
            Sockets::Unix(socket) => {
                if let Some(socket) = socket.take() {
                    tokio::spawn(unix::attend(socket, way(None)));
                }
            }
        }
    }

    /// New connections speak TLS, or do not.
    pub(crate) fn speak(&mut self, listen: &Listen) {
        self.asked = listen.clone();
        self.tls.store(listen.tls(), Ordering::Release);
    }

    /// Where it is.
    pub(crate) fn listen(&self) -> Listen {
        match (self.address, &self.asked) {
            (Some(address), _) => Listen::Tcp { address, tls: self.tls.load(Ordering::Acquire) },
            (None, asked) => asked.clone(),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for (said, is) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("https://0.0.0.0", "https://0.0.0.0:443"),
            ("http://[::1]", "http://[::1]:80"),
            ("https://[::]:443", "https://[::]:443"),
            ("unix:/run/rolo.sock", "unix:/run/rolo.sock"),
        ] {
            assert_eq!(said.parse::<Listen>().unwrap().to_string(), is, "{said}");
        }
        for bad in ["", "unix:", "ftp://127.0.0.1:21", "127.0.0.1:99999", "https://", "http://127.0.0.1:80/path"] {
            assert!(bad.parse::<Listen>().is_err(), "{bad}");
        }
    }
}
