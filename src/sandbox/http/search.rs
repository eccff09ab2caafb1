//! `/v1/search` and `/v1/search/fuzzy` (`nomad-api.md §9.4`).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use crate::api::nomad::job::Task;
use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::call::Call;
use crate::sandbox::http::reply::Reply;
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::hex;
use crate::sandbox::state::State;
use crate::sandbox::state::index::Table;
use crate::sandbox::state::job::Job;
use crate::sandbox::world::requests::Refusal;

/// What may be searched for.
const CONTEXTS: [&str; 12] = [
    "allocs",
    "jobs",
    "nodes",
    "node_pools",
    "evals",
    "deployment",
    "plugins",
    "volumes",
    "scaling_policy",
    "vars",
    "namespaces",
    "host_volumes",
];
/// What is searched for by its name, and what its fuzzy search also finds.
const FUZZY: [&str; 7] = ["allocs", "jobs", "nodes", "node_pools", "plugins", "vars", "namespaces"];
/// What even a fuzzy search looks for by a prefix of its id.
const BY_PREFIX: [&str; 5] = ["evals", "deployment", "scaling_policy", "volumes", "host_volumes"];
/// How many matches of a prefix are shown.
const SHOWN: usize = 20;
/// How many rows a fuzzy search looks at.
const LOOKED_AT: usize = 20;
/// How many matches a fuzzy search shows.
const RESULTS: usize = 100;
/// How long a fuzzy search must be.
const MIN_TERM: usize = 2;

type Answer = Result<Reply, Refusal>;

static SEARCH: Shape = Shape {
    go: "structs.SearchRequest",
    fields: &[("Prefix", FieldKind::Text), ("Context", FieldKind::Word("structs.Context"))],
};
static FUZZY_SEARCH: Shape = Shape {
    go: "structs.FuzzySearchRequest",
    fields: &[("Text", FieldKind::Text), ("Context", FieldKind::Word("structs.Context"))],
};

/// What a request wants searched, if that is anything.
fn wanted(context: &str) -> Result<&str, Refusal> {
    if context == "all" || CONTEXTS.contains(&context) {
        return Ok(context);
    }
    let known = CONTEXTS.join(" ");
    Err(Refusal::failed(format!(
        "context must be one of [{known}] or 'all' for all contexts; got {context:?}"
    )))
}

/// The contexts a request wants and may see.
fn contexts<'c>(rights: &Rights, namespace: &str, wanted: &'c str, known: &[&'c str]) -> Vec<&'c str> {
    let visible = |context: &str| match context {
        "nodes" => rights.node(false),
        "node_pools" | "namespaces" | "plugins" => true,
        "vars" => rights.grants.any_variable(namespace),
        _ => rights.in_namespace(namespace, &["read-job"]),
    };
    let meant: Vec<&str> = if wanted == "all" { known.to_vec() } else { vec![wanted] };
    meant.into_iter().filter(|context| visible(context)).collect()
}

fn table(context: &str) -> Option<Table> {
    Some(match context {
        "allocs" => Table::Allocs,
        "jobs" => Table::Jobs,
        "nodes" => Table::Nodes,
        "node_pools" => Table::NodePools,
        "evals" => Table::Evals,
        "deployment" => Table::Deployments,
        "vars" => Table::Variables,
        "namespaces" => Table::Namespaces,
        _ => return None,
    })
}

fn index_of(state: &State, contexts: &[&str]) -> u64 {
    contexts.iter().filter_map(|c| table(c)).map(|t| state.indexes.table(t)).max().unwrap_or(0)
}

/// Everything of a kind, by the names a prefix is compared with.
fn ids(state: &State, context: &str, namespace: &str) -> Vec<String> {
    let here = |other: &str| namespace == "*" || namespace == other;
    match context {
        "allocs" => {
            let mine = state.allocs().by_id().filter(|a| here(&a.job_key().namespace));
            mine.map(|a| a.id.to_string()).collect()
        }
        "jobs" => state.jobs().filter(|j| here(&j.key().namespace)).map(|j| j.key().id.to_string()).collect(),
        "nodes" => state.nodes().map(|n| n.id.to_string()).collect(),
        "node_pools" => state.catalog.pools.keys().cloned().collect(),
        "evals" => {
            state.evals().by_id().filter(|e| here(&e.job.namespace)).map(|e| e.id.to_string()).collect()
        }
        "deployment" => {
            let mine = state.deployments().by_id().filter(|d| here(&d.job.namespace));
            mine.map(|d| d.id.to_string()).collect()
        }
        "namespaces" => state.catalog.namespaces.keys().cloned().collect(),
        "vars" => state.variables().filter(|v| here(&v.namespace)).map(|v| v.path.clone()).collect(),
        _ => Vec::new(),
    }
}

/// Whether the index of this kind takes only hexadecimal prefixes; others are passed over without a word.
fn takes(context: &str, prefix: &str) -> bool {
    let by_id =
        matches!(context, "allocs" | "nodes" | "evals" | "deployment" | "scaling_policy" | "host_volumes");
    !by_id || (prefix.len() <= 36 && prefix.bytes().all(|b| b == b'-' || hex(b).is_some()))
}

pub(super) fn prefix(call: &mut Call<'_>) -> Answer {
    call.only("PUT")?;
    let input = call.request.json(&SEARCH)?;
    let options = call.options()?;
    let rights = call.rights()?;
    let wanted = wanted(input.text("Context"))?;
    let contexts = contexts(&rights, &options.namespace, wanted, &CONTEXTS);
    if contexts.is_empty() && wanted != "all" {
        return Err(denied());
    }
    let prefix = input.text("Prefix");
    let state = call.state();
    let mut matches: BTreeMap<&str, Option<Vec<String>>> = BTreeMap::new();
    let mut truncations: BTreeMap<&str, bool> = BTreeMap::new();
    for context in &contexts {
        if !takes(context, prefix) {
            continue;
        }
        let mut found: Vec<String> = ids(state, context, &options.namespace);
        found.retain(|id| id.starts_with(prefix));
        truncations.insert(context, found.len() > SHOWN);
        found.truncate(SHOWN);
        matches.insert(context, (!found.is_empty()).then_some(found));
    }
    let index = index_of(state, &contexts);
    let body = json!({"Index": index, "KnownLeader": true, "LastContact": 0, "Matches": matches,
        "NextToken": "", "Truncations": truncations});
    Ok(Reply::value(&body).read(index, Vec::new()))
}

/// Something a fuzzy search found: better the earlier and the shorter it is.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    at: usize,
    length: usize,
    id: String,
    scope: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Shown {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Scope", skip_serializing_if = "Option::is_none")]
    scope: Option<Vec<String>>,
}

/// What a fuzzy search found, by kind.
#[derive(Default)]
struct SearchHit<'t> {
    text: &'t str,
    matches: BTreeMap<&'static str, Vec<Match>>,
}

impl SearchHit<'_> {
    fn look(&mut self, kind: &'static str, name: &str, scope: &[&str]) {
        if let Some(at) = name.to_lowercase().find(self.text) {
            let scope = (!scope.is_empty()).then(|| scope.iter().map(|s| (*s).to_owned()).collect());
            let found = Match { at, length: name.len(), id: name.to_owned(), scope };
            self.matches.entry(kind).or_default().push(found);
        }
    }

    fn look_at_job(&mut self, job: &Job) {
        let (ns, id) = (&*job.key().namespace, &*job.key().id);
        self.look("jobs", &job.spec.typed.name, &[ns, id]);
        for group in &job.spec.typed.task_groups {
            self.look("groups", &group.name, &[ns, id]);
            for service in &group.services {
                self.look("services", &service.name, &[ns, id, &group.name]);
            }
            for task in &group.tasks {
                self.look("tasks", &task.name, &[ns, id, &group.name]);
                for service in &task.services {
                    self.look("services", &service.name, &[ns, id, &group.name, &task.name]);
                }
                if let Some((kind, value)) = program(task) {
                    self.look(kind, value, &[ns, id, &group.name, &task.name]);
                }
            }
        }
    }
}

/// What a task runs, where its driver names it.
fn program(task: &Task) -> Option<(&'static str, &str)> {
    let (kind, field) = match task.driver.as_str() {
        "docker" => ("images", "image"),
        "exec" | "raw_exec" => ("commands", "command"),
        "java" => ("classes", "class"),
        _ => return None,
    };
    task.config.get(field).and_then(|v| v.as_str()).map(|value| (kind, value))
}

pub(super) fn fuzzy(call: &mut Call<'_>) -> Answer {
    call.only("PUT")?;
    let input = call.request.json(&FUZZY_SEARCH)?;
    let options = call.options()?;
    let rights = call.rights()?;
    let wanted = wanted(input.text("Context"))?;
    let by_name = contexts(&rights, &options.namespace, wanted, &FUZZY);
    let by_prefix = contexts(&rights, &options.namespace, wanted, &BY_PREFIX);
    if by_name.is_empty() && by_prefix.is_empty() && wanted != "all" {
        return Err(denied());
    }
    let text = input.text("Text");
    if text.len() < MIN_TERM {
        let words = format!("fuzzy search query must be at least {MIN_TERM} characters, got {}", text.len());
        return Err(Refusal::failed(words));
    }
    let lower = text.to_lowercase();
    let state = call.state();
    let mut found = SearchHit { text: &lower, ..SearchHit::default() };
    for context in &by_name {
        gather(state, context, &options.namespace, &mut found);
    }
    let mut truncations: BTreeMap<&str, bool> =
        by_name.iter().filter(|c| FUZZY.contains(*c)).map(|context| (*context, false)).collect();
    let mut matches: BTreeMap<&str, Vec<Shown>> = BTreeMap::new();
    for (kind, mut list) in found.matches {
        list.sort();
        if list.len() > RESULTS {
            truncations.insert(kind, true);
        }
        let shown = list.into_iter().take(RESULTS).map(|m| Shown { id: m.id, scope: m.scope });
        matches.insert(kind, shown.collect());
    }
    for context in by_prefix.into_iter().filter(|c| BY_PREFIX.contains(c)) {
        let mut ids = ids(state, context, &options.namespace);
        ids.retain(|id| takes(context, text) && id.starts_with(text));
        truncations.insert(context, ids.len() > SHOWN);
        let shown = ids.into_iter().take(SHOWN).map(|id| Shown { id, scope: None });
        matches.insert(context, shown.collect());
    }
    let index = index_of(state, &by_name);
    let body = json!({"Index": index, "KnownLeader": true, "LastContact": 0, "Matches": matches,
        "NextToken": "", "Truncations": truncations});
    Ok(Reply::value(&body).read(index, Vec::new()))
}

/// Looks at the first rows of a kind.
fn gather(state: &State, context: &str, namespace: &str, found: &mut SearchHit<'_>) {
    let here = |other: &str| namespace == "*" || namespace == other;
    match context {
        "jobs" => {
            for job in state.jobs().filter(|j| here(&j.key().namespace)).take(LOOKED_AT) {
                found.look_at_job(job);
            }
        }
        "allocs" => {
            for alloc in state.allocs().by_id().filter(|a| here(&a.job_key().namespace)).take(LOOKED_AT) {
                found.look("allocs", &alloc.name, &[&alloc.job_key().namespace, &alloc.id.to_string()]);
            }
        }
        "nodes" => {
            for node in state.nodes().take(LOOKED_AT) {
                found.look("nodes", &node.name, &[&node.id.to_string()]);
            }
        }
        "node_pools" => {
            for name in state.catalog.pools.keys().take(LOOKED_AT) {
                found.look("node_pools", name, &[name]);
            }
        }
        "vars" => {
            for variable in state.variables().filter(|v| here(&v.namespace)).take(LOOKED_AT) {
                found.look("vars", &variable.path, &[&variable.namespace, &variable.path]);
            }
        }
        "namespaces" => {
            for name in state.catalog.namespaces.keys().take(LOOKED_AT) {
                found.look("namespaces", name, &[]);
            }
        }
        _ => {}
    }
}
