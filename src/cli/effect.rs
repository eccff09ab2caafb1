//! What each verb does to a cluster: the one place that says so. Protection and several contexts at once go by it, and a test insists
//! that every verb stands here.

/// What a verb does to a cluster, whatever its other flags are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It concerns this machine only: contexts, help, local files.
    Local,
    /// It reads.
    Reads,
    /// It reads, unless one of these methods of HTTP is among its words, or a body is sent.
    ReadsByMethod,
    /// It reads, unless one of these flags is among its words; a preview of that reads all the same.
    ReadsUnless(&'static [&'static str]),
    /// It may change something; a preview does not.
    Changes,
}

use Effect::{Changes, Local, Reads, ReadsByMethod, ReadsUnless};

/// Every verb by its words, sorted as `fleet help` has them.
#[rustfmt::skip]
const VERBS: &[(Effect, &[&str])] = &[
    (Local, &[
        "context add", "context edit", "context exec", "context init", "context lift", "context list", "context remove",
        "context rename", "context show", "context use", "context use-in-shell",
        "fmt", "help", "job init", "migrate echo", "operator gossip-keyring generate",
        #[cfg(feature = "sandbox")] "sandbox run", #[cfg(feature = "sandbox")] "sandbox shell", #[cfg(feature = "sandbox")] "sandbox up",
        "util completions", "util man", "util relay", "var init", "volume init",
    ]),
    (Reads, &[
        "acl auth-method list", "acl auth-method show", "acl binding-rule list", "acl binding-rule show", "acl policy check",
        "acl policy list", "acl policy show", "acl policy suggest", "acl role list", "acl role show", "acl token list",
        "acl token show", "acl whoami",
        "alloc cat", "alloc checks", "alloc list", "alloc ls", "alloc show", "alloc stat", "alloc stats", "alloc tail",
        "ci env", "config diff", "config history", "config list", "config show",
        "deploy status", "deployment list", "deployment show", "doctor jobs", "eval list", "eval show", "events",
        "job action list", "job deployments", "job diff", "job export", "job history", "job inspect", "job list", "job plan",
        "job scaling-events", "job show", "job tag list", "job urls", "job validate",
        "logs", "migrate traffic status", "migrate verify", "monitor", "namespace list", "namespace show",
        "node config show", "node identity get", "node list", "node meta get", "node show", "node stats", "open",
        "operator autopilot health", "operator autopilot show", "operator debug", "operator gossip-keyring list", "operator keyring list", "operator metrics",
        "operator raft peers", "operator scheduler show", "operator snapshot inspect", "operator snapshot save",
        "plugin list", "plugin show", "pool jobs", "pool list", "pool nodes", "pool show",
        "rotate-nodes plan", "rotation list", "rotation lock", "rotation report", "rotation show", "rotation watch",
        "scaling list", "scaling show", "server list", "server show",
        "service health", "service list", "service show", "service urls", "status",
        "top allocs", "top jobs", "top nodes", "ui", "var diff", "var get", "var list",
        "volume claim list", "volume list", "volume show", "volume snapshot list",
        "wait alloc", "wait deployment", "wait eval", "wait http", "wait job", "wait node", "wait service", "why",
    ]),
    (ReadsByMethod, &["operator api"]),
    (ReadsUnless(&["--fix"]), &["doctor"]),
    (ReadsUnless(&["--apply", "--undo"]), &["migrate nginx"]),
    (Changes, &[
        "abort", "acl auth-method apply", "acl auth-method delete", "acl binding-rule apply", "acl binding-rule delete",
        "acl bootstrap", "acl login", "acl policy apply", "acl policy delete", "acl role apply", "acl role delete",
        "acl token create", "acl token delete", "acl token update",
        "alloc pause", "alloc restart", "alloc resume", "alloc signal", "alloc stop", "ci stop", "config apply", "config delete",
        "cp", "deploy", "deployment fail", "deployment pause", "deployment promote", "deployment resume", "eval delete", "exec",
        "job abort", "job action run", "job dispatch", "job eval", "job pause", "job periodic force", "job promote",
        "job restart", "job resubmit", "job resume", "job revert", "job run", "job scale", "job start", "job stop",
        "job tag apply", "job tag unset",
        "migrate nodes", "migrate traffic", "migrate traffic rollback", "namespace apply", "namespace delete",
        "node config set", "node drain", "node eligible", "node gc", "node identity renew", "node ineligible",
        "node intro-token", "node meta set", "node meta unset", "node purge", "node rebalance", "node undrain",
        "operator autopilot set", "operator gossip-keyring install", "operator gossip-keyring remove", "operator gossip-keyring use",
        "operator keyring remove", "operator keyring rotate", "operator raft remove",
        "operator scheduler set", "operator snapshot restore", "operator snapshot schedule",
        "pause", "pool apply", "pool delete", "port-forward", "promote", "resume", "rotate-nodes", "rotate-nodes apply",
        "rotation pause", "rotation resume", "rotation rollback", "rotation steal", "rotation unpause",
        "run", "server force-leave", "server join", "server transfer-leadership", "server upgrade", "service deregister",
        "shell", "sync", "system gc", "system reconcile",
        "var cp", "var edit", "var lock", "var put", "var rm", "var set", "var unset",
        "volume claim delete", "volume create", "volume delete", "volume deregister", "volume detach", "volume register",
        "volume snapshot create", "volume snapshot delete",
    ]),
];

/// What the verb of these words does. One that is not declared might change something.
pub(super) fn of(verb: &[&str]) -> Effect {
    let words = verb.join(" ");
    let declared = VERBS.iter().find(|(_, verbs)| verbs.contains(&words.as_str()));
    declared.map_or(Changes, |(effect, _)| *effect)
}

/// Whether the verb of these words may change something, as it is declared.
pub(super) fn may_change(verb: &[&str]) -> bool {
    let words = verb.join(" ");
    VERBS.iter().any(|(effect, verbs)| *effect == Changes && verbs.contains(&words.as_str()))
}

/// Every verb that may change something.
#[cfg(test)]
pub(super) fn changing() -> impl Iterator<Item = &'static str> {
    VERBS.iter().filter(|(effect, _)| *effect == Changes).flat_map(|(_, verbs)| verbs.iter().copied())
}

/// Whether a command line changes nothing, read up to what is meant for a command in an allocation.
pub(super) fn changes_nothing<'a>(verb: &[&str], args: impl IntoIterator<Item = &'a str>) -> bool {
    let mut own = args.into_iter().take_while(|arg| *arg != "--");
    let is = |arg: &str, flag: &str| {
        arg.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    match of(verb) {
        Local | Reads => true,
        ReadsByMethod => !own.any(|arg| {
            let method =
                ["PUT", "POST", "DELETE", "PATCH"].iter().any(|method| arg.eq_ignore_ascii_case(method));
            method || arg.starts_with("-d") || arg.starts_with("--d")
        }),
        ReadsUnless(flags) => {
            let own: Vec<&str> = own.collect();
            own.contains(&"--dry-run") || !own.iter().any(|arg| flags.iter().any(|flag| is(arg, flag)))
        }
        Changes => own.any(|arg| arg == "--dry-run"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every verb that runs something: those without others below them, and those that run without one of these.
    fn verbs(at: &clap::Command, words: &str, found: &mut BTreeSet<String>) {
        if !words.is_empty() && !at.is_subcommand_required_set() {
            found.insert(words.to_owned());
        }
        for below in at.get_subcommands() {
            verbs(below, format!("{words} {}", below.get_name()).trim(), found);
        }
    }

    #[test]
    fn every_verb_says_once_whether_it_changes_something() {
        let mut there = BTreeSet::new();
        verbs(&super::super::command(), "", &mut there);
        let declared: Vec<&str> = VERBS.iter().flat_map(|(_, verbs)| verbs.iter().copied()).collect();
        let once: BTreeSet<String> = declared.iter().map(|verb| (*verb).to_owned()).collect();
        assert_eq!(once.len(), declared.len(), "one stands there twice");
        let missing: Vec<&String> = there.difference(&once).collect();
        let gone: Vec<&String> = once.difference(&there).collect();
        assert!(missing.is_empty() && gone.is_empty(), "not declared: {missing:?}; no verb: {gone:?}");
    }

    #[test]
    fn a_preview_and_a_get_change_nothing() {
        let line = |line: &str, nothing: bool| {
            let verb: Vec<&str> =
                line.split(' ').take_while(|w| !w.starts_with(['-', '/']) && *w != "PUT").collect();
            assert_eq!(changes_nothing(&verb, line.split(' ')), nothing, "{line}");
        };
        line("why", true);
        line("rotation list", true);
        line("var lock", false);
        line("deploy --dry-run", true);
        line("exec -- deploy --dry-run", false);
        line("operator api /v1/jobs", true);
        line("operator api PUT /v1/system/gc", false);
        line("operator api /v1/jobs/parse -d@x", false);
        line("doctor --check FD301", true);
        line("doctor --fix=FD301", false);
        line("migrate nginx --apply", false);
        line("migrate nginx --apply --dry-run", true);
        line("newcomer", false);
    }
}
