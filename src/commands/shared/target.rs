//! The arguments that say which allocation and task is meant, the same in every verb that goes into one.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::{StreamExt as _, stream};

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::Task;
use crate::api::nomad::{ALL_NAMESPACES, one_of, service};
use crate::app::App;
use crate::commands::shared::alloc::diagnosis;
use crate::commands::shared::resolve;
use crate::config::DirectMode;
use crate::error::{Error, Result};
use crate::model::checkout;
use crate::model::ids::{IdPrefix, job_words, short};
use crate::model::selector::Expression;
use crate::model::target::{self, NameReading, Narrowing, Target, TaskChoice};
use crate::model::words;
use crate::ops::exec::{Access, TaskRef};

/// The heading of these flags; one of the struct's own would also hold for the flags after it.
const TARGETS: &str = "Target options";

/// Which of the allocations that fit.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TargetFlags {
    /// The task [default: the leader, else the first main task].
    #[arg(help_heading = TARGETS, long, value_name = "TASK", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::tasks))]
    pub task: Option<String>,

    /// Only on this node, by name or the beginning of its id.
    #[arg(help_heading = TARGETS, long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::nodes))]
    pub node: Option<String>,

    /// Only canaries that wait for promotion.
    #[arg(help_heading = TARGETS, long)]
    pub canary: bool,

    /// Only this version of the job.
    #[arg(help_heading = TARGETS, long, value_name = "N")]
    pub version: Option<u64>,

    /// The route to what is in the task.
    #[command(flatten)]
    pub route: RouteFlags,
}

/// The route to what is in a task: through the servers, or straight to its node.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RouteFlags {
    /// Connect straight to the node, not through the servers: auto when it answers at once, always (with a warning when it does
    /// not), or never; by default what `direct` of the context says, else auto.
    #[arg(help_heading = TARGETS, long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always")]
    pub direct: Option<DirectMode>,
}

impl RouteFlags {
    /// What was asked for, else what the context says.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn mode(&self, app: &App) -> Result<DirectMode> {
        Ok(self.direct.map_or(app.settings()?.nomad.direct.value, |asked| asked))
    }
}

impl TargetFlags {
    fn narrowing(&self) -> Narrowing {
        Narrowing { node: self.node.clone(), canary: self.canary, version: self.version }
    }
}

/// What an allocation must be for a verb to accept it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocRequirement {
    /// A running allocation only.
    Running,
    /// Running ones or, where none runs, ended ones: their logs still exist.
    RunningFirst,
    /// Any, running or not: files of ended allocations still exist.
    Any,
}

/// A task of an allocation.
#[derive(Debug, Clone)]
pub struct TaskPlace {
    /// The client to use for it: of the servers, or with --direct of the node itself.
    pub nomad: Http,
    /// The allocation.
    pub alloc: AllocStub,
    /// The task.
    pub task: String,
    /// The driver that runs it.
    pub driver: String,
    /// All tasks of the allocation, in the order of the job.
    pub tasks: Vec<String>,
}

impl TaskPlace {
    /// Where commands run in it.
    #[must_use]
    pub fn task_ref(&self) -> TaskRef {
        TaskRef { alloc_id: self.alloc.id.clone(), task: self.task.clone(), driver: self.driver.clone() }
    }

    /// Access for a verb that itself is the decision to run something in the task.
    #[must_use]
    pub fn access(&self, app: &App) -> Access {
        Access { http: self.nomad.clone(), permission: app.explicit(), task_ref: self.task_ref() }
    }

    /// How messages call it: `1a2b3c4d/task`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}/{}", short(&self.alloc.id), self.task)
    }
}

/// The one task that the target means. Where several allocations match, the user chooses on a terminal; elsewhere a rule does, and
/// the choice is printed.
///
/// # Errors
/// Not found (3), ambiguous (2), or nothing that runs (1), with what happened to it.
pub async fn one(app: &App, text: &str, flags: &TargetFlags, want: AllocRequirement) -> Result<TaskPlace> {
    let mut found = fitting(app, text, flags, want).await?;
    let chosen = if found.len() > 1 { choose(app, text, &found).await? } else { 0 };
    let mut places = places(app, vec![found.swap_remove(chosen)], flags).await?;
    places.pop().ok_or_else(|| Error::not_found(format!("{text:?} has no tasks")))
}

/// Every place that fits and runs, the best first; and the allocations that should run, and of which it is not known that they do:
/// those are not reached.
///
/// # Errors
/// As [`one`].
pub async fn all(app: &App, text: &str, flags: &TargetFlags) -> Result<(Vec<TaskPlace>, Vec<AllocStub>)> {
    let TargetMatches { fitting, unreached } = find(app, text, flags, AllocRequirement::Running).await?;
    Ok((places(app, fitting, flags).await?, unreached))
}

/// The allocations and tasks that fit what was typed.
#[derive(Debug)]
pub struct TargetMatches {
    /// At least one, the best first.
    pub fitting: Vec<AllocStub>,
    /// Those that were left out though they are not known to have ended: on nodes that are not heard of, or about to start.
    pub unreached: Vec<AllocStub>,
}

/// Why an allocation is not reached, in words.
#[must_use]
pub fn why_unreached(alloc: &AllocStub) -> String {
    match alloc.client_status {
        ClientStatus::Unknown => format!("unknown: nothing is heard of its node {}", alloc.node_name),
        other => format!("{other}: it does not run yet"),
    }
}

/// Chooses one of the matching allocations, sorted best first: by asking on a terminal, else the best one.
///
/// # Errors
/// When the choice was cancelled.
pub async fn choose(app: &App, text: &str, found: &[AllocStub]) -> Result<usize> {
    let best = &found[0];
    if !app.printer.may_ask() {
        app.printer.note(&format!(
            "{text} has {}; {}",
            words::count(found.len(), "allocation"),
            target::because(best)
        ));
        return Ok(0);
    }
    let line = |a: &AllocStub| {
        let health = match a.healthy() {
            Some(true) => ", healthy",
            Some(false) => ", unhealthy",
            None => "",
        };
        format!(
            "{} {} version {} on {} ({}{health})",
            short(&a.id),
            a.name,
            a.job_version,
            a.node_name,
            a.client_status
        )
    };
    app.printer.choose(format!("Which allocation of {text}?"), found.iter().map(line).collect()).await
}

/// The matching allocations, at least one, the best first.
///
/// # Errors
/// As [`one`].
pub async fn fitting(
    app: &App,
    text: &str,
    flags: &TargetFlags,
    want: AllocRequirement,
) -> Result<Vec<AllocStub>> {
    Ok(find(app, text, flags, want).await?.fitting)
}

/// The allocations that fit, and those that would if they ran.
///
/// # Errors
/// As [`one`].
pub async fn find(
    app: &App,
    text: &str,
    flags: &TargetFlags,
    want: AllocRequirement,
) -> Result<TargetMatches> {
    let target = Target::parse(text).map_err(Error::usage)?;
    let nomad = app.nomad()?;
    let found = match &target {
        Target::Here => named(app, &here().await?).await?,
        Target::Service(name) => of_service(app, name).await?,
        Target::Named(name) => named(app, name).await?,
    };
    one_namespace(text, &found)?;
    let narrowing = flags.narrowing();
    let (mut kept, left): (Vec<_>, Vec<_>) = found.into_iter().partition(|a| narrowing.keeps(a));
    target::order(&mut kept);
    if kept.is_empty() {
        let lines = left.iter().take(5).map(|a| {
            format!(
                "{} {} version {} on {}, {}",
                short(&a.id),
                a.name,
                a.job_version,
                a.node_name,
                a.client_status
            )
        });
        let error = Error::not_found(format!(
            "no allocation of {text:?} is on that node, of that version or a canary"
        ));
        return Err(lines.fold(error, Error::because));
    }
    let running = |a: &AllocStub| a.client_status == ClientStatus::Running;
    let mut unreached = Vec::new();
    if want == AllocRequirement::Running
        || (want == AllocRequirement::RunningFirst && kept.iter().any(running))
    {
        let (alive, dead): (Vec<_>, Vec<_>) = kept.into_iter().partition(running);
        if alive.is_empty() {
            return Err(nothing_runs(app, nomad, text, &dead).await);
        }
        kept = alive;
        unreached = dead;
        unreached.retain(|a| !a.client_status.is_terminal());
    }
    Ok(TargetMatches { fitting: kept, unreached })
}

/// The error when all matching allocations have ended: what happened to the newest, and what runs instead.
async fn nothing_runs(app: &App, nomad: &Http, text: &str, dead: &[AllocStub]) -> Error {
    let last = &dead[0];
    let error = if dead.len() == 1 {
        Error::failed(format!("allocation {} ({}) is {}", short(&last.id), last.name, last.client_status))
    } else {
        Error::failed(format!("none of the {} of {text} is running", words::count(dead.len(), "allocation")))
            .because(format!("the newest is {} ({}), {}", short(&last.id), last.name, last.client_status))
    };
    let Ok(full) = nomad.read(&allocation::get(&last.id)).await else { return error };
    let (reasons, _) = diagnosis(nomad, &full.value, app.clock().now()).await;
    let error = reasons.into_iter().fold(error, Error::because);
    let filter = format!("Name == {}", crate::api::nomad::quoted(&last.name));
    let call = allocation::list().namespace(&last.namespace).filter(Some(&filter));
    let mut same = nomad.list(&call).await.map(|r| r.value).unwrap_or_default();
    same.retain(target::runs);
    target::order(&mut same);
    match same.first() {
        Some(now) => error.hint(format!("{} is now {} on {}", now.name, short(&now.id), now.node_name)),
        None => error.hint(format!(
            "fleet job show {} shows the state of the job",
            job_words(&last.namespace, &last.job_id)
        )),
    }
}

fn one_namespace(text: &str, found: &[AllocStub]) -> Result<()> {
    let mut spaces: Vec<&str> = found.iter().map(|a| a.namespace.as_str()).collect();
    spaces.sort_unstable();
    spaces.dedup();
    if spaces.len() < 2 || text.contains(['*', '?']) {
        return Ok(());
    }
    let lines = spaces.iter().map(|n| format!("namespace {n}"));
    Err(resolve::ambiguous("namespace", text, lines).hint("choose one with --namespace"))
}

/// Allocations by the beginning of an id, or by job, group and index.
async fn named(app: &App, text: &str) -> Result<Vec<AllocStub>> {
    // What was copied from a list is an id; a short hexadecimal word may well be a job.
    let prefix = IdPrefix::parse(text);
    if let Some(prefix) = prefix.as_ref().filter(|_| text.len() >= 8) {
        let found = by_prefix(app, prefix).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let readings = target::readings(text);
    let found = of_jobs(app, &readings).await?;
    if let Some(reading) = readings.iter().find(|r| found.iter().any(|a| r.fits(a))) {
        return Ok(found.into_iter().filter(|a| reading.fits(a)).collect());
    }
    if let Some(prefix) = prefix.filter(|_| text.len() < 8) {
        let ids = by_prefix(app, &prefix).await?;
        if !ids.is_empty() {
            return Ok(ids);
        }
    }
    Err(nobody(app, text, &readings, &found).await)
}

async fn by_prefix(app: &App, prefix: &IdPrefix) -> Result<Vec<AllocStub>> {
    let call = allocation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
    let mut found = app.nomad()?.list(&call).await?.value;
    found.retain(|a| prefix.matches(&a.id));
    if found.len() > 1 {
        let lines = found
            .iter()
            .map(|a| format!("{} {} on {}, {}", short(&a.id), a.name, a.node_name, a.client_status));
        return Err(resolve::ambiguous("allocation", &prefix.to_string(), lines));
    }
    Ok(found)
}

async fn of_jobs(app: &App, readings: &[NameReading]) -> Result<Vec<AllocStub>> {
    let jobs: Vec<String> = readings.iter().map(|r| r.job.clone()).collect();
    let filter = Expression::default().one_of("JobID", &jobs).text();
    let call = allocation::list().namespace(app.list_namespace()?).filter(filter.as_deref());
    Ok(app.nomad()?.list(&call).await?.value)
}

/// The error for a name without allocations: no such group or index, no allocations, or no such job.
async fn nobody(app: &App, text: &str, readings: &[NameReading], found: &[AllocStub]) -> Error {
    let near = readings.iter().find(|r| found.iter().any(|a| r.is_of(&a.job_id)));
    if let Some(reading) = near {
        let mut groups: Vec<&str> =
            found.iter().filter(|a| reading.is_of(&a.job_id)).map(|a| &*a.task_group).collect();
        groups.sort_unstable();
        groups.dedup();
        return Error::not_found(format!("job {} has no allocation {text:?}", reading.job))
            .hint(format!("its groups with allocations: {}", groups.join(", ")));
    }
    let lookup = async {
        let job = resolve::job(app.nomad()?, app.list_namespace()?, text).await?;
        Err::<(), _>(
            Error::not_found(format!("job {} has no allocations", job.id))
                .hint(format!("fleet job show {} says why", job_words(&job.namespace, &job.id))),
        )
    };
    match lookup.await {
        Err(error) => error,
        Ok(()) => Error::not_found(format!("no such job or allocation: {text}")),
    }
}

async fn of_service(app: &App, name: &str) -> Result<Vec<AllocStub>> {
    let nomad = app.nomad()?;
    let namespace = match app.list_namespace()? {
        ALL_NAMESPACES => "default",
        named => named,
    };
    let own = nomad.read(&service::get(namespace, name)).await?.value;
    let mut ids: Vec<String> = own.into_iter().map(|i| i.alloc_id).collect();
    if ids.is_empty()
        && let Some(consul) = app.consul()?
    {
        let entries = consul.read(&crate::api::consul::health::service(name)).await?.value;
        ids.extend(entries.iter().filter_map(|e| alloc_in(&e.service.id)).map(str::to_owned));
    }
    if ids.is_empty() {
        return Err(Error::not_found(format!("no allocation provides a service {name:?}")));
    }
    let filter = one_of("ID", ids.iter().map(String::as_str));
    let call = allocation::list().namespace(ALL_NAMESPACES).filter(Some(&filter));
    Ok(nomad.list(&call).await?.value)
}

/// The allocation's id in a registration that Nomad made: `_nomad-task-<id>-…`.
fn alloc_in(registration: &str) -> Option<&str> {
    let rest =
        registration.strip_prefix("_nomad-task-").or_else(|| registration.strip_prefix("_nomad-group-"))?;
    let id = rest.get(..36)?;
    IdPrefix::parse(id).is_some_and(|p| p.is_whole()).then_some(id)
}

/// The job of the git checkout around the working directory.
///
/// # Errors
/// When there is none, or its remote has no name a job could have.
pub async fn here() -> Result<String> {
    let remote = git(&["config", "--get", "remote.origin.url"]).await?;
    let branch = git(&["rev-parse", "--abbrev-ref", "HEAD"]).await?;
    checkout::job_of(&remote, &branch)
        .map_err(|why| Error::usage("cannot tell the job of this checkout").because(why))
}

async fn git(args: &[&str]) -> Result<String> {
    let refused =
        |why: String| Error::usage("`.` means the job of this git checkout, but there is none").because(why);
    let output = tokio::process::Command::new("git")
        .args(args)
        .current_dir(Path::new("."))
        .output()
        .await
        .map_err(|e| refused(format!("git: {e}")))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(refused(if words.is_empty() {
            match args {
                ["config", ..] => "this checkout has no remote \"origin\"".to_owned(),
                _ => format!("git {} printed nothing", args.join(" ")),
            }
        } else {
            words
        }));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The task of each allocation, read once for each version of a group.
///
/// # Errors
/// Not found (3) when it has no such task.
pub async fn places(app: &App, found: Vec<AllocStub>, flags: &TargetFlags) -> Result<Vec<TaskPlace>> {
    let meant = |alloc: &AllocStub, tasks: &[Task]| {
        let (name, driver) = task(app, alloc, tasks, flags.task.as_deref())?;
        Ok(Some((name, driver)))
    };
    places_by(app, found, flags, meant).await
}

/// The places of allocations, in the task that `meant` tells of each by its name and driver; those of which it tells none are
/// left out.
///
/// # Errors
/// Whatever `meant` fails with; API errors.
pub async fn places_by(
    app: &App,
    found: Vec<AllocStub>,
    flags: &TargetFlags,
    mut meant: impl FnMut(&AllocStub, &[Task]) -> Result<Option<(String, String)>>,
) -> Result<Vec<TaskPlace>> {
    // Whether the nodes can be reached is found out while the tasks are read.
    let (routes, tasks) = tokio::join!(routes(app, &found, &flags.route), tasks_of(app, &found));
    let (routes, tasks) = (routes?, tasks?);
    let mut places = Vec::with_capacity(found.len());
    for (alloc, tasks) in found.into_iter().zip(tasks) {
        let Some((task, driver)) = meant(&alloc, &tasks)? else { continue };
        let tasks = tasks.into_iter().map(|t| t.name).collect();
        let nomad = routes.get(&alloc.node_id).unwrap_or(app.nomad()?).clone();
        places.push(TaskPlace { nomad, alloc, task, driver, tasks });
    }
    Ok(places)
}

/// The tasks of each allocation, read once for each version of a group.
async fn tasks_of(app: &App, found: &[AllocStub]) -> Result<Vec<Vec<Task>>> {
    let mut known: BTreeMap<(&str, &str, u64, &str), Vec<Task>> = BTreeMap::new();
    let mut all = Vec::with_capacity(found.len());
    for alloc in found {
        let key =
            (alloc.namespace.as_str(), alloc.job_id.as_str(), alloc.job_version, alloc.task_group.as_str());
        let tasks = match known.get(&key) {
            Some(tasks) => tasks.clone(),
            None => {
                let full = app.nomad()?.read(&allocation::get(&alloc.id)).await?.value;
                known.entry(key).or_insert(target::tasks(&full).to_vec()).clone()
            }
        };
        all.push(tasks);
    }
    Ok(all)
}

/// So many nodes are tried where nobody asked for it: each costs a request to the servers too.
const MOST_TRIED: usize = 16;
/// How many of them are tried at a time.
const TRIED_AT_ONCE: usize = 8;

/// Who is asked for what is in allocations, by the id of their node: its own agent, where that can be reached. For those that are
/// not told of, the servers.
///
/// # Errors
/// When the settings are no good.
pub async fn routes(app: &App, allocs: &[AllocStub], flags: &RouteFlags) -> Result<BTreeMap<String, Http>> {
    let mode = flags.mode(app)?;
    let nodes: BTreeMap<&str, &str> =
        allocs.iter().map(|a| (a.node_id.as_str(), a.node_name.as_str())).collect();
    if mode == DirectMode::Never || (mode == DirectMode::Auto && nodes.len() > MOST_TRIED) {
        return Ok(BTreeMap::new());
    }
    let servers = app.nomad()?;
    let tried = stream::iter(nodes)
        .map(async |(id, name)| (id, name, app.routes.to(servers, id, mode).await))
        .buffer_unordered(TRIED_AT_ONCE);
    let tried: Vec<_> = tried.collect().await;
    let mut routes = BTreeMap::new();
    for (id, name, route) in tried {
        match route {
            Ok(node) => {
                tracing::info!(target: "fleet::target", "straight to {name} at {}", node.address());
                routes.insert(id.to_owned(), node);
            }
            Err(why) => {
                let words = format!("cannot connect straight to {name}, going through the servers: {why}");
                if mode == DirectMode::Always {
                    app.printer.warn(&words);
                } else {
                    tracing::info!(target: "fleet::target", "{words}");
                }
            }
        }
    }
    Ok(routes)
}

fn task(app: &App, alloc: &AllocStub, tasks: &[Task], named: Option<&str>) -> Result<(String, String)> {
    let names = || tasks.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = named {
        let found = tasks.iter().find(|t| t.name == name).ok_or_else(|| {
            Error::not_found(format!("allocation {} has no task {name:?}", short(&alloc.id)))
                .hint(format!("its tasks: {}", names()))
        })?;
        return Ok((found.name.clone(), found.driver.clone()));
    }
    let (found, why) = target::main_task(tasks)
        .ok_or_else(|| Error::not_found(format!("allocation {} has no tasks", short(&alloc.id))))?;
    if why == TaskChoice::FirstMain {
        let others: Vec<&str> =
            tasks.iter().map(|t| t.name.as_str()).filter(|name| *name != found.name).collect();
        app.printer.note(&format!("using task {} (also: {}); --task chooses", found.name, others.join(", ")));
    }
    Ok((found.name.clone(), found.driver.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registrations_name_their_allocation() {
        let id = "c783f447-8011-8bb4-af07-9ae8eb83dde7";
        assert_eq!(alloc_in(&format!("_nomad-task-{id}-group-g-web-http")), Some(id));
        assert_eq!(alloc_in("web-1"), None);
        assert_eq!(alloc_in("_nomad-task-short"), None);
    }
}
