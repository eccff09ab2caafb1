//! A plan as people and machines read it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::Job;
use crate::api::nomad::plan::{DesiredUpdates, DiffType, JobDiff, PlanReply};
use crate::commands::shared::jobfile::Spec;
use crate::commands::shared::plan::messages;
use crate::commands::shared::plan::rows::{Effect, Preempted, Unplaced};
use crate::model::ids::JobType;
use crate::model::job_diff::{self, Change, Difference, lines};
use crate::model::kept_counts::KeptCounts;
use crate::model::metric;
use crate::model::rollout::per_node::Vacated;
use crate::model::words;
use crate::ops::update_gate::PlannedGroups;
use crate::ui::{Cell, Describe, Detail, Tone};

/// What registering a job would change and do.
#[derive(Debug, Serialize)]
pub struct Plan {
    event: &'static str,
    /// The job's id.
    #[serde(rename = "job_id")]
    pub job: String,
    /// Its namespace.
    pub namespace: String,
    /// Whether it is registered already.
    pub exists: bool,
    /// The index to enforce: the registration is refused when someone else changed the job meanwhile.
    pub check_index: u64,
    /// What differs.
    pub changes: Vec<Difference>,
    /// What happens to what runs.
    pub effects: Vec<Effect>,
    /// What would find no place.
    pub unplaced: Vec<Unplaced>,
    /// What would have to make room.
    pub preempted: Vec<Preempted>,
    /// What stops and is not replaced on its node, where the job has an instance on each.
    pub leaving: Vec<Vacated>,
    #[serde(rename = "next_start_at")]
    next_launch: Option<Timestamp>,
    /// What the servers warn of.
    pub warnings: Vec<String>,
    /// What else is to be known of it: whose counts hold where the file and what runs differ.
    pub notes: Vec<String>,
    /// Whether groups keep other counts than the file has.
    #[serde(skip)]
    keeps_counts: bool,
    /// What is replaced at first.
    #[serde(skip)]
    pub groups: PlannedGroups,
    #[serde(skip)]
    differs: bool,
    /// Whether it has an instance on each node: the servers go from node to node, and announce all of them.
    #[serde(skip)]
    per_node: bool,
    /// Whether the servers count any allocation that is made or stopped.
    #[serde(skip)]
    counts: bool,
}

/// The drivers of a group's tasks.
fn drivers<'j>(job: &'j Value, group: &str) -> Vec<&'j str> {
    let groups = job["TaskGroups"].as_array().into_iter().flatten().filter(|g| g["Name"] == group);
    let tasks = groups.flat_map(|g| g["Tasks"].as_array().into_iter().flatten());
    tasks.filter_map(|t| t["Driver"].as_str()).collect()
}

/// That nothing serves while the one instance of a group is replaced; the floor of one of its kind lets the servers do that.
fn gap(job: &Value, group: &str, updates: &DesiredUpdates) -> Option<String> {
    let groups = job["TaskGroups"].as_array().into_iter().flatten();
    let count = groups.filter(|g| g["Name"] == group).find_map(|g| g["Count"].as_u64()).unwrap_or(1);
    let stops_first = updates.destructive_update > 0 && updates.ignore == 0 && updates.canary == 0;
    (stops_first && count == 1 && JobType::of(job) == JobType::Service).then(|| {
        format!(
            "group {group} has a single instance: nothing of it serves while it is replaced (with canary = 1 in its update block \
             the new one comes first)"
        )
    })
}

impl Plan {
    /// What the server's answer says.
    #[must_use]
    pub(crate) fn new(spec: &Spec, reply: &PlanReply, counts: &KeptCounts) -> Self {
        let diff = reply.diff.as_ref();
        let unplaced = reply.failed_groups.iter().map(|(group, m)| Unplaced {
            group: group.clone(),
            count: m.unplaced(),
            why: metric::explain_of(m, drivers(&spec.parsed.job, group)),
        });
        let preempted = reply.annotations.preempted_allocs.iter().map(|a| Preempted {
            job: a.job_id.clone(),
            group: a.task_group.clone(),
            allocation: a.id.clone(),
        });
        let job = &spec.parsed.job;
        // The servers count what a child of such a job would start.
        let starts_others = job["Periodic"].is_object() || job["ParameterizedJob"].is_object();
        let updates = reply.annotations.updates.iter();
        let effect = |(group, u): (&String, &DesiredUpdates)| {
            Effect::new(group, u, JobType::of(job) == JobType::System)
        };
        let changes = diff.map(|d| job_diff::differences(d, &spec.secrets)).unwrap_or_default();
        let differs = |d: &JobDiff| match d.kind {
            DiffType::None => false,
            DiffType::Edited => !changes.is_empty(),
            DiffType::Added | DiffType::Deleted => true,
        };
        let differs = diff.is_some_and(differs);
        let gaps = updates.clone().filter_map(|(group, u)| gap(job, group, u));
        Plan {
            event: "plan",
            job: spec.parsed.id().to_owned(),
            namespace: spec.namespace.clone(),
            exists: reply.job_modify_index > 0,
            check_index: reply.job_modify_index,
            changes,
            effects: if starts_others { Vec::new() } else { updates.clone().map(effect).collect() },
            unplaced: unplaced.collect(),
            preempted: preempted.collect(),
            leaving: Vec::new(),
            next_launch: reply.next_periodic_launch,
            warnings: messages(&reply.warnings),
            notes: counts.notes.iter().cloned().chain(gaps).collect(),
            keeps_counts: !counts.kept.is_empty(),
            groups: PlannedGroups::of(reply),
            differs,
            per_node: JobType::of(job).is_per_node(),
            counts: updates
                .map(|(_, u)| u)
                .any(|u| u.stop + u.place + u.migrate + u.destructive_update + u.canary > 0),
        }
    }

    /// How many of each group the servers stop, of a job that has an instance on each node.
    pub(super) fn stops_per_node(&self) -> BTreeMap<&str, u64> {
        let effects = self.effects.iter().filter(|e| self.per_node && self.exists && e.stopped > 0);
        effects.map(|e| (e.group.as_str(), e.stopped)).collect()
    }

    /// The instances that are not replaced, in a few words; none where there are none.
    #[must_use]
    pub fn leaving_words(&self) -> Option<String> {
        const NAMED: usize = 3;
        let named =
            self.leaving.iter().take(NAMED).map(|left| format!("{} on {}", left.alloc_name, left.node_name));
        let named = named.collect::<Vec<_>>().join(", ");
        match self.leaving.len().saturating_sub(NAMED) {
            _ if named.is_empty() => None,
            0 => Some(named),
            more => Some(format!("{named} and {more} more")),
        }
    }

    /// Whether the registered job is this one and nothing would be started, stopped or replaced. With ACLs on the servers
    /// announce an update in place for an unchanged job, which does not happen (`nomad-api.md` T28).
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.differs && !self.effects.iter().any(Effect::moves)
    }

    /// Whether the servers announce instances of an unchanged job, or that some stay: of work that ends these may have ended.
    pub(super) fn may_count_ended(&self) -> bool {
        self.exists && self.effects.iter().any(|e| e.stay > 0 || (!self.differs && e.started > 0))
    }

    /// Takes back what is announced of work that has ended: it does not stay, and none of it is replaced. With ACLs on a plan takes
    /// an unchanged job for a new version (`nomad-api.md` T28), to which what ended well before does not count; registering it
    /// starts none of that, nor what failed and is not tried again, although a plan announces it (seen on 2.0.5).
    pub(super) fn without_ended(&mut self, job: &Job, allocs: &[AllocStub]) {
        let counts = |a: &&AllocStub| {
            let tried_again = || !a.next_allocation.is_empty() || !a.followup_eval_id.is_empty();
            let ended = match a.client_status {
                ClientStatus::Complete => true,
                ClientStatus::Failed => !tried_again(),
                _ => false,
            };
            let ended = ended && a.desired_status == DesiredStatus::Run;
            a.job_version == job.version && (ended || !a.is_terminal())
        };
        for effect in &mut self.effects {
            let own = || allocs.iter().filter(|a| a.task_group == effect.group);
            effect.stay = effect.stay.min(own().filter(|a| !a.is_terminal()).count() as u64);
            let Some(group) = job.group(&effect.group).filter(|_| !self.differs) else { continue };
            let there = own().filter(counts).count() as u64;
            effect.started = effect.started.min(group.count().saturating_sub(there));
        }
    }

    /// Whether `nomad job plan` would tell of allocations that are made or stopped: never of an unchanged job.
    #[must_use]
    pub fn is_told_by_nomad(&self) -> bool {
        self.differs && self.counts
    }

    /// Whether the registered job is this one, and some of its instances are still to be replaced by it.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.exists && !self.differs && self.effects.iter().any(|e| e.replaced + e.canaries > 0)
    }

    fn headline(&self) -> (String, Tone) {
        if self.is_nothing() {
            let but = if self.keeps_counts { ", but for counts that are kept" } else { "" };
            return (format!("nothing to do: the job is already registered like this{but}"), Tone::Good);
        }
        match (self.exists, self.differs) {
            (false, _) => ("a new job".to_owned(), Tone::Strong),
            (true, true) => ("the job changes".to_owned(), Tone::Strong),
            (true, false) if self.is_unfinished() => {
                ("the job does not change; its deployment is not finished".to_owned(), Tone::Strong)
            }
            (true, false) => {
                ("the job does not change; missing instances are started".to_owned(), Tone::Strong)
            }
        }
    }

    /// The servers plan one step: of a group whose tasks are replaced they count what `max_parallel` lets go at once.
    fn first_steps(&self) -> Vec<(String, Tone)> {
        let replaces = |e: &&Effect| {
            let of_it = |d: &&Difference| d.group.as_deref() == Some(e.group.as_str());
            let mut own = self.changes.iter().filter(of_it);
            let destroys =
                |d: &Difference| d.effect.as_ref().is_some_and(|effect| effect.contains("destroy"));
            e.stay > 0 && (e.replaced + e.canaries > 0 || own.any(destroys))
        };
        let told = |e: &Effect| {
            let (other, are) = match e.stay {
                1 => ("instance".to_owned(), "is"),
                n => (words::count(n, "instance"), "are"),
            };
            let when = if e.canaries > 0 { "After promotion" } else { "After this first step" };
            (format!("{when} the other {other} of {} {are} replaced too.", e.group), Tone::Dim)
        };
        self.effects
            .iter()
            .filter(replaces)
            .map(told)
            .chain(self.effects.iter().filter(|_| !self.per_node).filter_map(at_once))
            .collect()
    }

    /// A new job is told by its groups: all of its fields are new.
    fn lines(&self) -> Vec<(String, Tone)> {
        let tone = |change: Option<Change>| match change {
            Some(Change::Added) => Tone::Good,
            Some(Change::Deleted) => Tone::Bad,
            Some(Change::Edited) => Tone::Warn,
            None => Tone::Plain,
        };
        let whole = |d: &&Difference| self.exists || d.field.is_empty();
        let shown: Vec<Difference> = self.changes.iter().filter(whole).cloned().collect();
        lines::all(&shown).into_iter().map(|l| (l.text, tone(l.change))).collect()
    }
}

/// That everything of a group is replaced at once, so that nothing of it is at work meanwhile.
fn at_once(e: &Effect) -> Option<(String, Tone)> {
    let all = e.stay + e.in_place + e.canaries == 0 && e.replaced > 1;
    let told = || {
        let all = words::count(e.replaced, "instance");
        format!("All {all} of {} are replaced at once: none is at work meanwhile.", e.group)
    };
    all.then(|| (told(), Tone::Warn))
}

impl Describe for Plan {
    fn describe(&self) -> Detail {
        let (words, tone) = self.headline();
        let effects: &[Effect] = if self.is_nothing() { &[] } else { &self.effects };
        Detail::new()
            .fields([
                ("job", Cell::text(format!("{} (namespace {})", self.job, self.namespace))),
                ("plan", Cell::toned(words, tone)),
                ("next start", Cell::Time(self.next_launch)),
            ])
            .lines(Some("Changes"), self.lines())
            .table("Effects", effects)
            .lines(None, self.first_steps())
            .table("Stopped, and not replaced", &self.leaving)
            .table("Cannot be placed", &self.unplaced)
            .table("Stopped to make room", &self.preempted)
            .lines(Some("Warnings"), self.warnings.iter().map(|w| (w.clone(), Tone::Warn)))
            .lines_above("Notes", self.notes.iter().map(|n| (n.clone(), Tone::Warn)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_system_job_has_placed_again_is_not_started() {
        let unchanged = DesiredUpdates { place: 2, in_place_update: 2, ..DesiredUpdates::default() };
        assert!(!Effect::new("g", &unchanged, true).moves() && Effect::new("g", &unchanged, false).moves());
        let one_missing = DesiredUpdates { place: 2, in_place_update: 1, ..DesiredUpdates::default() };
        assert_eq!(Effect::new("g", &one_missing, true).started, 1);
        let changed = DesiredUpdates { place: 2, destructive_update: 2, ..DesiredUpdates::default() };
        let effect = Effect::new("g", &changed, true);
        assert_eq!((effect.started, effect.replaced), (0, 2));
    }

    #[test]
    fn work_that_has_ended_neither_stays_nor_is_replaced() {
        let parsed = crate::ops::jobfile::Parsed {
            path: "work.hcl".into(),
            job: json!({"ID": "work", "Type": "batch"}),
            submission: Default::default(),
            values: Vec::new(),
        };
        let spec = Spec { parsed, namespace: "default".into(), secrets: Default::default(), elsewhere: None };
        let reply = serde_json::from_value(json!({
            "JobModifyIndex": 12,
            "Annotations": {"DesiredTGUpdates": {"g": {"Ignore": 7, "Place": 2}}},
            "Diff": {"Type": "Edited", "TaskGroups": [{"Type": "Edited", "Name": "g", "Tasks": [
                {"Type": "Edited", "Name": "t", "Annotations": ["forces create/destroy update"], "Fields": [
                    {"Type": "Edited", "Name": "Driver", "Old": "exec", "New": "raw_exec"}]}]}]}
        }));
        let mut plan = Plan::new(&spec, &reply.unwrap(), &KeptCounts::default());
        assert!(plan.may_count_ended() && plan.first_steps().len() == 1);
        let all =
            Effect::new("g", &DesiredUpdates { destructive_update: 3, ..DesiredUpdates::default() }, false);
        assert!(
            at_once(&all)
                .is_some_and(|(words, _)| words.starts_with("All 3 instances of g are replaced at once"))
        );
        assert_eq!(at_once(&Effect { stay: 1, ..all }), None);
        let alloc = |id: &str, client: &str| -> AllocStub {
            serde_json::from_value(
                json!({"ID": id, "Name": "work.g[0]", "Namespace": "default", "JobID": "work", "TaskGroup": "g",
                "JobVersion": 0, "DesiredStatus": "run", "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1}),
            )
            .unwrap()
        };
        let job = json!({"ID": "work", "Namespace": "default", "Type": "batch", "Version": 1, "CreateIndex": 1,
            "JobModifyIndex": 12, "TaskGroups": [{"Name": "g", "Count": 2}]});
        let job: Job = serde_json::from_value(job).unwrap();
        plan.without_ended(&job, &[alloc("a", "complete"), alloc("b", "failed")]);
        assert_eq!((plan.effects[0].stay, plan.effects[0].started), (0, 2));
        assert!(plan.first_steps().is_empty());
        // Unchanged, neither what ended well nor what is not tried again is started.
        let own = |id: &str, client: &str| AllocStub { job_version: 1, ..alloc(id, client) };
        let started = |plan: &mut Plan, second: AllocStub| {
            (plan.differs, plan.effects[0].started) = (false, 2);
            plan.without_ended(&job, &[own("a", "complete"), second]);
            plan.effects[0].started
        };
        assert_eq!(started(&mut plan, own("b", "failed")), 0);
        let later = AllocStub { followup_eval_id: "e".to_owned(), ..own("b", "failed") };
        assert_eq!(started(&mut plan, later), 1);
    }
}
