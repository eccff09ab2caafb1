//! What changed since it worked.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::registration::Versions;
use crate::api::nomad::variable::VariableMeta;
use crate::model::doctor::jobs::floats;
use crate::model::job_diff::{self, Secrets, lines};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::why::task::seconds;
use crate::model::why::{Evidence, some_of};

/// The most lines that are told of the change of a job.
const MOST: usize = 6;

/// What differs between the current version of a job and the one before it, and who submitted it.
#[must_use]
pub fn of_job(versions: &Versions, secrets: &Secrets) -> Vec<Evidence> {
    let (Some(current), Some(diff)) = (versions.versions.first(), versions.diffs.first()) else {
        return Vec::new();
    };
    let at = current.job.submit_time.map(|at| format!(" at {}", seconds(at))).unwrap_or_default();
    let by =
        if current.token_id.is_empty() { String::new() } else { format!(" by token {}", current.token_id) };
    let about = format!("version {}", current.job.version);
    let mut all = vec![Evidence::new(&about, format!("submitted{at}{by}"))];
    let differences = job_diff::differences(diff, secrets);
    if differences.is_empty() {
        all.push(Evidence::new(&about, "differs in nothing from the version before"));
    }
    for difference in differences.iter().take(MOST) {
        all.push(Evidence::new(&about, lines::one(difference)));
    }
    if differences.len() > MOST {
        all.push(Evidence::new(&about, format!("and {} more differences", differences.len() - MOST)));
    }
    all
}

/// Variables that its templates read and that were changed after the version that runs was submitted: no version tells of that.
#[must_use]
pub fn of_variables(job: &Job, variables: &[VariableMeta]) -> Vec<Evidence> {
    let Some(submitted) = job.submit_time else { return Vec::new() };
    let later = variables.iter().filter_map(|v| Some((v, v.modify_time.filter(|at| *at > submitted)?)));
    let told = later.map(|(v, at)| {
        let text = format!("changed at {}, after version {} was submitted", seconds(at), job.version);
        Evidence::new(format!("variable {}", v.path), text)
    });
    told.collect()
}

/// A key of Consul that its templates read, with the index of its last change, none where it is not there. Consul keeps no time of a
/// change (`consul-api.md §3`), and its value is nobody's business here.
#[must_use]
pub fn of_key(key: &str, modify_index: Option<u64>) -> Evidence {
    let text = match modify_index {
        Some(index) => {
            format!("is there, last changed at index {index} of Consul, which keeps no time of it")
        }
        None => "is not there: a template that reads it waits for it".to_owned(),
    };
    Evidence::new(format!("key {key} of Consul"), text)
}

/// Images of a group that are other programs tomorrow: they may have changed without a version of the job.
#[must_use]
pub fn of_images(group: &TaskGroup) -> Vec<Evidence> {
    let image = |config: &serde_json::Value| config.as_str().filter(|image| floats(image)).map(str::to_owned);
    let told = group.tasks.iter().filter_map(|t| Some((t, image(t.config.get("image")?)?)));
    told.map(|(t, image)| {
        let text = format!(
            "{image} names no version: it may have changed without a new version of the job, and Nomad tells no image's digest"
        );
        Evidence::new(format!("image of task {}", t.name), text)
    })
    .collect()
}

/// The nodes, where those that are not well run on some nodes and all that are well on others.
#[must_use]
pub fn of_nodes(
    suspect: &AllocStub,
    allocs: &[AllocStub],
    health: &BTreeMap<String, PresentHealth>,
) -> Option<Evidence> {
    let (mut bad, mut good) = (BTreeSet::new(), BTreeSet::new());
    for a in
        allocs.iter().filter(|a| a.task_group == suspect.task_group && a.job_version == suspect.job_version)
    {
        let well = a.client_status == ClientStatus::Running
            && !a.is_terminal()
            && a.healthy() != Some(false)
            && health.get(&a.id).is_some_and(|h| h.verdict == HealthVerdict::Healthy);
        let ill = a.client_status == ClientStatus::Failed
            || a.healthy() == Some(false)
            || health.get(&a.id).is_some_and(|h| h.verdict == HealthVerdict::Unhealthy);
        if ill {
            bad.insert(a.node_name.clone());
        } else if well {
            good.insert(a.node_name.clone());
        }
    }
    if bad.is_empty() || good.is_empty() || !bad.is_disjoint(&good) {
        return None;
    }
    let names = |set: BTreeSet<String>| some_of(&set.into_iter().collect::<Vec<_>>(), MOST);
    let text = format!(
        "instances of this version are well on {} and not on {}: look at what differs there",
        names(good),
        names(bad)
    );
    Some(Evidence::new("nodes", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloc(id: &str, node: &str, status: &str) -> AllocStub {
        serde_json::from_value(json!({"ID": id, "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "NodeName": node, "JobVersion": 1, "DesiredStatus": "run", "ClientStatus": status, "CreateIndex": 1, "ModifyIndex": 1}))
        .unwrap()
    }

    #[test]
    fn nodes_are_told_where_they_alone_make_the_difference() {
        let well = |id: &str| {
            let health = PresentHealth {
                verdict: HealthVerdict::Healthy,
                reasons: Vec::new(),
                checks: crate::model::present_health::Checks::default(),
                restarts_lately: 0,
            };
            (id.to_owned(), health)
        };
        let health = BTreeMap::from([well("a"), well("b")]);
        let apart = [alloc("a", "c1", "running"), alloc("b", "c2", "running"), alloc("x", "c3", "failed")];
        let told = of_nodes(&apart[2], &apart, &health).unwrap();
        assert_eq!(
            told.text,
            "instances of this version are well on c1, c2 and not on c3: look at what differs there"
        );
        let mixed = [alloc("a", "c1", "running"), alloc("x", "c1", "failed")];
        assert!(of_nodes(&mixed[1], &mixed, &health).is_none());
        assert!(of_nodes(&apart[2], &apart[2..], &health).is_none());
    }

    #[test]
    fn what_no_version_tells_of_is_told() {
        let job: Job = serde_json::from_value(json!({"ID": "web", "Namespace": "default", "Type": "service", "Version": 2,
            "SubmitTime": 1_700_000_000_000_000_000_u64, "TaskGroups": [{"Name": "g", "Tasks": [
                {"Name": "t", "Driver": "docker", "Config": {"image": "web"}}, {"Name": "u", "Driver": "docker", "Config": {"image": "web:1"}}]}]}))
        .unwrap();
        let variables: Vec<VariableMeta> = serde_json::from_value(json!([
            {"Namespace": "default", "Path": "nomad/jobs/web", "ModifyTime": 1_700_000_060_000_000_000_u64},
            {"Namespace": "default", "Path": "old", "ModifyTime": 1_600_000_000_000_000_000_u64}]))
        .unwrap();
        let told: Vec<String> = of_variables(&job, &variables)
            .into_iter()
            .chain(of_images(&job.task_groups[0]))
            .chain([of_key("app/a", Some(7)), of_key("app/b", None)])
            .map(|e| format!("{}: {}", e.about, e.text))
            .collect();
        assert_eq!(
            told,
            [
                "variable nomad/jobs/web: changed at 2023-11-14T22:14:20Z, after version 2 was submitted",
                "image of task t: web names no version: it may have changed without a new version of the job, and Nomad tells no image's digest",
                "key app/a of Consul: is there, last changed at index 7 of Consul, which keeps no time of it",
                "key app/b of Consul: is not there: a template that reads it waits for it"
            ]
        );
    }
}
