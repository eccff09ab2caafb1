//! Counts that were changed since the file was written: by an autoscaler, or by hand.

use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::jobfile::Spec;
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::kept_counts::{self, CountSource, KeptCounts};

/// Puts the counts of what runs into a job where they hold; also the job as it runs, where that was read.
pub(crate) async fn keep(
    app: &App,
    spec: &mut Spec,
    whose: CountSource,
) -> Result<(KeptCounts, Option<Job>)> {
    if JobType::of(&spec.parsed.job).is_per_node() {
        return Ok((KeptCounts::default(), None));
    }
    let call = job::get(&spec.namespace, spec.parsed.id());
    let running = match spec.place(app).nomad()?.read(&call).await {
        Ok(reply) if !reply.value.stop => reply.value,
        // What does not run has no counts; what may not be read is planned as it is written.
        Ok(_) => return Ok((KeptCounts::default(), None)),
        Err(e) if e.is_not_found() || e.is_denied() => return Ok((KeptCounts::default(), None)),
        Err(e) => return Err(e.into()),
    };
    let kept = kept_counts::apply(&mut spec.parsed.job, &running, whose, "the file");
    Ok((kept, Some(running)))
}
