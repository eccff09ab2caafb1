//! What is done to a node once it is empty: a command that reboots or changes it in its place, after which it takes work again as
//! before, or one that ends it.

use std::time::Duration;

use tokio::time::sleep;

use crate::api::nomad::agent;
use crate::api::nomad::node::{self, Eligibility, Node, NodeStatus};
use crate::api::nomad::node_client;
use crate::api::settle::settle;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::expectation::{Expectation, NOMAD_VERSION, NodeFacts, compare_versions};
use crate::model::node_address::host_of;
use crate::ops::migration::{NodeRef, eligibility};
use crate::ops::operator_command::OperatorCommand;
use crate::ops::rotate::child::{CommandEnd, OverduePolicy};
use crate::ops::rotate::decide::GoalNode;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::options::{NodeCommand, NodeService, OnFailure, Reach, Risk};
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};
use crate::ops::rotate::service_step::ServiceStep;

/// What the command is told of the node, as documented in the help of the verb.
pub const NODE_VARIABLES: [&str; 8] = [
    "FLEET_ROTATION",
    "FLEET_NODE",
    "FLEET_NODE_ID",
    "FLEET_NODE_ADDRESS",
    "FLEET_NODE_CLASS",
    "FLEET_NODE_POOL",
    "FLEET_DATACENTER",
    "FLEET_INSTANCE_ID",
];
/// Where clouds say which of their instances a node is.
const INSTANCE_IDS: [&str; 4] = [
    "unique.platform.aws.instance-id",
    "unique.platform.gce.id",
    "unique.platform.azure.name",
    "unique.platform.digitalocean.id",
];
/// How a node is tried again that did not become what it was to become.
const TO_TRY_AGAIN: &str = "run the same command again to try once more";
/// How long after a command that failed it is tried again.
const RETRY: Duration = Duration::from_secs(10);
/// What `ssh` ends with when the connection broke, as it does when the machine goes down under it.
const SSH_BROKE: i32 = 255;

impl Rotation<'_> {
    /// Runs the command for the node, unless an earlier run did; what was known of the node before.
    pub(super) async fn begin_service(&mut self, node: &NodeRef) -> Result<NodeFacts> {
        let Some(service) = self.goal.options.service.clone() else { return Ok(NodeFacts::default()) };
        match self.recorder.memory.serviced.get(&node.id).cloned() {
            Some(ServiceStep::Ended { before }) => Ok(before),
            Some(ServiceStep::Begun { before }) if !is_witnessed(&service, &before) => {
                match self.goal.options.accept.contains(&Risk::UnknownCommandEnd) {
                    true => self.take_as_done(node).map(|()| before),
                    false => Err(self.doubt(node, &service, before).await?),
                }
            }
            Some(ServiceStep::NotKnown { before })
                if self.goal.options.accept.contains(&Risk::UnknownCommandEnd) =>
            {
                self.take_as_done(node).map(|()| before)
            }
            Some(ServiceStep::Begun { before }) => {
                self.notice(format!(
                    "an earlier run was ended while the command for {} ran, so how that ended is not known; waiting for the node, not running it again",
                    node.name
                ))?;
                Ok(before)
            }
            Some(ServiceStep::Failed | ServiceStep::NotKnown { .. } | ServiceStep::Done) | None => {
                self.run_for(node, &service).await
            }
        }
    }

    fn take_as_done(&mut self, node: &NodeRef) -> Result<()> {
        self.notice(format!(
            "how the command for {} ended is not known; it is taken as done, as was accepted",
            node.name
        ))
    }

    /// Nothing shows how the command of an earlier run ended: the node stays as it is until somebody decides.
    async fn doubt(&mut self, node: &NodeRef, service: &NodeService, before: NodeFacts) -> Result<Error> {
        self.step(node, ServiceStep::NotKnown { before }).await?;
        let (name, risk) = (&node.name, Risk::UnknownCommandEnd);
        let command = service.command().map(NodeCommand::words).unwrap_or_default();
        let error = Error::failed(format!("whether {command} succeeded on {name} is not known"))
            .because("an earlier run was ended while it ran, and what --expect asks for was so before it")
            .because("it may still run");
        Ok(self
            .stays_closed(error, node)
            .hint("to run it once more, where that does no harm: the same command again")
            .hint(format!("where it is known to have succeeded: the same command with --accept {risk}")))
    }

    /// Says that the node takes no work from then on, where nothing gives it back at the end of the run.
    fn stays_closed(&self, error: Error, node: &NodeRef) -> Error {
        match self.goal.options.on_failure {
            OnFailure::Stop => error.hint(format!("node {} is empty and takes no work", node.name)),
            OnFailure::Restore => error,
        }
    }

    /// Looks whether the command can be run for each of these nodes, before any of them is touched.
    ///
    /// # Errors
    /// Refused (7) when what tells its host is not known of one; any API fault.
    pub(super) async fn check_hosts(&self, nodes: &[GoalNode]) -> Result<()> {
        let service = self.goal.options.service.as_ref();
        let Some(command) = service.and_then(NodeService::command).filter(|c| c.reach != Reach::Here) else {
            return Ok(());
        };
        let known = self.read_nodes(nodes.iter().map(|n| n.node.id.as_str())).await?;
        let missing: Vec<String> = known.iter().filter_map(|node| command.argv(node).err()).collect();
        match missing.is_empty() {
            true => Ok(()),
            false => {
                let error =
                    Error::refused("not every node can be reached by --ssh-host; nothing was changed");
                Err(missing.into_iter().fold(error, Error::because))
            }
        }
    }

    /// Waits until the node is as it was to become, and lets it take work as before; or takes it out of the cluster's memory.
    pub(super) async fn end_service(&mut self, node: &NodeRef, before: &NodeFacts) -> Result<()> {
        let Some(service) = self.goal.options.service.clone() else { return Ok(()) };
        let ended = match &service {
            NodeService::InPlace { expect, within, .. } => {
                self.await_return(node, expect, before, *within).await
            }
            NodeService::End { purge, within, .. } => self.end(node, *within, *purge).await,
        };
        if let Err(error) = ended {
            // Who waited in vain may run it again.
            if error.code() == ExitCode::TimedOut && service.command().is_some() && self.halt().is_none() {
                self.step(node, ServiceStep::Failed).await?;
            }
            return Err(error);
        }
        if let NodeService::InPlace { .. } = service {
            self.give_back(node).await?;
        }
        let seconds = self.seconds_since_its_begin(node);
        self.recorder.emit(Event::NodeRotated { node: node.clone(), seconds })?;
        self.step(node, ServiceStep::Done).await
    }

    async fn step(&mut self, node: &NodeRef, step: ServiceStep) -> Result<()> {
        self.recorder.intend(Intent::Service { node: node.id.clone(), step })?;
        self.save().await
    }

    /// Runs the command until it ends well, as often as it may be tried; what was known of the node before.
    async fn run_for(&mut self, node: &NodeRef, service: &NodeService) -> Result<NodeFacts> {
        let full = self.nomad.read(&node::get(&node.id)).await?.value;
        let before = self.facts(&full, service.expectations()).await;
        let Some(command) = service.command() else { return Ok(before) };
        for attempt in 1..=command.tries {
            self.step(node, ServiceStep::Begun { before: before.clone() }).await?;
            let ended = self.run_once(node, &full, command, attempt).await;
            let Err(error) = ended else {
                self.step(node, ServiceStep::Ended { before: before.clone() }).await?;
                return Ok(before);
            };
            self.step(node, ServiceStep::Failed).await?;
            if attempt == command.tries || self.halt().is_some() {
                return Err(self.stays_closed(error, node));
            }
            self.notice(format!("{error}; it is tried again in {} s", RETRY.as_secs()))?;
            sleep(RETRY).await;
            self.beat().await?;
        }
        Ok(before)
    }

    async fn run_once(
        &mut self,
        node: &NodeRef,
        full: &Node,
        command: &NodeCommand,
        attempt: u32,
    ) -> Result<()> {
        let address = host_of(&full.http_addr);
        let argv = command.argv(full).map_err(Error::failed)?;
        let told = super::replace::told(&argv, &self.goal.options.secrets);
        self.recorder.emit(Event::CommandStarted { node: node.clone(), command: told, attempt })?;
        let instance = INSTANCE_IDS.iter().find_map(|key| full.attributes.get(*key)).cloned();
        let values = [
            self.goal.name.clone(),
            node.name.clone(),
            node.id.clone(),
            address,
            full.node_class.clone(),
            full.node_pool.clone(),
            full.datacenter.clone(),
            instance.unwrap_or_default(),
        ];
        let child = OperatorCommand::program(&argv).variables(NODE_VARIABLES.into_iter().zip(values));
        let begun = self.recorder.now();
        let what = format!("the command for node {}", node.name);
        let CommandEnd { status, tail, .. } =
            self.run_child(child, &what, command.within, OverduePolicy::End).await?;
        let failed = match status {
            Some(status) if status.success() => None,
            // A machine that goes down takes the connection with it; whether it did its work is seen when it is back.
            Some(status) if command.reach != Reach::Here && status.code() == Some(SSH_BROKE) => {
                self.notice(format!(
                    "the connection to {} broke; whether the command was run is seen by its effect",
                    node.name
                ))?;
                None
            }
            Some(status) => Some((ExitCode::Failed, status.to_string())),
            None => Some((
                ExitCode::TimedOut,
                format!("it did not end within {} s and was ended", command.within.as_secs()),
            )),
        };
        let seconds = self.since(begun).as_secs_f64();
        let reason = failed.as_ref().map(|(_, why)| why.clone());
        self.recorder.emit(Event::CommandEnded {
            node: node.clone(),
            seconds,
            failed: reason,
            tail: tail.clone(),
        })?;
        match failed {
            None => Ok(()),
            Some((code, why)) => {
                let error =
                    Error::new(code, format!("the command for node {} failed", node.name)).because(why);
                Err(tail.last().map_or(error.clone(), |line| error.because(format!("it said last: {line}"))))
            }
        }
    }

    /// What is known of a node now.
    async fn facts(&self, full: &Node, expect: &[Expectation]) -> NodeFacts {
        let value = |key: &str| match key.split_once('.') {
            Some(("attr", name)) => full.attributes.get(name).cloned(),
            Some(("meta", name)) => full.meta.get(name).cloned(),
            _ => None,
        };
        let keys = expect.iter().filter_map(Expectation::key).chain([NOMAD_VERSION]);
        let values = keys.filter_map(|key| Some((key.to_owned(), value(key)?))).collect();
        let booted_at = match expect.contains(&Expectation::Reboot) && full.status == NodeStatus::Ready {
            true => match self.nomad.read(&node_client::stats(&full.id)).await {
                Ok(reply) => reply.value.booted_at(),
                Err(_) => None,
            },
            false => None,
        };
        NodeFacts { values, registered_at: full.status_updated_at, booted_at }
    }

    /// Waits until the node is ready and changed as expected.
    async fn await_return(
        &mut self,
        node: &NodeRef,
        expect: &[Expectation],
        before: &NodeFacts,
        within: Duration,
    ) -> Result<()> {
        let begun = self.recorder.now();
        loop {
            // A rotation lives through what is no more than a moment of its machine.
            let (missing, facts) = match self.nomad.read(&node::get(&node.id)).await {
                Ok(reply) => {
                    let facts = self.facts(&reply.value, expect).await;
                    let mut missing: Vec<String> =
                        expect.iter().filter_map(|e| e.missing(before, &facts)).collect();
                    if reply.value.status != NodeStatus::Ready {
                        missing.insert(0, format!("its status is {}", reply.value.status));
                    }
                    (missing, facts)
                }
                Err(e) if e.is_not_found() => {
                    (vec!["the cluster does not know it any more".to_owned()], NodeFacts::default())
                }
                Err(e) => {
                    self.wait_out(e.into()).await?;
                    continue;
                }
            };
            self.are_reached()?;
            if missing.is_empty() {
                if let Some(error) = self.skew(node, before, &facts).await? {
                    return Err(error);
                }
                let seconds = self.since(begun).as_secs_f64();
                let changes = changes(before, &facts);
                return self.recorder.emit(Event::NodeBack { node: node.clone(), seconds, changes });
            }
            self.recorder.waiting(&[format!("{}: not back yet: {}", node.name, missing.join("; "))]);
            if let Some(halt) = self.halt() {
                return Err(halt.error(&format!("while waiting for node {} to come back", node.name)));
            }
            if self.since(begun) > within {
                let error = Error::new(
                    ExitCode::TimedOut,
                    format!("node {} was not back as expected within {} s", node.name, within.as_secs()),
                );
                let error = missing.iter().fold(error, |e, why| e.because(why.clone()));
                let error = self.rebuilt(node).await.into_iter().fold(error, Error::because);
                return Err(self.stays_closed(error, node).hint(TO_TRY_AGAIN));
            }
            self.beat().await?;
            self.keep_history(false).await?;
            sleep(TICK).await;
        }
    }

    /// Another node of the same name that came since: the machine was made anew, and this node will never come back.
    async fn rebuilt(&self, node: &NodeRef) -> Option<String> {
        let nodes = self.nomad.list(&node::list()).await.ok()?.value;
        let since = self.recorder.memory.index;
        let new = nodes.iter().find(|n| n.name == node.name && n.id != node.id && n.create_index > since)?;
        Some(format!(
            "a new node of that name has registered ({}): the machine was made anew, not changed in its place",
            new.id
        ))
    }

    /// Clients must never be newer than servers.
    async fn skew(&self, node: &NodeRef, before: &NodeFacts, now: &NodeFacts) -> Result<Option<Error>> {
        let version = |facts: &NodeFacts| facts.values.get(NOMAD_VERSION).cloned();
        let Some(version) = version(now).filter(|_| version(before) != version(now)) else { return Ok(None) };
        let older = newer_than_a_server(&self.nomad, &version).await?;
        Ok(older.map(|server| {
            let what = format!("node {} runs Nomad {version}, which is newer than a server", node.name);
            let error = Error::failed(what).because(server).hint("upgrade the servers first");
            self.stays_closed(error, node)
        }))
    }

    /// Gives a node the eligibility it had.
    async fn give_back(&mut self, node: &NodeRef) -> Result<()> {
        let was = self.recorder.memory.was.get(&node.id).copied().unwrap_or(Eligibility::Eligible);
        if was == Eligibility::Eligible {
            eligibility::set(&self.nomad, &self.permission, &node.id, Eligibility::Eligible).await?;
        }
        self.recorder.emit(Event::NodeRestored { node: node.clone(), eligibility: was })
    }

    /// Waits until the agent of a node is gone, and takes it out of the cluster's memory where that was asked for: one that lives would
    /// come back at once, and take work.
    async fn end(&mut self, node: &NodeRef, within: Duration, purge: bool) -> Result<()> {
        let begun = self.recorder.now();
        let is_known = self.await_end(node, within, purge).await?;
        let seconds = self.since(begun).as_secs_f64();
        self.recorder.emit(Event::NodeGone { node: node.clone(), seconds })?;
        if !purge {
            return Ok(());
        }
        let read_back = async || match self.nomad.read(&node::get(&node.id)).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_not_found() => Ok(Some(())),
            Err(e) => Err(e),
        };
        if is_known {
            settle(&self.nomad, &self.permission, &node::purge(&node.id), PATIENCE, read_back).await?;
        }
        self.recorder.emit(Event::NodePurged { node: node.clone() })
    }

    /// Waits until the agent of a node is gone; whether the cluster still knows the node.
    async fn await_end(&mut self, node: &NodeRef, within: Duration, purge: bool) -> Result<bool> {
        let begun = self.recorder.now();
        loop {
            match self.nomad.read(&node::get(&node.id)).await {
                Ok(reply) if reply.value.status == NodeStatus::Down => return Ok(true),
                Ok(_) => self.are_reached()?,
                Err(e) if e.is_not_found() => return Ok(false),
                Err(e) => {
                    self.wait_out(e.into()).await?;
                    continue;
                }
            }
            let then = if purge { "; it is purged once it is gone" } else { "" };
            self.recorder.waiting(&[format!("{}: its agent still answers{then}", node.name)]);
            if let Some(halt) = self.halt() {
                return Err(
                    halt.error(&format!("while waiting for the agent of node {} to be gone", node.name))
                );
            }
            if self.since(begun) > within {
                let unpurged = if purge { ", so it was not purged" } else { "" };
                let what = format!(
                    "the agent of node {} still answers after {} s{unpurged}",
                    node.name,
                    within.as_secs()
                );
                let error = Error::new(ExitCode::TimedOut, what);
                return Err(match self.goal.options.service.as_ref().and_then(NodeService::command) {
                    Some(_) => {
                        let error = error.because("the command that was to end it ended well");
                        self.stays_closed(error, node).hint(TO_TRY_AGAIN)
                    }
                    None => error.hint("end it, and run the same command again; or leave out --purge"),
                });
            }
            self.beat().await?;
            self.keep_history(false).await?;
            sleep(TICK).await;
        }
    }

    /// What was to be ended and is gone by now needs no command any more.
    pub(super) async fn note_what_has_ended(&mut self) -> Result<()> {
        if !matches!(self.goal.options.service, Some(NodeService::End { .. })) {
            return Ok(());
        }
        let steps = &self.recorder.memory.serviced;
        let failed = |n: &&GoalNode| matches!(steps.get(&n.node.id), Some(ServiceStep::Failed));
        let failed: Vec<NodeRef> = self.goal.nodes.iter().filter(failed).map(|n| n.node.clone()).collect();
        for node in failed {
            let is_gone = match self.nomad.read(&node::get(&node.id)).await {
                Ok(reply) => reply.value.status == NodeStatus::Down,
                Err(e) => e.is_not_found(),
            };
            if is_gone {
                self.step(&node, ServiceStep::Ended { before: NodeFacts::default() }).await?;
            }
        }
        Ok(())
    }
}

/// The server that is older than a client of this version would be, in words.
///
/// # Errors
/// Any API fault.
pub async fn newer_than_a_server(nomad: &crate::api::http::Http, version: &str) -> Result<Option<String>> {
    let members = nomad.read(&agent::members()).await?.value;
    let region = members.server_region.clone();
    let here = members.members.iter().filter(|m| m.tags.get("region").is_none_or(|r| *r == region));
    let mut known = here.filter_map(|m| Some((m.name.clone(), m.tags.get("build")?.clone())));
    Ok(known
        .find(|(_, server)| compare_versions(version, server) == Some(std::cmp::Ordering::Greater))
        .map(|(name, server)| format!("server {name} runs {server}")))
}

/// Whether it is seen by the node that the command did its work: something is expected that was not so before it.
fn is_witnessed(service: &NodeService, before: &NodeFacts) -> bool {
    match service {
        NodeService::InPlace { expect, .. } => expect.iter().any(|e| e.missing(before, before).is_some()),
        NodeService::End { .. } => true,
    }
}

/// What differs, in words.
fn changes(before: &NodeFacts, now: &NodeFacts) -> Vec<String> {
    let value = |key: &String| {
        let (old, new) = (before.values.get(key), now.values.get(key)?);
        (old != Some(new)).then(|| format!("{key} is {new}, was {}", old.map_or("not set", String::as_str)))
    };
    now.values.keys().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn only_what_was_not_so_before_shows_that_a_command_did_its_work() {
        let image = ("meta.image".to_owned(), "6".to_owned());
        let before = NodeFacts { values: BTreeMap::from([image]), ..NodeFacts::default() };
        let shows = |expect: &[&str]| {
            let command = NodeCommand {
                reach: Reach::Here,
                words: vec!["./x".to_owned()],
                ssh_options: Vec::new(),
                within: Duration::ZERO,
                tries: 1,
            };
            let expect = expect.iter().map(|e| Expectation::parse(e).unwrap()).collect();
            is_witnessed(&NodeService::InPlace { command, expect, within: Duration::ZERO }, &before)
        };
        for telling in
            [&["reboot"][..], &["restart"], &["meta.image=7"], &["meta.image!=old"], &["nothing", "reboot"]]
        {
            assert!(shows(telling), "{telling:?}");
        }
        for silent in [&["nothing"][..], &["meta.image=6"], &["meta.image!=5", "nothing"]] {
            assert!(!shows(silent), "{silent:?}");
        }
    }
}
