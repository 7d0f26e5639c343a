//! News as they come: one server-sent event whenever something the caller sees has changed, and a sign of life between.
//!
//! An event only says up to where there is news; what the news are is asked for with `GET /v1/changes`, one way for
//! everybody. So whoever reads slowly misses nothing and is owed one event at most.

use std::time::Duration;

use futures_util::stream;
use http::HeaderName;
use rolo_core::{Error, Result, Services, account::Caller};
use tokio::time::{Instant, sleep, sleep_until};

use super::{listeners::Place, since::Since};
use crate::{
    Api,
    answer::{Answer, Body, Done, flowing},
    ask::Ask,
};

/// How soon to look again when the database did not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Changes that come closer together are told once.
const PACE: Duration = Duration::from_millis(200);
/// How long a browser waits before it listens again, in milliseconds.
const RETRY_MS: u32 = 1_000;
/// How long one listens before who one is must be shown again.
const LISTEN_SECONDS_MAX: u64 = 3_600;

/// NGINX would keep events back until its buffer is full.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
/// What a browser sends when it listens again.
const LAST: HeaderName = HeaderName::from_static("last-event-id");

pub(super) async fn listen(api: Api, ask: Ask) -> Done {
    let caller = ask.caller()?.clone();
    let open = |token| Since::open(caller.account(), token);
    let since = ask.query.text("since").map(open).transpose()?;
    // The browser sends back what it was told; should that not be understood any more, there is news.
    let last = ask.headers().get(LAST).map(|value| value.to_str().ok().and_then(|token| open(token).ok()));
    let heard = last.unwrap_or(since);
    let place = api.listeners().place(caller.account())?;
    let heads = api.services().database.heads(caller.scope()).await?;
    let listening = Listening {
        api,
        caller,
        access_epoch: heads.access_epoch,
        heard,
        tick: 0,
        ends: Instant::now() + Duration::from_secs(LISTEN_SECONDS_MAX),
        greeted: false,
        _place: place,
    };
    Ok(Answer::flow("text/event-stream", listening.body()).with(UNBUFFERED, "no"))
}

/// Somebody who listens.
struct Listening {
    api: Api,
    caller: Caller,
    /// What the caller may see is what it was under this number.
    access_epoch: u64,
    heard: Option<Since>,
    tick: u64,
    ends: Instant,
    greeted: bool,
    _place: Place,
}

/// What a listener woke up for.
enum Woken {
    Commit(u64),
    Nothing,
    End,
}

impl Listening {
    fn body(self) -> Body {
        flowing(stream::try_unfold(self, async |mut listening| {
            let event = listening.next().await?;
            Ok::<_, Error>(event.map(|event| (event, listening)))
        }))
    }

    fn services(&self) -> &Services {
        self.api.services()
    }

    /// The next event or sign of life; `None` when the caller has to come again.
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Ok(Some(format!("retry: {RETRY_MS}\n\n").into_bytes()));
        }
        let beat = Instant::now() + self.api.0.heart_beat;
        loop {
            let mut wake = beat;
            match self.services().database.heads(self.caller.scope()).await {
                Ok(heads) if heads.access_epoch != self.access_epoch => return Ok(None),
                Ok(heads) if self.heard.as_ref().is_none_or(|heard| !heard.is(&heads)) => {
                    let now = Since::now(&heads);
                    let event = format!("event: changes\nid: {}\ndata: {{}}\n\n", now.seal(self.caller.account()));
                    self.heard = Some(now);
                    return Ok(Some(event.into_bytes()));
                }
                Ok(_) => {}
                // The database is away: the line stands, and what changed is told when it is back.
                Err(error) => {
                    tracing::debug!(error = ?error, "a listener waits for the database");
                    wake = beat.min(Instant::now() + LOOK_AGAIN);
                }
            }
            match self.woken(wake).await {
                Woken::Commit(tick) => self.tick = tick,
                Woken::Nothing if wake < beat => {}
                Woken::Nothing => return Ok(Some(b":\n\n".to_vec())),
                Woken::End => return Ok(None),
            }
        }
    }

    async fn woken(&self, wake: Instant) -> Woken {
        let stop = self.api.stopping();
        tokio::select! {
            biased;
            () = stop.cancelled() => return Woken::End,
            () = sleep_until(self.ends) => return Woken::End,
            () = sleep_until(wake) => return Woken::Nothing,
            _ = self.services().database.committed_after(self.tick) => {}
        }
        // What is written in one go is told in one go: the number is read behind it.
        tokio::select! {
            () = stop.cancelled() => Woken::End,
            () = sleep(PACE) => Woken::Commit(self.services().database.committed_after(self.tick).await),
        }
    }
}
