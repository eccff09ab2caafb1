//! Whose count of a group holds where what is about to be registered and what runs differ: an autoscaler, or somebody by hand, may
//! have changed it since.

use serde_json::{Value, json};

use crate::api::nomad::job::Job;

/// Whose count holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountSource {
    /// What runs, where the group has a `scaling` block: somebody else sets it; else what is written.
    Scaled,
    /// The same, where more run than what is written: what is taken back has its instances back, too.
    Higher,
    /// What runs.
    Running,
    /// What is written.
    Written,
}

impl CountSource {
    /// As the two flags say it.
    #[must_use]
    pub fn of(preserve: bool, no_preserve: bool) -> Self {
        match (preserve, no_preserve) {
            (true, _) => CountSource::Running,
            (_, true) => CountSource::Written,
            _ => CountSource::Scaled,
        }
    }
}

/// The counts where what is written and what runs differ, and which of them holds.
#[derive(Debug, Default)]
pub struct KeptCounts {
    /// What is to be said of each that differs, with the flags that change it.
    pub notes: Vec<String>,
    /// The groups that have a count of their own again, not what is written.
    pub kept: Vec<String>,
    /// The groups that come to run fewer, as nobody has said whose count is to hold: a name and both counts.
    pub doubtful: Vec<String>,
}

impl KeptCounts {
    /// What a person is asked before fewer run than now.
    #[must_use]
    pub fn question(&self, job: &str) -> Option<String> {
        let groups = self.doubtful.join(", ");
        (!self.doubtful.is_empty()).then(|| format!("Keep what runs of {job} ({groups})?"))
    }
}

/// Puts the counts of what runs into a job where they hold; `source` is where the job is from: `the file`.
pub fn apply(job: &mut Value, running: &Job, whose: CountSource, source: &str) -> KeptCounts {
    let mut counts = KeptCounts::default();
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        let note = apply_to(group, running, whose, source, &mut counts);
        counts.notes.extend(note);
    }
    counts
}

fn apply_to(
    group: &mut Value,
    running: &Job,
    whose: CountSource,
    source: &str,
    counts: &mut KeptCounts,
) -> Option<String> {
    let name = group["Name"].as_str().unwrap_or_default().to_owned();
    let (written, now) = (group["Count"].as_u64().unwrap_or(1), running.group(&name)?.count());
    if written == now || (whose == CountSource::Higher && now < written) {
        return None;
    }
    let scaled = group["Scaling"].is_object();
    let by_scaling = matches!(whose, CountSource::Scaled | CountSource::Higher);
    if whose == CountSource::Written || (by_scaling && !scaled) {
        let effect = match now.checked_sub(written) {
            Some(fewer) => {
                if whose == CountSource::Scaled {
                    counts.doubtful.push(format!("{name}: {now}, not the {written} of {source}"));
                }
                format!("{fewer} of {now} stop, at once and before the rest is replaced")
            }
            None => format!("{} more start", written - now),
        };
        return Some(format!(
            "group {name} has a count of {now} now, {source} says {written}: {effect} (--preserve-counts keeps {now})"
        ));
    }
    // What the servers would refuse is not asked of them.
    let bound = |key: &str| group["Scaling"][key].as_u64().filter(|_| scaled);
    let (least, most) = (bound("Min").unwrap_or(0), bound("Max").unwrap_or(u64::MAX));
    let kept = now.clamp(least, most.max(least));
    group["Count"] = json!(kept);
    counts.kept.push(format!("group {name} keeps its count of {kept}"));
    let why = if scaled { "which is scaled" } else { "as --preserve-counts says" };
    Some(if kept == now {
        format!(
            "group {name}, {why}, keeps its count of {now}; {source} says {written} (--no-preserve-counts takes that)"
        )
    } else {
        format!(
            "group {name}, {why}, goes from its count of {now} to {kept}, the bound of its scaling block; {source} says {written}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scaling: &Value, whose: CountSource) -> (u64, Vec<String>) {
        let running: Job =
            serde_json::from_value(json!({"ID": "web", "TaskGroups": [{"Name": "g", "Count": 6}]})).unwrap();
        let mut file = json!({"TaskGroups": [{"Name": "g", "Count": 2, "Scaling": scaling}, {"Name": "new", "Count": 3}]});
        let counts = apply(&mut file, &running, whose, "the file");
        assert_eq!(counts.doubtful.is_empty(), whose != CountSource::Scaled || scaling.is_object());
        (file["TaskGroups"][0]["Count"].as_u64().unwrap(), counts.notes)
    }

    #[test]
    fn what_is_scaled_keeps_its_count_and_all_else_is_said() {
        let scaling = json!({"Min": 2, "Max": 8});
        assert_eq!(told(&scaling, CountSource::Scaled).0, 6);
        assert_eq!(told(&json!({"Min": 2, "Max": 4}), CountSource::Scaled).0, 4);
        assert_eq!(told(&Value::Null, CountSource::Running).0, 6);
        assert_eq!(told(&scaling, CountSource::Higher).0, 6);
        let fewer: Job =
            serde_json::from_value(json!({"ID": "web", "TaskGroups": [{"Name": "g", "Count": 1}]})).unwrap();
        let mut before = json!({"TaskGroups": [{"Name": "g", "Count": 2, "Scaling": scaling}]});
        assert!(apply(&mut before, &fewer, CountSource::Higher, "version 3").kept.is_empty());
        assert_eq!(before["TaskGroups"][0]["Count"], 2);
        for (scaling, whose) in [(&scaling, CountSource::Written), (&Value::Null, CountSource::Scaled)] {
            let (count, notes) = told(scaling, whose);
            assert_eq!(count, 2);
            assert!(notes[0].contains("4 of 6 stop") && notes[0].contains("--preserve-counts"), "{notes:?}");
        }
    }
}
