//! A request as the interpreters and `verify` see it.

use core::net::IpAddr;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The port it comes in at.
    pub port: u16,
    /// The method.
    pub method: String,
    /// Path and query as they are sent.
    pub target: String,
    /// The Host header as it is sent.
    pub host: String,
    /// Other headers.
    pub headers: Vec<(String, String)>,
    /// The address of who sends it.
    pub peer: String,
}

impl Request {
    /// A plain GET from loopback.
    #[must_use]
    pub fn get(port: u16, host: &str, target: &str) -> Self {
        Request {
            port,
            method: "GET".to_owned(),
            target: target.to_owned(),
            host: host.to_owned(),
            headers: Vec::new(),
            peer: "127.0.0.1".to_owned(),
        }
    }

    /// The path as it is sent.
    #[must_use]
    pub fn raw_path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query as it is sent; empty where there is none.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, q)| q)
    }

    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = find_header(&self.headers, "cookie")?;
        let pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
    }
}

/// A header's value; names ignore case.
#[must_use]
pub fn find_header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// A path decoded, its dots resolved and its slashes merged, as nginx matches it; none where nginx answers 400.
///
/// A path that decodes to no UTF-8 is kept as far as it is readable: locations are text.
#[must_use]
pub fn normalised(raw: &str, merge_slashes: bool) -> Option<String> {
    if !raw.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| char::from(b?).to_digit(16);
        let code = digit(rest.next())? * 16 + digit(rest.next())?;
        if code == 0 {
            return None;
        }
        bytes.push(u8::try_from(code).ok()?);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut parts: Vec<&str> = Vec::new();
    let all: Vec<&str> = text[1..].split('/').collect();
    let last = all.len() - 1;
    for (at, part) in all.iter().enumerate() {
        match *part {
            "" if at != last && !merge_slashes => parts.push(""),
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let mut path = format!("/{}", parts.join("/"));
    if matches!(all[last], "" | "." | "..") && !parts.is_empty() {
        path.push('/');
    }
    Some(path)
}

/// Whether an address lies in a network (`10.0.0.0/8`, `10.0.0.1`, `::1`).
#[must_use]
pub fn is_in(address: &str, network: &str) -> bool {
    let (base, bits) = network.split_once('/').map_or((network, None), |(b, n)| (b, n.parse::<u32>().ok()));
    match (address.parse::<IpAddr>(), base.parse::<IpAddr>()) {
        (Ok(IpAddr::V4(a)), Ok(IpAddr::V4(b))) => {
            let bits = bits.unwrap_or(32).min(32);
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            u32::from(a) & mask == u32::from(b) & mask
        }
        (Ok(IpAddr::V6(a)), Ok(IpAddr::V6(b))) => {
            let bits = bits.unwrap_or(128).min(128);
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            u128::from(a) & mask == u128::from(b) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_matched_as_nginx_reads_it() {
        let path = |raw: &str| normalised(raw, true);
        assert_eq!(path("//priv").as_deref(), Some("/priv"));
        assert_eq!(path("/pub/../priv").as_deref(), Some("/priv"));
        assert_eq!(path("/x/..%2Fpriv").as_deref(), Some("/priv"));
        assert_eq!(path("/%70riv").as_deref(), Some("/priv"));
        assert_eq!(path("/./a/.").as_deref(), Some("/a/"));
        assert_eq!(path("/a/b/..").as_deref(), Some("/a/"));
        assert_eq!(path("/a//").as_deref(), Some("/a/"));
        assert_eq!(path("/").as_deref(), Some("/"));
        assert_eq!(path("/../x"), None);
        assert_eq!(path("/a%00"), None);
        assert_eq!(path("/a%zz"), None);
        assert_eq!(normalised("/a//b/../c", false).as_deref(), Some("/a//c"));
    }

    #[test]
    fn networks_hold_addresses() {
        assert!(is_in("10.1.2.3", "10.0.0.0/8") && !is_in("11.1.2.3", "10.0.0.0/8") && is_in("::1", "::1"));
        assert!(is_in("1.2.3.4", "0.0.0.0/0") && !is_in("x", "10.0.0.0/8"));
    }
}
