//! Results as JUnit's XML: a test case for each job.

use super::{Failure, RunSummary};
use crate::commands::shared::junit::{self, Case, Outcome};
use crate::commands::shared::rollout::report::{JobFate, Row};
use crate::error::Result;
use crate::exit_code::ExitCode;

/// The JUnit document. A failed deployment is a `failure`, a job that could not be deployed an `error`; one that waits for a decision,
/// was not started, or of which nothing ran is `skipped`. A failure that belongs to no job is a test case of its own.
pub(super) fn document(account: &RunSummary, ended: &Result<ExitCode>) -> String {
    let rows = account.report.rows();
    let mut cases: Vec<Case> = rows.iter().map(|row| case(account, row)).collect();
    if let Some(trouble) = account.trouble_of_none(ended) {
        let (class, name) = ("fleet".to_owned(), "deploy".to_owned());
        let (outcome, said) = (element(CaseVerdict::Error, &trouble), Vec::new());
        cases.push(Case { class, name, seconds: None, outcome, said });
    }
    let seconds = rows.iter().filter_map(|row| row.took).sum::<std::time::Duration>().as_secs_f64();
    junit::document("fleet deploy", Some(seconds), &cases)
}

/// How a job's deployment counts as a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CaseVerdict {
    Passed,
    Skipped,
    Failure,
    Error,
}

fn verdict(row: &Row) -> CaseVerdict {
    match &row.fate {
        JobFate::NotBegun {} | JobFate::Planned { .. } | JobFate::Registered {} => CaseVerdict::Skipped,
        JobFate::Failed { .. } => CaseVerdict::Error,
        JobFate::Ended(end) => match end.code() {
            ExitCode::Done if row.ran_nothing() => CaseVerdict::Skipped,
            ExitCode::Done => CaseVerdict::Passed,
            ExitCode::Pending => CaseVerdict::Skipped,
            _ => CaseVerdict::Failure,
        },
    }
}

fn case(account: &RunSummary, row: &Row) -> Case {
    let verdict = verdict(row);
    let outcome = if verdict == CaseVerdict::Skipped {
        Outcome::Skipped(row.result())
    } else {
        account.trouble(row).map_or(Outcome::Passed, |trouble| element(verdict, &trouble))
    };
    let seconds = Some(row.took.map_or(0.0, |t| t.as_secs_f64()));
    let followed = row.only_followed.then(|| row.done().to_owned()).filter(|_| outcome == Outcome::Passed);
    let said = followed.into_iter().chain(row.notes.iter().cloned()).collect();
    Case { class: row.namespace.clone(), name: row.job.clone(), seconds, outcome, said }
}

fn element(verdict: CaseVerdict, trouble: &Failure) -> Outcome {
    let (message, lines) = (trouble.message.clone(), trouble.lines.join("\n"));
    if verdict == CaseVerdict::Error {
        Outcome::Error(message, lines)
    } else {
        Outcome::Failure(message, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::job::Job;
    use crate::error::Error;
    use crate::ops::deploy::End;

    fn job(id: &str) -> Job {
        Job { id: id.to_owned(), namespace: "default".to_owned(), version: 4, ..Job::default() }
    }

    #[test]
    fn each_job_is_a_case_and_what_has_no_verdict_is_skipped() {
        let mut account = RunSummary::default();
        let report = &mut account.report;
        report.expect([("default", "db"), ("default", "web"), ("default", "api"), ("", "late.hcl")]);
        report.add(&job("db"), End::Healthy { version: 4, unchanged: None });
        report.took(0, std::time::Duration::from_millis(1500));
        let why = "exit code 1 <\u{1b}[31m&>".to_owned();
        report.add(
            &job("web"),
            End::Failed {
                version: 4,
                deployment_failed: true,
                why,
                after: crate::ops::deploy::After::Nothing,
                back_to: Some(3),
            },
        );
        let refused: Result<()> = Err(Error::refused("somebody else changed job api").because("500"));
        assert!(report.hold(2, refused).is_err());
        insta::assert_snapshot!(document(&account, &Err(Error::failed("x"))), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="fleet deploy" tests="4" failures="1" errors="1" skipped="1" time="1.500">
            <testcase classname="default" name="db" time="1.500">
            </testcase>
            <testcase classname="default" name="web" time="0.000">
              <failure message="the deployment failed">exit code 1 &lt;�[31m&amp;&gt;
        to roll back to version 3: fleet abort web
        to look at it: fleet job show web</failure>
            </testcase>
            <testcase classname="default" name="api" time="0.000">
              <error message="somebody else changed job api">500</error>
            </testcase>
            <testcase classname="" name="late.hcl" time="0.000">
              <skipped message="not started"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn what_ran_nothing_is_skipped_and_what_the_screen_notes_is_there_too() {
        let mut account = RunSummary::default();
        let report = &mut account.report;
        let counts = crate::model::rollout::Counts { good: 2, wanted: 2 };
        report.expect([("default", "web"), ("default", "cron"), ("default", "api")]);
        report.add(&job("web"), End::Healthy { version: 4, unchanged: Some(counts) });
        report.note("default", "web", ["group g keeps its count of 4".to_owned()]);
        report
            .add(&job("cron"), End::Registered { version: 4, by: crate::api::nomad::job::LaunchedBy::Time });
        report.only_followed("default", "api");
        report.add(&job("api"), End::Healthy { version: 4, unchanged: None });
        let document = document(&account, &Ok(ExitCode::Done));
        for part in [
            "failures=\"0\" errors=\"0\" skipped=\"2\"",
            "<skipped message=\"nothing to do: 2 of 2 healthy\"/>",
            "<system-out>group g keeps its count of 4</system-out>",
            "<skipped message=\"version 4 is registered; its runs start by time\"/>",
            "<system-out>followed only, and healthy</system-out>",
        ] {
            assert!(document.contains(part), "{part} is not in\n{document}");
        }
    }

    #[test]
    fn an_error_of_no_job_is_a_case_of_its_own() {
        let mut account = RunSummary::default();
        account.report.expect([("default", "web")]);
        let document = document(&account, &Err(Error::failed("not confirmed").because("nobody to ask")));
        assert!(
            document.contains("tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"1\"")
                && document.contains("<error message=\"not confirmed\">nobody to ask</error>"),
            "{document}"
        );
    }
}
