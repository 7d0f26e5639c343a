//! Where an upstream listens: `http://127.0.0.1:3333`, `https://api.example.org`, `unix:/run/rolo/api.sock`.

use std::{fmt, path::PathBuf, str::FromStr};

/// An upstream's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A host and port, plain or encrypted.
    Tcp {
        /// The name or address, without brackets.
        host: String,
        /// The port; the scheme's own when the URL names none.
        port: u16,
        /// Whether TLS is spoken, and the certificate checked.
        tls: bool,
    },
    /// A Unix socket.
    Unix(PathBuf),
}

impl Address {
    /// What stands in `Host` for this upstream, unless the visitor's is kept.
    pub(crate) fn authority(&self) -> String {
        match self {
            Self::Unix(_) => "localhost".to_owned(),
            Self::Tcp { host, port, tls } => {
                let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
                match (*port, *tls) {
                    (443, true) | (80, false) => host,
                    (port, _) => format!("{host}:{port}"),
                }
            }
        }
    }
}

impl FromStr for Address {
    type Err = String;

    /// The error is a sentence for the person who wrote the address.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{text}` is no upstream: {why}");
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            return match path.is_absolute() {
                true => Ok(Self::Unix(path)),
                false => Err(wrong("a Unix socket is named by its whole path, `unix:/run/…`")),
            };
        }
        let (tls, rest) = match text.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            _ => return Err(wrong("it begins with `http://`, `https://` or `unix:`")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(wrong("it has a path, but each request brings its own"));
        }
        let authority = http::uri::Authority::from_str(rest).map_err(|_| wrong("it names no host"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || authority.as_str().contains('@') {
            return Err(wrong("it names no host, or a user with it"));
        }
        let port = match authority.as_str().strip_prefix(authority.host()).and_then(|port| port.strip_prefix(':')) {
            None => {
                if tls {
                    443
                } else {
                    80
                }
            }
            Some(port) => port.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong("its port is none"))?,
        };
        Ok(Self::Tcp { host: host.to_owned(), port, tls })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp { tls, .. } => write!(f, "{}://{}", if *tls { "https" } else { "http" }, self.authority()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_said_again() {
        for (text, said, authority) in [
            ("http://127.0.0.1:3333", "http://127.0.0.1:3333", "127.0.0.1:3333"),
            ("http://localhost", "http://localhost", "localhost"),
            ("https://api.example.org/", "https://api.example.org", "api.example.org"),
            ("https://[2001:db8::1]:444", "https://[2001:db8::1]:444", "[2001:db8::1]:444"),
            ("unix:/run/rolo.sock", "unix:/run/rolo.sock", "localhost"),
            ("unix:///run/rolo.sock", "unix:/run/rolo.sock", "localhost"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.to_string().as_str(), address.authority().as_str()), (said, authority));
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (text, why) in [
            ("127.0.0.1:3333", "begins with"),
            ("ftp://example.org", "begins with"),
            ("http://", "names no host"),
            ("http://a@b", "a user"),
            ("http://a:0", "port"),
            ("http://a:70000", "port"),
            ("http://a/v1", "path"),
            ("unix:rolo.sock", "whole path"),
        ] {
            assert!(text.parse::<Address>().unwrap_err().contains(why), "{text}");
        }
    }
}
