//! What registering a job would change, as the servers plan it.

mod counts;
mod objections;
mod rows;
mod view;

use crate::api::nomad::{allocation, job, plan};
use crate::app::App;
use crate::commands::shared::jobfile::{Spec, secrets_of_registered};
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::ids::JobType;
use crate::model::kept_counts::KeptCounts;
use crate::ops::vacated;

pub(crate) use counts::keep;
pub(crate) use objections::{messages, objections};
pub use view::Plan;

/// Has the cluster plan a job, whose counts were settled like this.
///
/// # Errors
/// API errors, what the servers object to among them.
pub(crate) async fn ask(app: &App, spec: &Spec, counts: &KeptCounts) -> Result<Plan> {
    let call = plan::plan_with_diff(&spec.namespace, spec.parsed.id(), &spec.parsed.job);
    match spec.place(app).nomad()?.ask(&call).await {
        Ok(reply) => {
            let place = spec.place(app);
            // What is taken out was the registered job's: it says what of that is secret.
            let mut shown = spec.clone();
            if reply.value.diff.as_ref().is_some_and(|d| d.kind == plan::DiffType::Edited) {
                let old = secrets_of_registered(place, &spec.namespace, spec.parsed.id()).await?;
                shown.secrets = shown.secrets.and(old);
            }
            let mut plan = Plan::new(&shown, &reply.value, counts);
            if JobType::of(&spec.parsed.job) == JobType::Batch && plan.may_count_ended() {
                leave_out_ended(app, spec, &mut plan).await?;
            }
            let job = (spec.namespace.as_str(), spec.parsed.id());
            match vacated::foreseen(place.nomad()?, job, &plan.stops_per_node()).await {
                Ok(leaving) => plan.leaving = leaving,
                Err(e) if e.is_denied() => plan.notes.push(format!("what is stopped is not known: {e}")),
                Err(e) => return Err(e.into()),
            }
            Ok(plan)
        }
        // What they do not plan they may not accept at all; asked for that, they say so one by one.
        Err(e) if e.status == Some(500) => {
            let nomad = spec.place(app).nomad()?;
            if let Some(missing) = resolve::missing_namespace(nomad, &spec.namespace).await {
                return Err(missing);
            }
            match objections(app, spec).await {
                Ok((errors, _)) if !errors.is_empty() => {
                    let error = Error::failed(format!("job {} is not valid", spec.parsed.id()));
                    Err(errors.into_iter().fold(error, Error::because))
                }
                _ => Err(e.into()),
            }
        }
        Err(e) => Err(e.into()),
    }
}

/// Takes back what is announced of batch work that has ended.
async fn leave_out_ended(app: &App, spec: &Spec, plan: &mut Plan) -> Result<()> {
    let nomad = spec.place(app).nomad()?;
    let (namespace, id) = (&spec.namespace, spec.parsed.id());
    let (job, allocs) = (job::get(namespace, id), allocation::of_job(namespace, id));
    match tokio::try_join!(nomad.read(&job), nomad.list(&allocs)) {
        Ok((job, allocs)) => plan.without_ended(&job.value, &allocs.value),
        // What may not be read stands as the servers plan it.
        Err(e) if e.is_not_found() || e.is_denied() => {}
        Err(e) => return Err(e.into()),
    }
    Ok(())
}
