//! The tasks of allocations, and the routes to them.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};

use super::{RouteFlags, TargetFlags, TaskPlace, nothing_runs};
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::Task;
use crate::app::App;
use crate::commands::shared::away_node;
use crate::config::DirectMode;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::target::{self, TaskChoice};

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
    // Nothing comes of asking the servers for what is on a node that they do not hear of.
    let out_of_reach = |a: &AllocStub| {
        let away = matches!(a.client_status, ClientStatus::Unknown | ClientStatus::Lost);
        away && !routes.contains_key(&a.node_id)
    };
    if let Some(first) = found.first().filter(|_| found.iter().all(out_of_reach)) {
        refuse_if_silent(app, &first.job_id, &found).await?;
    }
    let mut places = Vec::with_capacity(found.len());
    for (alloc, tasks) in found.into_iter().zip(tasks) {
        let Some((task, driver)) = meant(&alloc, &tasks)? else { continue };
        let tasks = tasks.into_iter().map(|t| t.name).collect();
        let nomad = routes.get(&alloc.node_id).unwrap_or(app.nomad()?).clone();
        places.push(TaskPlace { nomad, alloc, task, driver, tasks });
    }
    Ok(places)
}

/// Fails where nothing comes of asking for what is on the nodes of these allocations: the servers do not hear of them.
///
/// # Errors
/// Failed (1), with since when they are silent and what runs instead.
pub async fn refuse_if_silent(app: &App, text: &str, found: &[AllocStub]) -> Result<()> {
    let silent = away_node::silent(app, found).await;
    if silent.is_none() && found.iter().any(|a| a.client_status != ClientStatus::Unknown) {
        return Ok(());
    }
    let error = nothing_runs(app, app.nomad()?, text, found).await;
    Err(silent.into_iter().fold(error, Error::because))
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
