mod undo;
mod versions;
