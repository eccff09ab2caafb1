//! The services behind rules: their protocols, how requests are shared out, and who stands in.

use serde_json::{Value, json};

use super::super::plain_name;
use super::EntryEmitter;
use crate::model::ingress::lower::slug;
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::policy::Policies;
use crate::model::ingress::pool::{Member, Pool};

impl EntryEmitter<'_> {
    /// The services of a pool; an address nobody named gets a name that says so.
    pub(super) fn services(&mut self, pool: &Pool, protocol: &str) -> Vec<(String, u32)> {
        let services = self.source.services;
        let name = |m: &Member| {
            services.at(&m.address).map_or_else(|| format!("unmapped-{}", slug(&m.address)), str::to_owned)
        };
        let mut found: Vec<(String, u32)> = Vec::new();
        for member in pool.main() {
            let name = name(member);
            match found.iter_mut().find(|(n, _)| *n == name) {
                Some((_, weight)) => *weight += member.weight,
                None => found.push((name, member.weight)),
            }
        }
        for (name, _) in &found {
            self.defaults.insert(name.clone(), protocol.to_owned());
        }
        found
    }

    /// What a pool says of all its members.
    pub(super) fn resolver(&mut self, pool: &Pool, policies: &Policies) {
        let config = self.source.sites.config;
        let services: Vec<String> = self.services(pool, "http").into_iter().map(|(n, _)| n).collect();
        let backup =
            pool.backup().next().and_then(|m| self.source.services.at(&m.address)).map(str::to_owned);
        let balancer = pool.id.and_then(|block| {
            let has = |name: &str| config.named(Some(block), name).next();
            if has("least_conn").or_else(|| has("least_time")).is_some() {
                return Some(json!({"Policy": "least_request"}));
            }
            if has("random").is_some() {
                return Some(json!({"Policy": "random"}));
            }
            let policy = |policy: Value| json!({"Policy": "maglev", "HashPolicies": [policy]});
            let of_peer = || policy(json!({"Field": "header", "FieldValue": "x-forwarded-for"}));
            if has("ip_hash").is_some() {
                return Some(of_peer());
            }
            if let Some(sticky) = has("sticky").filter(|id| config.get(*id).arg(0) == "cookie") {
                let name = config.get(sticky).arg(1).to_owned();
                let cookie = json!({"Session": true, "Path": "/"});
                return Some(policy(json!({"Field": "cookie", "FieldValue": name, "CookieConfig": cookie})));
            }
            let over = config.get(has("hash")?).arg(0);
            if matches!(over, "$remote_addr" | "$binary_remote_addr") {
                return Some(of_peer());
            }
            if let Some(name) = over.strip_prefix("$cookie_") {
                return Some(policy(json!({"Field": "cookie", "FieldValue": name})));
            }
            if let Some(name) = over.strip_prefix("$http_") {
                return Some(policy(json!({"Field": "header", "FieldValue": name.replace('_', "-")})));
            }
            over.strip_prefix("$arg_")
                .map(|name| policy(json!({"Field": "query_parameter", "FieldValue": name})))
        });
        if backup.is_none() && balancer.is_none() && policies.connect.is_none() {
            return;
        }
        if let Some(backup) = &backup {
            self.defaults.insert(backup.clone(), "http".to_owned());
        }
        for service in services {
            let entry = self
                .resolvers
                .entry(service.clone())
                .or_insert_with(|| json!({"Kind": "service-resolver", "Name": service}));
            if let Some(balancer) = &balancer {
                entry["LoadBalancer"] = balancer.clone();
            }
            if let Some(connect) = policies.connect {
                entry["ConnectTimeout"] = json!(go_duration(connect));
            }
            if let Some(backup) = backup.as_ref().filter(|b| **b != service) {
                entry["Failover"] = json!({"*": {"Service": backup}});
            }
        }
    }

    pub(super) fn splitter(&mut self, services: &[(String, u32)]) -> String {
        let name = format!(
            "split-{}",
            services.iter().map(|(n, w)| format!("{n}-{w}")).collect::<Vec<_>>().join("-")
        );
        let name = plain_name(&name).chars().take(63).collect::<String>();
        let splits: Vec<Value> = percents(services)
            .into_iter()
            .map(|(service, weight)| json!({"Weight": weight, "Service": service}))
            .collect();
        self.defaults.insert(name.clone(), "http".to_owned());
        self.splitters
            .insert(name.clone(), json!({"Kind": "service-splitter", "Name": name, "Splits": splits}));
        name
    }

    pub(super) fn streams(&mut self) -> Vec<(u16, String)> {
        let config = self.source.sites.config;
        let mut out = Vec::new();
        for stream in self.source.sites.streams.iter().filter(|s| !s.udp) {
            let address = match self.source.sites.upstreams.get(&format!("stream/{}", stream.target)) {
                Some(block) => {
                    config.named(Some(*block), "server").next().map(|m| config.get(m).arg(0).to_owned())
                }
                None => Some(stream.target.clone()),
            };
            let Some(address) = address.filter(|a| !a.contains('$')) else { continue };
            let service = self.source.services.at(&address);
            let service = service.map_or_else(|| format!("unmapped-{}", slug(&address)), str::to_owned);
            self.defaults.entry(service.clone()).or_insert_with(|| "tcp".to_owned());
            out.push((stream.port, service));
        }
        out
    }
}

/// Weights as Consul takes them: hundredths of a percent that come to exactly 100.
fn percents(services: &[(String, u32)]) -> Vec<(String, f64)> {
    let total: u64 = services.iter().map(|(_, w)| u64::from(*w)).sum::<u64>().max(1);
    let mut left = 10_000_u64;
    let last = services.len().saturating_sub(1);
    let mut out = Vec::new();
    for (at, (name, weight)) in services.iter().enumerate() {
        let share = if at == last { left } else { (u64::from(*weight) * 10_000 / total).min(left) };
        left -= share;
        out.push((name.clone(), f64::from(u32::try_from(share).unwrap_or(0)) / 100.0));
    }
    out
}
