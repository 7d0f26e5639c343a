//! Who signs in: accounts, their sessions and tokens, and what they may touch.

pub mod caller;

pub use caller::{By, Caller, Door, MayEdit, MayManage, Right, Role, Scope};
