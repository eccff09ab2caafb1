//! Names of services before a node has put its own facts into them.

use crate::api::nomad::allocation::AllocStub;

/// A service's name with what is known of the allocation put in; none when something else stands in it.
#[must_use]
pub fn known(name: &str, alloc: &AllocStub) -> Option<String> {
    let index = alloc.name.rsplit_once('[').and_then(|(_, i)| i.strip_suffix(']')).unwrap_or_default();
    let known = [
        ("${NOMAD_JOB_NAME}", alloc.job_id.as_str()),
        ("${NOMAD_JOB_ID}", &alloc.job_id),
        ("${NOMAD_GROUP_NAME}", &alloc.task_group),
        ("${NOMAD_ALLOC_ID}", &alloc.id),
        ("${NOMAD_ALLOC_INDEX}", index),
        ("${NOMAD_NAMESPACE}", &alloc.namespace),
    ];
    let name = known.iter().fold(name.to_owned(), |name, (variable, value)| name.replace(variable, value));
    (!name.contains("${")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOC: &str = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";

    #[test]
    fn names_are_interpolated_or_declared_unknown() {
        let alloc: AllocStub = serde_json::from_value(serde_json::json!({
            "ID": ALLOC, "Name": "web.g[3]", "Namespace": "ops", "JobID": "web", "TaskGroup": "g",
            "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap();
        assert_eq!(known("web-${NOMAD_GROUP_NAME}-${NOMAD_ALLOC_INDEX}", &alloc).as_deref(), Some("web-g-3"));
        assert_eq!(known("${attr.unique.hostname}", &alloc), None);
    }
}
