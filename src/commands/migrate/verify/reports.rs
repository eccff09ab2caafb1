//! What a run leaves behind: a page, a text, JSON, results as JUnit's XML.

use std::fmt::Write as _;

use super::view::VerificationView;
use crate::commands::shared::junit::{self, Case};
use crate::commands::shared::markup::escaped;
use crate::model::ingress::verify::compare::Difference;
use crate::model::ingress::verify::verdict::{Gate, Outcome};
use crate::model::words;

fn told(differences: &[Difference]) -> String {
    differences
        .iter()
        .map(|d| format!("{}: {:?} → {:?}", d.what, d.old, d.new))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every request is a case; what differs unexplained is a failure, what has no answer an error.
pub(super) fn junit(view: &VerificationView) -> String {
    let of_request = view.findings.iter().map(|finding| {
        let outcome = match &finding.outcome {
            Outcome::Same | Outcome::Explained { .. } => junit::Outcome::Passed,
            Outcome::Differs { differences } => {
                let first = differences.first().map_or("", |d| d.what.as_str());
                junit::Outcome::Failure(format!("{first} differs"), told(differences))
            }
            Outcome::Unknown { why } => junit::Outcome::Error(why.clone(), String::new()),
        };
        let said = match &finding.outcome {
            Outcome::Explained { by, .. } => vec![format!("explained: {by}")],
            Outcome::Same | Outcome::Differs { .. } | Outcome::Unknown { .. } => Vec::new(),
        };
        Case { class: finding.route.clone(), name: finding.request.shown(), seconds: None, outcome, said }
    });
    let unseen = view.sum.routes_not_seen.iter().map(|route| Case {
        class: "routes".to_owned(),
        name: route.clone(),
        seconds: None,
        outcome: junit::Outcome::Error("not seen on both sides".to_owned(), String::new()),
        said: Vec::new(),
    });
    let cases: Vec<Case> = of_request.chain(unseen).collect();
    junit::document("fleet migrate verify", None, &cases)
}

fn gate(view: &VerificationView) -> &'static str {
    match view.sum.gate {
        Gate::Open => "open",
        Gate::Closed => "closed",
        Gate::Unknown => "not known",
    }
}

pub(super) fn markdown(view: &VerificationView) -> String {
    let s = &view.sum;
    let cell = |t: &str| t.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;");
    let mut out = format!(
        "# Old against new: the gate is {}\n\n| requests | alike | explained | unexplained | unknown | routes |\n|--:|--:|--:|--:|--:|--:|\n| {} | {} | {} | {} | {} | {} |\n",
        gate(view),
        s.requests,
        s.same,
        s.explained,
        s.unexplained,
        s.unknown,
        s.routes
    );
    for (title, wanted) in [("Unexplained", 0), ("Explained", 1), ("Without an answer", 2)] {
        let mut body = String::new();
        for finding in &view.findings {
            let line = match (&finding.outcome, wanted) {
                (Outcome::Differs { differences }, 0) => told(differences),
                (Outcome::Explained { by, .. }, 1) => by.clone(),
                (Outcome::Unknown { why }, 2) => why.clone(),
                _ => continue,
            };
            let _ = writeln!(
                body,
                "| {} | {} | {} |",
                cell(&finding.request.shown()),
                cell(&finding.route),
                cell(&line)
            );
        }
        if !body.is_empty() {
            let _ = write!(out, "\n## {title}\n\n| request | route | |\n|---|---|---|\n{body}");
        }
    }
    if !s.routes_not_seen.is_empty() {
        out.push_str("\n## Routes not seen on both sides\n\n");
        s.routes_not_seen.iter().for_each(|r| out.push_str(&format!("- {}\n", cell(r))));
    }
    out
}

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1d2330;--dim:#667085;--paper:#fff;--line:#e3e6ec;--good:#16794c;--warn:#9a6700;--bad:#c0362c}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--dim:#98a2b3;--paper:#14171d;--line:#2b313c;--good:#6fd19c;--warn:#f0c35a;--bad:#ff8a7d}}\
body{margin:0 auto;max-width:76rem;padding:2rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,'DejaVu Sans',sans-serif}\
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%;font-size:.9rem}\
th{text-align:left;color:var(--dim);border-bottom:2px solid var(--line);padding:.4rem .6rem}td{border-bottom:1px solid var(--line);padding:.4rem .6rem;vertical-align:top}\
code{font:.85em ui-monospace,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere;white-space:pre-wrap}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.dim{color:var(--dim)}\
@media print{body{max-width:none;padding:0;font-size:11px}tr{break-inside:avoid}}";

pub(super) fn html(view: &VerificationView) -> String {
    let s = &view.sum;
    let class = match s.gate {
        Gate::Open => "good",
        Gate::Closed => "bad",
        Gate::Unknown => "warn",
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Old against new</title><style>{STYLE}</style></head><body>\n<h1>Old against new: the gate is <span class=\"{class}\">{}</span></h1>\n\
         <p class=\"dim\">{} · {} alike · {} explained · {} unexplained · {} without an answer · {}</p>\n",
        gate(view),
        words::count(s.requests, "request"),
        s.same,
        s.explained,
        s.unexplained,
        s.unknown,
        words::count(s.routes, "route")
    );
    for (title, wanted) in [("Unexplained", 0), ("Explained", 1), ("Without an answer", 2), ("Alike", 3)] {
        let mut body = String::new();
        let mut count = 0;
        for finding in &view.findings {
            let line = match (&finding.outcome, wanted) {
                (Outcome::Differs { differences }, 0) => told(differences),
                (Outcome::Explained { by, differences }, 1) => format!("{by}\n{}", told(differences)),
                (Outcome::Unknown { why }, 2) => why.clone(),
                (Outcome::Same, 3) if finding.noise.is_empty() => String::new(),
                (Outcome::Same, 3) => format!("not compared: {}", finding.noise.join(", ")),
                _ => continue,
            };
            count += 1;
            let _ = writeln!(
                body,
                "<tr><td><code>{}</code></td><td class=\"dim\">{}</td><td><code>{}</code></td></tr>",
                escaped(&finding.request.shown()),
                escaped(&finding.route),
                escaped(&line)
            );
        }
        if count > 0 {
            let (open, close) =
                if wanted == 3 { ("<details><summary>show</summary>", "</details>") } else { ("", "") };
            let _ = writeln!(
                out,
                "<h2>{title} ({count})</h2>{open}<table><thead><tr><th>request</th><th>route</th><th></th></tr></thead><tbody>\n{body}</tbody></table>{close}"
            );
        }
    }
    if !s.routes_not_seen.is_empty() {
        out.push_str("<h2>Routes not seen on both sides</h2>\n<ul>");
        s.routes_not_seen.iter().for_each(|r| out.push_str(&format!("<li><code>{}</code></li>", escaped(r))));
        out.push_str("</ul>\n");
    }
    out.push_str("</body></html>\n");
    out
}
