//! `fleet eval show`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::app::App;
use crate::commands::eval::list::tone;
use crate::commands::shared::unplaced::Unplaced;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::job_health::show_job;
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show an evaluation, and what it could not place and why.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet eval show 26a37eb4
  fleet eval show 26a -o json")]
pub struct Args {
    /// The evaluation, by its id or the beginning of it.
    #[arg(value_name = "EVAL", add = clap_complete::ArgValueCompleter::new(complete::evals))]
    eval: String,
}

#[derive(Debug, Serialize)]
pub(super) struct EvalDetail {
    #[serde(rename = "eval_id")]
    id: String,
    namespace: String,
    job_id: String,
    job_type: JobType,
    triggered_by: String,
    priority: i64,
    status: EvalStatus,
    status_description: String,
    why: String,
    unplaced: Vec<Unplaced>,
    node_id: Option<String>,
    deployment_id: Option<String>,
    previous_eval_id: Option<String>,
    next_eval_id: Option<String>,
    blocked_eval_id: Option<String>,
    wait_until: Option<Timestamp>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<Evaluation> for EvalDetail {
    fn from(e: Evaluation) -> Self {
        let given = |id: String| Some(id).filter(|id| !id.is_empty());
        EvalDetail {
            why: why(&e),
            unplaced: Unplaced::of(&e, None),
            id: e.id,
            namespace: e.namespace,
            job_id: e.job_id,
            job_type: e.job_type,
            triggered_by: e.triggered_by,
            priority: e.priority,
            status: e.status,
            status_description: e.status_description,
            node_id: given(e.node_id),
            deployment_id: given(e.deployment_id),
            previous_eval_id: given(e.previous_eval),
            next_eval_id: given(e.next_eval),
            blocked_eval_id: given(e.blocked_eval),
            wait_until: e.wait_until,
            created_at: e.create_time,
            modified_at: e.modify_time,
        }
    }
}

/// What the status of an evaluation means, in words.
fn why(e: &Evaluation) -> String {
    match e.status {
        EvalStatus::Blocked if e.failed_groups.is_empty() => "waiting for a change in the cluster".to_owned(),
        EvalStatus::Blocked => "waiting for room; retried whenever there may be some".to_owned(),
        EvalStatus::Pending if e.wait_until.is_some() => "waiting for its start time".to_owned(),
        EvalStatus::Pending => "waiting for the scheduler".to_owned(),
        EvalStatus::Complete if !e.failed_groups.is_empty() => {
            "the scheduler ran, but could not place everything".to_owned()
        }
        EvalStatus::Complete => "the scheduler ran and placed everything".to_owned(),
        EvalStatus::Failed => "the scheduler gave up".to_owned(),
        EvalStatus::Canceled => "replaced by another evaluation".to_owned(),
        EvalStatus::Unknown => "this version of fleet does not know its status".to_owned(),
    }
}

impl Describe for EvalDetail {
    fn describe(&self) -> Detail {
        let id = |id: &Option<String>| id.clone().map_or(Cell::Empty, Cell::Id);
        let wait = self.wait_until.map_or(Cell::Empty, |at| Cell::Time(Some(at)));
        Detail::new()
            .fields([
                ("id", Cell::Id(self.id.clone())),
                ("job", Cell::text(&self.job_id)),
                ("namespace", Cell::text(&self.namespace)),
                ("type", Cell::text(self.job_type.name())),
                ("triggered by", Cell::text(&self.triggered_by)),
                ("status", Cell::toned(format!("{}: {}", self.status, self.why), tone(self.status))),
                ("description", Cell::from(&self.status_description)),
                ("waits until", wait),
                ("node", id(&self.node_id)),
                ("deployment", id(&self.deployment_id)),
                ("follows", id(&self.previous_eval_id)),
                ("followed by", id(&self.next_eval_id)),
                ("blocked evaluation", id(&self.blocked_eval_id)),
                ("created", Cell::Time(self.created_at)),
                ("changed", Cell::Time(self.modified_at)),
                ("more", Cell::toned(show_job(&self.namespace, &self.job_id), Tone::Dim)),
            ])
            .table("Not placed", &self.unplaced)
    }
}

/// Shows an evaluation.
///
/// # Errors
/// When there is no such evaluation, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let evaluation = resolve::evaluation(app.nomad()?, &args.eval).await?;
    app.printer.object(&EvalDetail::from(evaluation))
}
