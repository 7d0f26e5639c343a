//! Where a write comes from. A cookie travels with any request a browser makes, also one another site told it to make; so
//! a write by cookie must come from Rolo's own pages (`contract.md` §6).

use http::{HeaderMap, HeaderName, header};

use crate::answer::Refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a write that does not say it comes from this site.
pub(crate) fn same(
    headers: &HeaderMap,
    public_url: Option<&str>,
    authority: Option<&str>,
    tls: bool,
) -> Result<(), Refusal> {
    let said = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    };
    if said(SEC_FETCH_SITE) == Some("same-origin") {
        return Ok(());
    }
    let host = authority.or_else(|| said(header::HOST));
    let known = |origin: &str| {
        public_url.is_some_and(|site| same_origin(site, origin))
            || host.is_some_and(|host| same_origin(&format!("{}://{host}", if tls { "https" } else { "http" }), origin))
    };
    match said(header::ORIGIN) {
        // A browser that says it comes from elsewhere is believed, whatever Origin says.
        Some(origin) if said(SEC_FETCH_SITE).is_none() && known(origin) => Ok(()),
        _ => Err(Refusal::from(rolo_core::Error::denied(
            "This did not come from Rolo's own pages. Programs use an API token instead of the cookie.",
        ))
        .at("Origin")),
    }
}

/// Scheme and authority, compared without case, trailing slash and default port.
fn same_origin(site: &str, origin: &str) -> bool {
    fn plain(url: &str) -> String {
        let url = url.trim_end_matches('/').to_ascii_lowercase();
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
            if url.starts_with(scheme) {
                return url.strip_suffix(port).map_or_else(|| url.clone(), str::to_owned);
            }
        }
        url
    }
    plain(site) == plain(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&str, &str)], tls: bool) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap()))
            .collect();
        same(&headers, Some("https://rolo.example/"), None, tls).is_ok()
    }

    #[test]
    fn only_rolos_own_pages_write_by_cookie() {
        let host = ("host", "localhost:8080");
        assert!(asked(&[host, ("sec-fetch-site", "same-origin")], false));
        assert!(asked(&[host, ("origin", "http://localhost:8080")], false));
        assert!(
            asked(&[host, ("origin", "https://ROLO.example:443")], false),
            "the public address, whatever Host says"
        );
        assert!(!asked(&[host], false), "neither header");
        assert!(!asked(&[host, ("origin", "null")], false));
        assert!(!asked(&[host, ("origin", "https://evil.example")], false));
        assert!(!asked(&[host, ("origin", "http://localhost:8080")], true), "another scheme is another origin");
        assert!(!asked(&[host, ("sec-fetch-site", "cross-site"), ("origin", "http://localhost:8080")], false));
        assert!(!asked(&[host, ("sec-fetch-site", "same-site")], false));
        assert!(!asked(&[host, ("origin", "http://localhost:8080"), ("origin", "https://evil.example")], false));
    }
}
