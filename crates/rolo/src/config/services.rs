//! `[services]`: one URL per backing service; its scheme picks the technology.

use super::setting::section;

section! {
    /// One URL per backing service; its scheme picks the technology. Relative paths lie in the data folder.
    Backing = "services" {
        /// sqlite:PATH, mysql://… or postgres://…
        @secret database: String = "sqlite:rolo.db".to_owned(),
        /// The password for a networked database, when it does not stand in the URL.
        @secret database_password: String = String::new(),
        /// How many connections this process holds to a networked database.
        database_connections: usize = 16,
        /// memory:, or redis://… (rediss://… with TLS) behind it, which several servers share. May be gone at any time.
        @secret cache: String = "memory:".to_owned(),
        /// fts:PATH: a full-text index in an SQLite file of its own.
        search: String = "fts:search.db".to_owned(),
        /// file:FOLDER
        storage: String = "file:files".to_owned(),
    }
}
