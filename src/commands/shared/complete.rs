//! Names of nodes, jobs, allocations and contexts for the shell's completion: quick, and silent when anything is wrong.

use std::ffi::OsStr;
use std::time::Duration;

use clap_complete::CompletionCandidate;
use serde::de::DeserializeOwned;

use crate::api::http::{Get, Http, Patience};
use crate::api::nomad::{
    ALL_NAMESPACES, agent, allocation, deployment, evaluation, job, namespace, node, node_pool, service,
};
use crate::config::{ConnectionFlags, ContextFile, Environment, Settings, TokenSource};
use crate::model::ids::IdPrefix;

/// Longest time a completion may take.
const WITHIN: Duration = Duration::from_millis(300);

/// Names of contexts.
#[must_use]
pub fn contexts(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let Ok(file) = ContextFile::load(&Environment::of_process()) else { return Vec::new() };
    let names = file.iter().filter(|(name, _)| name.starts_with(typed.as_ref()));
    names
        .map(|(name, c)| CompletionCandidate::new(name).help(c.description.clone().map(Into::into)))
        .collect()
}

/// Names of nodes.
#[must_use]
pub fn nodes(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let nodes = nomad.list(&node::list()).await.ok()?.value;
        let fitting = nodes.into_iter().filter(|n| n.name.starts_with(typed));
        Some(fitting.map(|n| CompletionCandidate::new(n.name).help(Some(n.node_class.into()))).collect())
    })
}

/// Ids of jobs.
#[must_use]
pub fn jobs(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let jobs = nomad.list(&job::list().namespace(ALL_NAMESPACES).prefix(Some(typed))).await.ok()?.value;
        Some(
            jobs.into_iter()
                .map(|j| CompletionCandidate::new(j.id).help(Some(j.job_type.name().into())))
                .collect(),
        )
    })
}

/// Names of services in Nomad's registry.
#[must_use]
pub fn services(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let all = nomad.list(&service::list().namespace(ALL_NAMESPACES)).await.ok()?.value;
        let names = all.into_iter().flat_map(|n| n.services).map(|s| s.service_name);
        Some(names.filter(|name| name.starts_with(typed)).map(CompletionCandidate::new).collect())
    })
}

/// Names of namespaces.
#[must_use]
pub fn namespaces(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let all = nomad.list(&namespace::list()).await.ok()?.value;
        let fitting = all.into_iter().filter(|n| n.name.starts_with(typed));
        Some(fitting.map(|n| CompletionCandidate::new(n.name).help(Some(n.description.into()))).collect())
    })
}

/// Names of node pools.
#[must_use]
pub fn pools(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let all = nomad.list(&node_pool::list()).await.ok()?.value;
        let fitting = all.into_iter().filter(|p| p.name.starts_with(typed));
        Some(fitting.map(|p| CompletionCandidate::new(p.name).help(Some(p.description.into()))).collect())
    })
}

/// Names of servers.
#[must_use]
pub fn servers(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let all = nomad.read(&agent::members()).await.ok()?.value.members;
        let fitting = all.into_iter().filter(|m| m.name.starts_with(typed));
        Some(fitting.map(|m| CompletionCandidate::new(m.name).help(Some(m.status.into()))).collect())
    })
}

/// Targets of exec and its kind: jobs, and allocations once the beginning of an id is typed.
#[must_use]
pub fn targets(typed: &OsStr) -> Vec<CompletionCandidate> {
    let is_id = typed.to_str().and_then(IdPrefix::parse).is_some();
    let mut found = jobs(typed);
    if is_id {
        found.extend(allocs(typed));
    }
    found
}

/// Ids of allocations.
#[must_use]
pub fn allocs(typed: &OsStr) -> Vec<CompletionCandidate> {
    ids(typed, &allocation::list(), |a| (a.id, a.name))
}

/// Ids of deployments.
#[must_use]
pub fn deployments(typed: &OsStr) -> Vec<CompletionCandidate> {
    ids(typed, &deployment::list(), |d| {
        (d.id, format!("{} version {}, {}", d.job_id, d.job_version, d.status))
    })
}

/// Ids of evaluations.
#[must_use]
pub fn evals(typed: &OsStr) -> Vec<CompletionCandidate> {
    ids(typed, &evaluation::list(), |e| (e.id, format!("{} by {}, {}", e.job_id, e.triggered_by, e.status)))
}

/// Ids that begin with what was typed, each with a description. Only the newest 200 are read.
fn ids<T: DeserializeOwned + Send + 'static>(
    typed: &OsStr,
    list: &Get<Vec<T>>,
    say: fn(T) -> (String, String),
) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let prefix = IdPrefix::parse(typed);
        let server = prefix.as_ref().and_then(IdPrefix::for_server);
        let call = list.clone().namespace(ALL_NAMESPACES).prefix(server);
        let found = nomad.list(&call.query("per_page", "200").query("reverse", "true")).await.ok()?.value;
        let said = found.into_iter().map(say);
        let fitting = said.filter(|(id, _)| prefix.as_ref().is_none_or(|p| p.matches(id)));
        Some(fitting.map(|(id, help)| CompletionCandidate::new(id).help(Some(help.into()))).collect())
    })
}

/// Asks the cluster that the flags typed so far select, within the time limit.
fn ask(
    typed: &OsStr,
    question: impl AsyncFnOnce(&Http, &str) -> Option<Vec<CompletionCandidate>>,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let candidates = || {
        let env = Environment::of_process();
        let settings = Settings::resolve(&flags_so_far(), &env, &ContextFile::load(&env).ok()?).ok()?;
        // A command may ask for a passphrase: not while somebody is typing.
        if matches!(&settings.nomad.token, Some(t) if matches!(t.value, TokenSource::Command(_))) {
            return None;
        }
        let nomad = Http::new(settings.nomad.endpoint().ok()?).with_patience(Patience::NONE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let found = runtime.block_on(async { tokio::time::timeout(WITHIN, question(&nomad, &typed)).await });
        runtime.shutdown_background();
        found.ok()?
    };
    candidates().unwrap_or_default()
}

/// The flags that choose a cluster, from the words typed so far.
fn flags_so_far() -> ConnectionFlags {
    let words: Vec<String> = std::env::args_os().map(|w| w.to_string_lossy().into_owned()).collect();
    let value = |flag: &str| {
        let equals = format!("{flag}=");
        let attached = words.iter().find_map(|w| w.strip_prefix(&equals).map(str::to_owned));
        attached.or_else(|| words.iter().position(|w| w == flag).and_then(|i| words.get(i + 1).cloned()))
    };
    ConnectionFlags {
        context: value("--context"),
        address: value("--address"),
        region: value("--region"),
        token_file: value("--token-file").map(Into::into),
        ca_cert: value("--ca-cert").map(Into::into),
        ..ConnectionFlags::default()
    }
}
