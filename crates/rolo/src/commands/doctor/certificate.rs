//! The certificate that visitors are shown: for which names, until when, and whether anybody believes it.

use jiff::Timestamp;
use x509_parser::{extensions::GeneralName, prelude::FromDer as _, prelude::X509Certificate};

use super::Finding;
use crate::probe::Shown;

/// From how many days before its end on somebody should know. Renewal begins at thirty.
const DAYS_LEFT: i64 = 14;

/// What is to be said of a certificate that was shown for this host.
pub(super) fn look(host: &str, shown: &Shown, now: Timestamp) -> Finding {
    let Ok((_, certificate)) = X509Certificate::from_der(&shown.certificate) else {
        return Finding::ill(
            "tls",
            "What was shown as a certificate is none.",
            "Look at the web server's certificate.",
        );
    };
    let names = names(&certificate);
    let left = certificate.validity().not_after.timestamp() - now.as_second();
    let (begins, days) = (certificate.validity().not_before.timestamp(), left.div_euclid(86_400));
    let renew = "Renew it: certbot renew, or tls.certificate_file and tls.key_file.";
    if !names.iter().any(|name| holds(name, host)) {
        let why = format!("The certificate shown for {host} is for {}.", told(&names));
        return Finding::ill("tls", why, "Get one for this name, or write the right name into server.public_url.");
    }
    if begins > now.as_second() {
        return Finding::ill(
            "tls",
            format!("The certificate for {host} is not valid yet."),
            "Look at the clock of this machine.",
        );
    }
    if left <= 0 {
        return Finding::ill("tls", format!("The certificate for {host} ended {} days ago.", -days), renew);
    }
    if days < DAYS_LEFT {
        return Finding::note("tls", format!("The certificate for {host} ends in {days} days."), renew);
    }
    match &shown.doubt {
        Some(doubt) => Finding::note(
            "tls",
            format!("The certificate for {host} ends in {days} days, but browsers do not believe it: {doubt}."),
            "Well if your visitors know who signed it; else get one from an authority that browsers know.",
        ),
        None => Finding::well("tls", format!("the certificate for {host} ends in {days} days")),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let said = certificate.subject_alternative_name().ok().flatten();
    let names = said.iter().flat_map(|said| &said.value.general_names);
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(octets) => match octets.len() {
                4 => Some(std::net::IpAddr::from(<[u8; 4]>::try_from(*octets).ok()?).to_string()),
                _ => Some(std::net::IpAddr::from(<[u8; 16]>::try_from(*octets).ok()?).to_string()),
            },
            _ => None,
        })
        .collect()
}

fn told(names: &[String]) -> String {
    if names.is_empty() { "no name".to_owned() } else { names.join(", ") }
}

/// Whether a name of a certificate holds this host (RFC 9525: a star is one whole label, the first).
fn holds(name: &str, host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(first, above)| !first.is_empty() && above == rest),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::{super::State, *};

    /// A certificate of ours for these names, valid for these days around a moment.
    fn shown(names: &[&str], from: i64, until: i64, now: Timestamp) -> Shown {
        let mut params =
            rcgen::CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
        let day = |days: i64| {
            let date = (now + (days * 24).hours()).to_zoned(jiff::tz::TimeZone::UTC).date();
            rcgen::date_time_ymd(date.year().into(), date.month().try_into().unwrap(), date.day().try_into().unwrap())
        };
        (params.not_before, params.not_after) = (day(from), day(until));
        let key = rcgen::KeyPair::generate().unwrap();
        Shown { certificate: params.self_signed(&key).unwrap().der().to_vec(), doubt: Some("UnknownIssuer".to_owned()) }
    }

    #[test]
    fn a_certificate_is_for_its_names_and_its_time() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let of = |names: &[&str], from, until| look("book.example", &shown(names, from, until, now), now);
        let doubted = of(&["book.example"], -10, 80);
        assert!(doubted.state == State::Note && doubted.found.contains("do not believe it"), "{doubted:?}");
        let believed = Shown { doubt: None, ..shown(&["*.example"], -10, 80, now) };
        assert_eq!(look("book.example", &believed, now).state, State::Well);
        let soon = of(&["book.example"], -80, 5);
        assert!(soon.state == State::Note && soon.cure.contains("Renew"), "{soon:?}");
        let over = of(&["book.example"], -80, -3);
        assert!(over.state == State::Ill && over.found.contains("ended"), "{over:?}");
        assert_eq!(of(&["book.example"], 3, 80).state, State::Ill, "not yet");
        let other = of(&["other.example", "127.0.0.1"], -10, 80);
        assert!(other.state == State::Ill && other.found.contains("other.example, 127.0.0.1"), "{other:?}");
        assert_eq!(look("book.example", &Shown { certificate: vec![1], doubt: None }, now).state, State::Ill);
    }

    #[test]
    fn a_star_is_one_label() {
        assert!(holds("*.example", "a.example") && holds("a.example", "A.EXAMPLE"));
        assert!(
            !holds("*.example", "example") && !holds("*.example", "a.b.example") && !holds("a.example", "b.example")
        );
    }
}
