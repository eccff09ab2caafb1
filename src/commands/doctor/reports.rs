//! The findings for other programs: JUnit's XML, a page, SARIF.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{DoctorView, Finding};
use crate::commands::shared::junit::{self, Case, Outcome};
use crate::commands::shared::markup::escaped;
use crate::model::doctor::{CHECKS, Severity};
use crate::model::words::count;

/// Every check that is told of is a case: it fails with its findings, is skipped where all of them are waived, and what could not be looked at is
/// an error.
pub(super) fn junit(view: &DoctorView, told: impl Fn(&str, Severity) -> bool) -> String {
    let of_check = CHECKS.iter().filter(|check| told(check.code, check.severity)).map(|check| {
        let found: Vec<&Finding> = view.findings.iter().filter(|f| f.fault.code == check.code).collect();
        let waived = view.waived.iter().filter(|f| f.fault.code == check.code).count();
        let outcome = if !found.is_empty() {
            Outcome::Failure(format!("{}: {}", check.title, count(found.len(), "finding")), lines(&found))
        } else if waived > 0 {
            Outcome::Skipped(format!("{} waived", count(waived, "finding")))
        } else {
            Outcome::Passed
        };
        Case {
            class: "fleet doctor".to_owned(),
            name: format!("{} {}", check.code, check.title),
            seconds: None,
            outcome,
            said: Vec::new(),
        }
    });
    let failed = view.could_not_check.iter().map(|why| Case {
        class: "fleet doctor".to_owned(),
        name: "looked at".to_owned(),
        seconds: None,
        outcome: Outcome::Error(why.clone(), String::new()),
        said: Vec::new(),
    });
    let cases: Vec<Case> = of_check.chain(failed).collect();
    junit::document("fleet doctor", None, &cases)
}

fn lines(found: &[&Finding]) -> String {
    found.iter().map(|f| format!("{}: {}", f.fault.subject, f.fault.text)).collect::<Vec<_>>().join("\n")
}

/// A page of its own: nothing is loaded, dark and light as the reader has it.
pub(super) fn html(view: &DoctorView) -> String {
    const STYLE: &str = ":root{color-scheme:light dark;--dim:#667085;--line:#8884;--warn:#9a6700;--bad:#c0362c}\
        body{margin:0 auto;max-width:76rem;padding:2rem 1.5rem;font:15px/1.5 system-ui,sans-serif}\
        table{border-collapse:collapse;width:100%}th,td{text-align:left;border-bottom:1px solid var(--line);padding:.4rem .6rem;\
        vertical-align:top}code{overflow-wrap:anywhere}.critical{color:var(--bad)}.warning{color:var(--warn)}.note,.dim{color:var(--dim)}";
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>fleet doctor</title><style>{STYLE}</style></head><body>\n<h1>fleet doctor: {}</h1>\n<p \
         class=\"dim\">{} · {}</p>\n",
        count(view.findings.len(), "finding"),
        escaped(&view.nomad),
        count(view.waived.len(), "waived finding"),
    );
    if !view.findings.is_empty() {
        out.push_str("<table><thead><tr><th>code</th><th>severity</th><th>of</th><th>what</th><th>next</th></tr></thead><tbody>\n");
    }
    for f in &view.findings {
        let fault = &f.fault;
        // Writing to a text cannot fail.
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"{1}\">{1}</td><td>{2}</td><td>{3}</td><td><code>{4}</code></td></tr>",
            fault.code,
            fault.severity,
            escaped(&fault.subject),
            escaped(&fault.text),
            escaped(fault.next.as_deref().unwrap_or_default())
        );
    }
    if !view.findings.is_empty() {
        out.push_str("</tbody></table>\n");
    }
    for (title, all) in [("Could not be looked at", &view.could_not_check), ("Left out", &view.left_out)] {
        if !all.is_empty() {
            let _ = writeln!(out, "<h2>{title}</h2><ul>");
            all.iter().for_each(|text| out.push_str(&format!("<li>{}</li>\n", escaped(text))));
            out.push_str("</ul>\n");
        }
    }
    out.push_str("</body></html>\n");
    out
}

/// SARIF 2.1.0, as code scanners hand in their findings.
pub(super) fn sarif(view: &DoctorView) -> Value {
    let level = |severity: Severity| match severity {
        Severity::Critical => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let rules: Vec<Value> = CHECKS
        .iter()
        .map(|c| {
            json!({"id": c.code, "shortDescription": {"text": c.title}, "defaultConfiguration": {"level": level(c.severity)}})
        })
        .collect();
    let result = |f: &Finding, waived: bool| {
        let name = format!("{}/{}", f.fault.namespace.as_deref().unwrap_or("cluster"), f.fault.subject);
        let suppressions =
            if waived { json!([{"kind": "external", "justification": f.waived_because}]) } else { json!([]) };
        json!({
            "ruleId": f.fault.code, "level": level(f.fault.severity),
            "message": {"text": format!("{}: {}", f.fault.subject, f.fault.text)},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}]}],
            "suppressions": suppressions,
        })
    };
    let results: Vec<Value> = view
        .findings
        .iter()
        .map(|f| result(f, false))
        .chain(view.waived.iter().map(|f| result(f, true)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "fleet doctor", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": results,
            "invocations": [{"executionSuccessful": view.could_not_check.is_empty()}],
        }],
    })
}
