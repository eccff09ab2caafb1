//! Address arithmetic.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::hcl::Value;
use super::{Args, Failure, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "cidrhost" => cidrhost(args),
        "cidrnetmask" => args.exactly(&["prefix"]).and_then(cidrnetmask),
        "cidrsubnet" => cidrsubnet(args),
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
