//! The engine: contexts on threads of their own, each of which draws one page at a time.
//!
//! The bundle is compiled once; a context begins from the compiled form. One that failed, took too long or drew its number
//! of pages is thrown away, so that whatever went wrong in it is gone with it.

mod compiled;
mod context;
mod surroundings;

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use thiserror::Error;
use tokio::sync::oneshot;

pub(crate) use compiled::Compiled;
use context::Context;

/// Processor time of one call: a list takes a tenth of it.
const CPU_MS: u64 = 250;
/// Time of one call on the wall: longer than that nobody waits for a first paint.
const WALL: Duration = Duration::from_secs(1);
/// Memory of a context: a page takes a tenth of it.
const MEMORY_MAX: usize = 64 << 20;
/// What a page may recurse.
const STACK_MAX: usize = 1 << 20;
/// A thousand pages, and a context has done its share.
const CONTEXT_CALLS_MAX: usize = 3000;
/// So many calls, and what they left behind is swept up: two pages, which leave some megabytes.
const SWEPT_CALLS: usize = 6;
/// More in the queue would come too late anyway.
const WAITING_MAX: usize = 64;
/// All that a page asks, together.
const ANSWERS_TIME: Duration = Duration::from_secs(5);

/// What a drawing may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many pages are drawn side by side.
    pub contexts: usize,
    /// Processor time of one call into the bundle.
    pub cpu: Duration,
    /// Time of one call on the wall, whatever else the machine does.
    pub wall: Duration,
    /// Memory of one context, in octets.
    pub memory_max: usize,
    /// Stack of one context, in octets.
    pub stack_max: usize,
    /// So many calls, and a context is replaced by a fresh one.
    pub calls_max: usize,
    /// So many calls may wait; more are left to the browser.
    pub waiting_max: usize,
    /// How long the API may take for all that one page wants.
    pub answers: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            contexts: 2,
            cpu: Duration::from_millis(CPU_MS),
            wall: WALL,
            memory_max: MEMORY_MAX,
            stack_max: STACK_MAX,
            calls_max: CONTEXT_CALLS_MAX,
            waiting_max: WAITING_MAX,
            answers: ANSWERS_TIME,
        }
    }
}

/// Why a page was not drawn.
#[derive(Debug, Error)]
pub(crate) enum Failed {
    #[error("the bundle threw: {0}")]
    Threw(String),
    #[error("it took too long")]
    Late,
    #[error("it needed too much memory")]
    Memory,
    #[error("too many pages are waiting")]
    Busy,
    #[error("the API did not answer as it should: {0}")]
    Unanswered(String),
}

/// One call into the bundle: an exported function, and its arguments as JSON.
struct Call {
    function: &'static str,
    arguments: Vec<String>,
    reply: oneshot::Sender<Result<Said, Failed>>,
}

/// What a call said, as JSON, and the processor time it took.
pub(crate) struct Said {
    pub(crate) json: String,
    /// Its member `html`, which is large, as it is.
    pub(crate) html: Option<String>,
    pub(crate) cpu: Duration,
}

pub(crate) struct Engine {
    calls: SyncSender<Call>,
}

impl Engine {
    /// Starts the threads. Contexts are made when they are first needed.
    pub(crate) fn start(compiled: &Compiled, limits: Limits) -> std::io::Result<Self> {
        let (calls, waiting) = sync_channel(limits.waiting_max);
        let waiting = Arc::new(Mutex::new(waiting));
        for n in 0..limits.contexts.max(1) {
            let (compiled, waiting) = (compiled.clone(), Arc::clone(&waiting));
            // The engine measures its own stack; the rest is for what it calls.
            let builder =
                thread::Builder::new().name(format!("first-paint-{n}")).stack_size(limits.stack_max + (2 << 20));
            builder.spawn(move || work(&compiled, limits, &waiting))?;
        }
        Ok(Self { calls })
    }

    /// Calls an exported function of the bundle.
    pub(crate) async fn call(&self, function: &'static str, arguments: Vec<String>) -> Result<Said, Failed> {
        let (reply, said) = oneshot::channel();
        self.calls.try_send(Call { function, arguments, reply }).map_err(|error| match error {
            TrySendError::Full(_) => Failed::Busy,
            TrySendError::Disconnected(_) => Failed::Threw("the engine has stopped".to_owned()),
        })?;
        said.await.unwrap_or_else(|_| Err(Failed::Threw("the engine has stopped".to_owned())))
    }
}

/// A thread's life: contexts one after the other, until nobody can ask any more.
fn work(compiled: &Compiled, limits: Limits, waiting: &Mutex<Receiver<Call>>) {
    let mut context = None;
    let mut calls = 0;
    while let Some(call) = next(waiting) {
        // Whoever asked is gone: there is nobody to draw for.
        if call.reply.is_closed() {
            continue;
        }
        let said = match &context {
            Some(ready) => Context::call(ready, call.function, &call.arguments),
            None => Context::begin(compiled, limits).and_then(|fresh| {
                calls = 0;
                context.insert(fresh).call(call.function, &call.arguments)
            }),
        };
        calls += 1;
        if said.is_err() || calls >= limits.calls_max {
            context = None;
        }
        // The asker may have left meanwhile.
        let _ = call.reply.send(said);
        if let Some(ready) = context.as_ref().filter(|_| calls % SWEPT_CALLS == 0) {
            ready.sweep();
        }
    }
}

fn next(waiting: &Mutex<Receiver<Call>>) -> Option<Call> {
    waiting.lock().ok()?.recv().ok()
}
