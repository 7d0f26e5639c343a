//! `[[site]]`: virtual hosts, and where their paths lead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Value;

use super::{
    manner::{self, Manner},
    nearest,
    setting::section,
    several::Several,
};

section! {
    /// Virtual hosts: under which names and on which ports which path leads where.
    Site = "site" {
        /// The names it answers to, such as contacts.example or *.contacts.example. None: whoever answers to no other.
        names: Several = Several::default(),
        /// Where it listens, when that is not where [server] does.
        listen: Several = Several::default(),
        /// Where each path and what lies beneath it goes; the longest that fits wins.
        routes: BTreeMap<String, Route> = BTreeMap::new(),
    }
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub(crate) struct Route {
    /// One, or several that share the work.
    pub(crate) to: To,
    /// How, where that is not as usual.
    pub(crate) manner: Manner,
}

/// What a path can lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// Rolo's API.
    Api,
    /// Rolo's pages, drawn on the server, with their files.
    Ssr,
    /// Rolo's pages, drawn by the browser, with their files.
    App,
    /// Servers of one's own.
    Urls(Several),
}

const WORDS: [&str; 3] = ["api", "ssr", "app"];

impl TryFrom<Value> for Route {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let Value::Table(mut table) = value else { return Ok(Self { to: to(value)?, manner: Manner::default() }) };
        let target = table.remove("to");
        let manner = Manner::read(&table)?;
        match (to(target.ok_or("a route needs its to")?)?, manner.first()) {
            (To::Api | To::Ssr | To::App, Some(key)) => {
                Err(format!("{key} belongs to a route to URLs; Rolo looks after its own"))
            }
            (to, _) => Ok(Self { to, manner }),
        }
    }
}

fn to(value: Value) -> Result<To, String> {
    let urls: Several = value.try_into().map_err(|_| "write api, ssr, app, a URL or a list of URLs".to_owned())?;
    match urls.iter().collect::<Vec<_>>()[..] {
        [] => return Err("a route leads somewhere: write api, ssr, app, a URL or a list of URLs".to_owned()),
        ["api"] => return Ok(To::Api),
        ["ssr"] => return Ok(To::Ssr),
        ["app"] => return Ok(To::App),
        _ => {}
    }
    if let Some(strange) = urls.iter().find(|url| !is_url(url)) {
        return Err(format!(
            "{strange} is nowhere a route could lead: write api, ssr, app, or http://HOST:PORT{}",
            nearest(strange, WORDS)
        ));
    }
    Ok(To::Urls(urls))
}

fn is_url(url: &str) -> bool {
    ["http://", "https://", "unix:/"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

impl From<Route> for Value {
    fn from(Route { to, manner }: Route) -> Self {
        let to = match to {
            To::Api => Self::from("api"),
            To::Ssr => Self::from("ssr"),
            To::App => Self::from("app"),
            To::Urls(urls) => super::setting::write(&urls),
        };
        if manner.is_empty() {
            return to;
        }
        let mut table = manner.written();
        table.insert("to".to_owned(), to);
        Self::Table(table)
    }
}

/// The sites of an example: lines that begin with `#` and no space are what a file would say.
pub(super) fn example() -> String {
    EXAMPLE.replace("@manner@\n", &manner::explained())
}

const EXAMPLE: &str = r##"
# Virtual hosts: under which names and on which ports which path leads where. Rolo itself stays
# where it is without any. These are examples, and off: take the # away at the start of a line.
#
# names: those it answers to, such as contacts.example or *.contacts.example. None: whoever answers to no other.
# listen: where it listens, when that is not where [server] does.
# routes: where each path and what lies beneath it goes; the longest that fits wins.
#   api: Rolo's API. ssr: its pages, drawn on the server. app: its pages, drawn by the browser. Or a URL of your own (http://,
#   https://, unix:/), or several, which share the work. Of a route to URLs more can be said in braces, to = URL first; here with
#   what holds when it is not:
@manner@
# Wherever Rolo's pages are, its API is at /v1 as well, so that cookies belong to one host; a host of its own for the API is
# for programs with a token.

# Pages drawn by the SSR server, http://127.0.0.1:4040 when it is a process of its own.
#[[site]]
#names = "demo.contacts.example"
#routes = { "/" = "ssr" }

# The API server, http://127.0.0.1:3333 when it is a process of its own.
#[[site]]
#names = "api.contacts.example"
#routes = { "/v1" = "api" }

# The app as files, drawn by the browser.
#[[site]]
#names = "app.contacts.example"
#routes = { "/" = "app" }

# Something of your own beside Rolo, on a port of its own, by two servers.
#[[site]]
#names = ["wiki.contacts.example", "*.wiki.contacts.example"]
#listen = ["http://127.0.0.1:8081", "http://[::1]:8081"]
#routes = { "/" = { to = ["http://127.0.0.1:5001", "http://127.0.0.1:5002"], health = "/healthz", connect_seconds = 5 }, "/files" = "http://127.0.0.1:5003" }
"##;
