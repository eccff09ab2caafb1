//! Whether a task shares this machine's network: then its port may be a listener of fleet's own, which must not be connected to
//! itself.

use std::net::{IpAddr, SocketAddr};

/// Prints what [`identity`] tells, in a task.
pub(super) const NETWORK_IDENTITY: &str = include_str!("scripts/network_identity.sh");

/// What tells the network that this process is in from every other; none where the system does not tell it.
fn identity() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/net").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// Whether a task that printed this line is in the network that this process is in.
pub(super) fn is_shared(printed: &str) -> bool {
    identity().is_some_and(|own| own == printed.trim())
}

/// Whether a host and port lead to one of these listeners, seen from the network they are in.
#[must_use]
pub fn is_own(host: &str, port: u16, listeners: &[SocketAddr]) -> bool {
    let Ok(host) = host.parse::<IpAddr>() else { return false };
    listeners.iter().any(|l| l.port() == port && (l.ip() == host || l.ip().is_unspecified()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_its_own_address_or_any_when_it_listens_on_all() {
        let one = ["127.0.0.1:80".parse().unwrap()];
        assert!(is_own("127.0.0.1", 80, &one));
        assert!(!is_own("127.0.0.1", 81, &one) && !is_own("::1", 80, &one) && !is_own("10.0.0.1", 80, &one));
        assert!(is_own("10.0.0.1", 80, &["0.0.0.0:80".parse().unwrap()]));
    }

    #[test]
    fn another_network_is_not_this_one() {
        assert!(!is_shared("") && !is_shared(" ") && !is_shared("1 net:[1]"));
    }
}
