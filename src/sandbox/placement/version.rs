//! Versions and their constraints as Nomad compares them: the operands `version` (HashiCorp's rules) and `semver`.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

/// Numbers, an optional pre-release with or without a dash, optional metadata.
const LOOSE: &str = concat!(
    r"v?([0-9]+(?:\.[0-9]+)*?)",
    r"(?:-([0-9]+[0-9A-Za-z\-~]*(?:\.[0-9A-Za-z\-~]+)*)|-?([A-Za-z\-~]+[0-9A-Za-z\-~]*(?:\.[0-9A-Za-z\-~]+)*))?",
    r"(?:\+[0-9A-Za-z\-~]+(?:\.[0-9A-Za-z\-~]+)*)?",
);

/// As above, the dash before the pre-release being demanded.
const STRICT: &str = concat!(
    r"v?([0-9]+(?:\.[0-9]+)*?)",
    r"(?:-([0-9]+[0-9A-Za-z\-~]*(?:\.[0-9A-Za-z\-~]+)*)|-([A-Za-z\-~]+[0-9A-Za-z\-~]*(?:\.[0-9A-Za-z\-~]+)*))?",
    r"(?:\+[0-9A-Za-z\-~]+(?:\.[0-9A-Za-z\-~]+)*)?",
);

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern compiles")
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^{LOOSE}$")));
static CONSTRAINT: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^\s*(=|!=|>|<|>=|<=|~>|)\s*({LOOSE})\s*$")));
static SEMVER: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^{STRICT}$")));
static SEMVER_CONSTRAINT: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"^\s*(=|!=|>|<|>=|<=|)\s*({STRICT})\s*$")));

/// A version. Metadata never decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    /// At least three.
    segments: Vec<i64>,
    /// How many of the segments were written.
    written: usize,
    /// Empty when there is none.
    pre: String,
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Version> {
        Version::matched(&VERSION, text)
    }

    fn matched(form: &Regex, text: &str) -> Option<Version> {
        let found = form.captures(text)?;
        let mut segments = found[1].split('.').map(str::parse).collect::<Result<Vec<i64>, _>>().ok()?;
        let written = segments.len();
        segments.resize(written.max(3), 0);
        let pre = found.get(2).or_else(|| found.get(3)).map_or("", |m| m.as_str());
        Some(Version { segments, written, pre: pre.to_owned() })
    }

    fn compare(&self, other: &Version) -> Ordering {
        if self.segments == other.segments {
            return match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_pre(&self.pre, &other.pre),
            };
        }
        let length = self.segments.len().max(other.segments.len());
        let segment = |v: &Version, i: usize| v.segments.get(i).copied().unwrap_or(0);
        (0..length)
            .map(|i| segment(self, i).cmp(&segment(other, i)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

fn compare_pre(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.split('.').collect(), right.split('.').collect());
    let part = |list: &[&str], i: usize| list.get(i).copied().unwrap_or("").to_owned();
    (0..left.len().max(right.len()))
        .map(|i| compare_part(&part(&left, i), &part(&right, i)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Numbers come before words; a missing part comes before a number and after a word.
fn compare_part(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let (l, r) = (left.parse::<i64>().ok(), right.parse::<i64>().ok());
    if left.is_empty() {
        return if r.is_some() { Ordering::Less } else { Ordering::Greater };
    }
    if right.is_empty() {
        return if l.is_some() { Ordering::Greater } else { Ordering::Less };
    }
    match (l, r) {
        (Some(l), Some(r)) if l > r => Ordering::Greater,
        (Some(_), _) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Pessimistic,
}

/// Whether a text is a constraint of the operand `version`, or of `semver`.
#[must_use]
pub fn is_version_constraint(text: &str, semver: bool) -> bool {
    VersionConstraint::parse(text, semver).is_some()
}

/// A comma-separated list of conditions, all of which must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VersionConstraint {
    conditions: Vec<(Relation, Version)>,
    /// Semantic ordering; otherwise pre-releases match only when asked for.
    semver: bool,
}

impl VersionConstraint {
    pub(super) fn parse(text: &str, semver: bool) -> Option<VersionConstraint> {
        let form: &Regex = if semver { &SEMVER_CONSTRAINT } else { &CONSTRAINT };
        let version: &Regex = if semver { &SEMVER } else { &VERSION };
        let conditions = text
            .split(',')
            .map(|single| {
                let found = form.captures(single)?;
                let relation = match &found[1] {
                    "!=" => Relation::NotEqual,
                    ">" => Relation::Greater,
                    "<" => Relation::Less,
                    ">=" => Relation::AtLeast,
                    "<=" => Relation::AtMost,
                    "~>" => Relation::Pessimistic,
                    _ => Relation::Equal,
                };
                Some((relation, Version::matched(version, &found[2])?))
            })
            .collect::<Option<Vec<_>>>()?;
        Some(VersionConstraint { conditions, semver })
    }

    pub(super) fn allows(&self, version: &Version) -> bool {
        self.conditions.iter().all(|(relation, bound)| {
            let order = version.compare(bound);
            let comparable = self.semver || comparable(version, bound);
            match relation {
                Relation::Equal => order.is_eq(),
                Relation::NotEqual => order.is_ne(),
                Relation::Greater => comparable && order.is_gt(),
                Relation::Less => comparable && order.is_lt(),
                Relation::AtLeast => comparable && order.is_ge(),
                Relation::AtMost => comparable && order.is_le(),
                Relation::Pessimistic => comparable && pessimistic(version, bound, order),
            }
        })
    }
}

/// A pre-release is compared only with a pre-release of the same numbers.
fn comparable(version: &Version, bound: &Version) -> bool {
    version.pre.is_empty() || (!bound.pre.is_empty() && version.segments == bound.segments)
}

/// `~> 1.2.3`: at least that, and only the last written number may grow.
fn pessimistic(version: &Version, bound: &Version, order: Ordering) -> bool {
    if (!bound.pre.is_empty() && version.pre.is_empty()) || order.is_lt() {
        return false;
    }
    if bound.segments.len() > version.segments.len() {
        return false;
    }
    let fixed = bound.written.saturating_sub(1);
    version.segments[..fixed] == bound.segments[..fixed] && version.segments[fixed] >= bound.segments[fixed]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(version: &str, constraint: &str, semver: bool) -> Option<bool> {
        Some(VersionConstraint::parse(constraint, semver)?.allows(&Version::parse(version)?))
    }

    #[test]
    fn version_constraints() {
        for (version, constraint, expected) in [
            ("1.2.3", "1.2.3", true),
            ("1.2.3", "= 1.2.3", true),
            ("1.2.3", ">= 1.0, < 1.4", true),
            ("1.4.0", ">= 1.0, < 1.4", false),
            ("1.2.3-beta1", "> 1.0", false),
            ("1.2.3-beta1", "> 1.2.3-alpha", true),
            ("1.2.3", "~> 1.2.0", true),
            ("1.3.0", "~> 1.2.0", false),
            ("1.3", "~> 1.2", true),
            ("2.0", "~> 1.2", false),
            ("1.2.3", "!= 1.2.3", false),
            ("v1.2", "1.2.0", true),
            ("1.7rc1", "< 2.0", false),
        ] {
            assert_eq!(holds(version, constraint, false), Some(expected), "{version} {constraint}");
        }
        assert_eq!(holds("1.x", "> 1", false), None);
        assert_eq!(holds("1.0", ">> 1", false), None);
    }

    #[test]
    fn semver_constraints_order_prereleases() {
        for (version, constraint, expected) in [
            ("1.8.7", ">= 1.8.0", true),
            ("2.0.5-dev", ">= 1.6.1", true),
            ("1.6.1-beta1", ">= 1.6.1", false),
            ("1.6.1-beta1", "> 1.6.1-alpha1", true),
            ("1.6.1-beta.2", "> 1.6.1-beta.11", false),
        ] {
            assert_eq!(holds(version, constraint, true), Some(expected), "{version} {constraint}");
        }
        assert_eq!(holds("1.2.3", "~> 1.2", true), None, "semver has no pessimistic operator");
        assert_eq!(holds("1.2.3", "> 1.2beta", true), None, "a pre-release needs its dash");
    }
}
