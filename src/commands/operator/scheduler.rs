//! `fleet operator scheduler show` and `set`

use clap::Subcommand;
use serde_json::Value;

use super::settings::listed;
use crate::api::http::{Http, Patience};
use crate::api::nomad::operator;
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::error::{Error, Result};

/// Verbs on the scheduler's settings.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Set(SetArgs),
    Show(ShowArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Set(args) => set(&args, app).await,
            Command::Show(_) => app.printer.object(&listed(&read(app.nomad()?).await?, None)),
        }
    }
}

/// Show the scheduler's settings: algorithm, preemption, memory oversubscription, and whether jobs are taken at all.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator scheduler show
  fleet operator scheduler show -o json")]
pub struct ShowArgs {}

/// Change the scheduler's settings. What you do not name stays as it is, also what somebody else changes meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator scheduler set --algorithm spread
  fleet operator scheduler set --preempt-service true --memory-oversubscription true
  fleet operator scheduler set --pause-eval-broker true --yes")]
#[command(group(clap::ArgGroup::new("wanted").required(true).multiple(true)))]
pub struct SetArgs {
    /// Whether allocations are packed onto few nodes or spread over many.
    #[arg(long, value_name = "ALGORITHM", value_parser = ["binpack", "spread"], group = "wanted")]
    algorithm: Option<String>,

    /// Whether tasks may use more memory than they reserve, up to their memory_max.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    memory_oversubscription: Option<bool>,

    /// Refuse registrations, dispatches and scalings of everybody without a management token.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    reject_job_registration: Option<bool>,

    /// Let evaluations rest: nothing is placed any more.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    pause_eval_broker: Option<bool>,

    /// Whether service jobs may evict others of lower priority.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    preempt_service: Option<bool>,

    /// Whether batch jobs may evict others of lower priority.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    preempt_batch: Option<bool>,

    /// Whether system jobs may evict others of lower priority.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    preempt_system: Option<bool>,

    /// Whether sysbatch jobs may evict others of lower priority.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    preempt_sysbatch: Option<bool>,

    /// How many fitting nodes are compared for jobs with spread or affinity; 0 for Nomad's own limit (2.0.1 and newer).
    #[arg(long, value_name = "N", group = "wanted")]
    node_limit: Option<u64>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl SetArgs {
    /// The document with what is named here.
    fn over(&self, before: &Value) -> Value {
        let mut wanted = before.clone();
        let preempt = |kind: &str| format!("/PreemptionConfig/{kind}SchedulerEnabled");
        let flags = [
            ("/MemoryOversubscriptionEnabled".to_owned(), self.memory_oversubscription),
            ("/RejectJobRegistration".to_owned(), self.reject_job_registration),
            ("/PauseEvalBroker".to_owned(), self.pause_eval_broker),
            (preempt("Service"), self.preempt_service),
            (preempt("Batch"), self.preempt_batch),
            (preempt("System"), self.preempt_system),
            (preempt("SysBatch"), self.preempt_sysbatch),
        ];
        for (place, flag) in flags {
            if let (Some(field), Some(flag)) = (wanted.pointer_mut(&place), flag) {
                *field = Value::Bool(flag);
            }
        }
        if let Some(algorithm) = &self.algorithm {
            wanted["SchedulerAlgorithm"] = Value::String(algorithm.clone());
        }
        if let Some(limit) = self.node_limit {
            wanted["NodeLimitForFeasibilityChecks"] = limit.into();
        }
        wanted
    }
}

async fn read(nomad: &Http) -> Result<Value> {
    let mut reply = nomad.read(&operator::scheduler_configuration_spec()).await?.value;
    Ok(reply["SchedulerConfig"].take())
}

async fn set(args: &SetArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let before = read(nomad).await?;
    if args.node_limit.is_some() && before.get("NodeLimitForFeasibilityChecks").is_none() {
        return Err(Error::usage("--node-limit needs Nomad 2.0.1 or newer"));
    }
    let wanted = args.over(&before);
    let preview = listed(&wanted, Some(&before));
    if args.dry_run || !preview.changed {
        app.printer.note(if preview.changed { "nothing is changed: --dry-run" } else { "nothing to change" });
        return app.printer.object(&preview);
    }
    app.printer.aside(&preview);
    let permission = app.confirm(args.yes, "Change the scheduler's settings?").await?;
    let index = before["ModifyIndex"].as_u64().unwrap_or_default();
    let done = async || {
        let now = nomad.read(&operator::scheduler_configuration_spec()).await?.value;
        Ok(listed(&now["SchedulerConfig"], Some(&wanted)).changed.eq(&false).then_some(()))
    };
    let call = operator::set_scheduler_configuration(&wanted, index);
    let settled = settle(nomad, &permission, &call, Patience::OPERATION, done).await?;
    if matches!(settled, Settled::Replied(reply) if !reply.value.updated) {
        return Err(changed_meanwhile());
    }
    let now = read(nomad).await?;
    if listed(&now, Some(&wanted)).changed {
        return Err(changed_meanwhile());
    }
    app.printer.object(&listed(&now, Some(&before)))
}

fn changed_meanwhile() -> Error {
    Error::refused("somebody else changed the scheduler's settings meanwhile")
        .hint("run the same command again to see what would change now")
}
