//! The words people already type: what `nomad`, `kubectl`, `docker`, `consul`, `flyctl`, `gh` and `stern` call things, as
//! command lines of `fleet`. Asked only where `fleet` has no such command, so its own words always win.

/// What words of another tool mean here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same: these words stand for them, whatever follows.
    Same(&'static str),
    /// The first words where nothing is named after them, else the second.
    ByCount(&'static str, &'static str),
    /// Nearly the same, or nothing that could be typed for them: the sentence says which. Commands stand in backticks.
    Say(&'static str),
}

use Meaning::{ByCount, Same, Say};

/// A command line after translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Translation {
    /// These words stand in the place of so many typed ones.
    Words(usize, Vec<&'static str>),
    /// There is no such command; the words that were looked up, and what to do.
    Sentence(String, &'static str),
}

/// What these words mean, the longest known beginning of them first. `named` is how many further words follow.
#[must_use]
pub fn translate(words: &[&str]) -> Option<Translation> {
    (1..=words.len().min(4)).rev().find_map(|count| {
        let typed = words[..count].join(" ");
        let (_, meaning) = TABLE.iter().find(|(known, _)| *known == typed)?;
        let split = |line: &'static str| Translation::Words(count, line.split(' ').collect());
        Some(match meaning {
            Same(line) => split(line),
            ByCount(none, some) => split(if words.len() > count { some } else { none }),
            Say(sentence) => Translation::Sentence(typed, sentence),
        })
    })
}

/// Every entry, for the test that tries them all.
#[must_use]
pub fn table() -> &'static [(&'static str, Meaning)] {
    TABLE
}

/// `nomad` writes long flags with one dash. What such a flag is here; none where it is none of `nomad`'s.
#[must_use]
pub fn single_dash_flag(arg: &str) -> Option<Vec<String>> {
    let body = arg.strip_prefix('-').filter(|b| !b.starts_with('-'))?;
    let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
    let given = |flag: &str| match value {
        Some(value) => vec![format!("{flag}={value}")],
        None => vec![flag.to_owned()],
    };
    let words = |line: &str| line.split(' ').map(str::to_owned).collect();
    Some(match name {
        "json" => words("-o json"),
        "verbose" => words("-o wide"),
        "no-color" => words("--color never"),
        "force-color" => words("--color always"),
        "help" => words("--help"),
        "version" => words("--version"),
        "group-name" => given("--group"),
        _ if LONG_FLAGS.contains(&name) => given(&format!("--{name}")),
        _ => return None,
    })
}

/// Whether a flag has one dash and a long name, as those of `nomad`.
#[must_use]
pub fn is_single_dash(flag: &str) -> bool {
    flag.strip_prefix('-').is_some_and(|name| !name.starts_with('-') && name.chars().count() > 2)
}

/// Long flags of `nomad` that `fleet` has by the same name.
const LONG_FLAGS: &[&str] = &[
    "address",
    "all",
    "all-tasks",
    "ca-cert",
    "ca-path",
    "client-cert",
    "client-key",
    "deadline",
    "description",
    "detach",
    "filter",
    "follow",
    "force",
    "full",
    "global",
    "group",
    "job",
    "meta",
    "name",
    "namespace",
    "no-shutdown-delay",
    "per-page",
    "prune",
    "purge",
    "quota",
    "region",
    "stale",
    "status",
    "stderr",
    "tail",
    "task",
    "timeout",
    "tls-server-name",
    "tls-skip-verify",
    "ttl",
    "type",
    "var",
    "var-file",
    "yes",
];

/// Whether a guess may be offered for a typed word: never something that changes the cluster for a word that is not
/// nearly it.
#[must_use]
pub fn may_guess(typed: &str, guess: &str) -> bool {
    READING.contains(&guess)
        || (typed.chars().next() == guess.chars().next() && strsim::osa_distance(typed, guess) <= 2)
}

/// Commands, and groups of commands, that change nothing by themselves.
const READING: &[&str] = &[
    "acl",
    "alloc",
    "context",
    "deployment",
    "doctor",
    "eval",
    "events",
    "get",
    "help",
    "history",
    "inspect",
    "job",
    "list",
    "logs",
    "namespace",
    "node",
    "operator",
    "plan",
    "pool",
    "server",
    "service",
    "show",
    "status",
    "top",
    "urls",
    "validate",
    "var",
    "wait",
    "why",
    "whoami",
];

const ENTERPRISE: &str = "this is a feature of Nomad Enterprise that fleet has no verb for: `fleet operator api GET /v1/PATH` reads it";
const AGENT_SIDE: &str =
    "this works on the files of an agent, beside which fleet does not run: use `nomad` on that machine";

const COMPLETION: &str = "bash completes after `source <(COMPLETE=bash fleet)`, zsh after `source <(COMPLETE=zsh fleet)`, fish after `COMPLETE=fish fleet | source`; put it into the shell's own file to keep it";

/// The words there are. Sorted by the tool they come from; the first match wins, and longer words are looked up first.
const TABLE: &[(&str, Meaning)] = &[
    // everybody
    ("completion", Say(COMPLETION)),
    ("completions", Say(COMPLETION)),
    // nomad
    ("plan", Same("job plan")),
    ("start", Same("job start")),
    ("stop", Same("job stop")),
    ("restart", Same("job restart")),
    ("scale", Same("job scale")),
    ("history", Same("job history")),
    ("dispatch", Same("job dispatch")),
    ("validate", Same("job validate")),
    ("revert", Same("job revert")),
    ("inspect", Same("job inspect")),
    ("init", Same("job init")),
    ("drain", Same("node drain")),
    ("action", Same("job action run")),
    ("version", Same("--version")),
    ("login", Same("acl login")),
    ("whoami", Same("acl whoami")),
    #[cfg(feature = "sandbox")]
    ("agent", Say("fleet starts no agents of Nomad: `fleet sandbox up` starts a cluster to try things on")),
    #[cfg(not(feature = "sandbox"))]
    ("agent", Say("fleet starts no agents of Nomad")),
    ("agent-info", Say("`fleet operator api /v1/agent/self` prints what the agent says of itself")),
    ("service info", Same("service show")),
    ("service status", ByCount("service list", "service show")),
    ("service delete", Same("service deregister")),
    ("service rm", Same("service deregister")),
    ("job status", ByCount("job list", "job show")),
    ("job ls", Same("job list")),
    ("job ps", Same("job list")),
    ("job get", ByCount("job list", "job show")),
    ("job info", Same("job show")),
    ("job describe", Same("job show")),
    ("job rm", Same("job stop")),
    ("job delete", Same("job stop")),
    ("job create", Same("job run")),
    ("job apply", Same("job run")),
    ("job logs", Same("logs")),
    ("job exec", Same("exec")),
    ("job allocs", Same("alloc list --job")),
    ("job tail", Same("logs -f")),
    ("alloc status", ByCount("alloc list", "alloc show")),
    ("alloc ps", Same("alloc list")),
    ("alloc info", Same("alloc show")),
    ("alloc inspect", Same("alloc show")),
    ("alloc exec", Same("exec")),
    ("alloc logs", Same("logs")),
    ("alloc shell", Same("shell")),
    ("node status", ByCount("node list", "node show")),
    ("node ls", Same("node list")),
    ("node info", Same("node show")),
    ("node inspect", Same("node show")),
    ("node describe", Same("node show")),
    ("node cordon", Same("node ineligible")),
    ("node uncordon", Same("node eligible")),
    (
        "node eligibility",
        Say("`fleet node eligible NODE` and `fleet node ineligible NODE` say which of the two"),
    ),
    ("node meta read", Same("node meta get")),
    ("node meta apply", Same("node meta set")),
    ("node intro create", Same("node intro-token")),
    ("node intro", Same("node intro-token")),
    (
        "node config",
        Say(
            "`fleet node config show NODE` shows the servers a client knows, `fleet node config set NODE --server ADDRESS` changes them",
        ),
    ),
    ("node rm", Same("node purge")),
    ("node delete", Same("node purge")),
    ("node label", Same("node meta set")),
    ("node pool list", Same("pool list")),
    ("node pool info", Same("pool show")),
    ("node pool show", Same("pool show")),
    ("node pool apply", Same("pool apply")),
    ("node pool delete", Same("pool delete")),
    ("node pool jobs", Same("pool jobs")),
    ("node pool nodes", Same("pool nodes")),
    ("node pool init", Say("`fleet pool apply NAME --description TEXT` needs no file")),
    ("node pool", Same("pool list")),
    ("deployment status", ByCount("deployment list", "deployment show")),
    ("deployment unblock", Say(ENTERPRISE)),
    ("volume status", ByCount("volume list", "volume show")),
    ("volume claims", Same("volume claim list")),
    ("plugin status", ByCount("plugin list", "plugin show")),
    ("plugin ls", Same("plugin list")),
    ("volumes", Same("volume list")),
    ("plugins", Same("plugin list")),
    ("get pv", Same("volume list")),
    ("get pvc", Same("volume claim list")),
    ("eval rm", Same("eval delete")),
    ("scaling policy list", Same("scaling list")),
    ("scaling policy info", Same("scaling show")),
    ("scaling policy", ByCount("scaling list", "scaling show")),
    ("eval status", ByCount("eval list", "eval show")),
    ("server members", Same("server list")),
    ("server status", ByCount("server list", "server show")),
    (
        "server leave",
        Say("a server leaves by its own agent; `fleet server force-leave SERVER` is for one that is dead"),
    ),
    ("members", Same("server list")),
    ("var read", Same("var get")),
    ("var show", Same("var get")),
    ("var write", Same("var put")),
    ("var purge", Same("var rm")),
    ("var delete", Same("var rm")),
    ("var ls", Same("var list")),
    ("namespace status", ByCount("namespace list", "namespace show")),
    ("namespace inspect", Same("namespace show")),
    ("namespace create", Same("namespace apply")),
    ("namespace ls", Same("namespace list")),
    ("namespace rm", Same("namespace delete")),
    ("operator autopilot get-config", Same("operator autopilot show")),
    ("operator autopilot set-config", Same("operator autopilot set")),
    ("operator raft list-peers", Same("operator raft peers")),
    ("operator raft remove-peer", Same("operator raft remove")),
    ("operator raft transfer-leadership", Same("server transfer-leadership")),
    ("operator raft info", Say(AGENT_SIDE)),
    ("operator raft logs", Say(AGENT_SIDE)),
    ("operator raft state", Say(AGENT_SIDE)),
    ("operator raft migrate-backend", Say(AGENT_SIDE)),
    ("operator root keyring list", Same("operator keyring list")),
    ("operator root keyring rotate", Same("operator keyring rotate")),
    ("operator root keyring remove", Same("operator keyring remove")),
    ("operator scheduler get-config", Same("operator scheduler show")),
    ("operator scheduler set-config", Same("operator scheduler set")),
    ("operator snapshot state", Say(AGENT_SIDE)),
    ("operator snapshot redact", Say(AGENT_SIDE)),
    ("operator client-state", Say(AGENT_SIDE)),
    (
        "operator gossip keyring",
        Say("the gossip keys are changed by Nomad's agents: `nomad operator gossip keyring` on a server"),
    ),
    ("operator utilization", Say(ENTERPRISE)),
    ("acl token self", Same("acl whoami")),
    ("acl token info", Same("acl token show")),
    (
        "acl token update",
        Say(
            "a token is made anew: `fleet acl token create --name NAME --policy POLICY`, then `fleet acl token delete ACCESSOR`",
        ),
    ),
    ("acl policy info", Same("acl policy show")),
    ("acl policy self", Same("acl whoami")),
    ("acl policy read", Same("acl policy show")),
    ("acl role info", Same("acl role show")),
    ("acl role create", Same("acl role apply")),
    ("acl role update", Same("acl role apply")),
    ("acl auth-method info", Same("acl auth-method show")),
    ("acl auth-method create", Same("acl auth-method apply")),
    ("acl auth-method update", Same("acl auth-method apply")),
    ("acl binding-rule info", Same("acl binding-rule show")),
    ("acl binding-rule create", Same("acl binding-rule apply")),
    ("acl binding-rule update", Same("acl binding-rule apply")),
    ("system reconcile summaries", Same("system reconcile")),
    (
        "monitor export",
        Say("`fleet monitor` follows an agent's log from now on; what it wrote before is in its own file"),
    ),
    ("license", Say(ENTERPRISE)),
    ("quota", Say(ENTERPRISE)),
    ("sentinel", Say(ENTERPRISE)),
    ("recommendation", Say(ENTERPRISE)),
    ("event stream", Same("events")),
    ("config validate", Say(AGENT_SIDE)),
    ("setup", Say("fleet does not set Consul or Vault up for Nomad: `nomad setup` does")),
    ("tls", Say("fleet makes no certificates: `nomad tls` does")),
    (
        "alloc fs",
        Say(
            "`fleet alloc ls ALLOC` lists files, `fleet alloc cat ALLOC PATH` prints one, `fleet alloc stat ALLOC PATH` describes one",
        ),
    ),
    // kubectl
    ("top pods", Same("top allocs")),
    ("top pod", Same("top allocs")),
    ("top node", Same("top nodes")),
    ("get svc", ByCount("service list", "service show")),
    ("get services", ByCount("service list", "service show")),
    ("get service", ByCount("service list", "service show")),
    ("get endpoints", ByCount("service list", "service show")),
    ("get pods", Same("alloc list")),
    ("get pod", ByCount("alloc list", "alloc show")),
    ("get po", Same("alloc list")),
    ("get allocs", Same("alloc list")),
    ("get nodes", Same("node list")),
    ("get node", ByCount("node list", "node show")),
    ("get jobs", Same("job list")),
    ("get job", ByCount("job list", "job show")),
    ("get deployments", Same("deployment list")),
    ("get deploy", Same("deployment list")),
    ("get namespaces", Same("namespace list")),
    ("get ns", Same("namespace list")),
    ("get secrets", Same("var list")),
    ("get configmaps", Same("var list")),
    (
        "get",
        Say(
            "fleet names the thing first: `fleet node list`, `fleet job list`, `fleet alloc list`, `fleet var get PATH`",
        ),
    ),
    ("describe pod", Same("alloc show")),
    ("describe service", Same("service show")),
    ("describe alloc", Same("alloc show")),
    ("describe node", Same("node show")),
    ("describe job", Same("job show")),
    ("describe deployment", Same("deployment show")),
    (
        "describe",
        Say(
            "fleet names the thing first: `fleet job show JOB`, `fleet alloc show ALLOC`, `fleet node show NODE`",
        ),
    ),
    ("apply", Same("deploy")),
    ("create", Say("`fleet deploy FILE` runs a job file, `fleet namespace apply NAME` makes a namespace")),
    (
        "delete",
        Say(
            "fleet names the thing first: `fleet job stop JOB`, `fleet var rm PATH`, `fleet namespace delete NAME`",
        ),
    ),
    (
        "edit",
        Say(
            "`fleet job inspect JOB` prints a job, `fleet deploy FILE` runs the changed file; `fleet var edit PATH` edits a variable",
        ),
    ),
    ("explain", Say("`fleet help COMMAND` explains a command")),
    ("rollout status", Same("deploy status")),
    ("rollout history", Same("job history")),
    ("rollout undo", Same("job revert")),
    ("rollout restart", Same("job restart")),
    ("rollout pause", Same("pause")),
    ("rollout resume", Same("resume")),
    ("get events", Same("events")),
    ("rollout", Say("`fleet deploy status JOB` shows a rollout, `fleet job revert JOB` takes it back")),
    ("label", Same("node meta set")),
    ("label node", Same("node meta set")),
    ("label nodes", Same("node meta set")),
    ("cordon", Same("node ineligible")),
    ("uncordon", Same("node eligible")),
    ("taint", Say("`fleet node ineligible NODE` keeps new work away from a node")),
    ("cluster-info", Same("status")),
    ("config get-contexts", Same("context list")),
    ("config current-context", Same("context show")),
    ("config use-context", Same("context use")),
    ("contexts", Same("context list")),
    ("ctx", Same("context list")),
    ("ns", Same("namespace list")),
    ("nodes", Same("node list")),
    ("jobs", Same("job list")),
    ("allocs", Same("alloc list")),
    ("pods", Same("alloc list")),
    ("evals", Same("eval list")),
    ("deployments", Same("deployment list")),
    ("namespaces", Same("namespace list")),
    ("pools", Same("pool list")),
    ("servers", Same("server list")),
    ("vars", Same("var list")),
    ("attach", Same("shell")),
    ("port-forwards", Same("port-forward")),
    // docker and compose
    ("ps", Same("alloc list")),
    ("ls", Same("job list")),
    ("rm", Same("job stop")),
    ("up", Same("deploy")),
    ("down", Same("job stop")),
    ("compose up", Same("deploy")),
    ("compose down", Same("job stop")),
    ("container ls", Same("alloc list")),
    ("images", Say("Nomad keeps no images: `fleet job inspect JOB` shows which one a job runs")),
    ("image", Say("Nomad keeps no images: `fleet job inspect JOB` shows which one a job runs")),
    ("pull", Say("Nomad pulls images when it starts a task: `fleet deploy FILE` runs a job")),
    (
        "build",
        Say("fleet builds no images: `fleet deploy FILE --var image=NAME:TAG` runs one that was built"),
    ),
    (
        "push",
        Say("fleet pushes no images: `fleet deploy FILE --var image=NAME:TAG` runs one that was pushed"),
    ),
    (
        "kill",
        Say(
            "`fleet job stop JOB` stops a job, `fleet job restart JOB` starts its instances again one after the other",
        ),
    ),
    ("info", Same("status")),
    ("diff", Same("job plan")),
    ("copy", Same("cp")),
    ("volume ls", Same("volume list")),
    ("volume rm", Same("volume delete")),
    ("volume inspect", Same("volume show")),
    // flyctl, gh, heroku, stern
    ("tail", Same("logs -f")),
    ("log", Same("logs")),
    ("ssh", Same("shell")),
    ("ssh console", Same("shell")),
    ("console", Same("shell")),
    ("bash", Same("shell")),
    ("sh", Same("shell")),
    ("proxy", Same("port-forward")),
    ("forward", Same("port-forward")),
    ("tunnel", Same("port-forward")),
    ("sftp get", Same("cp")),
    ("scp", Same("cp")),
    ("rsync", Same("sync")),
    ("releases", Same("job history")),
    ("release", Same("deploy")),
    ("rollback", Same("job revert")),
    ("undo", Same("job revert")),
    ("ship", Same("deploy")),
    ("launch", Same("deploy")),
    ("machines", Same("alloc list")),
    ("machine list", Same("alloc list")),
    ("apps", Same("job list")),
    ("apps list", Same("job list")),
    ("app list", Same("job list")),
    ("secrets list", Same("var list")),
    ("secrets set", Same("var set")),
    ("secrets unset", Same("var unset")),
    ("secret", Same("var list")),
    ("secrets", Same("var list")),
    ("env", Say("`fleet var get PATH` shows a variable, `fleet exec JOB -- env` the environment of a task")),
    ("auth login", Same("acl login")),
    ("auth status", Same("acl whoami")),
    ("auth whoami", Same("acl whoami")),
    ("run list", Same("deployment list")),
    ("run watch", Same("deploy status")),
    ("watch", Same("deploy status")),
    ("health", Same("status")),
    ("check", Same("status")),
    ("preview", Same("job plan")),
    #[cfg(feature = "sandbox")]
    ("sandbox start", Same("sandbox up")),
    #[cfg(not(feature = "sandbox"))]
    ("sandbox", Say("this fleet was built without the embedded fleet (the cargo feature `sandbox`)")),
    ("rotate", Same("rotate-nodes")),
    ("upgrade", Same("server upgrade")),
    ("debug", Same("operator debug")),
    // consul
    ("catalog nodes", Same("node list")),
    ("catalog services", Same("service list")),
    ("services deregister", Same("service deregister")),
    ("services", Same("service list")),
    ("kv get", Say("fleet reads no keys of Consul: `fleet var get PATH` reads variables of Nomad")),
    ("kv", Say("fleet reads no keys of Consul: `fleet var list` lists variables of Nomad")),
    (
        "leave",
        Say("a server leaves by its own agent; `fleet server force-leave SERVER` is for one that is dead"),
    ),
    ("force-leave", Same("server force-leave")),
    ("join", Same("server join")),
    ("snapshot", Same("operator snapshot")),
    ("raft", Same("operator raft")),
    ("autopilot", Same("operator autopilot")),
    ("keyring", Same("operator keyring")),
    ("scheduler", Same("operator scheduler")),
    ("metrics", Same("operator metrics")),
    ("api", Same("operator api")),
    ("curl", Same("operator api")),
    ("gc", Same("system gc")),
    ("token", Same("acl token")),
    ("policy", Same("acl policy")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_words_that_are_known_are_meant() {
        let words = |line: &str| translate(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(words("job status"), Some(Translation::Words(2, vec!["job", "list"])));
        assert_eq!(words("job status web"), Some(Translation::Words(2, vec!["job", "show"])));
        assert_eq!(words("node pool info gpu"), Some(Translation::Words(3, vec!["pool", "show"])));
        assert_eq!(words("stop web"), Some(Translation::Words(1, vec!["job", "stop"])));
        assert!(matches!(words("get widgets"), Some(Translation::Sentence(typed, _)) if typed == "get"));
        assert_eq!(words("brew coffee"), None);
    }

    #[test]
    fn no_words_are_there_twice() {
        let mut all: Vec<_> = TABLE.iter().map(|(words, _)| *words).collect();
        all.sort_unstable();
        let doubles: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(doubles.is_empty(), "{doubles:?}");
        assert!(all.len() >= 180, "{}", all.len());
    }

    #[test]
    fn flags_of_nomad_are_read() {
        let flag = |arg: &str| single_dash_flag(arg).map(|words| words.join(" "));
        assert_eq!(flag("-namespace=ops").as_deref(), Some("--namespace=ops"));
        assert_eq!(flag("-json").as_deref(), Some("-o json"));
        assert_eq!(flag("-var").as_deref(), Some("--var"));
        for own in ["-n", "-it", "-o", "--namespace", "-", "x", "-xyz"] {
            assert_eq!(flag(own), None, "{own}");
        }
    }

    #[test]
    fn a_guess_changes_nothing_that_was_not_meant() {
        assert!(may_guess("delpoy", "deploy") && may_guess("statsu", "status") && may_guess("lst", "list"));
        assert!(!may_guess("rm", "promote") && !may_guess("purge", "put") && !may_guess("lock", "rollback"));
    }
}
