//! Constraints and affinities: what one condition says about one machine.

use std::collections::BTreeSet;

use regex::Regex;

use super::machine::Machine;
use super::version::{Version, VersionConstraint};

/// Whether a machine satisfies a condition. `distinct_hosts` and `distinct_property` are about allocations and hold
/// for every machine; an unknown operand holds for none.
#[must_use]
pub fn meets(machine: &Machine, left: &str, operand: &str, right: &str) -> bool {
    Condition::new(left, operand, right).holds(machine)
}

/// A condition made ready to be asked of many machines.
#[derive(Debug)]
pub(super) struct Condition {
    left: String,
    right: String,
    relation: Relation,
}

#[derive(Debug)]
enum Relation {
    Always,
    Never,
    Equal,
    NotEqual,
    Order(String),
    IsSet,
    IsNotSet,
    Version {
        semver: bool,
    },
    Regexp,
    /// The right side is the same for every machine and has been read.
    FixedVersion(Option<VersionConstraint>),
    FixedRegexp(Option<Regex>),
    ContainsAll,
    ContainsAny,
}

impl Condition {
    pub(super) fn new(left: &str, operand: &str, right: &str) -> Condition {
        let fixed = !right.starts_with("${");
        let relation = match operand {
            "distinct_hosts" | "distinct_property" => Relation::Always,
            "=" | "==" | "is" => Relation::Equal,
            "!=" | "not" => Relation::NotEqual,
            "<" | "<=" | ">" | ">=" => Relation::Order(operand.to_owned()),
            "is_set" => Relation::IsSet,
            "is_not_set" => Relation::IsNotSet,
            "version" | "semver" if fixed => {
                Relation::FixedVersion(VersionConstraint::parse(right, operand == "semver"))
            }
            "version" | "semver" => Relation::Version { semver: operand == "semver" },
            "regexp" if fixed => Relation::FixedRegexp(Regex::new(right).ok()),
            "regexp" => Relation::Regexp,
            "set_contains" | "set_contains_all" => Relation::ContainsAll,
            "set_contains_any" => Relation::ContainsAny,
            _ => Relation::Never,
        };
        Condition { left: left.to_owned(), right: right.to_owned(), relation }
    }

    pub(super) fn holds(&self, machine: &Machine) -> bool {
        let (left, right) = (machine.value(&self.left), machine.value(&self.right));
        match &self.relation {
            Relation::Always => return true,
            Relation::Never => return false,
            // What is missing counts as empty here.
            Relation::NotEqual => return left.unwrap_or("") != right.unwrap_or(""),
            Relation::IsSet => return left.is_some(),
            Relation::IsNotSet => return left.is_none(),
            _ => {}
        }
        let (Some(left), Some(right)) = (left, right) else { return false };
        match &self.relation {
            Relation::Equal => left == right,
            Relation::Order(operand) => in_order(operand, left, right),
            Relation::FixedVersion(constraint) => allows(left, constraint.as_ref()),
            Relation::Version { semver } => allows(left, VersionConstraint::parse(right, *semver).as_ref()),
            Relation::FixedRegexp(pattern) => pattern.as_ref().is_some_and(|p| p.is_match(left)),
            Relation::Regexp => Regex::new(right).is_ok_and(|p| p.is_match(left)),
            Relation::ContainsAll => items(right).is_subset(&items(left)),
            Relation::ContainsAny => !items(right).is_disjoint(&items(left)),
            Relation::Always
            | Relation::Never
            | Relation::NotEqual
            | Relation::IsSet
            | Relation::IsNotSet => false,
        }
    }

    /// Whether nodes of one computed class may differ in it (`nomad-api.md §12.1`: checked node by node).
    pub(super) fn escapes_class(left: &str, right: &str) -> bool {
        let unique = ["${unique.", "${node.unique.", "${attr.unique.", "${meta.unique."];
        unique.iter().any(|prefix| left.starts_with(prefix) || right.starts_with(prefix))
    }
}

fn allows(version: &str, constraint: Option<&VersionConstraint>) -> bool {
    match (Version::parse(version), constraint) {
        (Some(version), Some(constraint)) => constraint.allows(&version),
        _ => false,
    }
}

fn items(list: &str) -> BTreeSet<&str> {
    list.split(',').map(str::trim).collect()
}

/// As whole numbers if both are, else as floats if both are, else by their letters.
fn in_order(operand: &str, left: &str, right: &str) -> bool {
    if let (Ok(l), Ok(r)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return ordered(operand, &l, &r);
    }
    if let (Ok(l), Ok(r)) = (left.parse::<f64>(), right.parse::<f64>()) {
        return ordered(operand, &l, &r);
    }
    ordered(operand, left, right)
}

fn ordered<T: PartialOrd + ?Sized>(operand: &str, left: &T, right: &T) -> bool {
    match operand {
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Machine {
            class: "old".into(),
            attributes: map(&[("cores", "10"), ("load", "1.5"), ("nomad.version", "2.0.5"), ("cpus", "2")]),
            meta: map(&[("tags", "a, b,c"), ("rack", "r1"), ("also", "r1"), ("empty", "")]),
            ..Machine::default()
        }
    }

    #[test]
    fn every_operand() {
        let m = machine();
        for (left, operand, right, expected) in [
            ("${node.class}", "=", "old", true),
            ("${node.class}", "==", "old", true),
            ("${node.class}", "is", "new", false),
            ("${meta.rack}", "=", "${meta.also}", true),
            ("${meta.none}", "=", "", false),
            ("${meta.none}", "!=", "x", true),
            ("${meta.none}", "!=", "", false),
            ("${meta.rack}", "not", "r1", false),
            ("${attr.cores}", ">", "9", true),
            ("${attr.cores}", "<", "9", false),
            ("${attr.load}", ">=", "1.50", true),
            ("${attr.load}", "<=", "1", false),
            ("${meta.rack}", "<", "r2", true),
            ("${attr.nomad.version}", "version", ">= 1.0, < 3", true),
            ("${attr.nomad.version}", "semver", "> 2.0.5", false),
            ("${meta.rack}", "version", "> 1", false),
            ("${meta.rack}", "regexp", "^r[0-9]$", true),
            ("${meta.rack}", "regexp", "(", false),
            ("${meta.tags}", "set_contains", "a,c", true),
            ("${meta.tags}", "set_contains_all", "a,d", false),
            ("${meta.tags}", "set_contains_any", "d, b", true),
            ("${meta.tags}", "set_contains_any", "x", false),
            ("${meta.empty}", "is_set", "", true),
            ("${meta.none}", "is_set", "", false),
            ("${meta.none}", "is_not_set", "", true),
            ("${meta.rack}", "distinct_hosts", "", true),
            ("${meta.rack}", "looks_like", "r1", false),
        ] {
            assert_eq!(meets(&m, left, operand, right), expected, "{left} {operand} {right}");
        }
    }
}
