//! What the templates of a group read, as it is now.

use std::collections::BTreeSet;

use crate::api::consul::kv;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::variable::{self, VariableMeta};
use crate::model::doctor::templates::{self, Name};
use crate::model::words::count;
use crate::ops::why::job::{JobFacts, Notes};
use crate::ops::why::{WhyContext, reason};

/// Of how many keys of Consul that templates name it is asked whether they are there.
const MOST_KEYS: usize = 3;

/// The variables and the keys of Consul that the templates of its group name, as they are now: the keys with the index of their
/// last change, none for one that is not there. One request for the variables, and one for each key.
pub(super) async fn read(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    alloc: &AllocStub,
    notes: &mut Notes,
) -> (Vec<VariableMeta>, Vec<(String, Option<u64>)>) {
    let of_group = format!("of group {}", alloc.task_group);
    let (mut paths, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for used in templates::uses(&seen.spec).into_iter().filter(|u| u.at.ends_with(&of_group)) {
        match used.name {
            Name::Variable(path) => paths.insert(path),
            Name::Key(key) => keys.insert(key),
        };
    }
    let variables = async {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        // Nomad 2.0.5 answers 400 to a filter by `Path` here.
        let call = variable::list(common_prefix(&paths)).namespace(&seen.job.namespace);
        let add = |named: &mut Vec<VariableMeta>, v: VariableMeta| {
            if paths.contains(&v.path) {
                named.push(v);
            }
        };
        asked.nomad.fold(&call, Vec::new, add).await.map(|reply| reply.value)
    };
    let (variables, told) = tokio::join!(variables, keys_in_consul(asked, &keys));
    if !paths.is_empty() {
        notes.looked_at.push(count(paths.len(), "variable"));
    }
    let variables = variables.unwrap_or_else(|e| {
        notes.not_known.push(format!("when the variables of its templates were changed: {}", reason(&e)));
        Vec::new()
    });
    let mut known = Vec::new();
    for (key, answer) in told {
        match answer {
            Ok(index) => known.push((key, index)),
            Err(why) => notes.not_known.push(format!("what became of key {key} of Consul: {why}")),
        }
    }
    if !known.is_empty() {
        notes.looked_at.push(format!("{} of Consul", count(known.len(), "key")));
    }
    let rest = keys.len().saturating_sub(MOST_KEYS);
    if rest > 0 {
        notes
            .not_known
            .push(format!("what became of {} of Consul: they were not asked", count(rest, "more key")));
    }
    (variables, known)
}

/// What each of the first keys was changed at last.
async fn keys_in_consul(
    asked: WhyContext<'_>,
    keys: &BTreeSet<String>,
) -> Vec<(String, Result<Option<u64>, String>)> {
    let ask = |key: &String| {
        let key = key.clone();
        async move {
            let Some(consul) = asked.consul else {
                return (key, Err("CONSUL_HTTP_ADDR is not set".to_owned()));
            };
            let told = match consul.read(&kv::get(&key)).await {
                Ok(reply) => Ok(reply.value.first().map(|entry| entry.modify_index)),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(reason(&e)),
            };
            (key, told)
        }
    };
    futures_util::future::join_all(keys.iter().take(MOST_KEYS).map(ask)).await
}

/// What all of them begin with.
fn common_prefix(all: &BTreeSet<String>) -> &str {
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return "" };
    // They are sorted: what the outer two share, all share.
    let same = first.char_indices().zip(last.chars()).find(|((_, a), b)| a != b);
    same.map_or(if first.len() < last.len() { first } else { last }, |((at, _), _)| &first[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_paths_begin_with() {
        let of = |all: &[&str]| common_prefix(&all.iter().map(|s| (*s).to_owned()).collect()).to_owned();
        assert_eq!(of(&["nomad/jobs/web", "nomad/jobs/api"]), "nomad/jobs/");
        assert_eq!(of(&["nomad/jobs", "nomad/jobs/web"]), "nomad/jobs");
        assert_eq!(of(&["one"]), "one");
        assert_eq!(of(&["é/a", "è/a"]), "");
        assert_eq!(of(&[]), "");
    }
}
