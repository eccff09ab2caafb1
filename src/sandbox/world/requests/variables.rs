//! Writing variables, and acquiring, renewing and releasing the locks on them (`nomad-api.md §9.2`).

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::api::wire::Nanos;
use crate::sandbox::acl::Grants;
use crate::sandbox::go;
use crate::sandbox::state::variables::{Lock, Variable, VariableKey};
use crate::sandbox::world::World;
use crate::sandbox::world::requests::{Refusal, many_errors};

const MAX_SIZE: usize = 65_536;
const MIN_TTL: Nanos = Nanos::from_secs(10);
const MAX_TTL: Nanos = Nanos::from_secs(24 * 3600);
const DEFAULT: Nanos = Nanos::from_secs(15);

/// A variable as a client sends it.
#[derive(Debug, Clone, Default)]
pub struct VariableDraft {
    /// Its namespace.
    pub namespace: String,
    /// Its path.
    pub path: String,
    /// Its items; none when the body has none.
    pub items: Option<BTreeMap<String, String>>,
    /// The lock it mentions.
    pub lock: Option<Lock>,
}

/// What is to be done with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableWrite {
    /// Store it; with an index, only if it is unchanged since then (0: if it is not there).
    Set(Option<u64>),
    /// Delete it, with the same condition.
    Delete(Option<u64>),
    /// Store it and take its lock.
    Acquire,
    /// Give its lock back.
    Release,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was written, at this index; the reply shows it.
    Written(Variable, u64),
    /// It is gone, at this index.
    Deleted(u64),
    /// Something is in the way: 409 with what is there, or with an empty shell where that is a lock.
    Conflict(Variable),
}

fn bad(words: &str) -> Refusal {
    // The code is put in twice and taken out once.
    Refusal::new(400, format!("RPC Error:: 400,{words}"))
}

impl VariableDraft {
    /// Reads a body. Its path does not count, and its namespace only where it names one.
    ///
    /// # Errors
    /// In the words of Go's decoder.
    pub fn read(body: &Json, namespace: &str, path: &str) -> Result<Self, String> {
        let Some(fields) = body.as_object() else {
            let kind = if body.is_array() { "array" } else { "string" };
            return Err(format!(
                "json: cannot unmarshal {kind} into Go value of type structs.VariableDecrypted"
            ));
        };
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value).filter(|value| !value.is_null())
        };
        let own = field("Namespace").and_then(Json::as_str).filter(|name| !name.is_empty());
        Ok(VariableDraft {
            namespace: own.unwrap_or(namespace).to_owned(),
            path: path.to_owned(),
            items: field("Items").map(items).transpose()?,
            lock: field("Lock").map(lock).transpose()?,
        })
    }

    fn key(&self) -> VariableKey {
        VariableKey { namespace: self.namespace.clone(), path: self.path.clone() }
    }

    fn size(&self) -> usize {
        self.items.iter().flatten().map(|(key, value)| key.len() + value.len()).sum()
    }

    fn check(&self) -> Result<(), String> {
        if self.namespace == "*" {
            return Err("can not target wildcard (\"*\")namespace".to_owned());
        }
        if self.size() > MAX_SIZE {
            return Err("variables are limited to 64KiB in total size".to_owned());
        }
        check_path(&self.path)?;
        self.lock.as_ref().map_or(Ok(()), check_lock)
    }
}

fn items(value: &Json) -> Result<BTreeMap<String, String>, String> {
    let wrong = |value: &Json, wanted: &str| {
        let found = match value {
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            _ => "object",
        };
        format!(
            "json: cannot unmarshal {found} into Go struct field VariableDecrypted.Items of type {wanted}"
        )
    };
    let map = value.as_object().ok_or_else(|| wrong(value, "structs.VariableItems"))?;
    let each = map.iter().map(|(key, value)| match value {
        Json::String(text) => Ok((key.clone(), text.clone())),
        Json::Null => Ok((key.clone(), String::new())),
        other => Err(wrong(other, "string")),
    });
    each.collect()
}

/// A lock: its durations may be texts or numbers of nanoseconds, and anything else counts as none.
fn lock(value: &Json) -> Result<Lock, String> {
    let field = |name: &str| {
        let found = value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    };
    let duration = |name: &str| match field(name) {
        Some(Json::String(text)) if !text.is_empty() => go::duration(text),
        Some(Json::Number(number)) => Ok(Nanos(number.as_i64().unwrap_or(0))),
        _ => Ok(Nanos(0)),
    };
    let id = field("ID").and_then(Json::as_str).unwrap_or("").to_owned();
    Ok(Lock { id, ttl: duration("TTL")?, delay: duration("LockDelay")? })
}

fn check_path(path: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '~' | '/');
    if !(1..=128).contains(&path.len()) || !path.chars().all(fits) {
        return Err(format!("invalid path {path:?}"));
    }
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["nomad"] => Err("\"nomad\" is a reserved top-level directory path, but you may write variables to \
                          \"nomad/jobs\", \"nomad/job-templates\", \"nomad/sentinel\", or below"
            .to_owned()),
        ["nomad", "jobs" | "sentinel", ..] | ["nomad", "job-templates", _] => Ok(()),
        ["nomad", "job-templates", ..] => {
            Err("\"nomad/job-templates\" is a reserved directory path, but you may write \
             variables at the level below it, for example, \"nomad/job-templates/template-name\""
                .to_owned())
        }
        ["nomad", ..] => {
            Err("only paths at \"nomad/jobs\" or \"nomad/job-templates\" and below are valid paths \
                              under the top-level \"nomad\" directory"
                .to_owned())
        }
        _ => Ok(()),
    }
}

fn check_lock(lock: &Lock) -> Result<(), String> {
    let mut errors = Vec::new();
    if lock.delay.0 < 0 || lock.ttl.0 < 0 {
        errors.push("Lock delay and TTL must be positive".to_owned());
    }
    if lock.ttl > MAX_TTL || lock.ttl < MIN_TTL {
        errors.push("TTL must be between 10 seconds and 24 hours".to_owned());
    }
    if errors.is_empty() { Ok(()) } else { Err(many_errors(&errors)) }
}

impl World {
    /// Writes a variable or its lock.
    ///
    /// # Errors
    /// Without the right to, with a body that does not fit, and for releases where there is no lock.
    pub fn write_variable(
        &mut self,
        what: VariableWrite,
        mut draft: VariableDraft,
        grants: &Grants,
    ) -> Result<Applied, Refusal> {
        let needed = if matches!(what, VariableWrite::Delete(_)) { "destroy" } else { "write" };
        if !grants.variable(&draft.namespace, &draft.path, needed) {
            return Err(Refusal::new(403, "Permission denied"));
        }
        self.admit_variable(what, &mut draft)?;
        let key = draft.key();
        let existing = self.state.variable(&key).cloned();
        // Whatever comes of it, it goes through the servers' log.
        let mut write = self.write();
        let index = write.index;
        if let Some(conflict) = in_the_way(what, &draft, existing.as_deref()) {
            return Ok(Applied::Conflict(shown_conflict(conflict, &draft, grants)));
        }
        match what {
            VariableWrite::Delete(_) => {
                write.remove_variable(&key);
                Ok(Applied::Deleted(index))
            }
            VariableWrite::Release => {
                let existing = existing.ok_or_else(|| Refusal::failed("variable doesn't exist"))?;
                let Some(lock) = &existing.lock else {
                    return Err(Refusal::failed("variable doesn't hold a lock"));
                };
                let freed = write.put_variable(Variable { lock: None, ..(*existing).clone() });
                self.stop_lock(&lock.id);
                Ok(Applied::Written(Variable { items: BTreeMap::new(), ..(*freed).clone() }, index))
            }
            VariableWrite::Set(_) | VariableWrite::Acquire => {
                let variable = write.put_variable(Variable {
                    items: draft.items.unwrap_or_default(),
                    lock: draft.lock,
                    modify_time: write.now.nanos(),
                    namespace: draft.namespace,
                    path: draft.path,
                    ..Variable::default()
                });
                if what == VariableWrite::Acquire {
                    self.start_lock(&variable);
                }
                Ok(Applied::Written((*variable).clone(), index))
            }
        }
    }

    fn admit_variable(&mut self, what: VariableWrite, draft: &mut VariableDraft) -> Result<(), Refusal> {
        match what {
            VariableWrite::Delete(_) => return Ok(()),
            VariableWrite::Release => {
                if draft.lock.as_ref().is_none_or(|lock| lock.id.is_empty()) {
                    return Err(bad("missing lock information"));
                }
                if draft.items.is_some() {
                    return Err(bad("lock release operation doesn't take variable items"));
                }
                return check_path(&draft.path).map_err(|words| Refusal::new(400, words));
            }
            VariableWrite::Set(_) => {
                if draft.lock.as_ref().is_some_and(|lock| lock.ttl.0 != 0 || lock.delay.0 != 0) {
                    return Err(bad("RPC Error:: 400,variable should not contain lock definition"));
                }
            }
            VariableWrite::Acquire => {
                draft.lock.get_or_insert_default();
            }
        }
        if let Some(lock) = &mut draft.lock {
            if lock.id.is_empty() {
                lock.id = self.new_id().to_string();
            }
            lock.ttl = if lock.ttl.0 == 0 { DEFAULT } else { lock.ttl };
            lock.delay = if lock.delay.0 == 0 { DEFAULT } else { lock.delay };
        }
        draft.check().map_err(|words| bad(&words))
    }

    /// Renews a lock; the variable without its items.
    ///
    /// # Errors
    /// When the lock is not held, no longer held or held by another, and without the right to write the variable.
    pub fn renew_lock(
        &mut self,
        key: &VariableKey,
        lock: &str,
        grants: &Grants,
    ) -> Result<Variable, Refusal> {
        if !grants.variable(&key.namespace, &key.path, "write") {
            return Err(Refusal::new(403, "Permission denied"));
        }
        if lock.is_empty() {
            return Err(Refusal::failed(many_errors(&["missing lock ID".to_owned()])));
        }
        let Some(variable) = self.state.variable(key).cloned() else {
            return Err(Refusal::new(404, "variable doesn't exist"));
        };
        let Some(held) = &variable.lock else {
            return Err(Refusal::new(409, "variable doesn't hold a lock"));
        };
        if held.id != lock || !self.wind_lock(&variable) {
            return Err(Refusal::new(409, "attempting to modify locked variable"));
        }
        Ok(Variable { items: BTreeMap::new(), ..(*variable).clone() })
    }
}

/// What keeps a write from happening: another state of the variable than it asks for, or a lock (a shell then).
fn in_the_way(what: VariableWrite, draft: &VariableDraft, existing: Option<&Variable>) -> Option<Variable> {
    let shell = |lock: Option<Lock>| Variable {
        namespace: draft.namespace.clone(),
        path: draft.path.clone(),
        lock,
        ..Variable::default()
    };
    let own = draft.lock.as_ref().map(|lock| lock.id.as_str());
    let held = existing.and_then(|variable| variable.lock.as_ref());
    let locked = held.is_some_and(|held| own != Some(held.id.as_str()));
    match what {
        VariableWrite::Set(Some(index)) | VariableWrite::Delete(Some(index)) => match existing {
            Some(existing) if existing.modify_index != index => return Some(existing.clone()),
            None if index != 0 => return Some(shell(None)),
            _ => {}
        },
        VariableWrite::Release => return locked.then(|| shell(Some(Lock::default()))),
        _ => {}
    }
    locked.then(|| shell(None))
}

/// A conflict as the caller may see it. Who may read sees no lock on a shell, who may not sees the lock but no items.
fn shown_conflict(conflict: Variable, draft: &VariableDraft, grants: &Grants) -> Variable {
    let is_shell = conflict.modify_index == 0;
    match grants.variable(&draft.namespace, &draft.path, "read") {
        true if is_shell => Variable { lock: None, ..conflict },
        true => conflict,
        false => Variable { items: BTreeMap::new(), ..conflict },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use serde::Deserialize;

    use super::*;
    use crate::sandbox::acl::Rules;
    use crate::sandbox::moment::Moment;

    #[derive(Deserialize)]
    struct Recorded {
        policies: HashMap<String, String>,
        scripts: HashMap<String, Vec<Step>>,
    }

    #[derive(Deserialize)]
    struct Step {
        who: String,
        method: String,
        path: String,
        #[serde(default)]
        query: HashMap<String, String>,
        body: Option<Json>,
        /// The bytes of a body that is none.
        raw: Option<String>,
        /// Seconds before it.
        wait: f64,
        status: u16,
        answer: String,
    }

    struct Player {
        world: World,
        grants: HashMap<String, Grants>,
        /// The modify index of the last variable shown.
        last: u64,
    }

    impl Player {
        /// Answers a step as the routes do, without their reading of bytes and headers.
        fn play(&mut self, step: &Step) -> (u16, String) {
            self.world.advance_to(self.world.now() + Duration::from_secs_f64(step.wait));
            let grants = self.grants.get(&step.who).cloned().unwrap_or_default();
            let query = |name: &str| step.query.get(name).map_or("", String::as_str);
            let namespace = if query("namespace").is_empty() { "default" } else { query("namespace") };
            let path = step.path.strip_prefix("var/").unwrap();
            let key = VariableKey { namespace: namespace.to_owned(), path: path.to_owned() };
            let cas = match query("cas") {
                "" => None,
                "@" => Some(self.last),
                index => Some(index.parse().unwrap()),
            };
            if step.method == "GET" {
                if !grants.variable(namespace, path, "read") {
                    return (403, "Permission denied".to_owned());
                }
                return match self.world.state.variable(&key) {
                    None => (404, "variable not found".to_owned()),
                    Some(variable) => {
                        let lock = variable.lock.clone().filter(|_| grants.is_everything());
                        self.shown(200, &Variable { lock, ..(**variable).clone() })
                    }
                };
            }
            let draft = match VariableDraft::read(
                step.body.as_ref().unwrap_or(&Json::Object(serde_json::Map::new())),
                namespace,
                path,
            ) {
                Err(words) => return (400, words),
                Ok(draft) => draft,
            };
            let what = match step.method.as_str() {
                "DELETE" => VariableWrite::Delete(cas),
                _ if step.query.contains_key("lock-acquire") => VariableWrite::Acquire,
                _ if step.query.contains_key("lock-release") => VariableWrite::Release,
                _ if step.query.contains_key("lock-renew") => {
                    let id = draft.lock.map(|lock| lock.id).unwrap_or_default();
                    return match self.world.renew_lock(&key, &id, &grants) {
                        Ok(variable) => self.shown(200, &variable),
                        Err(refusal) => (refusal.status, refusal.text),
                    };
                }
                _ if draft.items.as_ref().is_none_or(BTreeMap::is_empty) => {
                    return (400, "variable missing required Items object".to_owned());
                }
                _ => VariableWrite::Set(cas),
            };
            match self.world.write_variable(what, draft, &grants) {
                Ok(Applied::Written(variable, _)) => self.shown(200, &variable),
                Ok(Applied::Deleted(_)) => (204, String::new()),
                Ok(Applied::Conflict(variable)) => self.shown(409, &variable),
                Err(refusal) => (refusal.status, refusal.text),
            }
        }

        fn shown(&mut self, status: u16, variable: &Variable) -> (u16, String) {
            if status == 200 {
                self.last = variable.modify_index;
            }
            (status, serde_json::to_string(variable).unwrap())
        }
    }

    /// Indexes, times and made-up ids in the order in which they first appear.
    #[derive(Default)]
    struct Renamed(Vec<String>);

    impl Renamed {
        fn rename(&mut self, answer: &str) -> String {
            let Ok(mut json) = serde_json::from_str::<Json>(answer) else { return answer.to_owned() };
            for field in ["CreateIndex", "ModifyIndex", "CreateTime", "ModifyTime"] {
                if json[field].as_u64().is_some_and(|n| n > 0) {
                    json[field] = self.number(&json[field].to_string());
                }
            }
            let id = json["Lock"]["ID"].as_str().unwrap_or("").to_owned();
            if !id.is_empty() && !id.ends_with("-0000-0000-000000000000") {
                json["Lock"]["ID"] = self.number(&id);
            }
            json.to_string()
        }

        fn number(&mut self, name: &str) -> Json {
            let at = self.0.iter().position(|known| known == name).unwrap_or_else(|| {
                self.0.push(name.to_owned());
                self.0.len() - 1
            });
            format!("#{at}").into()
        }
    }

    #[test]
    fn variables_and_locks_answer_as_on_a_real_cluster() {
        let mut recorded = include_str!("../../../../tests/fixtures/nomad-2.0.5/variables.json").to_owned();
        for count in [65_535, 65_536, 70_000, 129, 128] {
            recorded = recorded.replace(&format!("<x*{count}>"), &"x".repeat(count));
        }
        let recorded: Recorded = serde_json::from_str(&recorded).unwrap();
        let mut grants: HashMap<String, Grants> = recorded
            .policies
            .iter()
            .map(|(name, rules)| (name.clone(), Grants::of([&Rules::parse(rules).unwrap()])))
            .collect();
        grants.insert("m".to_owned(), Grants::everything());
        let mut wrong = Vec::new();
        for (name, steps) in &recorded.scripts {
            let mut world = World::new(Moment::from_nanos(1_795_274_867_000_000_000), 7);
            // Beyond the small indexes that the scripts demand in vain.
            for _ in 0..10 {
                world.write();
            }
            let mut player = Player { world, grants: grants.clone(), last: 0 };
            let (mut real, mut ours) = (Renamed::default(), Renamed::default());
            for (at, step) in steps.iter().enumerate().filter(|(_, step)| is_plain(step)) {
                // Time and index must move, so that those of different writes differ.
                player.world.advance_to(player.world.now() + Duration::from_millis(1));
                let got = player.play(step);
                let expected = (step.status, real.rename(step.answer.trim_end()));
                let got = (got.0, ours.rename(got.1.trim_end()));
                if got != expected {
                    wrong.push(format!("{name} {at}\n  expected {expected:?}\n       got {got:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    }

    /// Whether the step is about variables, not about methods, bytes and parameters, which are read elsewhere.
    fn is_plain(step: &Step) -> bool {
        let known = matches!(step.method.as_str(), "GET" | "PUT" | "POST" | "DELETE");
        let cas = step
            .query
            .get("cas")
            .is_none_or(|cas| cas == "@" || cas.is_empty() || cas.parse::<u64>().is_ok());
        let locks = step.query.keys().filter(|key| key.starts_with("lock-")).count();
        let read = step.method != "GET" || locks == 0;
        let raw = step.raw.as_deref().is_some_and(|raw| raw != "{}");
        let told_apart = locks == 0 || !step.query.contains_key("cas");
        known && cas && read && locks <= 1 && told_apart && step.path != "var/" && !raw
    }
}
