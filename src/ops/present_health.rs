//! Asking how allocations do at this moment: Nomad's clients for its own checks, Consul for the others.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::api::consul::health::{self, ServiceEntry};
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::service::{self, CheckResult};
use crate::model::present_health::{self, CheckReports, PresentHealth};
use crate::model::service_name;

/// Whoever takes longer to tell of its checks does not tell.
const WITHIN: Duration = Duration::from_secs(5);
/// Asked side by side.
const AT_ONCE: usize = 16;
/// Why Consul's checks are not known where nobody said where Consul is.
pub const NO_CONSUL: &str = "its checks are in Consul, and CONSUL_HTTP_ADDR is not set";

type OfNomad = Result<Vec<CheckResult>, String>;
type OfConsul = Result<Vec<ServiceEntry>, String>;

/// Who is asked.
#[derive(Debug, Clone)]
pub struct Sources {
    nomad: Http,
    consul: Option<Http>,
    /// Whether Consul's checks are left out instead of being not known.
    without_consul: bool,
}

impl Sources {
    /// These clients; without Consul its checks are not known.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>) -> Self {
        let patience = Patience(WITHIN);
        Sources {
            nomad: nomad.with_patience(patience),
            consul: consul.map(|c| c.with_patience(patience)),
            without_consul: false,
        }
    }

    /// Leaves the checks out that Consul runs: for a look at what the servers have just judged by them.
    #[must_use]
    pub fn without_consul(self) -> Self {
        Sources { without_consul: true, ..self }
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
    /// of Nomad's, and one for each service in Consul.
    pub async fn of<'g>(
        &self,
        group: impl Fn(&AllocStub) -> Option<&'g TaskGroup>,
        allocs: &[AllocStub],
        now: Timestamp,
    ) -> BTreeMap<String, PresentHealth> {
        let living = || allocs.iter().filter(|a| a.client_status == ClientStatus::Running);
        let checked =
            |a: &&AllocStub| group(a).is_some_and(|g| present_health::checked_by_nomad(g).next().is_some());
        let ids: Vec<&str> = living().filter(checked).map(|a| a.id.as_str()).collect();
        let names: BTreeSet<String> = living()
            .filter(|_| !self.without_consul)
            .flat_map(|a| {
                let services = group(a).into_iter().flat_map(present_health::checked_by_consul);
                services.filter_map(|s| service_name::known(&s.name, a))
            })
            .collect();
        let (nomad, consul) = tokio::join!(self.nomads(&ids), self.consuls(names));
        let heard = |a: &AllocStub| CheckReports {
            nomad: nomad.get(a.id.as_str()).map(|all| match all {
                Ok(all) => Ok(all.iter().collect()),
                Err(why) => Err(why.clone()),
            }),
            consul: if self.without_consul { None } else { of_services(a, group(a), &consul) },
        };
        allocs.iter().map(|a| (a.id.clone(), present_health::of(a, group(a), &heard(a), now))).collect()
    }

    /// What clients say of Nomad's checks of these allocations.
    async fn nomads<'i>(&self, ids: &[&'i str]) -> BTreeMap<&'i str, OfNomad> {
        let ask = |id: &'i str| async move { (id, self.nomad_checks(id).await) };
        stream::iter(ids.iter().copied()).map(ask).buffer_unordered(AT_ONCE).collect().await
    }

    /// What its client says of Nomad's checks of an allocation.
    pub async fn nomad_checks(&self, id: &str) -> Result<Vec<CheckResult>, String> {
        match timeout(WITHIN, self.nomad.read(&service::checks(id))).await {
            Ok(Ok(reply)) => Ok(reply.value.unwrap_or_default().into_values().collect()),
            Ok(Err(e)) => Err(format!("its client does not tell of its checks: {e}")),
            Err(_) => Err(format!("its client does not tell of its checks within {} s", WITHIN.as_secs())),
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
        match timeout(WITHIN, consul.read(&health::service(name))).await {
            Ok(Ok(reply)) => Ok(reply.value),
            Ok(Err(e)) => Err(format!("Consul does not tell of its checks: {e}")),
            Err(_) => Err(format!("Consul does not tell of its checks within {} s", WITHIN.as_secs())),
        }
    }
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
