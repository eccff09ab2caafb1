//! Starting replacements: a command of the operator's, and the wait for nodes that can stand in.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api::nomad::node::{self, Node, NodeStub};
use crate::api::watch::Watch;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::redaction::Secrets;
use crate::model::stand_in;
use crate::model::words;
use crate::ops::migration::NodeRef;
use crate::ops::migration::live::Live;
use crate::ops::operator_command::OperatorCommand;
use crate::ops::rotate::child::{CommandEnd, OverduePolicy};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::options::Replace;
use crate::ops::rotate::recorder::{Intent, Replacement};
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};
use crate::ops::ticker::Ticker;

/// What the command is told of the rotation, as documented in the help of the verb.
pub const VARIABLES: [&str; 6] = [
    "FLEET_ROTATION",
    "FLEET_COUNT",
    "FLEET_NODES",
    "FLEET_NODE_IDS",
    "FLEET_NODE_POOLS",
    "FLEET_DATACENTERS",
];
/// Nodes read side by side.
const READS_AT_ONCE: usize = 16;

/// What is to be replaced now.
struct Wave {
    /// The nodes that go.
    old: Vec<NodeStub>,
    /// How many have to join.
    wanted: usize,
    /// Whether others follow.
    is_part: bool,
}

/// What became of a wave so far.
struct Joined {
    /// How many can stand in.
    ready: usize,
    /// The ids of those that do.
    stand_ins: BTreeSet<String>,
    /// Newcomers that cannot, and why.
    unlike: Vec<String>,
    /// How those that can differ from what they stand in for.
    differences: Vec<String>,
}

impl Rotation<'_> {
    /// Starts what replaces these nodes, or all of them, and checks that everything finds a place with it.
    pub(super) async fn replace_nodes(&mut self, live: &mut Live, nodes: &[NodeRef]) -> Result<()> {
        let Replace::Command { argv, count, within, surge } = self.goal.options.replace.clone() else {
            return Ok(());
        };
        let all = || self.goal.selected.iter().map(|n| n.id.clone()).collect();
        let memory = &self.recorder.memory;
        let begun = memory.replacement != Replacement::NotRun && memory.command == argv;
        let ids: BTreeSet<String> = match surge {
            None => all(),
            // What an earlier run asked for comes first.
            Some(_) if begun && !memory.replacing.is_empty() => memory.replacing.clone(),
            Some(_) => nodes.iter().map(|n| n.id.clone()).collect(),
        };
        let old: Vec<NodeStub> = self.goal.selected.iter().filter(|n| ids.contains(&n.id)).cloned().collect();
        let wanted = if surge.is_some() { old.len() } else { count };
        let wave = Wave { old, wanted, is_part: surge.is_some() };
        if let Some(stand_ins) = self.replace(live, &wave, &argv, within).await?
            && wave.is_part
        {
            self.recorder.intend(Intent::Joined { nodes: ids.clone(), stand_ins })?;
            self.save().await?;
        }
        self.check_wave(live, &ids).await?;
        self.run.replaced.extend(ids);
        Ok(())
    }

    /// Runs the command unless an earlier run did, and waits until enough alike nodes have joined; their ids, when that was waited for
    /// now.
    async fn replace(
        &mut self,
        live: &Live,
        wave: &Wave,
        argv: &[String],
        within: Duration,
    ) -> Result<Option<BTreeSet<String>>> {
        let begun = self.recorder.now();
        // What stood there before may be gone when it is compared.
        let old = self.read_nodes(wave.old.iter().map(|n| n.id.as_str())).await?;
        match self.recorder.memory.replacement {
            Replacement::Joined if !wave.is_part => return Ok(None),
            Replacement::Ended | Replacement::Joined if self.recorder.memory.command == argv => {}
            Replacement::Begun if self.recorder.memory.command == argv => {
                self.notice("an earlier run was ended while the replacement command ran, so how that ended is not known; waiting for its nodes, not running it again")?;
            }
            // It was not run, it failed, or it is another command by now.
            _ => {
                let part = wave.is_part.then(|| wave.old.iter().map(|n| n.id.clone()).collect());
                let nodes = part.unwrap_or_default();
                self.recorder.intend(Intent::Replace { command: argv.to_vec(), nodes })?;
                self.save().await?;
                let ended = self.run_command(wave, argv, within).await;
                self.recorder.intend(match &ended {
                    Err(e) if e.code() == ExitCode::Failed => Intent::ReplaceFailed,
                    _ => Intent::Replaced,
                })?;
                self.save().await?;
                ended?;
            }
        }
        let left = within.saturating_sub(self.recorder.now().duration_since(begun).unsigned_abs());
        let needed = live.picture().into_iter().flat_map(|p| p.jobs.values());
        let needed: BTreeSet<String> = needed.flat_map(|d| stand_in::needed_meta(&d.spec)).collect();
        self.await_newcomers(wave, &old, &needed, left).await.map(Some)
    }

    /// Nodes in full, those that are still known.
    pub(super) async fn read_nodes(&self, ids: impl Iterator<Item = &str>) -> Result<Vec<Node>> {
        let read = |id: String| {
            let nomad = self.nomad.clone();
            async move {
                match nomad.read(&node::get(&id)).await {
                    Ok(reply) => Ok(Some(reply.value)),
                    Err(e) if e.is_not_found() => Ok(None),
                    Err(e) => Err(Error::from(e)),
                }
            }
        };
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let found: Vec<Option<Node>> =
            stream::iter(ids).map(read).buffered(READS_AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn run_command(&mut self, wave: &Wave, argv: &[String], within: Duration) -> Result<()> {
        self.recorder.emit(Event::ReplacementsStarted { command: told(argv, &self.goal.options.secrets) })?;
        let CommandEnd { status, process, to_end, .. } = self
            .run_child(self.command(wave, argv), "the replacement command", within, OverduePolicy::Leave)
            .await?;
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Error::failed(format!("the replacement command {:?} failed", argv[0]))
                .because(status.to_string())),
            None => {
                let text = format!(
                    "the replacement command did not end within {} s; it keeps running as {process}",
                    within.as_secs()
                );
                Err(to_end.into_iter().fold(Error::new(ExitCode::TimedOut, text), Error::hint))
            }
        }
    }

    fn command(&self, wave: &Wave, argv: &[String]) -> OperatorCommand {
        let join = |field: fn(&NodeStub) -> &str| {
            let distinct: BTreeSet<&str> = wave.old.iter().map(field).collect();
            distinct.into_iter().collect::<Vec<_>>().join(" ")
        };
        let values = [
            self.goal.name.clone(),
            wave.wanted.to_string(),
            join(|n| &n.name),
            join(|n| &n.id),
            join(|n| &n.node_pool),
            join(|n| &n.datacenter),
        ];
        OperatorCommand::program(argv).variables(VARIABLES.into_iter().zip(values))
    }

    async fn await_newcomers(
        &mut self,
        wave: &Wave,
        old: &[Node],
        needed: &BTreeSet<String>,
        within: Duration,
    ) -> Result<BTreeSet<String>> {
        let wanted = wave.wanted;
        let (mut watch, mut ticker) = (Watch::new(&self.nomad, node::list(), PATIENCE), Ticker::every(TICK));
        let (begun, mut nodes, mut told) = (self.recorder.now(), Vec::new(), None);
        // In full, as they were read last, with the index they had then.
        let mut known: BTreeMap<String, (u64, Node)> = BTreeMap::new();
        loop {
            tokio::select! {
                reply = watch.next() => nodes = reply?.value,
                () = ticker.tick() => {}
            }
            let newcomers = self.newcomers(&nodes);
            let stale = |n: &&&NodeStub| known.get(&n.id).is_none_or(|(index, _)| *index != n.modify_index);
            let read = self.read_nodes(newcomers.iter().filter(stale).map(|n| n.id.as_str())).await?;
            for node in read {
                known.insert(node.id.clone(), (node.modify_index, node));
            }
            let new: Vec<&Node> =
                newcomers.iter().filter_map(|n| known.get(&n.id).map(|(_, node)| node)).collect();
            let joined = compare(old, &new, needed, wanted);
            let ready = joined.ready;
            if told.as_ref() != Some(&(ready, joined.unlike.clone())) {
                self.recorder.emit(Event::ReplacementsJoined {
                    ready,
                    wanted,
                    unlike: joined.unlike.clone(),
                    differences: if ready >= wanted { joined.differences } else { Vec::new() },
                })?;
                told = Some((ready, joined.unlike));
            }
            if ready >= wanted {
                return Ok(joined.stand_ins);
            }
            self.recorder.waiting(&[format!("{ready} of {} ready", words::count(wanted, "replacement"))]);
            self.beat().await?;
            if let Some(halt) = self.halt() {
                return Err(halt.error("while waiting for replacements"));
            }
            if self.recorder.now().duration_since(begun).unsigned_abs() > within {
                return Err(Error::new(
                    ExitCode::TimedOut,
                    format!("only {ready} of {} joined in time", words::count(wanted, "replacement")),
                )
                .hint(
                    "run the same command again to keep waiting; the replacement command is not run twice",
                ));
            }
        }
    }

    /// Nodes that take work and did not when the rotation began, without those that stand in for nodes of an earlier wave.
    fn newcomers<'n>(&self, nodes: &'n [NodeStub]) -> Vec<&'n NodeStub> {
        let memory = &self.recorder.memory;
        let selected: BTreeSet<&str> = self.goal.selected.iter().map(|n| n.id.as_str()).collect();
        let is_new = |n: &&NodeStub| {
            let joined = n.create_index > memory.index || memory.idle.contains(&n.id);
            let free = !memory.stand_ins.contains(&n.id) && !selected.contains(n.id.as_str());
            joined && free && n.is_schedulable()
        };
        nodes.iter().filter(is_new).collect()
    }
}

/// Who can stand in for whom. One for each old node, and those beyond only where more are wanted than old ones go.
fn compare(old: &[Node], new: &[&Node], needed: &BTreeSet<String>, wanted: usize) -> Joined {
    let all: Vec<&Node> = old.iter().collect();
    let pairs = stand_in::stand_ins(&all, new, needed);
    let unlike = unlike(old, new, needed);
    let spare = new.len() - unlike.len() - pairs.len();
    let differences = pairs.iter().filter_map(|(o, n)| {
        let (old, new) = (all[*o], new[*n]);
        let differs = stand_in::differences(old, new);
        (!differs.is_empty()).then(|| format!("{} for {}: {}", new.name, old.name, differs.join(", ")))
    });
    Joined {
        ready: pairs.len() + spare.min(wanted.saturating_sub(old.len())),
        stand_ins: pairs.iter().map(|(_, n)| new[*n].id.clone()).collect(),
        differences: differences.collect(),
        unlike,
    }
}

/// The words of a command as they may be shown.
pub(super) fn told(argv: &[String], secrets: &Secrets) -> Vec<String> {
    let mut words = serde_json::json!(argv);
    secrets.redact(&mut words);
    let words = words.as_array().into_iter().flatten().filter_map(|word| word.as_str());
    words.map(str::to_owned).collect()
}

/// Newcomers that can stand in for none of the old nodes, and what they lack of the first.
fn unlike(old: &[Node], newcomers: &[&Node], needed: &BTreeSet<String>) -> Vec<String> {
    let like_any = |new: &Node| old.iter().any(|o| stand_in::is_alike(o, new, needed));
    let why = |new: &Node| {
        let lacks = old.first().map(|o| stand_in::lacks(o, new, needed).join(", "));
        format!("{}: {}", new.name, lacks.unwrap_or_default())
    };
    newcomers.iter().filter(|n| !like_any(n)).map(|n| why(n)).collect()
}
