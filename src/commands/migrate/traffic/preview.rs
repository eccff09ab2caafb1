//! What a shift would do, for people and machines.

use serde::Serialize;

use crate::model::traffic::change::{Action, Change};
use crate::model::traffic::shift::{Objection, Risk, Shares, needed, percent};
use crate::model::words;
use crate::ops::traffic::shift::options::Options;
use crate::ops::traffic::shift::plan::Plan;
use crate::ops::traffic::shift::snapshot::ShiftSnapshot;
use crate::ops::traffic::witness::Witnesses;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

/// What a shift would do.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    service: String,
    from: String,
    to: String,
    resumed: bool,
    shares: Shares,
    /// None where nobody can be asked.
    from_instances: Option<usize>,
    to_instances: Option<usize>,
    baseline: Option<usize>,
    ingress_gateways: Vec<String>,
    api_gateways: Vec<String>,
    asked: Vec<String>,
    silent: Vec<String>,
    pin: Option<crate::model::traffic::shift::Pin>,
    #[serde(rename = "soak_seconds")]
    soak_s: f64,
    preparation: Vec<Entry>,
    steps: Vec<Step>,
    refused: Vec<Objection>,
    notes: Vec<String>,
    #[serde(skip)]
    soak: String,
}

#[derive(Debug, Serialize)]
struct Entry {
    kind: &'static str,
    name: String,
    action: Action,
    fields: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: usize,
    percent: serde_json::Value,
    from: serde_json::Value,
    to: serde_json::Value,
    instances_needed: Option<usize>,
}

impl Tabular for Step {
    const COLUMNS: &'static [Column] = &[
        column("STEP"),
        column("FROM %").right(),
        column("TO %").right(),
        column("INSTANCES NEEDED").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Number(self.step as u64),
            Cell::text(self.from.to_string()),
            Cell::text(self.to.to_string()),
            self.instances_needed.map_or_else(|| Cell::text("not known"), |n| Cell::Number(n as u64)),
        ]
    }
}

impl Tabular for Entry {
    const COLUMNS: &'static [Column] =
        &[column("FIRST").whole(), column("ENTRY").whole(), column("FIELDS").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.action.to_string()),
            Cell::text(format!("{}/{}", self.kind, self.name)),
            Cell::text(self.fields.join(" ")),
        ]
    }
}

fn entry(change: &Change) -> Entry {
    let fields = change.differences.iter().map(|d| d.path.clone());
    Entry {
        kind: change.kind.name(),
        name: change.name.clone(),
        action: change.action,
        fields: fields.filter(|f| f != "Kind" && f != "Name").collect(),
    }
}

impl Preview {
    pub(super) fn new(
        service: &str,
        snapshot: &ShiftSnapshot,
        plan: &Plan,
        options: &Options,
        witnesses: &Witnesses,
        baseline: usize,
        resumed: bool,
    ) -> Self {
        let standing = |o: &&Objection| o.risk.is_none_or(|risk| !options.accept.contains(&risk));
        let known = |n: usize| (!snapshot.is_blind()).then_some(n);
        let step = |(at, (share, shares)): (usize, &(i64, Shares))| Step {
            step: at + 1,
            percent: percent(*share),
            from: percent(shares.from),
            to: percent(shares.to),
            instances_needed: known(needed(*share, baseline)),
        };
        Preview {
            service: service.to_owned(),
            from: snapshot.from.to_string(),
            to: snapshot.to.to_string(),
            resumed,
            shares: snapshot.shares,
            from_instances: known(snapshot.from_instances.usable.len()),
            to_instances: known(snapshot.to_instances.usable.len()),
            baseline: known(baseline),
            ingress_gateways: snapshot.in_front.ingress.clone(),
            api_gateways: snapshot.in_front.api.clone(),
            asked: witnesses.heard.iter().map(|w| w.id.clone()).collect(),
            silent: witnesses.silent_gateways().map(str::to_owned).collect(),
            pin: options.pin.clone(),
            soak_s: options.soak.as_secs_f64(),
            preparation: plan.preparation.iter().map(entry).collect(),
            steps: plan.steps.iter().enumerate().map(step).collect(),
            refused: plan.objections.iter().filter(standing).cloned().collect(),
            notes: plan.notes.clone(),
            soak: duration_text(options.soak),
        }
    }

    /// What stands against it, as far as it was not accepted.
    pub(super) fn standing(&self) -> &[Objection] {
        &self.refused
    }

    /// Whether nothing is left to be done in steps.
    pub(super) fn is_done(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn question(&self) -> String {
        let steps = match self.steps.len() {
            1 => "one step".to_owned(),
            n => format!("{n} steps"),
        };
        format!("Move the traffic of {} from {} to {} in {steps}?", self.service, self.from, self.to)
    }
}

/// The flag that accepts a risk.
pub(super) fn flag(risk: Risk) -> String {
    format!("`--accept {risk}` goes ahead in spite of it")
}

impl Describe for Preview {
    fn describe(&self) -> Detail {
        let gateways: Vec<&str> =
            self.ingress_gateways.iter().chain(&self.api_gateways).map(String::as_str).collect();
        let instances = |n: Option<usize>| match n {
            Some(n) => {
                format!("{} {} traffic", words::count(n, "instance"), words::either(n, "takes", "take"))
            }
            None => "instances not known".to_owned(),
        };
        let detail = Detail::new()
            .fields([
                ("Service", Cell::toned(&self.service, Tone::Strong)),
                (
                    "From",
                    Cell::text(format!(
                        "{} ({} %, {})",
                        self.from,
                        percent(self.shares.from),
                        instances(self.from_instances)
                    )),
                ),
                (
                    "To",
                    Cell::text(format!(
                        "{} ({} %, {})",
                        self.to,
                        percent(self.shares.to),
                        instances(self.to_instances)
                    )),
                ),
                ("Gateways", Cell::text(gateways.join(", "))),
                ("Asked", Cell::text(self.asked.join(", "))),
                ("Goes on", Cell::text(if self.resumed { "where an earlier run stopped" } else { "" })),
            ])
            .table("Written first", &self.preparation)
            .table(format!("Steps, each held for {}", self.soak), &self.steps);
        let notes = self.notes.iter().map(|n| (n.clone(), Tone::Plain));
        detail.lines(Some("Notes"), notes)
    }
}
