//! Whether a token may do what a verb needs, right by right, before the verb begins.

use hcl_edit::structure::{Attribute, Block, Body};

use crate::model::policy_suggestion;
use crate::model::rights::{Permitted, Rights};

/// A right that a verb needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredRight {
    /// Where: `namespace ops`, `node`, `operator`, `variables fleet/* of namespace ops`.
    pub scope: String,
    /// Of a right over variables their namespace and path.
    pub variables: Option<(String, String)>,
    /// A capability, or a level such as `read`.
    pub right: String,
    /// Whether only some uses of the verb need it, and which.
    pub only_for: Option<String>,
}

/// What a verb needs in a namespace; none when it is not known.
#[must_use]
pub fn needs(verb: &str, namespace: &str) -> Option<Vec<RequiredRight>> {
    let policy = policy_suggestion::for_verb(verb, namespace)?;
    let body: Body = policy.parse().ok()?;
    let mut needs = Vec::new();
    for block in body.blocks() {
        let label = label(block);
        let scope = match &label {
            Some(label) => format!("{} {label}", block.ident.as_str()),
            None => block.ident.as_str().to_owned(),
        };
        for right in block.body.attributes().flat_map(words) {
            let only_for = only_for(verb, &right).map(str::to_owned);
            needs.push(RequiredRight { scope: scope.clone(), right, only_for, variables: None });
        }
        let paths = block.body.blocks().filter(|b| b.ident.as_str() == "variables");
        for path in paths.flat_map(|variables| variables.body.blocks()) {
            let namespace = label.clone().unwrap_or_default();
            let place = (namespace, self::label(path).unwrap_or_default());
            let scope = format!("variables {} of namespace {}", place.1, place.0);
            needs.extend(path.body.attributes().flat_map(words).map(|right| RequiredRight {
                scope: scope.clone(),
                right,
                only_for: None,
                variables: Some(place.clone()),
            }));
        }
    }
    Some(needs)
}

fn label(block: &Block) -> Option<String> {
    block.labels.first().map(|label| label.as_str().to_owned())
}

/// The words of an attribute: one, or a list of them.
fn words(attribute: &Attribute) -> Vec<String> {
    match attribute.value.as_array() {
        Some(all) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        None => attribute.value.as_str().map(str::to_owned).into_iter().collect(),
    }
}

/// Which uses of a verb need a right that others do not (`acl-policies.md`).
fn only_for(verb: &str, right: &str) -> Option<&'static str> {
    match (verb, right) {
        (_, "alloc-node-exec") => Some("drivers without isolation, such as raw_exec"),
        ("cp", "alloc-exec") => Some("copying into a task"),
        ("rotate-nodes" | "node drain" | "rotation", "scale-job") => Some("services with a single instance"),
        _ => None,
    }
}

/// Whether a token with these rights has what is needed.
#[must_use]
pub fn answer(need: &RequiredRight, rights: &Rights) -> Permitted {
    if let Some((namespace, path)) = &need.variables {
        return match (namespace.as_str(), path.starts_with(policy_suggestion::OWN)) {
            // The lock and the journals stand there, whichever namespaces a rotation touches.
            ("*", true) => rights.variables("default", path, &need.right),
            ("*", false) => rights.variables_everywhere(path, &need.right),
            (namespace, _) => rights.variables(namespace, path, &need.right),
        };
    }
    match need.scope.split_once(' ') {
        // The namespaces that a verb without one looks at are all of them.
        Some(("namespace", "*")) => rights.every_namespace(&[&need.right]),
        Some(("namespace", namespace)) => rights.namespace(namespace, &[&need.right]),
        Some(_) => rights.level("node_pool", &need.right),
        None => rights.level(&need.scope, &need.right),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::acl::{NamespaceRule, Policy, PolicyRule, Rules, Token};

    #[test]
    fn every_suggestion_is_read() {
        for verb in policy_suggestion::verbs() {
            let needs = needs(verb, "ops").unwrap();
            assert!(!needs.is_empty(), "{verb}");
        }
        let exec = needs("exec", "ops").unwrap();
        assert_eq!(
            (&*exec[1].scope, &*exec[1].right, &exec[1].only_for),
            ("namespace ops", "alloc-exec", &None)
        );
        assert!(exec[2].only_for.is_some());
        let own = |ns: &str| {
            let all = needs("rotate-nodes", ns).unwrap().into_iter().filter(|need| need.variables.is_some());
            all.map(|need| format!("{}: {}", need.scope, need.right)).collect::<Vec<_>>()
        };
        let each = ["list", "read", "write", "destroy"];
        let of = |ns: &str| each.map(|right| format!("variables fleet/* of namespace {ns}: {right}"));
        assert_eq!((own("ops"), own("*")), (of("default").to_vec(), of("*").to_vec()));
    }

    #[test]
    fn a_right_is_there_is_not_or_cannot_be_told() {
        let rule = NamespaceRule {
            name: "ops".into(),
            capabilities: vec!["read-job".into()],
            ..NamespaceRule::default()
        };
        let rules = Rules {
            namespaces: vec![rule],
            operator: Some(PolicyRule { policy: "write".into() }),
            ..Rules::default()
        };
        let token = Token { kind: "client".into(), policies: vec!["p".into()], ..Token::default() };
        let rights = Rights::of(&token, &[Policy { name: "p".into(), rules: Some(rules) }]);
        let of = |verb: &str, rights: &Rights| {
            needs(verb, "ops").unwrap().iter().map(|need| answer(need, rights)).collect::<Vec<_>>()
        };
        assert_eq!(of("logs", &rights), [Permitted::Yes, Permitted::No]);
        // To write is to read; of agents nothing is said.
        assert_eq!(of("server list", &rights), [Permitted::No, Permitted::Yes]);
        assert!(of("logs", &Rights::unknown()).iter().all(|a| *a == Permitted::Unknown));
        assert!(of("status", &Rights::unlimited()).iter().all(|a| *a == Permitted::Yes));
    }
}
