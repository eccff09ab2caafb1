//! What a token may do, read from the policies it can see (`acl-policies.md`).

use globset::Glob;

use crate::api::nomad::acl::{NamespaceRule, Policy, PolicyRule, Token};

/// Whether a token may do something. Unknown is not yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permitted {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// The policies that decide could not be read.
    Unknown,
}

/// The rights of a token.
#[derive(Debug, Clone)]
pub struct Rights {
    everything: bool,
    /// Whether some policy of the token could not be read.
    partial: bool,
    namespaces: Vec<NamespaceRule>,
    node: Vec<String>,
    agent: Vec<String>,
    operator: Vec<String>,
    /// Of rules for every node pool.
    node_pool: Vec<String>,
}

impl Rights {
    /// Where no ACLs are in force.
    #[must_use]
    pub fn unlimited() -> Self {
        Rights {
            everything: true,
            partial: false,
            namespaces: Vec::new(),
            node: Vec::new(),
            agent: Vec::new(),
            operator: Vec::new(),
            node_pool: Vec::new(),
        }
    }

    /// Where nothing could be learned.
    #[must_use]
    pub fn unknown() -> Self {
        Rights {
            everything: false,
            partial: true,
            namespaces: Vec::new(),
            node: Vec::new(),
            agent: Vec::new(),
            operator: Vec::new(),
            node_pool: Vec::new(),
        }
    }

    /// Of a token with these policies; roles bring policies that one cannot see.
    #[must_use]
    pub fn of(token: &Token, policies: &[Policy]) -> Self {
        let rules: Vec<_> = policies.iter().filter_map(|p| p.rules.as_ref()).collect();
        Rights {
            everything: token.is_management(),
            partial: !token.roles.is_empty() || rules.len() < token.policies.len(),
            namespaces: rules.iter().flat_map(|r| r.namespaces.iter().cloned()).collect(),
            node: levels(rules.iter().map(|r| &r.node)),
            agent: levels(rules.iter().map(|r| &r.agent)),
            operator: levels(rules.iter().map(|r| &r.operator)),
            node_pool: rules
                .iter()
                .flat_map(|r| &r.node_pools)
                .filter(|pool| pool.name == "*")
                .map(|pool| pool.policy.clone())
                .collect(),
        }
    }

    /// Whether it has one of these capabilities in the namespace. The most specific rule wins alone, over all policies.
    #[must_use]
    pub fn namespace(&self, namespace: &str, any_of: &[&str]) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        let best = self
            .namespaces
            .iter()
            .filter(|r| fits(&r.name, namespace))
            .map(|r| specificity(&r.name, namespace))
            .max();
        // Rules of the same name in several policies add up.
        let rules = self
            .namespaces
            .iter()
            .filter(|r| fits(&r.name, namespace) && Some(specificity(&r.name, namespace)) == best);
        let (mut granted, mut denied) = (false, false);
        for rule in rules {
            denied |= rule.policy == "deny" || rule.capabilities.iter().any(|c| c == "deny");
            granted |= rule.capabilities.iter().any(|c| any_of.contains(&c.as_str()));
        }
        self.answer(granted && !denied)
    }

    /// Whether it has one of these capabilities in every namespace there may be.
    #[must_use]
    pub fn every_namespace(&self, any_of: &[&str]) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        let catches_all = self.namespaces.iter().any(|r| r.name == "*");
        let names = self.namespaces.iter().map(|r| r.name.as_str());
        let answers: Vec<Permitted> = names.map(|name| self.namespace(name, any_of)).collect();
        if answers.contains(&Permitted::Unknown) {
            return Permitted::Unknown;
        }
        self.answer(catches_all && !answers.contains(&Permitted::No))
    }

    /// Whether it has a capability, such as `read`, over all variables of a path or of a pattern that ends with a wildcard. Rules for
    /// variables go by namespace and path together: the most specific one wins alone, and a block for the namespace that says
    /// nothing of a path hides no other (`acl-policies.md`).
    #[must_use]
    pub fn variables(&self, namespace: &str, path: &str, capability: &str) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        let rules: Vec<(String, &[String])> = self.variable_rules().collect();
        let below = path.strip_suffix('*');
        // Of a pattern every path that a rule of its own is for, and one that none is for.
        let paths: Vec<String> = match below {
            None => vec![path.to_owned()],
            Some(below) => {
                let own = rules.iter().filter_map(|(key, _)| key.split_once('\0'));
                let own = own.filter(|(name, path)| fits(name, namespace) && path.starts_with(below));
                own.map(|(_, path)| path.replace('*', "\u{1}")).chain([format!("{below}\u{1}")]).collect()
            }
        };
        let granted = paths.iter().all(|path| {
            let key = format!("{namespace}\0{path}");
            let fitting = || rules.iter().filter(|(rule, _)| fits(rule, &key));
            let best = fitting().map(|(rule, _)| specificity(rule, &key)).max();
            let winning = fitting().filter(|(rule, _)| Some(specificity(rule, &key)) == best);
            let all: Vec<&str> = winning.flat_map(|(_, words)| words.iter().map(String::as_str)).collect();
            all.contains(&capability) && !all.contains(&"deny")
        });
        self.answer(granted)
    }

    /// The same in every namespace there may be.
    #[must_use]
    pub fn variables_everywhere(&self, path: &str, capability: &str) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        // One of which no rule speaks stands for all others.
        let named = self.namespaces.iter().map(|rule| rule.name.replace('*', "\u{1}"));
        let mut all = named.chain(["\u{1}".to_owned()]);
        let lacking = all.find(|namespace| self.variables(namespace, path, capability) != Permitted::Yes);
        self.answer(lacking.is_none())
    }

    /// The rules for variables: what each is for, the namespace and the path with a zero between, and what it grants.
    fn variable_rules(&self) -> impl Iterator<Item = (String, &[String])> {
        self.namespaces.iter().flat_map(|rule| {
            let paths = rule.variables.iter().flat_map(|v| &v.paths);
            paths.map(|p| (format!("{}\0{}", rule.name, p.path_spec), p.capabilities.as_slice()))
        })
    }

    /// Whether it may drain nodes and change their eligibility.
    #[must_use]
    pub fn node_write(&self) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        let denied = self.node.iter().any(|p| p == "deny");
        self.answer(!denied && self.node.iter().any(|p| p == "write"))
    }

    /// Whether it has a level, `read` or `write`, of `node`, `agent`, `operator` or every `node_pool`. Of anything else nothing is known.
    #[must_use]
    pub fn level(&self, scope: &str, wanted: &str) -> Permitted {
        if self.everything {
            return Permitted::Yes;
        }
        let levels = match scope {
            "node" => &self.node,
            "agent" => &self.agent,
            "operator" => &self.operator,
            "node_pool" => &self.node_pool,
            _ => return Permitted::Unknown,
        };
        let denied = levels.iter().any(|level| level == "deny");
        let granted = levels.iter().any(|level| level == wanted || (level == "write" && wanted == "read"));
        // Capabilities of the operator, such as to save a snapshot, are not told by levels.
        if !["read", "write"].contains(&wanted) {
            return Permitted::Unknown;
        }
        self.answer(granted && !denied)
    }

    fn answer(&self, granted: bool) -> Permitted {
        match (granted, self.partial) {
            (true, false) => Permitted::Yes,
            // What is granted here may be denied by a policy that was not read, and the other way round.
            (_, true) => Permitted::Unknown,
            (false, false) => Permitted::No,
        }
    }
}

fn levels<'r>(rules: impl Iterator<Item = &'r Option<PolicyRule>>) -> Vec<String> {
    rules.flatten().map(|rule| rule.policy.clone()).collect()
}

fn fits(pattern: &str, namespace: &str) -> bool {
    pattern == namespace || Glob::new(pattern).is_ok_and(|g| g.compile_matcher().is_match(namespace))
}

/// An exact name beats any pattern; of patterns the one that leaves fewer characters to its wildcards.
fn specificity(pattern: &str, namespace: &str) -> (bool, usize) {
    (pattern == namespace, pattern.chars().filter(|c| *c != '*').count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::acl::{Role, Rules};

    fn policy(namespaces: &[(&str, &[&str])], node: Option<&str>) -> Policy {
        let rule = |(name, capabilities): &(&str, &[&str])| NamespaceRule {
            name: (*name).to_owned(),
            capabilities: capabilities.iter().map(ToString::to_string).collect(),
            ..NamespaceRule::default()
        };
        let rules = Rules {
            namespaces: namespaces.iter().map(rule).collect(),
            node: node.map(|p| PolicyRule { policy: p.to_owned() }),
            ..Rules::default()
        };
        Policy { name: "p".into(), rules: Some(rules) }
    }

    fn token(policies: usize) -> Token {
        Token { kind: "client".into(), policies: vec!["p".to_owned(); policies], ..Token::default() }
    }

    #[test]
    fn the_most_specific_namespace_rule_wins_alone() {
        let policies = [
            policy(&[("*", &["alloc-lifecycle"])], Some("write")),
            policy(&[("default", &["read-job"])], None),
        ];
        let rights = Rights::of(&token(2), &policies);
        assert_eq!(rights.namespace("default", &["alloc-lifecycle"]), Permitted::No);
        assert_eq!(rights.namespace("ops", &["alloc-lifecycle"]), Permitted::Yes);
        assert_eq!(rights.node_write(), Permitted::Yes);
        assert_eq!(rights.every_namespace(&["alloc-lifecycle"]), Permitted::No);
        let everywhere =
            Rights::of(&token(1), &[policy(&[("*", &["read-job"]), ("ops", &["read-job"])], None)]);
        assert_eq!(everywhere.every_namespace(&["read-job"]), Permitted::Yes);
        let somewhere = Rights::of(&token(1), &[policy(&[("ops", &["read-job"])], None)]);
        assert_eq!(somewhere.every_namespace(&["read-job"]), Permitted::No);
    }

    #[test]
    fn deny_beats_grants_and_longer_patterns_beat_shorter() {
        let policies = [policy(&[("prod-*", &["deny"]), ("*", &["plan-job"])], Some("read"))];
        let rights = Rights::of(&token(1), &policies);
        assert_eq!(rights.namespace("prod-eu", &["plan-job"]), Permitted::No);
        assert_eq!(rights.namespace("dev", &["plan-job", "submit-job"]), Permitted::Yes);
        assert_eq!(rights.node_write(), Permitted::No);
    }

    #[test]
    fn rules_for_variables_go_by_namespace_and_path_together() {
        let rules: Rules = serde_json::from_value(serde_json::json!({"Namespaces": [
            {"Name": "default", "Policy": "read", "Capabilities": ["read-job"], "Variables": {"Paths": [
                {"PathSpec": "a/*", "Capabilities": ["read", "list"]},
                {"PathSpec": "a/w", "Capabilities": ["write"]},
                {"PathSpec": "d/*", "Capabilities": ["deny"]}]}},
            {"Name": "*", "Policy": "", "Capabilities": ["list-jobs"], "Variables": {"Paths": [
                {"PathSpec": "*", "Capabilities": ["write", "list"]}]}},
            {"Name": "ops", "Policy": "read", "Capabilities": ["read-job"], "Variables": null}]}))
        .unwrap();
        let rights = Rights::of(&token(1), &[Policy { name: "p".into(), rules: Some(rules) }]);
        let may = |namespace: &str, path: &str, capability: &str| {
            rights.variables(namespace, path, capability) == Permitted::Yes
        };
        // As a real cluster answers with these rules.
        assert!(may("default", "a/x", "read") && !may("default", "a/x", "write"));
        assert!(may("default", "a/w", "write") && !may("default", "a/w", "read"));
        assert!(may("default", "z/x", "write") && !may("default", "z/x", "read"));
        assert!(!may("default", "d/x", "list") && !may("default", "d/x", "write"));
        assert!(may("ops", "q/x", "write") && !may("ops", "q/x", "read"));
        // A pattern is granted where each path below it is.
        assert!(!may("default", "a/*", "read") && may("default", "z/*", "write"));
        assert!(!may("default", "*", "write") && may("ops", "*", "write"));
        assert_eq!(rights.variables_everywhere("z/*", "write"), Permitted::Yes);
        assert_eq!(rights.variables_everywhere("a/w", "read"), Permitted::No);
        assert_eq!(Rights::unknown().variables("default", "a", "read"), Permitted::Unknown);
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        let mut with_role = token(1);
        with_role.roles.push(Role::default());
        assert_eq!(Rights::of(&with_role, &[policy(&[], None)]).node_write(), Permitted::Unknown);
        assert_eq!(Rights::of(&token(2), &[policy(&[], None)]).node_write(), Permitted::Unknown);
        assert_eq!(Rights::unknown().namespace("default", &["read-job"]), Permitted::Unknown);
        let management = Token { kind: "management".into(), ..Token::default() };
        assert_eq!(Rights::of(&management, &[]).node_write(), Permitted::Yes);
        assert_eq!(Rights::unlimited().namespace("x", &["y"]), Permitted::Yes);
    }
}
