//! The words people already type: what `nomad`, `kubectl`, `docker`, `consul`, `flyctl`, `gh` and `stern` call things, as
//! command lines of `fleet`. Asked only where `fleet` has no such command, so its own words always win.

mod flags;
mod words;

/// What words of another tool mean here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same: these words stand for them, whatever follows.
    Same(&'static str),
    /// The first words where nothing is named after them, else the second.
    ByCount(&'static str, &'static str),
    /// What one command does there, several do here: the sentence names each. Commands stand in backticks.
    Several(&'static str),
    /// Nearly the same, or nothing that could be typed for them: the sentence says which.
    Say(&'static str),
    /// Nothing, and for this reason; the sentence says what to do instead.
    Absent(Absence, &'static str),
}

/// Why fleet has nothing in the place of a command of `nomad`, and is not to have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// Only Nomad Enterprise has it.
    Enterprise,
    /// It is an agent, or works on the files of one, on its own machine.
    AgentSide,
}

use Meaning::{Absent, ByCount, Same, Say, Several};
pub use flags::{FlagMeaning, common_flag, flag, flags, further_word, is_of_value, takes_value};
use words::TABLE;

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
    let (count, meaning) = meaning(words)?;
    let split = |line: &'static str| Translation::Words(count, line.split(' ').collect());
    Some(match meaning {
        Same(line) => split(line),
        ByCount(none, some) => split(if words.len() > count { some } else { none }),
        Several(sentence) | Say(sentence) | Absent(_, sentence) => {
            Translation::Sentence(words[..count].join(" "), sentence)
        }
    })
}

/// How many of these words are known together, the most there are, and what they mean.
#[must_use]
pub fn meaning(words: &[&str]) -> Option<(usize, Meaning)> {
    (1..=words.len().min(4)).rev().find_map(|count| {
        let typed = words[..count].join(" ");
        let (_, meaning) = TABLE.iter().find(|(known, _)| *known == typed)?;
        Some((count, *meaning))
    })
}

/// Whether a first word is the name of a program, typed by habit before what is asked of it.
#[must_use]
pub fn is_tool(word: &str) -> bool {
    ["fleet", "nomad", "kubectl", "docker"].contains(&word)
}

/// Every entry, for the test that tries them all.
#[must_use]
pub fn table() -> &'static [(&'static str, Meaning)] {
    TABLE
}

/// The name in `deploy/web`, as `kubectl` writes a thing with its kind before it. None where the kind is none of its kinds.
#[must_use]
pub fn without_kind(word: &str) -> Option<(&str, &str)> {
    let (kind, name) = word.split_once('/')?;
    let kind = kind.split('.').next().unwrap_or(kind);
    let known = KINDS.split(' ').find(|known| *known == kind)?;
    (!name.is_empty()).then_some((known, name))
}

/// Whether the words behind a verb are names of things, before which `kubectl` would have a kind; elsewhere they may be files.
#[must_use]
pub fn names_things(verb: &str) -> bool {
    const BY_NAME: &str = "job show,job stop,job restart,job scale,job revert,job history,job inspect,job export,job diff,deploy status,\
                           alloc show,alloc stop,alloc list,node show,node drain,node eligible,node ineligible,node purge,\
                           node meta set,service show,namespace show,namespace delete,port-forward,logs,exec,shell,top allocs";
    BY_NAME.split(',').any(|known| known == verb)
}

/// What `kubectl` calls things.
const KINDS: &str = "pod pods po deployment deployments deploy statefulset sts daemonset ds replicaset rs job jobs cronjob cj \
                     service services svc node nodes no namespace namespaces ns secret secrets configmap cm";

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

/// Long flags of `nomad`, for all of its commands.
#[rustfmt::skip]
const LONG_FLAGS: &[&str] = &[
    "address", "all", "all-allocs", "all-tasks", "alloc", "alloc-dir", "allocs", "auth-method", "authenticate", "batch-size",
    "batch-wait", "bind-name", "bind-type", "ca-cert", "ca-path", "check", "check-index", "cleanup-dead-servers", "client-cert",
    "client-key", "config", "connect", "consul-namespace", "consul-token", "deadline", "default", "description", "detach",
    "detailed", "diff", "disable", "dryrun", "duration", "enable", "eval-priority", "evals", "filter", "follow", "force",
    "force-reschedule", "format", "full", "global", "group", "hcl", "hcl2-strict", "id-prefix-template", "idempotency-token",
    "ignore-system", "interval", "item", "job", "keep-ineligible", "last-contact-threshold", "latest", "list", "list-templates",
    "log-level", "login-token", "max-token-ttl", "max-trailing-logs", "memory-oversubscription", "message", "meta", "method",
    "min-quorum", "monitor", "name", "namespace", "no-deadline", "no-shutdown-delay", "node", "node-class", "node-id",
    "node-limit-for-feasibility-checks", "oidc-callback-addr", "on-error", "out", "output", "pause-eval-broker", "payload",
    "peer-address", "peer-id", "per-page", "plugin", "policy", "policy-override", "preempt-batch-scheduler",
    "preempt-service-scheduler", "preempt-sysbatch-scheduler", "preempt-system-scheduler", "prefix", "preserve-counts",
    "preserve-resources", "pretty", "prepublish", "prune", "purge", "quota", "recursive", "region", "reject-job-registration",
    "reschedule", "role-name", "scheduler-algorithm", "selector", "self", "server-id", "server-stabilization-time", "servers",
    "short", "show-url", "signal", "stale", "stat", "state", "stats", "status", "stderr", "stdout", "tail", "task", "template",
    "timeout", "tls-server-name", "tls-skip-verify", "topic", "ttl", "type", "unset", "update-servers", "var", "var-file",
    "vault-namespace", "vault-token", "wait", "with-vars", "write", "yes",
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
        assert_eq!(flag("-check-index").as_deref(), Some("--check-index"));
        for own in ["-n", "-it", "-o", "--namespace", "-", "x", "-xyz", "-ojson", "-nops"] {
            assert_eq!(flag(own), None, "{own}");
        }
    }

    #[test]
    fn a_kind_before_a_name_is_seen() {
        assert_eq!(without_kind("deploy/web"), Some(("deploy", "web")));
        assert_eq!(without_kind("deployments.apps/web"), Some(("deployments", "web")));
        for own in ["web/group", "deploy/", "deploy", "/alloc/data", "./pod/x"] {
            assert_eq!(without_kind(own), None, "{own}");
        }
    }

    #[test]
    fn a_flag_is_looked_up_with_its_value_first() {
        assert_eq!(flag("acl token create", "--type", Some("client")), Some(FlagMeaning::Gone));
        assert_eq!(flag("acl token create", "--type", Some("x")), None);
        assert_eq!(flag("job scale", "--replicas", Some("3")), Some(FlagMeaning::ValueSecond));
        assert_eq!(flag("job list", "--replicas", None), None);
    }

    #[test]
    fn a_guess_changes_nothing_that_was_not_meant() {
        assert!(may_guess("delpoy", "deploy") && may_guess("statsu", "status") && may_guess("lst", "list"));
        assert!(!may_guess("rm", "promote") && !may_guess("purge", "put") && !may_guess("lock", "rollback"));
    }
}
