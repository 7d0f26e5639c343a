//! The first paint: draws a page on the server with the very components the browser runs.
//!
//! Who comes in is the gateway, with a page's address and the visitor's cookie. The bundle of the web app says which calls
//! of the API the page wants ([`Ask`]), those are made in the visitor's name, and the bundle draws the answers as a pure
//! function inside an embedded JavaScript engine. What fails, hangs or grows too large is answered with the bare shell: the
//! browser then draws by itself. This room knows no contact, opens no socket and keeps nothing of one visitor for the next.

mod ask;
mod door;
mod draw;
mod engine;
mod figures;
mod packed;
mod page;
mod pages;

pub use ask::{Ask, Visitor};
pub use engine::Limits;
pub use figures::Figures;
pub use pages::{Pages, PagesParts, Refused};
