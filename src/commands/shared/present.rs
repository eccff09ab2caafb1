//! How what runs does at this moment, seen from afar: a few requests for the whole cluster, and one for each allocation whose
//! checks Nomad's client runs, as many as may be asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;

use crate::api::consul::health::ServiceRegistration;
use crate::api::consul::health::{self, Check};
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::{Service, TaskGroup};
use crate::api::nomad::service::CheckResult;
use crate::api::nomad::{among, one_of_few};
use crate::api::{Error, Result};
use crate::model::ids::JobKey;
use crate::model::present_health::{self, CheckReports, HealthVerdict, PresentHealth, Summary};
use crate::model::task_role::{self, MainTasksState};
use crate::model::words;
use crate::ops::present_health::{NO_CONSUL, RESTARTED, Sources, checked_by};
use crate::ops::services::CONSUL;

/// Of how many allocations the checks are asked for a glance.
const MOST: usize = 200;
/// Asked side by side.
const AT_ONCE: usize = 32;
/// What has a check that holds no update.
const HAS_IGNORED: &str = "(any Job.TaskGroups as g { (any g.Services as s { any s.Checks as c { c.OnUpdate == \"ignore\" } }) \
     or any g.Tasks as t { any t.Services as s { any s.Checks as c { c.OnUpdate == \"ignore\" } } } })";

/// The health of allocations as it was seen at this moment.
#[derive(Debug, Default)]
pub(crate) struct ObservedHealth {
    /// By job, of the allocations that were looked at more closely.
    pub(crate) jobs: HashMap<JobKey, Summary>,
    /// The same by allocation.
    pub(crate) allocs: HashMap<String, PresentHealth>,
    /// The allocations whose checks were not asked: they are too many.
    pub(crate) unasked: BTreeSet<String>,
    /// Of how many allocations Nomad's checks were asked, and how many have such.
    pub(crate) asked: (usize, usize),
    /// What could not be seen, and why.
    pub(crate) not_known: Vec<(&'static str, String)>,
    /// What Consul itself told.
    pub(crate) consul: ConsulSeen,
}

/// What Consul told of its own nodes and of all its checks, whoever registered them.
#[derive(Debug, Default, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct ConsulSeen {
    /// Whether it was asked.
    pub(crate) asked: bool,
    /// How many checks are critical.
    pub(crate) critical_checks: usize,
    /// The nodes of Consul with a critical check of their own.
    pub(crate) critical_nodes: Vec<String>,
}

/// Looks at restarts and checks; at the checks of every allocation where `all` are wanted. `only` is an expression that selects
/// the allocations to look at.
pub(crate) async fn look(
    nomad: &Http,
    consul: Option<&Http>,
    namespace: &str,
    only: Option<&str>,
    all: bool,
    now: Timestamp,
) -> Result<ObservedHealth> {
    let (listed, critical) = tokio::join!(
        restarted_or_checked(nomad, namespace, only),
        of_consul(nomad, consul, namespace, only, all)
    );
    let RestartedOrChecked { restarted, checked } = listed?;
    let mut present = ObservedHealth::default();
    let chosen = choose(&checked, if all { usize::MAX } else { MOST });
    present.note_asked(&chosen, &checked);
    let sources = Sources::new(nomad, consul);
    let looked_at = || restarted.iter().chain(chosen.iter().copied());
    let (results, groups) = tokio::join!(ask(&sources, &chosen), idle_groups(nomad, looked_at()));
    let critical = match critical {
        Ok((critical, seen)) => {
            present.consul = seen;
            critical
        }
        Err(why) => {
            present.not_known.push(("checks in Consul", why));
            Vec::new()
        }
    };
    let known: HashMap<&str, &AllocStub> = restarted.iter().map(|a| (a.id.as_str(), a)).collect();
    let chosen = chosen.iter().map(|a| known.get(a.id.as_str()).unwrap_or(a));
    let mut looked: BTreeMap<&str, (&AllocStub, PresentHealth)> = BTreeMap::new();
    for alloc in restarted.iter().chain(chosen.copied()) {
        let checks = nomad_reports(results.get(&alloc.id));
        let health = present_health::of(alloc, groups.get(&group_of(alloc)), &checks, now);
        looked.insert(&alloc.id, (alloc, health));
    }
    for CriticalCheck { alloc, check, holds_updates } in &critical {
        let entry = looked
            .entry(&alloc.id)
            .or_insert_with(|| (alloc, present_health::of(alloc, None, &CheckReports::default(), now)));
        match holds_updates {
            true => entry.1.add_failing_check(&check.name, "", "is critical", &check.output),
            false => entry.1.checks.ignored += 1,
        }
    }
    present.sum_up(looked.into_values());
    Ok(present)
}

/// What is to run and was restarted, and what runs and has checks of Nomad's. An allocation may be in both.
#[derive(Debug, Default)]
struct RestartedOrChecked {
    restarted: Vec<AllocStub>,
    checked: Vec<AllocStub>,
}

/// Lists what was restarted and what has checks of Nomad's. One request, and one more where of something that was restarted
/// nothing else of its group tells whether it has such checks.
async fn restarted_or_checked(
    nomad: &Http,
    namespace: &str,
    only: Option<&str>,
) -> Result<RestartedOrChecked> {
    let either = allocation::list_with_tasks().namespace(namespace).stale();
    let listed = nomad.list(&either.filter(Some(&among(only, &restarted_or_checked_filter())))).await?.value;
    let (mut parts, doubtful) = RestartedOrChecked::divide(listed);
    if !doubtful.is_empty() {
        let both = among(only, &among(Some(RESTARTED), &checked_by("nomad")));
        let both = allocation::list().namespace(namespace).filter(Some(&both)).stale();
        let checked: BTreeSet<String> = nomad.list(&both).await?.value.into_iter().map(|a| a.id).collect();
        parts.checked.extend(doubtful.into_iter().filter(|a| checked.contains(&a.id)));
    }
    Ok(parts)
}

fn restarted_or_checked_filter() -> String {
    format!("(({RESTARTED}) or ({}))", checked_by("nomad"))
}

impl RestartedOrChecked {
    /// Tells apart what either filter selects: what was not restarted is there for its checks. The second part are those that
    /// were restarted and of whose group nothing tells whether it has checks.
    fn divide(listed: Vec<AllocStub>) -> (Self, Vec<AllocStub>) {
        let (restarted, mut checked): (Vec<AllocStub>, Vec<AllocStub>) =
            listed.into_iter().partition(AllocStub::was_restarted);
        let groups: BTreeSet<_> = checked.iter().map(group_of).collect();
        let running = restarted.iter().filter(|a| a.client_status == ClientStatus::Running).cloned();
        let (known, doubtful): (Vec<AllocStub>, Vec<AllocStub>) =
            running.partition(|a| groups.contains(&group_of(a)));
        checked.extend(known);
        (RestartedOrChecked { restarted, checked }, doubtful)
    }
}

/// What Nomad's client said of an allocation's checks, where it was asked.
fn nomad_reports(told: Option<&std::result::Result<Vec<CheckResult>, String>>) -> CheckReports<'_> {
    let told = told.map(|told| told.as_ref().map(|all| all.iter().collect()).map_err(Clone::clone));
    CheckReports { nomad: told, ..CheckReports::default() }
}

/// Groups by their job, its version and their name.
type Groups = HashMap<(JobKey, u64, String), TaskGroup>;

/// The groups of allocations of which a task does not run: only they tell whether it is to. Of those that are not read every
/// task counts.
async fn idle_groups<'a>(nomad: &Http, allocs: impl Iterator<Item = &'a AllocStub>) -> Groups {
    let is_idle = |a: &&AllocStub| !a.is_terminal() && task_role::standing(a, None) != MainTasksState::Up;
    declared_groups(nomad, allocs.filter(is_idle)).await
}

/// The groups of allocations as the version that each runs declares them. One request for each group of a version, of so many as
/// are asked side by side.
async fn declared_groups<'a>(nomad: &Http, allocs: impl Iterator<Item = &'a AllocStub>) -> Groups {
    let mut one_of_each: BTreeMap<(JobKey, u64, String), &AllocStub> = BTreeMap::new();
    for alloc in allocs {
        one_of_each.entry(group_of(alloc)).or_insert(alloc);
    }
    let read = stream::iter(one_of_each.into_iter().take(AT_ONCE)).map(|(key, alloc)| async move {
        let told = nomad.read(&allocation::get(&alloc.id).namespace(&alloc.namespace)).await.ok()?.value;
        let group = told.job?.group(&alloc.task_group)?.clone();
        Some((key, group))
    });
    let found: Vec<Option<_>> = read.buffer_unordered(AT_ONCE).collect().await;
    found.into_iter().flatten().collect()
}

fn group_of(alloc: &AllocStub) -> (JobKey, u64, String) {
    (JobKey::of(alloc), alloc.job_version, alloc.task_group.clone())
}

/// So many of them, the canaries and one of each job's groups first.
fn choose(all: &[AllocStub], most: usize) -> Vec<&AllocStub> {
    let mut seen = BTreeSet::new();
    let (first, rest): (Vec<&AllocStub>, Vec<&AllocStub>) =
        all.iter().partition(|a| seen.insert((&a.namespace, &a.job_id, &a.task_group)) || a.is_canary());
    first.into_iter().chain(rest).take(most).collect()
}

impl ObservedHealth {
    /// Notes which allocations have checks, and which of them are asked.
    fn note_asked(&mut self, asked: &[&AllocStub], checked: &[AllocStub]) {
        let ids: BTreeSet<&str> = asked.iter().map(|a| a.id.as_str()).collect();
        self.asked = (asked.len(), checked.len());
        self.unasked = checked.iter().map(|a| a.id.clone()).filter(|id| !ids.contains(id.as_str())).collect();
    }

    /// Sums up what was looked at: by allocation, by job, and of what nobody would tell.
    fn sum_up<'a>(&mut self, looked: impl Iterator<Item = (&'a AllocStub, PresentHealth)>) {
        let mut by_job: HashMap<JobKey, Vec<PresentHealth>> = HashMap::new();
        for (alloc, health) in looked {
            self.allocs.insert(alloc.id.clone(), health.clone());
            by_job.entry(JobKey::of(alloc)).or_default().push(health);
        }
        let is_unheard =
            |h: &&PresentHealth| h.verdict == HealthVerdict::NotKnown && !h.checks.not_known.is_empty();
        let unheard: Vec<&PresentHealth> = by_job.values().flatten().filter(is_unheard).collect();
        if let Some(first) = unheard.first() {
            let what = words::count(unheard.len(), "allocation");
            self.not_known.push(("checks", format!("of {what}: {}", first.reason())));
        }
        self.jobs = by_job.into_iter().map(|(job, all)| (job, present_health::summary(&all))).collect();
    }

    /// How an allocation does that runs, or that is out of sight; none for what has ended or has not begun.
    pub(crate) fn of(&self, alloc: &AllocStub, now: Timestamp) -> Option<PresentHealth> {
        if !matches!(alloc.client_status, ClientStatus::Running | ClientStatus::Unknown) {
            return None;
        }
        let known = self.allocs.get(&alloc.id).cloned();
        let mut health =
            known.unwrap_or_else(|| present_health::of(alloc, None, &CheckReports::default(), now));
        if self.unasked.contains(&alloc.id) && health.verdict == HealthVerdict::Healthy {
            health.verdict = HealthVerdict::NotKnown;
            health.reasons = vec!["its checks were not asked: too many are listed".to_owned()];
        }
        Some(health)
    }
}

type Answers = HashMap<String, std::result::Result<Vec<CheckResult>, String>>;

async fn ask(sources: &Sources, allocs: &[&AllocStub]) -> Answers {
    let ids = allocs.iter().map(|a| a.id.clone());
    let asked = stream::iter(ids).map(|id| async move {
        let told = sources.nomad_checks(&id).await;
        (id, told)
    });
    asked.buffer_unordered(AT_ONCE).collect().await
}

type OfConsul = (Vec<CriticalCheck>, ConsulSeen);

/// A check in Consul that fails, of an allocation that runs.
struct CriticalCheck {
    alloc: AllocStub,
    check: Check,
    /// Whether its job is held by it, or has declared that it is not (`on_update = "ignore"`).
    holds_updates: bool,
}

/// The critical checks of Nomad's services in Consul, with their allocations; an error says why they are not known. Nothing is
/// not known where nothing has such checks. Where Consul is not known, whether something has such checks is asked only where it
/// decides: of chosen allocations, and of all where all are wanted.
async fn of_consul(
    nomad: &Http,
    consul: Option<&Http>,
    namespace: &str,
    only: Option<&str>,
    all: bool,
) -> std::result::Result<OfConsul, String> {
    let Some(consul) = consul else {
        if only.is_none() && !all {
            return Ok(OfConsul::default());
        }
        let filter = among(only, &checked_by("consul"));
        let call = allocation::list().namespace(namespace).filter(Some(&filter)).stale();
        // What cannot be listed is said by whoever lists it.
        let any = nomad.list(&call.query("per_page", "1")).await.is_ok_and(|reply| !reply.value.is_empty());
        return if any { Err(NO_CONSUL.to_owned()) } else { Ok(OfConsul::default()) };
    };
    // The rest of the view is worth more than an answer that does not come.
    let consul = &consul.with_patience(CONSUL).answering_within(CONSUL.0);
    let told = |e: Error| e.to_string();
    let critical = consul.read(&health::state("critical")).await.map_err(told)?.value;
    let own = critical.iter().filter(|c| c.service_id.is_empty()).map(|c| c.node.clone());
    let seen = ConsulSeen {
        asked: true,
        critical_checks: critical.len(),
        critical_nodes: own.collect::<BTreeSet<_>>().into_iter().collect(),
    };
    let mut by_alloc = on_critical_nodes(consul, &critical).await.map_err(told)?;
    let own = |c: Check| Some((ServiceRegistration::alloc_in(&c.service_id)?.to_owned(), c));
    by_alloc.extend(critical.into_iter().filter_map(own));
    if by_alloc.is_empty() {
        return Ok((Vec::new(), seen));
    }
    let ids: BTreeSet<&str> = by_alloc.iter().map(|(id, _)| id.as_str()).collect();
    let filter = one_of_few("ID", ids.iter().copied());
    let call = allocation::list().namespace(namespace).filter(filter.as_deref()).stale();
    let allocs = nomad.list(&call).await.map_err(told)?.value;
    let live: HashMap<&str, &AllocStub> = allocs
        .iter()
        .filter(|a| a.client_status == ClientStatus::Running && !a.is_terminal())
        .map(|a| (a.id.as_str(), a))
        .collect();
    let found =
        by_alloc.iter().filter_map(|(id, check)| Some(((*live.get(id.as_str())?).clone(), check.clone())));
    let found: Vec<(AllocStub, Check)> = found.collect();
    let ignored = ignored_checks(nomad, namespace, &found).await.map_err(told)?;
    let critical = found.into_iter().map(|(alloc, check)| {
        let holds_updates = !ignored.get(&alloc.id).is_some_and(|names| names.contains(&check.name));
        CriticalCheck { alloc, check, holds_updates }
    });
    Ok((critical.collect(), seen))
}

/// The allocations of which services with checks are registered on a node of Consul that has a critical check of its own, each with
/// that check: it counts for each of them. One request for each such node.
async fn on_critical_nodes(consul: &Http, critical: &[Check]) -> Result<Vec<(String, Check)>> {
    let nodes: BTreeMap<String, Check> =
        critical.iter().filter(|c| c.service_id.is_empty()).map(|c| (c.node.clone(), c.clone())).collect();
    let read = stream::iter(nodes).map(|(node, check)| async move {
        let all = consul.read(&health::node(&node)).await?.value;
        let allocs: BTreeSet<&str> =
            all.iter().filter_map(|c| ServiceRegistration::alloc_in(&c.service_id)).collect();
        Ok(allocs.into_iter().map(|id| (id.to_owned(), check.clone())).collect::<Vec<_>>())
    });
    let found: Vec<Result<Vec<(String, Check)>>> = read.buffer_unordered(AT_ONCE).collect().await;
    let found: Vec<Vec<(String, Check)>> = found.into_iter().collect::<Result<_>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Those of these allocations whose checks are in Consul. One request.
pub(crate) async fn checked_in_consul(
    nomad: &Http,
    namespace: &str,
    ids: &BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    let few = one_of_few("ID", ids.iter().map(String::as_str));
    let filter = among(few.as_deref(), &checked_by("consul"));
    let call = allocation::list().namespace(namespace).filter(Some(&filter)).stale();
    let checked = nomad.list(&call).await?.value.into_iter().map(|a| a.id);
    Ok(checked.filter(|id| ids.contains(id)).collect())
}

/// By allocation, the names of the checks that hold no update of its job, of those with a check that fails. One request, and one
/// for each group of a version that has such checks, of so many as are asked side by side; those of more groups count as holding.
async fn ignored_checks(
    nomad: &Http,
    namespace: &str,
    failing: &[(AllocStub, Check)],
) -> Result<HashMap<String, BTreeSet<String>>> {
    let ids: BTreeSet<&str> = failing.iter().map(|(alloc, _)| alloc.id.as_str()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let few = one_of_few("ID", ids.iter().copied());
    let filter = among(few.as_deref(), HAS_IGNORED);
    let call = allocation::list().namespace(namespace).filter(Some(&filter)).stale();
    let allocs = nomad.list(&call).await?.value;
    let own = || allocs.iter().filter(|a| ids.contains(a.id.as_str()));
    let groups = declared_groups(nomad, own()).await;
    let names = |group: &TaskGroup| group.all_services().flat_map(ignored_of).collect();
    Ok(own().filter_map(|a| Some((a.id.clone(), names(groups.get(&group_of(a))?)))).collect())
}

/// The names of a service's checks that hold no update.
fn ignored_of(service: &Service) -> impl Iterator<Item = String> {
    service.checks.iter().filter(|c| c.on_update == "ignore").map(|c| c.name.clone())
}

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use super::*;
    use crate::api::nomad::one_of;
    use crate::sandbox::filter::Filter;

    #[test]
    fn every_filter_can_be_read_alone_and_among_others() {
        let only = one_of("ID", ["8c33d1c7-0d6e-4b24-8a3e-6a6a6c9f2d10"]);
        let both = among(Some(RESTARTED), &checked_by("nomad"));
        for filter in
            [&restarted_or_checked_filter(), &both, &checked_by("nomad"), &checked_by("consul"), HAS_IGNORED]
        {
            for text in [among(None, filter), among(Some(&only), filter)] {
                assert!(Filter::parse(&text).is_ok(), "{text}");
            }
        }
    }
}
