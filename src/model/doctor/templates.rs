//! What the templates of a job wait for: variables of Nomad and keys of Consul that are named by their whole paths.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::model::doctor::Fault;
use crate::model::ids::job_words;

/// What a template blocks for until it is there. Functions that bear its absence (`keyOrDefault`, `keyExists`, `nomadVarExists`,
/// `nomadVarList`, `ls`, `tree`) wait for nothing.
static CALLS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:^|[\s({|])(nomadVar|key)\s+(?:"([^"\\]+)"|`([^`]+)`)"#).ok());

/// What a template names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A variable of Nomad, in the namespace of the job.
    Variable(String),
    /// A key of Consul.
    Key(String),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Name::Variable(path) => write!(f, "variable {path}"),
            Name::Key(key) => write!(f, "key {key} of Consul"),
        }
    }
}

/// A name, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The job's namespace.
    pub namespace: String,
    /// The job.
    pub job_id: String,
    /// The group and the task.
    pub at: String,
    /// What is named.
    pub name: Name,
}

/// The names in one template. What is put together while it is rendered is not known.
#[must_use]
pub fn names(text: &str) -> BTreeSet<Name> {
    let Some(calls) = CALLS.as_ref() else { return BTreeSet::new() };
    let mut all = BTreeSet::new();
    for action in text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
        for found in calls.captures_iter(action) {
            let path = found.get(2).or_else(|| found.get(3)).map_or("", |m| m.as_str());
            // `path@region` and `key@dc` lead elsewhere.
            if path.is_empty() || path.contains('@') || path.contains("${") {
                continue;
            }
            all.insert(match &found[1] {
                "key" => Name::Key(path.trim_matches('/').to_owned()),
                _ => Name::Variable(path.trim_matches('/').to_owned()),
            });
        }
    }
    all
}

/// What all templates of a job name, as the servers hold it.
#[must_use]
pub fn uses(spec: &Value) -> Vec<Use> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for group in spec["TaskGroups"].as_array().into_iter().flatten() {
        for task in group["Tasks"].as_array().into_iter().flatten() {
            for template in task["Templates"].as_array().into_iter().flatten() {
                // Where a template has marks of its own, those above are only text; and one that may be missing waits for nothing.
                let marks = (text(&template["LeftDelim"]), text(&template["RightDelim"]));
                let usual = matches!((marks.0.as_str(), marks.1.as_str()), ("" | "{{", "" | "}}"));
                if !usual {
                    continue;
                }
                let at = format!("task {} of group {}", text(&task["Name"]), text(&group["Name"]));
                all.extend(names(template["EmbeddedTmpl"].as_str().unwrap_or_default()).into_iter().map(
                    |name| Use {
                        namespace: text(&spec["Namespace"]),
                        job_id: text(&spec["ID"]),
                        at: at.clone(),
                        name,
                    },
                ));
            }
        }
    }
    all
}

/// Those that name what is not among what was listed. Where a list could not be read, nothing is said of it.
#[must_use]
pub fn unlisted<'u>(
    uses: &'u [Use],
    variables: Option<&BTreeSet<(String, String)>>,
    keys: Option<&BTreeSet<String>>,
) -> BTreeSet<&'u Use> {
    let missing = |u: &&Use| match &u.name {
        Name::Variable(path) => {
            variables.is_some_and(|all| !all.contains(&(u.namespace.clone(), path.clone())))
        }
        Name::Key(key) => keys.is_some_and(|all| !all.contains(key)),
    };
    uses.iter().filter(missing).collect()
}

/// The fault of a template that names what nobody wrote.
#[must_use]
pub fn unwritten(u: &Use) -> Fault {
    let text = format!("a template of {} waits for {}, and nobody wrote it", u.at, u.name);
    Fault::new("FD306", format!("job {}", u.job_id), text)
        .within(&u.namespace)
        .next(format!("fleet why {}", job_words(&u.namespace, &u.job_id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_waited_for_is_found() {
        let text = r#"key "not/in/an/action"
            {{ with nomadVar "nomad/jobs/web" }}{{ .a }}{{ end }} {{ key "app/limit" | toUpper }} {{ keyOrDefault "x" "1" }}
            {{ if keyExists "y" }}{{ end }} {{ range nomadVarList "z" }}{{ end }} {{ key (printf "a/%s" "b") }} {{ key "k@dc2" }}
            {{- if nomadVarExists "q" }}{{ end }}"#;
        let all: Vec<Name> = names(text).into_iter().collect();
        assert_eq!(all, [Name::Variable("nomad/jobs/web".into()), Name::Key("app/limit".into())]);
    }

    #[test]
    fn what_nobody_wrote_is_told_and_what_could_not_be_read_is_not() {
        let spec = json!({"ID": "web", "Namespace": "ops", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Templates": [
            {"EmbeddedTmpl": "{{ key \"a\" }}{{ key \"b\" }}"}, {"EmbeddedTmpl": "[[ key \"c\" ]]", "LeftDelim": "[[", "RightDelim": "]]"},
            {"EmbeddedTmpl": "{{ with nomadVar \"v\" }}{{ end }}"}]}]}]});
        let uses = uses(&spec);
        assert_eq!(uses.len(), 3);
        let keys = BTreeSet::from(["a".to_owned()]);
        let variables = BTreeSet::from([("default".to_owned(), "v".to_owned())]);
        let missing = unlisted(&uses, Some(&variables), Some(&keys));
        let told: Vec<String> = missing.into_iter().map(|u| unwritten(u).text).collect();
        assert_eq!(
            told,
            [
                "a template of task t of group g waits for variable v, and nobody wrote it",
                "a template of task t of group g waits for key b of Consul, and nobody wrote it"
            ]
        );
        assert!(unlisted(&uses, None, None).is_empty());
    }
}
