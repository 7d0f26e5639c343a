mod batch;
mod bin;
mod create;
mod mark;
mod relocate;
mod save;
