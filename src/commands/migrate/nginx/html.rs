//! The report as a page of its own: nothing is loaded, dark and light as the reader has it, made to be printed.

use std::fmt::Write as _;

use crate::commands::shared::markup::escaped;
use crate::model::ingress::report::{DirectiveView, Report};
use crate::model::ingress::verdict::{TARGETS, Verdict};
use crate::model::words;

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2330; --dim: #667085; --paper: #fff; --line: #e3e6ec; --soft: #f6f7f9;
  --good: #16794c; --warn: #9a6700; --bad: #c0362c; --good-b: #e3f4ea; --warn-b: #fdf1d3; --bad-b: #fde7e4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #98a2b3; --paper: #14171d; --line: #2b313c; --soft: #1b2028;
  --good: #6fd19c; --warn: #f0c35a; --bad: #ff8a7d; --good-b: #16382a; --warn-b: #3c3113; --bad-b: #45201c; } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem }
p { margin: .25rem 0 .75rem } .dim { color: var(--dim) }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th { text-align: left; font-weight: 600; color: var(--dim); border-bottom: 2px solid var(--line); padding: .4rem .6rem; white-space: nowrap }
td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
code { font: .85em ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere }
.tag { display: inline-block; border-radius: .6rem; padding: 0 .5rem; font-size: .8rem; white-space: nowrap }
.good { color: var(--good); background: var(--good-b) } .warn { color: var(--warn); background: var(--warn-b) }
.bad { color: var(--bad); background: var(--bad-b) } .none { color: var(--dim); background: var(--soft) }
.id { white-space: nowrap } .wide { overflow-x: auto } .wide table { min-width: 52rem } details { margin-top: 1rem } summary { cursor: pointer; color: var(--dim) }
.accepted td { color: var(--dim) } .note { color: var(--dim); font-size: .85rem }
.legend { display: flex; gap: 1rem; flex-wrap: wrap; margin-bottom: .75rem; font-size: .85rem }
@media print { body { max-width: none; padding: 0; font-size: 11px } h2 { break-after: avoid } tr { break-inside: avoid }
  details > *:not(summary) { display: block } .wide { overflow: visible } .wide table { min-width: 0 } .id { white-space: normal } thead { display: table-header-group } }
";

fn tag(phrase: &str) -> String {
    let (class, short) = match phrase {
        p if p == Verdict::Carried.phrase() => ("good", "carried over"),
        p if p == Verdict::Differs.phrase() => ("warn", "difference"),
        p if p == Verdict::Lost.phrase() => ("bad", "cannot"),
        _ => ("none", "irrelevant"),
    };
    format!("<span class=\"tag {class}\" title=\"{}\">{short}</span>", escaped(phrase))
}

fn head(out: &mut String, names: &[(&str, bool)]) {
    out.push_str("<div class=\"wide\"><table><thead><tr>");
    for (name, number) in names {
        // Writing to a text cannot fail.
        let _ = write!(out, "<th{}>{name}</th>", if *number { " class=\"n\"" } else { "" });
    }
    out.push_str("</tr></thead><tbody>\n");
}

const END: &str = "</tbody></table></div>\n";

/// Writes the page.
pub(super) fn document(report: &Report) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>From nginx to a gateway</title>\n<style>{STYLE}</style></head>\n<body>\n<h1>From nginx to a \
         gateway</h1>\n<p class=\"dim\">{} · {} directives · {} routes</p>\n",
        escaped(&report.files.join(", ")),
        report.directives.len(),
        report.routes.len()
    );
    matrix(&mut out, report);
    refusals(&mut out, report);
    checks(&mut out, report);
    routes(&mut out, report);
    lines(&mut out, report);
    out.push_str("</body></html>\n");
    out
}

fn matrix(out: &mut String, report: &Report) {
    out.push_str("<h2>Which target loses what</h2>\n");
    head(
        out,
        &[
            ("target", false),
            ("carried over", true),
            ("with a difference", true),
            ("cannot", true),
            ("irrelevant", true),
            ("guards lost", true),
            ("refused", true),
        ],
    );
    for row in &report.matrix {
        let number = |n: usize, class: &str| {
            if n == 0 {
                "<td class=\"n\">0</td>".to_owned()
            } else {
                format!("<td class=\"n\"><span class=\"tag {class}\">{n}</span></td>")
            }
        };
        let _ = writeln!(
            out,
            "<tr><td><b>{}</b></td>{}{}{}{}{}{}</tr>",
            row.target.name(),
            number(row.carried_over, "good"),
            number(row.with_a_difference, "warn"),
            number(row.cannot, "bad"),
            number(row.irrelevant, "none"),
            number(row.guards_lost, "bad"),
            number(row.refused, "bad")
        );
    }
    out.push_str(END);
}

fn refusals(out: &mut String, report: &Report) {
    if report.refusals.is_empty() {
        return;
    }
    out.push_str("<h2>In the way</h2>\n<p class=\"dim\">Each stops its targets until it is accepted: <code>--accept ID</code></p>\n");
    head(out, &[("ID", false), ("for", false), ("directive", false), ("why", false)]);
    for refusal in &report.refusals {
        let targets: Vec<&str> = refusal.targets.iter().map(|t| t.name()).collect();
        let (class, mark) = if refusal.accepted { (" class=\"accepted\"", " (accepted)") } else { ("", "") };
        let _ = writeln!(
            out,
            "<tr{class}><td><code class=\"id\">{}</code>{mark}</td><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            escaped(&refusal.id),
            targets.join(", "),
            escaped(&refusal.directive),
            escaped(&refusal.why)
        );
    }
    out.push_str(END);
}

fn checks(out: &mut String, report: &Report) {
    out.push_str(
        "<h2>Self-check</h2>\n<p class=\"dim\">What is emitted, interpreted, beside nginx's own rules over paths at the edges of every \
         route.</p>\n",
    );
    head(
        out,
        &[
            ("target", false),
            ("requests", true),
            ("same", true),
            ("differ as told", true),
            ("differ untold", true),
        ],
    );
    for check in &report.self_check {
        let class = if check.unexpected_differences == 0 { "good" } else { "bad" };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\"><span class=\"tag \
             {class}\">{}</span></td></tr>",
            check.target.name(),
            check.requests,
            check.same,
            check.expected_differences,
            check.unexpected_differences
        );
    }
    out.push_str(END);
    for check in report.self_check.iter().filter(|c| !c.differences.is_empty()) {
        let _ = writeln!(out, "<details><summary>Differences of {}</summary>", check.target.name());
        head(out, &[("request", false), ("nginx", false), ("after", false), ("because", false)]);
        for d in &check.differences {
            let _ = writeln!(
                out,
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
                escaped(&d.request),
                escaped(&d.nginx),
                escaped(&d.after),
                escaped(d.because.as_deref().unwrap_or("—"))
            );
        }
        out.push_str(END);
        out.push_str("</details>\n");
    }
}

fn routes(out: &mut String, report: &Report) {
    out.push_str("<h2>Routes</h2>\n<p class=\"dim\">In the order they are tried.</p>\n");
    head(
        out,
        &[
            ("port", true),
            ("hosts", false),
            ("path", false),
            ("what is done", false),
            ("from", false),
            ("traefik", false),
            ("api-gateway", false),
            ("ingress-gateway", false),
        ],
    );
    for route in &report.routes {
        let conditions = if route.conditions.is_empty() {
            String::new()
        } else {
            format!("<div class=\"note\">{}</div>", escaped(&route.conditions.join(", ")))
        };
        let _ = write!(
            out,
            "<tr><td class=\"n\">{}</td><td>{}</td><td><code>{}</code>{conditions}</td><td>{}</td><td class=\"note\">{}</td>",
            route.port,
            escaped(&route.hosts.join(", ")),
            escaped(&route.path),
            escaped(&route.action),
            escaped(&route.from.join(", "))
        );
        for target in TARGETS {
            let _ = write!(out, "<td>{}</td>", tag(route.verdict[target.name()]));
        }
        out.push_str("</tr>\n");
    }
    out.push_str(END);
}

fn lines(out: &mut String, report: &Report) {
    out.push_str("<h2>Every line</h2>\n<div class=\"legend\">");
    for verdict in [Verdict::Carried, Verdict::Differs, Verdict::Lost, Verdict::Irrelevant] {
        let _ = write!(out, "<span>{} {}</span>", tag(verdict.phrase()), verdict.phrase());
    }
    out.push_str("</div>\n");
    let quiet = |d: &&DirectiveView| d.verdict.values().all(|v| *v == Verdict::Irrelevant.phrase());
    let (irrelevant, mut loud): (Vec<_>, Vec<_>) = report.directives.iter().partition(quiet);
    // What is lost first; the lines of one verdict in their order.
    let worst = |d: &DirectiveView| {
        let rank = |v: &&str| match *v {
            v if v == Verdict::Lost.phrase() => 0,
            v if v == Verdict::Differs.phrase() => 1,
            _ => 2,
        };
        (u8::from(d.refused.is_empty()), d.verdict.values().map(rank).min())
    };
    loud.sort_by_key(|d| worst(d));
    table(out, &loud);
    if !irrelevant.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>{} without a meaning to the new proxy</summary>",
            words::count(irrelevant.len(), "line")
        );
        table(out, &irrelevant);
        out.push_str("</details>\n");
    }
}

fn table(out: &mut String, all: &[&DirectiveView]) {
    head(
        out,
        &[
            ("line", false),
            ("directive", false),
            ("traefik", false),
            ("api-gateway", false),
            ("ingress-gateway", false),
            ("note", false),
        ],
    );
    for d in all {
        let _ = write!(
            out,
            "<tr><td class=\"note\">{}:{}</td><td><code>{}</code></td>",
            escaped(&d.file),
            d.line,
            escaped(&d.shown())
        );
        for target in TARGETS {
            let _ = write!(out, "<td>{}</td>", tag(d.verdict[target.name()]));
        }
        let notes: Vec<String> = d
            .notes()
            .into_iter()
            .map(|n| match n.targets[..] {
                [] => escaped(n.note),
                _ => format!("<b>{}</b>: {}", n.targets.join(", "), escaped(n.note)),
            })
            .collect();
        let _ = writeln!(out, "<td>{}</td></tr>", notes.join("<br>"));
    }
    out.push_str(END);
}
