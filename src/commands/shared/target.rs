//! The arguments that say which allocation and task is meant, the same in every verb that goes into one.

use std::collections::BTreeMap;
use std::path::Path;

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::job::Task;
use crate::api::nomad::{ALL_NAMESPACES, one_of, service};
use crate::app::App;
use crate::commands::shared::alloc::diagnosis;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::checkout;
use crate::model::ids::{IdPrefix, job_words, short};
use crate::model::selector::Expression;
use crate::model::target::{self, Narrowing, Reading, Target, TaskChoice};
use crate::model::words;
use crate::ops::direct;
use crate::ops::exec::{Access, TaskRef};

/// The heading of these flags; one of the struct's own would also hold for the flags after it.
const TARGETS: &str = "Target options";

/// Which of the allocations that fit.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct TargetFlags {
    /// The task [default: the leader, else the first main task].
    #[arg(help_heading = TARGETS, long, value_name = "TASK")]
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

    /// Connect straight to the node where it can be reached, not through the servers.
    #[arg(help_heading = TARGETS, long)]
    pub direct: bool,
}

impl TargetFlags {
    fn narrowing(&self) -> Narrowing {
        Narrowing { node: self.node.clone(), canary: self.canary, version: self.version }
    }
}

/// Which allocations a verb accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// A running allocation only.
    Running,
    /// Running ones or, where none runs, ended ones: their logs still exist.
    RunningFirst,
    /// Any, running or not: files of ended allocations still exist.
    Any,
}

/// A task of an allocation.
#[derive(Debug, Clone)]
pub struct Place {
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

impl Place {
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
pub async fn one(app: &App, text: &str, flags: &TargetFlags, want: Want) -> Result<Place> {
    let mut found = fitting(app, text, flags, want).await?;
    let chosen = if found.len() > 1 { choose(app, text, &found).await? } else { 0 };
    let mut places = places(app, vec![found.swap_remove(chosen)], flags).await?;
    places.pop().ok_or_else(|| Error::not_found(format!("{text:?} has no tasks")))
}

/// Every matching task, the best first.
///
/// # Errors
/// As [`one`].
pub async fn all(app: &App, text: &str, flags: &TargetFlags, want: Want) -> Result<Vec<Place>> {
    places(app, fitting(app, text, flags, want).await?, flags).await
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
pub async fn fitting(app: &App, text: &str, flags: &TargetFlags, want: Want) -> Result<Vec<AllocStub>> {
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
    let running = |a: &AllocStub| a.client_status == allocation::ClientStatus::Running;
    if want == Want::Running || (want == Want::RunningFirst && kept.iter().any(running)) {
        let (alive, dead): (Vec<_>, Vec<_>) = kept.into_iter().partition(running);
        if alive.is_empty() {
            return Err(nothing_runs(app, nomad, text, &dead).await);
        }
        kept = alive;
    }
    Ok(kept)
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

async fn of_jobs(app: &App, readings: &[Reading]) -> Result<Vec<AllocStub>> {
    let jobs: Vec<String> = readings.iter().map(|r| r.job.clone()).collect();
    let filter = Expression::default().one_of("JobID", &jobs).text();
    let call = allocation::list().namespace(app.list_namespace()?).filter(filter.as_deref());
    Ok(app.nomad()?.list(&call).await?.value)
}

/// The error for a name without allocations: no such group or index, no allocations, or no such job.
async fn nobody(app: &App, text: &str, readings: &[Reading], found: &[AllocStub]) -> Error {
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
pub async fn places(app: &App, found: Vec<AllocStub>, flags: &TargetFlags) -> Result<Vec<Place>> {
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
) -> Result<Vec<Place>> {
    let nomad = app.nomad()?;
    let mut known: BTreeMap<(String, String, u64, String), Vec<Task>> = BTreeMap::new();
    let mut ways: BTreeMap<String, Http> = BTreeMap::new();
    let mut places = Vec::with_capacity(found.len());
    for alloc in found {
        let key =
            (alloc.namespace.clone(), alloc.job_id.clone(), alloc.job_version, alloc.task_group.clone());
        let tasks = match known.get(&key) {
            Some(tasks) => tasks.clone(),
            None => {
                let full = nomad.read(&allocation::get(&alloc.id)).await?.value;
                let tasks = target::tasks(&full).to_vec();
                known.insert(key, tasks.clone());
                tasks
            }
        };
        let Some((task, driver)) = meant(&alloc, &tasks)? else { continue };
        let tasks = tasks.into_iter().map(|t| t.name).collect();
        let nomad = match ways.get(&alloc.node_id) {
            Some(way) => way.clone(),
            None => way(app, &alloc, flags).await?,
        };
        ways.insert(alloc.node_id.clone(), nomad.clone());
        places.push(Place { nomad, alloc, task, driver, tasks });
    }
    Ok(places)
}

/// The client to use for an allocation: of the servers, or of its node.
async fn way(app: &App, alloc: &AllocStub, flags: &TargetFlags) -> Result<Http> {
    let servers = app.nomad()?;
    if !flags.direct {
        return Ok(servers.clone());
    }
    match direct::to_node(servers, &alloc.node_id).await {
        Ok(node) => {
            tracing::info!(target: "fleet::target", "straight to {} at {}", alloc.node_name, node.address());
            Ok(node)
        }
        Err(why) => {
            app.printer.warn(&format!(
                "cannot connect straight to {}, going through the servers: {why}",
                alloc.node_name
            ));
            Ok(servers.clone())
        }
    }
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
