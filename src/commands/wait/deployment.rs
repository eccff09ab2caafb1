//! `fleet wait deployment`

use super::{TermFlags, WaitGoal, WaitSubject, carry_out};
use crate::api::nomad::deployment::{self, Deployment};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::condition::deployment::{self as condition, DeploymentCondition};
use crate::model::ids::{IdPrefix, short};
use crate::ops::wait::DeploymentSubject;

/// Wait for a deployment: until it is successful, waits for promotion, has failed or has ended.
///
/// With needs-promotion it returns as soon as the canaries are healthy and wait for you, whatever the description of the deployment
/// says before. It ends with 1 when the deployment is over in another way.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait deployment 5b1c
  fleet wait deployment web needs-promotion --timeout 10m
  fleet wait deployment web ended -o json")]
pub struct Args {
    /// The deployment, by the beginning of its id; or a job, for its latest one.
    #[arg(value_name = "DEPLOYMENT|JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    deployment: String,

    /// successful, needs-promotion, failed or ended.
    #[arg(value_name = "CONDITION", value_parser = DeploymentCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::deployment::WORDS)), default_value = "successful")]
    condition: DeploymentCondition,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits.
///
/// # Errors
/// Failed (1), not found (3), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let d = find(app, &args.deployment).await?;
    let wanted = WaitGoal {
        label: condition::label(&d),
        named: WaitSubject::Deployment {
            deployment_id: d.id.clone(),
            job_id: d.job_id.clone(),
            job_version: d.job_version,
            namespace: d.namespace.clone(),
        },
        condition: args.condition.to_string(),
        hint: Some(format!("fleet deployment show {}", short(&d.id))),
    };
    let mut subject = DeploymentSubject::new(nomad, app.consul()?, &d, args.condition);
    carry_out(app, &wanted, &mut subject, args.terms).await
}

/// By its id, else the latest of that job.
async fn find(app: &App, text: &str) -> Result<Deployment> {
    let nomad = app.nomad()?;
    if IdPrefix::parse(text).is_some() {
        match resolve::deployment(nomad, text).await {
            Err(e) if e.code() == ExitCode::NotFound => {}
            found => return found,
        }
    }
    let key = resolve::job(nomad, app.list_namespace()?, text).await?;
    let latest = nomad.read(&deployment::latest_of_job(&key.namespace, &key.id)).await?.value;
    latest.ok_or_else(|| {
        Error::not_found(format!("job {key} has no deployment"))
            .hint("only service and system jobs have deployments; batch work is waited for with: fleet wait job JOB complete")
    })
}
