//! The flags of other tools: what each means at a verb of fleet's that has none of that name.

use super::words::ENTERPRISE;

/// What a flag of another tool means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagMeaning {
    /// This flag; a value stays with it.
    Same(&'static str),
    /// These words, which take no value.
    Words(&'static str),
    /// Its value alone, where it stands.
    Value,
    /// Its value alone, after all other words.
    ValueLast,
    /// Nothing: the verb does it anyway.
    Gone,
    /// Nothing, and its value goes with it.
    GoneWithValue,
    /// Another verb, without it.
    Verb(&'static str),
    /// Nothing that could be typed for it: the sentence says why. Commands stand in backticks.
    Say(&'static str),
}

use FlagMeaning::{Gone, GoneWithValue, Same, Say, Value, ValueLast, Verb, Words};

/// What `name` means at the verb of these words. `value` is what stands behind an equals sign.
#[must_use]
pub fn flag(verb: &str, name: &str, value: Option<&str>) -> Option<FlagMeaning> {
    let with_value = value.map(|value| format!("{name}={value}"));
    let names = [with_value.as_deref(), Some(name)];
    names.into_iter().flatten().find_map(|name| {
        let found = FLAGS.iter().find(|(verbs, flags, _)| verbs.contains(&verb) && is_among(flags, name));
        found.map(|(_, _, meaning)| *meaning)
    })
}

/// Whether `name` means something at a verb with just this value.
#[must_use]
pub fn is_of_value(verb: &str, name: &str, value: &str) -> bool {
    let with_value = format!("{name}={value}");
    FLAGS.iter().any(|(verbs, flags, _)| verbs.contains(&verb) && is_among(flags, &with_value))
}

/// Whether the next word is the value of a long flag of another tool.
#[must_use]
pub fn takes_value(name: &str) -> bool {
    name.starts_with("--")
        && FLAGS.iter().any(|(_, flags, meaning)| {
            matches!(meaning, Same(_) | Value | ValueLast | GoneWithValue) && is_among(flags, name)
        })
}

/// Whether an entry is of that flag.
fn is_among(flags: &str, name: &str) -> bool {
    flags.split(' ').any(|flag| flag == name)
}

/// Where a further word belongs behind a flag: the verb, how many words it takes itself, and the flag.
#[must_use]
pub fn further_word(verb: &str, words: usize) -> Option<&'static str> {
    let found = FURTHER_WORDS.iter().find(|(known, own, _)| *known == verb && *own == words);
    found.map(|(_, _, flag)| *flag)
}

/// Every flag, for the test that tries them all.
#[must_use]
pub fn flags() -> &'static [(&'static [&'static str], &'static str, FlagMeaning)] {
    FLAGS
}

const FURTHER_WORDS: &[(&str, usize, &str)] = &[
    ("job revert", 1, "--to"),
    ("alloc restart", 1, "--task"),
    ("service deregister", 1, "--instance"),
    ("acl policy apply", 1, "--file"),
    ("alloc logs", 1, "--task"),
];

/// Lists and pages: what they leave out or add is a matter of looks.
const SHOWN: &[&str] = &[
    "alloc list",
    "alloc show",
    "deployment list",
    "deployment show",
    "eval list",
    "eval show",
    "job deployments",
    "job history",
    "job list",
    "job show",
    "namespace list",
    "node list",
    "node show",
    "plugin list",
    "plugin show",
    "pool list",
    "pool jobs",
    "pool nodes",
    "scaling list",
    "server list",
    "service list",
    "service show",
    "status",
    "top allocs",
    "top nodes",
    "var list",
    "volume list",
    "volume show",
    "operator raft peers",
    "acl policy list",
    "acl role list",
    "acl token list",
];

const PATHS_OF_TARGETS: &[&str] = &[
    "exec",
    "logs",
    "shell",
    "alloc ls",
    "alloc cat",
    "alloc stat",
    "alloc tail",
    "job action run",
    "status",
    "job restart",
    "why",
];

const NO_TEMPLATES: &str = "`-o json` prints the document, and jq picks from it";

/// The flags there are: the verbs they are for, their names, what they mean. The first that fits wins.
#[rustfmt::skip]
const FLAGS: &[(&[&str], &str, FlagMeaning)] = &[
    // nomad
    (&["node drain"], "--enable", Gone),
    (&["node drain"], "--disable", Verb("node undrain")),
    (&["node drain"], "--monitor", Say("`fleet wait node NODE drained` waits for the end of a drain, `fleet node show NODE` shows it")),
    (&["node drain"], "--keep-ineligible", Say("`fleet node undrain --keep-ineligible NODE` does that")),
    (&["node eligibility"], "--enable", Verb("node eligible")),
    (&["node eligibility"], "--disable", Verb("node ineligible")),
    (&["node drain", "node undrain", "node show", "node list", "node eligible", "node ineligible", "node eligibility"], "--self",
        Say("fleet does not know on which machine it runs: name the node, as `fleet node list` shows it")),
    (&["node show"], "--allocs", Gone),
    (&["node list"], "--allocs", Say("`fleet alloc list` lists them, `fleet alloc list --node NODE` those of one node")),
    (&["node show"], "--stats", Verb("node stats")),
    (&["alloc show"], "--stats", Verb("alloc stats")),
    (&["alloc fs"], "--stat", Verb("alloc stat")),
    (&["alloc fs"], "-f --follow --tail", Verb("alloc tail -f")),
    (&["node config"], "--servers", Verb("node config show")),
    (&["node config"], "--update-servers", Say("`fleet node config set NODE --server ADDRESS` changes them")),
    (&["node meta set", "node meta get"], "--node-id", Value),
    (&["node meta set"], "--unset", Say("`fleet node meta unset NODE --key KEY` removes a key")),
    (&["job action"], "--job --alloc", Verb("job action run")),
    (&["job show", "job list"], "--evals", Say("`fleet eval list --job JOB` lists them")),
    (&["job show"], "--all-allocs", Say("`fleet alloc list --all --job JOB` lists those that have ended too")),
    (&["job run", "deploy", "job plan", "job stop", "job scale", "job revert", "job dispatch"], "--check-index --version",
        Say("fleet writes only on top of what it has just read, so that nobody's change is lost: leave it out")),
    (&["var rm", "var put", "var set"], "--check-index --force", Say("fleet writes only on top of what it has just read, so that nobody's change is lost: leave it out")),
    (&["job run", "job plan", "deploy", "volume create", "volume register"], "--policy-override", Say(ENTERPRISE)),
    (&["job run", "deploy"], "--output", Say("`fleet job validate --print FILE` prints a job file as Nomad reads it")),
    (&["job run", "deploy", "job plan", "job validate"], "--hcl2-strict=false", Words("--no-strict")),
    (&["job run", "deploy", "job plan", "job validate"], "--hcl2-strict --hcl2-strict=true", Gone),
    (&["job run", "deploy", "job plan", "job validate"], "--json", Gone),
    (&["job run"], "--preserve-counts", Verb("deploy --preserve-counts")),
    (&["job run", "job plan"], "--preserve-resources", Say("the file says what runs: `fleet job export JOB` prints the one that does")),
    (&["job run", "deploy"], "--eval-priority", Say("an evaluation has its job's priority: `priority` in the file")),
    (&["job run", "deploy", "job plan", "job validate"], "--consul-namespace --vault-namespace", Say(ENTERPRISE)),
    (&["job run", "deploy"], "--consul-token --vault-token", Say("Nomad gives workloads tokens of their own, by their identities")),
    (&["job plan"], "--diff", Gone),
    (&["job stop"], "--no-shutdown-delay", Say("`fleet alloc stop --no-shutdown-delay ALLOC` stops one instance without its delay")),
    (&["job stop", "job run"], "--global", Say("fleet works in one region at a time: `fleet --region NAME job stop JOB`")),
    (&["job history"], "-p", Verb("job diff")),
    (&["job history"], "--version --full", Say("`fleet job inspect JOB --version N` prints a version")),
    (&["job dispatch", "job periodic force", "deployment fail", "deployment pause", "deployment resume"], "--detach", Gone),
    (&["job dispatch"], "--id-prefix-template", Same("--id-prefix")),
    (&["job dispatch"], "--idempotency-token", Same("--idempotency")),
    (&["job eval"], "--force-reschedule", Words("--reschedule")),
    (&["job restart"], "--batch-size", Same("--max-unavailable")),
    (&["job restart"], "--batch-wait", Say("fleet goes on when what it restarted is healthy again: leave it out")),
    (&["job restart"], "--on-error=fail", Gone),
    (&["job restart"], "--on-error", Say("fleet stops at the first instance that does not come back: leave it out")),
    (&["job restart"], "--reschedule", Say("`fleet alloc stop ALLOC` moves an instance to a new place, one at a time")),
    (&["job restart"], "--all-tasks", Say("`fleet alloc restart ALLOC --all-tasks` restarts all tasks of an instance")),
    (&["job restart"], "--task", Say("`fleet alloc restart ALLOC --task TASK` restarts one task")),
    (&["job deployments"], "--latest", Say("`fleet deploy status JOB` shows the latest one")),
    (&["job deployments"], "--all", Gone),
    (&["job init"], "--short", Gone),
    (&["job init"], "--connect --list-templates", Say("`fleet job init --help` lists the templates")),
    (&["job inspect", "job show", "alloc show", "alloc list", "node list", "node show", "alloc checks", "deployment list", "eval list", "job list"], "-t --format --template", Say(NO_TEMPLATES)),
    (&["alloc list"], "--latest", Gone),
    (&["logs", "exec", "shell", "alloc ls", "alloc cat", "alloc tail", "alloc stat", "job action run"], "--job --alloc", Value),
    (&["alloc signal"], "-s --signal", ValueLast),
    (&["alloc pause"], "--state=pause", Gone),
    (&["alloc pause"], "--state=run --state=scheduled", Verb("alloc resume")),
    (&["alloc pause"], "--state", Say("`fleet alloc pause ALLOC` holds its tasks, `fleet alloc resume ALLOC` lets their schedule have them again")),
    (&["deployment show"], "--monitor", Verb("wait deployment")),
    (&["eval show"], "--monitor", Verb("wait eval")),
    (&["server list"], "--detailed", Words("-o wide")),
    (&["server transfer-leadership", "operator raft remove"], "--peer-id --peer-address", Value),
    (&["operator api"], "-X --request", Value),
    (&["operator api"], "-H --header", Say("fleet sends the headers that Nomad reads itself: the token, and no other")),
    (&["operator api"], "--dryrun", Say("a GET changes nothing, and fleet asks before anything else: leave it out")),
    (&["operator debug"], "--output", Value),
    (&["operator debug"], "--server-id", Say("the bundle is of all servers")),
    (&["operator debug"], "--node-id", Same("--node")),
    (&["operator metrics"], "--pretty --json", Gone),
    (&["operator metrics"], "--format=prometheus", Words("--prometheus")),
    (&["operator metrics"], "--format", Say("`fleet operator metrics --prometheus` prints Prometheus' text form")),
    (&["operator scheduler set"], "--scheduler-algorithm", Same("--algorithm")),
    (&["operator scheduler set"], "--preempt-service-scheduler", Same("--preempt-service")),
    (&["operator scheduler set"], "--preempt-batch-scheduler", Same("--preempt-batch")),
    (&["operator scheduler set"], "--preempt-system-scheduler", Same("--preempt-system")),
    (&["operator scheduler set"], "--preempt-sysbatch-scheduler", Same("--preempt-sysbatch")),
    (&["operator scheduler set"], "--node-limit-for-feasibility-checks", Same("--node-limit")),
    (&["var get", "var list"], "--out", Same("--output")),
    (&["var get"], "--item", ValueLast),
    (&["var list"], "--prefix", Value),
    (&["var put"], "--in", Say("fleet reads KEY=VALUE lines, JSON and what `fleet var init` writes, by what it finds")),
    (&["acl token create"], "--type=client", Gone),
    (&["acl token create"], "--type=management", Words("--management")),
    (&["acl token create"], "--role-name", Same("--role")),
    (&["acl policy apply"], "--job --group --task", Say("fleet attaches policies to tokens and roles: `fleet acl role apply --file FILE`")),
    (&["acl role apply"], "--name --policy", Say("the role stands in a file: `fleet acl role apply --file FILE`")),
    (&["acl binding-rule apply"], "--auth-method --bind-type --bind-name --selector", Say("the rule stands in a file: `fleet acl binding-rule apply --file FILE`")),
    (&["acl auth-method apply"], "--name --type --default --max-token-ttl --token-locality --config", Say("the method stands in a file: `fleet acl auth-method apply --file FILE`")),
    (&["acl login"], "--type", GoneWithValue),
    (&["acl login"], "--oidc-callback-addr", Same("--callback-addr")),
    (&["acl login"], "--login-token", Say("the token stands in a file: `fleet acl login --jwt-file FILE`")),
    (&["plugin show", "plugin list"], "--type", GoneWithValue),
    (&["monitor"], "--log-level", Same("--level")),
    (&["monitor"], "--node-id", Same("--node")),
    (&["monitor"], "--server-id", Same("--server")),
    (&["ui"], "--show-url", Verb("open --print")),
    (&["ui", "open"], "--authenticate", Say("fleet passes no token to a browser: sign in there")),
    (&["fmt"], "--write --list", Gone),
    // kubectl, docker, flyctl, systemctl
    (SHOWN, "-A --all-namespaces", Words("--namespace=*")),
    (&["events", "logs", "why", "doctor", "service health", "volume claim list"], "-A --all-namespaces", Words("--namespace=*")),
    (SHOWN, "-w --watch", Say("`fleet status --watch` shows the cluster again and again, `fleet events` each change, `fleet ui` both")),
    (SHOWN, "-l --selector --field-selector", Say("`--filter` takes an expression of Nomad's own, as `--filter 'Name contains \"web\"'`")),
    (&["logs", "exec", "shell"], "-l --selector", Say("jobs have no labels here: `fleet status` shows their names, and several may be given")),
    (SHOWN, "--show-labels --no-trunc", Words("-o wide")),
    (SHOWN, "--short --stale --latest", Gone),
    (SHOWN, "--per-page", GoneWithValue),
    (&["top allocs", "alloc stats"], "--containers", Say("`fleet alloc stats ALLOC` shows the tasks of an allocation")),
    (&["top allocs"], "--no-stream", Words("--once")),
    (SHOWN, "--sort-by", Say("tables go into `sort`, documents into jq: `fleet alloc list --no-headers`")),
    (&["logs", "exec", "shell", "cp", "port-forward"], "-c --container", Same("--task")),
    (&["logs"], "--all-containers", Words("--all-tasks")),
    (&["logs"], "-p --previous", Say("the log of a task goes on over its restarts: leave it out")),
    (&["logs"], "-u --unit", Value),
    (&["logs"], "--lines", Same("--tail")),
    (&["logs"], "--details --prefix --no-color --no-log-prefix", Gone),
    (&["job scale"], "--replicas", ValueLast),
    (&["job scale"], "--current-replicas --resource-version", Say("fleet writes only on top of what it has just read, so that nobody's change is lost: leave it out")),
    (&["job revert"], "--to-revision", Same("--to")),
    (&["job stop"], "-f --force", Say("`fleet job stop --yes JOB` does not ask")),
    (&["job stop", "alloc stop", "node drain"], "--grace-period", Say("how long a task has to end is its `kill_timeout` in the job file")),
    (&["job stop"], "-v --volumes --rmi --remove-orphans", Gone),
    (&["alloc stop"], "--force --now", Say("`fleet alloc stop --no-shutdown-delay ALLOC` leaves out the delay; how long a task has to end is its `kill_timeout` in the job file")),
    (&["node drain"], "--ignore-daemonsets", Words("--ignore-system")),
    (&["node drain"], "--delete-emptydir-data --delete-local-data", Gone),
    (&["wait"], "--for", Say("say for what: `fleet wait job JOB healthy`, `fleet wait alloc ALLOC`, `fleet wait node NODE drained`")),
    (&["deploy", "job run", "job plan", "job validate"], "-f --file --filename -c", Value),
    (&["deploy"], "-i --image", Say("the image stands in the job file: `fleet deploy FILE --var image=NAME:TAG` changes it")),
    (&["deploy", "job run"], "-d", Words("--detach")),
    (&["deploy"], "--install", Gone),
    (&["deploy"], "--dry-run=client --dry-run=server", Words("--dry-run")),
    (&["run"], "--rm --quiet", Gone),
    (&["exec", "shell"], "--privileged", Gone),
    (PATHS_OF_TARGETS, "-a --app", Value),
];
