//! Counts that were changed since the file was written: by an autoscaler, or by hand.

use serde_json::{Value, json};

use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::jobfile::Spec;
use crate::error::Result;
use crate::model::ids::JobType;

/// Whose count holds where the file and what runs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// What runs, where the group has a `scaling` block: somebody else sets it; else the file.
    Scaled,
    /// What runs.
    Running,
    /// The file.
    File,
}

impl Counts {
    /// As the two flags say it.
    pub(crate) fn of(preserve: bool, no_preserve: bool) -> Self {
        match (preserve, no_preserve) {
            (true, _) => Counts::Running,
            (_, true) => Counts::File,
            _ => Counts::Scaled,
        }
    }
}

/// The counts where the file and what runs differ, and which of them holds.
#[derive(Debug, Default)]
pub(crate) struct KeptCounts {
    /// What is to be said of each that differs.
    pub(crate) notes: Vec<String>,
    /// The groups that come to run fewer, as nobody has said whose count is to hold: a name and both counts.
    pub(crate) doubtful: Vec<String>,
}

impl KeptCounts {
    /// What a person is asked before fewer run than now.
    pub(crate) fn question(&self, job: &str) -> Option<String> {
        let groups = self.doubtful.join(", ");
        (!self.doubtful.is_empty()).then(|| format!("Keep what runs of {job} ({groups})?"))
    }
}

/// Puts the counts of what runs into a job where they hold.
pub(crate) async fn keep(app: &App, spec: &mut Spec, whose: Counts) -> Result<KeptCounts> {
    if JobType::of(&spec.parsed.job).is_per_node() {
        return Ok(KeptCounts::default());
    }
    let call = job::get(&spec.namespace, spec.parsed.id());
    let running = match spec.place(app).nomad()?.read(&call).await {
        Ok(reply) if !reply.value.stop => reply.value,
        // What does not run has no counts; what may not be read is planned as it is written.
        Ok(_) => return Ok(KeptCounts::default()),
        Err(e) if e.is_not_found() || e.is_denied() => return Ok(KeptCounts::default()),
        Err(e) => return Err(e.into()),
    };
    Ok(apply(&mut spec.parsed.job, &running, whose))
}

fn apply(file: &mut Value, running: &Job, whose: Counts) -> KeptCounts {
    let mut kept = KeptCounts::default();
    for group in file["TaskGroups"].as_array_mut().into_iter().flatten() {
        kept.notes.extend(apply_to(group, running, whose, &mut kept.doubtful));
    }
    kept
}

fn apply_to(group: &mut Value, running: &Job, whose: Counts, doubtful: &mut Vec<String>) -> Option<String> {
    let name = group["Name"].as_str().unwrap_or_default().to_owned();
    let (written, now) = (group["Count"].as_u64().unwrap_or(1), running.group(&name)?.count());
    if written == now {
        return None;
    }
    let scaled = group["Scaling"].is_object();
    if whose == Counts::File || (whose == Counts::Scaled && !scaled) {
        let effect = match now.checked_sub(written) {
            Some(fewer) => {
                if whose == Counts::Scaled {
                    doubtful.push(format!("{name}: {now}, not the file's {written}"));
                }
                format!("{fewer} of {now} stop, at once and before the rest is replaced")
            }
            None => format!("{} more start", written - now),
        };
        return Some(format!(
            "group {name} has a count of {now} now, the file says {written}: {effect} (--preserve-counts keeps {now})"
        ));
    }
    // What the servers would refuse is not asked of them.
    let bound = |key: &str| group["Scaling"][key].as_u64().filter(|_| scaled);
    let (least, most) = (bound("Min").unwrap_or(0), bound("Max").unwrap_or(u64::MAX));
    let kept = now.clamp(least, most.max(least));
    group["Count"] = json!(kept);
    let why = if scaled { "which is scaled" } else { "as --preserve-counts says" };
    Some(if kept == now {
        format!(
            "group {name}, {why}, keeps its count of {now}; the file says {written} (--no-preserve-counts takes that)"
        )
    } else {
        format!(
            "group {name}, {why}, goes from its count of {now} to {kept}, the bound of its scaling block; the file says {written}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scaling: &Value, whose: Counts) -> (u64, Vec<String>) {
        let running: Job =
            serde_json::from_value(json!({"ID": "web", "TaskGroups": [{"Name": "g", "Count": 6}]})).unwrap();
        let mut file = json!({"TaskGroups": [{"Name": "g", "Count": 2, "Scaling": scaling}, {"Name": "new", "Count": 3}]});
        let kept = apply(&mut file, &running, whose);
        assert_eq!(kept.doubtful.is_empty(), whose != Counts::Scaled || scaling.is_object());
        (file["TaskGroups"][0]["Count"].as_u64().unwrap(), kept.notes)
    }

    #[test]
    fn what_is_scaled_keeps_its_count_and_all_else_is_said() {
        let scaling = json!({"Min": 2, "Max": 8});
        assert_eq!(told(&scaling, Counts::Scaled).0, 6);
        assert_eq!(told(&json!({"Min": 2, "Max": 4}), Counts::Scaled).0, 4);
        assert_eq!(told(&Value::Null, Counts::Running).0, 6);
        for (scaling, whose) in [(&scaling, Counts::File), (&Value::Null, Counts::Scaled)] {
            let (count, notes) = told(scaling, whose);
            assert_eq!(count, 2);
            assert!(notes[0].contains("4 of 6 stop") && notes[0].contains("--preserve-counts"), "{notes:?}");
        }
    }
}
