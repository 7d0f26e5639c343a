//! Conversion both ways.
