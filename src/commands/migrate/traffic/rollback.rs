//! `fleet migrate traffic rollback`

use std::collections::BTreeSet;

use super::myself;
use super::narrate::sentence;
use super::view::ShiftOutcome;
use crate::api::http::Patience;
use crate::app::App;
use crate::commands::shared::consul::{self, before_any_write};
use crate::commands::shared::narrator::Narrator;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::shift::{Risk, needed, percent, split_subject};
use crate::ops::traffic::shift::lock::{self, Held};
use crate::ops::traffic::shift::options::Options;
use crate::ops::traffic::shift::snapshot::{self, ShiftSnapshot};
use crate::ops::traffic::shift::{Phase, Record, Shift, ShiftEnd, on_gateways, silent_in_front};
use crate::ops::traffic::witness::{self, AdminAddress, Witnesses};
use crate::ui::duration;

/// Take a shift back: the shares to what they were before it, in one step, proven on the gateways; its pins out.
///
/// Also after it was done, as long as the side that gave still has its instances.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate traffic rollback web
  fleet migrate traffic rollback web --yes -o json")]
pub(super) struct Args {
    /// The service.
    #[arg(value_name = "SERVICE")]
    service: String,

    /// The admin port of a proxy, to ask what it made of a write. Port 19000 of every gateway is tried by itself.
    #[arg(long, value_name = "[ID=]HOST:PORT")]
    envoy: Vec<AdminAddress>,

    /// The address of a Traefik's API, for a service of Traefik; those of the shift unless said otherwise.
    #[arg(long, value_name = "HOST:PORT")]
    traefik: Vec<String>,

    /// Go ahead in spite of this.
    #[arg(long, value_name = "RISK", value_enum)]
    accept: Vec<Risk>,

    /// Show what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// How long it may take.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<std::time::Duration>,
}

/// Takes a shift back.
///
/// # Errors
/// Not found (3) when no shift is written down; refused (7) without instances to take it back to; failed (1) when a gateway does not
/// have it.
pub(super) async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let consul = consul::needed(app)?;
    let service = &args.service;
    let standing = lock::read(&consul, service).await.map_err(before_any_write)?.ok_or_else(|| {
        Error::not_found(format!("no shift of {service} is written down in this Consul"))
            .hint(format!("`fleet config show {}` shows where its traffic goes", split_subject(service)))
    })?;
    let mut record = standing.record;
    let traefiks = if args.traefik.is_empty() { record.traefiks.clone() } else { args.traefik.clone() };
    record.traefiks = traefiks;
    let snapshot =
        snapshot::observe(&consul, service, &name(&record.from), &name(&record.to), &record.traefiks)
            .await
            .map_err(before_any_write)?;
    let services: BTreeSet<String> =
        [snapshot.from_seen.service.clone(), snapshot.to_seen.service.clone()].into();
    let witnesses = if snapshot.by_traefik() {
        Witnesses::default()
    } else {
        witness::find(&consul, &services, &BTreeSet::new(), &args.envoy).await?
    };
    if record.phase == Phase::RolledBack && snapshot.shares == record.before_shares {
        let end = already(&record, &snapshot, &witnesses).await?;
        app.printer.object(&ShiftOutcome::new(&record, &end))?;
        return Ok(code(&end, args));
    }
    can_take_it_back(args, &record, &snapshot)?;
    let back = record.before_shares;
    app.printer.note(&format!(
        "{service}: {} has {} %, {} has {} %; back to {back}",
        record.from,
        percent(snapshot.shares.from),
        record.to,
        percent(snapshot.shares.to)
    ));
    if args.dry_run {
        let why = format!("it would be taken back to {back}");
        app.printer.object(&ShiftOutcome::preview(&record, snapshot.shares, why))?;
        return Ok(ExitCode::Pending);
    }
    let permission =
        app.confirm(args.yes, &format!("Take the traffic of {service} back to {}?", record.from)).await?;
    let options = options(args, &record);
    let consul = consul.with_patience(Patience::OPERATION);
    let lock = Held::take(&consul, permission, &myself(app), &mut record).await?;
    let known = record.clone();
    let mut narrator = Narrator::new(&app.printer, sentence);
    let shift = Shift {
        consul,
        deadline: args.timeout.map(|t| app.clock().now() + t),
        options,
        record,
        lock,
        snapshot,
        witnesses,
        observer: &mut narrator,
        clock: std::sync::Arc::clone(app.clock()),
        orderly: app.interrupts.orderly(),
        sessions: None,
    };
    let ended = shift.roll_back("the operator asked for it").await;
    drop(narrator);
    let end = ended?;
    if !app.printer.wants_events() {
        app.printer.object(&ShiftOutcome::new(&known, &end))?;
    }
    Ok(code(&end, args))
}

/// Taking it back is what was asked for; a gateway that cannot be asked may still have the shift.
fn code(end: &ShiftEnd, args: &Args) -> ExitCode {
    match end {
        ShiftEnd::RolledBack { silent, .. } if silent.is_empty() => ExitCode::Done,
        ShiftEnd::RolledBack { .. } if args.accept.contains(&Risk::Unwitnessed) => ExitCode::Done,
        ShiftEnd::RolledBack { .. } => ExitCode::Pending,
        _ => ExitCode::Failed,
    }
}

/// What was taken back is back as long as every gateway still has it.
async fn already(record: &Record, snapshot: &ShiftSnapshot, witnesses: &Witnesses) -> Result<ShiftEnd> {
    let shares = record.before_shares;
    // Without a splitter there are no shares on a gateway.
    let told = match snapshot.entries.split() {
        Some(_) => on_gateways(witnesses, snapshot, shares).await,
        None => Vec::new(),
    };
    if let Some((gateway, has)) = told.iter().find_map(|(gateway, has)| Some((gateway, has.as_ref()?))) {
        return Err(Error::failed(format!(
            "the shift {} of {} was taken back already, and not every gateway has it",
            record.id, record.service
        ))
        .because(format!("gateway {gateway} {has}, stored is {shares}")));
    }
    let asked = told.into_iter().map(|(gateway, _)| gateway).collect();
    let why = "it was taken back already".to_owned();
    Ok(ShiftEnd::RolledBack { shares, why, asked, silent: silent_in_front(snapshot, witnesses) })
}

fn can_take_it_back(args: &Args, record: &Record, snapshot: &ShiftSnapshot) -> Result<()> {
    if snapshot.is_blind() {
        return Ok(());
    }
    let wanted = needed(10_000, record.baseline);
    let have = snapshot.from_instances.usable.len();
    if have >= wanted || args.accept.contains(&Risk::UnderCapacity) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "{} cannot take the traffic of {} back; nothing was written",
        record.from, record.service
    ))
    .because(format!("{have} of its instances take traffic, {wanted} did before"))
    .hint("`--accept under-capacity` goes ahead in spite of it"))
}

fn name(side: &crate::model::traffic::shift::Side) -> String {
    match side {
        crate::model::traffic::shift::Side::Subset(name) => name.clone(),
        crate::model::traffic::shift::Side::Service(name) => format!("service:{name}"),
    }
}

fn options(args: &Args, record: &Record) -> Options {
    Options {
        steps: record.steps.clone(),
        soak: std::time::Duration::ZERO,
        gates: Vec::new(),
        every: std::time::Duration::from_secs(1),
        most_errors: None,
        most_latency_ms: None,
        drain_timeout: std::time::Duration::ZERO,
        pin: record.pin.clone(),
        pin_soak: std::time::Duration::ZERO,
        session_idle: std::time::Duration::ZERO,
        probes: None,
        envoy: args.envoy.clone(),
        traefiks: record.traefiks.clone(),
        accept: args.accept.iter().copied().collect(),
        hold_on_failure: true,
        timeout: args.timeout,
    }
}
