//! Accounts: who may sign in, and what they are told.

mod person;
mod settings;
mod setup;
mod sign_in;
mod token;
