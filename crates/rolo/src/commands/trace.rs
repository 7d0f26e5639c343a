//! `rolo trace`: asks for something as a visitor does, twice, and prints the way of each request with its times: the first time, and
//! again, when the cache may have it. The connections are numbered: 1 browser to gateway for a page, 2 browser to gateway for a call, 3 gateway to API, 4 API to cache, 5 API to database.

use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use futures_util::{StreamExt as _, stream};
use http::Method;
use jiff::SignedDuration;
use rolo_core::{
    Error,
    account::{person, token},
    id::TokenId,
    write::TokenKind,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    account::caller,
    cli::{Common, Trace},
    task::Task,
};
use crate::{
    admin::{self, Done, Said},
    probe::{Probe, Seen},
    wire::Machine,
};

/// How long a pass holds, should it not be given back.
const PASS: SignedDuration = SignedDuration::from_mins(5);

/// What lets a visitor in for one look.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Pass {
    id: Option<TokenId>,
    token: Option<String>,
    email: Option<String>,
    organisation: Option<String>,
    url: Option<String>,
}

/// Makes a pass: a token that ends by itself soon.
pub(crate) async fn pass(machine: &Machine, email: Option<String>) -> rolo_core::Result<Done> {
    let email = match email {
        Some(email) => email,
        None => only(machine).await?,
    };
    let caller = caller(machine, &email).await?;
    let until = machine.services.clock.now() + PASS;
    let made = token::create(&machine.services, &caller, "rolo trace", TokenKind::Api, Some(until)).await?;
    let pass = Pass {
        id: Some(made.id),
        token: Some(made.secret),
        email: Some(email),
        organisation: Some(caller.organisation().to_string()),
        url: machine.url.get().cloned(),
    };
    Ok(Done { text: String::new(), json: serde_json::to_value(pass).map_err(Error::internal)? })
}

/// Takes a pass back.
pub(crate) async fn back(machine: &Machine, email: &str, id: TokenId) -> rolo_core::Result<Done> {
    let caller = caller(machine, email).await?;
    token::revoke(&machine.services, &caller, id).await?;
    Ok(Done { text: String::new(), json: json!({}) })
}

/// The only account there is.
async fn only(machine: &Machine) -> rolo_core::Result<String> {
    let mut accounts = person::list(&machine.services).await?.into_iter().filter(|account| account.enabled);
    match (accounts.next(), accounts.next()) {
        (Some(one), None) => Ok(one.email),
        (None, _) => Err(Error::NotFound),
        _ => Err(Error::invalid("email", "There are several accounts: say whose eyes to look through with --email.")),
    }
}

/// Asks, and prints the way.
pub(crate) async fn run(common: &Common, ask: Trace) -> Result<ExitCode> {
    let method: Method = ask.method.to_uppercase().parse().context("this is no method of HTTP")?;
    if !matches!(method, Method::GET | Method::HEAD) {
        bail!("rolo trace only looks: GET or HEAD");
    }
    let token = ask.token_file.as_ref().map(|file| {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        anyhow::Ok(text.trim().to_owned())
    });
    let pass = match token.transpose()? {
        Some(token) => Pass { token: Some(token), ..Pass::default() },
        None => told(common, Task::Pass { email: ask.email.clone() }).await?,
    };
    let looked = look(&ask, &method, &pass).await;
    if let (Some(id), Some(email)) = (pass.id, pass.email) {
        let _: Pass = told(common, Task::PassBack { email, id }).await?;
    }
    let (path, seen) = looked?;
    print(common, &method, &path, &seen)?;
    Ok(if seen[0].status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the running server says to a task.
async fn told(common: &Common, task: Task) -> Result<Pass> {
    let socket = admin::connect(&common.data.join("admin.sock")).await;
    let socket = socket.with_context(|| {
        format!("no server runs on {}: start rolo serve, or say --url and --token-file", common.data.display())
    })?;
    let mut end = None;
    admin::ask(socket, &task, stream::empty().boxed(), |said| {
        end = Some(said);
        Ok(())
    })
    .await?;
    match end {
        Some(Said::Done(done)) => Ok(serde_json::from_value(done.json)?),
        Some(Said::Failed(failed)) => bail!("{}", failed.why),
        _ => bail!("the running Rolo said nothing"),
    }
}

/// What was asked for, and the answer: the first time, and again, when the cache may have it.
async fn look(ask: &Trace, method: &Method, pass: &Pass) -> Result<(String, [Seen; 2])> {
    let url =
        ask.url.as_deref().or(pass.url.as_deref()).context("say where Rolo answers with --url http://HOST:PORT")?;
    let mut probe = Probe::open(url).await?;
    if let Some(doubt) = probe.shown.as_ref().and_then(|shown| shown.doubt.as_deref())
        && !ask.insecure
    {
        bail!(
            "the certificate shown there is not to be believed ({doubt}): nothing was asked. --insecure asks all the same"
        );
    }
    let token = pass.token.as_deref();
    // Who asks is proven first, so that what is measured is the question itself.
    let session = probe.ask(Method::GET, "/v1/session", token).await?;
    let session: serde_json::Value = serde_json::from_slice(&session.body).unwrap_or_default();
    let organisation =
        pass.organisation.clone().or_else(|| Some(session.pointer("/account/organisation")?.as_str()?.to_owned()));
    let path = match organisation {
        Some(organisation) => ask.path.replace("organisations/{id}", &format!("organisations/{organisation}")),
        None => ask.path.clone(),
    };
    if path.contains(['{', '}']) {
        bail!("put in what {path} leaves open; only the organisation in /organisations/{{id}} is known here");
    }
    let first = probe.ask(method.clone(), &path, token).await?;
    let again = probe.ask(method.clone(), &path, token).await?;
    Ok((path, [first, again]))
}

/// A connection that was used.
#[derive(Debug, PartialEq, Serialize)]
struct Leg {
    number: u8,
    from: &'static str,
    to: &'static str,
    ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
}

/// What `Server-Timing` says (W3C), for the numbers that are ours; the visitor's own connection is as long as it was for him.
fn legs(said: &str, took: Duration) -> Vec<Leg> {
    let mut legs: Vec<Leg> = said.split(',').filter_map(leg).collect();
    legs.sort_by_key(|leg| leg.number);
    if let Some(first) = legs.first_mut().filter(|leg| leg.number <= 2) {
        first.ms = took.as_secs_f64() * 1_000.0;
    }
    legs
}

fn leg(said: &str) -> Option<Leg> {
    let mut words = said.split(';').map(str::trim);
    let number: u8 = words.next()?.strip_prefix('c')?.parse().ok()?;
    let (from, to) = match number {
        1 => ("browser", "gateway, for the page"),
        2 => ("browser", "gateway, for the call"),
        3 => ("gateway", "API server"),
        4 => ("API server", "cache"),
        5 => ("API server", "database"),
        _ => return None,
    };
    let mut leg = Leg { number, from, to, ms: 0.0, result: None };
    for (key, value) in words.filter_map(|word| word.split_once('=')) {
        match key {
            "dur" => leg.ms = value.parse().ok()?,
            "desc" => leg.result = Some(value.trim_matches('"').to_owned()),
            _ => {}
        }
    }
    Some(leg)
}

fn legs_of(seen: &Seen) -> Vec<Leg> {
    let said = seen.headers.get_all("server-timing").iter().filter_map(|value| value.to_str().ok());
    legs(&said.collect::<Vec<_>>().join(","), seen.took)
}

fn print(common: &Common, method: &Method, path: &str, seen: &[Seen; 2]) -> Result<()> {
    let (status, octets) = (seen[0].status.as_u16(), seen[0].body.len());
    let [first, again] = seen.each_ref().map(legs_of);
    let mut out = io::stdout().lock();
    if common.json {
        let told = json!({
            "method": method.as_str(), "path": path, "status": status, "octets": octets,
            "connections": first, "again": again,
        });
        writeln!(out, "{told}")?;
        return Ok(());
    }
    writeln!(out, "{method} {path}: {status}, {octets} octets")?;
    for (when, legs) in [("the first time", &first), ("again", &again)] {
        writeln!(out, "\n{when}")?;
        for Leg { number, from, to, ms, result } in legs {
            let way = format!("{from} → {to}");
            writeln!(out, "  {number}  {way:<34} {ms:>9.3} ms  {}", result.as_deref().unwrap_or(""))?;
        }
        if legs.is_empty() {
            writeln!(out, "  Whoever answers there says nothing of the way: no Server-Timing.")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_read_in_order_and_others_words_are_left_out() {
        let said = "cdn;desc=far, c3;dur=1.5, c2;dur=2.0, c5;dur=1.000, c4;desc=miss;dur=0.020, c9;dur=1";
        let legs = legs(said, Duration::from_millis(3));
        let seen: Vec<_> = legs.iter().map(|leg| (leg.number, leg.ms, leg.result.as_deref())).collect();
        assert_eq!(seen, [(2, 3.0, None), (3, 1.5, None), (4, 0.02, Some("miss")), (5, 1.0, None)]);
        assert!(super::legs("", Duration::ZERO).is_empty());
    }
}
