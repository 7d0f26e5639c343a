//! Backups: taken of a database that is written to, read back, restored into any other, and refused when damaged.

mod damage;
mod earlier;
mod keep;
mod pairs;
mod restic;
mod serving;
mod standing;
mod world;
