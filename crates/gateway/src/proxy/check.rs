//! Asking upstreams how they are, so that one that hangs is left out before a visitor waits for it, and one that is back
//! is used again.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use http::{HeaderValue, Request, Uri, header};
use http_body_util::BodyExt as _;
use tokio::time::{sleep, timeout};

use super::{HealthCheck, Upstreams, sending::Sending, server::Server};

/// How long a check may take.
const CHECK_TIME: Duration = Duration::from_secs(2);
/// The longest pause between two checks of one that is out.
const PAUSE_OUT_MAX: Duration = Duration::from_secs(2);
/// The shortest pause between two checks.
const PAUSE_MIN: Duration = Duration::from_millis(50);

/// Checks each upstream for as long as the proxy lives.
pub(super) fn start(upstreams: &Arc<Upstreams>, check: &HealthCheck) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    for server in &upstreams.servers {
        let task = one(Arc::downgrade(upstreams), Arc::downgrade(server), check.clone());
        runtime.spawn(task);
    }
}

async fn one(upstreams: Weak<Upstreams>, server: Weak<Server>, check: HealthCheck) {
    // A path nobody can ask for is never well: it shows at the first start.
    let uri = Uri::try_from(&check.path).unwrap_or_default();
    loop {
        // Whoever reloads holds the upstreams no longer; the last running answers may still hold a server.
        if upstreams.strong_count() == 0 {
            return;
        }
        let Some(asked) = server.upgrade() else { return };
        let well = timeout(CHECK_TIME, is_well(&asked, &uri, &check)).await.unwrap_or(false);
        asked.checked(well);
        drop(asked);
        let pause = if well { check.interval } else { check.interval.min(PAUSE_OUT_MAX) };
        sleep(pause.max(PAUSE_MIN)).await;
    }
}

async fn is_well(server: &Server, uri: &Uri, check: &HealthCheck) -> bool {
    let Ok(mut line) = server.connect(CHECK_TIME).await else { return false };
    let mut request = Request::new(Sending::none());
    *request.uri_mut() = uri.clone();
    let headers = request.headers_mut();
    headers.insert(header::HOST, server.authority.clone());
    headers.insert(header::USER_AGENT, HeaderValue::from_static("rolo-health-check"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    let Ok(response) = line.send(request).await else { return false };
    let well = check.expected.contains(&response.status().as_u16());
    // Read to its end, for the upstream's sake; what does not end is cut off by the check's time.
    let mut body = response.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    well
}
