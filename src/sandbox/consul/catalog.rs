//! Nodes, the services on them and their checks.

use crate::model::ids::hex;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Consul, Table, VERSION};

/// A node, by its Consul name.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Its name in Consul.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Whether its agent is a server.
    pub server: bool,
}

/// The state of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are Consul's own")]
pub enum Status {
    Passing,
    Warning,
    Critical,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Passing => "passing",
            Status::Warning => "warning",
            Status::Critical => "critical",
        }
    }
}

/// A check as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSpec {
    /// Its id, unique on its node.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `http`, `tcp`, `ttl` and so on.
    pub kind: String,
    /// Its state to begin with; Nomad's checks begin `critical`.
    pub status: Status,
    /// What its last run said.
    pub output: String,
    /// A remark.
    pub notes: String,
}

/// A service of a node with its checks, as it is registered. The same id again replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The node it is on.
    pub node: String,
    /// Its id, unique on its node.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its address.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Its metadata; Nomad's carry `external-source` = `nomad`.
    pub meta: BTreeMap<String, String>,
    /// Its checks. A check that is there already keeps its state.
    pub checks: Vec<CheckSpec>,
    /// What it is in the mesh.
    pub mesh: Mesh,
}

/// What a service is in the mesh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mesh {
    /// Nothing.
    #[default]
    Outside,
    /// The proxy of an instance.
    Sidecar {
        /// The service's name.
        service: String,
        /// The instance's id.
        id: String,
        /// Where the instance listens.
        address: String,
        /// On which port.
        port: u16,
    },
    /// A gateway, by Consul's name of its kind.
    Gateway(String),
}

impl Mesh {
    fn kind(&self) -> &str {
        match self {
            Mesh::Outside => "",
            Mesh::Sidecar { .. } => "connect-proxy",
            Mesh::Gateway(kind) => kind,
        }
    }

    fn proxy(&self) -> Json {
        match self {
            Mesh::Sidecar { service, id, address, port } => {
                json!({"DestinationServiceName": service, "DestinationServiceID": id,
                "LocalServiceAddress": address, "LocalServicePort": port, "MeshGateway": {}, "Expose": {}})
            }
            _ => json!({"MeshGateway": {}, "Expose": {}}),
        }
    }
}

/// A registered service.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) registration: Registration,
    created: u64,
    modified: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Check {
    pub(crate) spec: CheckSpec,
    pub(crate) node: String,
    /// The service it is of; empty for the node itself.
    pub(crate) service: String,
    pub(crate) service_name: String,
    pub(crate) tags: Vec<String>,
    created: u64,
    modified: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) node: Node,
    created: u64,
    modified: u64,
    pub(crate) services: BTreeMap<String, Instance>,
    pub(crate) checks: BTreeMap<String, Check>,
}

/// The catalog.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    pub(crate) members: BTreeMap<String, Member>,
    /// The last write that touched a service, by its name.
    services: BTreeMap<String, u64>,
    /// The last write that took the last instance of a service away.
    extinction: u64,
}

/// The id of a check that a Nomad client registers for an allocation: a hash over what the check is.
#[must_use]
pub(crate) fn nomad_check_id(alloc: &str, what: &[&str]) -> String {
    let digest = Sha256::digest(format!("{alloc}\0{}", what.join("\0")));
    format!("_nomad-check-{}", hex(&digest))
}

fn addresses(address: &str) -> Json {
    json!({"lan": address, "lan_ipv4": address, "wan": address, "wan_ipv4": address})
}

impl Member {
    pub(crate) fn json(&self, datacenter: &str) -> Json {
        json!({"ID": self.node.id, "Node": self.node.name, "Address": self.node.address, "Datacenter": datacenter,
            "TaggedAddresses": addresses(&self.node.address), "Meta": {"consul-network-segment": ""},
            "CreateIndex": self.created, "ModifyIndex": self.modified})
    }

    /// The checks of one service, or of the node itself.
    pub(crate) fn checks_of<'m>(&'m self, service: &'m str) -> impl Iterator<Item = &'m Check> {
        self.checks.values().filter(move |check| check.service == service)
    }

    /// The checks that decide over a service: the node's, then its own.
    pub(crate) fn verdict<'m>(&'m self, service: &'m str) -> impl Iterator<Item = &'m Check> {
        self.checks_of("").chain(self.checks_of(service))
    }
}

impl Instance {
    fn tagged_addresses(&self) -> Option<Json> {
        let Registration { address, port, .. } = &self.registration;
        let one = json!({"Address": address, "Port": port});
        (!address.is_empty()).then(|| json!({"lan_ipv4": one, "wan_ipv4": one}))
    }

    /// As health answers show it.
    pub(crate) fn json(&self) -> Json {
        let Registration { id, name, tags, address, port, meta, .. } = &self.registration;
        let mut json = json!({"ID": id, "Service": name, "Tags": tags, "Address": address, "Meta": meta, "Port": port,
            "Weights": {"Passing": 1, "Warning": 1}, "EnableTagOverride": false,
            "Proxy": self.registration.mesh.proxy(), "Connect": {},
            "CreateIndex": self.created, "ModifyIndex": self.modified});
        if let Some(addresses) = self.tagged_addresses() {
            json["TaggedAddresses"] = addresses;
        }
        if self.registration.mesh != Mesh::Outside {
            json["Kind"] = json!(self.registration.mesh.kind());
        }
        json
    }

    /// As the catalog shows it, flat with its node.
    pub(crate) fn catalog_json(&self, member: &Member, datacenter: &str) -> Json {
        let Registration { id, name, tags, address, port, meta, .. } = &self.registration;
        let node = &member.node;
        let mut json = json!({"ID": node.id, "Node": node.name, "Address": node.address, "Datacenter": datacenter,
            "TaggedAddresses": addresses(&node.address), "NodeMeta": {"consul-network-segment": ""},
            "ServiceKind": self.registration.mesh.kind(),
            "ServiceID": id, "ServiceName": name, "ServiceTags": tags, "ServiceAddress": address,
            "ServiceWeights": {"Passing": 1, "Warning": 1}, "ServiceMeta": meta, "ServicePort": port,
            "ServiceEnableTagOverride": false, "ServiceProxy": self.registration.mesh.proxy(), "ServiceConnect": {},
            "CreateIndex": self.created, "ModifyIndex": self.modified});
        if let Some(addresses) = self.tagged_addresses() {
            json["ServiceTaggedAddresses"] = addresses;
        }
        json
    }
}

impl Check {
    pub(crate) fn is_passing(&self) -> bool {
        self.spec.status == Status::Passing
    }

    pub(crate) fn json(&self) -> Json {
        json!({"Node": self.node, "CheckID": self.spec.id, "Name": self.spec.name, "Status": self.spec.status,
            "Notes": self.spec.notes, "Output": self.spec.output, "ServiceID": self.service,
            "ServiceName": self.service_name, "ServiceTags": self.tags, "Type": self.spec.kind, "Definition": {},
            "CreateIndex": self.created, "ModifyIndex": self.modified})
    }
}

impl Catalog {
    pub(crate) fn member(&self, node: &str) -> Option<&Member> {
        self.members.get(node)
    }

    /// The instances of a service with their nodes.
    pub(crate) fn instances<'c>(&'c self, name: &'c str) -> impl Iterator<Item = (&'c Member, &'c Instance)> {
        self.members.values().flat_map(move |member| {
            let own = member.services.values().filter(move |i| i.registration.name == name);
            own.map(move |instance| (member, instance))
        })
    }

    /// The proxies of a service's instances with their nodes: what gateways reach it by.
    pub(crate) fn sidecars<'c>(&'c self, name: &'c str) -> impl Iterator<Item = (&'c Member, &'c Instance)> {
        self.members.values().flat_map(move |member| {
            let of = move |i: &&Instance| matches!(&i.registration.mesh, Mesh::Sidecar { service, .. } if service == name);
            member.services.values().filter(of).map(move |instance| (member, instance))
        })
    }

    pub(crate) fn checks(&self) -> impl Iterator<Item = &Check> {
        self.members.values().flat_map(|member| member.checks.values())
    }

    /// The index of the answers about one service; none where it never was and nothing ever ended.
    pub(crate) fn service_index(&self, name: &str) -> Option<u64> {
        let there = self.instances(name).next().and_then(|_| self.services.get(name));
        there.copied().or((self.extinction > 0).then_some(self.extinction))
    }

    fn touch_service(&mut self, name: &str, index: u64) {
        self.services.insert(name.to_owned(), index);
    }
}

impl Consul {
    /// A node joins; the agent asked learns that it is alive.
    pub fn join(&mut self, node: Node) {
        let index = self.indexes.advance();
        let serf = CheckSpec {
            id: "serfHealth".to_owned(),
            name: "Serf Health Status".to_owned(),
            kind: String::new(),
            status: Status::Passing,
            output: "Agent alive and reachable".to_owned(),
            notes: String::new(),
        };
        let name = node.name.clone();
        let server = node.server;
        let checks = BTreeMap::from([(serf.id.clone(), Check::new(serf, &name, None, index))]);
        let member = Member { node, created: index, modified: index, services: BTreeMap::new(), checks };
        self.catalog.members.insert(name.clone(), member);
        self.indexes.touch(&[Table::Nodes, Table::Checks]);
        if server {
            self.put_instance(server_registration(&name), index);
        }
    }

    /// Whether a node's agent is alive; its services stay, and what they said last.
    pub fn set_alive(&mut self, node: &str, alive: bool) {
        let (status, output) = match alive {
            true => (Status::Passing, "Agent alive and reachable"),
            false => (Status::Critical, "Agent not live or unreachable"),
        };
        self.set_check(node, "serfHealth", status, output);
    }

    /// Whether a node's agent is alive.
    #[must_use]
    pub fn is_alive(&self, node: &str) -> bool {
        let serf = self.catalog.member(node).and_then(|member| member.checks.get("serfHealth"));
        serf.is_some_and(Check::is_passing)
    }

    /// Registers a service with its checks: one write. The same again changes nothing.
    pub fn register(&mut self, registration: Registration) {
        if self.catalog.members.contains_key(&registration.node) {
            let index = self.indexes.advance();
            self.put_instance(registration, index);
        }
    }

    fn put_instance(&mut self, registration: Registration, index: u64) {
        let Some(member) = self.catalog.members.get_mut(&registration.node) else { return };
        let old = member.services.get(&registration.id);
        let created = old.map_or(index, |old| old.created);
        for spec in &registration.checks {
            let mut check = Check::new(spec.clone(), &registration.node, Some(&registration), index);
            if let Some(old) = member.checks.get(&spec.id) {
                check.created = old.created;
                check.spec.status = old.spec.status;
                check.spec.output.clone_from(&old.spec.output);
            }
            member.checks.insert(spec.id.clone(), check);
        }
        let kept = |check: &Check| {
            check.service != registration.id
                || registration.checks.iter().any(|spec| spec.id == check.spec.id)
        };
        member.checks.retain(|_, check| kept(check));
        let (id, name) = (registration.id.clone(), registration.name.clone());
        let has_checks = !registration.checks.is_empty();
        member.services.insert(id, Instance { registration, created, modified: index });
        self.catalog.touch_service(&name, index);
        self.indexes.touch(&[Table::Services]);
        if has_checks {
            self.indexes.touch(&[Table::Checks]);
        }
    }

    /// Takes a service and its checks out: one write. Whether it was there.
    pub fn deregister(&mut self, node: &str, id: &str) -> bool {
        let Some(member) = self.catalog.members.get_mut(node) else { return false };
        let Some(gone) = member.services.remove(id) else { return false };
        let had_checks = member.checks.values().any(|check| check.service == id);
        member.checks.retain(|_, check| check.service != id);
        let index = self.indexes.advance();
        let name = gone.registration.name;
        if self.catalog.instances(&name).next().is_some() {
            self.catalog.touch_service(&name, index);
        } else {
            self.catalog.services.remove(&name);
            self.catalog.extinction = index;
        }
        self.indexes.touch(&[Table::Services]);
        if had_checks {
            self.indexes.touch(&[Table::Checks]);
        }
        true
    }

    /// An agent ran a check. What it saw is not written as long as the status stays, but minutes later.
    pub(crate) fn tell_check(&mut self, node: &str, check: &str, status: Status, output: &str) {
        let known = self.catalog.member(node).and_then(|member| member.checks.get(check));
        if known.is_some_and(|check| check.spec.status != status) {
            self.set_check(node, check, status, output);
        }
    }

    /// A check ran: one write if that changes anything. Whether there is such a check.
    pub fn set_check(&mut self, node: &str, check: &str, status: Status, output: &str) -> bool {
        let Some(member) = self.catalog.members.get_mut(node) else { return false };
        let Some(check) = member.checks.get_mut(check) else { return false };
        if check.spec.status == status && check.spec.output == output {
            return true;
        }
        let index = self.indexes.advance();
        check.spec.status = status;
        output.clone_into(&mut check.spec.output);
        check.modified = index;
        let service = check.service_name.clone();
        let id = check.spec.id.clone();
        self.touch_checked(node, &service, index);
        if status == Status::Critical {
            self.end_sessions_of_check(node, &id);
        }
        true
    }

    /// A check of a service, or of all services of a node, has changed.
    fn touch_checked(&mut self, node: &str, service: &str, index: u64) {
        self.indexes.touch(&[Table::Checks]);
        let names: Vec<String> = match (service, self.catalog.members.get(node)) {
            ("", Some(member)) => member.services.values().map(|i| i.registration.name.clone()).collect(),
            (service, _) => vec![service.to_owned()],
        };
        for name in names {
            self.catalog.touch_service(&name, index);
        }
    }
}

impl Check {
    fn new(spec: CheckSpec, node: &str, of: Option<&Registration>, index: u64) -> Check {
        Check {
            spec,
            node: node.to_owned(),
            service: of.map(|r| r.id.clone()).unwrap_or_default(),
            service_name: of.map(|r| r.name.clone()).unwrap_or_default(),
            tags: of.map(|r| r.tags.clone()).unwrap_or_default(),
            created: index,
            modified: index,
        }
    }
}

/// Servers are a service themselves.
fn server_registration(node: &str) -> Registration {
    let meta = [
        ("non_voter", "false"),
        ("raft_version", "3"),
        ("serf_protocol_current", "2"),
        ("serf_protocol_max", "5"),
        ("serf_protocol_min", "1"),
        ("version", VERSION),
    ];
    Registration {
        node: node.to_owned(),
        id: "consul".to_owned(),
        name: "consul".to_owned(),
        tags: Vec::new(),
        address: String::new(),
        port: 8300,
        meta: meta.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        checks: Vec::new(),
        mesh: Mesh::Outside,
    }
}
