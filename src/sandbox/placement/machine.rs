//! What of a node decides about placements.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// A node as the scheduler sees it. Whether it is ready and eligible is the caller's to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The full id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The class operators give; may be empty.
    pub class: String,
    /// The datacenter.
    pub datacenter: String,
    /// The pool.
    pub pool: String,
    /// Fingerprinted facts, by name without `attr.`.
    pub attributes: BTreeMap<String, String>,
    /// Operators' metadata.
    pub meta: BTreeMap<String, String>,
    /// Task drivers, and whether each is detected and healthy.
    pub drivers: BTreeMap<String, bool>,
    /// Host volumes by name, and whether each is read-only.
    pub host_volumes: BTreeMap<String, bool>,
    /// Modes of its networks, such as `host` and `bridge`.
    pub network_modes: BTreeSet<String>,
    /// Addresses ports are given on, in the node's order.
    pub addresses: Vec<Address>,
    /// What it offers, less what is reserved for others.
    pub capacity: Capacity,
    /// Cores that can be reserved.
    pub cores: Vec<u16>,
    /// MHz of a core.
    pub core_mhz: u64,
    /// Where dynamic ports come from.
    pub dynamic_ports: RangeInclusive<u16>,
    /// Ports nobody gets, on every address.
    pub reserved_ports: BTreeSet<u16>,
    /// How many allocations it takes at most; 0 for no limit.
    pub max_allocs: usize,
    /// Nodes of one computed class are alike in everything but what is unique; see [`Machine::class_of`].
    pub computed_class: String,
}

/// Processor, memory and disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Capacity {
    /// MHz.
    pub cpu: u64,
    /// MiB.
    pub memory: u64,
    /// MiB.
    pub disk: u64,
}

/// An address of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The host network's name, `default` for the agent's own.
    pub alias: String,
    /// The address.
    pub ip: String,
    /// Ports nobody gets on this address.
    pub reserved_ports: BTreeSet<u16>,
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            id: String::new(),
            name: String::new(),
            class: String::new(),
            datacenter: "dc1".into(),
            pool: "default".into(),
            attributes: BTreeMap::new(),
            meta: BTreeMap::new(),
            drivers: BTreeMap::new(),
            host_volumes: BTreeMap::new(),
            network_modes: BTreeSet::from(["host".to_owned()]),
            addresses: Vec::new(),
            capacity: Capacity::default(),
            cores: Vec::new(),
            core_mhz: 0,
            dynamic_ports: 20_000..=32_000,
            reserved_ports: BTreeSet::new(),
            max_allocs: 0,
            computed_class: String::new(),
        }
    }
}

impl Machine {
    /// What an interpolation such as `${meta.rack}` stands for here; text without `${` stands for itself.
    #[must_use]
    pub fn value<'a>(&'a self, target: &'a str) -> Option<&'a str> {
        let Some(inner) = target.strip_prefix("${") else { return Some(target) };
        self.fact(inner.strip_suffix('}').unwrap_or(inner))
    }

    /// What a name such as `meta.rack` stands for here.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        match name {
            "node.unique.id" => Some(&self.id),
            "node.unique.name" => Some(&self.name),
            "node.datacenter" => Some(&self.datacenter),
            "node.class" => Some(&self.class),
            "node.pool" => Some(&self.pool),
            _ => {
                let attribute = name.strip_prefix("attr.").and_then(|key| self.attributes.get(key));
                let meta = || name.strip_prefix("meta.").and_then(|key| self.meta.get(key));
                attribute.or_else(meta).map(String::as_str)
            }
        }
    }

    /// The computed class in Nomad's form: a digest of what is not unique to the node. The digits are not Nomad's own.
    #[must_use]
    pub fn class_of(&self) -> String {
        let mut digest = Fnv::new();
        for part in [&self.datacenter, &self.class, &self.pool] {
            digest.text(part);
        }
        for map in [&self.attributes, &self.meta] {
            digest.text("\u{1}");
            for (key, value) in map.iter().filter(|(key, _)| !key.starts_with("unique.")) {
                digest.text(key);
                digest.text(value);
            }
        }
        format!("v1:{}", digest.0)
    }

    /// Whether the driver is there and works: as the driver's own report says, else the attribute `driver.<name>`.
    pub(super) fn has_driver(&self, driver: &str) -> bool {
        self.drivers.get(driver).copied().unwrap_or_else(|| {
            let value = self.attributes.get(&format!("driver.{driver}"));
            value.is_some_and(|v| go_bool(v).unwrap_or(false))
        })
    }
}

/// A boolean as Go's `strconv.ParseBool` reads it.
pub(super) fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Whether a datacenter matches one of a job's patterns, in which `*` stands for any run of characters.
#[must_use]
pub fn in_any_datacenter(patterns: &[String], datacenter: &str) -> bool {
    patterns.iter().any(|pattern| star_matches(pattern, datacenter))
}

/// Whether a job of this pool may use a node of that pool: `all` means every pool.
#[must_use]
pub fn in_pool(job_pool: &str, node_pool: &str) -> bool {
    job_pool.is_empty() || job_pool == "all" || job_pool == node_pool
}

/// A pattern with `*` only, as Nomad uses for datacenters and ACL rules.
pub fn star_matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

/// FNV-1a over 64 bits.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a text and its end, so that neighbours do not run together.
    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolations_resolve_on_the_node() {
        let m = Machine {
            id: "id-1".into(),
            name: "c1".into(),
            class: "old".into(),
            attributes: BTreeMap::from([("kernel.name".into(), "linux".into())]),
            meta: BTreeMap::from([("rack".into(), "r1".into())]),
            ..Machine::default()
        };
        for (target, value) in [
            ("${node.unique.id}", Some("id-1")),
            ("${node.unique.name}", Some("c1")),
            ("${node.class}", Some("old")),
            ("${node.pool}", Some("default")),
            ("${node.datacenter}", Some("dc1")),
            ("${attr.kernel.name}", Some("linux")),
            ("${meta.rack}", Some("r1")),
            ("${meta.none}", None),
            ("${env.HOME}", None),
            ("plain", Some("plain")),
            ("", Some("")),
        ] {
            assert_eq!(m.value(target), value, "{target}");
        }
    }

    #[test]
    fn datacenter_patterns_know_only_the_star() {
        for (pattern, text, hit) in [
            ("dc1", "dc1", true),
            ("dc1", "dc12", false),
            ("*", "", true),
            ("dc*", "dc12", true),
            ("*-1", "eu-1", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("d?1", "dc1", false),
            ("*a", "ab", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(star_matches(pattern, text), hit, "{pattern} {text}");
        }
    }

    #[test]
    fn unique_facts_do_not_change_the_computed_class() {
        let a = Machine {
            attributes: BTreeMap::from([
                ("unique.hostname".into(), "a".into()),
                ("os.name".into(), "x".into()),
            ]),
            ..Machine::default()
        };
        let mut b = a.clone();
        b.attributes.insert("unique.hostname".into(), "b".into());
        b.id = "other".into();
        assert_eq!(a.class_of(), b.class_of());
        b.meta.insert("rack".into(), "r1".into());
        assert_ne!(a.class_of(), b.class_of());
    }
}
