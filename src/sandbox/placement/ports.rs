//! Ports: static ones that must be free, dynamic ones from the node's range, on one of the node's addresses.

use std::collections::BTreeSet;

use super::machine::{Address, Machine};
use super::occupancy::Occupancy;
use crate::api::nomad::job::{Network, Port};

/// How often a dynamic port is drawn before the range is searched.
const DRAWS: usize = 20;

/// The host network of ports that name none.
const DEFAULT_NETWORK: &str = "default";

/// A port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PortGrant {
    /// Its label in the job.
    pub label: String,
    /// Its number on the node.
    pub value: u16,
    /// Its number inside the network namespace.
    pub to: i32,
    /// The address it is on.
    pub host_ip: String,
    /// Whether others may hold it too.
    pub ignore_collision: bool,
}

/// Grants the ports a network asks for, beyond what is used and what was granted before to the same allocation.
///
/// The first address of the host network that has the port free gives it (T35). The error is the reason as it stands
/// after `network: ` in `DimensionExhausted`.
pub(super) fn assign(
    machine: &Machine,
    occupancy: &Occupancy,
    granted: &[PortGrant],
    ask: &Network,
    rng: &mut fastrand::Rng,
) -> Result<Vec<PortGrant>, String> {
    let taken = |address: &Address, port: u16| {
        machine.reserved_ports.contains(&port)
            || address.reserved_ports.contains(&port)
            || occupancy.holds_port(&address.ip, port)
            || granted.iter().any(|g| g.host_ip == address.ip && g.value == port)
    };
    let mut offer: Vec<PortGrant> = Vec::new();
    for port in &ask.reserved_ports {
        let mut addresses = on_network(machine, port).peekable();
        if addresses.peek().is_none() {
            return Err(no_address(machine, port));
        }
        let free = addresses.find(|address| port.ignore_collision || !taken(address, port.value));
        let Some(address) = free else {
            return Err(format!("reserved port collision {}={}", port.label, port.value));
        };
        offer.push(grant(port, port.value, address));
    }
    for port in &ask.dynamic_ports {
        let mut addresses = on_network(machine, port).peekable();
        if addresses.peek().is_none() {
            return Err(no_address(machine, port));
        }
        // A number given to another port of the same ask is not given again, whatever its address.
        let asked: BTreeSet<u16> = ask
            .reserved_ports
            .iter()
            .filter(|static_port| network_of(machine, static_port) == network_of(machine, port))
            .map(|static_port| static_port.value)
            .chain(offer.iter().map(|g| g.value))
            .collect();
        let drawn = addresses.find_map(|address| {
            let free = |number: &u16| !asked.contains(number) && !taken(address, *number);
            draw(machine, free, rng).map(|number| (address, number))
        });
        let Some((address, number)) = drawn else { return Err("dynamic port selection failed".to_owned()) };
        offer.push(grant(port, number, address));
    }
    Ok(offer)
}

/// The reason why a machine lacks a host network that a port names.
pub(super) fn missing_network(machine: &Machine, port: &Port) -> Option<String> {
    if port.host_network.is_empty() {
        return None;
    }
    let Some(alias) = machine.value(&port.host_network) else {
        return Some(format!(
            "invalid host network {:?} template for port {:?}",
            port.host_network, port.label
        ));
    };
    let known = machine.addresses.iter().any(|a| a.alias == alias);
    (!known).then(|| format!("missing host network {alias:?} for port {:?}", port.label))
}

fn draw(machine: &Machine, free: impl Fn(&u16) -> bool, rng: &mut fastrand::Rng) -> Option<u16> {
    let range = machine.dynamic_ports.clone();
    if range.is_empty() {
        return None;
    }
    (0..DRAWS).map(|_| rng.u16(range.clone())).find(&free).or_else(|| range.clone().find(free))
}

fn network_of<'a>(machine: &'a Machine, port: &'a Port) -> Option<&'a str> {
    if port.host_network.is_empty() { Some(DEFAULT_NETWORK) } else { machine.value(&port.host_network) }
}

fn on_network<'a>(machine: &'a Machine, port: &'a Port) -> impl Iterator<Item = &'a Address> {
    let network = network_of(machine, port);
    machine.addresses.iter().filter(move |address| Some(address.alias.as_str()) == network)
}

fn no_address(machine: &Machine, port: &Port) -> String {
    format!("no addresses available for {} network", network_of(machine, port).unwrap_or(""))
}

fn grant(port: &Port, value: u16, address: &Address) -> PortGrant {
    // `to = -1` maps the port to the same number inside.
    let to = if port.to == -1 { i32::from(value) } else { port.to };
    PortGrant {
        label: port.label.clone(),
        value,
        to,
        host_ip: address.ip.clone(),
        ignore_collision: port.ignore_collision,
    }
}
