//! What the servers find wrong with a job before it is registered.

use crate::api::nomad::jobspec;
use crate::app::App;
use crate::commands::shared::jobfile::Spec;
use crate::error::Result;

/// The messages in a text of the server's, which nests them: `Task group web validation failed: 2 errors occurred: * …`.
/// Each is told with the group and the task it is about.
pub(crate) fn messages(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut group, mut inner): (Option<String>, Option<String>) = (None, None);
    // Each begins with a star on a line of its own; a star elsewhere is part of a message.
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut parts: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("* "), parts.last_mut()) {
            (None, Some(part)) => part.extend([" ", line]),
            (message, _) => parts.push(message.unwrap_or(line).to_owned()),
        }
    }
    for part in parts.iter().map(String::as_str) {
        let Some(head) = heading(part) else {
            let about = group.iter().chain(&inner).map(String::as_str).collect::<Vec<_>>().join(", ");
            found.push(if about.is_empty() { part.to_owned() } else { format!("{about}: {part}") });
            continue;
        };
        let head = head.trim_end_matches(':');
        let ends = [" validation failed", " has warnings"];
        let Some(subject) = ends.iter().find_map(|end| head.strip_suffix(end)) else { continue };
        let unquoted = |name: &str| name.trim_matches('"').to_owned();
        if let Some(name) = subject.strip_prefix("Group ").map(unquoted) {
            (group, inner) = (Some(format!("group {name}")), None);
        } else if let Some(name) = subject.strip_prefix("Task \"").map(unquoted) {
            inner = Some(format!("task {name}"));
        } else if let Some(name) = subject.strip_prefix("Task group ") {
            (group, inner) = (Some(format!("group {name}")), None);
        } else if let Some(name) = subject.strip_prefix("Task ") {
            inner = Some(format!("task {name}"));
        } else if let Some(inner) = &mut inner {
            let task = inner.split(", ").next().unwrap_or_default().to_owned();
            *inner = format!("{task}, {}", subject.to_lowercase());
        }
    }
    found
}

/// Matches a part that only announces others: `2 errors occurred:`.
fn heading(part: &str) -> Option<&str> {
    static COUNT: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| {
        regex::Regex::new(r"\d+ (errors?|warnings?)( occurred)?:$").expect("the pattern is constant")
    });
    COUNT.find(part).map(|count| part[..count.start()].trim())
}

/// What the servers find wrong with a job, and what they warn of.
///
/// # Errors
/// API errors.
pub(crate) async fn objections(app: &App, spec: &Spec) -> Result<(Vec<String>, Vec<String>)> {
    let call = jobspec::validate(&spec.namespace, &spec.parsed.job);
    let found = spec.place(app).nomad()?.ask(&call).await?.value;
    let errors = match found.validation_errors.as_slice() {
        [] => messages(&found.error),
        each => each.iter().flat_map(|e| messages(e)).collect(),
    };
    Ok((errors, messages(&found.warnings)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_messages_are_told_one_by_one_with_what_they_are_about() {
        let text = "1 error occurred:\n\t* Task group web validation failed: 2 errors occurred:\n\t* Task server validation \
                    failed: 1 error occurred:\n\t* Template 1 validation failed: 1 error occurred:\n\t* cannot use signals\n\n\n\
                    \t* Task init validation failed: 1 error occurred:\n\t* log storage (100 MB) must be less\n\n";
        assert_eq!(
            messages(text),
            [
                "group web, task server, template 1: cannot use signals",
                "group web, task init: log storage (100 MB) must be less"
            ]
        );
        assert_eq!(messages("1 warning:\n\n* Group \"g\" has warnings"), ["Group \"g\" has warnings"]);
        let nested = "1 warning:\n\n* Group \"a\" has warnings: 1 error occurred:\n\t* Task \"t1\" has warnings: 1 error \
                      occurred:\n\t* task network resources have been deprecated";
        assert_eq!(messages(nested), ["group a, task t1: task network resources have been deprecated"]);
        let cron = "1 error occurred:\n\t* Invalid cron spec \"61 * * * *\": syntax error\n\n";
        assert_eq!(messages(cron), ["Invalid cron spec \"61 * * * *\": syntax error"]);
        assert!(messages("").is_empty());
    }
}
