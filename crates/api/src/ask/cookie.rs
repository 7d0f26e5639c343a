//! The session's cookie: host-only, out of reach of scripts, and over TLS bound to the host by its name.

use http::{HeaderMap, header};

/// Sessions end after 30 days without use; the cookie lives as long.
const MAX_AGE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// What the cookie is called.
fn name(tls: bool) -> &'static str {
    if tls { "__Host-rolo" } else { "rolo" }
}

/// The secret the request's cookie carries. Over TLS only the `__Host-` name counts: a neighbour on plain HTTP can plant
/// the other.
pub(crate) fn read(headers: &HeaderMap, tls: bool) -> Option<&str> {
    let name = name(tls);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|secret| !secret.is_empty())
}

/// `Set-Cookie` that signs in.
pub(crate) fn set(secret: &str, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{}={secret}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}", name(tls))
}

/// `Set-Cookie` that signs out.
pub(crate) fn clear(tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", name(tls))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())])
    }

    #[test]
    fn over_tls_only_the_host_bound_name_counts() {
        let both = cookies("rolo=planted; __Host-rolo=ours; theme=dark");
        assert_eq!(read(&both, true), Some("ours"));
        assert_eq!(read(&both, false), Some("planted"));
        assert_eq!(read(&cookies("rolo=planted"), true), None);
        assert_eq!(read(&cookies("xrolo=other; rolo="), false), None);
    }

    #[test]
    fn a_secure_connection_sets_a_secure_cookie() {
        assert_eq!(set("s", true), "__Host-rolo=s; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure");
        assert!(!set("s", false).contains("Secure"));
        assert!(clear(true).starts_with("__Host-rolo=; Path=/; Max-Age=0;"));
    }
}
