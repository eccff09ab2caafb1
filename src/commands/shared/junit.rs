//! Results as JUnit's XML.

use std::fmt::Write as _;

use crate::commands::shared::markup::escaped;

/// A test case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// What it belongs to.
    pub(crate) class: String,
    /// Its name.
    pub(crate) name: String,
    /// How long it took, where that is known.
    pub(crate) seconds: Option<f64>,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// What else is to be said of it, in lines.
    pub(crate) said: Vec<String>,
}

/// How a test case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Well.
    Passed,
    /// Without a verdict.
    Skipped(String),
    /// It failed: a message, and lines.
    Failure(String, String),
    /// It could not be tried: a message, and lines.
    Error(String, String),
}

/// The document of one suite. Its time is written where it is known.
pub(crate) fn document(suite: &str, seconds: Option<f64>, cases: &[Case]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| cases.iter().filter(|c| wanted(&c.outcome)).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
         skipped=\"{}\"{}>\n",
        escaped(suite),
        cases.len(),
        count(|o| matches!(o, Outcome::Failure(..))),
        count(|o| matches!(o, Outcome::Error(..))),
        count(|o| matches!(o, Outcome::Skipped(_))),
        time(seconds),
    );
    for case in cases {
        // Writing to a text cannot fail.
        let _ = writeln!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\"{}>",
            escaped(&case.class),
            escaped(&case.name),
            time(case.seconds)
        );
        let body = match &case.outcome {
            Outcome::Passed => String::new(),
            Outcome::Skipped(why) => format!("      <skipped message=\"{}\"/>\n", escaped(why)),
            Outcome::Failure(message, lines) => element("failure", message, lines),
            Outcome::Error(message, lines) => element("error", message, lines),
        };
        out.push_str(&body);
        if !case.said.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", escaped(&case.said.join("\n")));
        }
        out.push_str("    </testcase>\n");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn time(seconds: Option<f64>) -> String {
    seconds.map(|s| format!(" time=\"{s:.3}\"")).unwrap_or_default()
}

fn element(name: &str, message: &str, lines: &str) -> String {
    if lines.is_empty() {
        return format!("      <{name} message=\"{}\"/>\n", escaped(message));
    }
    format!("      <{name} message=\"{}\">{}</{name}>\n", escaped(message), escaped(lines))
}
