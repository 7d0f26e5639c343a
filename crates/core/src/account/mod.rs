//! Who signs in: accounts, their sessions and tokens, and what they may touch.
//!
//! The only place that makes a [`Caller`]: from a session's cookie, a token, or an account a job or the command line works for.

pub mod address;
pub mod caller;
pub mod password;
pub mod person;
pub mod proof;
pub mod session;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod token;

pub use caller::{By, Caller, Door, MayEdit, MayManage, Right, Role, Scope};
pub(crate) use proof::sweeper;
pub use proof::{of_account, of_session, of_token};
pub use session::{Browser, SignedIn};
pub use settings::Settings;
pub use setup::NewOwner;
