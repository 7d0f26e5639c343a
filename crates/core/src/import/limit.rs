//! How much an import takes. Decided before work starts; named in `docs/limits.md`.

/// An uploaded file.
pub const FILE_BYTES_MAX: u64 = 512 << 20;
/// All files of an archive, unpacked.
pub const UNPACKED_BYTES_MAX: u64 = 1 << 30;
/// How many times its packed size a file of an archive may unpack to, once it is larger than [`RATIO_FREE_BYTES`].
pub const UNPACK_RATIO_MAX: u64 = 200;
/// Up to here an archive's file may be packed as tightly as it likes.
pub const RATIO_FREE_BYTES: u64 = 16 << 20;
/// Files in one import.
pub const FILES_MAX: usize = 100;
/// Entries of an archive, photos and folders counted.
pub const ENTRIES_MAX: usize = 10_000;
/// What is read of an archive's table of contents.
pub const DIRECTORY_BYTES_MAX: usize = 8 << 20;
/// One row of a table.
pub const ROW_BYTES_MAX: usize = 1 << 20;
/// Columns of a table.
pub const COLUMNS_MAX: usize = 1_000;
/// One card, its photo counted.
pub const CARD_BYTES_MAX: usize = 10 << 20;
/// How deep objects of a JSContact file may stand in each other.
pub const JSON_DEPTH_MAX: usize = 64;
/// Rows of one import.
pub const ROWS_MAX: u64 = 1_000_000;
/// Rows in a file whose quotes never close, before it is taken for something else than a table.
pub const ENDLESS_ROWS_MAX: u32 = 20;
/// Rows that are read, matched and written together.
pub const CHUNK_ROWS: usize = 250;
/// Octets of cards that are held at once.
pub const CHUNK_BYTES: usize = 8 << 20;
/// Octets read from storage at once.
pub const BLOCK_BYTES: usize = 256 << 10;
