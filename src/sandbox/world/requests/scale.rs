//! Scaling a group (`nomad-api.md §3.1`, T34).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::sandbox::id::Id;
use crate::sandbox::state::catalog::ScalingEvent;
use crate::sandbox::state::eval::Trigger;
use crate::sandbox::state::job::{Job, JobKey, Kind};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::{Refusal, Registered};

/// A scaling as it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Scaling {
    /// The group.
    pub group: String,
    /// How many; none only notes something about the group.
    pub count: Option<i64>,
    /// Words on it.
    pub message: String,
    /// Whether it tells of a failure.
    pub error: bool,
    /// More on it.
    pub meta: Option<Map<String, Value>>,
    /// The index the job must be at; 0 for any.
    pub job_index: u64,
}

fn bad(text: impl Into<String>) -> Refusal {
    Refusal::new(400, text)
}

impl Scaling {
    fn validate(&self) -> Result<(), Refusal> {
        if self.group.is_empty() {
            return Err(bad("missing task group name for scaling action"));
        }
        match self.count {
            Some(count) if count < 0 => Err(bad("scaling action count can't be negative")),
            Some(_) if self.error => Err(bad("scaling action should not contain count if error is true")),
            _ => Ok(()),
        }
    }

    fn within_policy(&self, job: &Job, count: i64) -> Result<(), Refusal> {
        let groups = job.spec.canonical.get("TaskGroups").and_then(Value::as_array);
        let group = groups.and_then(|groups| groups.iter().find(|g| g["Name"] == *self.group));
        let Some(policy) = group.map(|g| &g["Scaling"]).filter(|p| p.is_object()) else { return Ok(()) };
        let (min, max) = (policy["Min"].as_i64().unwrap_or(0), policy["Max"].as_i64().unwrap_or(i64::MAX));
        if count < min {
            return Err(bad(format!("group count was less than scaling policy minimum: {count} < {min}")));
        }
        if max < count {
            return Err(bad(format!("group count was greater than scaling policy maximum: {count} > {max}")));
        }
        Ok(())
    }
}

impl World {
    /// Scales a group of a job, or notes something about it.
    ///
    /// # Errors
    /// When there is no such job or group, the count is out of bounds, or a deployment is under way.
    pub fn scale_job(&mut self, key: &JobKey, scaling: Scaling) -> Result<Registered, Refusal> {
        scaling.validate()?;
        let Some(job) = self.state.job(key).cloned() else {
            return Err(Refusal::new(404, format!("job {:?} not found", key.id)));
        };
        if job.kind() == Kind::System && scaling.count.is_some_and(|count| count > 1) {
            return Err(bad("jobs of type \"system\" can only be scaled between 0 and 1"));
        }
        let Some(group) = job.group(&scaling.group) else {
            let words = format!("task group {:?} specified for scaling does not exist in job", scaling.group);
            return Err(bad(words));
        };
        let previous = i64::try_from(group.count()).unwrap_or(i64::MAX);
        let mut done = match scaling.count {
            Some(count) => self.rescale(&job, count, &scaling)?,
            None => Registered { job_index: job.modify_index, ..Registered::default() },
        };
        let event = ScalingEvent {
            count: scaling.count,
            create_index: 0,
            error: scaling.error,
            eval_id: done.eval,
            message: scaling.message,
            meta: scaling.meta,
            previous_count: previous,
            time: self.now,
        };
        let mut write = self.write();
        write.put_scaling(key, &scaling.group, event);
        done.index = write.index;
        Ok(done)
    }

    fn rescale(&mut self, job: &Arc<Job>, count: i64, scaling: &Scaling) -> Result<Registered, Refusal> {
        let key = job.key().clone();
        scaling.within_policy(job, count)?;
        let busy = |d: &crate::sandbox::state::deployment::Deployment| {
            d.active() && d.job_create_index == job.create_index
        };
        if self.state.latest_deployment(&key).is_some_and(|d| busy(d)) {
            return Err(bad("job scaling blocked due to active deployment"));
        }
        if scaling.job_index > 0 && scaling.job_index != job.job_modify_index {
            super::jobs::enforce(Some(job), scaling.job_index)?;
        }
        let spec = job
            .spec
            .edited(|fields| {
                let groups = fields.get_mut("TaskGroups").and_then(Value::as_array_mut);
                for group in groups.into_iter().flatten().filter(|g| g["Name"] == *scaling.group) {
                    group["Count"] = count.into();
                }
            })
            .map_err(|e| Refusal::failed(e.to_string()))?;
        let mut scaled = Job::clone(job);
        scaled.spec = Arc::new(spec);
        scaled.submit_time = self.now;
        let mut write = self.write();
        let job_index = write.index;
        write.register(scaled, None);
        let mut done = Registered { job_index, ..Registered::default() };
        if !job.spec.is_parent() {
            let mut eval = self.new_eval(&key, job.kind(), job.spec.typed.priority, Trigger::JobScaling);
            eval.job_modify_index = job_index;
            let id: Id = eval.id;
            let mut write = self.write();
            done.eval_index = write.index;
            write.put_eval(eval);
            done.eval = Some(id);
        }
        Ok(done)
    }
}
