//! Mending what the doctor found, where that is safe: every object is looked at again right before it is touched, what cannot be
//! known for sure is left alone, and what was done is read back.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::api::consul::health;
use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, DrainStatus, Eligibility, Node, NodeStatus, unhealthy_drivers};
use crate::api::nomad::{ALL_NAMESPACES, allocation, node_client, operator};
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::error::{Error, Result};
use crate::model::doctor::{Fault, Object};
use crate::model::ids::{shell_word, short};
use crate::model::services::{Instance, Registry};
use crate::ops::migration::lock;
use crate::ops::services::{self, Registries, ServiceSelection};

/// An agent that takes longer does not answer.
const WITHIN: Duration = Duration::from_secs(5);

/// What will be done about a finding.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// What is done, in words.
    pub does: String,
    /// The command that takes it back; none where nothing can, or needs to.
    pub undo: Option<String>,
    act: Act,
}

#[derive(Debug, Clone)]
enum Act {
    MakeEligible { id: String, name: String },
    SwitchOff(&'static str),
    CleanUp,
    Deregister(Box<Instance>),
}

/// What is to become of a finding: mended, or left alone for this reason.
pub type Verdict = std::result::Result<Vec<Remedy>, String>;

/// Who is asked.
#[derive(Debug, Clone, Copy)]
pub struct Surgeon<'a> {
    /// Nomad.
    pub nomad: &'a Http,
    /// Consul, where there is one.
    pub consul: Option<&'a Http>,
}

impl Surgeon<'_> {
    /// Looks at what was found once more, and decides.
    ///
    /// # Errors
    /// What cannot be read.
    pub async fn decide(&self, fault: &Fault) -> Result<Verdict> {
        match &fault.object {
            Some(Object::Node(id)) => self.node(id).await,
            Some(Object::SchedulerSwitch(switch)) => self.switch(switch).await,
            Some(Object::Autopilot) => self.autopilot().await,
            Some(Object::Instance { service, alloc_id }) if fault.code == "FD302" => {
                self.double(service, alloc_id).await
            }
            Some(Object::Instance { service, alloc_id }) => self.gone(fault, service, alloc_id).await,
            None => Ok(Err("it is mended by hand".to_owned())),
        }
    }

    /// A node that is well, that nobody empties, and whose agent answers now may take work again.
    async fn node(&self, id: &str) -> Result<Verdict> {
        let node = self.nomad.read(&node::get(id)).await?.value;
        if node.is_schedulable() {
            return Ok(Err("it takes new work by now".to_owned()));
        }
        if node.status != NodeStatus::Ready {
            return Ok(Err(format!("it is {}", node.status)));
        }
        let draining = node.last_drain.as_ref().is_some_and(|d| d.status == DrainStatus::Draining);
        if node.drain_strategy.is_some() || draining {
            return Ok(Err("it is being drained".to_owned()));
        }
        let sick = unhealthy_drivers(&node.drivers);
        if !sick.is_empty() {
            return Ok(Err(format!("not healthy there: {}", sick.join(", "))));
        }
        match lock::read(self.nomad).await {
            Ok((claims, _)) if claims.is_empty() => {}
            Ok((claims, _)) => {
                let who = claims.values().next().map(|c| c.holder.to_string()).unwrap_or_default();
                return Ok(Err(format!("somebody moves work, and may have sealed it: {who}")));
            }
            Err(e) => return Ok(Err(format!("whether somebody moves work is not known: {}", e.brief()))),
        }
        let patient = self.nomad.with_patience(Patience(WITHIN));
        match timeout(WITHIN, patient.read(&node_client::stats(id))).await {
            Ok(Ok(_)) => {}
            Ok(Err(e)) => return Ok(Err(format!("its agent does not answer now: {}", e.brief()))),
            Err(_) => return Ok(Err(format!("its agent does not answer within {} s", WITHIN.as_secs()))),
        }
        Ok(Ok(vec![Remedy {
            does: format!("make node {} eligible{}", node.name, history(&node)),
            undo: Some(format!("fleet node ineligible {}", shell_word(&node.name))),
            act: Act::MakeEligible { id: node.id, name: node.name },
        }]))
    }

    async fn scheduler(&self) -> Result<Value> {
        let mut reply = self.nomad.read(&operator::scheduler_configuration_spec()).await?.value;
        Ok(reply["SchedulerConfig"].take())
    }

    async fn switch(&self, switch: &'static str) -> Result<Verdict> {
        if self.scheduler().await?[switch] != true {
            return Ok(Err("it is off by now".to_owned()));
        }
        let (does, undo) = match switch {
            "PauseEvalBroker" => (
                "let the evaluation broker work again: what waits is placed",
                "fleet operator scheduler set --pause-eval-broker true",
            ),
            _ => (
                "take registrations of jobs again",
                "fleet operator scheduler set --reject-job-registration true",
            ),
        };
        let undo = Some(undo.to_owned());
        Ok(Ok(vec![Remedy { does: does.to_owned(), undo, act: Act::SwitchOff(switch) }]))
    }

    async fn autopilot(&self) -> Result<Verdict> {
        if self.nomad.read(&operator::autopilot_configuration()).await?.value["CleanupDeadServers"] == true {
            return Ok(Err("it is on by now".to_owned()));
        }
        Ok(Ok(vec![Remedy {
            does: "have autopilot remove dead servers".to_owned(),
            undo: Some("fleet operator autopilot set --cleanup-dead-servers false".to_owned()),
            act: Act::CleanUp,
        }]))
    }

    /// The instances of a service, as they are at this moment.
    async fn instances(&self, service: &str) -> Result<std::result::Result<Vec<Instance>, String>> {
        let read = Registries::new(self.nomad, self.consul, ALL_NAMESPACES)
            .read(ServiceSelection::Named(service), 0)
            .await?;
        Ok(match read.not_known.into_iter().next() {
            Some(why) => Err(why),
            None => Ok(read.instances),
        })
    }

    /// An instance whose allocation is gone.
    async fn gone(&self, fault: &Fault, service: &str, alloc_id: &str) -> Result<Verdict> {
        let registry = if fault.code == "FD305" { Registry::Nomad } else { Registry::Consul };
        let all = match self.instances(service).await? {
            Ok(all) => all,
            Err(why) => return Ok(Err(why)),
        };
        let own: Vec<Instance> = all
            .into_iter()
            .filter(|i| i.registry == registry && i.alloc_id.as_deref() == Some(alloc_id))
            .collect();
        if own.is_empty() {
            return Ok(Err("it is not registered any more".to_owned()));
        }
        if let Some(living) = own.iter().find(|i| i.stale.is_none()) {
            let why = living.reason.clone().unwrap_or_else(|| "its allocation lives".to_owned());
            return Ok(Err(why));
        }
        Ok(Ok(own.into_iter().map(deregistration).collect()))
    }

    /// An allocation that is registered on several nodes of Consul runs on one: that whose agent its own node names.
    async fn double(&self, service: &str, alloc_id: &str) -> Result<Verdict> {
        let Some(consul) = self.consul else { return Ok(Err("Consul is not known".to_owned())) };
        let alloc = match self.nomad.read(&allocation::get(alloc_id)).await {
            Ok(reply) => reply.value,
            Err(e) if e.is_not_found() => return Ok(Err("its allocation is gone: see FD301".to_owned())),
            Err(e) => return Err(e.into()),
        };
        let node = self.nomad.read(&node::get(&alloc.node_id)).await?.value;
        let Some(right) = node.attributes.get("unique.consul.name").filter(|name| !name.is_empty()) else {
            return Ok(Err(format!(
                "node {} does not name its Consul agent, so which is right is not known",
                node.name
            )));
        };
        let entries = consul.read(&health::service(service)).await?.value;
        let own = entries.iter().filter(|e| e.service.alloc_id() == Some(alloc_id));
        let (right, wrong): (Vec<_>, Vec<_>) = own.partition(|e| e.node.node == *right);
        if right.is_empty() {
            return Ok(Err(format!("none of them is on the Consul agent of node {}", node.name)));
        }
        if wrong.is_empty() {
            return Ok(Err("it is registered once by now".to_owned()));
        }
        let none = crate::model::services::Allocs::default();
        Ok(Ok(wrong.iter().map(|e| deregistration(crate::model::services::of_consul(e, &none))).collect()))
    }

    /// Does it, and reads back. What is to be said of it.
    ///
    /// # Errors
    /// The write's own; when it is not as it was to be afterwards.
    pub async fn carry_out(&self, permission: &Permission, remedy: &Remedy) -> Result<Option<String>> {
        let nomad = self.nomad;
        match &remedy.act {
            Act::MakeEligible { id, name } => {
                let read_back = async || {
                    let now = nomad.read(&node::get(id)).await?.value;
                    Ok(now.is_schedulable().then_some(()))
                };
                let call = node::set_eligibility(id, Eligibility::Eligible);
                settle(nomad, permission, &call, Patience::VIEW, read_back).await?;
                match read_back().await? {
                    Some(()) => Ok(None),
                    None => Err(Error::failed(format!("node {name} still takes no new work"))
                        .because("someone else changed it")),
                }
            }
            Act::SwitchOff(switch) => self.switch_off(permission, switch).await.map(|()| None),
            Act::CleanUp => self.clean_up(permission).await.map(|()| None),
            Act::Deregister(instance) => {
                let note = services::take_out(nomad, self.consul, permission, instance).await?;
                let after = self.instances(&instance.service).await?.map_err(Error::failed)?;
                let there = |i: &Instance| {
                    i.registry == instance.registry
                        && i.registration_id == instance.registration_id
                        && i.consul_node == instance.consul_node
                };
                match after.iter().any(there) {
                    false => Ok(note),
                    true => Err(Error::failed(format!("{} is still registered", instance.registration_id))),
                }
            }
        }
    }

    async fn switch_off(&self, permission: &Permission, switch: &'static str) -> Result<()> {
        let mut wanted = self.scheduler().await?;
        let index = wanted["ModifyIndex"].as_u64().unwrap_or_default();
        wanted[switch] = false.into();
        let done = async || {
            let now = self.nomad.read(&operator::scheduler_configuration_spec()).await?.value;
            Ok((now["SchedulerConfig"][switch] == false).then_some(()))
        };
        let call = operator::set_scheduler_configuration(&wanted, index);
        let settled = settle(self.nomad, permission, &call, Patience::OPERATION, done).await?;
        let refused = matches!(settled, Settled::Replied(reply) if !reply.value.updated);
        if refused || done().await?.is_none() {
            return Err(changed_meanwhile("the scheduler's settings"));
        }
        Ok(())
    }

    async fn clean_up(&self, permission: &Permission) -> Result<()> {
        let mut wanted = self.nomad.read(&operator::autopilot_configuration()).await?.value;
        let index = wanted["ModifyIndex"].as_u64().unwrap_or_default();
        wanted["CleanupDeadServers"] = true.into();
        let done = async || {
            let now = self.nomad.read(&operator::autopilot_configuration()).await?.value;
            Ok((now["CleanupDeadServers"] == true).then_some(()))
        };
        let call = operator::set_autopilot_configuration(&wanted, index);
        let settled = settle(self.nomad, permission, &call, Patience::OPERATION, done).await?;
        let refused = matches!(settled, Settled::Replied(reply) if !reply.value);
        if refused || done().await?.is_none() {
            return Err(changed_meanwhile("autopilot's settings"));
        }
        Ok(())
    }
}

fn changed_meanwhile(what: &str) -> Error {
    Error::refused(format!("somebody else changed {what} meanwhile"))
        .hint("run the same command again to see what would change now")
}

fn deregistration(instance: Instance) -> Remedy {
    let of =
        instance.alloc_id.as_deref().map(|id| format!(" of allocation {}", short(id))).unwrap_or_default();
    let place = match (&instance.consul_node, instance.registry) {
        (Some(node), _) => format!("Consul's node {node}"),
        (None, registry) => format!("the registry of {registry}"),
    };
    Remedy {
        does: format!("deregister the instance{of} from {place}"),
        undo: None,
        act: Act::Deregister(Box::new(instance)),
    }
}

/// What is known of how a node came to be sealed.
fn history(node: &Node) -> String {
    let sealed = node
        .events
        .iter()
        .rev()
        .find(|e| e.message.contains("ineligible") || e.message.contains("rain complete"));
    let mut told = Vec::new();
    if let Some(at) = sealed.and_then(|e| e.timestamp) {
        told.push(format!("sealed at {at:.0}"));
    }
    if let Some(drain) = &node.last_drain {
        let how = if drain.status == DrainStatus::Complete { "complete" } else { "cancelled" };
        told.push(format!("its last drain is {how}"));
        if let Some(message) = drain.meta.get("message").or_else(|| drain.meta.get("cancel_message")) {
            told.push(format!("message: {message}"));
        }
    }
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}
