use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

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
    let mut recorded = include_str!("../../../../../tests/fixtures/nomad-2.0.5/variables.json").to_owned();
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
    let cas =
        step.query.get("cas").is_none_or(|cas| cas == "@" || cas.is_empty() || cas.parse::<u64>().is_ok());
    let locks = step.query.keys().filter(|key| key.starts_with("lock-")).count();
    let read = step.method != "GET" || locks == 0;
    let raw = step.raw.as_deref().is_some_and(|raw| raw != "{}");
    let told_apart = locks == 0 || !step.query.contains_key("cas");
    known && cas && read && locks <= 1 && told_apart && step.path != "var/" && !raw
}
