//! `fleet logs`

mod follow;
mod joining;
mod print;

use std::time::Duration;

use jiff::Timestamp;
use regex::Regex;

use crate::api::nomad::allocation::ClientStatus;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::target::{
    self, AllocRequirement, TargetFlags, TargetMatches, TaskPlace, why_unreached,
};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{shell_word, short};
use crate::model::target::last_tries;
use crate::ops::logs::{LogId, LogStart, Stream};
use crate::ui::duration;

use follow::Following;
use print::{LineStyle, Print};

/// Print the logs of tasks, and follow them.
///
/// Prints stdout and stderr of every matching allocation together, each line with its origin; `!` marks stderr. A job means all
/// its running allocations or, where none runs, the last one of each instance; with -f also those that start later. An allocation
/// id means that one, running or not. Nothing is lost silently: across rotated files, restarts and broken connections each log
/// continues at the byte it had reached, and what was removed before it could be read is reported as a gap. Following ends when
/// everything selected has ended and its jobs start nothing more. A node that does not answer is named within two seconds; its logs
/// end as unread after 12 s, and are tried for five minutes with -f.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet logs web
  fleet logs web -f --grep 'ERROR|WARN'
  fleet logs 'api-*' --tail 100 --stderr
  fleet logs c783f447 --task db -o json-lines
  fleet logs web --all-tasks -f --strict --stats")]
pub struct Args {
    /// Targets as in `fleet exec`; job ids may have wildcards.
    #[arg(value_name = "TARGET", required = true, add = clap_complete::ArgValueCompleter::new(complete::targets))]
    targets: Vec<String>,

    #[command(flatten)]
    which: TargetFlags,

    /// Include every task of an allocation, not only the main one.
    #[arg(long, conflicts_with = "task")]
    all_tasks: bool,

    /// Follow the logs.
    #[arg(long, short = 'f')]
    follow: bool,

    /// Start with the last N lines [default: everything stored, and 10 with -f].
    #[arg(long, value_name = "LINES", conflicts_with = "since")]
    tail: Option<u64>,

    /// Start with what was written since then: a duration such as 10m, or a time. Nomad dates files, not lines; lines that begin
    /// with an older time of their own are left out.
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Since>,

    /// Only stdout.
    #[arg(long, conflicts_with = "stderr")]
    stdout: bool,

    /// Only stderr.
    #[arg(long)]
    stderr: bool,

    /// Only lines that match this regular expression.
    #[arg(long, value_name = "REGEX")]
    grep: Option<Regex>,

    /// Highlight what matches this regular expression.
    #[arg(long, value_name = "REGEX")]
    highlight: Option<Regex>,

    /// Print lines as they are, without their origin; the same as `-o raw`.
    #[arg(long)]
    raw: bool,

    /// Prefix each line with the time at which it was read.
    #[arg(long, short = 't')]
    timestamps: bool,

    /// Exit with 1 when part of a log was removed before it could be read.
    #[arg(long)]
    strict: bool,

    /// Print at the end how much of each log was read.
    #[arg(long)]
    stats: bool,
}

#[derive(Debug, Clone, Copy)]
enum Since {
    Ago(Duration),
    At(Timestamp),
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Since::At(at));
    }
    let forms = "a duration such as 10m, or a time such as 2026-11-21T11:00:00Z";
    duration(text).map(Since::Ago).map_err(|_| format!("expected {forms}"))
}

impl Args {
    fn begin(&self, now: Timestamp) -> LogStart {
        match (self.since, self.tail) {
            (Some(Since::At(at)), _) => LogStart::Since(at),
            (Some(Since::Ago(ago)), _) => {
                LogStart::Since(now - jiff::SignedDuration::try_from(ago).unwrap_or_default())
            }
            (None, Some(lines)) => LogStart::Last(lines),
            (None, None) if self.follow => LogStart::Last(10),
            (None, None) => LogStart::Oldest,
        }
    }

    fn streams(&self) -> Vec<Stream> {
        match (self.stdout, self.stderr) {
            (true, _) => vec![Stream::Stdout],
            (_, true) => vec![Stream::Stderr],
            _ => vec![Stream::Stdout, Stream::Stderr],
        }
    }

    /// The logs of a place.
    fn logs(&self, place: &TaskPlace) -> Vec<LogId> {
        let tasks = if self.all_tasks { place.tasks.clone() } else { vec![place.task.clone()] };
        let of =
            |task: &String, stream| LogId { alloc_id: place.alloc.id.clone(), task: task.clone(), stream };
        tasks.iter().flat_map(|task| self.streams().into_iter().map(move |s| of(task, s))).collect()
    }

    /// All matching allocations: of a job every running one or, where none runs, the last of each instance; of an id that one.
    async fn places(&self, app: &App) -> Result<Vec<TaskPlace>> {
        let mut places: Vec<TaskPlace> = Vec::new();
        for text in &self.targets {
            let TargetMatches { fitting: mut found, unreached } =
                target::find(app, text, &self.which, AllocRequirement::RunningFirst)
                    .await
                    .map_err(|e| task_of(e, text, &places))?;
            for alloc in unreached.iter().filter(|a| a.client_status == ClientStatus::Unknown) {
                let (id, why) = (short(&alloc.id), why_unreached(alloc));
                app.printer.warn(&format!("the logs of {id} ({}) are left out, which is {why}", alloc.name));
            }
            if !found.iter().any(|a| a.client_status == ClientStatus::Running) {
                found = last_tries(found);
            }
            for place in target::places(app, found, &self.which).await? {
                if !places.iter().any(|p| p.alloc.id == place.alloc.id) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }
}

/// As `nomad` takes them, an allocation and its task are two words; here they are one.
fn task_of(error: Error, text: &str, before: &[TaskPlace]) -> Error {
    let has_it = |p: &&TaskPlace| p.tasks.iter().any(|task| task == text);
    match before.iter().find(has_it).filter(|_| error.code() == ExitCode::NotFound) {
        Some(place) => {
            let target = format!("{}/{text}", short(&place.alloc.id));
            error.hint(format!("of task {text}: fleet logs {}", shell_word(&target)))
        }
        None => error,
    }
}

/// Prints logs.
///
/// # Errors
/// When none can be read, or with `--strict` a piece was gone (1).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let document = app.printer.is_machine() && !app.printer.wants_events();
    if document && args.follow {
        return Err(Error::usage("a log that is followed is no document that ends").hint("use -o json-lines"));
    }
    let places = args.places(app).await?;
    let begin = args.begin(app.clock().now());
    let style = LineStyle {
        raw: args.raw || app.printer.is_raw(),
        timestamps: args.timestamps,
        grep: args.grep.clone(),
        highlight: args.highlight.clone(),
        since: if let LogStart::Since(at) = begin { Some(at) } else { None },
        alone: places.len() == 1 && places.iter().flat_map(|p| args.logs(p)).count() <= args.streams().len(),
    };
    let oldest = places.iter().filter_map(|p| p.alloc.create_time).min();
    let mut print = Print::new(app, style, oldest);
    let ended = Following::new(app, args, &mut print).run(places, begin).await;
    if args.stats {
        print.stats();
    }
    ended?;
    print.end()?;
    if begin != LogStart::Last(0) && !app.printer.is_machine() {
        print.silence();
    }
    if args.strict && print.has_gaps() {
        return Err(Error::failed("parts of the logs were removed before they could be read")
            .hint("the logs block of a task says how much is kept: max_files and max_file_size"));
    }
    Ok(ExitCode::Done)
}
