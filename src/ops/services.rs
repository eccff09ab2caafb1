//! Reading services from Nomad's and Consul's registries, joined with their allocations.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api;
use crate::api::consul::health::{self, Check, ServiceEntry, ServiceRegistration};
use crate::api::consul::{agent, catalog};
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::service::{self, CheckResult, ServiceInstance};
use crate::api::nomad::{ALL_NAMESPACES, one_of_few};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::error::{Error, Result};
use crate::model::services::{self, Allocs, Instance, Registry};
use crate::ops::present_health::Sources;
use crate::ops::sight;

/// Asked side by side.
const AT_ONCE: usize = 16;
/// Of how many allocations clients are asked for checks, where not all are wanted.
pub const MOST_ASKED: usize = 200;
/// How long Consul may take, which is not needed for what Nomad knows.
pub(crate) const CONSUL: Patience = Patience(std::time::Duration::from_secs(5));

/// The services that were read, and what could not be.
#[derive(Debug, Default)]
pub struct ServicesRead {
    /// The instances, the worst first.
    pub instances: Vec<Instance>,
    /// What could not be read, and why.
    pub not_known: Vec<String>,
    /// Why Consul's registry was not read, where it was to be.
    pub consul_fault: Option<api::Error>,
    /// Of how many of Nomad's instances the checks were not asked.
    pub unasked: usize,
    /// Where nothing was found in any namespace: why there may be something all the same.
    pub unseen: Option<String>,
}

/// Which services are asked for.
#[derive(Debug, Clone, Copy)]
pub enum ServiceSelection<'a> {
    /// Those of this name.
    Named(&'a str),
    /// All of them: Consul's without addresses and tags of single instances, which its one list for all does not have.
    All,
}

/// Who is asked for services.
#[derive(Debug, Clone)]
pub struct Registries {
    nomad: Http,
    consul: Option<Http>,
    namespace: String,
}

/// What one of the registries has.
enum OfConsul {
    Entries(Vec<ServiceEntry>),
    Checks(Vec<Check>, Vec<ServiceEntry>, BTreeMap<String, Vec<String>>),
}

impl OfConsul {
    fn alloc_ids(&self) -> Vec<String> {
        let of_entries = |all: &[ServiceEntry]| -> Vec<String> {
            all.iter().filter_map(|e| e.service.alloc_id().map(str::to_owned)).collect()
        };
        match self {
            OfConsul::Entries(all) => of_entries(all),
            OfConsul::Checks(checks, entries, _) => {
                let ids = checks.iter().filter_map(|c| ServiceRegistration::alloc_in(&c.service_id));
                ids.map(str::to_owned).chain(of_entries(entries)).collect()
            }
        }
    }
}

impl Registries {
    /// Nomad's registry in this namespace, or in all, and Consul's where there is one.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, namespace: &str) -> Self {
        Registries {
            nomad: nomad.clone(),
            consul: consul.map(|c| c.with_patience(CONSUL).answering_within(CONSUL.0)),
            namespace: namespace.to_owned(),
        }
    }

    /// Reads them: of Nomad one request for the names and one for each service, of Consul two or three, one for the allocations;
    /// and one for each allocation with checks of Nomad's, as many as `most` allows.
    ///
    /// # Errors
    /// Nomad's own; what Consul does not tell stands in the answer.
    pub async fn read(&self, which: ServiceSelection<'_>, most: usize) -> Result<ServicesRead> {
        let (nomad, consul) = tokio::join!(self.of_nomad(which), self.of_consul(which));
        let (nomad, mut read) = (nomad?, ServicesRead::default());
        let consul = match consul {
            None => None,
            Some(Ok(consul)) => Some(consul),
            Some(Err(e)) => {
                read.not_known.push(format!("services in Consul: {e}"));
                read.consul_fault = Some(e);
                None
            }
        };
        let own: BTreeSet<String> = nomad.iter().map(|row| row.alloc_id.clone()).collect();
        let of_consul = consul.iter().flat_map(OfConsul::alloc_ids);
        let ids: BTreeSet<String> = own.iter().cloned().chain(of_consul).collect();
        let asked: Vec<&String> = own.iter().take(most).collect();
        read.unasked = own.len() - asked.len();
        let sources = Sources::new(&self.nomad, None);
        let (allocs, heard) = tokio::join!(self.allocs(&ids), checks(&sources, &asked));
        let allocs = allocs?;
        let unasked: Result<Vec<CheckResult>, String> = Err("its checks were not asked".to_owned());
        read.instances.extend(nomad.iter().map(|row| {
            let told = heard.get(&row.alloc_id).unwrap_or(&unasked);
            // What has ended has no client that could tell of it.
            let ended = allocs.seen.get(&row.alloc_id).is_some_and(AllocStub::is_terminal);
            services::of_nomad(row, &allocs, (!ended).then_some(told))
        }));
        match consul {
            None => {}
            Some(OfConsul::Entries(all)) => {
                read.instances.extend(all.iter().map(|e| services::of_consul(e, &allocs)));
            }
            Some(OfConsul::Checks(checks, unchecked, tags)) => {
                let mut all = services::of_checks(&checks, &allocs);
                all.extend(unchecked.iter().map(|e| services::of_consul(e, &allocs)));
                for instance in &mut all {
                    instance.tags = tags.get(&instance.service).cloned().unwrap_or_default();
                }
                read.instances.extend(all);
            }
        }
        services::sort(&mut read.instances);
        if read.instances.is_empty() && self.namespace == ALL_NAMESPACES {
            read.unseen = sight::hidden(&self.nomad, &["read-job"]).await;
        }
        Ok(read)
    }

    async fn of_nomad(&self, which: ServiceSelection<'_>) -> Result<Vec<ServiceInstance>> {
        let names = self.nomad.list(&service::list().namespace(&self.namespace)).await?.value;
        let wanted = |name: &str| match which {
            ServiceSelection::Named(wanted) => wanted == name,
            ServiceSelection::All => true,
        };
        let names: Vec<(String, String)> = names
            .into_iter()
            .flat_map(|n| n.services.into_iter().map(move |s| (n.namespace.clone(), s.service_name)))
            .filter(|(_, name)| wanted(name))
            .collect();
        let ask = |(namespace, name): (String, String)| async move {
            self.nomad.list(&service::get(&namespace, &name)).await.map(|reply| reply.value)
        };
        let all: Vec<Vec<ServiceInstance>> =
            stream::iter(names).map(ask).buffered(AT_ONCE).try_collect().await?;
        Ok(all.into_iter().flatten().collect())
    }

    async fn of_consul(&self, which: ServiceSelection<'_>) -> Option<api::Result<OfConsul>> {
        let consul = self.consul.as_ref()?;
        Some(match which {
            ServiceSelection::Named(name) => {
                consul.read(&health::service(name)).await.map(|r| OfConsul::Entries(r.value))
            }
            ServiceSelection::All => whole_catalog(consul).await,
        })
    }

    /// The allocations behind registrations. Nothing is asked where there are none.
    async fn allocs(&self, ids: &BTreeSet<String>) -> Result<Allocs> {
        if ids.is_empty() {
            return Ok(Allocs::default());
        }
        let filter = one_of_few("ID", ids.iter().map(String::as_str));
        let call = allocation::list().namespace(ALL_NAMESPACES).filter(filter.as_deref());
        let take = |mut seen: Vec<AllocStub>, row: AllocStub| {
            if ids.contains(&row.id) {
                seen.push(row);
            }
            seen
        };
        let rows = self.nomad.list(&call).await?.value;
        let rows = rows.into_iter().fold(Vec::new(), take);
        let seen: std::collections::HashMap<String, AllocStub> =
            rows.into_iter().map(|a| (a.id.clone(), a)).collect();
        let blind = if seen.len() < ids.len() { blind(&self.nomad).await } else { None };
        Ok(Allocs { seen, blind })
    }
}

/// Why an allocation that no list shows may be there all the same.
pub(crate) async fn blind(nomad: &Http) -> Option<String> {
    let why = sight::hidden(nomad, &["read-job"]).await?;
    Some(format!("its allocation is gone, or in a namespace that is not seen: {why}"))
}

/// All services of a Consul: what its checks tell, the names with their tags, and the instances of those without any check.
async fn whole_catalog(consul: &Http) -> api::Result<OfConsul> {
    let (state, names) = (health::state("any"), catalog::services());
    let (checks, names) = tokio::try_join!(consul.list(&state), consul.read(&names))?;
    let (checks, names) = (checks.value, names.value);
    let told: BTreeSet<&str> = checks.iter().map(|c| c.service_name.as_str()).collect();
    let silent: Vec<String> = names.keys().filter(|name| !told.contains(name.as_str())).cloned().collect();
    let ask =
        |name: String| async move { consul.read(&health::service(&name)).await.map(|reply| reply.value) };
    let entries: Vec<Vec<ServiceEntry>> =
        stream::iter(silent).map(ask).buffered(AT_ONCE).try_collect().await?;
    Ok(OfConsul::Checks(checks, entries.into_iter().flatten().collect(), names))
}

/// Takes an instance out of its registry. What is to be said of it.
///
/// # Errors
/// The write's own.
pub async fn take_out(
    nomad: &Http,
    consul: Option<&Http>,
    permission: &Permission,
    i: &Instance,
) -> Result<Option<String>> {
    if i.registry == Registry::Nomad {
        let namespace = i.namespace.as_deref().unwrap_or("default");
        let call = service::delete(namespace, &i.service, &i.registration_id);
        let list = service::get(namespace, &i.service);
        let done = async || {
            let there = nomad.list(&list).await?.value.iter().any(|r| r.id == i.registration_id);
            Ok((!there).then_some(()))
        };
        return match settle(nomad, permission, &call, Patience::OPERATION, done).await {
            Ok(_) => Ok(None),
            // Somebody else, or its own client, was quicker.
            Err(e) if e.text.contains("service registration not found") => {
                Ok(Some("it was gone already".to_owned()))
            }
            Err(e) => Err(e.into()),
        };
    }
    let Some(consul) = consul else { return Err(Error::failed("Consul is not known any more")) };
    let node = i.consul_node.as_deref().unwrap_or_default();
    if own_agent(consul, node).await {
        consul.write(permission, &agent::deregister_service(&i.registration_id, &i.service)).await?;
        return Ok(None);
    }
    consul.write(permission, &catalog::deregister(node, &i.registration_id, &i.service)).await?;
    Ok(Some(format!(
        "taken out of the catalog; the agent of node {node}, when it lives, may register it again"
    )))
}

/// Whether the agent that answers is that node's.
async fn own_agent(consul: &Http, node: &str) -> bool {
    consul.read(&agent::self_()).await.is_ok_and(|reply| reply.value.config.node_name == node)
}

async fn checks(
    sources: &Sources,
    ids: &[&String],
) -> BTreeMap<String, std::result::Result<Vec<CheckResult>, String>> {
    let ask = |id: String| async move {
        let told = sources.nomad_checks(&id).await;
        (id, told)
    };
    let ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    stream::iter(ids).map(ask).buffer_unordered(AT_ONCE).collect().await
}

/// The names of all services, for a hint at what may have been meant.
///
/// # Errors
/// Nomad's own.
pub async fn names(nomad: &Http, consul: Option<&Http>, namespace: &str) -> Result<Vec<String>> {
    let own = nomad.list(&service::list().namespace(namespace)).await.map_err(Error::from)?.value;
    let mut names: BTreeSet<String> =
        own.into_iter().flat_map(|n| n.services).map(|s| s.service_name).collect();
    if let Some(consul) = consul
        && let Ok(reply) = consul.with_patience(CONSUL).read(&catalog::services()).await
    {
        names.extend(reply.value.into_keys());
    }
    Ok(names.into_iter().collect())
}
