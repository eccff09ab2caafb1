//! Upgrading servers one by one: in which order, between which versions, and when the next may be touched
//! (`nomad-api.md §9.4`).

use std::cmp::Ordering;

/// How many minor versions clients may be behind the servers.
const MOST_BEHIND: u64 = 2;

/// A version of Nomad as numbers; what stands after them (`-beta.1`, `+ent`) does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// Reads `2.0.5`, `v1.10.5+ent`, `1.8`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let mut parts = numbers.split('.').map(str::parse::<u64>);
        let major = parts.next()?.ok()?;
        let mut next = || parts.next().map_or(Ok(0), |n| n).ok();
        Some(Version { major, minor: next()?, patch: next()? })
    }
}

/// Why servers and clients of these versions do not go together after the upgrade; `Err` where it must not be done, `Ok` with
/// words where it is worth a warning.
///
/// # Errors
/// A downgrade, and clients newer than the servers will be.
pub fn skew(servers: &[&str], clients: &[&str], to: &str) -> Result<Vec<String>, String> {
    let wanted = Version::parse(to).ok_or_else(|| format!("{to:?} is not a version"))?;
    let mut warnings = Vec::new();
    for version in servers {
        match Version::parse(version) {
            None => warnings.push(format!("a server says it runs {version:?}, which is not a version")),
            Some(now) if now > wanted => {
                return Err(format!(
                    "a server runs {version}: servers cannot go back to an older version, their state would not be read"
                ));
            }
            Some(now) if now.major == wanted.major && now.minor + MOST_BEHIND < wanted.minor => {
                warnings.push(format!("from {version} to {to} more than two minor versions are skipped; look at the upgrade guide of each"));
            }
            Some(_) => {}
        }
    }
    for version in clients {
        match Version::parse(version) {
            Some(now) if now > wanted => {
                return Err(format!("a client runs {version}: no client may be newer than the servers"));
            }
            Some(now) if now.major == wanted.major && now.minor + MOST_BEHIND < wanted.minor => {
                warnings.push(format!("a client runs {version}, more than two minor versions behind {to}"));
            }
            _ => {}
        }
    }
    warnings.sort();
    warnings.dedup();
    Ok(warnings)
}

/// A server as raft, autopilot and its own address show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerState {
    /// `<name>.<region>`.
    pub name: String,
    /// Whether it leads.
    pub leader: bool,
    /// Whether raft counts its vote.
    pub voter: bool,
    /// Whether autopilot finds it well.
    pub healthy: bool,
    /// The version it tells at its own address; none when that does not answer.
    pub version: Option<String>,
}

/// The servers as they were seen at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServersObservation {
    /// The servers raft knows.
    pub servers: Vec<ServerState>,
    /// How many may fail, as autopilot says.
    pub tolerance: i64,
    /// Whether autopilot finds all it knows well.
    pub healthy: bool,
}

/// In which order they are upgraded: those that follow by name, the one that leads last.
#[must_use]
pub fn order(servers: &[ServerState]) -> Vec<&ServerState> {
    let mut all: Vec<&ServerState> = servers.iter().collect();
    all.sort_by(|a, b| a.leader.cmp(&b.leader).then_with(|| a.name.cmp(&b.name)));
    all
}

/// What must be so before the next server is touched, and is not. "Healthy" alone proves nothing: autopilot forgets a dead
/// server soon, and does not notice a quick restart at all.
#[must_use]
pub fn not_yet(
    now: &ServersObservation,
    before: &ServersObservation,
    upgraded: Option<(&str, Option<&str>)>,
) -> Option<String> {
    if let Some((name, to)) = upgraded {
        let Some(server) = now.servers.iter().find(|s| s.name == name) else {
            return Some(format!("{name} is not in raft"));
        };
        match (&server.version, to) {
            (None, _) => return Some(format!("{name} does not answer at its own address")),
            (Some(is), Some(to)) if Version::parse(is) != Version::parse(to) => {
                return Some(format!("{name} still runs {is}"));
            }
            _ => {}
        }
    }
    match now.servers.len().cmp(&before.servers.len()) {
        Ordering::Less => {
            return Some(format!("raft has {} of {} servers", now.servers.len(), before.servers.len()));
        }
        Ordering::Greater => return Some("raft has a server more than before".to_owned()),
        Ordering::Equal => {}
    }
    if let Some(server) = now.servers.iter().find(|s| !s.voter) {
        return Some(format!("{} does not vote yet", server.name));
    }
    if let Some(server) = now.servers.iter().find(|s| s.version.is_none()) {
        return Some(format!("{} does not answer at its own address", server.name));
    }
    if let Some(server) = now.servers.iter().find(|s| !s.healthy) {
        return Some(format!("autopilot does not find {} well", server.name));
    }
    if now.servers.iter().filter(|s| s.leader).count() != 1 {
        return Some("the servers have no leader".to_owned());
    }
    if !now.healthy || now.tolerance < before.tolerance {
        return Some(format!("{} may fail by autopilot, {} could before", now.tolerance, before.tolerance));
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stand(name: &str, leader: bool, version: &str) -> ServerState {
        let version = Some(version.to_owned()).filter(|v| !v.is_empty());
        ServerState { name: name.to_owned(), leader, voter: true, healthy: true, version }
    }

    fn three() -> ServersObservation {
        let servers =
            vec![stand("s1", true, "1.9.0"), stand("s2", false, "1.9.0"), stand("s3", false, "1.9.0")];
        ServersObservation { servers, tolerance: 1, healthy: true }
    }

    #[test]
    fn the_leader_comes_last() {
        let names: Vec<_> = order(&three().servers).iter().map(|s| s.name.clone()).collect();
        assert_eq!(names, ["s2", "s3", "s1"]);
    }

    #[test]
    fn versions_that_do_not_go_together() {
        assert!(Version::parse("1.10.0") > Version::parse("v1.9.7+ent"));
        assert_eq!(Version::parse("2.0"), Version::parse("2.0.0-beta.1"));
        assert_eq!((Version::parse(""), Version::parse("x.1"), Version::parse("1.x")), (None, None, None));
        assert_eq!(skew(&["1.9.0"], &["1.8.4"], "1.10.1"), Ok(vec![]));
        assert!(skew(&["1.10.5"], &[], "1.9.0").unwrap_err().contains("older version"));
        assert!(skew(&["1.9.0"], &["1.10.5"], "1.10.1").unwrap_err().contains("no client may be newer"));
        assert_eq!(skew(&["1.6.0"], &["1.6.0", "1.6.0"], "1.10.1").unwrap().len(), 2);
        assert!(skew(&[], &[], "soon").is_err());
    }

    #[test]
    fn the_next_waits_until_all_is_as_before() {
        let before = three();
        let mut now = three();
        assert_eq!(not_yet(&now, &before, None), None);
        assert_eq!(
            not_yet(&now, &before, Some(("s2", Some("1.10.0")))).as_deref(),
            Some("s2 still runs 1.9.0")
        );
        now.servers[1].version = None;
        assert!(not_yet(&now, &before, Some(("s2", None))).unwrap().contains("own address"));
        now.servers[1].version = Some("1.10.0".to_owned());
        assert_eq!(not_yet(&now, &before, Some(("s2", Some("1.10.0")))), None);
        now.servers[1].voter = false;
        assert_eq!(not_yet(&now, &before, Some(("s2", None))).as_deref(), Some("s2 does not vote yet"));
        now.servers.remove(1);
        assert_eq!(not_yet(&now, &before, Some(("s2", None))).as_deref(), Some("s2 is not in raft"));
        assert_eq!(not_yet(&now, &before, Some(("s3", None))).as_deref(), Some("raft has 2 of 3 servers"));
    }

    proptest! {
        #[test]
        fn nothing_goes_on_while_a_server_is_not_as_before(
            voter in any::<bool>(), healthy in any::<bool>(), answers in any::<bool>(), there in any::<bool>(),
            leads in any::<bool>(), tolerance in 0_i64..3, well in any::<bool>(), which in 0_usize..3,
        ) {
            let before = three();
            let mut now = three();
            now.servers[0].leader = leads;
            (now.tolerance, now.healthy) = (tolerance, well);
            let one = &mut now.servers[which];
            (one.voter, one.healthy) = (voter, healthy);
            if !answers { one.version = None; }
            if !there { now.servers.remove(which); }
            let all_is_well = voter && healthy && answers && there && leads && tolerance >= 1 && well;
            prop_assert_eq!(not_yet(&now, &before, None).is_none(), all_is_well);
        }
    }
}
