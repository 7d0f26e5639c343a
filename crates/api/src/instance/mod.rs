//! The instance itself: whether it lives, whether it is ready, what it counts, what it says about its API.

mod backup;
mod docs;
mod probe;

use http::{HeaderValue, StatusCode, header};
use rolo_core::contracts::backup::BackupState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    route::{Operation, Who},
    session::ServiceState,
    watch::rows,
};
pub(crate) use docs::Docs;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/healthz", "getHealth", "Whether the process lives")
            .about("Asks nothing behind it: a dead database is no reason to kill a process.")
            .open(Who::Anyone)
            .gives_media(StatusCode::OK, "text/plain", "It lives.")
            .by(health),
        Operation::get("/readyz", "getReadiness", "Whether requests can be served")
            .open(Who::Anyone)
            .gives::<Readiness>(StatusCode::OK, "It is ready.")
            .gives::<Readiness>(StatusCode::SERVICE_UNAVAILABLE, "It is not; the culprit is named.")
            .by(readiness),
        Operation::get("/metrics", "getMetrics", "Counters, for Prometheus")
            .about("From this machine, or with a token of an owner or admin.")
            .open(Who::Operator)
            .gives_media(StatusCode::OK, "text/plain", "The text format.")
            .by(metrics),
        Operation::get("/version", "getVersion", "Which Rolo this is")
            .open(Who::Anyone)
            .gives::<Version>(StatusCode::OK, "The version.")
            .by(version),
        Operation::get("/v1/backups", "getBackups", "How the backups stand")
            .about("Those that the clock takes. From this machine, or for an owner or admin.")
            .open(Who::Operator)
            .gives::<backup::Standing>(StatusCode::OK, "How they stand.")
            .by(backup::get),
        Operation::get("/v1/openapi.json", "getOpenApi", "This description")
            .open(Who::Anyone)
            .gives_media(StatusCode::OK, "application/json", "OpenAPI 3.1.")
            .by(openapi),
        Operation::get("/v1/docs", "getReference", "This description, to read")
            .open(Who::Anyone)
            .gives_media(StatusCode::OK, "text/html", "A page.")
            .by(reference),
    ]
}

/// Whether requests can be served.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Readiness {
    ready: bool,
    /// The services that do not answer and without which nothing can be served.
    culprits: Vec<&'static str>,
    services: Vec<ServiceState>,
}

/// The running version.
#[derive(Serialize, ToSchema)]
#[schema(as = InstanceVersion)]
#[serde(deny_unknown_fields)]
struct Version {
    name: &'static str,
    version: &'static str,
}

async fn health(_api: Api, _ask: Ask) -> Done {
    Ok(Answer::octets("text/plain; charset=utf-8", "ok\n"))
}

async fn readiness(api: Api, _ask: Ask) -> Done {
    let probes = api.probe().await;
    let culprits: Vec<_> = probes.iter().filter(|probe| probe.needed && !probe.ok).map(|probe| probe.name).collect();
    let ready = culprits.is_empty();
    let services = probes.into_iter().map(|probe| probe.state()).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Ok(Answer::json(&Readiness { ready, culprits, services })?.with_status(status))
}

async fn metrics(api: Api, _ask: Ask) -> Done {
    let mut text = api.0.counters.text();
    if let Some(cache) = &api.0.cache {
        text.push_str(&rows::text(cache.technology(), &cache.figures()));
    }
    // What nobody can say while the database is away is left out.
    if let Some(backups) = &api.0.backups
        && let Ok(state) = backups.state().await
    {
        let alert = state.alert(api.services().clock.now(), backups.longest());
        text += &backup_text(&state, alert.is_some());
    }
    Ok(Answer::octets("text/plain; version=0.0.4; charset=utf-8", text))
}

/// How backups stand, for Prometheus.
fn backup_text(state: &BackupState, alert: bool) -> String {
    let mut text = format!(
        "# HELP rolo_backup_alert Whether the last backup or its test failed, or the last good one is too old.\n\
         # TYPE rolo_backup_alert gauge\nrolo_backup_alert {}\n",
        u8::from(alert)
    );
    if let Some(good) = state.good {
        text += "# HELP rolo_backup_good_timestamp_seconds When the last good backup was taken.\n\
                 # TYPE rolo_backup_good_timestamp_seconds gauge\n";
        text += &format!("rolo_backup_good_timestamp_seconds {}\n", good.as_second());
    }
    text
}

async fn version(_api: Api, _ask: Ask) -> Done {
    Answer::json(&Version { name: "rolo", version: env!("CARGO_PKG_VERSION") })
}

async fn openapi(api: Api, _ask: Ask) -> Done {
    Ok(public(Answer::octets("application/json", api.0.openapi.clone()).tagged()))
}

async fn reference(api: Api, _ask: Ask) -> Done {
    let Docs { page, policy } = &api.0.docs;
    let mut answer = public(Answer::octets("text/html; charset=utf-8", page.clone()).tagged());
    answer.headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    Ok(answer)
}

/// The same for everybody: may be kept, and asked for again.
fn public(mut answer: Answer) -> Answer {
    answer.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}
