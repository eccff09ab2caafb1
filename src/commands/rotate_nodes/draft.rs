//! What a rotation would be at this moment: the plan, what speaks against it, and what the scheduler foresees.

use std::collections::BTreeSet;

use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::GroupKey;
use crate::ops::migration::forecast::{self, Forecast, ForecastInput};
use crate::ops::migration::lock;
use crate::ops::migration::snapshot::{self, AllNodes, Snapshot};
use crate::ops::rotate::blocker::{self, Blocker};
use crate::ops::rotate::event::{Foreseen, GroupFloor, NodeMoves};
use crate::ops::rotate::options::{NodeService, Options, Singletons};
use crate::ops::rotate::plan::{self, Plan};
use crate::ops::rotate::recorder::RecoveredState;

use super::preview::{Continued, Preview};
use super::request::RotationRequest;

/// The plan with everything that is shown of it.
pub(super) struct Draft {
    pub(super) plan: Plan,
    /// What stands against it that nobody of `fleet`'s has in hand.
    pub(super) blockers: Vec<Blocker>,
    pub(super) forecast: Forecast,
    pub(super) options: Options,
    /// What was decided about single instances, when it was.
    pub(super) decided: Option<Singletons>,
    pub(super) preview: Preview,
    /// Nodes that take no work now, by id.
    pub(super) idle: BTreeSet<String>,
    pub(super) index: u64,
}

/// What drafts are made from.
pub(super) struct DraftInput<'a> {
    pub(super) args: &'a RotationRequest,
    pub(super) app: &'a App,
    pub(super) nomad: &'a Http,
    pub(super) selected: &'a [NodeStub],
    /// The nodes that take over, where they were named.
    pub(super) destination: Option<&'a [NodeStub]>,
    pub(super) key: &'a str,
    pub(super) memory: &'a RecoveredState,
    /// The unfinished rotation that is gone on with.
    pub(super) continues: Option<&'a Continued>,
}

impl DraftInput<'_> {
    /// A draft of the present, of nodes that were read just now where they were. What was decided about single instances is not asked
    /// again.
    pub(super) async fn draft(&self, decided: Option<Singletons>, nodes: Option<AllNodes>) -> Result<Draft> {
        let DraftInput { args, app, nomad, selected, destination, key, memory, continues } = *self;
        let (ids, known, at) = (ids(selected), memory.jobs(), app.clock().now());
        let (own, before) =
            (memory.rotation.as_deref().unwrap_or_default(), lock::read_visible(nomad).await?);
        let mut snapshot = Box::pin(snapshot::observe_around(nomad, nodes, &ids, &known)).await?;
        // What the nodes are now, not what they were when they were selected.
        let now = |n: &NodeStub| snapshot.nodes.iter().find(|now| now.id == n.id).unwrap_or(n).clone();
        let now: Vec<NodeStub> = selected.iter().map(now).collect();
        let mut options = args.options(app, selected.len())?;
        options.singletons = decided.unwrap_or(options.singletons);
        options.destination = destination.map(self::ids);
        let mut plan = plan::make(&snapshot, &now, &options, key, memory);
        let mut decided = decided;
        if decided.is_none() {
            decided = ask_about_singletons(args, app, &plan).await?;
            options.singletons = decided.unwrap_or(options.singletons);
            plan = plan::make(&snapshot, &now, &options, key, memory);
        }
        let unused = options.floor_policy().unused(snapshot.jobs.keys());
        if let Some(name) = unused.first() {
            return Err(Error::not_found(format!(
                "--floor names {name:?}, and no such job runs on the nodes"
            )));
        }
        if !args.dry_run {
            // Of many nodes a forecast takes long: what it cannot change is said before.
            let of_nodes = blocker::of_nodes(&snapshot, &now, key);
            refuse(&blocker::apart(of_nodes, &[&before], own).0, &options)?;
        }
        let consul = app.consul()?;
        let (checks, forecast) = tokio::join!(
            snapshot::read_checks(nomad, consul, &snapshot, &ids, at),
            foresee(nomad, &snapshot, &plan, &options),
        );
        let forecast = forecast?;
        snapshot.checks = checks;
        let plan = plan::make(&snapshot, &now, &options, key, memory);
        let mut blockers = blocker::find(&snapshot, &now, &plan, &options, key, memory);
        blockers.extend(blocker::of_forecast(&forecast, &options));
        // Whoever has one of these services in hand is waited for. What nobody has is refused.
        let (blockers, waits) = match blockers.is_empty() {
            true => (blockers, Vec::new()),
            false => blocker::apart(blockers, &[&before, &lock::read_visible(nomad).await?], own),
        };
        let preview = Preview::new(&plan, &options, (&blockers, &waits), &forecast, continues.cloned());
        let idle = snapshot.nodes.iter().filter(|n| !n.is_schedulable()).map(|n| n.id.clone()).collect();
        Ok(Draft { plan, blockers, forecast, options, decided, preview, idle, index: snapshot.index })
    }
}

impl Draft {
    /// What was foreseen, for the report.
    pub(super) fn foreseen(&self) -> Foreseen {
        let moves = |n: &plan::NodePlan| NodeMoves {
            node: n.node.clone(),
            moves: n.moves.len(),
            seconds: Some(self.plan.expected(n).as_secs_f64()),
        };
        let floor = |(group, g): (&GroupKey, &plan::GroupPlan)| GroupFloor {
            group: group.clone(),
            count: g.count,
            floor: g.floor,
        };
        Foreseen {
            nodes: self.plan.to_empty().map(moves).collect(),
            groups: self.plan.groups.iter().map(floor).collect(),
            asked: self.forecast.total,
            without_place: self.forecast.losses.iter().map(|l| l.unplaced).sum(),
            unknown: self.forecast.unknown.clone(),
            seconds: Some(self.preview.expected_seconds() as f64),
        }
    }

    /// The preview of a dry run is its result; otherwise it is what the question is about.
    pub(super) fn show(&self, args: &RotationRequest, app: &App) -> Result<()> {
        if args.dry_run || app.printer.wants_events() {
            app.printer.object(&self.preview)
        } else {
            app.printer.aside(&self.preview);
            Ok(())
        }
    }

    pub(super) fn refuse_standing(&self) -> Result<()> {
        refuse(&self.blockers, &self.options)
    }

    /// What differs in a later draft in a way that matters to whoever said yes to this one.
    pub(super) fn changes_to(&self, later: &Draft) -> Vec<String> {
        let moves = |draft: &Draft| -> BTreeSet<String> {
            let all = draft.plan.to_empty().flat_map(|n| n.moves.iter().map(move |a| (a, &n.node.name)));
            all.map(|(a, node)| format!("{} on {node}", a.name)).collect()
        };
        let nodes = |draft: &Draft| -> BTreeSet<String> {
            let node = |n: &plan::NodePlan| match (&n.skip, n.done) {
                (Some(reason), _) => format!("{} is left as it is: {reason}", n.node.name),
                (None, true) => format!("{} is rotated already", n.node.name),
                (None, false) => format!("{} is to be emptied", n.node.name),
            };
            draft.plan.nodes.iter().map(node).collect()
        };
        let risks =
            |draft: &Draft| -> BTreeSet<String> { draft.blockers.iter().map(Blocker::text).collect() };
        let mut changes: Vec<String> =
            moves(later).difference(&moves(self)).map(|m| format!("it moves as well: {m}")).collect();
        changes.extend(moves(self).difference(&moves(later)).map(|m| format!("it moves no longer: {m}")));
        changes.extend(nodes(later).difference(&nodes(self)).cloned());
        changes.extend(risks(later).difference(&risks(self)).cloned());
        let losses = |draft: &Draft| draft.forecast.losses.len();
        if losses(later) > losses(self) {
            changes.push("not everything finds a place any more".to_owned());
        }
        changes
    }
}

/// Refuses where something stands against the rotation that nobody accepted.
fn refuse(blockers: &[Blocker], options: &Options) -> Result<()> {
    let standing = blocker::standing(blockers, options);
    if standing.is_empty() {
        return Ok(());
    }
    let denied = standing.iter().any(|b| matches!(b, Blocker::MayNotDrain));
    let code = if denied { ExitCode::Denied } else { ExitCode::Refused };
    let error = Error::new(code, "the rotation was not started; nothing was changed");
    let error = standing.iter().map(|b| b.text()).fold(error, Error::because);
    let ways_out: BTreeSet<String> = standing.iter().map(|b| b.way_out()).collect();
    Err(ways_out.into_iter().fold(error, Error::hint))
}

fn ids(nodes: &[NodeStub]) -> BTreeSet<String> {
    nodes.iter().map(|n| n.id.clone()).collect()
}

/// Asks on a terminal what to do with single instances; elsewhere the command line must say it.
async fn ask_about_singletons(args: &RotationRequest, app: &App, plan: &Plan) -> Result<Option<Singletons>> {
    let singletons = plan.singletons();
    if args.singletons.is_some() || args.dry_run || singletons.is_empty() || !app.printer.may_ask() {
        return Ok(None);
    }
    let list: Vec<String> = singletons.iter().map(ToString::to_string).collect();
    let question = match &list[..] {
        [only] => format!("{only} has one instance and will be down while it moves."),
        several => {
            format!(
                "These services have one instance and will be down while they move: {}.",
                several.join(", ")
            )
        }
    };
    let answers = [
        "do not start",
        "move anyway; down until the replacement is healthy",
        "start a second copy first; never down, two more versions of the job",
        "leave out the nodes they run on",
    ];
    let choice = app.printer.choose(question, answers.map(str::to_owned).to_vec()).await?;
    Ok(Some([Singletons::Refuse, Singletons::Gap, Singletons::Surge, Singletons::Skip][choice]))
}

/// The nodes that stay when these are emptied, those of a kind side by side.
fn survivors(snapshot: &Snapshot, plan: &Plan, doomed: &BTreeSet<String>) -> Vec<String> {
    let stays: BTreeSet<&String> = plan.survivors.iter().filter(|id| !doomed.contains(*id)).collect();
    let mut nodes: Vec<&NodeStub> = snapshot.nodes.iter().filter(|n| stays.contains(&n.id)).collect();
    nodes.sort_by_key(|n| (&n.node_pool, &n.node_class, &n.datacenter, &n.id));
    nodes.into_iter().map(|n| n.id.clone()).collect()
}

async fn foresee(nomad: &Http, snapshot: &Snapshot, plan: &Plan, options: &Options) -> Result<Forecast> {
    let step = plan.largest_step(options);
    let stay = matches!(options.service, Some(NodeService::InPlace { .. }));
    let doomed: BTreeSet<String> = match stay {
        true => step.iter().map(|n| n.node.id.clone()).collect(),
        false => plan.nodes.iter().map(|n| &n.node).chain(&plan.aside).map(|n| n.id.clone()).collect(),
    };
    let survivors = survivors(snapshot, plan, &doomed);
    let mut leaving: Vec<_> = step.iter().flat_map(|n| &n.moves).collect();
    if options.singletons == Singletons::Surge {
        // For a while there are two of them, and neither is on the nodes that are emptied.
        let singletons = plan.singletons();
        leaving
            .extend(step.iter().flat_map(|n| &n.moves).filter(|a| singletons.iter().any(|key| key.owns(a))));
    }
    let input = ForecastInput {
        jobs: &snapshot.jobs,
        allocs: &snapshot.allocs,
        doomed: &doomed,
        survivors: &survivors,
        marked: false,
    };
    let mut forecast = forecast::ask(nomad, input, &leaving).await?;
    if !leaving.is_empty() {
        forecast.peaks = forecast::peaks(nomad, snapshot.nodes.len(), &survivors, &leaving).await?;
    }
    Ok(forecast)
}
