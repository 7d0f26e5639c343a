//! The conformance suites: one per contract of `core`, run on every technology.

mod search;
