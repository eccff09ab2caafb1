//! What a template waits for, as its client names it: `kv.block(app/db)`, `nomad.var.block(nomad/jobs/web@default.global)`.

use crate::model::ids::shell_word;
use crate::model::why::Suggestion;

/// Something that a template reads and that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A key of Consul.
    Key(String),
    /// A variable of Nomad.
    Variable {
        /// Its path.
        path: String,
        /// Its namespace; empty where the client does not name it.
        namespace: String,
    },
    /// A service without an instance, in Consul or in Nomad.
    Service(String),
    /// Anything else, in the client's words.
    Other(String),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Missing::Key(key) => write!(f, "key {key} of Consul"),
            Missing::Variable { path, .. } => write!(f, "variable {path}"),
            Missing::Service(name) => write!(f, "service {name}"),
            Missing::Other(words) => f.write_str(words),
        }
    }
}

impl Missing {
    /// What brings it about.
    #[must_use]
    pub fn remedy(&self, task: &str) -> Suggestion {
        match self {
            Missing::Key(key) => Suggestion::new(
                format!("write the key that the template of task {task} reads"),
                format!("consul kv put {} VALUE", shell_word(key)),
            ),
            Missing::Variable { path, namespace } => {
                let within = match namespace.as_str() {
                    "" | "default" => String::new(),
                    other => format!("-n {} ", shell_word(other)),
                };
                Suggestion::new(
                    format!("write the variable that the template of task {task} reads"),
                    format!("fleet var edit {within}{}", shell_word(path)),
                )
            }
            Missing::Service(name) => Suggestion::new(
                format!("see why the service that the template of task {task} reads has no instance"),
                format!("fleet service show {}", shell_word(name)),
            ),
            Missing::Other(words) => Suggestion::words(format!(
                "write what the template of task {task} reads, or correct its name: {words}"
            )),
        }
    }
}

/// What a client's `Missing: …` names.
#[must_use]
pub fn missing(message: &str) -> Vec<Missing> {
    let all = message.trim().strip_prefix("Missing: ").unwrap_or_default();
    all.split(", ").filter(|one| !one.is_empty()).map(one).collect()
}

fn one(words: &str) -> Missing {
    let other = || Missing::Other(words.to_owned());
    let Some((kind, rest)) = words.split_once('(') else { return other() };
    let Some(inside) = rest.strip_suffix(')') else { return other() };
    // `key@dc` lies in another datacenter, `path@namespace.region` in a namespace.
    let (path, place) = inside.rsplit_once('@').unwrap_or((inside, ""));
    match kind {
        "kv.block" | "kv.get" if place.is_empty() => Missing::Key(path.to_owned()),
        "nomad.var.block" | "nomad.var.get" => {
            let namespace = place.rsplit_once('.').map_or(place, |(namespace, _)| namespace).to_owned();
            Missing::Variable { path: path.to_owned(), namespace }
        }
        "health.service" | "health.connect" | "catalog.service" | "nomad.service" => {
            let name = path.split('|').next().unwrap_or(path);
            Missing::Service(name.rsplit_once('.').map_or(name, |(_, name)| name).to_owned())
        }
        _ => other(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_names_is_said_in_words_with_the_command_that_writes_it() {
        let told = |message: &str| -> Vec<String> {
            let all = missing(message);
            let one = |m: &Missing| format!("{m}: {}", m.remedy("t").command.unwrap_or_default());
            all.iter().map(one).collect()
        };
        let all = [
            "Missing: kv.block(app/none)",
            "Missing: kv.block(app/two words), nomad.var.block(nomad/jobs/web@default.global)",
            "Missing: nomad.var.get(nomad/jobs/web@ops.team.eu)",
            "Missing: health.service(v1.db|passing), nomad.service(cache@default.global)",
            "Missing: vault.read(secret/db), kv.block(a@dc2)",
        ];
        let all: Vec<String> = all.into_iter().flat_map(told).collect();
        insta::assert_snapshot!(all.join("\n"), @"
        key app/none of Consul: consul kv put app/none VALUE
        key app/two words of Consul: consul kv put 'app/two words' VALUE
        variable nomad/jobs/web: fleet var edit nomad/jobs/web
        variable nomad/jobs/web: fleet var edit -n ops.team nomad/jobs/web
        service db: fleet service show db
        service cache: fleet service show cache
        vault.read(secret/db): 
        kv.block(a@dc2): 
        ");
        assert!(missing("rendering failed").is_empty());
    }
}
