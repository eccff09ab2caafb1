//! What changed between two looks at the cluster.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::finding::{Finding, Kind};

/// A finding that came, changed or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", content = "finding", rename_all = "kebab-case")]
pub(super) enum Change<'a> {
    /// It was not there before.
    Appeared(&'a Finding),
    /// It says something else.
    Changed(&'a Finding),
    /// It is not there any more.
    Gone(&'a Finding),
}

type Key<'a> = (Kind, Option<&'a str>, &'a str, Option<&'a str>);

fn key(f: &Finding) -> Key<'_> {
    (f.kind, f.namespace.as_deref(), &f.subject, f.id.as_deref())
}

/// What changed, in the order of the list: what came or changed, then what went.
pub(super) fn between<'a>(before: &'a [Finding], after: &'a [Finding]) -> Vec<Change<'a>> {
    let mut left: BTreeMap<Key<'a>, &'a Finding> = before.iter().map(|f| (key(f), f)).collect();
    let mut changes = Vec::new();
    for finding in after {
        match left.remove(&key(finding)) {
            None => changes.push(Change::Appeared(finding)),
            Some(old) if (old.severity, &old.text) != (finding.severity, &finding.text) => {
                changes.push(Change::Changed(finding));
            }
            Some(_) => {}
        }
    }
    changes.extend(left.into_values().map(Change::Gone));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    fn finding(subject: &str, text: &str) -> Finding {
        Finding {
            severity: Severity::Warning,
            kind: Kind::JobDown,
            namespace: Some("default".into()),
            subject: subject.into(),
            id: None,
            text: text.into(),
            next: None,
        }
    }

    #[test]
    fn what_came_changed_and_went_is_told() {
        let before = [finding("a", "0 of 1"), finding("b", "0 of 2"), finding("c", "x")];
        let after = [finding("a", "0 of 1"), finding("b", "1 of 2"), finding("d", "y")];
        let told = between(&before, &after);
        assert_eq!(told, [Change::Changed(&after[1]), Change::Appeared(&after[2]), Change::Gone(&before[2])]);
        assert!(between(&after, &after).is_empty());
    }
}
