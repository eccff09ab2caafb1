//! The rules of the house that neither the compiler nor a lint knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every source file, with its path below `src/`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                files.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    files
}

/// What stands before the tests of a file.
fn product(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn arrows_point_down() {
    let may_use: BTreeMap<&str, &[&str]> = [
        ("api", &["api", "exit_code", "clock"][..]),
        ("model", &["model", "api"]),
        ("ops", &["ops", "model", "api", "config", "clock", "error", "exit_code", "interrupts"]),
        ("config", &["config", "api", "model", "error", "exit_code"]),
        ("ui", &["ui", "config", "api", "model", "clock", "error", "exit_code"]),
        ("sandbox", &["sandbox", "model", "api", "clock"]),
    ]
    .into();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let Some(allowed) = name.split('/').next().and_then(|layer| may_use.get(layer)) else { continue };
        for used in product(&text).split("crate::").skip(1) {
            let module: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if !module.is_empty() && !allowed.contains(&module.as_str()) && module != "fixtures" {
                wrong.push(format!("{name} uses {module}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Verbs that are another verb under a second name.
const SECOND_NAMES: [(&str, &str); 7] = [
    ("commands/job/run.rs", "deploy"),
    ("commands/ci/stop.rs", "job"),
    // `migrate nodes` is a rotation with a destination.
    ("commands/migrate/nodes.rs", "rotate_nodes"),
    // `status NAME` is the `show` of whatever the name stands for.
    ("commands/status/named.rs", "alloc"),
    ("commands/status/named.rs", "job"),
    ("commands/status/named.rs", "node"),
    ("commands/status/named.rs", "service"),
];

#[test]
fn a_verb_uses_what_verbs_share_and_its_own_folder() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let Some(path) = name.strip_prefix("commands/") else { continue };
        let own = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
        // The list of a folder's verbs names those that stand elsewhere too.
        if path.ends_with("mod.rs") && own != "shared" {
            continue;
        }
        for used in product(&text).split("crate::commands::").skip(1) {
            let module: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let second_name = SECOND_NAMES.contains(&(name.as_str(), module.as_str()));
            if module != own && module != "shared" && !module.is_empty() && !second_name {
                wrong.push(format!("{name} uses {module}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_decision_of_a_verb_makes_a_permission() {
    // The last two write to a cluster that they started themselves.
    let may = ["app.rs", "sandbox/real.rs", "commands/sandbox/cluster.rs"];
    let makes = |(name, text): &(String, String)| {
        product(text).contains("Permission::granted")
            && !name.ends_with("tests.rs")
            && !may.contains(&name.as_str())
    };
    let wrong: Vec<String> = sources().into_iter().filter(makes).map(|(name, _)| name).collect();
    assert!(wrong.is_empty(), "a write without a decision is made in {wrong:?}");
}

/// `1 nodes` reached people from 35 places before all of them asked `model::words`.
#[test]
fn a_number_with_its_noun_is_put_into_words_in_one_place() {
    let nouns = [
        "nodes",
        "allocations",
        "jobs",
        "instances",
        "files",
        "tasks",
        "versions",
        "bytes",
        "canaries",
        "deployments",
        "variables",
        "lines",
        "connections",
        "changes",
        "directories",
        "moves",
        "children",
        "entries",
        "paths",
        "logs",
        "replacements",
        "problems",
        "requests",
        "restarts",
    ];
    let counted = regex::Regex::new(&format!(
        r#"\{{[a-z_.]*(\(\))?\}} ((more|other|new|old|failed|whole) )?({})\b"#,
        nouns.join("|")
    ))
    .unwrap();
    let people_read = ["model/", "ops/", "commands/", "ui/", "config/", "error"];
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if !people_read.iter().any(|layer| name.starts_with(layer)) || name.ends_with("tests.rs") {
            continue;
        }
        let lines = product(&text).lines().enumerate();
        let code =
            lines.filter(|(_, line)| !line.trim_start().starts_with("//") && !line.contains("tracing::"));
        wrong.extend(
            code.filter(|(_, line)| counted.is_match(line))
                .map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim())),
        );
    }
    // What two programs say to each other.
    wrong.retain(|line: &String| !line.starts_with("model/relay/"));
    assert!(wrong.is_empty(), "use model::words::count:\n{}", wrong.join("\n"));
}

#[test]
fn reasoning_knows_no_clock_and_waits_for_nothing() {
    let forbidden =
        ["async fn", ".await", "tokio::", "std::fs", "std::net", "Timestamp::now", "Instant::now"];
    for (name, text) in sources().into_iter().filter(|(name, _)| name.starts_with("model/")) {
        let found: Vec<_> = forbidden.iter().filter(|word| product(&text).contains(**word)).collect();
        assert!(found.is_empty(), "src/{name} holds {found:?}");
    }
}
