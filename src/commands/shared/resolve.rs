//! From what people type to objects: names, patterns, id prefixes of any length; ambiguity lists candidates.

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::job::{self, Job, JobStub};
use crate::api::nomad::namespace;
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, quoted};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{IdPrefix, JobKey, shell_word, short};
use crate::model::other_tools;
use crate::model::selector::{self, NodeName, SelectionError};
use crate::model::suggest;
use crate::model::words;
use crate::ops::sight;

/// How many candidates an error lists.
const MOST_CANDIDATES: usize = 10;

/// The one node of that name or id prefix.
///
/// # Errors
/// Not found (3) or ambiguous (2), with candidates.
pub async fn node(nomad: &Http, text: &str) -> Result<NodeStub> {
    let name =
        NodeName::parse(text).map_err(|e| Error::usage(format!("bad node name {text:?}")).because(e))?;
    let nodes = nomad.list(&node::list()).await?.value;
    let mut found = selector::pick(nodes, &[name]).map_err(unclear)?;
    match (found.pop(), found.is_empty()) {
        (Some(node), true) => Ok(node),
        (Some(last), false) => {
            found.push(last);
            Err(ambiguous("node", text, found.iter().map(|n| format!("{} {}", short(&n.id), n.name))))
        }
        (None, _) => Err(Error::not_found(format!("no such node: {text}"))),
    }
}

/// The error for a node name that matches no node, or several.
#[must_use]
pub fn unclear(unclear: SelectionError) -> Error {
    match unclear {
        SelectionError::Unknown(text, near) => {
            let error = Error::not_found(format!("no such node: {text}"));
            match near {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("fleet node list shows all nodes"),
            }
        }
        SelectionError::Ambiguous(text, nodes) => {
            ambiguous("node", &text, nodes.iter().map(|n| format!("{} {}", short(&n.id), n.name)))
        }
    }
}

/// What tells jobs of one id apart.
pub(crate) const WHICH_NAMESPACE: &str = "--namespace NAME says which is meant";

/// The one job of that id, or whose id begins so, in one namespace or in all.
///
/// Only the beginning of an id takes the right to list jobs. Without it a whole id is still found, in the namespace that was
/// named or in `default`; where it may not even be read it is taken as it stands, and the act itself says whether it exists.
///
/// # Errors
/// Not found (3) or ambiguous (2), with candidates.
pub async fn job(nomad: &Http, namespace: &str, text: &str) -> Result<JobKey> {
    let listed = match nomad.list(&job::list().namespace(namespace).prefix(Some(text))).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_denied() => None,
        Err(e) => return Err(e.into()),
    };
    let fitting = listed.as_deref().unwrap_or_default();
    let exact: Vec<&JobStub> = fitting.iter().filter(|j| j.id == text).collect();
    let found = if exact.is_empty() { fitting.iter().collect() } else { exact };
    match found.as_slice() {
        [] => job_by_whole_id(nomad, namespace, text, listed.is_some()).await,
        [one] => Ok(JobKey::new(&*one.namespace, &*one.id)),
        several => {
            let lines = several.iter().map(|j| format!("{} (namespace {})", j.id, j.namespace));
            let error = ambiguous("job", text, lines);
            let of_one_id = several.iter().all(|j| j.id == several[0].id);
            Err(if of_one_id { error.hint(WHICH_NAMESPACE) } else { error })
        }
    }
}

/// A job that no list shows: there is none, or the token may not list it. `may_list` says whether a list was answered.
///
/// # Errors
/// Not found (3); API errors.
pub async fn job_by_whole_id(nomad: &Http, namespace: &str, text: &str, may_list: bool) -> Result<JobKey> {
    let place = if namespace == ALL_NAMESPACES { "default" } else { namespace };
    let denied = match nomad.read(&job::get(place, text)).await {
        Ok(_) => return Ok(JobKey::new(place, text)),
        Err(e) if e.is_denied() => true,
        Err(e) if e.is_not_found() => false,
        Err(e) => return Err(e.into()),
    };
    let all = match may_list {
        true => nomad.list(&job::list().namespace(namespace)).await?.value,
        false => Vec::new(),
    };
    // A list of all namespaces leaves out, without a word, what the token may not see: nothing in it says nothing.
    let says_nothing = !may_list || (namespace == ALL_NAMESPACES && all.is_empty());
    match (denied, says_nothing) {
        (true, true) => Ok(JobKey::new(place, text)),
        (false, true) => {
            let hint = if may_list {
                "no job is listed in any namespace: there is none, or the token may list none; then only a whole id is found, and the beginning of one needs: namespace capability \"list-jobs\""
            } else {
                "the token may list no jobs, so only a whole id is found; the beginning of one needs: namespace capability \"list-jobs\""
            };
            Err(Error::not_found(format!("there is no job {text:?} in namespace {place}")).hint(hint))
        }
        (_, false) => Err(no_job(nomad, namespace, text, &all).await),
    }
}

/// Reads a job by its id or the beginning of it.
///
/// # Errors
/// As [`job()`].
pub async fn current(app: &App, name: &str) -> Result<Job> {
    let nomad = app.nomad()?;
    let key = job(nomad, app.list_namespace()?, name).await?;
    Ok(nomad.read(&job::get(&key.namespace, &key.id)).await?.value)
}

/// Whether the namespace that was named exists: asked before a list that came out empty says that there is nothing, and before
/// something is waited for in it.
///
/// # Errors
/// Not found (3), with the namespaces there are.
pub async fn namespace(app: &App) -> Result<()> {
    missing_namespace(app.nomad()?, app.list_namespace()?).await.map_or(Ok(()), Err)
}

/// The error for a namespace that does not exist, with the nearest one or all there are as a hint; none where it exists, or the
/// token is not told: without any right in it the answer is the same.
pub async fn missing_namespace(nomad: &Http, name: &str) -> Option<Error> {
    if name == ALL_NAMESPACES {
        return None;
    }
    match nomad.read(&namespace::get(name)).await {
        Err(e) if e.is_not_found() => {}
        _ => return None,
    }
    let error = Error::not_found(format!("there is no namespace {name:?}"));
    let all = nomad.list(&namespace::list()).await.map(|reply| reply.value).unwrap_or_default();
    let names: Vec<&str> = all.iter().map(|n| n.name.as_str()).collect();
    Some(match suggest::nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean {near:?}?")),
        None if names.is_empty() => error,
        None => error.hint(format!("there are: {}", names.join(", "))),
    })
}

/// The error for a name that was not found, which says so where the namespace that was named does not exist either.
pub async fn in_its_namespace(app: &App, error: Error) -> Error {
    if error.code() != ExitCode::NotFound {
        return error;
    }
    let (Ok(nomad), Ok(name)) = (app.nomad(), app.list_namespace()) else { return error };
    match missing_namespace(nomad, name).await {
        Some(missing) => in_no_namespace(error, &missing),
        None => error,
    }
}

/// What was not found, in a namespace that does not exist. A hint to look around in that namespace would lead nowhere.
fn in_no_namespace(error: Error, missing: &Error) -> Error {
    if error.message() == missing.message() {
        return error;
    }
    let elsewhere = error.hints().iter().filter(|hint| hint.contains("--namespace ")).cloned();
    let bare = Error::not_found(error.message());
    let bare = error.causes().iter().cloned().fold(bare, Error::because).hint(missing.message());
    elsewhere.chain(missing.hints().iter().cloned()).fold(bare, Error::hint)
}

/// The error for a job id that matches none of `jobs` (all of the namespace, or of all namespaces), with the nearest one as a hint.
pub async fn no_job(nomad: &Http, namespace: &str, text: &str, all: &[JobStub]) -> Error {
    let named = namespace != ALL_NAMESPACES;
    let place = if named { format!(" in namespace {namespace}") } else { String::new() };
    let error = Error::not_found(format!("no such job: {text}{place}"));
    // Other tools count lines with -n.
    let is_count = named && namespace.chars().all(|c| c.is_ascii_digit());
    let error = match is_count {
        true => error.hint(format!("-n names a namespace; the last lines of a log are --tail {namespace}")),
        false => error,
    };
    if named {
        let elsewhere = nomad.list(&job::list().namespace(ALL_NAMESPACES).prefix(Some(text))).await;
        // What other namespaces have is a courtesy.
        let others = elsewhere.map(|reply| reply.value).unwrap_or_default();
        let others: Vec<&str> =
            others.iter().filter(|j| j.id == text).map(|j| j.namespace.as_str()).collect();
        match others.as_slice() {
            [] => {}
            [other] => return error.hint(format!("it is in namespace {other}: --namespace {other}")),
            [first, ..] => {
                let all = others.join(", ");
                return error.hint(format!("it is in namespaces {all}: --namespace {first}"));
            }
        }
    }
    // As `kubectl` writes it: deploy/web.
    let bare = other_tools::without_kind(text)
        .map(|(_, name)| name)
        .filter(|name| all.iter().any(|j| j.id == *name));
    let error = match bare.or_else(|| suggest::nearest(text, all.iter().map(|j| j.id.as_str()))) {
        Some(near) => error.hint(format!("did you mean {near:?}?")),
        None => error.hint("fleet job list shows all jobs"),
    };
    if named {
        return error;
    }
    match sight::hidden(nomad, &["list-jobs", "read-job"]).await {
        Some(why) => error.hint(format!("it may be in a namespace the token cannot read: {why}")),
        None => error,
    }
}

/// The error for a version of a job that is not kept.
pub(crate) fn no_version(job: &str, version: u64) -> Error {
    Error::not_found(format!("version {version} of job {job} is not stored"))
        .hint(format!("fleet job history {job} lists its versions"))
}

/// The one allocation whose id begins so.
///
/// # Errors
/// Not found (3), ambiguous (2), or no id prefix at all (2).
pub async fn alloc(nomad: &Http, text: &str) -> Result<AllocStub> {
    let prefix = id_prefix("allocation", text)?;
    let call = allocation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
    let found = nomad.list(&call).await?.value;
    let line = |a: &AllocStub| format!("{} {} on {}, {}", short(&a.id), a.name, a.node_name, a.client_status);
    let found = one("allocation", text, found.into_iter().filter(|a| prefix.matches(&a.id)).collect(), line)?;
    no_node_of_that_name(nomad, text, &found).await?;
    Ok(found)
}

/// As [`alloc`], for what is stopped, restarted or signalled: a slip of the finger must not choose, so it takes as much of an id
/// as is printed.
///
/// # Errors
/// As [`alloc`], and where the beginning is shorter (2).
pub async fn alloc_to_act_on(nomad: &Http, text: &str) -> Result<AllocStub> {
    let found = alloc(nomad, text).await?;
    if text.len() >= short(&found.id).len() {
        return Ok(found);
    }
    Err(Error::usage(format!("{text:?} is too short for what changes an allocation"))
        .because(format!(
            "allocation {} ({}, on {}) begins so",
            short(&found.id),
            found.name,
            found.node_name
        ))
        .hint(format!("write {} if that one is meant", short(&found.id))))
}

/// A name of a node may begin the id of an allocation too: whoever writes it means the node.
///
/// # Errors
/// Usage (2) when a node is called so.
pub async fn no_node_of_that_name(nomad: &Http, text: &str, found: &AllocStub) -> Result<()> {
    if text.len() >= short(&found.id).len() {
        return Ok(());
    }
    // Who may not list nodes knows none by name.
    let Ok(nodes) = nomad.list(&node::list()).await else { return Ok(()) };
    if !nodes.value.iter().any(|node| node.name == text) {
        return Ok(());
    }
    Err(Error::usage(format!("{text} is a node, and the beginning of an allocation's id"))
        .because(format!(
            "allocation {} ({}, on {}) begins so",
            short(&found.id),
            found.name,
            found.node_name
        ))
        .hint(format!(
            "write {} if that one is meant; `fleet alloc list --node {}` shows what runs there",
            short(&found.id),
            shell_word(text)
        )))
}

/// The one deployment whose id begins so.
///
/// # Errors
/// Not found (3), ambiguous (2), or no id prefix at all (2).
pub async fn deployment(nomad: &Http, text: &str) -> Result<Deployment> {
    let prefix = id_prefix("deployment", text)?;
    let call = deployment::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
    let found = nomad.list(&call).await?.value;
    let line =
        |d: &Deployment| format!("{} {} version {}, {}", short(&d.id), d.job_id, d.job_version, d.status);
    one("deployment", text, found.into_iter().filter(|d| prefix.matches(&d.id)).collect(), line)
}

/// The one evaluation whose id begins so.
///
/// # Errors
/// Not found (3), ambiguous (2), or no id prefix at all (2).
pub async fn evaluation(nomad: &Http, text: &str) -> Result<Evaluation> {
    let prefix = id_prefix("evaluation", text)?;
    let call = evaluation::list().namespace(ALL_NAMESPACES).prefix(prefix.for_server());
    let found = nomad.list(&call).await?.value;
    let line = |e: &Evaluation| format!("{} {} by {}, {}", short(&e.id), e.job_id, e.triggered_by, e.status);
    one("evaluation", text, found.into_iter().filter(|e| prefix.matches(&e.id)).collect(), line)
}

/// A filter expression that names one job.
#[must_use]
pub fn job_filter(job_id: &str) -> String {
    format!("JobID == {}", quoted(job_id))
}

fn id_prefix(kind: &str, text: &str) -> Result<IdPrefix> {
    IdPrefix::parse(text).ok_or_else(|| {
        let article = if kind.starts_with(['a', 'e']) { "an" } else { "a" };
        Error::usage(format!("{text:?} is not the beginning of {article} {kind} id"))
            .hint(format!("ids are hexadecimal; fleet {} list shows them", verb(kind)))
    })
}

fn verb(kind: &str) -> &str {
    match kind {
        "allocation" => "alloc",
        "evaluation" => "eval",
        other => other,
    }
}

fn one<T>(kind: &str, text: &str, mut found: Vec<T>, line: impl Fn(&T) -> String) -> Result<T> {
    if found.len() > 1 {
        return Err(ambiguous(kind, text, found.iter().map(line)));
    }
    let missing = || {
        Error::not_found(format!("no such {kind}: {text}"))
            .hint(format!("it may be in a namespace the token cannot read, or garbage collected; fleet {} list shows the others", verb(kind)))
    };
    found.pop().ok_or_else(missing)
}

pub(crate) fn ambiguous(kind: &str, text: &str, candidates: impl ExactSizeIterator<Item = String>) -> Error {
    let count = candidates.len();
    let error = Error::usage(format!("{text:?} matches {}", words::count(count, kind)));
    let error = candidates.take(MOST_CANDIDATES).fold(error, Error::because);
    if count > MOST_CANDIDATES {
        error.because(format!("and {} more", count - MOST_CANDIDATES))
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_in_a_namespace_that_is_not_there_is_told_so() {
        let missing = Error::not_found("there is no namespace \"opps\"").hint("did you mean \"ops\"?");
        let told = |error: Error| in_no_namespace(error, &missing);
        let variable = Error::not_found("there is no variable x").hint("fleet var list shows all variables");
        let error = told(variable);
        assert_eq!((error.code(), error.message()), (ExitCode::NotFound, "there is no variable x"));
        assert_eq!(error.hints(), ["there is no namespace \"opps\"", "did you mean \"ops\"?"]);
        let job = Error::not_found("no such job: web").hint("it is in namespace ops: --namespace ops");
        assert_eq!(told(job).hints()[1], "it is in namespace ops: --namespace ops");
        assert_eq!(told(missing.clone()), missing);
    }
}
