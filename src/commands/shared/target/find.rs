//! Finding the allocations that what was typed means.

use super::{AllocRequirement, TargetFlags, TargetMatches, here::here};
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::{ALL_NAMESPACES, job, one_of, service};
use crate::app::App;
use crate::commands::shared::alloc::diagnosis;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{IdPrefix, job_words, shell_word, short};
use crate::model::selector::Expression;
use crate::model::target::{self, NameReading, Target};
use crate::model::words;
use crate::ops::running_version;

/// The allocations that fit, and those that would if they ran.
///
/// # Errors
/// As [`super::one`].
pub async fn find(
    app: &App,
    text: &str,
    flags: &TargetFlags,
    want: AllocRequirement,
) -> Result<TargetMatches> {
    let target = Target::parse(text).map_err(Error::usage)?;
    let nomad = app.nomad()?;
    let mut found = match &target {
        Target::Here => named(app, &here().await?).await?,
        Target::Service(name) => of_service(app, name).await?,
        Target::Named(name) => named(app, name).await?,
    };
    one_namespace(text, &found)?;
    running_version::correct(nomad, &mut found).await;
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

/// The error when all matching allocations have ended, or are on nodes that are not heard of: what happened to the newest, and what
/// runs instead.
pub async fn nothing_runs(app: &App, nomad: &Http, text: &str, dead: &[AllocStub]) -> Error {
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
        if let Some(found) = ids.first() {
            resolve::no_node_of_that_name(app.nomad()?, text, found).await?;
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

/// How the groups of a job are named as targets, with the number that was asked for.
fn targets(reading: &NameReading, groups: &[&str]) -> Vec<String> {
    let number = reading.index.map(|index| format!("[{index}]")).unwrap_or_default();
    groups.iter().map(|group| shell_word(&format!("{}/{group}{number}", reading.job))).collect()
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
            .hint(format!("what it has: {}", targets(reading, &groups).join(", ")));
    }
    let lookup = async {
        let nomad = app.nomad()?;
        let job = resolve::job(nomad, app.list_namespace()?, text).await?;
        // What may not even be read is taken as it stands by whoever resolves it: nothing says that there is such a job.
        match nomad.read(&job::get(&job.namespace, &job.id)).await {
            Err(e) if e.is_denied() => {
                return Err(Error::not_found(format!("no such job or allocation: {text}")).hint(format!(
                    "it may be in a namespace the token cannot read: in namespace {} it may read no job, which needs: namespace capability \"read-job\"",
                    job.namespace
                )));
            }
            read => drop(read?),
        }
        Err::<(), _>(
            Error::not_found(format!("job {} has no allocations", job.id))
                .hint(format!("fleet job show {} says why", job_words(&job.namespace, &job.id))),
        )
    };
    let error = match lookup.await {
        Err(error) => error,
        Ok(()) => Error::not_found(format!("no such job or allocation: {text}")),
    };
    if error.code() == ExitCode::NotFound
        && let Ok(nomad) = app.nomad()
        && let Ok(node) = resolve::node(nomad, text).await
    {
        let list = format!("`fleet alloc list --node {}`", shell_word(&node.name));
        return error.hint(format!(
            "{} is a node, and this goes into a task: {list} shows what runs there",
            node.name
        ));
    }
    error
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
