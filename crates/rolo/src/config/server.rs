//! `[server]`: where Rolo listens and what it is called from outside.

use super::setting::section;

section! {
    /// Where Rolo listens and what it is called from outside.
    Server = "server" {
        /// Address and port. Anything beyond loopback needs `behind_proxy`, until Rolo has a certificate of its own.
        listen: String = "127.0.0.1:8080".to_owned(),
        /// The address people type, such as https://contacts.example. Empty: whatever they typed.
        public_url: String = String::new(),
        /// A proxy with TLS stands in front, and nobody else reaches this port.
        behind_proxy: bool = false,
    }
}
