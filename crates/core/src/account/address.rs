//! Where somebody comes from, as limits count it: an IPv4 address, or the /64 one household gets of IPv6.

use std::net::{IpAddr, Ipv6Addr};

/// What tries are counted under. Text that is no address counts as one place of its own.
pub fn block(address: &str) -> String {
    let bare = address.trim().trim_start_matches('[').trim_end_matches(']');
    let bare = bare.split('%').next().unwrap_or_default();
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => format!("{}/64", network(address)),
        },
        Err(_) => "elsewhere".to_owned(),
    }
}

fn network(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_place() {
        assert_eq!(block("203.0.113.7"), "203.0.113.7");
        assert_eq!(block("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(block("[2001:db8:1:2::9]"), block("2001:db8:1:2:ffff::1"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_eq!(block("fe80::1%eth0"), "fe80::/64");
        assert_eq!(block("unix"), block(""));
    }
}
