//! What tasks ask for beside what they use, and what they should ask for.
//!
//! Nothing is lowered on the word of a moment: a few samples of the present show what a task needs at least, and never that it
//! needs no more.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::model::ids::JobKey;

/// Bytes of one MiB.
const MIB: f64 = 1024.0 * 1024.0;
/// Below this nothing is suggested.
const LEAST_MHZ: u64 = 50;
/// Below this nothing is suggested.
const LEAST_MIB: u64 = 32;
/// Suggestions are multiples of this.
const STEP_MHZ: u64 = 10;
/// Suggestions are multiples of this.
const STEP_MIB: u64 = 16;
/// What would be lowered by less than this share, in per cent, is left as it is.
const WORTH_PERCENT: u64 = 20;
/// So many samples over so long a time are many.
const MANY: u64 = 1_000;
const LONG: Duration = Duration::from_secs(3 * 24 * 3600);
/// So many samples over so long a time are some.
const SOME: u64 = 100;
const WHILE: Duration = Duration::from_secs(3600);

/// A task of a job.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    /// The job.
    pub job: JobKey,
    /// The group.
    pub group: String,
    /// The task.
    pub task: String,
}

/// What a task asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// MHz; none where it asks for cores.
    pub cpu_mhz: Option<u64>,
    /// MiB.
    pub memory_mib: u64,
    /// MiB it may use where there is more; none where that is what it asks for.
    pub memory_max_mib: Option<u64>,
    /// How many of its instances run.
    pub instances: u64,
}

/// What the instances of a task use: the largest of them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// MHz that are exceeded in one of a hundred samples; of a few samples the largest. None where it is not measured.
    pub cpu_mhz: Option<f64>,
    /// Bytes that are exceeded in one of a hundred samples; of a few samples the largest.
    pub memory_bytes: Option<f64>,
    /// The most bytes that were seen.
    pub memory_most_bytes: Option<f64>,
    /// How many samples there are.
    pub samples: u64,
    /// How long they reach back.
    pub over: Duration,
}

impl Used {
    /// Takes another sample of the present into account.
    pub fn add(&mut self, cpu_mhz: f64, memory_bytes: f64) {
        let larger = |a: Option<f64>, b: f64| (b > 0.0).then_some(a.map_or(b, |a| a.max(b))).or(a);
        self.cpu_mhz = larger(self.cpu_mhz, cpu_mhz);
        self.memory_bytes = larger(self.memory_bytes, memory_bytes);
        self.memory_most_bytes = larger(self.memory_most_bytes, memory_bytes);
        self.samples += 1;
    }
}

/// How far what was seen can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A few samples, or a short time.
    Low,
    /// Some samples over an hour and more.
    Medium,
    /// Many samples over three days and more.
    High,
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        })
    }
}

/// How far samples can be relied on.
#[must_use]
pub fn confidence(used: &Used) -> Confidence {
    if used.samples >= MANY && used.over >= LONG {
        Confidence::High
    } else if used.samples >= SOME && used.over >= WHILE {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

/// What is to be said of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It uses more than it asks for, or nearly: it may be killed or starve.
    TooLittle,
    /// It asks for far more than it uses.
    TooMuch,
    /// It asks for about what it uses.
    Fits,
    /// It was not measured, or not for long enough to say that it asks for too much.
    NotKnown,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Verdict::TooLittle => "too little",
            Verdict::TooMuch => "too much",
            Verdict::Fits => "fits",
            Verdict::NotKnown => "not known",
        })
    }
}

/// What a task should ask for, where that differs from what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// MHz.
    pub cpu_mhz: Option<u64>,
    /// MiB.
    pub memory_mib: Option<u64>,
    /// What is to be said of it.
    pub verdict: Verdict,
    /// How far it can be relied on.
    pub confidence: Confidence,
}

/// What is enough for a use, with room above it in per cent.
fn enough(used: f64, headroom_percent: u64, step: u64, least: u64) -> u64 {
    let wanted = (used * (100 + headroom_percent) as f64 / 100.0).ceil().clamp(0.0, 1e15) as u64;
    wanted.div_ceil(step).saturating_mul(step).max(least)
}

/// What becomes of one resource: the new amount, and the verdict.
fn one(asked: u64, wanted: Option<u64>, confidence: Confidence) -> (Option<u64>, Verdict) {
    match wanted {
        None => (None, Verdict::NotKnown),
        Some(wanted) if wanted > asked => (Some(wanted), Verdict::TooLittle),
        Some(wanted) if wanted.saturating_mul(100) > asked.saturating_mul(100 - WORTH_PERCENT) => {
            (None, Verdict::Fits)
        }
        // What was seen for a moment is no reason to take anything away.
        Some(_) if confidence == Confidence::Low => (None, Verdict::NotKnown),
        Some(wanted) => (Some(wanted), Verdict::TooMuch),
    }
}

/// What a task should ask for. Memory is never suggested below the most that was seen: a task without it is killed; a processor is
/// only shared.
#[must_use]
pub fn suggest(asked: &Asked, used: &Used, headroom_percent: u64) -> Suggestion {
    let confidence = confidence(used);
    let cpu = used.cpu_mhz.map(|mhz| enough(mhz, headroom_percent, STEP_MHZ, LEAST_MHZ));
    let (cpu_mhz, of_cpu) = match asked.cpu_mhz {
        Some(asked) => one(asked, cpu, confidence),
        None => (None, Verdict::Fits),
    };
    let memory = used.memory_bytes.map(|bytes| {
        let usual = enough(bytes / MIB, headroom_percent, STEP_MIB, LEAST_MIB);
        let most = used.memory_most_bytes.map_or(0, |b| enough(b / MIB, 0, STEP_MIB, LEAST_MIB));
        usual.max(most)
    });
    let (mut memory_mib, mut of_memory) = one(asked.memory_mib, memory, confidence);
    // What goes beyond what is asked for and stays below the limit is what the limit is there for.
    if of_memory == Verdict::TooLittle
        && asked.memory_max_mib.is_some_and(|most| memory.is_some_and(|m| m <= most))
    {
        (memory_mib, of_memory) = (None, Verdict::Fits);
    }
    let all = [of_memory, of_cpu];
    let worst =
        [Verdict::TooLittle, Verdict::TooMuch, Verdict::NotKnown].into_iter().find(|v| all.contains(v));
    Suggestion { cpu_mhz, memory_mib, verdict: worst.unwrap_or(Verdict::Fits), confidence }
}

/// The questions that are put to a Prometheus, and what their answers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// MHz.
    Cpu,
    /// Bytes.
    Memory,
    /// The most bytes.
    MemoryMost,
    /// How many samples there are.
    Samples,
}

/// Every measure.
pub const MEASURES: [Measure; 4] = [Measure::Cpu, Measure::Memory, Measure::MemoryMost, Measure::Samples];

impl Measure {
    /// The query, over so many seconds. The client publishes the use of its allocations where `publish_allocation_metrics` is set; what
    /// is not kept in a control group tells its resident memory only. A Prometheus that has a label `job` of its own calls Nomad's
    /// `exported_job`.
    #[must_use]
    pub fn query(self, seconds: u64) -> String {
        const OF: &str = "by (namespace, exported_job, job, task_group, task)";
        let of = |outer: &str, function: &str, metric: &str| {
            format!("{outer} {OF} ({function}nomad_client_allocs_{metric}[{seconds}s]))")
        };
        let memory = |function: &str| {
            format!("{} or {}", of("max", function, "memory_usage"), of("max", function, "memory_rss"))
        };
        match self {
            Measure::Cpu => of("max", "quantile_over_time(0.99, ", "cpu_total_ticks"),
            Measure::Memory => memory("quantile_over_time(0.99, "),
            Measure::MemoryMost => memory("max_over_time("),
            Measure::Samples => of("sum", "count_over_time(", "memory_rss"),
        }
    }

    /// Takes an answer in.
    pub fn take(self, used: &mut Used, value: f64) {
        // A processor that is never used was not measured.
        let told = (value.is_finite() && value > 0.0).then_some(value);
        match self {
            Measure::Cpu => used.cpu_mhz = told,
            Measure::Memory => used.memory_bytes = told,
            Measure::MemoryMost => used.memory_most_bytes = told,
            Measure::Samples => used.samples = told.unwrap_or_default() as u64,
        }
    }
}

/// What a Prometheus answers, by task. An error says what is wrong with the answer.
///
/// # Errors
/// Its own words, or that it is no such answer.
pub fn answers(document: &serde_json::Value) -> Result<BTreeMap<TaskKey, f64>, String> {
    if document["status"] != "success" {
        let why = document["error"].as_str().unwrap_or("it does not answer as a Prometheus does");
        return Err(why.to_owned());
    }
    let rows = document["data"]["result"].as_array().ok_or("it does not answer with rows")?;
    let mut all = BTreeMap::new();
    for row in rows {
        let label = |name: &str| row["metric"][name].as_str().filter(|text| !text.is_empty());
        let job = label("exported_job").or_else(|| label("job"));
        let value = row["value"][1].as_str().and_then(|text| text.parse::<f64>().ok());
        let (Some(job), Some(group), Some(task), Some(value)) =
            (job, label("task_group"), label("task"), value)
        else {
            continue;
        };
        let job = JobKey::new(label("namespace").unwrap_or("default"), job);
        let largest: &mut f64 =
            all.entry(TaskKey { job, group: group.to_owned(), task: task.to_owned() }).or_insert(value);
        *largest = largest.max(value);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn used(cpu: f64, mib: f64, most: f64, samples: u64, hours: u64) -> Used {
        Used {
            cpu_mhz: Some(cpu),
            memory_bytes: Some(mib * MIB),
            memory_most_bytes: Some(most * MIB),
            samples,
            over: Duration::from_secs(hours * 3600),
        }
    }

    const ASKED: Asked = Asked { cpu_mhz: Some(500), memory_mib: 300, memory_max_mib: None, instances: 2 };

    #[test]
    fn many_samples_lower_and_few_only_raise() {
        let well = suggest(&ASKED, &used(100.0, 100.0, 110.0, 5_000, 96), 20);
        assert_eq!((well.cpu_mhz, well.memory_mib, well.verdict), (Some(120), Some(128), Verdict::TooMuch));
        let moment = suggest(&ASKED, &used(100.0, 100.0, 110.0, 3, 0), 20);
        assert_eq!((moment.cpu_mhz, moment.memory_mib, moment.verdict), (None, None, Verdict::NotKnown));
        let tight = suggest(&ASKED, &used(100.0, 290.0, 290.0, 3, 0), 20);
        assert_eq!(
            (tight.memory_mib, tight.verdict, tight.confidence),
            (Some(352), Verdict::TooLittle, Confidence::Low)
        );
        let bounded = Asked { memory_max_mib: Some(512), ..ASKED };
        assert_eq!(suggest(&bounded, &used(450.0, 290.0, 290.0, 3, 0), 20).memory_mib, None);
        let fits = suggest(&ASKED, &used(400.0, 240.0, 250.0, 5_000, 96), 20);
        assert_eq!((fits.cpu_mhz, fits.memory_mib, fits.verdict), (None, None, Verdict::Fits));
        assert_eq!(suggest(&ASKED, &Used::default(), 20).verdict, Verdict::NotKnown);
        assert_eq!(confidence(&used(1.0, 1.0, 1.0, 500, 2)), Confidence::Medium);
    }

    proptest! {
        #[test]
        fn memory_never_goes_below_what_was_seen(mib in 1.0..4000.0_f64, more in 0.0..4000.0_f64, asked in 1_u64..8000, samples in 0_u64..5000, hours in 0_u64..200) {
            let asked = Asked { memory_mib: asked, ..ASKED };
            let seen = used(1.0, mib, mib + more, samples, hours);
            let told = suggest(&asked, &seen, 20);
            if let Some(wanted) = told.memory_mib {
                prop_assert!(wanted as f64 >= mib + more);
                prop_assert!(wanted > asked.memory_mib || told.confidence > Confidence::Low);
            }
        }
    }

    #[test]
    fn a_prometheus_that_has_a_job_of_its_own_is_read_too() {
        let row = |labels: serde_json::Value, value: &str| json!({"metric": labels, "value": [0, value]});
        let document = json!({"status": "success", "data": {"resultType": "vector", "result": [
            row(json!({"job": "nomad", "exported_job": "web", "namespace": "ops", "task_group": "g", "task": "t"}), "12.5"),
            row(json!({"job": "web2", "task_group": "g", "task": "t"}), "NaN"),
            row(json!({"job": "no-task"}), "1"),
        ]}});
        let all = answers(&document).unwrap();
        let key =
            |ns: &str, job: &str| TaskKey { job: JobKey::new(ns, job), group: "g".into(), task: "t".into() };
        assert_eq!(all[&key("ops", "web")], 12.5);
        assert_eq!(all.len(), 2);
        let mut seen = Used::default();
        Measure::Cpu.take(&mut seen, all[&key("default", "web2")]);
        assert_eq!(seen.cpu_mhz, None);
        assert_eq!(answers(&json!({"status": "error", "error": "bad query"})).unwrap_err(), "bad query");
        assert!(answers(&json!({})).is_err());
    }

    #[test]
    fn the_queries_name_what_a_client_publishes() {
        insta::assert_snapshot!(Measure::Cpu.query(3600), @"max by (namespace, exported_job, job, task_group, task) (quantile_over_time(0.99, nomad_client_allocs_cpu_total_ticks[3600s]))");
        let memory = Measure::Memory.query(60);
        assert!(
            memory.contains("memory_usage[60s]")
                && memory.contains(" or max ")
                && memory.contains("memory_rss[60s]")
        );
    }
}
