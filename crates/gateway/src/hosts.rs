//! Which hosts are ours, and which host a request is for.
//!
//! A name that is not ours is refused: somebody else's domain that points here would otherwise make a browser hand over what
//! belongs to ours (DNS rebinding), and links would be built with it.

use std::{borrow::Cow, fmt, io, net::IpAddr, str::FromStr};

use http::{Request, header};

/// A host, or every host beneath one: `example.com`, `*.example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPattern {
    name: String,
    beneath: bool,
}

impl HostPattern {
    /// Whether it means this host, written small and without a dot at its end.
    pub fn holds(&self, host: &str) -> bool {
        if self.beneath {
            host.strip_suffix(self.name.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            host == self.name
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", if self.beneath { "*." } else { "" }, self.name)
    }
}

impl FromStr for HostPattern {
    type Err = io::Error;

    fn from_str(said: &str) -> io::Result<Self> {
        let unclear = || {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{said} is no host: write it as example.com or *.example.com"),
            )
        };
        let (beneath, name) = said.strip_prefix("*.").map_or((false, said), |name| (true, name));
        let name = if name.parse::<IpAddr>().is_ok() {
            name.to_owned()
        } else {
            idna::domain_to_ascii(name).map_err(|_| unclear())?
        };
        let written = if name.contains(':') { format!("[{name}]") } else { name };
        let host = Host::read(&written).ok_or_else(unclear)?;
        if host.port.is_some() || (beneath && host.is_ip()) {
            return Err(unclear());
        }
        Ok(Self { name: host.name.into_owned(), beneath })
    }
}

/// The hosts that are ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    /// Nobody has said yet: this machine by its own names (`localhost`) and by address.
    #[default]
    Local,
    /// These, and no others.
    Known(Vec<HostPattern>),
    /// Whatever is asked for: for a private door whose front has looked already.
    Any,
}

impl Hosts {
    /// Whether a host, written small, is ours.
    pub fn hold(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Known(hosts) => hosts.iter().any(|known| known.holds(host)),
            Self::Local => host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok(),
        }
    }
}

/// The host a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Host<'a> {
    /// Written small, without a dot at its end and without the brackets of an address.
    pub(crate) name: Cow<'a, str>,
    /// The port, if it is said.
    pub(crate) port: Option<u16>,
}

impl<'a> Host<'a> {
    /// The one host a request names (RFC 9112 §3.2, RFC 9113 §8.3.1); none, several or two that differ are refused.
    pub(crate) fn of<B>(request: &'a Request<B>) -> Option<Self> {
        let mut headers = request.headers().get_all(header::HOST).iter();
        let header = headers.next();
        if headers.next().is_some() {
            return None;
        }
        let header = header.map(|value| value.to_str().ok().and_then(Self::read));
        match (request.uri().authority(), header) {
            (None, header) => header?,
            (Some(authority), None) => Self::read(authority.as_str()),
            (Some(authority), Some(header)) => {
                Self::read(authority.as_str()).filter(|host| Some(host) == header.as_ref())
            }
        }
    }

    fn read(said: &'a str) -> Option<Self> {
        let (name, port) = match said.strip_prefix('[') {
            Some(rest) => {
                let (address, rest) = rest.split_once(']')?;
                address.parse::<std::net::Ipv6Addr>().ok()?;
                (address, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
            }
            None => match said.split_once(':') {
                Some((name, port)) => (plain_name(name)?, Some(port)),
                None => (plain_name(said)?, None),
            },
        };
        let port = match port {
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|octet| octet.is_ascii_digit()) => Some(digits.parse().ok()?),
            Some(_) => return None,
        };
        let name = if name.bytes().any(|octet| octet.is_ascii_uppercase()) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
        Some(Self { name, port })
    }

    /// Whether it is an address and no name.
    pub(crate) fn is_ip(&self) -> bool {
        self.name.parse::<IpAddr>().is_ok()
    }

    /// As it stands in a URL, without its port.
    pub(crate) fn in_url(&self) -> Cow<'_, str> {
        if self.name.contains(':') { Cow::Owned(format!("[{}]", self.name)) } else { Cow::Borrowed(&self.name) }
    }
}

/// A name of letters, digits, hyphens and underlines, with at most one dot at its end, which means nothing.
fn plain_name(said: &str) -> Option<&str> {
    let name = said.strip_suffix('.').unwrap_or(said);
    let sound = |part: &str| {
        !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    (name.len() <= 253 && name.split('.').all(sound)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str, hosts: &[&str]) -> Option<(String, Option<u16>)> {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        Host::of(&request.body(()).unwrap()).map(|host| (host.name.into_owned(), host.port))
    }

    #[test]
    fn a_request_names_one_host() {
        let is = |name: &str, port| Some((name.to_owned(), port));
        assert_eq!(asked("/", &["Example.COM."]), is("example.com", None));
        assert_eq!(asked("/", &["[::1]:8080"]), is("::1", Some(8080)));
        assert_eq!(asked("https://example.com/", &[]), is("example.com", None));
        assert_eq!(asked("http://example.com:80/", &["example.com:80"]), is("example.com", Some(80)));
        assert_eq!(asked("http://example.com/", &["other.com"]), None);
        assert_eq!(asked("/", &[]), None);
        assert_eq!(asked("/", &["example.com", "example.com"]), None);
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for bad in [
            "",
            ".",
            "a..b",
            "a b",
            "user@example.com",
            "a/b",
            "example.com:8o",
            "example.com:99999",
            "[::1",
            "[::1]x",
            "[a]",
            "a:1:2",
            "é",
        ] {
            assert_eq!(Host::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pattern_holds_its_host_or_what_lies_beneath() {
        let pattern = |said: &str| said.parse::<HostPattern>().unwrap();
        assert!(pattern("Example.com").holds("example.com"));
        assert!(!pattern("example.com").holds("www.example.com"));
        assert!(pattern("*.example.com").holds("www.example.com"));
        assert!(!pattern("*.example.com").holds("example.com"));
        assert!(!pattern("*.example.com").holds("badexample.com"));
        assert!(!pattern("*.example.com").holds(".example.com"));
        assert!(pattern("bücher.example").holds("xn--bcher-kva.example"));
        assert!(pattern("::1").holds("::1"));
        for bad in ["", "example.com:80", "https://example.com", "*.127.0.0.1", "a*.example.com"] {
            assert!(bad.parse::<HostPattern>().is_err(), "{bad}");
        }
    }

    #[test]
    fn before_anybody_said_only_this_machine_is_ours() {
        for ours in ["localhost", "rolo.localhost", "127.0.0.1", "192.0.2.7", "::1"] {
            assert!(Hosts::Local.hold(ours), "{ours}");
        }
        assert!(!Hosts::Local.hold("example.com") && !Hosts::Local.hold("localhost.example.com"));
        let known = Hosts::Known(vec!["example.com".parse().unwrap()]);
        assert!(known.hold("example.com") && !known.hold("localhost") && !known.hold("127.0.0.1"));
    }

    proptest::proptest! {
        #[test]
        fn a_host_that_is_read_holds_nothing_that_means_something_elsewhere(said in "[a-zA-Z0-9._:@/\\[\\]\\\\ é%-]{0,40}") {
            if let Some(host) = Host::read(&said) {
                let sound = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "-_.:".contains(sign);
                proptest::prop_assert!(!host.name.is_empty() && host.name.chars().all(sound), "{host:?}");
                let written = host.in_url();
                proptest::prop_assert_eq!(Host::read(&written).map(|again| again.name), Some(host.name.clone()));
            }
        }
    }
}
