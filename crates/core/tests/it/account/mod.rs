mod person;
mod settings;
mod setup;
mod sign_in;
mod token;
