//! What Rolo needs from the world: one trait per backing service, one file each. `services` implements them.

pub mod search;
