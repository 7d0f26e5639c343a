//! `[backup]`: where backups go, when they are taken and tried out, and how long they are kept.

use super::setting::section;

section! {
    /// Backups: everything, encrypted, in a folder that any restic reads. Relative paths lie in the data folder.
    Backup = "backup" {
        /// The folder they go to; better one on another disk. Empty: only rolo backup --to takes any.
        to: String = String::new(),
        /// When, as a cron expression, in UTC unless it ends with a zone such as Europe/Berlin. Empty: never by itself.
        schedule: String = "0 3 * * *".to_owned(),
        /// When the newest is restored into scratch and compared. Empty: never.
        test: String = "0 4 * * *".to_owned(),
        /// Which are kept.
        keep: String = "last 3, daily 7, weekly 4, monthly 12".to_owned(),
        /// The file with their passphrase, made with the first one. Keep a copy elsewhere: without it nothing can be read.
        passphrase_file: String = "backup.passphrase".to_owned(),
        /// How many hours old the last good one may be before somebody is told.
        oldest_hours: u32 = 26,
        /// A folder with room for a test restore. Empty: the data folder.
        scratch: String = String::new(),
    }
}
