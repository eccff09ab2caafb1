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
    /// Its value alone, behind the first word that the verb takes.
    ValueSecond,
    /// Nothing: the verb does it anyway.
    Gone,
    /// Nothing, and its value goes with it.
    GoneWithValue,
    /// Another verb, without it.
    Verb(&'static str),
    /// Nothing that could be typed for it: the sentence says why. Commands stand in backticks.
    Say(&'static str),
}

use FlagMeaning::{Gone, GoneWithValue, Same, Say, Value, ValueSecond, Verb, Words};

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

/// What a flag means at every verb that has none of that name.
#[must_use]
pub fn common_flag(name: &str) -> Option<FlagMeaning> {
    match name {
        "--json" => Some(Words("-o json")),
        "--version" | "-V" => Some(Say("`fleet --version` tells the version of fleet")),
        _ => None,
    }
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
            matches!(meaning, Same(_) | Value | ValueSecond | GoneWithValue) && is_among(flags, name)
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
    ("alloc signal", 2, "--task"),
    ("job dispatch", 1, "--payload"),
    ("acl bootstrap", 0, "--secret-file"),
    ("volume snapshot create", 1, "--name"),
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
    (&["alloc signal"], "-s --signal", ValueSecond),
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
    (&["var get"], "--item", ValueSecond),
    (&["var list"], "--prefix", Value),
    (&["var put"], "--in", Say("fleet reads KEY=VALUE lines, JSON and what `fleet var init` writes, by what it finds")),
    (&["acl token create"], "--type=client", Gone),
    (&["acl token create"], "--type=management", Words("--management")),
    (&["acl token create", "acl token update"], "--role-name", Same("--role")),
    (&["acl token update"], "--type", Say("a token stays what it is: `fleet acl token create` makes another")),
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
    (&["job plan"], "--force", Say("a plan changes nothing, and fleet writes only on top of what it has just read: leave it out")),
    (&["job stop", "job start", "job scale", "job revert"], "--eval-priority", Say("an evaluation has its job's priority: `priority` in the file")),
    (&["job dispatch"], "--priority", Say("a run has its job's priority: `priority` in the file")),
    (&["job revert", "job scale", "job restart"], "--consul-token --vault-token", Say("Nomad gives workloads tokens of their own, by their identities")),
    (&["job history"], "-diff-version --diff-version", Say("`fleet job diff JOB N` shows what differs between a version and the current one")),
    (&["job history"], "-diff-tag --diff-tag", Say("`fleet job history JOB` shows the tags, `fleet job diff JOB N` what differs")),
    (&["job inspect"], "--with-vars", Say("`fleet job export JOB` writes the file, and says with which variables it was submitted")),
    (&["job init"], "--template=example", Gone),
    (&["alloc pause"], "--status", Say("`fleet alloc show ALLOC` shows the state of its tasks")),
    (&["alloc tail", "alloc cat"], "-c", Say("fleet counts lines: `--tail N` prints the last of them")),
    (&["node list", "node show"], "-os --os -quiet --page-token -page-token", Say("`fleet node list -o wide` shows more columns, `-o json` everything")),
    (&["node drain"], "-m --message", Say("fleet writes down by itself who drained a node and when: `fleet node show NODE`")),
    (&["node drain"], "--meta", Say("`fleet node meta set NODE KEY=VALUE` keeps a note at a node")),
    (&["pool list", "namespace list", "service list", "deployment list", "scaling list", "volume list", "plugin list"], "--filter -t", Say(NO_TEMPLATES)),
    (&["var get", "var list", "node meta get"], "-t --template", Say(NO_TEMPLATES)),
    (&["node intro-token"], "-node-name --node-name", Same("--name")),
    (&["node intro-token"], "-node-pool --node-pool", Same("--pool")),
    (&["operator scheduler set", "operator autopilot set"], "--check-index", Say("fleet writes only on top of what it has just read, so that nobody's change is lost: leave it out")),
    (&["operator debug"], "-pprof-duration --pprof-duration -pprof-interval --pprof-interval -event-topic --event-topic -event-index --event-index -consul-http-addr --consul-http-addr --stale",
        Say("the bundle holds what the API tells, with no profiles and no secrets: `fleet operator debug --help` lists what is chosen; `fleet events` follows events")),
    (&["operator api"], "--filter", Say("the filter is a part of the path: `fleet operator api '/v1/jobs?filter=EXPRESSION'`")),
    (&["operator api"], "--paginate", Say("pages are asked for in the path: `fleet operator api '/v1/jobs?per_page=N&next_token=TOKEN'`")),
    (&["operator api"], "-f -F --field --raw-field --input", Say("the body is one text: `fleet operator api PUT PATH -d @FILE`")),
    (&["var put", "var init"], "-in --in -i", Say("fleet reads KEY=VALUE lines, JSON and what `fleet var init` writes, by what it finds")),
    (&["var put"], "--out=none", Words("--quiet")),
    (&["var put", "var init"], "--out", Same("--output")),
    (&["volume list"], "--node", Say("`fleet volume list -o wide` shows on which node a volume is")),
    (&["volume register", "volume create"], "-id --id -i", Say("the id stands in the file: `id` of an existing volume")),
    (&["volume create", "volume delete", "volume register"], "--detach", Say("fleet waits until a volume can be used: `--timeout 0s` asks only once")),
    (&["volume delete", "volume snapshot create", "volume snapshot delete"], "-secret --secret", Say("the secrets of a volume stand in its specification")),
    (&["volume snapshot list"], "--per-page", GoneWithValue),
    (&["acl token create", "acl token update"], "-role-id --role-id", Say("roles are named: `--role NAME`")),
    (&["acl role show", "acl role delete"], "-by-name --by-name", Gone),
    (&["acl binding-rule apply"], "--description", Say("the rule stands in a file: `fleet acl binding-rule apply --file FILE`")),
    (&["acl role apply", "acl auth-method apply"], "--description --policy-name", Say("it stands in a file: `--file FILE`")),
    (&["monitor"], "-log-json --log-json", Words("-o json-lines")),
    (&["monitor"], "-log-include-location --log-include-location", Say("`--level debug` tells more; where in Nomad's code a line comes from is not told")),
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
    (&["job scale"], "--replicas", ValueSecond),
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
    (&["events"], "--sort-by --watch -w --watch-only", Say("events come as they happen, in their order: `fleet events --since 1h` begins in the past")),
    (&["events"], "--for --types --filter", Say("`fleet events --topic TOPIC --job JOB --node NODE` chooses; `fleet why NAME` says what is wrong with one thing")),
    (&["events"], "--until", Say("`fleet events` goes on until it is ended: `--since 1h` begins in the past")),
    (&["job stop", "job restart", "deploy", "alloc stop"], "-l --selector", Say("jobs have no labels here: name them, several if need be")),
    (&["deploy"], "-k --kustomize", Say("`fleet deploy --dir FOLDER` rolls out a folder of job files, with `--var NAME=VALUE` for what differs")),
    (&["deploy"], "-R --recursive", Say("`fleet deploy --dir FOLDER` rolls out a folder of job files")),
    (&["deploy"], "--prune", Say("fleet stops nothing that a folder does not name: `fleet job stop JOB` does")),
    (&["deploy"], "--force", Say("fleet replaces instances as the update block of a job allows: `fleet job resubmit JOB` replaces them all")),
    (&["deploy"], "--strategy", Say("`--canary` rolls out through a canary, `--max-unavailable N` so many at a time; the `update` block says what is usual")),
    (&["deploy"], "--now --ha --ha=false --ha=true --wait-timeout --local-only --remote-only", Say("the job file says how many run and where: `count`, `spread` and `update`")),
    (&["deploy"], "--config", Value),
    (&["deploy status"], "--timeout", Say("`fleet deploy status JOB --watch` follows it, `fleet wait job JOB healthy --timeout DURATION` waits for so long")),
    (&["deploy status"], "--type --watch-type", Say("fleet reads no keys of Consul: `fleet var lock PATH -- COMMAND` runs a command under a lock")),
    (&["job history"], "--revision", Say("`fleet job inspect JOB --version N` prints a version, `fleet job diff JOB N` what it changed")),
    (&["logs"], "--since-time", Same("--since")),
    (&["logs"], "--until", Say("`fleet logs` prints to the end: `--since 1h` begins in the past, `--timestamps` says when")),
    (&["logs"], "--max-log-requests", GoneWithValue),
    (&["logs"], "--all-pods", Gone),
    (&["logs"], "--no-tail --no-follow", Gone),
    (&["logs"], "-i --instance --machine", Value),
    (&["logs"], "-x -e -xe", Say("`--tail N` prints the last lines, `fleet why NAME` says what is wrong")),
    (&["logs"], "--include", Same("--grep")),
    (&["logs"], "--exclude", Say("what is left out a `grep -v` behind the pipe leaves out; `--grep PATTERN` prints what matches")),
    (&["logs"], "--exclude-pod --exclude-container --container-state --init-containers --ephemeral-containers --only-log-lines --diff-container",
        Say("`--task TASK`, `--all-tasks` and `--node NODE` choose whose logs are printed")),
    (&["operator debug"], "-i -it -t --image --target", Say("`fleet shell TARGET` opens a shell in a task, `fleet run JOB -- COMMAND` runs a command beside a job's")),
    (&["port-forward"], "--port", Say("`fleet port-forward web 8080:80` forwards one port or several; Nomad's API is at NOMAD_ADDR itself")),
    (&["port-forward"], "-a --app", Value),
    (&["context edit"], "--current", Say("name the context: `fleet context show` shows the one that is used")),
    (&["job stop", "job restart"], "-t --time", Say("how long a task has to end is its `kill_timeout` in the job file")),
    (&["cp"], "-a --archive -L --follow-link -r -R", Gone),
    (&["cp"], "--blacklist --no-preserve", Say("fleet keeps permissions and times; owners with `--owner`")),
    (&["job inspect", "status"], "-f --format", Say(NO_TEMPLATES)),
    (&["job inspect"], "-s --size", Say("`fleet alloc stats ALLOC` shows what an allocation uses")),
    (&["top allocs", "top nodes", "top jobs"], "-a --all", Gone),
    (&["system gc"], "-a --all --volumes", Gone),
    (&["system gc"], "-f --force", Words("--yes")),
    (&["status"], "-a --all", Gone),
    (&["job list"], "--failed --state", Say("`fleet status` shows what is not well, `fleet job list --status STATUS` those in one state")),
    (&["config list"], "-kind --kind", Value),
    (&["config show", "config delete"], "-kind --kind -name --name", Say("an entry is named KIND/NAME: `fleet config show service-defaults/web`")),
    (&["server upgrade"], "-i --install --wait --set", Say("this upgrades Nomad's servers; `fleet deploy FILE` rolls out a job")),
];
