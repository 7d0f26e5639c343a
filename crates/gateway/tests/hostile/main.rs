//! Hostile clients: whoever lies about lengths, paths and hosts, floods, or holds on, is refused or bounded, and nobody else
//! notices. What each does is written octet by octet; what the backend saw stands in a ledger.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "what a soak run has measured is told")]

mod attackers;
mod crowd;
mod floods;
mod form;
mod framing;
mod front;
mod h2;
mod ledger;
mod mutations;
mod nginx;
mod slow;
mod streams;
mod wire;
