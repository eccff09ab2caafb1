//! The summary in Markdown.

use std::fmt::Write as _;

use super::RunSummary;
use crate::commands::shared::rollout::report::Row;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ui::duration_text;

/// Writes it.
pub(super) fn summary(account: &RunSummary, ended: &Result<ExitCode>) -> String {
    let rows = account.report.rows();
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "### {}\n", account.title.as_deref().unwrap_or("fleet deploy"));
    let _ = writeln!(text, "| | |\n|---|---|\n| result | {} |", cell(&result(rows, ended)));
    for (name, value) in &account.facts {
        let _ = writeln!(text, "| {name} | {} |", cell(value));
    }
    if !rows.is_empty() {
        text.push_str("\n| job | version | result | took |\n|---|---|---|---|\n");
    }
    for row in rows {
        let version = row.shown.map(|v| v.to_string()).unwrap_or_default();
        let took = row.took.map(duration_text).unwrap_or_default();
        let _ = writeln!(text, "| {} | {version} | {} | {took} |", cell(&row.job), cell(&row.result()));
    }
    let notes: Vec<String> =
        rows.iter().flat_map(|row| row.notes.iter().map(|n| format!("- {}: {n}", row.job))).collect();
    if !notes.is_empty() {
        let _ = writeln!(text, "\n{}", notes.iter().map(|n| one_line(n)).collect::<Vec<_>>().join("\n"));
    }
    let troubles = rows.iter().filter_map(|row| account.trouble(row)).chain(account.trouble_of_none(ended));
    let lines: Vec<String> = troubles.flat_map(|trouble| trouble.lines).collect();
    if !lines.is_empty() {
        let fence = fence(&lines);
        let _ = writeln!(text, "\n{fence}\n{}\n{fence}", lines.join("\n"));
    }
    text.push('\n');
    text
}

fn result(rows: &[Row], ended: &Result<ExitCode>) -> String {
    match ended {
        Err(e) => e.message().to_owned(),
        Ok(_) if !rows.iter().any(Row::is_shipped) => "nothing was deployed".to_owned(),
        Ok(ExitCode::Done) => all_done(rows),
        Ok(_) => "waits for a decision".to_owned(),
    }
}

/// What was done for the jobs, each kind once, with how many it holds for where that is not all of them.
fn all_done(rows: &[Row]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for row in rows {
        match kinds.iter_mut().find(|(kind, _)| *kind == row.done()) {
            Some((_, count)) => *count += 1,
            None => kinds.push((row.done(), 1)),
        }
    }
    match kinds.as_slice() {
        [(only, _)] => (*only).to_owned(),
        several => several.iter().map(|(kind, n)| format!("{n} {kind}")).collect::<Vec<_>>().join("; "),
    }
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// More backticks than any line begins with.
fn fence(lines: &[String]) -> String {
    let longest = lines
        .iter()
        .flat_map(|l| l.lines())
        .map(|l| l.trim_start().chars().take_while(|c| *c == '`').count())
        .max();
    "`".repeat(longest.unwrap_or(0).max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::job::Job;
    use crate::error::Error;
    use crate::model::rollout::Counts;
    use crate::ops::deploy::End;

    #[test]
    fn each_kind_of_what_was_done_is_said_and_nothing_else() {
        let mut account = RunSummary::default();
        let report = &mut account.report;
        let job = |id: &str| Job { id: id.to_owned(), namespace: "default".to_owned(), ..Job::default() };
        let unchanged = Some(Counts { good: 2, wanted: 2 });
        report.expect([("default", "web"), ("default", "none"), ("default", "api")]);
        report.add(&job("web"), End::Healthy { version: 4, unchanged });
        report.note("default", "web", ["group g keeps its count of 4".to_owned()]);
        report.add(&job("none"), End::Idle { version: 0 });
        report.add(&job("api"), End::Healthy { version: 1, unchanged: None });
        insta::assert_snapshot!(summary(&account, &Ok(ExitCode::Done)), @r"
        ### fleet deploy

        | | |
        |---|---|
        | result | 1 nothing to do, healthy; 1 no instances are wanted; 1 deployed and healthy |

        | job | version | result | took |
        |---|---|---|---|
        | web | 4 | nothing to do: 2 of 2 healthy |  |
        | none | 0 | version 0 is registered; no instances are wanted |  |
        | api | 1 | version 1 runs and is healthy |  |

        - web: group g keeps its count of 4
        ");
    }

    #[test]
    fn a_failure_is_told_with_its_reasons_and_nothing_leaves_its_place() {
        let mut account = RunSummary::default();
        account.report.expect([("default", "a|b")]);
        let ended = Err(Error::failed("web: the deployment failed").because("```\nit crashed"));
        insta::assert_snapshot!(summary(&account, &ended), @r"
        ### fleet deploy

        | | |
        |---|---|
        | result | web: the deployment failed |

        | job | version | result | took |
        |---|---|---|---|
        | a\|b |  | not started |  |

        ````
        ```
        it crashed
        ````
        ");
    }
}
