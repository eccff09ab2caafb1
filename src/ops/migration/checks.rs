//! What checks say at this moment of the services that are to be moved: Nomad's record of an allocation's health does not change
//! when its checks fail later.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::api;
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::TaskGroup;
use crate::api::nomad::{ALL_NAMESPACES, among, one_of_few};
use crate::model::group;
use crate::model::ids::JobKey;
use crate::model::present_health::HealthVerdict;
use crate::model::{present_health, service_name, words};
use crate::ops::migration::snapshot::JobDocument;
use crate::ops::present_health::{MOST_NODES, RESTARTED, Sources};

/// Of how many allocations Nomad's checks are asked where no more are named: each is a request to its node.
pub const MOST: usize = 200;

/// What checks say now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChecksNow {
    /// What fails, a check or a task again and again, by the allocation's id.
    pub failing: BTreeMap<String, String>,
    /// Why it is not known whether the checks pass, by the allocation's id.
    pub unseen: BTreeMap<String, String>,
    /// The allocations of which every check was seen, and passes.
    pub passing: BTreeSet<String>,
    /// How many allocations have checks of Nomad's that were asked.
    pub asked: usize,
    /// How many nodes were asked for a sign of life, of what has no checks.
    pub nodes: usize,
    /// How many have such and were not asked: they are too many.
    pub unasked: usize,
    /// The services whose checks are in Consul where nobody said where Consul is.
    pub without_consul: BTreeSet<String>,
}

impl ChecksNow {
    /// Whether an allocation counts towards its group's availability, by Nomad's record and by every check that was seen.
    #[must_use]
    pub fn is_available(&self, alloc: &AllocStub) -> bool {
        let every_check_passes = self.passing.contains(&alloc.id);
        group::is_available_now(alloc, every_check_passes) && !self.failing.contains_key(&alloc.id)
    }

    /// What speaks against an allocation now: a check of it that fails, or why that is not known.
    #[must_use]
    pub fn doubt(&self, alloc: &str) -> Option<&str> {
        self.failing.get(alloc).or_else(|| self.unseen.get(alloc)).map(String::as_str)
    }

    /// What was not asked, and why, in words.
    #[must_use]
    pub fn not_asked(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.without_consul.is_empty() {
            let what = words::count(self.without_consul.len(), "service");
            lines.push(format!(
                "Consul was not asked about its checks of {what}: CONSUL_HTTP_ADDR is not set"
            ));
        }
        if self.unasked > 0 {
            let others = words::count(self.asked + self.unasked, "allocation");
            lines.push(format!(
                "the checks of {} of {others} were asked; the others count by the servers' record",
                self.asked
            ));
        }
        lines
    }
}

/// Which of these allocations crash again and again, and why they are not at work however their client has them at this moment. One
/// request: the lists they come from leave the tasks' states out.
async fn crashing(
    nomad: &Http,
    allocs: &[&AllocStub],
    now: Timestamp,
) -> api::Result<BTreeMap<String, String>> {
    let jobs: BTreeSet<&str> = allocs.iter().map(|a| a.job_id.as_str()).collect();
    if jobs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = among(one_of_few("JobID", jobs).as_deref(), RESTARTED);
    let call = allocation::list_with_tasks().namespace(ALL_NAMESPACES).filter(Some(&filter));
    let restarted = nomad.list(&call).await?.value;
    let why = |a: &AllocStub| present_health::flapping_tasks(a, now).into_iter().next();
    Ok(restarted.iter().filter_map(|a| Some((a.id.clone(), why(a)?))).collect())
}

/// Reads the checks of these allocations: one request for all of them, one for each that has checks of Nomad's, of `most` of them, the
/// first ones first, one for each service in Consul, and one for each of so many nodes with something of which no check tells. Without
/// Consul nothing is asked of it.
pub async fn read<'a>(
    nomad: &Http,
    consul: Option<&Http>,
    jobs: &BTreeMap<JobKey, JobDocument>,
    allocs: impl IntoIterator<Item = &'a AllocStub>,
    (most, now): (usize, Timestamp),
) -> ChecksNow {
    let group = |alloc: &AllocStub| jobs.get(&JobKey::of(alloc))?.job.group(&alloc.task_group);
    let (mut checks, mut chosen) = (ChecksNow::default(), Vec::new());
    // Those of which every check is asked.
    let mut whole: BTreeSet<&str> = BTreeSet::new();
    // Of what has no checks its node is asked for a sign of life, of the first nodes.
    let mut nodes: BTreeSet<&str> = BTreeSet::new();
    let sources = Sources::at_hand(nomad, consul);
    let running: Vec<&AllocStub> =
        allocs.into_iter().filter(|a| a.client_status == ClientStatus::Running).collect();
    let crashing = crashing(nomad, &running, now).await;
    if let Err(e) = &crashing {
        let why = format!("whether it crashes again and again is not known: {}", e.brief());
        checks.unseen.extend(running.iter().map(|a| (a.id.clone(), why.clone())));
    }
    let crashing = crashing.unwrap_or_default();
    for alloc in running {
        if let Some(why) = crashing.get(&alloc.id) {
            checks.failing.insert(alloc.id.clone(), why.clone());
            continue;
        }
        let Some(group) = group(alloc) else { continue };
        let by_nomad = present_health::checked_by_nomad(group).next().is_some();
        if by_nomad && checks.asked >= most {
            checks.unasked += 1;
            continue;
        }
        checks.asked += usize::from(by_nomad);
        let in_consul = in_consul(group, alloc, consul, &mut checks.without_consul);
        if by_nomad || in_consul {
            chosen.push(alloc.clone());
            if in_consul || present_health::checked_by_consul(group).next().is_none() {
                whole.insert(&alloc.id);
            }
        } else if sources.is_silent(alloc, Some(group))
            && (nodes.contains(&*alloc.node_id) || nodes.len() < MOST_NODES)
        {
            nodes.insert(&alloc.node_id);
            chosen.push(alloc.clone());
        }
    }
    checks.nodes = nodes.len();
    for (id, health) in sources.of(group, &chosen, now).await {
        if let Some(why) = health.checks.failing.first() {
            checks.failing.insert(id, why.clone());
        } else if let Some(why) = health.checks.not_known.first() {
            checks.unseen.insert(id, why.clone());
        } else if health.is_unheard_of() {
            // Its client gave no sign of life.
            checks.unseen.insert(id, health.reason().to_owned());
        } else if health.verdict == HealthVerdict::Healthy && whole.contains(id.as_str()) {
            checks.passing.insert(id);
        }
    }
    checks
}

/// Whether Consul can be asked about an allocation. A name that is known only on the node cannot be asked for.
fn in_consul(
    group: &TaskGroup,
    alloc: &AllocStub,
    consul: Option<&Http>,
    without: &mut BTreeSet<String>,
) -> bool {
    let names: Vec<Option<String>> =
        present_health::checked_by_consul(group).map(|s| service_name::known(&s.name, alloc)).collect();
    if consul.is_none() {
        without.extend(names.into_iter().flatten());
        return false;
    }
    !names.is_empty() && names.iter().all(Option::is_some)
}
