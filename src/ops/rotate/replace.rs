//! Starting replacements: a command of the operator's, and the wait for nodes that can stand in.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::sleep;

use crate::api::nomad::node::{self, NodeStub};
use crate::api::watch::Watch;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::redaction::Secrets;
use crate::model::stand_in;
use crate::model::words;
use crate::ops::migration::live::Live;
use crate::ops::operator_command::OperatorCommand;
use crate::ops::rotate::child::{CommandEnd, OverduePolicy};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::options::Replace;
use crate::ops::rotate::recorder::{Intent, Replacement};
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};

/// What the command is told of the rotation, as documented in the help of the verb.
pub const VARIABLES: [&str; 6] = [
    "FLEET_ROTATION",
    "FLEET_COUNT",
    "FLEET_NODES",
    "FLEET_NODE_IDS",
    "FLEET_NODE_POOLS",
    "FLEET_DATACENTERS",
];

impl Rotation<'_> {
    /// Starts what replaces the nodes, and checks that everything finds a place with it.
    pub(super) async fn replace_nodes(&mut self, live: &mut Live) -> Result<()> {
        if let Replace::Command { argv, count, within } = self.goal.options.replace.clone() {
            let old = self.goal.selected.clone();
            self.replace(&old, &argv, count, within).await?;
            self.check_all(live).await?;
        }
        self.replaced = true;
        Ok(())
    }

    /// Runs the command unless an earlier run did, and waits until enough alike nodes have joined.
    pub(super) async fn replace(
        &mut self,
        old: &[NodeStub],
        argv: &[String],
        wanted: usize,
        within: Duration,
    ) -> Result<()> {
        let begun = self.recorder.now();
        match self.recorder.memory.replacement {
            Replacement::Joined => return Ok(()),
            Replacement::Ended if self.recorder.memory.command == argv => {}
            Replacement::Begun if self.recorder.memory.command == argv => {
                self.notice("an earlier run was ended while the replacement command ran, so how that ended is not known; waiting for its nodes, not running it again")?;
            }
            // It was not run, it failed, or it is another command by now.
            _ => {
                self.recorder.intend(Intent::Replace { command: argv.to_vec() })?;
                self.save().await?;
                let ended = self.run_command(old, argv, wanted, within).await;
                self.recorder.intend(match &ended {
                    Err(e) if e.code() == ExitCode::Failed => Intent::ReplaceFailed,
                    _ => Intent::Replaced,
                })?;
                self.save().await?;
                ended?;
            }
        }
        let left = within.saturating_sub(self.recorder.now().duration_since(begun).unsigned_abs());
        self.await_newcomers(old, wanted, left).await
    }

    async fn run_command(
        &mut self,
        old: &[NodeStub],
        argv: &[String],
        wanted: usize,
        within: Duration,
    ) -> Result<()> {
        self.recorder.emit(Event::ReplacementsStarted { command: told(argv, &self.goal.options.secrets) })?;
        let CommandEnd { status, .. } =
            self.run_child(self.command(old, argv, wanted), within, OverduePolicy::Leave).await?;
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Error::failed(format!("the replacement command {:?} failed", argv[0]))
                .because(status.to_string())),
            None => Err(Error::new(
                ExitCode::TimedOut,
                format!(
                    "the replacement command did not end within {} s; it keeps running",
                    within.as_secs()
                ),
            )),
        }
    }

    fn command(&self, old: &[NodeStub], argv: &[String], wanted: usize) -> OperatorCommand {
        let join = |field: fn(&NodeStub) -> &str| {
            let distinct: BTreeSet<&str> = old.iter().map(field).collect();
            distinct.into_iter().collect::<Vec<_>>().join(" ")
        };
        let values = [
            self.goal.name.clone(),
            wanted.to_string(),
            join(|n| &n.name),
            join(|n| &n.id),
            join(|n| &n.node_pool),
            join(|n| &n.datacenter),
        ];
        OperatorCommand::program(argv).variables(VARIABLES.into_iter().zip(values))
    }

    async fn await_newcomers(&mut self, old: &[NodeStub], wanted: usize, within: Duration) -> Result<()> {
        let since = self.recorder.memory.index;
        let idle = self.recorder.memory.idle.clone();
        let old_ids: BTreeSet<&str> = old.iter().map(|n| n.id.as_str()).collect();
        let mut watch = Watch::new(&self.nomad, node::list(), PATIENCE);
        let (begun, mut nodes, mut told) = (self.recorder.now(), Vec::new(), None);
        loop {
            tokio::select! {
                reply = watch.next() => nodes = reply?.value,
                () = sleep(TICK) => {}
            }
            let newcomers: Vec<NodeStub> = nodes
                .iter()
                .filter(|n: &&NodeStub| {
                    let joined = n.create_index > since || idle.contains(&n.id);
                    joined && !old_ids.contains(n.id.as_str()) && n.is_schedulable()
                })
                .cloned()
                .collect();
            let unlike = unlike(old, &newcomers);
            // One for each old node it can stand in for, and those beyond only where more are wanted than old ones go.
            let matched = stand_in::stand_ins(old, &newcomers);
            let spare = newcomers.len() - unlike.len() - matched;
            let ready = matched + spare.min(wanted.saturating_sub(old.len()));
            if told.as_ref() != Some(&(ready, unlike.clone())) {
                self.recorder.emit(Event::ReplacementsJoined { ready, wanted, unlike: unlike.clone() })?;
                told = Some((ready, unlike));
            }
            if ready >= wanted {
                return Ok(());
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
}

/// The words of a command as they may be shown.
pub(super) fn told(argv: &[String], secrets: &Secrets) -> Vec<String> {
    let mut words = serde_json::json!(argv);
    secrets.redact(&mut words);
    let words = words.as_array().into_iter().flatten().filter_map(|word| word.as_str());
    words.map(str::to_owned).collect()
}

/// Newcomers that can stand in for none of the old nodes, and what they lack of the first.
fn unlike(old: &[NodeStub], newcomers: &[NodeStub]) -> Vec<String> {
    let like_any = |new: &&NodeStub| old.iter().any(|o| stand_in::differences(o, new).is_empty());
    let strangers = newcomers.iter().filter(|n| !like_any(n));
    let why =
        |new: &NodeStub| old.first().map(|o| stand_in::differences(o, new).join(", ")).unwrap_or_default();
    strangers.map(|n| format!("{}: {}", n.name, why(n))).collect()
}
