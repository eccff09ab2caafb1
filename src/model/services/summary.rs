//! Services as their instances add up to them, and what of their tags may be shown.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::{Health, Instance, Registry};
use crate::model::redaction::Secrets;

/// Tags as they may be shown: a proxy's tags may hold the users of basic authentication and their passwords.
#[must_use]
pub fn shown_tags<'a>(tags: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let secrets = Secrets::default();
    tags.into_iter().map(|tag| secrets.clean(tag)).collect()
}

pub(super) fn without_secrets<S: Serializer>(tags: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    shown_tags(tags).serialize(serializer)
}

/// A service: what its instances in one registry and namespace add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub service: String,
    /// Where it is registered.
    pub registry: Registry,
    /// The namespaces of its instances; none where nothing tells.
    pub namespaces: Vec<String>,
    /// How many there are.
    pub instances: u64,
    /// How many pass.
    pub passing: u64,
    /// How many warn or are critical, stale ones left out.
    pub failing: u64,
    /// Of how many it is not known.
    pub not_known: u64,
    /// Behind how many stands nothing any more.
    pub stale: u64,
    /// The jobs behind them.
    pub job_ids: Vec<String>,
    /// All their tags; written without the secrets in them.
    #[serde(serialize_with = "without_secrets")]
    pub tags: Vec<String>,
}

/// Sums up instances: one row for each service of a registry, and in Nomad's for each namespace, by name.
#[must_use]
pub fn summaries(instances: &[Instance]) -> Vec<Summary> {
    let mut groups: BTreeMap<(&str, Registry, &str), Vec<&Instance>> = BTreeMap::new();
    for instance in instances {
        // Consul's names hold for all of Nomad's namespaces.
        let namespace = match instance.registry {
            Registry::Nomad => instance.namespace.as_deref().unwrap_or_default(),
            Registry::Consul => "",
        };
        groups.entry((&instance.service, instance.registry, namespace)).or_default().push(instance);
    }
    let summary = |((service, registry, _), all): ((&str, Registry, &str), Vec<&Instance>)| {
        let living =
            |h: fn(Health) -> bool| all.iter().filter(|i| i.stale.is_none() && h(i.health)).count() as u64;
        let texts = |of: &dyn Fn(&Instance) -> Vec<String>| {
            all.iter().flat_map(|i| of(i)).collect::<BTreeSet<String>>().into_iter().collect()
        };
        Summary {
            service: service.to_owned(),
            registry,
            namespaces: texts(&|i| i.namespace.iter().cloned().collect()),
            instances: all.len() as u64,
            passing: living(|h| h == Health::Passing),
            failing: living(|h| matches!(h, Health::Critical | Health::Warning)),
            not_known: living(|h| h == Health::NotKnown),
            stale: all.iter().filter(|i| i.stale.is_some()).count() as u64,
            job_ids: texts(&|i| i.job_id.iter().cloned().collect()),
            tags: texts(&|i| i.tags.clone()),
        }
    };
    groups.into_iter().map(summary).collect()
}
