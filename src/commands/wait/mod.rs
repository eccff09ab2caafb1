//! `fleet wait …`

pub mod alloc;
pub mod deployment;
pub mod eval;
pub mod http;
pub mod job;
pub mod node;
pub mod service;

use std::time::Duration;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::app::App;
use crate::commands::shared::in_time::in_time;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::unseen_end::UnseenEnd;
use crate::ops::wait::{self, Subject, WaitMet, WaitTerms};
use crate::ui::{Describe, Detail, Narration, Tone, duration, duration_text};

/// What can be waited for.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Alloc(alloc::Args),
    Deployment(deployment::Args),
    Eval(eval::Args),
    Http(http::Args),
    Job(job::Args),
    Node(node::Args),
    Service(service::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Failed (1) when the condition can no longer come true, not found (3), timed out (6).
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        // What an answer is missing for, before there is anything to wait for, has no longer than all the rest.
        let ended = match self {
            Command::Alloc(mut args) => in_time(args.terms.begin(app), alloc::run(&args, app)).await,
            Command::Deployment(mut args) => {
                in_time(args.terms.begin(app), deployment::run(&args, app)).await
            }
            Command::Eval(mut args) => in_time(args.terms.begin(app), eval::run(&args, app)).await,
            Command::Http(mut args) => in_time(args.terms.begin(app), http::run(&args, app)).await,
            Command::Job(mut args) => in_time(args.terms.begin(app), job::run(&args, app)).await,
            Command::Node(mut args) => in_time(args.terms.begin(app), node::run(&args, app)).await,
            Command::Service(mut args) => {
                in_time(args.terms.begin(app), Box::pin(service::run(&args, app))).await
            }
        };
        ended.map_err(|e| in_trouble(app, e))
    }
}

/// A wait that timed out while the servers could not be asked: what was seen last is no word on how it stands.
fn in_trouble(app: &App, error: Error) -> Error {
    let trouble = app.nomad().ok().and_then(Http::in_trouble).filter(|_| error.code() == ExitCode::TimedOut);
    match trouble {
        Some(why) => error
            .because(format!("at the end the servers could not be asked: {why}"))
            .hint("fleet status shows which servers are alive"),
        None => error,
    }
}

/// For how long.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct TermFlags {
    /// Stop waiting after this time, with exit code 6 [default: wait as long as it takes].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,

    /// The condition has to hold for this time without a break.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, default_value = "0s", hide_default_value = true)]
    steady: Duration,

    /// When that is.
    #[arg(skip)]
    until: Option<Timestamp>,
}

impl TermFlags {
    /// The time runs from now on, before anything is asked: what is waited for is to end with its reason, a moment before all is given
    /// up. Returns how long it may take.
    fn begin(&mut self, app: &App) -> Option<Duration> {
        self.until = self.timeout.map(|t| app.clock().now() + t);
        self.timeout
    }
}

/// What was waited for.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum WaitSubject {
    Alloc { alloc_id: String, job_id: String, namespace: String },
    Deployment { deployment_id: String, job_id: String, job_version: u64, namespace: String },
    Eval { eval_id: String, job_id: String, namespace: String },
    Http { url: String },
    Job { job_id: String, namespace: String },
    Node { node_id: Option<String>, node_name: String },
    Service { service: String },
}

/// The condition that is waited for, and of what.
#[derive(Debug, Clone)]
struct WaitGoal {
    /// How messages call what it is about.
    label: String,
    named: WaitSubject,
    condition: String,
    /// A command that shows more.
    hint: Option<String>,
}

/// How waiting ended.
#[derive(Debug, Serialize)]
struct WaitResult {
    #[serde(flatten)]
    named: WaitSubject,
    condition: String,
    met: bool,
    /// How it stands.
    says: String,
    waited_seconds: f64,
    /// Of work that has ended, its exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    /// Of work that has ended, what was lost with its node and may still run there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    may_still_run: Vec<UnseenEnd>,
    #[serde(skip)]
    label: String,
}

impl Describe for WaitResult {
    fn describe(&self) -> Detail {
        let waited = Duration::from_secs_f64(self.waited_seconds);
        let took = if waited < Duration::from_secs(1) {
            String::new()
        } else {
            format!(" (waited {})", duration_text(waited))
        };
        let tone = if self.exit_code.is_some_and(|code| code != 0) { Tone::Bad } else { Tone::Good };
        Detail::new().lines(None, [(format!("{}: {}{took}", self.label, self.says), tone)])
    }
}

impl WaitResult {
    fn new(wanted: &WaitGoal, met: WaitMet) -> Self {
        WaitResult {
            named: wanted.named.clone(),
            condition: wanted.condition.clone(),
            met: true,
            says: met.words,
            waited_seconds: met.waited.as_secs_f64(),
            exit_code: None,
            may_still_run: Vec::new(),
            label: wanted.label.clone(),
        }
    }
}

/// An event of the wait, for machines.
#[derive(Debug, Serialize)]
struct WaitProgress<'a> {
    event: &'static str,
    #[serde(rename = "at")]
    time: Timestamp,
    condition: &'a str,
    says: &'a str,
}

impl WaitGoal {
    /// The error with what was waited for in front of it.
    fn failed(&self, error: Error) -> Error {
        let error = error.context(format!("{}: condition {:?} not met", self.label, self.condition));
        self.hint.iter().fold(error, |error, hint| error.hint(hint.clone()))
    }
}

/// Waits, telling how it stands meanwhile.
async fn met(app: &App, wanted: &WaitGoal, subject: &mut impl Subject, flags: TermFlags) -> Result<WaitMet> {
    let terms = WaitTerms { steady: flags.steady, until: flags.until };
    let mut orderly = app.interrupts.orderly();
    let mut story = Narration::new(&app.printer);
    let mut last = String::new();
    let tell = |says: &str| {
        if app.printer.wants_events() {
            if says == last {
                return Ok(());
            }
            says.clone_into(&mut last);
            let (time, condition) = (app.clock().now(), wanted.condition.as_str());
            return app.printer.event(&WaitProgress { event: "waiting", time, condition, says });
        }
        story.waiting(&[format!("{}: {says}", wanted.label)]);
        Ok(())
    };
    wait::until(subject, terms, app.clock(), &mut orderly, tell).await.map_err(|e| wanted.failed(e))
}

/// Waits and shows how it ended.
async fn carry_out(
    app: &App,
    wanted: &WaitGoal,
    subject: &mut impl Subject,
    flags: TermFlags,
) -> Result<ExitCode> {
    let met = met(app, wanted, subject, flags).await?;
    app.printer.object(&WaitResult::new(wanted, met))?;
    Ok(ExitCode::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Format;
    use crate::ui::testing::{formatted, screen};

    #[test]
    fn the_end_is_one_line_for_people_and_an_object_for_machines() {
        let named = WaitSubject::Job { job_id: "web".into(), namespace: "default".into() };
        let wanted = WaitGoal { label: "job web".into(), named, condition: "healthy".into(), hint: None };
        let met = WaitMet { words: "3 of 3 healthy, version 4".into(), waited: Duration::from_secs(75) };
        let view = WaitResult::new(&wanted, met);
        for width in [60, 100, 200] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(screen(width, |p| p.object(&view)), @"job web: 3 of 3 healthy, version 4 (waited 1m 15s)");
            }
        }
        insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view)), @r#"
        {
          "job_id": "web",
          "namespace": "default",
          "condition": "healthy",
          "met": true,
          "says": "3 of 3 healthy, version 4",
          "waited_seconds": 75.0
        }
        "#);
    }
}
