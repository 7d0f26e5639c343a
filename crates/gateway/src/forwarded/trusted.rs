//! Which proxies are believed: a list of addresses and networks.

use std::net::{IpAddr, Ipv6Addr};

/// The networks whose word about a visitor is taken. Whoever comes over a Unix socket is trusted in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    networks: Vec<Network>,
}

/// The first `bits` of an address; IPv4 is held as the IPv6 addresses it is mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: u128,
    bits: u32,
}

impl Trusted {
    /// Reads addresses (`192.0.2.1`, `::1`) and networks (`10.0.0.0/8`, `fd00::/8`). The error is a sentence for the person.
    pub fn parse(list: &[&str]) -> Result<Self, String> {
        let networks = list.iter().map(|text| Network::parse(text.trim())).collect::<Result<_, _>>()?;
        Ok(Self { networks })
    }

    /// Whether this address is a trusted proxy's.
    pub fn holds(&self, address: IpAddr) -> bool {
        if address == super::UNIX.ip() {
            return true;
        }
        if self.networks.is_empty() {
            return false;
        }
        let address = mapped(address);
        self.networks.iter().any(|network| network.holds(address))
    }
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is neither an address nor a network such as `10.0.0.0/8`");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?,
            None => most,
        };
        Ok(Self { address: mapped(address), bits: 128 - most + bits })
    }

    fn holds(self, address: u128) -> bool {
        // A shift by all 128 bits is no shift in Rust: a network of no bits holds everybody.
        self.bits == 0 || (address ^ self.address) >> (128 - self.bits) == 0
    }
}

/// Both families as one number: a listener on `[::]` sees `10.0.0.1` as `::ffff:10.0.0.1`.
fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => Ipv6Addr::to_bits(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_own_in_either_spelling() {
        let trusted = Trusted::parse(&["10.0.0.0/8", "192.0.2.7", "fd00::/8"]).unwrap();
        for inside in ["10.255.0.1", "::ffff:10.1.2.3", "192.0.2.7", "fdab::1"] {
            assert!(trusted.holds(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "fe80::1", "::a00:1"] {
            assert!(!trusted.holds(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn nobody_is_trusted_unless_named_and_everybody_can_be() {
        assert!(!Trusted::default().holds("127.0.0.1".parse().unwrap()));
        assert!(Trusted::default().holds(super::super::UNIX.ip()));
        let all = Trusted::parse(&["0.0.0.0/0", "::/0"]).unwrap();
        assert!(all.holds("203.0.113.9".parse().unwrap()) && all.holds("2001:db8::1".parse().unwrap()));
        let four = Trusted::parse(&["0.0.0.0/0"]).unwrap();
        assert!(four.holds("203.0.113.9".parse().unwrap()) && !four.holds("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_said() {
        for wrong in ["", "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8"] {
            assert!(Trusted::parse(&[wrong]).unwrap_err().contains("neither"), "{wrong}");
        }
    }
}
