//! The bundle in the engine's own form: compiled once, shared by all contexts.

use std::sync::Arc;

use rquickjs::{Ctx, Module, WriteOptions, module::Declared};

use super::{Failed, Limits, context};

const NAME: &str = "rolo.js";

/// Bytecode of this very engine, in this very process.
#[derive(Clone)]
pub(crate) struct Compiled(Arc<[u8]>);

impl Compiled {
    /// Compiles the source of one ES module.
    pub(crate) fn of(source: &[u8], limits: Limits) -> Result<Self, Failed> {
        let bare = context::bare(limits)?;
        let code = bare.with(|ctx| {
            let module = Module::declare(ctx.clone(), NAME, source).map_err(|error| context::thrown(&ctx, &error))?;
            module.write(WriteOptions::default()).map_err(|error| context::thrown(&ctx, &error))
        })?;
        Ok(Self(code.into()))
    }

    /// The module in a context. Its code is read in place: whoever loads it keeps `self` for as long as the context lives.
    #[expect(unsafe_code, reason = "the engine's only way to take compiled code")]
    pub(super) fn load<'js>(&self, ctx: Ctx<'js>) -> rquickjs::Result<Module<'js, Declared>> {
        // SAFETY: the bytes were written by `Module::write` of this engine in this process, never changed since, and
        // outlive the context, which holds a clone of them (`Context::code`).
        unsafe { Module::load(ctx, &self.0) }
    }
}
