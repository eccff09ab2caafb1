//! Beginning a shift, or going on with one.

use std::collections::BTreeSet;

use super::narrate::sentence;
use super::preview::{self, Preview};
use super::view::{self, ShiftOutcome};
use super::{Args, myself};
use crate::api::http::{Http, Patience};
use crate::app::App;
use crate::commands::shared::consul::before_any_write;
use crate::commands::shared::narrator::Narrator;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::weighted;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::Saved;
use crate::ops::traffic::shift::lock::{self, Held};
use crate::ops::traffic::shift::options::Options;
use crate::ops::traffic::shift::plan::{self, Plan};
use crate::ops::traffic::shift::snapshot::{self, ShiftSnapshot};
use crate::ops::traffic::shift::{Phase, Record, Shift};
use crate::ops::traffic::witness::{self, Witnesses};

pub(super) async fn run(args: &Args, app: &App, consul: &Http) -> Result<ExitCode> {
    let (Some(service), Some(from), Some(to)) = (&args.service, &args.from, &args.to) else {
        return Err(Error::usage("a service, --from and --to are needed"));
    };
    let options = args.options()?;
    for_traefik(args, service)?;
    let seen = snapshot::observe(consul, service, from, to, &options.traefiks).await;
    let snapshot = seen.map_err(before_any_write)?;
    let earlier =
        lock::read(consul, service).await.map_err(before_any_write)?.map(|standing| standing.record);
    let unfinished = unfinished(earlier, &snapshot, service)?;
    let resumed = unfinished.is_some();
    let (before, baseline) = match &unfinished {
        Some(record) => (record.before_shares, record.baseline),
        None => (snapshot.shares, snapshot.from_instances.usable.len().max(1)),
    };
    let services: BTreeSet<String> =
        [snapshot.from_seen.service.clone(), snapshot.to_seen.service.clone()].into();
    let witnesses = if snapshot.by_traefik() {
        Witnesses::default()
    } else {
        let found = witness::find(consul, &services, &BTreeSet::new(), &options.envoy).await;
        found.map_err(before_any_write)?
    };
    let planned = plan::make(consul, service, &snapshot, &options, &witnesses, before, baseline).await;
    let plan = planned.map_err(before_any_write)?;
    let preview = Preview::new(service, &snapshot, &plan, &options, &witnesses, baseline, resumed);
    let nothing = preview.is_done() && !resumed;
    if args.dry_run || nothing || app.printer.wants_events() {
        app.printer.object(&preview)?;
    } else {
        app.printer.aside(&preview);
    }
    refuse(&preview)?;
    if args.dry_run {
        return Ok(if nothing && plan.ways_round.is_empty() { ExitCode::Done } else { ExitCode::Pending });
    }
    if nothing {
        return Ok(if plan.ways_round.is_empty() {
            app.printer.note("nothing to do: the traffic is there already");
            ExitCode::Done
        } else {
            app.printer.note("nothing to do: the split is there already, and requests still go round it");
            ExitCode::Pending
        });
    }
    let permission = app.confirm(args.yes, &preview.question()).await?;
    let consul = &consul.with_patience(Patience::OPERATION);
    let mut record = match unfinished {
        Some(record) => goes_on(record, &options, &snapshot)?,
        None => fresh(app, service, &snapshot, &options, &plan, consul, baseline).await?,
    };
    let lock = Held::take(consul, permission, &myself(app), &mut record).await?;
    carry_out(app, consul, options, record, lock, snapshot, witnesses, &plan, resumed).await
}

/// What Traefik cannot be asked is not asked for, and it is asked for nothing else.
fn for_traefik(args: &Args, service: &str) -> Result<()> {
    let is = service.starts_with(weighted::PREFIX);
    if is && args.gates.gate_latency.is_some() {
        return Err(Error::usage(
            "--gate-latency reads the counters of Envoys, and a service of Traefik has none",
        )
        .hint("--gate-prometheus asks for any figure that your Prometheus has"));
    }
    if is && args.traefik.is_empty() && args.gates.gate_errors.is_some() {
        return Err(Error::usage("--gate-errors reads the counters of Traefiks, and none is named")
            .hint("--traefik HOST:PORT names the address of its API; repeat it for every instance"));
    }
    if !is && !args.traefik.is_empty() {
        return Err(Error::usage(format!("--traefik is for a service of Traefik, and {service} is none"))
            .hint("a service of Traefik is named traefik/NAME"));
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "everything a shift is made of, each once")]
async fn carry_out(
    app: &App,
    consul: &Http,
    options: Options,
    record: Record,
    lock: Held,
    snapshot: ShiftSnapshot,
    witnesses: Witnesses,
    plan: &Plan,
    resumed: bool,
) -> Result<ExitCode> {
    let mut narrator = Narrator::new(&app.printer, sentence);
    let deadline = options.timeout.map(|t| app.clock().now() + t);
    let known = record.clone();
    let shift = Shift {
        consul: consul.clone(),
        options,
        record,
        lock,
        snapshot,
        witnesses,
        observer: &mut narrator,
        clock: std::sync::Arc::clone(app.clock()),
        orderly: app.interrupts.orderly(),
        deadline,
        sessions: None,
    };
    let ended = shift.run(&plan.preparation, resumed).await;
    drop(narrator);
    let end = ended?;
    if !app.printer.wants_events() {
        app.printer.object(&ShiftOutcome::new(&known, &end))?;
    }
    Ok(view::code(&end))
}

/// The shift that this one goes on with; none when there is none, or it is over.
fn unfinished(earlier: Option<Record>, snapshot: &ShiftSnapshot, service: &str) -> Result<Option<Record>> {
    let Some(record) = earlier.filter(|r| !r.phase.is_over()) else { return Ok(None) };
    let way_out =
        |e: Error| e.hint(format!("`fleet migrate traffic rollback {service}` takes that one back"));
    if record.phase == Phase::RollingBack {
        return Err(way_out(Error::refused(format!(
            "the shift {} of {service} is being taken back",
            record.id
        ))));
    }
    if !record.is_of(&snapshot.from, &snapshot.to) {
        let other = format!(
            "`fleet migrate traffic {service} --from {} --to {}` goes on with it",
            record.from, record.to
        );
        return Err(way_out(
            Error::refused(format!("another shift of {service} is not finished"))
                .because(format!("{} from {} to {}, at {}", record.id, record.from, record.to, record.shares))
                .hint(other),
        ));
    }
    Ok(Some(record))
}

fn refuse(preview: &Preview) -> Result<()> {
    let standing = preview.standing();
    if standing.is_empty() {
        return Ok(());
    }
    let error = Error::refused("the traffic was not touched; nothing was written");
    let error = standing.iter().map(|o| o.why.clone()).fold(error, Error::because);
    let risks: BTreeSet<_> = standing.iter().filter_map(|o| o.risk).collect();
    Err(risks.into_iter().map(preview::flag).fold(error, Error::hint))
}

/// A record of a shift that begins, with everything it will write as it is now.
async fn fresh(
    app: &App,
    service: &str,
    snapshot: &ShiftSnapshot,
    options: &Options,
    plan: &Plan,
    consul: &Http,
    baseline: usize,
) -> Result<Record> {
    let now = app.clock().now();
    let mut before = Vec::new();
    for (kind, name) in plan::touched(service, plan) {
        let planned = plan.preparation.iter().find(|c| c.kind == kind && c.name == name);
        before.push(Saved {
            old: plan::content(entries::read(consul, kind, &name).await?.as_ref()),
            new: planned.and_then(|c| plan::content(c.new.as_ref())),
            kind,
            name,
            written: false,
        });
    }
    Ok(Record {
        id: format!("t-{:08x}", fastrand::u32(..)),
        service: service.to_owned(),
        from: snapshot.from.clone(),
        to: snapshot.to.clone(),
        steps: plan.steps.iter().map(|(share, _)| *share).collect(),
        traefiks: options.traefiks.clone(),
        pin: options.pin.clone(),
        started: now,
        updated: now,
        phase: Phase::Preparing,
        steps_done: 0,
        before_shares: snapshot.shares,
        shares: snapshot.shares,
        baseline,
        before,
        pinned: false,
        why: None,
        holder: lock::myself(&myself(app), ""),
    })
}

/// A record of a shift that goes on. The steps are those of this command line; the last one that was written is proven again.
fn goes_on(mut record: Record, options: &Options, snapshot: &ShiftSnapshot) -> Result<Record> {
    if record.pin != options.pin {
        return Err(Error::refused("it was begun with other pins; nothing was written")
            .because(match &record.pin {
                Some(crate::model::traffic::shift::Pin::Cookie { name }) => {
                    format!("it pins by --pin={name}")
                }
                None => "it was begun without --pin".to_owned(),
            })
            .hint(format!("`fleet migrate traffic rollback {}` takes it back", record.service)));
    }
    let before = record.before_shares;
    let soaked = record.steps.get(..record.steps_done).and_then(<[i64]>::last).copied();
    let held = soaked.map_or(before, |step| before.at(step));
    // The write that was announced last may or may not have been done; of a shift whose steps are all held, it was.
    let expected = if record.phase == Phase::Draining { [record.shares; 2] } else { [held, record.shares] };
    if !expected.contains(&snapshot.shares) {
        return Err(Error::refused(format!(
            "somebody else changed the split of {}; nothing was written",
            record.service
        ))
        .because(format!("it is {}, and was {}", snapshot.shares, record.shares))
        .hint(format!(
            "`fleet migrate traffic rollback {}` puts back what was there before",
            record.service
        )));
    }
    record.steps = options.steps.iter().copied().filter(|s| before.at(*s).to > before.to).collect();
    record.steps_done = record.steps.iter().filter(|s| soaked.is_some_and(|soaked| **s <= soaked)).count();
    // Written and not soaked is not done: that step is taken again, which writes nothing where the split has it already.
    record.shares = snapshot.shares;
    record.why = None;
    record.traefiks.clone_from(&options.traefiks);
    Ok(record)
}
