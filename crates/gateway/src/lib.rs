//! The front door: listens, serves the web app's files, and hands everything else to an upstream.
//!
//! It has never heard of a contact. A [`Plan`] says where to listen, which [`Site`] answers which host, and with which
//! certificates; a [`Gateway`] follows it, and follows the next one without failing a request. What answers `/v1` is an
//! [`Upstream`]: a function call in the same process, or a URL. This room never changes what an upstream answers, but for
//! headers that belong to the connection.

pub mod access;
pub mod acme;
mod answer;
pub mod files;
pub mod forwarded;
mod gateway;
mod guard;
pub mod hosts;
pub mod listen;
mod plan;
pub mod proxy;
mod site;
mod timing;
pub mod tls;
mod trouble;
mod upstream;

pub use access::AccessLog;
pub use acme::{Acme, AcmePlan};
pub use files::{APP_POLICY, File, Files};
pub use forwarded::{RequestId, Trusted};
pub use gateway::{Figures, Gateway};
pub use guard::Bounds;
pub use hosts::{HostPattern, Hosts};
pub use listen::Listen;
pub use plan::{Patience, Plan};
pub use proxy::{Proxy, ProxyPlan};
pub use site::{Route, Site};
pub use timing::{Journal, Journey};
pub use tls::Certificates;
pub use tokio_util::sync::CancellationToken as Stop;
pub use upstream::{Body, BoxError, Peer, Upstream};
