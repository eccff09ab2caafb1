//! Whether a service that runs once may run twice for a while. Pure.

use crate::api::nomad::job::{Job, Update};

/// In the metadata of a job or group: with the value `exclusive` it must never run twice.
pub const META: &str = "fleet.singleton";

/// Why a second copy of the group must not, or cannot, be started beside the first; none where nothing speaks against it. A
/// clash of static ports is no affair of this: the scheduler knows on how many nodes they are free.
#[must_use]
pub fn forbidden(job: &Job, group: &str) -> Option<String> {
    let group = job.group(group)?;
    let declared = group.meta.get(META).or_else(|| job.meta.get(META));
    if declared.is_some_and(|value| value == "exclusive") {
        return Some(format!("its metadata says {META} = \"exclusive\""));
    }
    if let Some((name, volume)) = group.volumes.iter().find(|(_, v)| !v.read_only || v.per_alloc) {
        return Some(format!("both copies would write to its {} volume {name:?}", volume.kind));
    }
    if group.ephemeral_disk.as_ref().is_some_and(|disk| disk.sticky == Some(true)) {
        return Some("its ephemeral disk is sticky, and a second copy begins with an empty one".to_owned());
    }
    if let Some(most) = group.scaling.as_ref().and_then(|s| s.max).filter(|most| *most < 2) {
        return Some(format!("its scaling block allows no more than {most}"));
    }
    if group.update.as_ref().is_none_or(|u| u.max_parallel == 0) {
        return Some("it has no update block, so nobody finds a second copy healthy".to_owned());
    }
    if group.update.as_ref().is_some_and(Update::is_manual) {
        return Some(
            "its health_check is \"manual\": somebody would have to set the health of the second copy"
                .to_owned(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn of(group: &Value) -> Option<String> {
        let mut whole = json!({"Name": "g", "Count": 1, "Update": {"MaxParallel": 1}});
        for (key, value) in group.as_object().unwrap() {
            whole[key] = value.clone();
        }
        let job: Job = serde_json::from_value(json!({"ID": "db", "TaskGroups": [whole]})).unwrap();
        forbidden(&job, "g")
    }

    #[test]
    fn what_cannot_run_twice_says_why() {
        assert_eq!(of(&json!({})), None);
        assert_eq!(of(&json!({"Volumes": {"d": {"Type": "host", "ReadOnly": true}}})), None);
        for (group, word) in [
            (json!({"Meta": {"fleet.singleton": "exclusive"}}), "exclusive"),
            (json!({"Volumes": {"d": {"Type": "host"}}}), "host volume"),
            (json!({"Volumes": {"d": {"Type": "csi", "ReadOnly": true, "PerAlloc": true}}}), "csi volume"),
            (json!({"EphemeralDisk": {"Sticky": true}}), "sticky"),
            (json!({"Scaling": {"Min": 1, "Max": 1}}), "no more than 1"),
            (json!({"Update": null}), "update block"),
            (json!({"Update": {"MaxParallel": 1, "HealthCheck": "manual"}}), "manual"),
        ] {
            let why = of(&group);
            assert!(why.as_ref().is_some_and(|why| why.contains(word)), "{group}: {why:?}");
        }
    }
}
