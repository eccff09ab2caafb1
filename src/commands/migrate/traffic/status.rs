//! `fleet migrate traffic status`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::app::App;
use crate::commands::shared::consul;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::shift::{Pin, Shares, Side, percent};
use crate::model::words;
use crate::ops::traffic::shift::lock::{self, StoredShift};
use crate::ops::traffic::shift::{Phase, snapshot};
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show how far a shift of traffic is: as it is written down, and as things stand now.
///
/// The exit code is 0 when it is over and stands as it says, and 8 when it is not finished.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate traffic status web
  fleet migrate traffic status web -o json")]
pub(super) struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,
}

/// A shift of traffic as it stands.
#[derive(Debug, Serialize)]
struct ShiftStatusView {
    shift_id: String,
    service: String,
    from: String,
    to: String,
    phase: Phase,
    steps: Vec<serde_json::Value>,
    steps_done: usize,
    shares: Shares,
    /// The shares as they are stored now; none when they cannot be read as such.
    shares_now: Option<Shares>,
    before_shares: Shares,
    pin: Option<Pin>,
    started_at: Timestamp,
    updated_at: Timestamp,
    why: Option<String>,
    /// Who runs it now; none when nobody does.
    held_by: Option<String>,
    from_instances: Option<usize>,
    to_instances: Option<usize>,
    problem: Option<String>,
}

impl Describe for ShiftStatusView {
    fn describe(&self) -> Detail {
        let tone = match self.phase {
            Phase::Done => Tone::Good,
            Phase::RolledBack | Phase::RollingBack => Tone::Warn,
            _ => Tone::Strong,
        };
        let steps: Vec<String> = self
            .steps
            .iter()
            .enumerate()
            .map(
                |(at, step)| {
                    if at < self.steps_done { format!("{step} %, held") } else { format!("{step} %") }
                },
            )
            .collect();
        let side = |name: &str, share: i64, instances: Option<usize>| {
            let instances = instances
                .map(|n| {
                    format!(", {} {} traffic", words::count(n, "instance"), words::either(n, "takes", "take"))
                })
                .unwrap_or_default();
            format!("{name} ({} %{instances})", percent(share))
        };
        let now = self.shares_now.unwrap_or(self.shares);
        let pin = self.pin.as_ref().map(|Pin::Cookie { name }| format!("cookie {name}")).unwrap_or_default();
        Detail::new()
            .fields([
                ("Service", Cell::toned(&self.service, Tone::Strong)),
                ("Shift", Cell::text(&self.shift_id)),
                ("Phase", Cell::toned(self.phase.name(), tone)),
                ("From", Cell::text(side(&self.from, now.from, self.from_instances))),
                ("To", Cell::text(side(&self.to, now.to, self.to_instances))),
                ("Steps", Cell::text(steps.join("; "))),
                ("Pinned by", Cell::text(pin)),
                ("Began", Cell::Time(Some(self.started_at))),
                ("Changed", Cell::Time(Some(self.updated_at))),
                ("Run by", Cell::text(self.held_by.clone().unwrap_or_else(|| "nobody now".to_owned()))),
                ("Why", Cell::toned(self.why.clone().unwrap_or_default(), Tone::Warn)),
            ])
            .lines(None, self.problem.clone().map(|p| (p, Tone::Bad)))
    }
}

/// Shows how far a shift is.
///
/// # Errors
/// Not found (3) when none is written down.
pub(super) async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let consul = consul::needed(app)?;
    let standing = lock::read(&consul, &args.service).await?.ok_or_else(|| {
        Error::not_found(format!("no shift of {} is written down in this Consul", args.service))
    })?;
    let view = look(&consul, standing).await?;
    let over = view.phase.is_over() && view.problem.is_none();
    app.printer.object(&view)?;
    Ok(if over { ExitCode::Done } else { ExitCode::Pending })
}

async fn look(consul: &Http, standing: StoredShift) -> Result<ShiftStatusView> {
    let record = standing.record;
    let entries = snapshot::read_entries(consul, &record.service).await?;
    let now = entries.shares(&record.service, &record.from, &record.to);
    let side = |side: &Side| match side {
        Side::Subset(name) => name.clone(),
        Side::Service(name) => format!("service:{name}"),
    };
    let seen =
        snapshot::observe(consul, &record.service, &side(&record.from), &side(&record.to), &record.traefiks)
            .await
            .ok();
    let problem = match &now {
        Ok(now) if *now == record.shares => None,
        Ok(now) => Some(format!("somebody else changed the split: it is {now}, and was {}", record.shares)),
        Err(why) => Some(why.clone()),
    };
    let known = seen.as_ref().filter(|s| !s.is_blind());
    Ok(ShiftStatusView {
        shift_id: record.id,
        from: record.from.to_string(),
        to: record.to.to_string(),
        phase: record.phase,
        steps: record.steps.iter().map(|s| percent(*s)).collect(),
        steps_done: record.steps_done,
        shares: record.shares,
        shares_now: now.ok(),
        before_shares: record.before_shares,
        pin: record.pin,
        started_at: record.started,
        updated_at: record.updated,
        why: record.why,
        held_by: (!standing.session.is_empty()).then_some(record.holder.who),
        from_instances: known.map(|s| s.from_instances.usable.len()),
        to_instances: known.map(|s| s.to_instances.usable.len()),
        service: record.service,
        problem,
    })
}
