//! The discovery chain: what Consul makes of a service's entries (`mesh.md §5`).

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::Entries;

/// A compiled chain.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) protocol: String,
    start: String,
    nodes: BTreeMap<String, Json>,
    targets: BTreeMap<String, Json>,
    /// Whether no entry has a part in it.
    default: bool,
}

/// Compiles a service's chain.
///
/// # Errors
/// In Consul's words.
pub(crate) fn compile(service: &str, entries: &Entries) -> Result<Chain, String> {
    let mut compiler = Compiler {
        entries,
        service,
        protocol: None,
        nodes: BTreeMap::new(),
        targets: BTreeMap::new(),
        path: Vec::new(),
        advanced: false,
        custom: false,
    };
    let start = match entries.get("service-router", service) {
        Some(router) => compiler.router(service, router)?,
        None => compiler.splitter_or_resolver(service)?,
    };
    let protocol = compiler.protocol.unwrap_or_else(|| entries.protocol(service).to_owned());
    if compiler.advanced && protocol == "tcp" {
        return Err(format!(
            "discovery chain {service:?} uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior"
        ));
    }
    let default = !compiler.advanced && !compiler.custom;
    Ok(Chain { protocol, start, nodes: compiler.nodes, targets: compiler.targets, default })
}

struct Compiler<'e> {
    entries: &'e Entries,
    service: &'e str,
    protocol: Option<String>,
    nodes: BTreeMap<String, Json>,
    targets: BTreeMap<String, Json>,
    /// Splitters that are being followed.
    path: Vec<String>,
    advanced: bool,
    custom: bool,
}

fn text<'v>(value: &'v Json, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

impl Compiler<'_> {
    fn speaks(&mut self, service: &str) -> Result<(), String> {
        let own = self.entries.protocol(service);
        match &self.protocol {
            None => self.protocol = Some(own.to_owned()),
            Some(known) if known != own => {
                return Err(format!(
                    "discovery chain {:?} uses inconsistent protocols; service {service:?} has {own:?} which is not {known:?}",
                    self.service
                ));
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn router(&mut self, service: &str, router: &Map<String, Json>) -> Result<String, String> {
        self.advanced = true;
        self.speaks(service)?;
        let id = format!("{service}.default.default");
        let mut routes = Vec::new();
        for route in router.get("Routes").and_then(Json::as_array).into_iter().flatten() {
            let destination = &route["Destination"];
            let to = or(text(destination, "Service"), service).to_owned();
            let next = match text(destination, "ServiceSubset") {
                "" => self.splitter_or_resolver(&to)?,
                subset => self.resolver(&to, subset)?,
            };
            routes.push(json!({"Definition": route, "NextNode": next}));
        }
        let rest = self.splitter_or_resolver(service)?;
        routes.push(json!({"Definition": {"Match": {"HTTP": {"PathPrefix": "/"}},
            "Destination": {"Service": service, "Namespace": "default", "Partition": "default"}}, "NextNode": rest}));
        let name = format!("router:{id}");
        self.nodes.insert(name.clone(), json!({"Type": "router", "Name": id, "Routes": routes}));
        Ok(name)
    }

    fn splitter_or_resolver(&mut self, service: &str) -> Result<String, String> {
        let Some(splitter) = self.entries.get("service-splitter", service) else {
            return self.resolver(service, "");
        };
        self.advanced = true;
        let id = format!("{service}.default.default");
        let name = format!("splitter:{id}");
        if self.path.contains(&name) {
            let from = self.path.iter().position(|n| *n == name).unwrap_or(0);
            let circle: Vec<String> = self.path[from..].iter().chain([&name]).cloned().collect();
            return Err(format!("detected circular reference: [{}]", circle.join(" -> ")));
        }
        if self.nodes.contains_key(&name) {
            return Ok(name);
        }
        self.path.push(name.clone());
        let mut splits = Vec::new();
        let mut balancer = Json::Null;
        for split in splitter.get("Splits").and_then(Json::as_array).into_iter().flatten() {
            let to = or(text(split, "Service"), service).to_owned();
            let next = match (text(split, "ServiceSubset"), to == service) {
                ("", false) => self.splitter_or_resolver(&to)?,
                (subset, _) => self.resolver(&to, subset)?,
            };
            let weight = split["Weight"].clone();
            if balancer.is_null() {
                balancer = self.nodes.get(&next).map_or(Json::Null, |node| node["LoadBalancer"].clone());
            }
            self.splits(&next, split, &weight, &mut splits);
        }
        self.path.pop();
        let mut node = json!({"Type": "splitter", "Name": id, "Splits": splits});
        if !balancer.is_null() {
            node["LoadBalancer"] = balancer;
        }
        self.nodes.insert(name.clone(), node);
        Ok(name)
    }

    /// A split to a splitter is flattened into that one's own.
    fn splits(&self, next: &str, split: &Json, weight: &Json, splits: &mut Vec<Json>) {
        let inner = self.nodes.get(next).filter(|node| node["Type"] == "splitter");
        let Some(inner) = inner else {
            let mut one = json!({"Definition": split, "NextNode": next});
            if weight.as_f64() != Some(0.0) {
                one["Weight"] = weight.clone();
            }
            splits.push(one);
            return;
        };
        let outer = weight.as_f64().unwrap_or(0.0);
        for one in inner["Splits"].as_array().into_iter().flatten() {
            let mut one = one.clone();
            let weight = (outer * one["Weight"].as_f64().unwrap_or(0.0)).round() / 100.0;
            one["Definition"] = split.clone();
            if weight == 0.0 {
                one.as_object_mut().into_iter().for_each(|o| drop(o.remove("Weight")));
            } else {
                one["Weight"] = json!(weight);
            }
            splits.push(one);
        }
    }

    fn resolver(&mut self, service: &str, subset: &str) -> Result<String, String> {
        let (mut service, mut subset) = (service.to_owned(), subset.to_owned());
        let mut followed: Vec<String> = Vec::new();
        loop {
            self.speaks(&service)?;
            let id = target_id(&service, &subset);
            let empty = Map::new();
            let entry = self.entries.get("service-resolver", &service);
            let resolver = entry.unwrap_or(&empty);
            if let Some(redirect) = resolver.get("Redirect").filter(|r| r.is_object()) {
                let to = or(text(redirect, "Service"), &service).to_owned();
                let to_subset = text(redirect, "ServiceSubset").to_owned();
                self.custom = true;
                let next = target_id(&to, &to_subset);
                if next != id {
                    if followed.contains(&next) {
                        followed.extend([id, next]);
                        return Err(format!(
                            "detected circular resolver redirect: [{}]",
                            followed.join(" -> ")
                        ));
                    }
                    followed.push(id);
                    (service, subset) = (to, to_subset);
                    continue;
                }
            }
            let default = resolver.get("DefaultSubset").and_then(Json::as_str).unwrap_or_default();
            if subset.is_empty() && !default.is_empty() {
                self.custom = true;
                default.clone_into(&mut subset);
                continue;
            }
            let filter = resolver.get("Subsets").map_or(&Json::Null, |subsets| &subsets[subset.as_str()]);
            if !subset.is_empty() && filter.is_null() {
                return Err(format!("service {service:?} does not have a subset named {subset:?}"));
            }
            self.custom |= entry.is_some();
            return Ok(self.place(&service, &subset, resolver, filter, entry.is_none()));
        }
    }

    fn place(
        &mut self,
        service: &str,
        subset: &str,
        resolver: &Map<String, Json>,
        filter: &Json,
        default: bool,
    ) -> String {
        let id = target_id(service, subset);
        let name = format!("resolver:{id}");
        let timeout = resolver.get("ConnectTimeout").cloned().unwrap_or_else(|| json!("5s"));
        let mut inner = json!({"ConnectTimeout": timeout, "Target": id});
        if default {
            inner["Default"] = json!(true);
        }
        if let Some(request) = resolver.get("RequestTimeout") {
            inner["RequestTimeout"] = request.clone();
        }
        let mut node = json!({"Type": "resolver", "Name": id, "Resolver": inner});
        if let Some(balancer) = resolver.get("LoadBalancer") {
            node["LoadBalancer"] = balancer.clone();
        }
        self.nodes.insert(name.clone(), node);
        let empty = json!({});
        let mut target = json!({"ConnectTimeout": timeout, "ID": id, "Service": service, "Namespace": "default",
            "Partition": "default", "Datacenter": "dc1", "MeshGateway": {}, "Subset": if filter.is_null() { &empty } else { filter },
            "TransparentProxy": {}});
        if !subset.is_empty() {
            target["ServiceSubset"] = json!(subset);
        }
        self.targets.insert(id, target);
        name
    }
}

fn target_id(service: &str, subset: &str) -> String {
    if subset.is_empty() {
        format!("{service}.default.default.dc1")
    } else {
        format!("{subset}.{service}.default.default.dc1")
    }
}

impl Chain {
    /// As the API shows it, in a datacenter with this trust domain.
    pub(crate) fn json(mut self, service: &str, datacenter: &str, trust_domain: &str) -> Json {
        for target in self.targets.values_mut() {
            let own = text(target, "Service");
            let subset = text(target, "ServiceSubset");
            let own = if subset.is_empty() { own.to_owned() } else { format!("{subset}.{own}") };
            let name = format!("{own}.default.{datacenter}.internal.{trust_domain}.consul");
            target["SNI"] = json!(name);
            target["Name"] = json!(name);
            target["Datacenter"] = json!(datacenter);
        }
        let mut chain = json!({"ServiceName": service, "Namespace": "default", "Partition": "default", "Datacenter": datacenter,
            "Protocol": self.protocol, "StartNode": self.start, "Nodes": self.nodes, "Targets": self.targets,
            "AutoVirtualIPs": null, "ManualVirtualIPs": null});
        if self.default {
            chain["Default"] = json!(true);
        }
        json!({"Chain": chain})
    }
}
