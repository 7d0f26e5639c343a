//! Every format read back by Rolo's own import: invented people, and contacts with every field filled.

mod formula;
mod round;
mod whole;
