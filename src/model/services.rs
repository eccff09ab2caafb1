//! Instances of services in Nomad's and Consul's registries, joined with their allocations (`consul-api.md §2`,
//! "Nomad's registrations").

mod summary;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::api::consul::health::{Check, CheckStatus, ServiceEntry, ServiceRegistration};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::service::{CheckResult, ServiceInstance};
use crate::model::check_words;
use crate::model::redaction::Secrets;

pub use summary::{Summary, shown_tags, summaries};

/// Nomad's registry of services, or Consul's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Nomad's own.
    Nomad,
    /// Consul's catalog.
    Consul,
}

impl std::fmt::Display for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Registry::Nomad => "nomad",
            Registry::Consul => "consul",
        })
    }
}

/// How an instance is at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// A check fails, or what it stands for does not run.
    Critical,
    /// A check warns.
    Warning,
    /// Something that decides could not be seen, or has not run yet.
    NotKnown,
    /// All its checks pass; or it has none, and its allocation runs.
    Passing,
}

impl std::fmt::Display for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Health::Critical => "critical",
            Health::Warning => "warning",
            Health::NotKnown => "not known",
            Health::Passing => "passing",
        })
    }
}

/// A check of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// Its name.
    pub check: String,
    /// How it stands.
    pub health: Health,
    /// Whether it is the node's and not the service's own.
    pub of_node: bool,
    /// What it said last, in one line.
    pub output: String,
}

/// An instance of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// The service's name.
    pub service: String,
    /// Where it is registered.
    pub registry: Registry,
    /// Nomad's namespace: of the registration, or of the allocation behind it.
    pub namespace: Option<String>,
    /// The id of the registration.
    pub registration_id: String,
    /// The allocation behind it; none for what Nomad does not run.
    pub alloc_id: Option<String>,
    /// The allocation's job.
    pub job_id: Option<String>,
    /// The allocation's node.
    pub node_id: Option<String>,
    /// That node's name in Nomad.
    pub node_name: Option<String>,
    /// The node's name in Consul.
    pub consul_node: Option<String>,
    /// Its address; empty where the list that was read has none.
    pub address: String,
    /// Its port.
    pub port: i64,
    /// Its tags; written without the secrets in them.
    #[serde(serialize_with = "summary::without_secrets")]
    pub tags: Vec<String>,
    /// How it is.
    pub health: Health,
    /// Why it is not passing, or why that is not known.
    pub reason: Option<String>,
    /// Why nothing stands behind the registration any more; none for a living one.
    pub stale: Option<String>,
    /// Its checks.
    pub checks: Vec<CheckLine>,
}

impl Instance {
    /// `address:port`, as far as it has one.
    #[must_use]
    pub fn endpoint(&self) -> String {
        match (self.address.as_str(), self.port) {
            ("", _) => String::new(),
            (address, 0) => address.to_owned(),
            (address, port) if address.contains(':') => format!("[{address}]:{port}"),
            (address, port) => format!("{address}:{port}"),
        }
    }
}

/// The allocations that stand behind registrations, by their ids, and whether what is missing there is gone.
#[derive(Debug, Default)]
pub struct Allocs {
    /// Those that were seen.
    pub seen: HashMap<String, AllocStub>,
    /// Why those that were not seen may all the same be there; none when every allocation is seen.
    pub blind: Option<String>,
}

/// The allocation behind a registration.
enum BackingAlloc<'a> {
    Nothing,
    Alloc(&'a AllocStub),
    Gone,
    Unseen(String),
}

impl Allocs {
    fn behind(&self, alloc_id: Option<&str>) -> BackingAlloc<'_> {
        let Some(id) = alloc_id else { return BackingAlloc::Nothing };
        match (self.seen.get(id), &self.blind) {
            (Some(alloc), _) => BackingAlloc::Alloc(alloc),
            (None, None) => BackingAlloc::Gone,
            (None, Some(why)) => BackingAlloc::Unseen(why.clone()),
        }
    }
}

/// What a client said of an allocation's checks; none where it was not asked.
pub type ChecksReply<'a> = Option<&'a Result<Vec<CheckResult>, String>>;

/// An instance in Nomad's registry.
#[must_use]
pub fn of_nomad(row: &ServiceInstance, allocs: &Allocs, heard: ChecksReply<'_>) -> Instance {
    let mut instance = Instance {
        service: row.service_name.clone(),
        registry: Registry::Nomad,
        namespace: Some(row.namespace.clone()),
        registration_id: row.id.clone(),
        alloc_id: Some(row.alloc_id.clone()),
        job_id: Some(row.job_id.clone()),
        node_id: Some(row.node_id.clone()),
        node_name: None,
        consul_node: None,
        address: row.address.clone(),
        port: row.port,
        tags: row.tags.clone(),
        health: Health::Passing,
        reason: None,
        stale: None,
        checks: Vec::new(),
    };
    match heard {
        Some(Ok(results)) => {
            let own = results.iter().filter(|c| c.service == row.service_name);
            instance.checks = own.map(nomad_check).collect();
        }
        Some(Err(why)) => (instance.health, instance.reason) = (Health::NotKnown, Some(why.clone())),
        None => {}
    }
    settle(&mut instance, allocs);
    instance
}

fn nomad_check(result: &CheckResult) -> CheckLine {
    let health = match result.status.as_str() {
        "success" => Health::Passing,
        "failure" => Health::Critical,
        _ => Health::NotKnown,
    };
    CheckLine { check: result.check.clone(), health, of_node: false, output: one_line(&result.output) }
}

/// An instance in Consul's catalog, with its checks and its node's.
#[must_use]
pub fn of_consul(entry: &ServiceEntry, allocs: &Allocs) -> Instance {
    let mut instance = Instance {
        service: entry.service.service.clone(),
        registry: Registry::Consul,
        namespace: None,
        registration_id: entry.service.id.clone(),
        alloc_id: entry.service.alloc_id().map(str::to_owned),
        job_id: None,
        node_id: None,
        node_name: None,
        consul_node: Some(entry.node.node.clone()),
        address: if entry.service.address.is_empty() {
            entry.node.address.clone()
        } else {
            entry.service.address.clone()
        },
        port: entry.service.port,
        tags: entry.service.tags.clone(),
        health: Health::Passing,
        reason: None,
        stale: None,
        checks: entry.checks.iter().map(consul_check).collect(),
    };
    settle(&mut instance, allocs);
    instance
}

fn consul_check(check: &Check) -> CheckLine {
    let health = match check.status {
        CheckStatus::Passing => Health::Passing,
        CheckStatus::Warning => Health::Warning,
        CheckStatus::Critical => Health::Critical,
    };
    CheckLine {
        check: if check.name.is_empty() { check.id.clone() } else { check.name.clone() },
        health,
        of_node: check.service_id.is_empty(),
        output: one_line(&check.output),
    }
}

/// The instances that all checks of a Consul tell of, one request for the whole catalog: those without any check are not among
/// them, and none has an address.
#[must_use]
pub fn of_checks(checks: &[Check], allocs: &Allocs) -> Vec<Instance> {
    let mut of_node: BTreeMap<&str, Vec<CheckLine>> = BTreeMap::new();
    let mut by_instance: BTreeMap<(&str, &str), (&Check, Vec<CheckLine>)> = BTreeMap::new();
    for check in checks {
        if check.service_id.is_empty() {
            of_node.entry(&check.node).or_default().push(consul_check(check));
        } else {
            let entry = by_instance.entry((&check.node, &check.service_id)).or_insert((check, Vec::new()));
            entry.1.push(consul_check(check));
        }
    }
    let instance = |((node, id), (first, mut lines)): ((&str, &str), (&Check, Vec<CheckLine>))| {
        lines.extend(of_node.get(node).into_iter().flatten().cloned());
        let mut instance = Instance {
            service: first.service_name.clone(),
            registry: Registry::Consul,
            namespace: None,
            registration_id: id.to_owned(),
            alloc_id: ServiceRegistration::alloc_in(id).map(str::to_owned),
            job_id: None,
            node_id: None,
            node_name: None,
            consul_node: Some(node.to_owned()),
            address: String::new(),
            port: 0,
            tags: Vec::new(),
            health: Health::Passing,
            reason: None,
            stale: None,
            checks: lines,
        };
        settle(&mut instance, allocs);
        instance
    };
    by_instance.into_iter().map(instance).collect()
}

/// Puts in what the allocation says, and judges.
fn settle(instance: &mut Instance, allocs: &Allocs) {
    let worst = instance.checks.iter().min_by_key(|c| c.health);
    if let Some(worst) = worst.filter(|c| c.health < instance.health) {
        let said = match (worst.health, worst.output.as_str()) {
            (Health::NotKnown, _) => " has not run yet".to_owned(),
            (_, "") => String::new(),
            (_, output) => format!(": {}", check_words::said(0, output)),
        };
        let called = check_words::called(&worst.check, "");
        (instance.health, instance.reason) = (worst.health, Some(format!("{called}{said}")));
    }
    match allocs.behind(instance.alloc_id.as_deref()) {
        BackingAlloc::Nothing => {}
        BackingAlloc::Gone => instance.stale = Some("its allocation is gone".to_owned()),
        BackingAlloc::Unseen(why) => {
            if instance.health == Health::Passing {
                (instance.health, instance.reason) = (Health::NotKnown, Some(why));
            }
        }
        BackingAlloc::Alloc(alloc) => of_alloc(instance, alloc),
    }
    if let Some(why) = &instance.stale {
        (instance.health, instance.reason) = (Health::Critical, Some(why.clone()));
    }
}

fn of_alloc(instance: &mut Instance, alloc: &AllocStub) {
    instance.namespace = Some(alloc.namespace.clone());
    instance.job_id = Some(alloc.job_id.clone());
    instance.node_id = Some(alloc.node_id.clone());
    instance.node_name = Some(alloc.node_name.clone());
    let mut worse = |health: Health, why: &str| {
        if health < instance.health {
            (instance.health, instance.reason) = (health, Some(why.to_owned()));
        }
    };
    match (alloc.client_status, alloc.desired_status) {
        (ClientStatus::Lost, _) => {
            instance.stale = Some(format!("its allocation is lost with node {}", alloc.node_name));
        }
        (status, _) if status.is_terminal() => {
            instance.stale = Some(format!("its allocation has ended ({status})"));
        }
        (ClientStatus::Unknown, _) => worse(Health::NotKnown, "its node is disconnected"),
        (_, desired) if desired != DesiredStatus::Run => worse(Health::Warning, "its allocation is stopping"),
        (ClientStatus::Pending, _) => worse(Health::Warning, "its allocation does not run yet"),
        _ => {}
    }
}

/// The first line of what a check said, without the secrets of the address that it asked.
fn one_line(text: &str) -> String {
    const MOST: usize = 200;
    let text = Secrets::default().clean(text);
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    line.chars().take(MOST).collect()
}

/// The worst first, stale ones before them, then by where they are.
pub fn sort(instances: &mut [Instance]) {
    instances.sort_by(|a, b| {
        let key =
            |i: &Instance| (i.stale.is_none(), i.health, i.node_name.clone(), i.registration_id.clone());
        key(a).cmp(&key(b))
    });
}

#[cfg(test)]
mod tests;
