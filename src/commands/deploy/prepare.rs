//! What a deployment would do, before it does anything.

use serde::Serialize;
use serde_json::{Value, json};

use super::{Args, Force};
use crate::api::nomad::job::Job;
use crate::api::nomad::node;
use crate::app::App;
use crate::commands::job::plan::{self, Plan};
use crate::commands::jobfile::Spec;
use crate::error::{Error, Result};
use crate::model::rollout::canary::{self, Doubt};
use crate::ops::deploy::Promotion;
use crate::ui::{Describe, Detail, Tone};

/// A job, ready to be registered.
#[derive(Debug, Serialize)]
pub(super) struct Prepared {
    #[serde(flatten)]
    pub(super) plan: Plan,
    doubts: Vec<Doubt>,
    notes: Vec<String>,
    #[serde(skip)]
    pub(super) spec: Spec,
    /// Whether canaries were asked for on the command line, and not only written in the file.
    #[serde(skip)]
    asked: bool,
}

impl Describe for Prepared {
    fn describe(&self) -> Detail {
        if self.plan.is_nothing() {
            return self.plan.describe();
        }
        // A first version has no canaries, whatever its file says.
        let tried = self.asked || self.plan.effects.iter().any(|e| e.canaries > 0);
        let doubts = self.doubts.iter().filter(|_| tried).map(|d| (d.to_string(), Tone::Warn));
        self.plan
            .describe()
            .lines(Some("Of the canaries"), doubts)
            .lines(Some("Notes"), self.notes.iter().map(|n| (n.clone(), Tone::Plain)))
    }
}

impl Prepared {
    /// Puts what the command line says into the job, and has it planned.
    pub(super) async fn make(args: &Args, app: &App, mut spec: Spec) -> Result<Self> {
        let wanted = args.wanted()?;
        let ours = !matches!(args.promotion()?, Promotion::AsWritten);
        let default = spec.parsed.job["Update"].clone();
        let kind = spec.parsed.job["Type"].as_str().unwrap_or("service").to_owned();
        if wanted.is_some() && kind != "service" {
            return Err(Error::refused(format!("a {kind} job has no canaries that --canary could set")));
        }
        let mut notes = Vec::new();
        for group in spec.parsed.job["TaskGroups"].as_array_mut().into_iter().flatten() {
            if kind != "service" {
                break;
            }
            let written = |key: &str, group: &Value| group["Update"][key].as_u64().or(default[key].as_u64());
            let count = group["Count"].as_u64().unwrap_or(1);
            let mut canaries = written("Canary", group).unwrap_or(0);
            let mut parallel = written("MaxParallel", group).unwrap_or(1);
            if let Some(wanted) = wanted {
                canaries = wanted.of(count, canaries);
                set(group, "Canary", json!(canaries));
            }
            if canaries > 0 && ours {
                set(group, "AutoPromote", json!(false));
            }
            if let Some(most) = args.max_unavailable {
                if most == 0 && canaries > 0 {
                    // All of them stand ready before the first old one goes.
                    canaries = canaries.max(count);
                    set(group, "Canary", json!(canaries));
                } else if most == 0 {
                    let id = group["Name"].as_str().unwrap_or_default();
                    return Err(Error::refused(format!("group {id} cannot be replaced with none away"))
                        .hint(
                            "add --canary: then all new instances stand ready before the first old one goes",
                        ));
                } else {
                    parallel = parallel.min(most);
                    set(group, "MaxParallel", json!(parallel));
                }
            }
            let left = canary::left_at_promotion(count, canaries, parallel);
            if canaries > 0 && left < count {
                let name = group["Name"].as_str().unwrap_or_default();
                let note = format!(
                    "promoting the canaries of {name} leaves {left} of {count} for a moment; --max-unavailable bounds that"
                );
                notes.push(note);
            }
        }
        let plan = plan::ask(app, &spec).await?;
        let doubts = doubts(app, &spec, &default).await?;
        Ok(Prepared { plan, doubts, notes, spec, asked: wanted.is_some() })
    }

    /// Shows it: as the result where nothing is to be done, else beside what will be told.
    pub(super) fn show(&self, app: &App, as_result: bool) -> Result<()> {
        if as_result || app.printer.wants_events() {
            return app.printer.object(self);
        }
        app.printer.aside(self);
        Ok(())
    }

    /// Refuses canaries that would tell nothing, unless the risk was named.
    pub(super) fn refuse(&self, force: &Force) -> Result<()> {
        let named = |d: &Doubt| match d {
            Doubt::NoCheck { .. } => force.force_no_check,
            Doubt::StaticPort { .. } => force.force_static_port,
            Doubt::Volume { .. } => force.force_volume,
            Doubt::CountTooSmall { .. } => force.force_small_count,
        };
        let standing: Vec<&Doubt> = self.doubts.iter().filter(|d| !named(d)).collect();
        if !self.asked || standing.is_empty() || self.plan.is_nothing() {
            return Ok(());
        }
        let error = Error::refused(format!(
            "canaries of {} would not do what they are for; nothing was changed",
            self.plan.job
        ));
        let error = standing.iter().fold(error, |e, d| e.because(d.to_string()));
        Err(standing.iter().fold(error, |e, d| e.hint(d.flag())))
    }
}

fn set(group: &mut Value, key: &str, value: Value) {
    if !group["Update"].is_object() {
        group["Update"] = json!({});
    }
    group["Update"][key] = value;
}

/// What speaks against the job's canaries, wherever they were written.
async fn doubts(app: &App, spec: &Spec, default: &Value) -> Result<Vec<Doubt>> {
    let mut whole = spec.parsed.job.clone();
    let mut any = false;
    for group in whole["TaskGroups"].as_array_mut().into_iter().flatten() {
        let canaries = group["Update"]["Canary"].as_u64().or(default["Canary"].as_u64()).unwrap_or(0);
        set(group, "Canary", json!(canaries));
        any |= canaries > 0;
    }
    if !any {
        return Ok(Vec::new());
    }
    let job: Job = serde_json::from_value(whole)
        .map_err(|e| Error::failed("could not read the parsed job").because(e.to_string()))?;
    let pool = if job.node_pool.is_empty() { "default" } else { job.node_pool.as_str() };
    let nodes = spec.place(app).nomad()?.list(&node::list()).await?.value;
    let fit =
        nodes.iter().filter(|n| n.is_schedulable() && (pool == "all" || n.node_pool == pool)).count() as u64;
    Ok(canary::doubts(&job, fit))
}
