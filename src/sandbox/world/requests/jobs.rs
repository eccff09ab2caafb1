//! Registering, stopping, evaluating and reverting jobs (`nomad-api.md §3.1`, §3.3).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::id::Id;
use crate::sandbox::state::alloc::Transition;
use crate::sandbox::state::catalog::Submission;
use crate::sandbox::state::eval::Trigger;
use crate::sandbox::state::job::{Job, JobKey, Kind, Spec, VersionTag};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::Refusal;

/// A job as it was submitted.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The job as the API takes it, its namespace and region decided.
    pub job: Value,
    /// Its source.
    pub submission: Option<Submission>,
    /// The index of the job it is to replace.
    pub enforce: Option<u64>,
    /// Priority of the evaluation; 0 for the job's own.
    pub eval_priority: i64,
    /// Whether groups keep their counts.
    pub preserve_counts: bool,
    /// Whether tasks keep their resources.
    pub preserve_resources: bool,
}

/// What came of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registered {
    /// The evaluation; parents of other jobs have none.
    pub eval: Option<Id>,
    /// Index of the evaluation.
    pub eval_index: u64,
    /// Index of the job.
    pub job_index: u64,
    /// Index of the write.
    pub index: u64,
    /// What is odd about the job.
    pub warnings: String,
}

/// How a job is to be stopped.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stop {
    /// Whether it is forgotten at once.
    pub purge: bool,
    /// Priority of the evaluation; 0 for the job's own.
    pub eval_priority: i64,
    /// Whether tasks end without their `shutdown_delay`.
    pub no_shutdown_delay: bool,
}

/// A version's name is to be set or taken.
#[derive(Debug, Clone)]
pub struct TagChange {
    /// The name.
    pub name: String,
    /// Which version gets it and how it is described; none takes the name.
    pub set: Option<(u64, bool, String)>,
}

impl World {
    /// Registers a job.
    ///
    /// # Errors
    /// When the job is invalid, at another index than demanded, or of another kind than before.
    pub fn register_job(&mut self, request: &Registration, token: &str) -> Result<Registered, Refusal> {
        let admitted = self.admit(&request.job)?;
        let text = |field: &str| admitted.stored.get(field).and_then(Value::as_str).unwrap_or("");
        let key = JobKey::new(text("Namespace"), text("ID"));
        let existing = self.state.job(&key).cloned();
        if let Some(index) = request.enforce {
            enforce(existing.as_deref(), index)?;
        }
        let mut stored = admitted.stored;
        self.give_policies_ids(existing.as_deref(), &mut stored);
        if let Some(existing) = &existing {
            keep_values(&existing.spec.canonical, &mut stored, request);
        }
        let spec = Spec::new(stored).map_err(|e| Refusal::failed(e.to_string()))?;
        let mut job = Job::submitted(Arc::new(spec), token, self.now);
        job.version = request.job["Version"].as_u64().unwrap_or(0);
        job.stop = request.job["Stop"].as_bool().unwrap_or(false);
        job.tag = tag(&request.job["VersionTag"]);
        validate_update(existing.as_deref(), &job)?;
        let mut registered = self.put_registration(job, existing.as_deref(), request);
        registered.warnings = admitted.warnings;
        Ok(registered)
    }

    /// Writes a registration that was found good: a new version, or only an evaluation where nothing changed.
    fn put_registration(&mut self, job: Job, existing: Option<&Job>, request: &Registration) -> Registered {
        let key = job.key().clone();
        let own = job.spec.typed.priority;
        let priority = if request.eval_priority > 0 { request.eval_priority } else { own };
        let eval =
            (!job.spec.is_parent()).then(|| self.new_eval(&key, job.kind(), priority, Trigger::JobRegister));
        let eval_id = eval.as_ref().map(|e| e.id);
        if let Some(existing) = existing.filter(|existing| !existing.spec_changed(&job)) {
            let mut index = existing.modify_index;
            if let Some(eval) = eval {
                let mut write = self.write();
                write.put_eval(eval);
                index = write.index;
            }
            let eval_index = if eval_id.is_some() { index } else { 0 };
            let job_index = existing.modify_index;
            return Registered { eval: eval_id, eval_index, job_index, index, warnings: String::new() };
        }
        let mut write = self.write();
        let index = write.index;
        let job = write.register(job, request.submission.clone());
        if let Some(mut eval) = eval {
            eval.job_modify_index = index;
            write.put_eval(eval);
        }
        self.track_periodic(&job);
        let eval_index = if eval_id.is_some() { index } else { 0 };
        Registered { eval: eval_id, eval_index, job_index: index, index, warnings: String::new() }
    }

    /// Scaling policies have ids of their own, which a new version keeps.
    fn give_policies_ids(&mut self, existing: Option<&Job>, stored: &mut Map<String, Value>) {
        let known = existing.map(|job| &job.spec.canonical);
        let known = |group: &Value| {
            let groups = known?.get("TaskGroups")?.as_array()?;
            let twin = groups.iter().find(|other| other["Name"] == group["Name"])?;
            twin["Scaling"]["ID"].as_str().map(str::to_owned)
        };
        for group in stored.get_mut("TaskGroups").and_then(Value::as_array_mut).into_iter().flatten() {
            if group["Scaling"].is_object() {
                let id = known(group).unwrap_or_else(|| self.new_id().to_string());
                group["Scaling"]["ID"] = id.into();
            }
        }
    }

    /// Stops a job, or forgets it. None when there is no such job.
    pub fn stop_job(&mut self, key: &JobKey, stop: Stop) -> Option<Registered> {
        let job = self.state.job(key)?.clone();
        let own = if job.spec.typed.priority > 0 { job.spec.typed.priority } else { 50 };
        let priority = if stop.eval_priority > 0 { stop.eval_priority } else { own };
        let eval = (!job.spec.is_parent())
            .then(|| self.new_eval(key, Kind::Service, priority, Trigger::JobDeregister));
        let eval_id = eval.as_ref().map(|e| e.id);
        let allocs: Vec<Id> = if stop.no_shutdown_delay {
            self.state.allocs_of(key).map(|a| a.id).collect()
        } else {
            Vec::new()
        };
        let mut write = self.write();
        let index = write.index;
        for id in allocs {
            write.transition(id, Transition { no_shutdown_delay: Some(true), ..Transition::default() });
        }
        if stop.purge {
            write.purge_job(key);
        } else {
            write.stop_job(key);
        }
        if let Some(mut eval) = eval {
            eval.job_modify_index = index;
            write.put_eval(eval);
        }
        Some(Registered {
            eval: eval_id,
            eval_index: index,
            job_index: index,
            index,
            warnings: String::new(),
        })
    }

    /// Has the scheduler look at a job again; `force` also places failed allocations elsewhere at once.
    ///
    /// # Errors
    /// When there is no such job or it only makes others.
    pub fn evaluate_job(&mut self, key: &JobKey, force: bool) -> Result<Registered, Refusal> {
        let job = self.state.job(key).cloned().ok_or_else(|| Refusal::failed("job not found"))?;
        if job.spec.is_periodic() {
            return Err(Refusal::failed("can't evaluate periodic job"));
        }
        if job.spec.is_parameterized() {
            return Err(Refusal::failed("can't evaluate parameterized job"));
        }
        let reschedules = |group: &str| {
            let policy = job.group(group).and_then(|g| g.reschedule_policy.as_ref());
            policy.is_some_and(|p| p.unlimited || p.attempts > 0)
        };
        let forced: Vec<Id> = self
            .state
            .allocs_of(key)
            .filter(|a| {
                force && reschedules(&a.group) && a.next.is_none() && a.client == ClientStatus::Failed
            })
            .filter(|a| a.transition.force_reschedule != Some(true))
            .map(|a| a.id)
            .collect();
        let mut eval = self.new_eval(key, job.kind(), job.spec.typed.priority, Trigger::JobRegister);
        eval.job_modify_index = job.modify_index;
        let id = eval.id;
        let mut write = self.write();
        let index = write.index;
        for alloc in forced {
            write.transition(alloc, Transition { force_reschedule: Some(true), ..Transition::default() });
        }
        write.add_eval(eval);
        let job_index = job.modify_index;
        Ok(Registered { eval: Some(id), eval_index: index, job_index, index, warnings: String::new() })
    }

    /// Registers an older version of a job again.
    ///
    /// # Errors
    /// When there is no such job or version, or it is the present one.
    pub fn revert_job(
        &mut self,
        key: &JobKey,
        version: u64,
        prior: Option<u64>,
        token: &str,
    ) -> Result<Registered, Refusal> {
        let current = self
            .state
            .job(key)
            .cloned()
            .ok_or_else(|| Refusal::failed(format!("job {:?} not found", key.id)))?;
        if version == current.version {
            return Err(Refusal::failed("can't revert to current version"));
        }
        let mut old = self.find_version(key, version)?;
        if let Some(prior) = prior.filter(|prior| *prior != current.version) {
            let words = format!("Current job has version {}; enforcing version {prior}", current.version);
            return Err(Refusal::failed(words));
        }
        (old.tag, old.stable, old.token, old.submit_time) = (None, false, token.into(), self.now);
        validate_update(Some(&current), &old)?;
        Ok(self.put_registration(old, Some(&current), &Registration::default()))
    }

    fn find_version(&self, key: &JobKey, version: u64) -> Result<Job, Refusal> {
        let found = self.state.version(key, version).map(|job| Job::clone(job));
        let JobKey { namespace, id } = key;
        found.ok_or_else(|| {
            Refusal::failed(format!("job {id:?} in namespace {namespace:?} at version {version} not found"))
        })
    }

    /// Marks a version of a job as one that works, or not. The index of the write.
    ///
    /// # Errors
    /// When there is no such version.
    pub fn mark_stable(&mut self, key: &JobKey, version: u64, stable: bool) -> Result<u64, Refusal> {
        self.find_version(key, version)?;
        let mut write = self.write();
        write.set_stable(key, version, stable);
        Ok(write.index)
    }

    /// Names a version of a job, or takes a name. The index of the write, and the name as it is kept.
    ///
    /// # Errors
    /// When there is no such version or the name is another one's.
    pub fn tag_version(
        &mut self,
        key: &JobKey,
        change: TagChange,
    ) -> Result<(u64, Option<VersionTag>), Refusal> {
        let TagChange { name, set } = change;
        let id = &key.id;
        let versions = self.state.versions(key);
        let bearer =
            versions.iter().find(|v| v.tag.as_ref().is_some_and(|t| t.name == name)).map(|v| v.version);
        let (version, tag) = match set {
            None => {
                let words = || Refusal::failed(format!("tag {name:?} not found on job {id:?}"));
                (bearer.ok_or_else(words)?, None)
            }
            Some((version, true, _)) if version > 0 => {
                let words = format!("version must be zero when tagging latest, got: {version}");
                return Err(Refusal::failed(words));
            }
            Some((version, latest, description)) => {
                let newest = versions.first().map(|v| v.version);
                let version = if latest { newest.unwrap_or(version) } else { version };
                if bearer.is_some_and(|bearer| bearer != version) {
                    let words = format!("tag {name:?} already exists on a different version of job {id:?}");
                    return Err(Refusal::failed(words));
                }
                if versions.iter().all(|v| v.version != version) {
                    return Err(Refusal::failed(format!("job {id:?} version {version} not found")));
                }
                (version, Some(VersionTag { description, name, tagged_time: self.now.nanos() }))
            }
        };
        let mut write = self.write();
        write.set_tag(key, version, tag.clone());
        Ok((write.index, tag))
    }
}

/// Whether a job is at the index that was demanded.
pub(super) fn enforce(existing: Option<&Job>, index: u64) -> Result<(), Refusal> {
    let words = match (existing, index) {
        (Some(_), 0) => "0: job already exists".to_owned(),
        (Some(job), index) if job.job_modify_index != index => {
            format!("{index}: job exists with conflicting job modify index: {}", job.job_modify_index)
        }
        (None, index) if index != 0 => format!("{index}: job does not exist"),
        _ => return Ok(()),
    };
    Err(Refusal::failed(format!("Enforcing job modify index {words}")))
}

/// Whether a job may become another.
fn validate_update(old: Option<&Job>, new: &Job) -> Result<(), Refusal> {
    let Some(old) = old else { return Ok(()) };
    let (was, is) = (&old.spec, &new.spec);
    let words = if old.kind() != new.kind() {
        format!("cannot update job from type {:?} to {:?}", old.kind().as_str(), new.kind().as_str())
    } else if was.is_periodic() && !is.is_periodic() {
        "cannot update periodic job to being non-periodic".to_owned()
    } else if is.is_periodic() && !was.is_periodic() {
        "cannot update non-periodic job to being periodic".to_owned()
    } else if was.is_parameterized() && !is.is_parameterized() {
        "cannot update parameterized job to being non-parameterized".to_owned()
    } else if is.is_parameterized() && !was.is_parameterized() {
        "cannot update non-parameterized job to being parameterized".to_owned()
    } else if was.is_dispatched() != is.is_dispatched() {
        "field 'Dispatched' is read-only".to_owned()
    } else {
        return Ok(());
    };
    Err(Refusal::failed(words))
}

/// The name a submitted job brings for its version.
fn tag(given: &Value) -> Option<VersionTag> {
    let text = |field: &str| given[field].as_str().unwrap_or("").to_owned();
    given.is_object().then(|| VersionTag {
        description: text("Description"),
        name: text("Name"),
        tagged_time: given["TaggedTime"].as_i64().unwrap_or(0),
    })
}

/// Takes counts or resources over from the version before, where that was asked for.
fn keep_values(old: &Map<String, Value>, new: &mut Map<String, Value>, request: &Registration) {
    let twin = |list: Option<&Value>, name: &Value| {
        list.and_then(Value::as_array)?.iter().find(|other| other["Name"] == *name).cloned()
    };
    for group in new.get_mut("TaskGroups").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(before) = twin(old.get("TaskGroups"), &group["Name"]) else { continue };
        if request.preserve_counts {
            group["Count"] = before["Count"].clone();
        }
        if request.preserve_resources {
            for task in group["Tasks"].as_array_mut().into_iter().flatten() {
                if let Some(before) = twin(before.get("Tasks"), &task["Name"]) {
                    task["Resources"] = before["Resources"].clone();
                }
            }
        }
    }
}
