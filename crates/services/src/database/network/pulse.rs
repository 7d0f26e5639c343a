//! The server's pulse: a connection of its own that asks every second whether anybody is there.
//!
//! A server that is refused, hangs, is as slow as if it hung, or talks rubbish is found out within 4 s, however many calls
//! wait for it: all of them end with it, and nobody else waits until it is back, which is seen within a second.

use std::{future::Future, time::Duration};

use rolo_core::Error;
use sqlx::Connection;
use tokio::{sync::watch, task::JoinHandle, time};

use super::{Driver, Options, open};
use crate::database::fault::{Fault, Held, down};

/// How often to ask.
const EVERY: Duration = Duration::from_secs(1);
/// How often to try while it is away.
const AGAIN: Duration = Duration::from_millis(250);
/// Slower than this is as good as silent: a request asks several questions one after the other.
const SILENT: Duration = Duration::from_millis(1_500);

/// Whether the server is there.
#[derive(Debug)]
pub(crate) struct Pulse {
    down: watch::Receiver<Option<String>>,
    beating: JoinHandle<()>,
}

impl Pulse {
    /// Watches a server. `lost` is called when it goes: connections to it are worth nothing.
    pub(super) fn of<D: Driver>(options: Options<D>, lost: impl Fn() + Send + 'static) -> Self {
        let (tell, down) = watch::channel(None);
        let beating = tokio::spawn(async move {
            let mut connection: Option<D::Connection> = None;
            loop {
                let found = beat::<D>(&options, &mut connection).await;
                let change = tell.send_if_modified(|known| {
                    let changed = known.is_some() != found.is_err();
                    *known = found.as_ref().err().cloned();
                    changed
                });
                match (&found, change) {
                    (Err(cause), true) => {
                        tracing::warn!(cause, "the database does not answer: calls are refused until it does");
                        lost();
                    }
                    (Ok(()), true) => tracing::info!("the database answers again"),
                    _ => {}
                }
                time::sleep(if found.is_ok() { EVERY } else { AGAIN }).await;
            }
        });
        Self { down, beating }
    }

    /// The answer, unless the server is away or goes meanwhile.
    pub(super) async fn unless_down<T>(&self, answer: impl Future<Output = Held<T>>) -> Held<T> {
        let mut down = self.down.clone();
        tokio::select! {
            biased;
            cause = gone(&mut down) => Err(cause),
            answer = answer => answer,
        }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.beating.abort();
    }
}

/// Waits until the server is away.
async fn gone(state: &mut watch::Receiver<Option<String>>) -> Fault {
    match state.wait_for(Option::is_some).await {
        Ok(cause) => down(cause.as_deref().unwrap_or("away")),
        Err(_) => down("nobody watches the database"),
    }
}

/// Asks once; a connection that fails is not the server's failure yet, a new one that fails is.
async fn beat<D: Driver>(options: &Options<D>, connection: &mut Option<D::Connection>) -> Result<(), String> {
    if let Some(open) = connection
        && let Ok(Ok(())) = time::timeout(SILENT, open.ping()).await
    {
        return Ok(());
    }
    *connection = None;
    let fresh = async {
        let mut fresh = open::<D>(options).await.map_err(|fault| Error::from(fault).to_string())?;
        fresh.ping().await.map_err(|error| error.to_string())?;
        Ok::<_, String>(fresh)
    };
    *connection = Some(time::timeout(SILENT, fresh).await.map_err(|_| "no answer in time".to_owned())??);
    Ok(())
}
