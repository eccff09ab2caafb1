//! Services: load balancers, weights, what stands in for one that is down, and the connections to servers.

use serde_json::{Map, Value, json};

use super::super::{Source, plain_name};
use super::Emitter;
use crate::model::ingress::nginx::value::go_duration;
use crate::model::ingress::own_request::{self, ErrorPage};
use crate::model::ingress::policy::{HostSent, Policies};
use crate::model::ingress::pool::Pool;
use crate::model::ingress::route::{Forward, PoolRef, Route};

impl Emitter<'_> {
    pub(super) fn service(&mut self, forward: &Forward, policies: &Policies) -> String {
        match forward.pools.as_slice() {
            [(_, only)] => self.pool(only, policies),
            several => {
                let names: Vec<(u32, String)> =
                    several.iter().map(|(w, p)| (*w, self.pool(p, policies))).collect();
                let name =
                    format!("split-{}", names.iter().map(|(_, n)| n.as_str()).collect::<Vec<_>>().join("-"));
                let weighted: Vec<Value> =
                    names.iter().map(|(w, n)| json!({"name": n, "weight": w})).collect();
                let cookie = json!({"cookie": {"name": format!("{name}-side")}});
                self.http
                    .services
                    .insert(name.clone(), json!({"weighted": {"services": weighted, "sticky": cookie}}));
                name
            }
        }
    }

    /// The service itself, or one that sends a copy of each request elsewhere too.
    pub(super) fn mirrored(&mut self, service: String, route: &Route) -> String {
        let Source { sites, routes, .. } = self.source;
        let mirrors = own_request::mirrors(sites, routes, route);
        if mirrors.is_empty() {
            return service;
        }
        let body = mirrors.iter().all(|m| m.body);
        let mirrors: Vec<String> =
            mirrors.iter().map(|m| self.pool(&m.pool, &Policies::of(sites, m.location))).collect();
        let without = if body { "" } else { "-without-body" };
        let name = format!("{service}-copied-to-{}{without}", mirrors.join("-"));
        let copies: Vec<Value> = mirrors.iter().map(|m| json!({"name": m, "percent": 100})).collect();
        let mut mirroring = json!({"service": service, "mirrors": copies});
        if !body {
            mirroring["mirrorBody"] = json!(false);
        }
        self.http.services.insert(name.clone(), json!({"mirroring": mirroring}));
        name
    }

    /// The page of a service in place of an error.
    pub(super) fn error_page(&mut self, page: &ErrorPage) -> Value {
        let policies = Policies::of(self.source.sites, page.location);
        let statuses: Vec<String> = page.statuses.iter().map(u16::to_string).collect();
        let service = self.pool(&page.pool, &policies);
        let mut errors = json!({"status": statuses, "service": service, "query": page.path});
        if let Some(status) = page.status {
            let to: Map<String, Value> = statuses.into_iter().map(|from| (from, json!(status))).collect();
            errors["statusRewrites"] = Value::Object(to);
        }
        json!({"errors": errors})
    }

    pub(super) fn pool(&mut self, reference: &PoolRef, policies: &Policies) -> String {
        let pool = Pool::of(self.source.sites, reference);
        let mut name = plain_name(&pool.name);
        let transport = self.transport(policies);
        if let Some(transport) = &transport {
            name = format!("{name}-{transport}");
        }
        let by_address = policies.host == HostSent::Pool && pool.id.is_none();
        if by_address {
            name.push_str("-own-host");
        }
        let scheme = match reference.scheme.as_str() {
            "grpc" => "h2c",
            "grpcs" => "https",
            other => other,
        };
        let balancer = |members: Vec<Value>| {
            let mut balancer = json!({"servers": members});
            if let Some(transport) = &transport {
                balancer["serversTransport"] = json!(transport);
            }
            if by_address {
                balancer["passHostHeader"] = json!(false);
            }
            balancer
        };
        let server = |member: &crate::model::ingress::pool::Member| {
            let mut server = json!({"url": format!("{scheme}://{}", member.address)});
            if member.weight != 1 {
                server["weight"] = json!(member.weight);
            }
            server
        };
        let mut main = balancer(pool.main().map(server).collect());
        self.of_the_block(&pool, &mut main);
        let backup: Vec<Value> = pool.backup().map(server).collect();
        if backup.is_empty() {
            self.http.services.insert(name.clone(), json!({"loadBalancer": main}));
            return name;
        }
        let (first, second) = (format!("{name}-main"), format!("{name}-backup"));
        self.http.services.insert(first.clone(), json!({"loadBalancer": main}));
        self.http.services.insert(second.clone(), json!({"loadBalancer": balancer(backup)}));
        let failover = json!({"service": first, "fallback": second, "errors": {"status": ["502", "504"]}});
        self.http.services.insert(name.clone(), json!({"failover": failover}));
        name
    }

    /// What an `upstream` says of all its members.
    pub(super) fn of_the_block(&self, pool: &Pool, balancer: &mut Value) {
        let config = self.source.sites.config;
        let fails =
            pool.main().filter_map(|m| Some((m.max_fails.filter(|n| *n > 0)?, m.fail_timeout))).next();
        if let Some((most, window)) = fails {
            let window = go_duration(window.unwrap_or(10_000));
            balancer["passiveHealthCheck"] = json!({"failureWindow": window, "maxFailedAttempts": most});
        }
        let Some(block) = pool.id else { return };
        let has = |name: &str| config.named(Some(block), name).next();
        // Which of two has fewer connections is asked without their weights, so where these differ they come first.
        let alike = pool.main().map(|m| m.weight).collect::<std::collections::BTreeSet<_>>().len() < 2;
        let least = has("least_conn").or_else(|| has("random")).or_else(|| has("least_time")).is_some();
        if least && alike {
            balancer["strategy"] = json!("p2c");
        }
        let sticky = has("sticky")
            .filter(|id| config.get(*id).arg(0) == "cookie")
            .map(|id| config.get(id).arg(1).to_owned());
        let over =
            has("hash").and_then(|id| Some(config.get(id).arg(0).strip_prefix("$cookie_")?.to_owned()));
        let of_peer = has("ip_hash").is_some()
            || has("hash")
                .is_some_and(|id| matches!(config.get(id).arg(0), "$remote_addr" | "$binary_remote_addr"));
        let cookie = sticky
            .or_else(|| over.map(|c| format!("{c}_side")))
            .or_else(|| of_peer.then(|| format!("{}_side", plain_name(&pool.name))));
        if let Some(cookie) = cookie {
            balancer["sticky"] = json!({"cookie": {"name": cookie, "httpOnly": true}});
        }
    }

    pub(super) fn transport(&mut self, policies: &Policies) -> Option<String> {
        if policies.connect.is_none() && policies.read.is_none() {
            return None;
        }
        let mut timeouts = Map::new();
        let mut name = "t".to_owned();
        for (key, short, millis) in
            [("dialTimeout", "c", policies.connect), ("responseHeaderTimeout", "r", policies.read)]
        {
            if let Some(millis) = millis {
                let text = go_duration(millis);
                name.push_str(&format!("-{short}{text}"));
                timeouts.insert(key.to_owned(), json!(text));
            }
        }
        self.http.transports.insert(name.clone(), json!({"forwardingTimeouts": timeouts}));
        Some(name)
    }
}
