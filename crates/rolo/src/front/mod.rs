//! A real web server in front: the configuration of NGINX or Apache that goes with Rolo's own.
//!
//! Two ways. Whole: everything goes to Rolo's gateway, which has the pages, their files and the API. Split: NGINX or Apache takes
//! the gateway's place, and hands `/v1` to the API server and pages to the SSR server itself. The texts lie in `text/`, as they
//! are printed but for what is between two `@`.

mod apache;
mod nginx;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use http::Uri;

use crate::config::Config;

pub(crate) use self::{apache::apache, nginx::nginx};

/// What is asked for beside what the configuration says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// The server in front takes the gateway's place.
    pub(crate) split: bool,
    /// The only address to listen on.
    pub(crate) address: Option<IpAddr>,
    /// Another port for http.
    pub(crate) http: Option<u16>,
    /// Another port for https.
    pub(crate) https: Option<u16>,
    /// The certificate.
    pub(crate) certificate: Option<PathBuf>,
    /// Its key.
    pub(crate) key: Option<PathBuf>,
    /// Where the API is, instead of where the configuration says.
    pub(crate) api: Option<String>,
    /// Where pages are drawn, instead of where the configuration says.
    pub(crate) pages: Option<String>,
    /// The folder with the web app's files.
    pub(crate) files: Option<PathBuf>,
}

/// All a server in front must be told.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    name: String,
    split: bool,
    address: Option<IpAddr>,
    http: u16,
    https: u16,
    certificate: PathBuf,
    key: PathBuf,
    api: Door,
    pages: Door,
    files: Option<PathBuf>,
}

/// Where Rolo, or a role of it, answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Host and port.
    Tcp(String),
    /// A socket on this machine.
    Unix(String),
}

/// The name in an example.
const NAME: &str = "contacts.example";
/// Where `rolo config files` is told to put the web app's files.
const FILES: &str = "/usr/share/rolo/web";
/// What a page that is served as a file may load and do; the gateway says the same.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

impl Front {
    /// What the configuration says, and `wish` before it.
    pub(crate) fn of(config: &Config, wish: Wish) -> Result<Self> {
        let (name, port) = public(&config.server.public_url)?;
        let folder = || PathBuf::from("/etc/letsencrypt/live").join(&name);
        let certificate = wish.certificate.unwrap_or_else(|| folder().join("fullchain.pem"));
        let key = wish.key.unwrap_or_else(|| folder().join("privkey.pem"));
        let (api, pages) = if wish.split {
            (config.api.place(), config.ssr.place())
        } else {
            (&config.server.listen, &config.server.listen)
        };
        let api = wish.api.as_deref().map_or_else(|| door(api.iter()), |api| door([api]))?;
        let pages = wish.pages.as_deref().map_or_else(|| door(pages.iter()), |pages| door([pages]))?;
        let files = wish.files.or_else(|| wish.split.then(|| FILES.into()));
        let (http, https) = (wish.http.unwrap_or(80), wish.https.unwrap_or(port));
        Ok(Self { name, split: wish.split, address: wish.address, http, https, certificate, key, api, pages, files })
    }

    /// What people type, without a slash at the end.
    fn url(&self) -> String {
        match self.https {
            443 => format!("https://{}", self.name),
            port => format!("https://{}:{port}", self.name),
        }
    }

    /// `text` with what stands between two `@` put in.
    fn fill(&self, text: &str, more: &[(&str, String)]) -> String {
        let files = self.files.as_ref().map(|files| files.display().to_string()).unwrap_or_default();
        let common = [
            ("host", self.name.clone()),
            ("name", self.name.clone()),
            ("url", self.url()),
            ("http", self.http.to_string()),
            ("certificate", self.certificate.display().to_string()),
            ("key", self.key.display().to_string()),
            ("files", files),
            ("policy", POLICY.to_owned()),
        ];
        // What is put in first may hold names itself: the parts are filled like the whole.
        more.iter()
            .chain(&common)
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("@{name}@"), value))
    }
}

/// Name and port of the public address.
fn public(url: &str) -> Result<(String, u16)> {
    if url.is_empty() {
        return Ok((NAME.to_owned(), 443));
    }
    let uri: Uri = url.parse().with_context(|| format!("server.public_url is no address: {url}"))?;
    let host = uri.host().with_context(|| format!("server.public_url has no name in it: {url}"))?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    if !host.chars().all(plain) {
        bail!("{host} is no name a web server could have: write server.public_url as https://{NAME}");
    }
    Ok((host.to_ascii_lowercase(), uri.port_u16().unwrap_or(443)))
}

/// The first of these listeners a neighbour on this machine can speak to without TLS.
fn door<'a>(listens: impl IntoIterator<Item = &'a str>) -> Result<Door> {
    let mut seen = Vec::new();
    for listen in listens {
        if let Some(path) = listen.strip_prefix("unix:") {
            return Ok(Door::Unix(path.to_owned()));
        }
        let bare = listen.strip_prefix("http://").unwrap_or(listen).trim_end_matches('/');
        if !bare.contains("://") && bare.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            return Ok(Door::Tcp(nearest(bare)));
        }
        seen.push(listen);
    }
    bail!(
        "a web server in front speaks plain http with Rolo, and Rolo does not listen on any here ({}). \
         Write server.listen = \"127.0.0.1:8080\".",
        seen.join(", ")
    )
}

/// What listens everywhere is reached on loopback.
fn nearest(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(SocketAddr::V4(found)) if found.ip().is_unspecified() => format!("127.0.0.1:{}", found.port()),
        Ok(SocketAddr::V6(found)) if found.ip().is_unspecified() => format!("[::1]:{}", found.port()),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Several;

    fn of(public_url: &str, listen: &str, wish: Wish) -> Result<Front> {
        let mut config = Config::default();
        config.server.public_url = public_url.to_owned();
        config.server.listen = Several::from(listen);
        Front::of(&config, wish)
    }

    #[test]
    fn names_and_doors_come_from_the_configuration() {
        let front = of("https://Book.Example:8443/", "0.0.0.0:9000", Wish::default()).unwrap();
        assert_eq!((front.url().as_str(), front.https), ("https://book.example:8443", 8443));
        assert_eq!(front.api, Door::Tcp("127.0.0.1:9000".to_owned()));
        assert_eq!(
            of("", "unix:/run/rolo.sock", Wish::default()).unwrap().api,
            Door::Unix("/run/rolo.sock".to_owned())
        );
        let split = of("", "0.0.0.0:9000", Wish { split: true, ..Wish::default() }).unwrap();
        assert_eq!(
            (&split.api, &split.pages),
            (&door(["127.0.0.1:3333"]).unwrap(), &door(["127.0.0.1:4040"]).unwrap())
        );
        assert_eq!(split.url(), "https://contacts.example");
    }

    #[test]
    fn what_would_break_out_of_the_configuration_is_refused() {
        for url in ["https://a;return 200/", "https://[::1]/", "https://a\"b", "contacts.example/x", "https://"] {
            assert!(of(url, "127.0.0.1:8080", Wish::default()).is_err(), "{url}");
        }
        assert!(of("", "https://0.0.0.0:443", Wish::default()).unwrap_err().to_string().contains("server.listen"));
    }

    #[test]
    fn every_name_between_two_signs_is_filled_in() {
        let files = Some(PathBuf::from("/srv/web"));
        for wish in [
            Wish::default(),
            Wish { files: files.clone(), ..Wish::default() },
            Wish { split: true, ..Wish::default() },
            Wish { address: Some([127, 0, 0, 1].into()), http: Some(8081), https: Some(8443), ..Wish::default() },
        ] {
            let front = of("", "127.0.0.1:8080", wish).unwrap();
            for text in [nginx(&front), apache(&front)] {
                // NGINX has locations with a name of its own.
                let left: Vec<&str> = text.lines().filter(|line| line.matches('@').count() > 1).collect();
                assert!(left.is_empty(), "{left:?}");
            }
        }
    }

    /// The examples under `deploy/` are what is printed.
    #[test]
    fn the_examples_are_what_is_printed() {
        let whole = of("https://contacts.example", "127.0.0.1:8080", Wish::default()).unwrap();
        let split = of("https://contacts.example", "127.0.0.1:8080", Wish { split: true, ..Wish::default() }).unwrap();
        for (path, text) in [
            ("nginx/rolo.conf", nginx(&whole)),
            ("nginx/rolo-split.conf", nginx(&split)),
            ("apache/rolo.conf", apache(&whole)),
            ("apache/rolo-split.conf", apache(&split)),
        ] {
            let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(path);
            if std::env::var_os("ROLO_WRITE").is_some() {
                std::fs::write(&committed, &text).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&committed).unwrap(), text, "{path}: run this test with ROLO_WRITE=1");
        }
    }
}
