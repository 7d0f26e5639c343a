//! The address people type: whether its name leads anywhere, who answers there, and whether that is this Rolo.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

use http::{HeaderMap, Method, Uri, header};
use jiff::{SignedDuration, Timestamp};

use super::{Finding, certificate};
use crate::{config::Config, probe::Probe};

/// How long a name may take to be looked up.
const LOOK_UP: Duration = Duration::from_secs(5);
/// From when on the clock of who answers there is another one.
const CLOCKS_APART: SignedDuration = SignedDuration::from_secs(30);

/// Looks at `server.public_url`, if there is one.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let url = config.server.public_url.trim_end_matches('/');
    if url.is_empty() {
        let cure = "Where others use this Rolo, write what they type into server.public_url, such as https://contacts.example.";
        return vec![Finding::note("name", "Rolo answers to whatever name it is called by.", cure)];
    }
    let uri = url.parse::<Uri>().ok();
    let Some((uri, host)) = uri.as_ref().and_then(|uri| Some((uri, uri.host()?))) else {
        return vec![Finding::ill(
            "name",
            format!("server.public_url is no address: {url}"),
            "Write it as https://contacts.example.",
        )];
    };
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    let addresses = match addresses(host, port).await {
        Ok(addresses) => addresses,
        Err(why) => {
            let cure = "Make an A or AAAA record that points here, and see that this machine may ask a name server.";
            return vec![Finding::ill("name", format!("{host} leads nowhere: {why}."), cure)];
        }
    };
    let mut findings = vec![name(host, &addresses)];
    if uri.scheme_str() == Some("http") && !addresses.iter().all(|address| address.ip().is_loopback()) {
        let cure = "Write server.public_url with https://, and let Rolo or a web server in front have a certificate.";
        findings.push(Finding::ill("tls", "People come in the clear: passwords can be read on the way.", cure));
    }
    findings.extend(answer(config, url, host).await);
    findings
}

async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let bare = host.trim_matches(['[', ']']);
    match tokio::time::timeout(LOOK_UP, tokio::net::lookup_host((bare, port))).await {
        Ok(Ok(found)) => Ok(found.collect()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no name server answered within {} s", LOOK_UP.as_secs())),
    }
}

fn name(host: &str, addresses: &[SocketAddr]) -> Finding {
    let ips: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    let found = format!("{host} leads to {}", ips.join(", "));
    if addresses.iter().any(|address| is_ours(address.ip())) {
        return Finding::well("name", format!("{found}, which is this machine"));
    }
    Finding::note(
        "name",
        format!("{found}, which is no address of this machine."),
        "Well behind a router or a proxy elsewhere that hands requests on to here; else correct the record.",
    )
}

/// Whether an address is this machine's: only to one's own can a socket be bound.
fn is_ours(ip: IpAddr) -> bool {
    UdpSocket::bind((ip, 0)).is_ok()
}

async fn answer(config: &Config, url: &str, host: &str) -> Vec<Finding> {
    let cure = "Start rolo serve, and whoever stands in front of it.";
    let mut probe = match Probe::open(url).await {
        Ok(probe) => probe,
        Err(error) => return vec![Finding::ill("front", format!("Nobody answers at {url}: {error:#}."), cure)],
    };
    let now = Timestamp::now();
    let mut findings: Vec<Finding> = probe.shown.iter().map(|shown| certificate::look(host, shown, now)).collect();
    let seen = match probe.ask(Method::GET, "/version", None).await {
        Ok(seen) => seen,
        Err(error) => {
            findings.push(Finding::ill("front", format!("{url} gives no answer: {error:#}."), cure));
            return findings;
        }
    };
    let version = serde_json::from_slice::<serde_json::Value>(&seen.body).ok();
    let version = version.as_ref().and_then(|told| told.get("version")?.as_str()).filter(|_| seen.status.is_success());
    findings.push(who(config, url, &seen.headers, version, seen.status.as_u16()));
    findings.extend(date(&seen.headers, now));
    findings
}

/// Who answers, and whether that is a Rolo that knows of it.
fn who(config: &Config, url: &str, headers: &HeaderMap, version: Option<&str>, status: u16) -> Finding {
    let front = headers.get(header::SERVER).and_then(|name| name.to_str().ok());
    let through = front.map(|front| format!(" through {front}")).unwrap_or_default();
    let Some(version) = version else {
        let cure = "rolo config nginx and rolo config apache print what such a server needs to hand on.";
        return Finding::ill("front", format!("{url} answers {status}{through}, and not as Rolo does."), cure);
    };
    if let (Some(front), false) = (front, config.server.behind_proxy) {
        return Finding::ill(
            "front",
            format!(
                "{front} stands in front, and Rolo does not know: it takes all visitors for one, and https for http."
            ),
            "Write server.behind_proxy = true.",
        );
    }
    let ours = env!("CARGO_PKG_VERSION");
    if version != ours {
        return Finding::note(
            "front",
            format!("Rolo {version} answers at {url}{through}; this is {ours}."),
            "Restart the one that serves.",
        );
    }
    Finding::well("front", format!("Rolo {version} answers at {url}{through}"))
}

/// Whoever answers says what time it is there (RFC 9110 §6.6.1); on this machine that is the same clock.
fn date(headers: &HeaderMap, now: Timestamp) -> Option<Finding> {
    let said = headers.get(header::DATE)?.to_str().ok()?;
    let there = jiff::fmt::rfc2822::parse(said).ok()?.timestamp();
    let apart = there.duration_since(now).abs();
    (apart > CLOCKS_APART).then(|| {
        let found =
            format!("The clock of who answers at the public address is {} s away from this one.", apart.as_secs());
        Finding::ill("clock", found, "Let systemd-timesyncd or chrony keep the clocks of all machines.")
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::{super::State, *};

    #[test]
    fn who_stands_in_front_must_be_known_and_hand_on_to_this_version() {
        let of = |server: Option<&'static str>, behind_proxy, version| {
            let mut config = Config::default();
            config.server.behind_proxy = behind_proxy;
            let headers = server.map(|name| (header::SERVER, HeaderValue::from_static(name)));
            who(&config, "https://book.example", &headers.into_iter().collect(), version, 200)
        };
        let ours = Some(env!("CARGO_PKG_VERSION"));
        assert_eq!(of(None, false, ours).state, State::Well);
        let well = of(Some("nginx/1.22.1"), true, ours);
        assert!(well.state == State::Well && well.found.ends_with("through nginx/1.22.1"), "{well:?}");
        assert!(of(Some("nginx"), false, ours).cure.contains("behind_proxy"));
        assert_eq!(of(None, false, Some("0.0.0")).state, State::Note);
        assert!(of(Some("Apache"), true, None).found.contains("not as Rolo does"));
    }

    #[test]
    fn another_clock_is_named() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let of = |said| date(&HeaderMap::from_iter([(header::DATE, HeaderValue::from_static(said))]), now);
        assert_eq!(of("Sun, 22 Nov 2026 12:00:10 GMT"), None);
        assert!(of("Sun, 22 Nov 2026 12:02:00 GMT").unwrap().found.contains("120 s"));
        assert_eq!(of("no date"), None);
    }

    #[test]
    fn an_address_is_ours_or_not() {
        assert!(is_ours([127, 0, 0, 1].into()));
        assert!(!is_ours([192, 0, 2, 1].into()), "kept for examples (RFC 5737)");
    }
}
