//! The verbs, on the real embedded database.

#[cfg(test)]
mod account;
#[cfg(test)]
mod book;
#[cfg(test)]
mod contact;
#[cfg(test)]
mod convert;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod counted;
#[cfg(test)]
mod export;
#[cfg(test)]
mod hidden;
#[cfg(test)]
mod history;
#[cfg(test)]
mod import;
#[cfg(test)]
mod label;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod organisation;
#[cfg(test)]
mod world;
