//! Which verbs read only.

/// The last words of verbs that change nothing.
const READS: [&str; 41] = [
    "list",
    "show",
    "status",
    "logs",
    "events",
    "history",
    "diff",
    "plan",
    "validate",
    "inspect",
    "urls",
    "whoami",
    "suggest",
    "check",
    "fmt",
    "monitor",
    "metrics",
    "ls",
    "cat",
    "tail",
    "stat",
    "stats",
    "checks",
    "deployments",
    "allocs",
    "health",
    "peers",
    "lock",
    "jobs",
    "nodes",
    "nginx",
    "verify",
    "get",
    "top",
    "export",
    "open",
    "echo",
    "watch",
    "report",
    "why",
    // Each act of it is a command of its own.
    "ui",
];

/// Whether a verb, in its words, changes nothing whatever its flags are. One that is not known might.
#[must_use]
pub fn changes_nothing(verb: &[&str]) -> bool {
    match verb {
        // A lock of a variable is held, and what `deploy status` reads is read.
        ["var", "lock"] => false,
        [.., last] => READS.contains(last),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::changes_nothing;

    #[test]
    fn a_verb_that_is_not_known_to_read_may_change_something() {
        for reads in
            ["status", "node list", "job plan", "rotation lock", "acl whoami", "pool jobs", "ui", "why"]
        {
            assert!(changes_nothing(&reads.split(' ').collect::<Vec<_>>()), "{reads}");
        }
        for writes in
            ["", "deploy", "job stop", "exec", "var lock", "config apply", "system gc", "cp", "newcomer"]
        {
            assert!(!changes_nothing(&writes.split(' ').collect::<Vec<_>>()), "{writes}");
        }
    }
}
