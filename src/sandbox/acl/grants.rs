//! What several policies add up to. Of the rules that fit a name the most specific one counts alone, whatever the others
//! allow, and over all policies of a token.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Capabilities, Rules};
use crate::sandbox::placement::star_matches;

type Set = BTreeSet<String>;

/// Rules by what they are for: a name, or a pattern with stars.
#[derive(Debug, Clone, Default)]
struct ByName {
    exact: BTreeMap<String, Set>,
    patterns: BTreeMap<String, Set>,
}

impl ByName {
    fn slot(&mut self, name: &str, is_pattern: bool) -> &mut Set {
        let table = if is_pattern { &mut self.patterns } else { &mut self.exact };
        table.entry(name.to_owned()).or_default()
    }

    fn add(&mut self, name: &str, capabilities: &Capabilities) {
        grant(self.slot(name, name.contains('*')), capabilities);
    }

    /// What is granted for a name: by the rule of this very name, or else by the pattern that fits it closest.
    fn of(&self, name: &str) -> Option<&Set> {
        self.exact.get(name).or_else(|| {
            let fitting = self.patterns.iter().filter(|(pattern, _)| star_matches(pattern, name));
            // What the stars stand for is the distance; of equals the last one counts.
            let distance = |pattern: &str| name.len() + pattern.matches('*').count() - pattern.len();
            fitting.rev().min_by_key(|(pattern, _)| distance(pattern)).map(|(_, set)| set)
        })
    }

    fn all(&self) -> impl Iterator<Item = &Set> {
        self.exact.values().chain(self.patterns.values())
    }
}

/// Adds capabilities; a denial takes all of them away and stays.
fn grant(set: &mut Set, capabilities: &Capabilities) {
    for capability in capabilities.iter().flatten() {
        if set.contains("deny") {
            return;
        }
        if capability == "deny" {
            set.clear();
        }
        set.insert(capability.clone());
    }
}

/// How far a shorthand goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    #[default]
    None,
    List,
    Read,
    Write,
    Deny,
}

impl Level {
    fn raise(&mut self, policy: Option<&String>) {
        let level = match policy.map(String::as_str) {
            Some("deny") => Level::Deny,
            Some("write") => Level::Write,
            Some("read") => Level::Read,
            Some("list") => Level::List,
            _ => Level::None,
        };
        *self = (*self).max(level);
    }

    fn allows(self, write: bool) -> bool {
        self == Level::Write || (self == Level::Read && !write)
    }
}

/// What a token may do.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    everything: bool,
    namespaces: ByName,
    variables: ByName,
    pools: ByName,
    host_volumes: ByName,
    agent: Level,
    node: Level,
    operator: Level,
    quota: Level,
    plugin: Level,
    operations: Set,
}

impl Grants {
    /// Those of a management token.
    #[must_use]
    pub fn everything() -> Grants {
        Grants { everything: true, ..Grants::default() }
    }

    /// Those of these policies together.
    pub fn of<'r>(policies: impl IntoIterator<Item = &'r Rules>) -> Grants {
        let mut grants = Grants::default();
        for rules in policies {
            grants.add(rules);
        }
        grants
    }

    fn add(&mut self, rules: &Rules) {
        for rule in &rules.namespaces {
            self.namespaces.add(&rule.name, &rule.capabilities);
            for path in rule.paths.iter().flatten() {
                let key = variable_key(&rule.name, &path.path);
                let set = self.variables.slot(&key, key.contains('*'));
                set.extend(path.capabilities.iter().flatten().cloned());
            }
        }
        for rule in &rules.node_pools {
            self.pools.add(&rule.name, &rule.capabilities);
        }
        for rule in &rules.host_volumes {
            self.host_volumes.add(&rule.name, &rule.capabilities);
        }
        self.agent.raise(rules.agent.as_ref());
        self.node.raise(rules.node.as_ref());
        self.quota.raise(rules.quota.as_ref());
        self.plugin.raise(rules.plugin.as_ref());
        if let Some(operator) = &rules.operator {
            self.operator.raise(Some(&operator.policy));
            grant(&mut self.operations, &operator.capabilities);
        }
    }

    /// Whether they are those of a management token.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether one of these capabilities is granted in a namespace. In `*` it is if it is in any namespace at all, or if
    /// a rule for `*` says so.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str, any_of: &[&str]) -> bool {
        let has = |set: &Set| any_of.iter().any(|wanted| set.contains(*wanted));
        self.everything
            || (namespace == "*" && self.namespaces.all().any(has))
            || self.namespaces.of(namespace).is_some_and(has)
    }

    /// Whether anything is granted in a namespace; in `*`, in any.
    #[must_use]
    pub fn any_in_namespace(&self, namespace: &str) -> bool {
        let some = |set: &Set| !set.is_empty() && !set.contains("deny");
        self.everything
            || (namespace == "*" && self.namespaces.all().any(some))
            || self.namespaces.of(namespace).is_some_and(some)
    }

    /// Whether a variable may be listed, read, written or destroyed.
    #[must_use]
    pub fn variable(&self, namespace: &str, path: &str, capability: &str) -> bool {
        let set = || self.variables.of(&variable_key(namespace, path));
        self.everything || set().is_some_and(|set| set.contains(capability))
    }

    /// Whether a pool may be read, written or deleted.
    #[must_use]
    pub fn pool(&self, pool: &str, capability: &str) -> bool {
        self.everything || self.pools.of(pool).is_some_and(|set| set.contains(capability))
    }

    /// Whether anything is granted over a pool.
    #[must_use]
    pub fn any_in_pool(&self, pool: &str) -> bool {
        let some = |set: &Set| !set.is_empty() && !set.contains("deny");
        self.everything || self.pools.of(pool).is_some_and(some)
    }

    /// Whether a host volume may be mounted.
    #[must_use]
    pub fn host_volume(&self, volume: &str, capability: &str) -> bool {
        self.everything || self.host_volumes.of(volume).is_some_and(|set| set.contains(capability))
    }

    /// Whether nodes may be seen, or changed.
    #[must_use]
    pub fn node(&self, write: bool) -> bool {
        self.everything || self.node.allows(write)
    }

    /// Whether agents may be seen, or changed.
    #[must_use]
    pub fn agent(&self, write: bool) -> bool {
        self.everything || self.agent.allows(write)
    }

    /// Whether the running of the cluster may be seen, or changed.
    #[must_use]
    pub fn operator(&self, write: bool) -> bool {
        self.everything || self.operator.allows(write)
    }

    /// Whether an operation on the cluster is granted, such as `snapshot-save`.
    #[must_use]
    pub fn operation(&self, capability: &str) -> bool {
        self.everything || self.operator == Level::Write || self.operations.contains(capability)
    }

    /// Whether quotas may be seen, or changed.
    #[must_use]
    pub fn quota(&self, write: bool) -> bool {
        self.everything || self.quota.allows(write)
    }

    /// Whether storage plugins may be read, not only listed.
    #[must_use]
    pub fn plugin(&self, read: bool) -> bool {
        self.everything || self.plugin == Level::Read || (self.plugin == Level::List && !read)
    }
}

/// Rules for variables go by namespace and path together.
fn variable_key(namespace: &str, path: &str) -> String {
    format!("{namespace}\0{path}")
}
