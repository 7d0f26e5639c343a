//! `[server]`: where Rolo listens and what it is called from outside.

use rolo_gateway::listen::CONNECTIONS_ADDRESS_MAX;

use super::{setting::section, several::Several};

section! {
    /// Where Rolo listens and what it is called from outside.
    Server = "server" {
        /// Where it listens, one or a list: http://127.0.0.1:8080, https://[::]:443, unix:/run/rolo.sock. The word public means
        /// http and https for everybody, on ports 80 and 443, or 8080 and 8443 without the right to those.
        /// Beyond this machine only https, or behind_proxy.
        listen: Several = Several::from("127.0.0.1:8080"),
        /// The address people type, such as https://contacts.example: other hosts are then refused, but for those of the sites
        /// below. Empty: localhost and bare addresses, or whatever a proxy lets through.
        public_url: String = String::new(),
        /// A proxy with TLS stands in front, and nobody else reaches this port.
        behind_proxy: bool = false,
        /// Which proxies are believed about whom they speak for, such as 10.0.0.0/8. Empty: those on this machine, and whoever
        /// comes when behind_proxy says that only a proxy does.
        trusted_proxies: Several = Several::default(),
        /// How many connections one address may have at a time, or one network (/64) of IPv6. Those of a trusted proxy that is named
        /// above, or of whoever comes with behind_proxy, are not counted: what each visitor asks through it at a time is. 0: no limit.
        connections_per_address: usize = CONNECTIONS_ADDRESS_MAX,
    }
}
