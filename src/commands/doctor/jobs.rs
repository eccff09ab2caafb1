//! `fleet doctor jobs`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::api::nomad::{job, jobspec};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words};
use crate::model::jobfile::resize::{self, Wanted};
use crate::model::redaction::Secrets;
use crate::model::right_sizing::{self, Asked, Confidence, Suggestion, TaskKey, Used, Verdict};
use crate::model::words::count;
use crate::ops::jobfile::{read, stored_values};
use crate::ops::right_sizing as sizes;
use crate::ui::{Cell, Column, Tabular, Tone, column, duration, duration_text};

/// Show what tasks ask for beside what they use, and what they should ask for.
///
/// What they use now is asked of their clients, of 200 allocations at most, one of each group first; --for goes on sampling. With
/// --prometheus it is what was exceeded in one of a hundred samples over --since, from the metrics that clients publish with
/// publish_allocation_metrics. The number of samples and how far they can be relied on are told: a moment never lowers anything, and
/// memory is never suggested below the most that was seen.
///
/// With --diff the changes are shown in the job file that is stored with each job, or in --file. Nothing is written.
///
/// The exit code is 0 when everything that was measured fits, 1 when something asks for too little or too much, and 2 when it is
/// not known of something and nothing else was found.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet doctor jobs
  fleet doctor jobs web --for 1m
  fleet doctor jobs --prometheus http://127.0.0.1:9090 --since 7d
  fleet doctor jobs web --prometheus http://127.0.0.1:9090 --diff --file web.nomad.hcl")]
pub struct Args {
    /// Only these jobs, by their ids.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    jobs: Vec<String>,

    /// Ask this Prometheus what was used, instead of the clients.
    #[arg(long, value_name = "URL", value_hint = clap::ValueHint::Url)]
    prometheus: Option<String>,

    /// How far back to look.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "7d", requires = "prometheus")]
    since: Duration,

    /// Go on sampling the clients for so long.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, default_value = "0s", conflicts_with = "prometheus")]
    sampled: Duration,

    /// The time between two samples.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", conflicts_with = "prometheus")]
    every: Duration,

    /// Room to leave above what is used, in per cent.
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=500))]
    headroom: u64,

    /// Show the changes as a diff of the job file.
    #[arg(long)]
    diff: bool,

    /// The job file to show them in, instead of the stored one; for one job.
    #[arg(long, value_name = "FILE", requires = "diff", value_hint = clap::ValueHint::FilePath)]
    file: Option<String>,
}

/// A task.
#[derive(Debug, Serialize)]
struct Row {
    job_id: String,
    namespace: String,
    group: String,
    task: String,
    instances: u64,
    cpu_mhz_asked: Option<u64>,
    cpu_mhz_used: Option<u64>,
    cpu_mhz_suggested: Option<u64>,
    memory_mib_asked: u64,
    memory_max_mib_asked: Option<u64>,
    memory_mib_used: Option<u64>,
    memory_mib_most: Option<u64>,
    memory_mib_suggested: Option<u64>,
    samples: u64,
    over_seconds: u64,
    confidence: Confidence,
    verdict: Verdict,
}

fn mib(bytes: Option<f64>) -> Option<u64> {
    bytes.map(|b| (b / (1024.0 * 1024.0)).ceil().clamp(0.0, 1e15) as u64)
}

impl Row {
    fn new(key: &TaskKey, asked: &Asked, used: &Used, told: Suggestion) -> Self {
        Row {
            job_id: key.job.id.clone(),
            namespace: key.job.namespace.clone(),
            group: key.group.clone(),
            task: key.task.clone(),
            instances: asked.instances,
            cpu_mhz_asked: asked.cpu_mhz,
            cpu_mhz_used: used.cpu_mhz.map(|mhz| mhz.ceil().clamp(0.0, 1e15) as u64),
            cpu_mhz_suggested: told.cpu_mhz,
            memory_mib_asked: asked.memory_mib,
            memory_max_mib_asked: asked.memory_max_mib,
            memory_mib_used: mib(used.memory_bytes),
            memory_mib_most: mib(used.memory_most_bytes),
            memory_mib_suggested: told.memory_mib,
            samples: used.samples,
            over_seconds: used.over.as_secs(),
            confidence: told.confidence,
            verdict: told.verdict,
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("JOB").wraps(),
        column("NAMESPACE").usual("default").rank(5),
        column("GROUP").rank(3),
        column("TASK"),
        column("CPU MHZ").right(),
        column("USED").right().rank(1),
        column("BETTER").right(),
        column("MEM MIB").right(),
        column("USED").right().rank(1),
        column("BETTER").right(),
        column("SAMPLES").right().rank(2),
        column("OVER").right().rank(4),
        column("RELY").rank(1),
        column("VERDICT").whole(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let number = |n: Option<u64>| n.map_or(Cell::Empty, Cell::Number);
        let better = |n: Option<u64>, asked: Option<u64>| match n {
            Some(n) if Some(n) > asked => Cell::toned(n.to_string(), Tone::Bad),
            Some(n) => Cell::toned(n.to_string(), Tone::Good),
            None => Cell::Empty,
        };
        let tone = match self.verdict {
            Verdict::TooLittle => Tone::Bad,
            Verdict::TooMuch => Tone::Warn,
            Verdict::Fits => Tone::Good,
            Verdict::NotKnown => Tone::Dim,
        };
        vec![
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::text(&self.group),
            Cell::text(&self.task),
            number(self.cpu_mhz_asked),
            number(self.cpu_mhz_used),
            better(self.cpu_mhz_suggested, self.cpu_mhz_asked),
            Cell::Number(self.memory_mib_asked),
            number(self.memory_mib_used),
            better(self.memory_mib_suggested, Some(self.memory_mib_asked)),
            Cell::Number(self.samples),
            Cell::text(duration_text(Duration::from_secs(self.over_seconds))),
            Cell::text(self.confidence.to_string()),
            Cell::toned(self.verdict.to_string(), tone),
        ]
    }
}

/// Shows it.
///
/// # Errors
/// Not found (3); Nomad's and Prometheus' own.
pub(super) async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
    let wanted = |key: &JobKey| args.jobs.is_empty() || args.jobs.contains(&key.id);
    let running = sizes::running(nomad, namespace, wanted).await?;
    if running.asked.is_empty() {
        for id in &args.jobs {
            resolve::job(nomad, namespace, id).await?;
        }
        resolve::namespace(app).await?;
    }
    let used = match &args.prometheus {
        Some(url) => sizes::over_time(url, args.since).await?,
        None => {
            let (all, asked) = running.counts();
            if asked < all {
                app.printer.warn(&format!("of {} only {asked} are asked", count(all, "allocation")));
            }
            let (used, faults) = sizes::now(nomad, &running, args.sampled, args.every).await;
            if let Some(first) = faults.first() {
                app.printer.warn(&format!("not known of {}: {first}", count(faults.len(), "allocation")));
            }
            used
        }
    };
    let row = |(key, asked): (&TaskKey, &Asked)| {
        let used = used.get(key).copied().unwrap_or_default();
        Row::new(key, asked, &used, right_sizing::suggest(asked, &used, args.headroom))
    };
    let mut rows: Vec<Row> = running.asked.iter().map(row).collect();
    let worst = |r: &Row| match r.verdict {
        Verdict::TooLittle => 0,
        Verdict::TooMuch => 1,
        Verdict::NotKnown => 2,
        Verdict::Fits => 3,
    };
    rows.sort_by_key(worst);
    if args.diff {
        diffs(args, app, &rows).await?;
    } else {
        app.printer.list(&rows, "nothing runs")?;
        let unmeasured = rows.iter().filter(|row| row.samples == 0).count();
        if unmeasured > 0 {
            app.printer.note(&format!("not known of {}: nothing was measured", count(unmeasured, "task")));
        }
    }
    Ok(if rows.iter().any(|r| worst(r) < 2) {
        ExitCode::Failed
    } else if rows.iter().any(|r| worst(r) == 2) {
        ExitCode::Of(super::COULD_NOT_CHECK)
    } else {
        ExitCode::Done
    })
}

/// A diff of a job file.
#[derive(Debug, Serialize)]
struct FileDiff {
    job_id: String,
    namespace: String,
    diff: String,
    /// What has to be changed by hand, and why.
    by_hand: Vec<String>,
}

/// The changes in the files of the jobs.
async fn diffs(args: &Args, app: &App, rows: &[Row]) -> Result<()> {
    let mut jobs: BTreeMap<JobKey, Vec<Wanted>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.cpu_mhz_suggested.is_some() || r.memory_mib_suggested.is_some()) {
        jobs.entry(JobKey::new(&*row.namespace, &*row.job_id)).or_default().push(Wanted {
            group: row.group.clone(),
            task: row.task.clone(),
            cpu_mhz: row.cpu_mhz_suggested,
            memory_mib: row.memory_mib_suggested,
        });
    }
    if args.file.is_some() && jobs.len() > 1 {
        return Err(Error::usage(format!(
            "--file is the file of one job, and {} would change",
            count(jobs.len(), "job")
        ))
        .hint("name the job: `fleet doctor jobs JOB --diff --file FILE`"));
    }
    let mut all = Vec::new();
    for (key, wanted) in &jobs {
        let (name, text, secrets) = match &args.file {
            Some(file) => (file.clone(), read(file).await?, Secrets::default()),
            None => match stored(app, key).await? {
                Ok((text, secrets)) => (format!("{}.nomad.hcl", key.id), text, secrets),
                Err(why) => {
                    all.push(FileDiff {
                        job_id: key.id.clone(),
                        namespace: key.namespace.clone(),
                        diff: String::new(),
                        by_hand: vec![why],
                    });
                    continue;
                }
            },
        };
        let (changed, by_hand) = resize::resized(&text, wanted)
            .map_err(|e| Error::usage(format!("could not read {name}")).because(e))?;
        let diff = if changed == text { String::new() } else { unified(&name, &text, &changed) };
        let (job_id, namespace) = (key.id.clone(), key.namespace.clone());
        all.push(FileDiff { job_id, namespace, diff: secrets.clean(&diff), by_hand });
    }
    if app.printer.is_machine() {
        return app.printer.document(&all);
    }
    if all.is_empty() {
        app.printer.note("nothing to change");
    }
    for one in &all {
        app.printer.text(&one.diff)?;
        one.by_hand.iter().for_each(|why| app.printer.warn(&format!("job {}: {why}", one.job_id)));
    }
    Ok(())
}

/// The stored file of a job, and what is secret in it; or why there is none.
async fn stored(app: &App, key: &JobKey) -> Result<std::result::Result<(String, Secrets), String>> {
    let nomad = app.nomad()?;
    let version = nomad.read(&job::get(&key.namespace, &key.id)).await?.value.version;
    match nomad.read(&jobspec::submission(&key.namespace, &key.id, version)).await {
        Ok(reply) if reply.value.format == "json" => {
            Ok(Err("its stored file is JSON, which is not edited here".to_owned()))
        }
        Ok(reply) => {
            let secrets = Secrets::of_variables(&stored_values(&reply.value));
            Ok(Ok((reply.value.source, secrets)))
        }
        Err(e) if e.is_not_found() => {
            let words = job_words(&key.namespace, &key.id);
            Ok(Err(format!(
                "its job file is not stored; name it: `fleet doctor jobs {words} --diff --file FILE`"
            )))
        }
        Err(e) => Err(e.into()),
    }
}

/// The difference of two texts as `patch` reads it.
fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(3).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn what_is_asked_and_used_stands_side_by_side() {
        let key = TaskKey { job: JobKey::new("default", "web"), group: "g".into(), task: "t".into() };
        let asked = Asked { cpu_mhz: Some(500), memory_mib: 300, memory_max_mib: None, instances: 2 };
        let mut used = Used::default();
        used.add(40.0, 290.0 * 1024.0 * 1024.0);
        let row = Row::new(&key, &asked, &used, right_sizing::suggest(&asked, &used, 20));
        insta::assert_snapshot!(screen(110, |p| p.list(&[row], "")), @"
        JOB  GROUP  TASK  CPU MHZ  USED  BETTER  MEM MIB  USED  BETTER  SAMPLES  OVER  RELY  VERDICT
        web  g      t         500    40       -      300   290     352        1    0s  low   too little
        ");
    }

    #[test]
    fn a_diff_is_one_that_patch_reads() {
        insta::assert_snapshot!(unified("web.nomad.hcl", "a\nb\n", "a\nc\n"), @"
        --- a/web.nomad.hcl
        +++ b/web.nomad.hcl
        @@ -1,2 +1,2 @@
         a
        -b
        +c
        ");
    }
}
