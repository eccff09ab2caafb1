//! Whatever a name is of: the one search of all verbs that take a job, a node, a service, an allocation, an evaluation or a
//! deployment.

use clap::ValueEnum;
use serde::Serialize;

use crate::api::http::{Get, Http};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, job};
use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{IdPrefix, JobKey, short};
use crate::ops::services;

/// What a name may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ObjectKind {
    Job,
    Alloc,
    Node,
    Eval,
    Deployment,
    #[value(skip)]
    Service,
}

/// An object of that name, or whose id begins so.
#[derive(Debug, Clone)]
pub(crate) enum FoundObject {
    Job(JobKey),
    Node(Box<NodeStub>),
    Service(String),
    Alloc(Box<AllocStub>),
    Eval(Box<Evaluation>),
    Deployment(Box<Deployment>),
}

impl FoundObject {
    /// A line that tells it from others.
    fn line(&self) -> String {
        match self {
            FoundObject::Job(j) => format!("job {} (namespace {})", j.id, j.namespace),
            FoundObject::Node(n) => format!("node {} {}", short(&n.id), n.name),
            FoundObject::Service(name) => format!("service {name}"),
            FoundObject::Alloc(a) => format!("allocation {} {} on {}", short(&a.id), a.name, a.node_name),
            FoundObject::Eval(e) => format!("evaluation {} {} by {}", short(&e.id), e.job_id, e.triggered_by),
            FoundObject::Deployment(d) => {
                format!("deployment {} {} version {}", short(&d.id), d.job_id, d.job_version)
            }
        }
    }

    /// Its place among what bears exactly this name, the first first; none where this is but the beginning of its name or id.
    fn whole_name_rank(&self, name: &str) -> Option<u8> {
        match self {
            FoundObject::Job(job) => (job.id == name).then_some(0),
            FoundObject::Node(node) => (node.name == name).then_some(1),
            FoundObject::Service(service) => (service == name).then_some(2),
            FoundObject::Alloc(_) | FoundObject::Eval(_) | FoundObject::Deployment(_) => None,
        }
    }
}

/// The one thing of this name among these kinds; none where nothing is called so.
///
/// A whole name goes before the beginning of another; among whole names a job goes first, then a node, then a service. The name
/// of a job settles it without another request. What the token may not list is not looked at.
///
/// # Errors
/// Ambiguous (2), with candidates; when it cannot be read.
pub(crate) async fn find(app: &App, name: &str, kinds: &[ObjectKind]) -> Result<Option<FoundObject>> {
    let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
    let (mut found, mut unlisted_jobs) = (Vec::new(), false);
    if kinds.contains(&ObjectKind::Job) {
        let jobs = visible(nomad, &job::list().namespace(namespace).prefix(Some(name))).await?;
        unlisted_jobs = jobs.is_none();
        let keys = jobs.into_iter().flatten().map(|j| JobKey::new(j.namespace, j.id));
        found.extend(keys.map(FoundObject::Job));
    }
    if !found.iter().any(|object| object.whole_name_rank(name).is_some()) {
        found.extend(Box::pin(beside_jobs(app, name, kinds)).await?);
    }
    let one = choose(found, name).map_err(|several| {
        let is_that_job = |o: &FoundObject| matches!(o, FoundObject::Job(job) if job.id == name);
        let of_one_name = several.iter().all(is_that_job);
        resolve::ambiguous("thing", name, several.iter().map(FoundObject::line)).hint(if of_one_name {
            resolve::WHICH_NAMESPACE
        } else {
            "write more of it"
        })
    })?;
    if one.is_some() || !unlisted_jobs {
        return Ok(one);
    }
    // Whoever may not list jobs still finds one by its whole id.
    match resolve::job_by_whole_id(nomad, namespace, name, false).await {
        Ok(key) => Ok(Some(FoundObject::Job(key))),
        Err(e) if e.code() == ExitCode::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Nodes and services of that name, and what has an id that begins so, all asked for at once.
async fn beside_jobs(app: &App, name: &str, kinds: &[ObjectKind]) -> Result<Vec<FoundObject>> {
    let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
    let prefix = IdPrefix::parse(name);
    let wants = |kind| kinds.contains(&kind);
    let by_id = |kind| prefix.as_ref().filter(|_| wants(kind));
    let is_node = |n: &NodeStub| n.name == name || prefix.as_ref().is_some_and(|p| p.matches(&n.id));
    let nodes = async {
        if !wants(ObjectKind::Node) {
            return Ok(Vec::new());
        }
        let all = visible(nomad, &node::list()).await?.unwrap_or_default();
        Ok::<_, Error>(all.into_iter().filter(is_node).map(|n| FoundObject::Node(Box::new(n))).collect())
    };
    let services = async {
        if !wants(ObjectKind::Service) {
            return Ok::<_, Error>(Vec::new());
        }
        let names = match services::names(nomad, app.consul()?, namespace).await {
            Err(e) if e.code() == ExitCode::Denied => Vec::new(),
            names => names?,
        };
        Ok(names.into_iter().filter(|s| s.starts_with(name)).map(FoundObject::Service).collect())
    };
    let allocs = async {
        let Some(prefix) = by_id(ObjectKind::Alloc) else { return Ok::<_, Error>(Vec::new()) };
        let call = allocation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
        let all = visible(nomad, &call).await?.unwrap_or_default();
        Ok(all
            .into_iter()
            .filter(|a| prefix.matches(&a.id))
            .map(|a| FoundObject::Alloc(Box::new(a)))
            .collect())
    };
    let evals = async {
        let Some(prefix) = by_id(ObjectKind::Eval) else { return Ok::<_, Error>(Vec::new()) };
        let call = evaluation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
        let all = visible(nomad, &call).await?.unwrap_or_default();
        Ok(all
            .into_iter()
            .filter(|e| prefix.matches(&e.id))
            .map(|e| FoundObject::Eval(Box::new(e)))
            .collect())
    };
    let deployments = async {
        let Some(prefix) = by_id(ObjectKind::Deployment) else { return Ok::<_, Error>(Vec::new()) };
        let call = deployment::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
        let all = visible(nomad, &call).await?.unwrap_or_default();
        let own = all.into_iter().filter(|d| prefix.matches(&d.id));
        Ok(own.map(|d| FoundObject::Deployment(Box::new(d))).collect())
    };
    let (nodes, services, allocs, evals, deployments) =
        tokio::try_join!(nodes, services, allocs, evals, deployments)?;
    Ok([nodes, services, allocs, evals, deployments].concat())
}

/// A list; none where the token may not have it.
async fn visible<T>(nomad: &Http, call: &Get<Vec<T>>) -> Result<Option<Vec<T>>>
where
    T: serde::de::DeserializeOwned + Send + 'static,
{
    match nomad.list(call).await {
        Ok(reply) => Ok(Some(reply.value)),
        Err(e) if e.is_denied() => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The one that is meant, or all that may be.
fn choose(found: Vec<FoundObject>, name: &str) -> Result<Option<FoundObject>, Vec<FoundObject>> {
    let first = found.iter().filter_map(|object| object.whole_name_rank(name)).min();
    let mut meant: Vec<FoundObject> =
        found.into_iter().filter(|o| first.is_none() || o.whole_name_rank(name) == first).collect();
    match meant.len() {
        0 | 1 => Ok(meant.pop()),
        _ => Err(meant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(id: &str) -> FoundObject {
        FoundObject::Job(JobKey::new("default", id))
    }

    fn node(name: &str) -> FoundObject {
        let node = serde_json::json!({"ID": format!("{name}-id"), "Name": name, "Status": "ready",
            "SchedulingEligibility": "eligible", "ModifyIndex": 1});
        FoundObject::Node(Box::new(serde_json::from_value(node).unwrap()))
    }

    fn service(name: &str) -> FoundObject {
        FoundObject::Service(name.to_owned())
    }

    #[test]
    fn a_job_goes_before_a_node_a_node_before_a_service_and_whole_names_before_beginnings() {
        let meant = |found: Vec<FoundObject>, name: &str| match choose(found, name) {
            Ok(one) => one.iter().map(FoundObject::line).collect(),
            Err(several) => several.iter().map(FoundObject::line).collect::<Vec<_>>(),
        };
        let all = || vec![service("web"), node("web"), job("web-2"), job("web")];
        assert_eq!(meant(all(), "web"), ["job web (namespace default)"]);
        assert_eq!(meant(all()[..3].to_vec(), "web"), ["node web-id web"]);
        assert_eq!(meant(vec![job("web-2"), service("web")], "web"), ["service web"]);
        assert_eq!(meant(vec![job("web-2")], "we"), ["job web-2 (namespace default)"]);
        assert_eq!(meant(all(), "we").len(), 4);
        assert_eq!(meant(vec![node("web"), node("web"), service("web")], "web").len(), 2);
        assert!(meant(Vec::new(), "x").is_empty());
    }
}
