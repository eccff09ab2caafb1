//! The summary in Markdown.

use std::fmt::Write as _;

use super::RunSummary;
use crate::commands::shared::rollout::report::{JobFate, Row};
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
    let told = match ended {
        Err(e) => e.message(),
        Ok(_) if !rows.iter().any(Row::is_shipped) => "nothing was deployed",
        Ok(ExitCode::Done) if rows.iter().any(|row| matches!(row.fate, JobFate::Registered {})) => {
            "registered, not followed"
        }
        Ok(ExitCode::Done) => "deployed and healthy",
        Ok(_) => "waits for a decision",
    };
    told.to_owned()
}

/// A text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
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
    use crate::error::Error;

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
