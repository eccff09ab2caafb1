//! Asking how allocations do at this moment: Nomad's clients for its own checks, Consul for the others, and the client of what
//! has no checks, or was starting when it told last, for a sign of life: the servers call a dead node's work running until its
//! heartbeat is overdue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::api::consul::health::{self, ServiceEntry};
use crate::api::error::Problem;
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::node;
use crate::api::nomad::service::{self, CheckResult};
use crate::model::deployment_health;
use crate::model::present_health::{self, CheckReports, PresentHealth};
use crate::model::rollout::look::{self, HealthLook};
use crate::model::rollout::per_node;
use crate::model::rollout::{JobObservation, Target};
use crate::model::service_name;

/// Whoever takes longer to tell of its checks does not tell.
const WITHIN: Duration = Duration::from_secs(5);
/// Asked side by side.
const AT_ONCE: usize = 16;
/// Of how many nodes a sign of life is asked where no check tells of what runs there.
pub const MOST_NODES: usize = 64;
/// Why Consul's checks are not known where nobody said where Consul is.
pub const NO_CONSUL: &str = "its checks are in Consul, and CONSUL_HTTP_ADDR is not set";

/// What clients say of their checks, by the allocation's id, and of those that were asked for no more than a sign of life why
/// they give none, by the node's id.
type OfClients<'i> = (BTreeMap<&'i str, OfNomad>, BTreeMap<&'i str, Silence>);
type OfNomad = Result<Vec<CheckResult>, Silence>;

/// Why a client told nothing.
#[derive(Debug, Clone)]
struct Silence {
    /// Whether nothing at all was heard of its node; else something answered that it cannot be asked.
    away: bool,
    /// Why, to be set behind what it does not do.
    why: String,
}
type OfConsul = Result<Vec<ServiceEntry>, String>;

/// Who is asked.
#[derive(Debug, Clone)]
pub struct Sources {
    nomad: Http,
    consul: Option<Http>,
    /// Whether Consul's checks are left out instead of being not known.
    without_consul: bool,
    /// Of how many nodes of what has no checks a sign of life is asked.
    most_nodes: usize,
    /// Whoever takes longer does not tell.
    within: Duration,
}

impl Sources {
    /// These clients; without Consul its checks are not known.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>) -> Self {
        let patience = Patience(WITHIN);
        Sources {
            nomad: nomad.with_patience(patience).taking_no_path(),
            consul: consul.map(|c| c.with_patience(patience)),
            without_consul: false,
            most_nodes: MOST_NODES,
            within: WITHIN,
        }
    }

    /// These clients; without Consul its checks are left out: for whoever goes by what Nomad knows where nobody said where Consul is.
    #[must_use]
    pub fn at_hand(nomad: &Http, consul: Option<&Http>) -> Self {
        Sources { without_consul: consul.is_none(), ..Sources::new(nomad, consul) }
    }

    /// Leaves the checks out that Consul runs: for a look at what the servers have just judged by them.
    #[must_use]
    pub fn without_consul(self) -> Self {
        Sources { without_consul: true, ..self }
    }

    /// Asks no node for a sign of life: for whoever watches the nodes by other means.
    #[must_use]
    pub fn without_nodes(self) -> Self {
        self.of_nodes(0)
    }

    /// Asks Nomad's clients once: for a glance, to which a client that is out of the servers' sight is an answer.
    #[must_use]
    pub fn once(self) -> Self {
        Sources { nomad: self.nomad.with_patience(Patience::NONE), ..self }
    }

    /// Waits so long for an answer at most.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Sources { within, ..self }
    }

    /// Asks so many nodes at most for a sign of life.
    #[must_use]
    pub fn of_nodes(self, most_nodes: usize) -> Self {
        Sources { most_nodes, ..self }
    }

    /// What a look at the canaries shows that wait for promotion in these groups, in all where none is named. `allocs` are those
    /// of the job.
    pub async fn look_at_canaries(
        &self,
        job: &Job,
        deployment: &Deployment,
        allocs: &[AllocStub],
        groups: &[String],
        now: Timestamp,
    ) -> HealthLook {
        let asked = |a: &&AllocStub| groups.is_empty() || groups.contains(&a.task_group);
        let own: Vec<AllocStub> =
            deployment_health::waiting(deployment, allocs).filter(asked).cloned().collect();
        let health = self.of_job(job, &own, now).await;
        deployment_health::canaries_now(deployment, &own, groups, &health)
    }

    /// What a look at a version of a job shows.
    pub async fn look_at(&self, target: &Target, seen: &JobObservation, now: Timestamp) -> HealthLook {
        let Some(job) = &seen.job else { return HealthLook::NotKnown { why: "the job is gone".to_owned() } };
        let own: Vec<AllocStub> = look::that_count(target, seen).cloned().collect();
        let health = self.of_job(job, &own, now).await;
        match look::judge(target, seen, &health) {
            HealthLook::Good(counts) => self.missing(target, seen).await.unwrap_or(HealthLook::Good(counts)),
            look => look,
        }
    }

    /// That a node which takes new work lacks an instance of a job for every node, or has one of an older version, or that this is
    /// not known.
    async fn missing(&self, target: &Target, seen: &JobObservation) -> Option<HealthLook> {
        let gone = per_node::not_replaced(target, seen).into_iter().map(|a| (a, per_node::missing(a)));
        let older = per_node::left_behind(target, seen).into_iter().map(|a| (a, per_node::not_updated(a)));
        for (alloc, why) in gone.chain(older) {
            match self.nomad.read(&node::get(&alloc.node_id)).await {
                Ok(node) if node.value.is_schedulable() => return Some(HealthLook::Bad { why }),
                Ok(_) => {}
                Err(e) if e.is_not_found() => {}
                Err(e) => {
                    let why = format!("whether {} takes an instance: {}", alloc.node_name, e.brief());
                    return Some(HealthLook::NotKnown { why });
                }
            }
        }
        None
    }

    /// What a look at what runs of a deployment's version shows. `allocs` are those of the job.
    pub async fn look_at_deployed(
        &self,
        job: &Job,
        deployment: &Deployment,
        allocs: &[AllocStub],
        now: Timestamp,
    ) -> HealthLook {
        let own: Vec<AllocStub> = look::of_deployed(deployment, allocs).cloned().collect();
        let health = self.of_job(job, &own, now).await;
        look::what_was_deployed(job, deployment, &own, &health)
    }

    /// How allocations of one job do, by their ids. Their task states have to be read. Those of another version than the job's
    /// are judged by what is declared now.
    pub async fn of_job(
        &self,
        job: &Job,
        allocs: &[AllocStub],
        now: Timestamp,
    ) -> BTreeMap<String, PresentHealth> {
        self.of(|alloc| job.group(&alloc.task_group), allocs, now).await
    }

    /// How allocations do, by their ids, where each one's group is as `group` says. One request for each allocation with checks
    /// of Nomad's, one for each service in Consul, and one for each node, of so many at most, of which no check tells.
    pub async fn of<'g>(
        &self,
        group: impl Fn(&AllocStub) -> Option<&'g TaskGroup>,
        allocs: &[AllocStub],
        now: Timestamp,
    ) -> BTreeMap<String, PresentHealth> {
        let living = || allocs.iter().filter(|a| a.client_status == ClientStatus::Running);
        let checked =
            |a: &&AllocStub| group(a).is_some_and(|g| present_health::checked_by_nomad(g).next().is_some());
        let ids: Vec<&AllocStub> = living().filter(checked).collect();
        let mut silent = self.silent_nodes(&group, allocs);
        while silent.len() > self.most_nodes {
            silent.pop_last();
        }
        let names: BTreeSet<String> = living()
            .filter(|_| !self.without_consul)
            .flat_map(|a| {
                let services = group(a).into_iter().flat_map(present_health::checked_by_consul);
                services.filter_map(|s| service_name::known(&s.name, a))
            })
            .collect();
        let ((nomad, nodes), consul) = tokio::join!(self.clients(&ids, &silent), self.consuls(names));
        let heard = |a: &AllocStub| {
            let own = nomad.get(a.id.as_str());
            let node = nodes.get(a.node_id.as_str()).filter(|_| self.is_silent(a, group(a)));
            let away = || {
                let of_checks = own.and_then(|own| own.as_ref().err()).filter(|s| s.away).map(no_checks);
                of_checks.or_else(|| node.filter(|s| s.away).map(no_sign))
            };
            CheckReports {
                nomad: own.map(|all| match all {
                    Ok(all) => Ok(all.iter().collect()),
                    Err(silence) => Err(no_checks(silence)),
                }),
                consul: if self.without_consul { None } else { of_services(a, group(a), &consul) },
                // A client that does not know yet what it is to start has answered.
                unreachable: node.filter(|_| a.client_status == ClientStatus::Running).map(no_sign),
                away: away(),
            }
        };
        allocs.iter().map(|a| (a.id.clone(), present_health::of(a, group(a), &heard(a), now))).collect()
    }

    /// Whether no check that is heard of tells of an allocation which is said to run, or to start.
    #[must_use]
    pub fn is_silent(&self, alloc: &AllocStub, group: Option<&TaskGroup>) -> bool {
        let by_nomad = || group.is_some_and(|g| present_health::checked_by_nomad(g).next().is_some());
        let by_consul = || {
            !self.without_consul
                && group.is_some_and(|g| present_health::checked_by_consul(g).next().is_some())
        };
        let tells = match alloc.client_status {
            ClientStatus::Running => by_nomad() || by_consul(),
            // Its checks begin once it runs.
            ClientStatus::Pending => false,
            _ => true,
        };
        self.most_nodes > 0 && !tells
    }

    /// The nodes on which something runs, or starts, of which no check tells, each with one of these allocations: what runs tells more.
    pub fn silent_nodes<'a, 'g>(
        &self,
        group: impl Fn(&AllocStub) -> Option<&'g TaskGroup>,
        allocs: &'a [AllocStub],
    ) -> BTreeMap<&'a str, &'a str> {
        let mut silent: Vec<&AllocStub> = allocs.iter().filter(|a| self.is_silent(a, group(a))).collect();
        silent.sort_by_key(|a| a.client_status == ClientStatus::Running);
        silent.into_iter().map(|a| (a.node_id.as_str(), a.id.as_str())).collect()
    }

    /// What clients say: of Nomad's checks of these allocations, and of nodes whether they are there at all. A node that was away when it
    /// was asked of one allocation is not asked of the next.
    async fn clients<'i>(
        &self,
        checked: &[&'i AllocStub],
        silent: &BTreeMap<&'i str, &'i str>,
    ) -> OfClients<'i> {
        let of_nodes = silent.iter().map(|(node, id)| (false, *node, *id));
        let of_checks = checked.iter().map(|a| (true, a.node_id.as_str(), a.id.as_str()));
        let away: &Mutex<BTreeMap<&str, Silence>> = &Mutex::default();
        let known = |node: &str| away.lock().ok()?.get(node).cloned();
        let ask = |(of_checks, node, id): (bool, &'i str, &'i str)| async move {
            let answer = match known(node) {
                Some(silence) => Err(silence),
                None => self.client(id).await,
            };
            if let Err(silence) = &answer
                && silence.away
                && let Ok(mut away) = away.lock()
            {
                away.insert(node, silence.clone());
            }
            (of_checks, node, id, answer)
        };
        let mut told = (BTreeMap::new(), BTreeMap::new());
        let mut answers = stream::iter(of_nodes.chain(of_checks)).map(ask).buffer_unordered(AT_ONCE);
        while let Some((of_checks, node, id, answer)) = answers.next().await {
            match (of_checks, answer) {
                (true, answer) => drop(told.0.insert(id, answer)),
                (false, Err(silence)) => drop(told.1.insert(node, silence)),
                (false, Ok(_)) => {}
            }
        }
        told
    }

    /// What its client says of Nomad's checks of an allocation.
    pub async fn nomad_checks(&self, id: &str) -> Result<Vec<CheckResult>, String> {
        self.client(id).await.map_err(|silence| no_checks(&silence))
    }

    async fn client(&self, id: &str) -> OfNomad {
        let away = |why: String| Err(Silence { away: true, why });
        match timeout(self.within, self.nomad.read(&service::checks(id))).await {
            Ok(Ok(reply)) => Ok(reply.value.unwrap_or_default().into_values().collect()),
            Ok(Err(e)) if e.problem == Problem::NoPathToNode => {
                away(": the servers have no connection to its node".to_owned())
            }
            Ok(Err(e)) if e.problem == Problem::NodeLost => away(format!(": {e}")),
            Ok(Err(e)) if e.is_passing() => {
                Err(Silence { away: false, why: format!(", for the servers cannot be asked: {e}") })
            }
            Ok(Err(e)) => Err(Silence { away: false, why: format!(": {e}") }),
            Err(_) => away(format!(" within {} s", self.within.as_secs())),
        }
    }

    async fn consuls(&self, names: BTreeSet<String>) -> BTreeMap<String, OfConsul> {
        let ask = |name: String| async move {
            let told = self.consul_checks(&name).await;
            (name, told)
        };
        stream::iter(names).map(ask).buffer_unordered(AT_ONCE).collect().await
    }

    async fn consul_checks(&self, name: &str) -> OfConsul {
        let Some(consul) = &self.consul else { return Err(NO_CONSUL.to_owned()) };
        match timeout(self.within, consul.read(&health::service(name))).await {
            Ok(Ok(reply)) => Ok(reply.value),
            Ok(Err(e)) => Err(format!("Consul does not tell of its checks: {e}")),
            Err(_) => Err(format!("Consul does not tell of its checks within {} s", self.within.as_secs())),
        }
    }
}

/// A filter for what is to run and has been restarted. An `any` after an `and`, and one before an `or`, stands in parentheses, or no server
/// reads it.
pub const RESTARTED: &str = "DesiredStatus == \"run\" and (ClientStatus == \"running\" or ClientStatus == \"pending\") \
     and (any TaskStates as _, t { t.Restarts != 0 })";

/// A filter for what runs, of a job with checks of this provider.
#[must_use]
pub fn checked_by(provider: &str) -> String {
    let service = format!("s.Provider == \"{provider}\" and s.Checks is not empty");
    format!(
        "DesiredStatus == \"run\" and ClientStatus == \"running\" and (any Job.TaskGroups as g {{ (any g.Services as s {{ \
         {service} }}) or any g.Tasks as t {{ any t.Services as s {{ {service} }} }} }})"
    )
}

fn no_checks(Silence { why, .. }: &Silence) -> String {
    format!("its client does not tell of its checks{why}")
}

fn no_sign(Silence { why, .. }: &Silence) -> String {
    format!("its client does not answer{why}")
}

/// What Consul says of the services of an allocation; none where it has none there.
fn of_services<'c>(
    alloc: &AllocStub,
    group: Option<&TaskGroup>,
    all: &'c BTreeMap<String, OfConsul>,
) -> Option<Result<BTreeMap<String, &'c [ServiceEntry]>, String>> {
    let services: Vec<_> = group.into_iter().flat_map(present_health::checked_by_consul).collect();
    if services.is_empty() {
        return None;
    }
    let named = services.iter().filter_map(|s| service_name::known(&s.name, alloc));
    let told = named.filter_map(|name| Some((all.get(&name)?, name)));
    Some(told.map(|(told, name)| Ok((name, told.as_ref().map_err(Clone::clone)?.as_slice()))).collect())
}
