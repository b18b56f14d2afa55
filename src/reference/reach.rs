//! Which literal addresses a request may go to (ERR-5): those that are globally reachable, documentation ranges
//! among them. One table of networks for each family; an address that carries an IPv4 address is judged by it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Networks that are not globally reachable: the address, and how many of its bits count.
const CLOSED: [(Ipv4Addr, u32); 11] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The same of the other family: unspecified, loopback, unique local, link-local, site-local, multicast.
const CLOSED_6: [(u128, u32); 6] = [
    (0, 128),
    (1, 128),
    (0xfc00 << 112, 7),
    (0xfe80 << 112, 10),
    (0xfec0 << 112, 10),
    (0xff00 << 112, 8),
];

/// Networks whose addresses carry an IPv4 address, and how many bits stand behind it: compatible, mapped,
/// translated, NAT64, 6to4.
const CARRIERS: [(u128, u32, u32); 5] = [
    (0, 96, 0),
    (0xffff << 32, 96, 0),
    (0xffff << 48, 96, 0),
    (0x0064_ff9b << 96, 32, 0),
    (0x2002 << 112, 16, 80),
];

pub(super) fn is_global(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let is_in =
        |(network, length): &(Ipv4Addr, u32)| (bits ^ network.to_bits()) >> (32 - length) == 0;
    !CLOSED.iter().any(is_in)
}

pub(super) fn is_global_6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let is_in = |network: u128, length: u32| (bits ^ network) >> (128 - length) == 0;
    if CLOSED_6
        .iter()
        .any(|(network, length)| is_in(*network, *length))
    {
        return false;
    }
    let mut carriers = CARRIERS.iter();
    let carrier = carriers.find(|(network, length, _)| is_in(*network, *length));
    carrier.is_none_or(|(_, _, behind)| is_global(Ipv4Addr::from_bits((bits >> behind) as u32)))
}
