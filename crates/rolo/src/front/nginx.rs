//! NGINX in front.

use std::net::IpAddr;

use super::{Door, Front};

const SITE: &str = include_str!("text/nginx.conf");
const WHOLE: &str = include_str!("text/nginx-whole.conf");
const SPLIT: &str = include_str!("text/nginx-split.conf");
const ASSETS: &str = include_str!("text/nginx-assets.conf");

/// The whole configuration of a site.
pub(crate) fn nginx(front: &Front) -> String {
    let (command, api, routes) = if front.split {
        ("rolo config nginx --split", "rolo_api", SPLIT)
    } else {
        ("rolo config nginx", "rolo", WHOLE)
    };
    let assets = if front.files.is_some() { ASSETS } else { "" };
    front.fill(
        SITE,
        &[
            ("routes", format!("{assets}{routes}")),
            ("command", command.to_owned()),
            ("upstreams", upstreams(front)),
            ("api", api.to_owned()),
            ("listen_http", listen(front.address, front.http, "")),
            ("listen_https", listen(front.address, front.https, " ssl http2")),
        ],
    )
}

fn upstreams(front: &Front) -> String {
    if front.split {
        let (api, pages) = (upstream("rolo_api", &front.api), upstream("rolo_pages", &front.pages));
        return format!("# The API server.\n{api}# The SSR server.\n{pages}");
    }
    format!("# Rolo's gateway.\n{}", upstream("rolo", &front.api))
}

fn upstream(name: &str, door: &Door) -> String {
    let server = match door {
        Door::Tcp(address) => address.clone(),
        Door::Unix(path) => format!("unix:{path}"),
    };
    // One server in a group is never taken out by NGINX, whatever fails: the next request tries it again.
    format!(
        "upstream {name} {{\n    server {server};\n    # Connections that wait for the next request.\n    keepalive 32;\n}}\n"
    )
}

fn listen(address: Option<IpAddr>, port: u16, how: &str) -> String {
    match address {
        None => format!("    listen {port}{how};\n    listen [::]:{port}{how};"),
        Some(IpAddr::V6(address)) => format!("    listen [{address}]:{port}{how};"),
        Some(IpAddr::V4(address)) => format!("    listen {address}:{port}{how};"),
    }
}
