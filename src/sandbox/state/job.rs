//! Jobs: a specification shared by everything that runs it, and what the server keeps beside it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::api::nomad::job::{Job as Typed, TaskGroup};
use crate::sandbox::moment::Moment;

/// The name of a job: its namespace and id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey {
    /// The namespace.
    pub namespace: Arc<str>,
    /// The id.
    pub id: Arc<str>,
}

impl JobKey {
    /// The key of a job.
    #[must_use]
    pub fn new(namespace: &str, id: &str) -> Self {
        JobKey { namespace: namespace.into(), id: id.into() }
    }
}

/// What kind of scheduler a job has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Runs for ever, wherever there is room.
    Service,
    /// Runs to its end, wherever there is room.
    Batch,
    /// Runs for ever, on every node.
    System,
    /// Runs to its end, on every node.
    Sysbatch,
}

impl Kind {
    /// The kind of a job's `Type`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "batch" => Kind::Batch,
            "system" => Kind::System,
            "sysbatch" => Kind::Sysbatch,
            _ => Kind::Service,
        }
    }

    /// As `Type` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::Batch => "batch",
            Kind::System => "system",
            Kind::Sysbatch => "sysbatch",
        }
    }
}

/// The state of a job (`nomad-api.md §3.5`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Nothing of it was placed yet.
    Pending,
    /// Something of it runs, or it is a kind that always does.
    Running,
    /// Nothing of it runs any more.
    Dead,
}

impl JobStatus {
    /// As `Status` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            JobStatus::Pending => "pending",
            JobStatus::Running => "running",
            JobStatus::Dead => "dead",
        }
    }
}

/// What an operator wrote, with every default filled in.
#[derive(Debug, PartialEq)]
pub struct Spec {
    /// Namespace and id.
    pub key: JobKey,
    /// Its scheduler.
    pub kind: Kind,
    /// The fields scheduling and clients look at.
    pub typed: Typed,
    /// Every field `GET /v1/job/:id` answers, the server's own ([`OWNED`]) left out.
    pub canonical: Map<String, Value>,
}

/// The fields of a job that the server keeps, not the operator.
pub const OWNED: [&str; 11] = [
    "CreateIndex",
    "JobModifyIndex",
    "ModifyIndex",
    "NomadTokenID",
    "Stable",
    "Status",
    "StatusDescription",
    "Stop",
    "SubmitTime",
    "Version",
    "VersionTag",
];

impl Spec {
    /// A specification from a canonical job, such as the jobspec module makes it.
    ///
    /// # Errors
    /// When a field has another type than Nomad's.
    pub fn new(canonical: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let typed: Typed = serde_json::from_value(Value::Object(canonical.clone()))?;
        let mut canonical = canonical;
        canonical.retain(|field, _| !OWNED.contains(&field.as_str()));
        let key = JobKey::new(&typed.namespace, &typed.id);
        Ok(Spec { key, kind: Kind::parse(typed.job_type.name()), typed, canonical })
    }

    /// A group by its name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.typed.group(name)
    }

    /// The same specification with some fields changed.
    ///
    /// # Errors
    /// When a changed field has another type than Nomad's.
    pub fn edited(&self, edit: impl FnOnce(&mut Map<String, Value>)) -> Result<Self, serde_json::Error> {
        let mut canonical = self.canonical.clone();
        edit(&mut canonical);
        Spec::new(canonical)
    }

    /// Whether it only makes children: periodic or parameterized.
    #[must_use]
    pub fn is_parent(&self) -> bool {
        self.is_periodic() || self.is_parameterized()
    }

    /// Whether it makes children by time.
    #[must_use]
    pub fn is_periodic(&self) -> bool {
        self.typed.periodic.is_some()
    }

    /// Whether it makes children by dispatch; a dispatched child keeps the block and is none.
    #[must_use]
    pub fn is_parameterized(&self) -> bool {
        self.typed.parameterized_job.is_some() && !self.is_dispatched()
    }

    /// Whether it was made by a dispatch.
    #[must_use]
    pub fn is_dispatched(&self) -> bool {
        self.canonical.get("Dispatched").and_then(Value::as_bool).unwrap_or(false)
    }
}

/// A name given to a version, which keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct VersionTag {
    /// Words on it.
    pub description: String,
    /// The name.
    pub name: String,
    /// When, in nanoseconds since 1970.
    pub tagged_time: i64,
}

/// One version of a job as the server keeps it. Serialises as `GET /v1/job/:id` answers it.
#[derive(Clone)]
pub struct Job {
    /// What the operator wrote.
    pub spec: Arc<Spec>,
    /// From 0, one more for each changed specification.
    pub version: u64,
    /// Whether a deployment of this version succeeded.
    pub stable: bool,
    /// Whether it was stopped.
    pub stop: bool,
    /// Its state.
    pub status: JobStatus,
    /// Index of its first registration.
    pub create_index: u64,
    /// Index of its last change of any kind.
    pub modify_index: u64,
    /// Index of its last changed specification.
    pub job_modify_index: u64,
    /// When it was submitted.
    pub submit_time: Moment,
    /// Accessor of the token that submitted it; part of the comparison of versions (T28).
    pub token: Arc<str>,
    /// The version's name.
    pub tag: Option<VersionTag>,
    /// The whole of it as JSON, made when a filter first asks.
    pub whole: WholeSpec,
}

/// JSON made once; a copy begins anew, since a copy is made to be changed.
#[derive(Debug, Default)]
pub struct WholeSpec(OnceLock<Value>);

impl Clone for WholeSpec {
    fn clone(&self) -> Self {
        WholeSpec::default()
    }
}

impl Job {
    /// A job as it is first submitted.
    #[must_use]
    pub fn submitted(spec: Arc<Spec>, token: &str, now: Moment) -> Self {
        Job {
            spec,
            version: 0,
            stable: false,
            stop: false,
            status: JobStatus::Pending,
            create_index: 0,
            modify_index: 0,
            job_modify_index: 0,
            submit_time: now,
            token: token.into(),
            tag: None,
            whole: WholeSpec::default(),
        }
    }

    /// Namespace and id.
    #[must_use]
    pub fn key(&self) -> &JobKey {
        &self.spec.key
    }

    /// Its scheduler.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.spec.kind
    }

    /// A group by its name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.spec.group(name)
    }

    /// Whether registering `new` over this one would make a new version (T28).
    #[must_use]
    pub fn spec_changed(&self, new: &Job) -> bool {
        self.spec.canonical != new.spec.canonical
            || self.token != new.token
            || self.tag != new.tag
            || self.stop != new.stop
    }

    /// Whether the job's update block is empty, so that nothing deploys it (`nomad-api.md §3.3`).
    #[must_use]
    pub fn deploys(&self) -> bool {
        let max = self.spec.canonical.get("Update").and_then(|u| u.get("MaxParallel"));
        max.and_then(Value::as_i64).unwrap_or(0) > 0
    }

    fn owned(&self, field: &str) -> Value {
        match field {
            "CreateIndex" => self.create_index.into(),
            "JobModifyIndex" => self.job_modify_index.into(),
            "ModifyIndex" => self.modify_index.into(),
            "NomadTokenID" => (*self.token).into(),
            "Stable" => self.stable.into(),
            "Status" => self.status.as_str().into(),
            "Stop" => self.stop.into(),
            "SubmitTime" => self.submit_time.nanos().into(),
            "Version" => self.version.into(),
            "VersionTag" => serde_json::to_value(&self.tag).unwrap_or(Value::Null),
            _ => "".into(),
        }
    }

    /// The whole job as JSON.
    #[must_use]
    pub fn whole(&self) -> &Value {
        self.whole.0.get_or_init(|| serde_json::to_value(self).unwrap_or(Value::Null))
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.key().namespace, self.key().id, self.version)
    }
}

impl Serialize for Job {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(Some(self.spec.canonical.len() + OWNED.len()))?;
        let mut owned = OWNED.iter().peekable();
        for (field, value) in &self.spec.canonical {
            while let Some(own) = owned.next_if(|own| **own < field.as_str()) {
                map.serialize_entry(own, &self.owned(own))?;
            }
            map.serialize_entry(field, value)?;
        }
        for own in owned {
            map.serialize_entry(own, &self.owned(own))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(group_count: u64) -> Job {
        let canonical = json!({"ID": "web", "Name": "web", "Namespace": "default", "Type": "service", "Stable": true,
            "Priority": 50, "TaskGroups": [{"Name": "g", "Count": group_count}], "Zone": null});
        let Value::Object(canonical) = canonical else { unreachable!() };
        Job::submitted(Arc::new(Spec::new(canonical).unwrap()), "t", Moment::from_nanos(5))
    }

    #[test]
    fn a_job_is_written_with_the_servers_fields_among_its_own_in_order() {
        let text = serde_json::to_string(&job(2)).unwrap();
        let fields: Vec<String> =
            serde_json::from_str::<Map<String, Value>>(&text).unwrap().keys().cloned().collect();
        let at = |name: &str| text.find(&format!("\"{name}\":")).unwrap();
        let places: Vec<usize> = fields.iter().map(|f| at(f)).collect();
        assert!(places.is_sorted() && fields.len() == 7 + OWNED.len(), "{text}");
        assert!(text.contains(r#""Stable":false"#) && text.contains(r#""SubmitTime":5"#), "{text}");
    }

    #[test]
    fn what_the_server_keeps_is_no_change_of_the_specification_but_the_token_is() {
        let (old, mut new) = (job(2), job(2));
        (new.version, new.stable, new.modify_index) = (7, true, 9);
        assert!(!old.spec_changed(&new) && old.spec_changed(&job(3)));
        new.token = "other".into();
        assert!(old.spec_changed(&new));
    }
}
