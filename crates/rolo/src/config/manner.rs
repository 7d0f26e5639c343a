//! How a route leads to servers of one's own: which of several is asked, how long each phase may take, how much it may be.
//!
//! What is not said is as the gateway has it by itself, so that its defaults stand in one place.

use std::{collections::BTreeMap, fmt::Write as _, ops::RangeInclusive, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use rolo_gateway::{
    ProxyPlan, acme,
    proxy::{Choice, HealthCheck, HostTold, PhaseTimes, Rate},
};
use toml::{Table, Value};

use super::nearest;

/// A day: nobody waits longer.
const SECONDS_MAX: u64 = 86_400;
/// Not a bound but a number that is surely a mistake.
const NUMBER_MAX: u64 = 1_000_000;
/// The same, of octets: a petabyte.
const OCTETS_MAX: u64 = 1 << 50;
/// A route has so many servers at most, and one of them is the first.
const RETRIES_MAX: u64 = 63;

/// What was said of a route beside where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner(BTreeMap<&'static str, Said>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Number(u64),
    Text(String),
}

/// Something that can be said of a route.
struct Known {
    key: &'static str,
    fits: Fits,
    doc: &'static str,
}

/// What fits.
enum Fits {
    /// A whole number, from and to.
    Number(u64, u64),
    /// One of these.
    Word(&'static [&'static str]),
    /// A path of a URL.
    Path,
    /// A path of a file.
    File,
    /// A status, or from one to another.
    Statuses,
}

const CHOICES: [&str; 2] = ["least-running", "in-turn"];
const HOSTS: [&str; 2] = ["visitor", "own"];

const fn known(key: &'static str, fits: Fits, doc: &'static str) -> Known {
    Known { key, fits, doc }
}

const SECONDS: Fits = Fits::Number(1, SECONDS_MAX);

/// In the order in which they are explained.
const KNOWN: [Known; 16] = [
    known(
        "health",
        Fits::Path,
        "the path each is asked for now and then; who does not answer it well gets no requests",
    ),
    known("health_seconds", SECONDS, "how often"),
    known("health_status", Fits::Statuses, "what well is"),
    known("choice", Fits::Word(&CHOICES), "of several the one with least to do, or each in turn (in-turn)"),
    known("retries", Fits::Number(0, RETRIES_MAX), "how many others are asked when one cannot be reached"),
    known("host", Fits::Word(&HOSTS), "the Host they are told: the one the visitor asked for, or their own (own)"),
    known("connect_seconds", SECONDS, "until a connection stands, its TLS included"),
    known("send_seconds", SECONDS, "between two pieces of a request's body, whichever side is slow"),
    known("answer_seconds", SECONDS, "from the whole request to the first octet of the answer"),
    known(
        "between_seconds",
        SECONDS,
        "between two pieces of the answer; events may be silent for as long as they like",
    ),
    known("upgraded_seconds", SECONDS, "how long a WebSocket may be silent both ways"),
    known("body_bytes_max", Fits::Number(0, OCTETS_MAX), "how large a request's body may be"),
    known(
        "running_max",
        Fits::Number(1, NUMBER_MAX),
        "how many requests one of them has at a time; more are refused with 503",
    ),
    known(
        "rate_per_second",
        Fits::Number(1, NUMBER_MAX),
        "how often one visitor may ask, in the long run; more are refused with 429",
    ),
    known(
        "rate_burst",
        Fits::Number(1, NUMBER_MAX),
        "how often at once, after a pause; as often as in a second unless said",
    ),
    known("authority_file", Fits::File, "who vouches for https:// servers besides the public authorities, as PEM"),
];

impl Fits {
    /// What was said, if it fits; else what would.
    fn read(&self, key: &str, value: &Value) -> Result<Said, String> {
        let text = value.as_str().map(|text| Said::Text(text.to_owned()));
        let (fits, wanted) = match self {
            Self::Number(from, to) => {
                let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
                let fits = number.filter(|number| (from..=to).contains(&number)).map(Said::Number);
                (fits, format!("a whole number from {from} to {to}"))
            }
            Self::Word(words) => {
                (text.filter(|_| value.as_str().is_some_and(|word| words.contains(&word))), words.join(" or "))
            }
            Self::Path => (
                text.filter(|_| value.as_str().is_some_and(|path| path.starts_with('/'))),
                "a path, such as \"/healthz\"".to_owned(),
            ),
            Self::File => (text.filter(|_| value.as_str() != Some("")), "the path of a file".to_owned()),
            Self::Statuses => (
                text.filter(|_| value.as_str().and_then(statuses).is_some()),
                "a status such as \"204\", or from one to another, such as \"200-299\"".to_owned(),
            ),
        };
        fits.ok_or_else(|| format!("{key} is {wanted}, and {value} is not"))
    }
}

/// `204`, or `200-299`.
fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let range = from.parse().ok()?..=to.parse().ok()?;
    (range.start() <= range.end() && (100..=599).contains(range.start()) && (100..=599).contains(range.end()))
        .then_some(range)
}

impl Manner {
    /// Reads what is said beside `to`.
    pub(super) fn read(table: &Table) -> Result<Self, String> {
        let mut said = BTreeMap::new();
        for (key, value) in table {
            let Some(known) = KNOWN.iter().find(|known| known.key == key) else {
                let keys = KNOWN.iter().map(|known| known.key);
                return Err(format!("a route has no setting {key}{}", nearest(key, keys.chain(["to"]))));
            };
            said.insert(known.key, known.fits.read(known.key, value)?);
        }
        for (key, needed) in
            [("health_seconds", "health"), ("health_status", "health"), ("rate_burst", "rate_per_second")]
        {
            if said.contains_key(key) && !said.contains_key(needed) {
                return Err(format!("{key} says nothing without {needed}"));
            }
        }
        Ok(Self(said))
    }

    /// Whether nothing was said.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Any of what was said.
    pub(super) fn first(&self) -> Option<&'static str> {
        self.0.keys().next().copied()
    }

    /// The path each server is asked for now and then; none if nobody asks.
    pub(crate) fn health(&self) -> Option<&str> {
        self.text("health")
    }

    /// As the file would say it.
    pub(super) fn written(&self) -> Table {
        let value = |said: &Said| match said {
            Said::Number(number) => Value::Integer(i64::try_from(*number).unwrap_or(i64::MAX)),
            Said::Text(text) => Value::from(text.as_str()),
        };
        self.0.iter().map(|(key, said)| ((*key).to_owned(), value(said))).collect()
    }

    fn number(&self, key: &str) -> Option<u64> {
        match self.0.get(key) {
            Some(Said::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Said::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The gateway's plan, with what was said in it. `data`: where files lie that are named without their folder.
    pub(crate) fn plan(&self, mut plan: ProxyPlan, data: &Path) -> Result<ProxyPlan> {
        let seconds = |key, usual| self.number(key).map_or(usual, Duration::from_secs);
        let count = |key, usual| self.number(key).and_then(|number| usize::try_from(number).ok()).unwrap_or(usual);
        let small = |key| self.number(key).and_then(|number| u32::try_from(number).ok());
        plan.health = self.health().map(|path| {
            let usual = HealthCheck::at(path);
            let expected = self.text("health_status").and_then(statuses).unwrap_or(usual.expected);
            HealthCheck { interval: seconds("health_seconds", usual.interval), expected, path: usual.path }
        });
        if let Some(choice) = self.text("choice") {
            plan.choice = if choice == CHOICES[1] { Choice::InTurn } else { Choice::LeastRunning };
        }
        if let Some(host) = self.text("host") {
            plan.host = if host == HOSTS[1] { HostTold::Upstream } else { HostTold::Kept };
        }
        plan.retries = count("retries", plan.retries);
        plan.times = PhaseTimes {
            connect: seconds("connect_seconds", plan.times.connect),
            send: seconds("send_seconds", plan.times.send),
            first_octet: seconds("answer_seconds", plan.times.first_octet),
            between: seconds("between_seconds", plan.times.between),
            upgraded: seconds("upgraded_seconds", plan.times.upgraded),
        };
        plan.body_octets_max = self.number("body_bytes_max").unwrap_or(plan.body_octets_max);
        plan.running_max = count("running_max", plan.running_max);
        plan.rate = small("rate_per_second")
            .map(|per_second| Rate { per_second, burst: small("rate_burst").unwrap_or(per_second) })
            .or(plan.rate);
        if let Some(file) = self.text("authority_file") {
            plan.authorities = acme::authorities(&data.join(file)).with_context(|| format!("authority_file {file}"))?;
        }
        Ok(plan)
    }
}

/// What holds of a route of which nothing was said, as the file would say it; empty: nothing.
fn usual(key: &str, plan: &ProxyPlan, health: &HealthCheck) -> String {
    let times = &plan.times;
    let number = match key {
        "health_seconds" => health.interval.as_secs(),
        "connect_seconds" => times.connect.as_secs(),
        "send_seconds" => times.send.as_secs(),
        "answer_seconds" => times.first_octet.as_secs(),
        "between_seconds" => times.between.as_secs(),
        "upgraded_seconds" => times.upgraded.as_secs(),
        "retries" => plan.retries as u64,
        "body_bytes_max" => plan.body_octets_max,
        "running_max" => plan.running_max as u64,
        "health_status" => return format!("\"{}-{}\"", health.expected.start(), health.expected.end()),
        "choice" => return format!("\"{}\"", CHOICES[usize::from(plan.choice == Choice::InTurn)]),
        "host" => return format!("\"{}\"", HOSTS[usize::from(plan.host == HostTold::Upstream)]),
        _ => return String::new(),
    };
    number.to_string()
}

/// A line for each, with what holds when nobody says otherwise.
pub(super) fn explained() -> String {
    let (plan, health) = (ProxyPlan::to([]), HealthCheck::at("/"));
    let mut text = String::new();
    for Known { key, doc, .. } in &KNOWN {
        let usual = usual(key, &plan, &health);
        let said = if usual.is_empty() { (*key).to_owned() } else { format!("{key} = {usual}") };
        let _ = writeln!(text, "#   {said}: {doc}.");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manner, String> {
        Manner::read(&text.parse().unwrap())
    }

    fn planned(text: &str) -> ProxyPlan {
        read(text).unwrap().plan(ProxyPlan::to([]), Path::new("/nowhere")).unwrap()
    }

    #[test]
    fn what_is_said_of_a_route_is_what_the_gateway_does() {
        let said = "health = \"/up\"\nhealth_seconds = 7\nhealth_status = \"204\"\nchoice = \"in-turn\"\nhost = \"own\"\nretries = 1\n\
             connect_seconds = 3\nsend_seconds = 4\nanswer_seconds = 5\nbetween_seconds = 6\nupgraded_seconds = 8\n\
             body_bytes_max = 9\nrunning_max = 10\nrate_per_second = 11\nrate_burst = 12\n";
        let plan = planned(said);
        let health = HealthCheck { path: "/up".to_owned(), interval: Duration::from_secs(7), expected: 204..=204 };
        assert_eq!(
            (plan.health, plan.choice, plan.host, plan.retries),
            (Some(health), Choice::InTurn, HostTold::Upstream, 1)
        );
        let [connect, send, first_octet, between, upgraded] = [3, 4, 5, 6, 8].map(Duration::from_secs);
        assert_eq!(plan.times, PhaseTimes { connect, send, first_octet, between, upgraded });
        assert_eq!((plan.body_octets_max, plan.running_max), (9, 10));
        assert_eq!(plan.rate, Some(Rate { per_second: 11, burst: 12 }));
        assert_eq!(planned("rate_per_second = 5\n").rate, Some(Rate { per_second: 5, burst: 5 }));
        let written = read(said).unwrap().written();
        assert_eq!(Manner::read(&written), read(said), "what is written is read back");
        assert_eq!(written.len(), KNOWN.len() - 1, "but for the file all of it was said");
    }

    #[test]
    fn what_is_not_said_is_as_the_gateway_has_it() {
        let (plan, usual) = (planned(""), ProxyPlan::to([]));
        assert_eq!(
            (plan.health, plan.choice, plan.host, plan.times, plan.rate),
            (None, usual.choice, usual.host, usual.times, None)
        );
        assert_eq!(
            (plan.retries, plan.body_octets_max, plan.running_max),
            (usual.retries, usual.body_octets_max, usual.running_max)
        );
        // What the example says of each is what a file with it means.
        for line in explained().lines() {
            let Some((said, _)) =
                line.trim_start_matches(['#', ' ']).split_once(": ").filter(|(said, _)| said.contains('='))
            else {
                continue;
            };
            let health = if said.starts_with("health") { "health = \"/\"\n" } else { "" };
            let plan = planned(&format!("{health}{said}\n"));
            assert_eq!(
                (plan.choice, plan.host, plan.times, plan.retries),
                (usual.choice, usual.host, usual.times, usual.retries),
                "{said}"
            );
            assert_eq!((plan.body_octets_max, plan.running_max), (usual.body_octets_max, usual.running_max), "{said}");
            assert_eq!(plan.health, (!health.is_empty()).then(|| HealthCheck::at("/")), "{said}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        for (said, sentence) in [
            ("connect_seconds = 0", "connect_seconds is a whole number from 1 to 86400, and 0 is not"),
            ("answer_seconds = \"soon\"", "answer_seconds is a whole number from 1 to 86400, and \"soon\" is not"),
            ("rate_per_second = 1.5", "rate_per_second is a whole number"),
            ("running_max = -1", "running_max is a whole number from 1"),
            ("retries = 64", "retries is a whole number from 0 to 63"),
            ("choice = \"random\"", "choice is least-running or in-turn"),
            ("host = \"other.example\"", "host is visitor or own"),
            ("health = \"up\"", "health is a path"),
            ("health = \"/up\"\nhealth_status = \"2xx\"", "health_status is a status such as \"204\""),
            ("health = \"/up\"\nhealth_status = \"299-200\"", "health_status is a status"),
            ("health_seconds = 5", "health_seconds says nothing without health"),
            ("rate_burst = 5", "rate_burst says nothing without rate_per_second"),
            ("authority_file = \"\"", "authority_file is the path of a file"),
            ("conect_seconds = 5", "did you mean connect_seconds?"),
        ] {
            let refused = read(said).unwrap_err();
            assert!(refused.contains(sentence), "{said}: {refused}");
        }
        let unread = read("authority_file = \"none.pem\"").unwrap().plan(ProxyPlan::to([]), Path::new("/nowhere"));
        assert!(format!("{:#}", unread.unwrap_err()).contains("authority_file none.pem"));
    }
}
