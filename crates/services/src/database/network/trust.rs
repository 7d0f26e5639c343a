//! Which servers are spoken to in the clear: those on this machine. To any other the way is encrypted and the server proves
//! its name, unless the URL says how else.

/// Whether a host is this machine: a socket's path, `localhost` or a loopback address.
pub(crate) fn is_near(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.is_empty()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a URL says itself how far to trust the way to its server.
pub(crate) fn says_how(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| matches!(pair.split('=').next(), Some("ssl-mode" | "sslmode")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_near_and_every_other_is_not() {
        for host in ["", "/run/mysqld", "localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::1"] {
            assert!(is_near(host), "{host}");
        }
        for host in ["db", "db.example", "10.0.0.1", "192.168.1.4", "localhost.example", "[fe80::1]"] {
            assert!(!is_near(host), "{host}");
        }
    }

    #[test]
    fn a_url_that_says_how_is_heard() {
        assert!(says_how("mysql://db/rolo?ssl-mode=DISABLED") && says_how("postgres://db/rolo?a=b&sslmode=require"));
        assert!(!says_how("postgres://db/rolo") && !says_how("postgres://db/sslmode=require"));
    }
}
