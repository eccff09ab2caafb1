//! How the servers stand: what gossip and autopilot say together, since each alone is late or forgets
//! (`nomad-api.md §9.4`).

use serde::Serialize;

use crate::api::nomad::agent::{Member, Members};
use crate::api::nomad::operator::{AutopilotHealth, ServerHealth};
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::ids::shell_word;

/// A server of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Server {
    /// `<name>.<region>`.
    pub name: String,
    /// Its address.
    pub address: String,
    /// What the gossip says: `alive`, `failed`, …; none when it could not be asked.
    pub status: Option<String>,
    /// Version of its agent.
    pub version: String,
    /// Whether it leads; none when that is not known.
    pub leader: Option<bool>,
    /// Whether it votes; none when that is not known.
    pub voter: Option<bool>,
    /// Whether autopilot finds it well, or it leads alone; none when that is not known.
    pub healthy: Option<bool>,
}

/// The servers of the region, and what is to be said of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assessment {
    /// The servers by name.
    pub servers: Vec<Server>,
    /// How many may fail before the quorum is lost, as autopilot says.
    pub failure_tolerance: Option<i64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Puts together what is known. `leader` is what a read said: `Some(false)` means there is none. Of a server that is alone in the
/// gossip all is known that autopilot would tell.
#[must_use]
pub fn assess(
    members: Option<&Members>,
    autopilot: Option<&AutopilotHealth>,
    leader: Option<bool>,
) -> Assessment {
    // Right after an election autopilot knows nobody yet.
    let autopilot = autopilot.filter(|a| !a.servers.is_empty());
    let mut servers = join(members, autopilot);
    let mut findings = Vec::new();
    let is_alone = autopilot.is_none() && leader == Some(true) && members.is_some() && servers.len() == 1;
    if is_alone {
        // Who else should lead: a leader with another voter that is gone has no quorum.
        let lonely = Some(true);
        servers.iter_mut().for_each(|s| (s.leader, s.voter, s.healthy) = (lonely, lonely, lonely));
    }
    if leader == Some(false) {
        let text = "the servers have no leader: nothing is scheduled and no change is accepted".to_owned();
        findings.push(finding(Severity::Critical, Kind::NoLeader, "servers", text));
    }
    findings.extend(servers.iter().filter_map(of_server));
    let failure_tolerance = autopilot.map(|a| a.failure_tolerance).or(is_alone.then_some(0));
    if failure_tolerance.is_some_and(|t| t < 1) && leader != Some(false) {
        findings.push(match servers.len() {
            1 => {
                let text = "only one server: if it fails, the cluster is down".to_owned();
                finding(Severity::Note, Kind::NoFailureTolerance, "servers", text)
            }
            _ => {
                let text = "no failure is tolerated: if one more server fails, there is no leader".to_owned();
                finding(Severity::Warning, Kind::NoFailureTolerance, "servers", text)
            }
        });
    }
    Assessment { servers, failure_tolerance, findings }
}

fn finding(severity: Severity, kind: Kind, subject: &str, text: String) -> Finding {
    let next = match kind {
        Kind::ServerFailed | Kind::ServerUnhealthy => format!("fleet server show {}", shell_word(subject)),
        _ => "fleet server list".to_owned(),
    };
    Finding { severity, kind, namespace: None, subject: subject.to_owned(), id: None, text, next: Some(next) }
}

fn of_server(server: &Server) -> Option<Finding> {
    let status = server.status.as_deref().unwrap_or("alive");
    if matches!(status, "failed" | "leaving") {
        let text = format!("the other servers see this server as {status}");
        return Some(finding(Severity::Critical, Kind::ServerFailed, &server.name, text));
    }
    // Whoever left meant it.
    if status == "left" {
        return None;
    }
    let text = match (server.healthy, server.voter) {
        (Some(false), _) => "autopilot reports the server unhealthy",
        (_, Some(false)) => "the server is alive but does not vote",
        _ => return None,
    };
    Some(finding(Severity::Warning, Kind::ServerUnhealthy, &server.name, text.to_owned()))
}

fn join(members: Option<&Members>, autopilot: Option<&AutopilotHealth>) -> Vec<Server> {
    let known = autopilot.map_or(&[][..], |a| &a.servers);
    let mut servers: Vec<Server> = match members {
        Some(members) => members.here().map(|m| of_member(m, known, autopilot.is_some())).collect(),
        None => known.iter().map(of_health).collect(),
    };
    servers.sort_by(|a, b| a.name.cmp(&b.name));
    servers
}

fn of_member(member: &Member, known: &[ServerHealth], asked: bool) -> Server {
    let health = known.iter().find(|h| h.name == member.name);
    // One that autopilot does not know is not in raft: it neither leads nor votes.
    let say = |of: fn(&ServerHealth) -> bool| asked.then(|| health.is_some_and(of));
    Server {
        name: member.name.clone(),
        address: member.addr.clone(),
        status: Some(member.status.clone()),
        version: member.tags.get("build").cloned().unwrap_or_default(),
        leader: say(|h| h.leader),
        voter: say(|h| h.voter),
        healthy: health.map(|h| h.healthy),
    }
}

fn of_health(health: &ServerHealth) -> Server {
    Server {
        name: health.name.clone(),
        address: health.address.clone(),
        status: None,
        version: health.version.clone(),
        leader: Some(health.leader),
        voter: Some(health.voter),
        healthy: Some(health.healthy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    fn said(members: &str, autopilot: &str, leader: Option<bool>) -> Vec<(Kind, String)> {
        let members: Members = body(members);
        let autopilot: AutopilotHealth = body(autopilot);
        let assessment = assess(Some(&members), Some(&autopilot), leader);
        assessment.findings.into_iter().map(|f| (f.kind, f.subject)).collect()
    }

    #[test]
    fn three_servers_that_are_well_give_nothing_to_say() {
        let autopilot: AutopilotHealth = body("autopilot-health");
        let mut members: Members = body("agent-members");
        // The two recordings are of clusters that differ in nothing but addresses.
        members.members.iter_mut().for_each(|m| m.addr.clear());
        let assessment = assess(Some(&members), Some(&autopilot), Some(true));
        assert_eq!(assessment.findings, []);
        assert_eq!(assessment.servers.iter().filter(|s| s.leader == Some(true)).count(), 1);
        assert_eq!(assessment.failure_tolerance, Some(1));
    }

    #[test]
    fn gossip_remembers_a_server_that_autopilot_removed() {
        assert_eq!(
            said("agent-members-one-failed", "autopilot-health-dead-server-removed", Some(true)),
            [(Kind::ServerFailed, "s3.global".into()), (Kind::NoFailureTolerance, "servers".into())]
        );
    }

    #[test]
    fn autopilot_notices_first_when_a_new_leader_looks() {
        assert_eq!(
            said("agent-members", "autopilot-health-server-dead", Some(true)),
            [(Kind::ServerUnhealthy, "s2.global".into()), (Kind::NoFailureTolerance, "servers".into())]
        );
    }

    #[test]
    fn right_after_an_election_autopilot_says_nothing_of_anybody() {
        let members: Members = body("agent-members");
        let fresh: AutopilotHealth = body("autopilot-health-429-just-after-election");
        let assessment = assess(Some(&members), Some(&fresh), Some(true));
        assert_eq!((assessment.findings, assessment.failure_tolerance), (Vec::new(), None));
        assert!(assessment.servers.iter().all(|s| s.voter.is_none() && s.leader.is_none()));
    }

    #[test]
    fn no_leader_is_said_once() {
        let members: Members = body("agent-members");
        let kinds: Vec<Kind> =
            assess(Some(&members), None, Some(false)).findings.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [Kind::NoLeader]);
    }

    #[test]
    fn of_a_server_alone_in_the_gossip_all_is_known() {
        let mut members: Members = body("agent-members");
        members.members.truncate(1);
        let alone = assess(Some(&members), None, Some(true));
        assert_eq!(alone.findings.iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Note]);
        assert_eq!((alone.failure_tolerance, alone.servers[0].leader), (Some(0), Some(true)));
        let leaderless = assess(Some(&members), None, Some(false));
        assert_eq!((leaderless.failure_tolerance, leaderless.servers[0].leader), (None, None));
        let elsewhere = members.of_region(Some("west"));
        assert_eq!(assess(Some(&elsewhere), None, Some(true)), Assessment::default());
    }

    #[test]
    fn a_single_server_is_a_choice() {
        let mut members: Members = body("agent-members");
        members.members.truncate(1);
        let mut autopilot: AutopilotHealth = body("autopilot-health-one-server-left");
        autopilot.servers.truncate(1);
        autopilot.servers[0].name.clone_from(&members.members[0].name);
        autopilot.servers[0].healthy = true;
        autopilot.servers[0].voter = true;
        autopilot.failure_tolerance = 0;
        let findings = assess(Some(&members), Some(&autopilot), Some(true)).findings;
        assert_eq!(findings.iter().map(|f| f.severity).collect::<Vec<_>>(), [Severity::Note]);
    }
}
