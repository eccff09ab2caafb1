//! Whether a service that runs once may run twice for a while. Pure.

use crate::api::nomad::job::{Job, Update};
use crate::api::nomad::scaling::{JobScale, ScalingEvent};

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

/// How whoever raises a count for a second copy begins the message of it.
pub const RAISED_BY: &str = "fleet rotate-nodes, rotation ";

/// Whether a group has the count `raised` because the rotation of that name raised it, and for no other reason: the last that scaled
/// the group is that rotation, and every later registration of the job has scaled another group of it. `registrations` are the indexes of the
/// job's kept versions. A number alone tells nothing: a deploy may want the same. One that differs in nothing else leaves no trace
/// (`nomad-api.md §3.1`), and is not seen.
#[must_use]
pub fn is_own_raise(
    scale: &JobScale,
    (group, raised): (&str, u64),
    rotation: &str,
    registrations: &[u64],
) -> bool {
    let scaled = |e: &&ScalingEvent| e.count.is_some() && !e.error;
    let of_group = scale.task_groups.get(group).into_iter().flat_map(|g| &g.events);
    let Some(last) = of_group.filter(scaled).max_by_key(|e| e.create_index) else { return false };
    if last.message.strip_prefix(RAISED_BY) != Some(rotation) || last.count != i64::try_from(raised).ok() {
        return false;
    }
    // The event of a scaling is written right after the job it has changed.
    let events: Vec<u64> =
        scale.task_groups.values().flat_map(|g| &g.events).filter(scaled).map(|e| e.create_index).collect();
    let next = |index: u64| registrations.iter().filter(|r| **r > index).min().copied().unwrap_or(u64::MAX);
    let is_scaling = |index: u64| events.iter().any(|e| *e > index && *e < next(index));
    registrations.iter().filter(|r| **r > last.create_index).all(|r| is_scaling(*r))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Of each event its group, its count, its message and its index.
    fn scale(events: &[(&str, u64, &str, u64)]) -> JobScale {
        let mut groups = serde_json::Map::new();
        for (group, count, message, index) in events {
            let one = json!({"Count": count, "PreviousCount": 1, "Message": message, "CreateIndex": index});
            let group = groups.entry(*group).or_insert_with(|| json!({"Events": []}));
            group["Events"].as_array_mut().unwrap().insert(0, one);
        }
        serde_json::from_value(json!({"TaskGroups": groups})).unwrap()
    }

    #[test]
    fn a_count_is_the_rotations_own_only_where_nobody_came_after_it() {
        let own = "fleet rotate-nodes, rotation r-1";
        let is_own_raise = |scale: &JobScale, group, raised, registrations: &[u64]| {
            is_own_raise(scale, (group, raised), "r-1", registrations)
        };
        let raised = [("g", 2, own, 97)];
        assert!(is_own_raise(&scale(&raised), "g", 2, &[14, 95]));
        // A deploy of a file with the same count.
        assert!(!is_own_raise(&scale(&raised), "g", 2, &[14, 95, 120]));
        // Somebody scaled it to the same count, or to another, later.
        let later = [raised[0], ("g", 1, own, 105), ("g", 2, "submitted using the Nomad CLI", 110)];
        assert!(!is_own_raise(&scale(&later), "g", 2, &[14, 95, 103, 108]));
        // Another group of the job was scaled: that has left this one as it was.
        let other = [raised[0], ("h", 2, own, 101)];
        assert!(is_own_raise(&scale(&other), "g", 2, &[14, 95, 99]));
        // It was registered between, with whatever count.
        assert!(!is_own_raise(&scale(&other), "g", 2, &[14, 95, 98, 99]));
        assert!(!is_own_raise(&scale(&[]), "g", 2, &[14]), "a file of two");
        for other in ["fleet rotate-nodes, rotation r-2", "fleet rotate-nodes, rotation r-11"] {
            assert!(!is_own_raise(&scale(&[("g", 2, other, 97)]), "g", 2, &[14, 95]), "another one's");
        }
        assert!(!is_own_raise(&scale(&raised), "h", 2, &[14, 95]));
    }

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
