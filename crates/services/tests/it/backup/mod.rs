//! Backups: taken of a database that is written to, read back, restored into any other, and refused when damaged.

mod damage;
mod keep;
mod pairs;
mod restic;
mod serving;
mod world;
