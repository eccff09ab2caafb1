//! Names of nodes, jobs, allocations and contexts for the shell's completion: quick, and silent when anything is wrong.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::time::Duration;

use clap_complete::CompletionCandidate;
use serde::de::DeserializeOwned;

use crate::api::http::{Get, Http, Patience};
use crate::api::nomad::{
    ALL_NAMESPACES, agent, allocation, deployment, evaluation, fs, job, namespace, node, node_pool, service,
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

/// Words that a table has.
#[must_use]
pub fn words<T>(table: &'static [(&'static str, T)]) -> Vec<CompletionCandidate> {
    table.iter().map(|(word, _)| CompletionCandidate::new(*word)).collect()
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
    if let Some((job, group)) = typed.to_str().and_then(|typed| typed.rsplit_once('/')) {
        found.extend(ask(OsStr::new(job), async |nomad, job| {
            let groups = nomad.read(&job::get(&namespace_so_far(), job)).await.ok()?.value.task_groups;
            let fitting = groups.into_iter().filter(|g| g.name.starts_with(group));
            Some(fitting.map(|g| CompletionCandidate::new(format!("{job}/{}", g.name))).collect())
        }));
    }
    if is_id {
        found.extend(allocs(typed));
    }
    found
}

/// Sources and destinations of a copy: local files are the shell's; a target goes on with a colon.
#[must_use]
pub fn copy_paths(typed: &OsStr) -> Vec<CompletionCandidate> {
    let text = typed.to_string_lossy();
    let Some((target, path)) = text.rsplit_once(':').filter(|(target, _)| !target.contains('.')) else {
        let found = clap_complete::engine::PathCompleter::any();
        let mut found = clap_complete::engine::ValueCompleter::complete(&found, typed);
        // Nothing is asked before it is plain that no file is meant.
        if !text.is_empty() && !text.starts_with(['.', '/', '~']) {
            found.extend(targets(typed).into_iter().map(|c| {
                let mut target = c.get_value().to_owned();
                target.push(":");
                CompletionCandidate::new(target)
            }));
        }
        return found;
    };
    let (folder, begun) = path.rsplit_once('/').map_or(("", path), |(folder, begun)| (folder, begun));
    ask(OsStr::new(target), async |nomad, target| {
        let job = target.split(['/', '[']).next().unwrap_or_default();
        let all = nomad.list(&allocation::of_job(&namespace_so_far(), job)).await.ok()?.value;
        let runs = |a: &&allocation::AllocStub| a.client_status == allocation::ClientStatus::Running;
        let newest = all.iter().filter(runs).max_by_key(|a| a.create_index)?;
        let task = newest.task_states.keys().next()?;
        let top = if folder.split('/').next() == Some("alloc") { String::new() } else { format!("{task}/") };
        let call = fs::ls(&newest.id, &format!("/{top}{folder}")).namespace(&newest.namespace);
        let listed = nomad.read(&call).await.ok()?.value.unwrap_or_default();
        let place = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let fitting = listed.into_iter().filter(|file| file.name.starts_with(begun));
        let said = fitting.map(|file| {
            let end = if file.is_dir { "/" } else { "" };
            CompletionCandidate::new(format!("{target}:{place}{}{end}", file.name))
        });
        Some(said.collect())
    })
}

/// Tasks of the job that was typed.
#[must_use]
pub fn tasks(typed: &OsStr) -> Vec<CompletionCandidate> {
    of_typed_job(typed, |job| {
        let tasks = job.task_groups.iter().flat_map(|group| &group.tasks);
        tasks.map(|task| task.name.clone()).collect()
    })
}

/// Groups of the job that was typed.
#[must_use]
pub fn groups(typed: &OsStr) -> Vec<CompletionCandidate> {
    of_typed_job(typed, |job| job.task_groups.iter().map(|group| group.name.clone()).collect())
}

/// Names that the job has which stands among the words typed so far.
fn of_typed_job(typed: &OsStr, names: fn(&job::Job) -> BTreeSet<String>) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let words: Vec<String> = std::env::args_os().map(|w| w.to_string_lossy().into_owned()).collect();
        // The first words are the program, those of the shell's own and the verb.
        let named = words.iter().skip(2).filter(|w| !w.is_empty() && !w.starts_with('-') && *w != typed);
        for word in named.map(|word| word.split(['/', '[', ':']).next().unwrap_or_default()) {
            if let Ok(job) = nomad.read(&job::get(&namespace_so_far(), word)).await {
                let fitting = names(&job.value).into_iter().filter(|name| name.starts_with(typed));
                return Some(fitting.map(CompletionCandidate::new).collect());
            }
        }
        None
    })
}

/// Classes of nodes.
#[must_use]
pub fn classes(typed: &OsStr) -> Vec<CompletionCandidate> {
    ask(typed, async |nomad, typed| {
        let nodes = nomad.list(&node::list()).await.ok()?.value;
        let classes: BTreeSet<String> = nodes.into_iter().map(|n| n.node_class).collect();
        let fitting = classes.into_iter().filter(|class| !class.is_empty() && class.starts_with(typed));
        Some(fitting.map(CompletionCandidate::new).collect())
    })
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

/// The namespace that the words typed so far name, else the usual one.
fn namespace_so_far() -> String {
    let env = Environment::of_process();
    let named = flags_so_far().namespace.or_else(|| env.get("NOMAD_NAMESPACE").map(str::to_owned));
    named.unwrap_or_else(|| "default".to_owned())
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
        namespace: value("--namespace").or_else(|| value("-n")),
        token_file: value("--token-file").map(Into::into),
        ca_cert: value("--ca-cert").map(Into::into),
        ..ConnectionFlags::default()
    }
}
