//! `fleet rotation rollback`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::rotation::find;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::GroupKey;
use crate::model::ids::job_words;
use crate::model::words;
use crate::ops::migration::eligibility::until_one_fails;
use crate::ops::migration::{AllocRef, checks, lock, snapshot};
use crate::ops::rotate::count::{self, CountNow, Counts};
use crate::ops::rotate::given_up::emptied_since;
use crate::ops::rotate::plan::META_ROTATION;
use crate::ops::rotate::store::{self, Stored};
use crate::ops::ticker::{Watched, Woken};
use crate::ui::{Cell, Column, Describe, Detail, Narration, Tabular, Tone, column, duration};

/// How often an instance that is to get well is looked at.
const TICK: Duration = Duration::from_secs(1);

/// Give a rotation up: end its drains, give its nodes the eligibility they had before it, and take second copies away again.
///
/// What has moved stays where it is, and drains of others are not touched. Where the count of a service with one instance was raised for
/// its move, it gets its own count back as soon as one healthy instance stays. Afterwards the rotation is forgotten: the same
/// rotate-nodes begins anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation rollback r-1a2b3c4d --dry-run
  fleet rotation rollback r-1a2b3c4d --yes")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,

    /// Show what would be done to each node and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Time a service whose count was raised may take until it can get its own back.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,
}

/// What giving it up comes to.
#[derive(Debug, Serialize)]
struct RollbackView {
    rotation: String,
    nodes: Vec<Row>,
    /// Groups whose count was raised for their move.
    counts: Vec<CountRow>,
    /// Allocations that were told to go and were not seen well elsewhere; nobody follows them any more.
    on_their_way: Vec<AllocRef>,
}

/// A group whose count was raised.
#[derive(Debug, Serialize)]
struct CountRow {
    #[serde(flatten)]
    group: GroupKey,
    /// The count it has now.
    from: Option<u64>,
    /// Its own count, which it gets back; none where somebody else has changed it meanwhile, or its job is gone.
    to: Option<u64>,
    /// Whether it has that now; none where nothing was written.
    done: Option<bool>,
}

impl CountRow {
    /// Of a group whose count was raised from `own`, and what is done to it where it is so now.
    fn of(group: &GroupKey, own: u64, now: CountNow) -> Self {
        let (from, to) = match now {
            CountNow::Raised => (Some(own + 1), Some(own)),
            CountNow::Is(count) => (Some(count), None),
            CountNow::Gone => (None, None),
        };
        CountRow { group: group.clone(), from, to, done: None }
    }

    /// Whether it was done, by how the count is afterwards; none where that was waited for in vain. What somebody else decided meanwhile
    /// is told as that.
    fn end(&mut self, now: Option<CountNow>) {
        match (now, self.to) {
            (None, _) => self.done = Some(false),
            (Some(CountNow::Is(count)), Some(own)) if count == own => self.done = Some(true),
            (Some(now), own) => {
                *self =
                    CountRow { done: Some(true), ..CountRow::of(&self.group, own.unwrap_or_default(), now) };
            }
        }
    }
}

impl Tabular for CountRow {
    const COLUMNS: &'static [Column] = &[column("SERVICE"), column("WHAT"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let what = match (self.from, self.to) {
            (Some(from), Some(to)) => format!("its count is {to} again, not {from}"),
            (Some(from), None) => format!("its count stays {from}: somebody else set it"),
            (None, _) => "its job wants nothing of it any more".to_owned(),
        };
        vec![Cell::text(self.group.to_string()), Cell::text(what), result(self.done)]
    }
}

impl Describe for RollbackView {
    fn describe(&self) -> Detail {
        let none = self.nodes.is_empty() && self.counts.is_empty();
        let nothing = none.then(|| ("nothing of it is left to be given back".to_owned(), Tone::Dim));
        Detail::new()
            .table("Nodes", &self.nodes)
            .table("Services with a second copy", &self.counts)
            .lines(None, nothing)
            .lines(None, self.of_moves())
    }
}

impl RollbackView {
    /// What was on its way when it was left, in words.
    fn of_moves(&self) -> Option<(String, Tone)> {
        let names: Vec<&str> = self.on_their_way.iter().map(|a| a.name.as_str()).collect();
        let list = words::first_few(&names, ", ");
        (!names.is_empty()).then(|| {
            (
                format!("told to go, and not seen well elsewhere; nobody follows that any more: {list}"),
                Tone::Warn,
            )
        })
    }
}

fn result(done: Option<bool>) -> Cell {
    match done {
        None => Cell::Empty,
        Some(true) => Cell::toned("done", Tone::Good),
        Some(false) => Cell::toned("not as it should be", Tone::Bad),
    }
}

/// What is done to a node.
#[derive(Debug, Serialize)]
struct Row {
    node_id: String,
    node_name: String,
    undrain: bool,
    make_eligible: bool,
    /// Who has emptied it since, or does, so that it stays as it is; none where nobody has.
    held_by: Option<String>,
    /// Whether the node was found so afterwards; none where nothing was written.
    done: Option<bool>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[column("NODE").whole(), column("WHAT"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let what = match (self.undrain, self.make_eligible, &self.held_by) {
            (true, true, _) => "its drain ends, it takes new work again",
            (true, false, _) => "its drain ends",
            (false, true, _) => "it takes new work again",
            (false, false, None) => "it stays as it is",
            (false, false, Some(by)) => {
                let what = format!("it stays as it is: it was emptied by {by}");
                return vec![Cell::text(&self.node_name), Cell::text(what), result(self.done)];
            }
        };
        vec![Cell::text(&self.node_name), Cell::text(what), result(self.done)]
    }
}

/// `others` are the nodes that other rotations are at work on, and whose they are.
fn rows(stored: &Stored, nodes: &[NodeStub], others: &BTreeMap<String, String>) -> Vec<Row> {
    let of = |(id, was): (&String, &Eligibility)| {
        let stub = nodes.iter().find(|n| n.id == *id)?;
        let last = stub.last_drain.as_ref();
        let ours = last.is_some_and(|d| d.meta.get(META_ROTATION) == stored.state.rotation.as_ref());
        let undrain = stub.drain && ours;
        let closed = stub.scheduling_eligibility == Eligibility::Ineligible && (!stub.drain || ours);
        let at_work = others.get(id).map(|rotation| format!("rotation {rotation}, which is at work"));
        let held_by = at_work.or_else(|| emptied_since(&stored.state, stub)).filter(|_| closed && !undrain);
        Some(Row {
            node_id: id.clone(),
            node_name: stub.name.clone(),
            undrain,
            make_eligible: closed && *was == Eligibility::Eligible && held_by.is_none(),
            held_by,
            done: None,
        })
    };
    stored.state.was.iter().filter_map(of).collect()
}

async fn give_back(nomad: &Http, permission: &Permission, row: &Row) -> Result<()> {
    let id = &row.node_id;
    let wanted = if row.make_eligible { Eligibility::Eligible } else { Eligibility::Ineligible };
    let read_back = async || {
        let now = nomad.read(&node::get(id)).await?.value;
        Ok((now.drain_strategy.is_none() && now.scheduling_eligibility == wanted).then_some(()))
    };
    let call = match row.undrain {
        true => node::cancel_drain(id, row.make_eligible, &BTreeMap::new()),
        false => node::set_eligibility(id, wanted),
    };
    settle(nomad, permission, &call, Patience::OPERATION, read_back).await?;
    Ok(())
}

/// The counts that were raised, as they are now.
async fn count_rows(nomad: &Http, stored: &Stored) -> Result<Vec<CountRow>> {
    let mut rows = Vec::new();
    for (group, own) in &stored.state.surged {
        let now = count::of_raised(nomad, group, *own, stored.state.raiser(group)).await?;
        // It was lowered already where it has its own.
        if now != CountNow::Is(*own) {
            rows.push(CountRow::of(group, *own, now));
        }
    }
    Ok(rows)
}

/// Gives a group its own count back once an instance that stays is healthy; how its count is then, none where that did not come in time.
///
/// To lower a count is to stop an instance: what checks say of those that stay is asked right before.
async fn lower(
    args: &Args,
    app: &App,
    counts: Counts<'_>,
    (key, own): (&GroupKey, u64),
    stored: &Stored,
) -> Result<Option<CountNow>> {
    let doomed: BTreeSet<String> = stored.state.was.keys().cloned().collect();
    let jobs = snapshot::read_jobs(counts.nomad, &BTreeSet::from([key.job_key()])).await?;
    let (mut orderly, mut story) = (app.interrupts.orderly(), Narration::new(&app.printer));
    let mut watched = Watched::new(counts.nomad, allocation::of_job(&key.namespace, &key.job), TICK);
    let (begun, mut allocs) = (app.clock().now(), Vec::new());
    loop {
        match watched.next(&mut orderly).await? {
            Woken::State(state) => allocs = state,
            Woken::Tick => {}
            Woken::Interrupted(interrupt) => {
                return Err(interrupt
                    .error(format!("interrupted; {}", count::still_raised(key)))
                    .hint(format!("fleet rotation rollback {}", args.name))
                    .hint(format!("or once it is healthy: {}", count::to_give_back(key, own))));
            }
        }
        let (mine, now) = (allocs.iter().filter(|a| key.owns(a)), app.clock().now());
        let checks =
            checks::read(counts.nomad, app.consul()?, &jobs, mine.clone(), (checks::MOST, now)).await;
        let is_well = |a: &AllocStub| checks.is_available(a) && checks.doubt(&a.id).is_none();
        if let Some(now) = counts.give_back((key, own), &allocs, &doomed, is_well).await? {
            return Ok(Some(now));
        }
        let doubt = mine.filter_map(|a| Some(format!("{}: {}", a.name, checks.doubt(&a.id)?)));
        let waits = format!("the second copy of {key} stays until one that remains is healthy");
        story.waiting(&std::iter::once(waits).chain(doubt).collect::<Vec<_>>());
        if app.clock().now().duration_since(begun).unsigned_abs() > args.timeout {
            return Ok(None);
        }
    }
}

/// Gives it up.
///
/// # Errors
/// Not found (3), refused (7) when it is at work or not confirmed, failed (1) when a node is not as it should be, timed out (6) when a
/// count could not be given back.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stored = find(nomad, &args.name).await?;
    let others = store::nodes_of_others(nomad, &args.name).await?;
    let mut view = RollbackView {
        rotation: args.name.clone(),
        nodes: rows(&stored, &nomad.list(&node::list()).await?.value, &others),
        counts: count_rows(nomad, &stored).await?,
        on_their_way: stored.state.on_their_way().cloned().collect(),
    };
    if args.dry_run {
        return app.printer.object(&view);
    }
    let changed = view.nodes.iter().filter(|r| r.undrain || r.make_eligible).count();
    let all = words::count(view.nodes.len(), "node");
    let copies = match view.counts.iter().filter(|c| c.to.is_some()).count() {
        0 => String::new(),
        n => format!(" and {}", words::count(n, "raised count")),
    };
    let question = format!("Give up rotation {}, and change {changed} of {all}{copies}?", args.name);
    let permission = app.confirm(args.yes, &question).await?;
    lock::await_silence(nomad, &format!("{}-", args.name), app.clock(), |line| app.printer.note(line))
        .await
        .map_err(|e| e.context(format!("rotation {} was not given up; end it first", args.name)))?;
    let changes = view.nodes.iter().filter(|r| r.undrain || r.make_eligible);
    let given = until_one_fails(changes, async |row: &Row| give_back(nomad, &permission, row).await).await;
    let first_error = given.into_iter().find_map(|(_, result)| result.err());
    let now = nomad.list(&node::list()).await?.value;
    for row in view.nodes.iter_mut().filter(|r| r.undrain || r.make_eligible) {
        let stub = now.iter().find(|n| n.id == row.node_id);
        let open = |n: &NodeStub| n.scheduling_eligibility == Eligibility::Eligible;
        row.done = Some(stub.is_some_and(|n| !n.drain && (!row.make_eligible || open(n))));
    }
    if let Some(error) = first_error {
        // What was given back by then, and what was not, is shown as it was read.
        app.printer.object(&view)?;
        return Err(error
            .context(format!("rotation {} was not given up", args.name))
            .hint(format!("to go on: fleet rotation rollback {}", args.name)));
    }
    for row in &mut view.counts {
        let Some(own) = row.to else {
            row.done = Some(true);
            continue;
        };
        let rotation = stored.state.raiser(&row.group);
        let counts = Counts { nomad, permission: &permission, rotation };
        row.end(lower(args, app, counts, (&row.group, own), &stored).await?);
    }
    app.printer.object(&view)?;
    if view.nodes.iter().any(|r| r.done == Some(false)) {
        return Err(Error::new(ExitCode::Failed, "some nodes are not as they should be")
            .because("somebody else changed them meanwhile")
            .hint("fleet node list"));
    }
    if let Some(row) = view.counts.iter().find(|r| r.done == Some(false)) {
        let (key, own) = (&row.group, row.to.unwrap_or_default());
        let job = job_words(&key.namespace, &key.job);
        return Err(Error::new(ExitCode::TimedOut, count::still_raised(key))
            .because("none of its instances that would stay is healthy")
            .hint(format!("fleet job show {job}"))
            .hint(format!("once one is: {}", count::to_give_back(key, own))));
    }
    store::delete(nomad, &permission, &stored).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn a_count_that_somebody_else_set_is_not_told_as_given_back() {
        let group = GroupKey { namespace: "default".into(), job: "one".into(), group: "g".into() };
        let told = |row: CountRow| screen(80, |p| p.list(&[row], ""));
        let raised = || CountRow::of(&group, 1, CountNow::Raised);
        assert!(told(raised()).contains("its count is 1 again, not 2"));
        // The number is the same, and whose it is the history of the job tells.
        assert!(
            told(CountRow::of(&group, 1, CountNow::Is(2)))
                .contains("its count stays 2: somebody else set it")
        );
        assert!(
            told(CountRow::of(&group, 1, CountNow::Gone)).contains("its job wants nothing of it any more")
        );
        let ended = |now| {
            let mut row = raised();
            row.end(now);
            (row.from, row.to, row.done)
        };
        assert_eq!(ended(Some(CountNow::Is(1))), (Some(2), Some(1), Some(true)));
        assert_eq!(ended(Some(CountNow::Is(3))), (Some(3), None, Some(true)));
        assert_eq!(ended(None), (Some(2), Some(1), Some(false)));
    }
}
