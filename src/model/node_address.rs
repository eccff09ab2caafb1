//! The address of a node as it is told to programs that want a host alone.

/// The host of `host:port`, also of an IPv6 address in brackets.
#[must_use]
pub fn host_of(address: &str) -> String {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_what_ssh_is_told() {
        let cases =
            [("10.0.0.1:4646", "10.0.0.1"), ("[fd00::1]:4646", "fd00::1"), ("c1.example:4646", "c1.example")];
        for (address, host) in cases {
            assert_eq!(host_of(address), host);
        }
    }
}
