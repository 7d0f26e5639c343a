//! What the bundle finds around it: a console that goes to the log, and clear words where it asks for what a first paint
//! has not.

use rquickjs::{Coerced, Ctx, Exception, Function, Object, function::Rest};
use tracing::{debug, warn};

/// What a first render must not ask for: whoever asks is told so, instead of getting something that is not true.
const ABSENT: [&str; 6] =
    ["fetch", "setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback", "XMLHttpRequest"];

pub(super) fn put(ctx: &Ctx<'_>) -> rquickjs::Result<()> {
    let console = Object::new(ctx.clone())?;
    for name in ["log", "info", "debug", "trace"] {
        console.set(
            name,
            Function::new(ctx.clone(), |said: Rest<Coerced<String>>| {
                debug!(said = joined(&said), "the bundle's console")
            })?,
        )?;
    }
    for name in ["warn", "error"] {
        console.set(
            name,
            Function::new(ctx.clone(), |said: Rest<Coerced<String>>| {
                warn!(said = joined(&said), "the bundle's console")
            })?,
        )?;
    }
    ctx.globals().set("console", console)?;
    for name in ABSENT {
        let refuse = move |ctx: Ctx<'_>| -> rquickjs::Result<()> {
            Err(Exception::throw_message(
                &ctx,
                &format!("a first paint has no {name}: what it needs is asked for before it is drawn"),
            ))
        };
        ctx.globals().set(name, Function::new(ctx.clone(), refuse)?)?;
    }
    Ok(())
}

fn joined(said: &Rest<Coerced<String>>) -> String {
    said.iter().map(|one| one.0.as_str()).collect::<Vec<_>>().join(" ")
}
