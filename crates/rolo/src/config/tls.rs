//! `[tls]`: what Rolo proves itself with.

use super::setting::section;

section! {
    /// What Rolo proves itself with where it listens on https. Without a file it signs a certificate of its own.
    Tls = "tls" {
        /// The certificate and those above it, as PEM. Read again when it changes. Relative paths lie in the data folder.
        certificate_file: String = String::new(),
        /// Its key, as PEM.
        key_file: String = String::new(),
        /// Whether certificates are asked for at an authority, and renewed in time, for the names of public_url and of sites.
        acme: bool = false,
        /// That authority's directory.
        acme_directory: String = "https://acme-v02.api.letsencrypt.org/directory".to_owned(),
        /// The e-mail address it may write to.
        acme_contact: String = String::new(),
        /// Whether you have read its terms and agree.
        acme_terms_agreed: bool = false,
        /// Who vouches for an authority of your own, as PEM.
        acme_root_file: String = String::new(),
        /// Whoever comes by http is sent to https, where both are listened on for others than this machine.
        redirect: bool = true,
        /// Browsers are told to come by https only, for a year from each visit. Only said once public_url is https.
        hsts: bool = true,
    }
}
