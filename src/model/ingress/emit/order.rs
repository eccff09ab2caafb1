//! The order of hosts, and the order an api-gateway gives to rules.

use crate::model::ingress::nginx::site::bare_host;
use crate::model::ingress::pattern::{Pattern, compiled};
use crate::model::ingress::route::{Host, Site};

/// A group of hosts of a site that are tried together; none of them for whatever is left.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// The site.
    pub site: &'a Site,
    /// Its hosts here; empty for all.
    pub hosts: Vec<&'a Host>,
}

fn rank(host: &Host) -> (u8, usize) {
    match host {
        Host::Exact(_) => (0, 0),
        Host::EndsWith(end) => (1, usize::MAX - end.len()),
        Host::BeginsWith(begin) => (2, usize::MAX - begin.len()),
        Host::Pattern(_) => (3, 0),
    }
}

fn stands_for(host: &Host, name: &str) -> bool {
    match host {
        Host::Exact(own) => own == name,
        Host::EndsWith(end) => name.len() > end.len() && name.ends_with(end.as_str()),
        Host::BeginsWith(begin) => name.len() > begin.len() && name.starts_with(begin.as_str()),
        Host::Pattern(pattern) => pattern.finds(&bare_host(name)).unwrap_or(true),
    }
}

/// The sites of a port in the order nginx looks for a host: exact names, `*.x` and `x.*` the longest first, expressions in
/// order, the default. A site stays together unless another one's wildcard would take a host of its own.
#[must_use]
pub fn by_host<'a>(sites: &[&'a Site]) -> Vec<Group<'a>> {
    let mut ranked: Vec<((u8, usize), Group<'a>)> = Vec::new();
    for site in sites {
        let others = || sites.iter().filter(|s| s.server != site.server).flat_map(|s| &s.hosts);
        let contested = site.hosts.iter().any(|host| match host {
            Host::Exact(name) => others().any(|o| !matches!(o, Host::Exact(_)) && stands_for(o, name)),
            wide => {
                others().any(|o| rank(o) < rank(wide) && !matches!(o, Host::Exact(_)))
                    || others().any(|o| !matches!(o, Host::Exact(_)) && rank(o) > rank(wide))
            }
        });
        if site.default {
            ranked.push(((9, 0), Group { site, hosts: Vec::new() }));
            if !contested {
                continue;
            }
        }
        if contested {
            for host in &site.hosts {
                ranked.push((rank(host), Group { site, hosts: vec![host] }));
            }
        } else if let Some(last) = site.hosts.iter().map(rank).max() {
            ranked.push((last, Group { site, hosts: site.hosts.iter().collect() }));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, group)| group).collect()
}

/// A path as an http-route matches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulePath {
    /// Exactly.
    Exact(String),
    /// Beginning so.
    Prefix(String),
    /// Matching as a whole.
    Regex(String),
}

/// Paths in the order of an api-gateway, and those that cannot be brought into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ordered {
    /// The paths, in the order they were given.
    pub paths: Vec<RulePath>,
    /// Which would come after a rule that they have to come before.
    pub misplaced: Vec<usize>,
}

impl RulePath {
    fn text(&self) -> &str {
        match self {
            RulePath::Exact(t) | RulePath::Prefix(t) | RulePath::Regex(t) => t,
        }
    }

    fn as_regex(&self) -> String {
        match self {
            RulePath::Exact(path) => super::super::pattern::escaped(path),
            RulePath::Prefix(prefix) => format!("{}.*", super::super::pattern::escaped(prefix)),
            RulePath::Regex(text) => text.clone(),
        }
    }

    /// Whether a path can come to both; when that cannot be told, it can.
    fn meets(&self, other: &RulePath) -> bool {
        match (self, other) {
            (RulePath::Exact(a), RulePath::Exact(b)) => a == b,
            (RulePath::Exact(a), RulePath::Prefix(b)) | (RulePath::Prefix(b), RulePath::Exact(a)) => {
                a.starts_with(b)
            }
            (RulePath::Prefix(a), RulePath::Prefix(b)) => a.starts_with(b) || b.starts_with(a),
            (RulePath::Exact(a), RulePath::Regex(r)) | (RulePath::Regex(r), RulePath::Exact(a)) => {
                compiled(&format!("^(?:{r})$")).is_none_or(|re| re.is_match(a))
            }
            (RulePath::Prefix(p), RulePath::Regex(r)) | (RulePath::Regex(r), RulePath::Prefix(p)) => {
                Pattern::new(&format!("^{r}$"), false).map_or(true, |pattern| pattern.may_match_below(p))
            }
            (RulePath::Regex(_), RulePath::Regex(_)) => true,
        }
    }
}

/// Brings paths into the order they are given in. An api-gateway sorts rules by the length of their path, the source of an
/// expression included, the longest first; empty groups make an expression longer without changing it (`ingress.md §C`).
/// What has to be rewritten cannot become an expression, which only matters where another rule is in its way.
#[must_use]
pub fn padded(paths: &[RulePath], rewritten: &[bool]) -> Ordered {
    let mut ordered = Ordered { paths: paths.to_vec(), misplaced: Vec::new() };
    for at in (0..paths.len()).rev() {
        let later = (at + 1..paths.len()).map(|later| &ordered.paths[later]);
        let needed = later.filter(|l| l.meets(&paths[at])).map(|l| l.text().len()).max().unwrap_or(0);
        if paths[at].text().len() >= needed {
            continue;
        }
        if rewritten.get(at).copied().unwrap_or(false) {
            ordered.misplaced.push(at);
            continue;
        }
        let mut text = paths[at].as_regex();
        while text.len() < needed {
            text.push_str("(?:)");
        }
        ordered.paths[at] = RulePath::Regex(text);
    }
    ordered.misplaced.sort_unstable();
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_groups_keep_the_order() {
        let regex = |t: &str| RulePath::Regex(t.to_owned());
        let prefix = |t: &str| RulePath::Prefix(t.to_owned());
        let paths = [RulePath::Exact("/".into()), regex(r".*\.png"), prefix("/static/images/"), prefix("/")];
        let ordered = padded(&paths, &[false; 4]);
        assert_eq!(ordered.misplaced, Vec::<usize>::new());
        assert_eq!(
            ordered.paths[0], paths[0],
            "nothing after it has a path in common with it that is longer"
        );
        assert_eq!(ordered.paths[1], regex(r".*\.png(?:)(?:)"));
        assert_eq!(ordered.paths[2..], paths[2..]);
        let ordered = padded(&[prefix("/a"), prefix("/ab/c")], &[true, false]);
        assert_eq!(ordered.misplaced, [0]);
        let ordered = padded(&[prefix("/a"), prefix("/bcde")], &[true, false]);
        assert_eq!(ordered.misplaced, Vec::<usize>::new(), "they never meet");
    }
}
