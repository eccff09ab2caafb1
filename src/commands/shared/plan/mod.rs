//! What registering a job would change, as the servers plan it.

mod counts;
mod objections;
mod view;

use crate::api::nomad::plan;
use crate::app::App;
use crate::commands::shared::jobfile::Spec;
use crate::error::{Error, Result};

pub(crate) use counts::{Counts, keep};
pub(crate) use objections::{messages, objections};
pub use view::Plan;

/// Has the cluster plan a job.
///
/// # Errors
/// API errors, what the servers object to among them.
pub async fn ask(app: &App, spec: &Spec) -> Result<Plan> {
    let call = plan::plan_with_diff(&spec.namespace, spec.parsed.id(), &spec.parsed.job);
    match spec.place(app).nomad()?.ask(&call).await {
        Ok(reply) => Ok(Plan::new(spec, &reply.value)),
        // What they do not plan they may not accept at all; asked for that, they say so one by one.
        Err(e) if e.status == Some(500) => match objections(app, spec).await {
            Ok((errors, _)) if !errors.is_empty() => {
                let error = Error::failed(format!("job {} is not valid", spec.parsed.id()));
                Err(errors.into_iter().fold(error, Error::because))
            }
            _ => Err(e.into()),
        },
        Err(e) => Err(e.into()),
    }
}
