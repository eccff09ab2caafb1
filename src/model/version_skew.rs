//! Which versions of Nomad run side by side.

use std::collections::BTreeMap;

use crate::model::finding::{Finding, Kind, Severity};
use crate::model::words;

/// A version by its numbers; what follows them, as in `2.0.6-dev`, does not count.
fn numbers(version: &str) -> Vec<u64> {
    let plain = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    plain.split('.').map_while(|part| part.parse().ok()).collect()
}

fn counted<'v>(versions: impl IntoIterator<Item = &'v str>) -> BTreeMap<(Vec<u64>, &'v str), usize> {
    let mut counts = BTreeMap::new();
    for version in versions.into_iter().filter(|v| !v.is_empty()) {
        *counts.entry((numbers(version), version)).or_default() += 1;
    }
    counts
}

fn told(counts: &BTreeMap<(Vec<u64>, &str), usize>) -> String {
    // The newest first.
    let each = counts.iter().rev().map(|((_, version), n)| format!("{version} on {n}"));
    each.collect::<Vec<_>>().join(", ")
}

/// What is to be said of the versions of living servers and of nodes.
#[must_use]
pub fn findings<'v>(
    servers: impl IntoIterator<Item = &'v str>,
    nodes: impl IntoIterator<Item = &'v str>,
) -> Vec<Finding> {
    let (servers, nodes) = (counted(servers), counted(nodes));
    let finding = |severity, subject: &str, text: String| Finding {
        severity,
        kind: Kind::VersionSkew,
        namespace: None,
        subject: subject.to_owned(),
        id: None,
        text,
        next: Some(match subject {
            "servers" => "fleet server list".to_owned(),
            _ => "fleet node list -o wide".to_owned(),
        }),
    };
    let mut found = Vec::new();
    if servers.len() > 1 {
        let text = format!("the servers run different versions of Nomad: {}", told(&servers));
        found.push(finding(Severity::Warning, "servers", text));
    }
    let oldest = servers.keys().next();
    let newer: usize = nodes.iter().filter(|(v, _)| oldest.is_some_and(|o| v.0 > o.0)).map(|(_, n)| n).sum();
    if let (1.., Some((_, oldest))) = (newer, oldest) {
        let n = words::count(newer, "node");
        let runs = words::either(newer, "runs", "run");
        let text = format!(
            "{n} {runs} a newer Nomad than a server ({oldest}): servers come first ({})",
            told(&nodes)
        );
        found.push(finding(Severity::Warning, "nodes", text));
    } else if nodes.len() > 1 {
        let text = format!("the nodes run different versions of Nomad: {}", told(&nodes));
        found.push(finding(Severity::Note, "nodes", text));
    } else if let (Some((node, _)), Some(oldest)) = (nodes.keys().next(), oldest)
        && *node < oldest.0
    {
        let text = format!("the nodes run an older Nomad than the servers ({}): {}", oldest.1, told(&nodes));
        found.push(finding(Severity::Note, "nodes", text));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(servers: &[&str], nodes: &[&str]) -> Vec<(Severity, String)> {
        let found = findings(servers.iter().copied(), nodes.iter().copied());
        found.into_iter().map(|f| (f.severity, f.text)).collect()
    }

    #[test]
    fn nodes_may_be_older_than_servers_and_not_newer() {
        assert_eq!(of(&["2.0.5", "2.0.5"], &["2.0.5"]), []);
        assert_eq!(of(&[], &["2.0.5", ""]), []);
        assert_eq!(
            of(&["2.0.10", "2.0.9"], &["2.0.9"]),
            [(
                Severity::Warning,
                "the servers run different versions of Nomad: 2.0.10 on 1, 2.0.9 on 1".into()
            )]
        );
        assert_eq!(
            of(&["2.0.5"], &["2.0.5", "1.11.0", "1.11.0"]),
            [(Severity::Note, "the nodes run different versions of Nomad: 2.0.5 on 1, 1.11.0 on 2".into())]
        );
        assert_eq!(
            of(&["2.0.5"], &["1.8.4", "1.8.4"]),
            [(Severity::Note, "the nodes run an older Nomad than the servers (2.0.5): 1.8.4 on 2".into())]
        );
        assert_eq!(
            of(&["2.0.5"], &["2.0.6-dev"]),
            [(
                Severity::Warning,
                "1 node runs a newer Nomad than a server (2.0.5): servers come first (2.0.6-dev on 1)".into()
            )]
        );
    }
}
