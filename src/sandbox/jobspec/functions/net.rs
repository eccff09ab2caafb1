//! Address arithmetic.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::hcl::Value;
use super::{Args, Failure, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "cidrhost" => cidrhost(args),
        "cidrnetmask" => args.exactly(&["prefix"]).and_then(cidrnetmask),
        "cidrsubnet" => cidrsubnet(args),
        "cidrsubnets" => cidrsubnets(args),
        _ => return None,
    })
}

/// A network: its first address as a number, the length of its prefix, and of its addresses.
struct Network {
    first: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    fn read(args: Args<'_>) -> Result<Network> {
        let text = args.text(0, "prefix")?;
        let invalid = || Failure::Call(format!("invalid CIDR expression: invalid CIDR address: {text}"));
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let address: IpAddr = address.parse().map_err(|_| invalid())?;
        let (number, bits) = match address {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let prefix = prefix.parse().ok().filter(|p: &u32| *p <= bits).ok_or_else(invalid)?;
        Ok(Network { first: number & mask(prefix, bits), prefix, bits })
    }

    fn show(&self, address: u128) -> String {
        if self.bits == 32 {
            Ipv4Addr::from(u32::try_from(address).unwrap_or(u32::MAX)).to_string()
        } else {
            Ipv6Addr::from(address).to_string()
        }
    }
}

/// The bits of the prefix.
fn mask(prefix: u32, bits: u32) -> u128 {
    let all = if bits == 128 { u128::MAX } else { (1 << bits) - 1 };
    let host = bits - prefix;
    if host == 128 { 0 } else { all & !((1_u128 << host) - 1) }
}

fn cidrhost(args: Args<'_>) -> Result {
    let args = args.exactly(&["prefix", "hostnum"])?;
    let network = Network::read(args)?;
    let host = args.whole(1, "hostnum")?;
    let size = 1_i128.checked_shl(network.bits - network.prefix).unwrap_or(i128::MAX);
    let offset = if host < 0 { size + host } else { host };
    match u128::try_from(offset).ok().filter(|_| offset < size) {
        Some(offset) => Ok(Value::Text(network.show(network.first + offset))),
        None => fail(format!("prefix of {} does not accommodate a host numbered {host}", network.prefix)),
    }
}

fn cidrnetmask(args: Args<'_>) -> Result {
    let network = Network::read(args)?;
    Ok(Value::Text(network.show(mask(network.prefix, network.bits))))
}

/// Networks one behind the other, each so many bits longer than the whole.
fn cidrsubnets(args: Args<'_>) -> Result {
    let args = args.at_least(&["prefix"])?;
    let whole = Network::read(args).map_err(|failure| match failure {
        Failure::Call(why) => Failure::Argument(0, "prefix", why),
        other => other,
    })?;
    let last = whole.first | !mask(whole.prefix, whole.bits) & mask(whole.bits, whole.bits);
    let kind = if whole.bits == 32 { "IPv4" } else { "IPv6" };
    let mut networks: Vec<Value> = Vec::new();
    // What the one before ends with, and how it is shown.
    let mut before: Option<(u128, String)> = None;
    for at in 1..args.0.len() {
        let new = args.whole(at, "newbits")?;
        let wrong = |why: String| Err(Failure::Argument(at, "newbits", why));
        if new < 1 {
            return wrong("must extend prefix by at least one bit".to_owned());
        }
        let prefix = u32::try_from(new).ok().and_then(|new| whole.prefix.checked_add(new));
        let Some(prefix) = prefix.filter(|prefix| *prefix <= whole.bits) else {
            let prefix = i128::from(whole.prefix) + new;
            return wrong(format!(
                "would extend prefix to {prefix} bits, which is too long for an {kind} address"
            ));
        };
        let size = 1_u128.checked_shl(whole.bits - prefix).unwrap_or(0);
        // Each begins at a multiple of its size.
        let first = match &before {
            None => Some(whole.first),
            Some((end, _)) => end.checked_add(1).and_then(|next| {
                let over = next & (size - 1);
                if over == 0 { Some(next) } else { next.checked_add(size - over) }
            }),
        };
        let Some(first) = first.filter(|first| *first <= last && first | (size - 1) <= last) else {
            let behind = before.map(|(_, shown)| shown).unwrap_or_default();
            return wrong(format!(
                "not enough remaining address space for a subnet with a prefix of {prefix} bits after {behind}"
            ));
        };
        let shown = format!("{}/{prefix}", whole.show(first));
        before = Some((first | (size - 1), shown.clone()));
        networks.push(Value::Text(shown));
    }
    Ok(Value::List(networks))
}

fn cidrsubnet(args: Args<'_>) -> Result {
    let args = args.exactly(&["prefix", "newbits", "netnum"])?;
    let network = Network::read(args)?;
    let (new, number) = (args.whole(1, "newbits")?, args.whole(2, "netnum")?);
    let prefix = u32::try_from(new).ok().map(|new| network.prefix + new).filter(|p| *p <= network.bits);
    let Some(prefix) = prefix else {
        return fail(format!(
            "not enough remaining address space for a subnet with a prefix of {new} more bits"
        ));
    };
    let limit = 1_i128.checked_shl(prefix - network.prefix).unwrap_or(i128::MAX);
    match u128::try_from(number).ok().filter(|_| number < limit) {
        Some(number) => {
            let first = network.first | number.checked_shl(network.bits - prefix).unwrap_or(0);
            Ok(Value::Text(format!("{}/{prefix}", network.show(first))))
        }
        None => fail(format!("prefix extension of {new} does not accommodate a subnet numbered {number}")),
    }
}
