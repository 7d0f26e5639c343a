//! One context: the bundle loaded into an engine of its own, with a deadline and a bound on memory.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use rquickjs::{CatchResultExt, CaughtError, Ctx, Function, Object, Persistent, Promise, Runtime, Value};
use rustix::time::{ClockId, clock_gettime};

use super::{Compiled, Failed, Limits, Said, surroundings};

/// Until when a call may run.
#[derive(Clone, Copy)]
struct Deadline {
    wall: Instant,
    cpu: Duration,
}

pub(super) struct Context {
    exports: Persistent<Object<'static>>,
    inner: rquickjs::Context,
    deadline: Rc<Cell<Option<Deadline>>>,
    limits: Limits,
    /// What the engine reads in place: dropped after it.
    _code: Compiled,
}

impl Context {
    /// A fresh one, with the bundle evaluated.
    pub(super) fn begin(code: &Compiled, limits: Limits) -> Result<Self, Failed> {
        let deadline = Rc::new(Cell::new(None));
        let inner = bare(limits)?;
        inner.runtime().set_interrupt_handler(Some(Box::new({
            let deadline = Rc::clone(&deadline);
            move || deadline.get().is_some_and(passed)
        })));
        let until = Self::until(limits);
        deadline.set(Some(until));
        let exports = inner.with(|ctx| {
            let load = || {
                surroundings::put(&ctx)?;
                let (module, done) = code.load(ctx.clone())?.eval()?;
                done.finish::<()>()?;
                module.namespace().map(|exports| Persistent::save(&ctx, exports))
            };
            load().catch(&ctx).map_err(|error| told(&error, passed(until)))
        })?;
        deadline.set(None);
        Ok(Self { exports, inner, deadline, limits, _code: code.clone() })
    }

    /// Calls an exported function. After an error the context is not to be used again.
    pub(super) fn call(&self, function: &str, arguments: &[String]) -> Result<Said, Failed> {
        let begun = spent();
        let until = Self::until(self.limits);
        self.deadline.set(Some(until));
        let said = self.inner.with(|ctx| {
            let call = || {
                let exports = self.exports.clone().restore(&ctx)?;
                let function: Function = exports.get(function)?;
                let values =
                    arguments.iter().map(|json| ctx.json_parse(json.as_str())).collect::<Result<Vec<_>, _>>()?;
                let said: Value = function.call((rquickjs::function::Rest(values),))?;
                let said = match Promise::from_value(said.clone()) {
                    Ok(promise) => promise.finish::<Value>()?,
                    Err(_) => said,
                };
                let html = said.as_object().map(|said| taken(said, "html")).transpose()?.flatten();
                let json = ctx.json_stringify(said)?.map(|json| json.to_string()).transpose()?;
                Ok((json.unwrap_or_else(|| "null".to_owned()), html))
            };
            call().catch(&ctx).map_err(|error| told(&error, passed(until)))
        });
        self.deadline.set(None);
        let (json, html) = said?;
        Ok(Said { json, html, cpu: spent().saturating_sub(begun) })
    }

    /// Sweeps up what the pages so far have left behind. Between two of them nobody waits for it.
    pub(super) fn sweep(&self) {
        let runtime = self.inner.runtime();
        runtime.run_gc();
        runtime.set_gc_threshold(self.limits.memory_max / 2);
    }

    fn until(limits: Limits) -> Deadline {
        Deadline { wall: Instant::now() + limits.wall, cpu: spent() + limits.cpu }
    }
}

/// Takes a text out of an object: a whole page is not quoted, and read again, on its way.
fn taken<'js>(said: &Object<'js>, name: &str) -> rquickjs::Result<Option<String>> {
    let text: Option<rquickjs::String<'js>> = said.get(name)?;
    let text = text.map(|text| text.to_string()).transpose()?;
    if text.is_some() {
        said.remove(name)?;
    }
    Ok(text)
}

/// An engine without the bundle.
pub(super) fn bare(limits: Limits) -> Result<rquickjs::Context, Failed> {
    let threw = |error: rquickjs::Error| Failed::Threw(error.to_string());
    let runtime = Runtime::new().map_err(threw)?;
    runtime.set_memory_limit(limits.memory_max);
    runtime.set_max_stack_size(limits.stack_max);
    runtime.set_gc_threshold(limits.memory_max / 2);
    rquickjs::Context::full(&runtime).map_err(threw)
}

/// Processor time of this thread so far.
fn spent() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

fn passed(deadline: Deadline) -> bool {
    Instant::now() >= deadline.wall || spent() >= deadline.cpu
}

/// What an error was, once it is known whether the time was up.
fn told(error: &CaughtError<'_>, late: bool) -> Failed {
    let text = error.to_string();
    if late {
        Failed::Late
    } else if text.contains("out of memory") || matches!(error, CaughtError::Error(rquickjs::Error::Allocation)) {
        Failed::Memory
    } else {
        Failed::Threw(text)
    }
}

/// An error while nothing has a deadline yet.
pub(super) fn thrown(ctx: &Ctx<'_>, error: &rquickjs::Error) -> Failed {
    match error {
        rquickjs::Error::Exception => told(&CaughtError::from_error(ctx, rquickjs::Error::Exception), false),
        other => Failed::Threw(other.to_string()),
    }
}
