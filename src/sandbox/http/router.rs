//! Which handler answers a path, as the agent's own multiplexer chooses (`nomad-api.md §1.5`).

use crate::sandbox::http::allocs::no_resource;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::http::{
    acl, agent, allocs, catalog, client, deployments, evals, job_writes, jobs, keyring, nodes, operator,
    pools, scaling, snapshot, statuses, variables,
};

/// What answers a request.
pub(super) type Handler = fn(&mut Call<'_>) -> HandlerResult;

/// Paths and their handlers. One that ends in a slash answers everything below.
const ROUTES: [(&str, Handler); 64] = [
    ("/.well-known/jwks.json", keyring::public),
    ("/v1/jobs", jobs::list),
    ("/v1/jobs/parse", job_writes::parse),
    ("/v1/jobs/statuses", statuses::list),
    ("/v1/job/", jobs::one),
    ("/v1/validate/job", job_writes::validate),
    ("/v1/nodes", nodes::list),
    ("/v1/node/", nodes::one),
    ("/v1/node/pools", pools::list),
    ("/v1/node/pool/", pools::one),
    ("/v1/allocations", allocs::list),
    ("/v1/allocation/", allocs::one),
    ("/v1/evaluations", evals::list),
    ("/v1/evaluation/", evals::one),
    ("/v1/deployments", deployments::list),
    ("/v1/deployment/", deployments::one),
    ("/v1/acl/policies", acl::policies),
    ("/v1/acl/policy/", acl::policy),
    ("/v1/acl/bootstrap", acl::bootstrap),
    ("/v1/acl/tokens", acl::tokens),
    ("/v1/acl/token", acl::token),
    ("/v1/acl/token/", acl::token),
    ("/v1/acl/roles", acl::none),
    ("/v1/acl/role/", acl::role),
    ("/v1/acl/auth-methods", acl::none),
    ("/v1/acl/binding-rules", acl::none),
    ("/v1/client/gc", client::collect_all),
    ("/v1/client/stats", client::node_stats),
    ("/v1/client/allocation/", client::allocation),
    ("/v1/client/metadata", client::metadata),
    ("/v1/agent/self", agent::own),
    ("/v1/agent/keyring/", agent::gossip_keys),
    ("/v1/agent/members", agent::members),
    ("/v1/agent/servers", agent::servers),
    ("/v1/agent/force-leave", agent::force_leave),
    ("/v1/agent/join", agent::join),
    ("/v1/agent/health", agent::health),
    ("/v1/services", catalog::services),
    ("/v1/service/", catalog::service),
    ("/v1/metrics", agent::metrics),
    ("/v1/regions", agent::regions),
    ("/v1/scaling/policies", scaling::list),
    ("/v1/scaling/policy/", scaling::one),
    ("/v1/status/leader", agent::leader),
    ("/v1/status/peers", agent::peers),
    ("/v1/operator/keyring/", keyring::request),
    ("/v1/operator/raft/", operator::raft),
    ("/v1/operator/snapshot", snapshot::request),
    ("/v1/operator/autopilot/configuration", operator::autopilot),
    ("/v1/operator/autopilot/health", operator::health),
    ("/v1/operator/scheduler/configuration", operator::scheduler),
    ("/v1/system/gc", operator::collect_garbage),
    ("/v1/system/reconcile/summaries", operator::reconcile_summaries),
    ("/v1/namespaces", catalog::namespaces),
    ("/v1/namespace", catalog::create_namespace),
    ("/v1/namespace/", catalog::namespace),
    ("/ui/", ui),
    ("/v1/vars", variables::list),
    ("/v1/var/", variables::one),
    ("/v1/volumes", volumes),
    ("/v1/volume/csi/", volume),
    ("/v1/volume/host/", volume),
    ("/v1/plugins", volumes),
    ("/v1/plugin/csi/", plugin),
];

/// The handler of a path, where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) enum RouteMatch<'p> {
    /// A handler, and the path after the part it was chosen by.
    Handler(Handler, &'p str),
    /// Nothing is there.
    Nowhere,
}

/// The handler of a path: the longest match.
#[must_use]
pub(super) fn route(path: &str) -> RouteMatch<'_> {
    let fits = |(pattern, _): &&(&str, Handler)| {
        if pattern.ends_with('/') { path.starts_with(pattern) } else { path == *pattern }
    };
    match ROUTES.iter().filter(fits).max_by_key(|(pattern, _)| pattern.len()) {
        Some((pattern, handler)) => RouteMatch::Handler(*handler, &path[pattern.len()..]),
        None => RouteMatch::Nowhere,
    }
}

/// Where a client is sent that writes a path in another way than it is known.
#[must_use]
pub(super) fn redirect(path: &str) -> Option<String> {
    let clean = clean(path);
    let known = |path: &str| ROUTES.iter().any(|(pattern, _)| *pattern == path);
    if path == "/" {
        return Some("/ui/".to_owned());
    }
    if clean != path {
        return Some(clean);
    }
    let below = format!("{path}/");
    (!known(path) && known(&below)).then_some(below)
}

/// A path without empty, `.` and `..` parts.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() { "/" } else { "" };
    format!("/{}{end}", parts.join("/"))
}

fn ui(_: &mut Call<'_>) -> HandlerResult {
    let page = "<!DOCTYPE html><html><p>The sandbox has no web interface.</p></html>";
    let mut reply = Reply::empty();
    reply.content = crate::sandbox::http::reply::Content::Other("text/html; charset=utf-8", page.into());
    Ok(reply)
}

/// Volumes: there are none beside those the nodes' own configuration names.
fn volumes(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    call.may(&options.namespace, &["read-job"])?;
    let none = Reply::rows(Vec::<u8>::new(), |_, _| {});
    // Without a type Nomad lists volumes of none, and asks nobody.
    match call.request.query.get("type") {
        "" => Ok(none),
        "csi" | "host" => Ok(none.read(0, Vec::new())),
        _ => Err(no_resource()),
    }
}

fn plugin(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.rights()?;
    Ok(Reply::text(404, "plugin not found").read(0, Vec::new()))
}

fn volume(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    call.rights()?;
    Ok(Reply::text(404, "volume not found").read(1, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_path_answers() {
        let rest = |path: &'static str| match route(path) {
            RouteMatch::Handler(_, rest) => Some(rest),
            RouteMatch::Nowhere => None,
        };
        assert_eq!(rest("/v1/node/pools"), Some(""));
        assert_eq!(rest("/v1/node/abc/drain"), Some("abc/drain"));
        assert_eq!(rest("/v1/node/pool/x"), Some("x"));
        assert_eq!((rest("/v1/nodes/"), rest("/v1/none")), (None, None));
    }

    #[test]
    fn odd_paths_are_sent_elsewhere() {
        for (path, to) in [
            ("/v1//nodes", Some("/v1/nodes")),
            ("/v1/job", Some("/v1/job/")),
            ("/", Some("/ui/")),
            ("/v1/nodes", None),
            ("/v1/nodes/", None),
            ("/v1/namespace", None),
        ] {
            assert_eq!(redirect(path).as_deref(), to, "{path}");
        }
    }
}
