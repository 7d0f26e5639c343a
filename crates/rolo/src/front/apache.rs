//! Apache in front.

use std::net::IpAddr;

use super::{Door, Front};

const SITE: &str = include_str!("text/apache.conf");
const WHOLE: &str = include_str!("text/apache-whole.conf");
const SPLIT: &str = include_str!("text/apache-split.conf");
const FILES: &str = include_str!("text/apache-files.conf");

/// The whole configuration of a site.
pub(crate) fn apache(front: &Front) -> String {
    let (command, routes) =
        if front.split { ("rolo config apache --split", SPLIT) } else { ("rolo config apache", WHOLE) };
    let files = if front.files.is_some() { FILES } else { "" };
    front.fill(
        SITE,
        &[
            ("routes", format!("{files}{routes}")),
            ("command", command.to_owned()),
            ("api", url(&front.api)),
            ("pages", url(&front.pages)),
            ("pattern", front.name.replace('.', "\\.")),
            ("listen", listen(front)),
            ("address_http", address(front.address, front.http)),
            ("address_https", address(front.address, front.https)),
        ],
    )
}

fn url(door: &Door) -> String {
    match door {
        Door::Tcp(address) => format!("http://{address}"),
        Door::Unix(path) => format!("unix:{path}|http://rolo"),
    }
}

fn address(address: Option<IpAddr>, port: u16) -> String {
    match address {
        None => format!("*:{port}"),
        Some(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        Some(IpAddr::V4(address)) => format!("{address}:{port}"),
    }
}

/// Where to listen, unless that is what every Apache does.
fn listen(front: &Front) -> String {
    if front.address.is_none() && (front.http, front.https) == (80, 443) {
        return "# Debian listens on 80 and 443 already (ports.conf). Elsewhere it takes: Listen 80 and Listen 443\n"
            .to_owned();
    }
    let told = |port: u16| match front.address {
        None => format!("{port}"),
        some => address(some, port),
    };
    format!("Listen {}\nListen {}\n", told(front.http), told(front.https))
}
