//! Results as JUnit's XML: a test case for each job.

use std::fmt::Write as _;

use crate::commands::deploy::narrate;
use crate::commands::deploy::report::{Report, Row};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Writes the document. A job that waits for somebody, or was not begun, is skipped; an error that is of no job, such as a
/// cluster that does not answer, is a case of its own.
pub(super) fn document(report: &Report, ended: &Result<ExitCode>) -> String {
    let error = ended.as_ref().err();
    let mut cases: Vec<String> = report.rows().iter().map(|row| case(report, row)).collect();
    let is_told = report.rows().iter().any(is_failure);
    if let Some(error) = error.filter(|_| !is_told) {
        let body = element("error", error.message(), &reasons(error));
        cases.push(format!("    <testcase classname=\"fleet\" name=\"deploy\">\n{body}    </testcase>\n"));
    }
    let failures = report.rows().iter().filter(|row| is_failure(row)).count();
    let errors = usize::from(error.is_some() && !is_told);
    let skipped = report.rows().iter().filter(|row| waits(row).is_some()).count();
    let seconds: f64 = report.rows().iter().filter_map(|row| row.took).map(|t| t.as_secs_f64()).sum();
    let totals = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{seconds:.3}\"",
        cases.len()
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"fleet deploy\" {totals}>\n{}  \
         </testsuite>\n</testsuites>\n",
        cases.concat()
    )
}

fn is_failure(row: &Row) -> bool {
    row.code.is_some_and(|code| code != ExitCode::Done.number() && code != ExitCode::Pending.number())
}

/// Why a job has no verdict yet.
fn waits(row: &Row) -> Option<String> {
    let pending = row.code == Some(ExitCode::Pending.number());
    (pending || row.end.is_none()).then(|| row.result())
}

fn case(report: &Report, row: &Row) -> String {
    let mut text = format!(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\">\n",
        escaped(&row.namespace),
        escaped(&row.job),
        row.took.map_or(0.0, |t| t.as_secs_f64())
    );
    if let Some(why) = waits(row) {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "      <skipped message=\"{}\"/>", escaped(&why));
    } else if is_failure(row) {
        let error = row.end.as_ref().and_then(|end| end.error(&row.namespace, &row.job));
        let mut body = error.map(|e| reasons(&e)).unwrap_or_default();
        body.extend(report.evidence_of(&row.job).flat_map(narrate::told).map(|(line, _)| line));
        text.push_str(&element("failure", &row.result(), &body));
    }
    text + "    </testcase>\n"
}

fn reasons(error: &Error) -> Vec<String> {
    error.causes().iter().chain(error.hints()).cloned().collect()
}

fn element(name: &str, message: &str, body: &[String]) -> String {
    format!("      <{name} message=\"{}\">{}</{name}>\n", escaped(message), escaped(&body.join("\n")))
}

/// A text as XML 1.0 may hold it: what it forbids outright is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::job::Job;
    use crate::ops::deploy::End;

    fn job(id: &str) -> Job {
        Job { id: id.to_owned(), namespace: "default".to_owned(), version: 4, ..Job::default() }
    }

    #[test]
    fn each_job_is_a_case_and_what_has_no_verdict_is_skipped() {
        let mut report = Report::default();
        report.add(&job("db"), End::Healthy { version: 4 });
        report.took(std::time::Duration::from_millis(1500));
        report
            .add(&job("web"), End::Failed { why: "exit code 1 <\u{1b}[31m&>".into(), after: String::new() });
        report.not_begun("default", "api");
        insta::assert_snapshot!(document(&report, &Err(Error::failed("x"))), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="fleet deploy" tests="3" failures="1" errors="0" skipped="1" time="1.500">
            <testcase classname="default" name="db" time="1.500">
            </testcase>
            <testcase classname="default" name="web" time="0.000">
              <failure message="the deployment failed">exit code 1 &lt;�[31m&amp;&gt;
        to bring the version before back: fleet abort web
        to look at it: fleet job show web</failure>
            </testcase>
            <testcase classname="default" name="api" time="0.000">
              <skipped message="not begun"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn an_error_of_no_job_is_a_case_of_its_own() {
        let document = document(&Report::default(), &Err(Error::failed("no leader").because("500")));
        assert!(
            document.contains("errors=\"1\"")
                && document.contains("<error message=\"no leader\">500</error>")
        );
    }
}
