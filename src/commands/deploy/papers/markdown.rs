//! The summary in Markdown.

use std::fmt::Write as _;

use super::About;
use crate::commands::deploy::narrate;
use crate::commands::deploy::report::Report;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ui::duration_text;

/// Writes it.
pub(super) fn summary(about: &About, report: &Report, ended: &Result<ExitCode>) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "### {}\n", about.title.as_deref().unwrap_or("fleet deploy"));
    let result = match ended {
        Ok(ExitCode::Done) => "deployed and healthy".to_owned(),
        Ok(_) => "waits for somebody".to_owned(),
        Err(e) => e.message().to_owned(),
    };
    let _ = writeln!(text, "| | |\n|---|---|\n| result | {} |", cell(&result));
    for (name, value) in &about.facts {
        let _ = writeln!(text, "| {name} | {} |", cell(value));
    }
    text.push_str("\n| job | version | result | took |\n|---|---|---|---|\n");
    for row in report.rows() {
        let version = row.shown.map(|v| v.to_string()).unwrap_or_default();
        let took = row.took.map(duration_text).unwrap_or_default();
        let _ = writeln!(text, "| {} | {version} | {} | {took} |", cell(&row.job), cell(&row.result()));
    }
    if let Err(e) = ended {
        let lines = e.causes().iter().chain(e.hints()).cloned();
        let evidence = report.rows().iter().flat_map(|row| report.evidence_of(&row.job));
        let evidence = evidence.flat_map(narrate::told).map(|(line, _)| line);
        let all: Vec<String> = lines.chain(evidence).collect();
        let fence = fence(&all);
        let _ = writeln!(text, "\n{fence}\n{}\n{fence}", all.join("\n"));
    }
    text.push('\n');
    text
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
        let mut report = Report::default();
        report.not_begun("default", "a|b");
        let ended = Err(Error::failed("web: the deployment failed").because("```\nit crashed"));
        insta::assert_snapshot!(summary(&About::default(), &report, &ended), @r"
        ### fleet deploy

        | | |
        |---|---|
        | result | web: the deployment failed |

        | job | version | result | took |
        |---|---|---|---|
        | a\|b |  | not begun |  |

        ````
        ```
        it crashed
        ````
        ");
    }
}
