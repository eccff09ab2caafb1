//! The report in Markdown.

use crate::model::ingress::report::{CheckView, DirectiveView, Refusal, Report, RouteView, Row};
use crate::model::ingress::verdict::TARGETS;

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}

fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace('\n', " "))
    }
}

/// A table; a column whose head begins with `#` is of numbers.
fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let names: Vec<String> = heads.iter().map(|h| h.trim_start_matches('#').to_owned()).collect();
    let rules: String = heads.iter().map(|h| if h.starts_with('#') { "--:|" } else { "---|" }).collect();
    let rows: String = rows.map(|cells| line(&cells)).collect();
    format!("{}|{rules}\n{rows}", line(&names))
}

/// Writes the document.
pub(super) fn document(report: &Report) -> String {
    let mut out = format!(
        "# From nginx to a gateway\n\nFiles: {}. {} directives, {} routes.\n\n{}",
        report.files.join(", "),
        report.directives.len(),
        report.routes.len(),
        matrix(report)
    );
    if !report.refusals.is_empty() {
        out.push_str(&format!("\n## In the way\n\n{}", refusals(report)));
    }
    out.push_str(&format!("\n## Self-check\n\n{}", self_check(report)));
    out.push_str(&format!("\n## Routes\n\n{}", routes(report)));
    out.push_str(&format!("\n## Every line\n\n{}", directives(report)));
    out
}

fn matrix(report: &Report) -> String {
    let heads = [
        "target",
        "#carried over",
        "#with a difference",
        "#cannot",
        "#irrelevant",
        "#guards lost",
        "#refused",
    ];
    let row = |row: &Row| {
        let counts = [
            row.carried_over,
            row.with_a_difference,
            row.cannot,
            row.irrelevant,
            row.guards_lost,
            row.refused,
        ];
        std::iter::once(row.target.name().to_owned()).chain(counts.map(|n| n.to_string())).collect()
    };
    table(&heads, report.matrix.iter().map(row))
}

fn refusals(report: &Report) -> String {
    let row = |refusal: &Refusal| {
        let targets: Vec<&str> = refusal.targets.iter().map(|t| t.name()).collect();
        let accepted = if refusal.accepted { " (accepted)" } else { "" };
        let id = format!("{}{accepted}", code(&refusal.id));
        vec![id, targets.join(", "), code(&refusal.directive), cell(&refusal.why)]
    };
    table(&["ID", "for", "directive", "why"], report.refusals.iter().map(row))
}

fn self_check(report: &Report) -> String {
    let row = |check: &CheckView| {
        let counts = [check.requests, check.same, check.expected_differences, check.unexpected_differences];
        std::iter::once(check.target.name().to_owned()).chain(counts.map(|n| n.to_string())).collect()
    };
    let heads = ["target", "#requests", "#same", "#expected differences", "#unexpected"];
    table(&heads, report.self_check.iter().map(row))
}

fn routes(report: &Report) -> String {
    let heads = ["#port", "hosts", "path", "action", "from", "traefik", "api-gateway", "ingress-gateway"];
    let row = |route: &RouteView| {
        let path = if route.conditions.is_empty() {
            route.path.clone()
        } else {
            format!("{} ({})", route.path, route.conditions.join(", "))
        };
        let verdicts = TARGETS.iter().map(|t| route.verdict[t.name()].to_owned());
        let (hosts, from) = (cell(&route.hosts.join(", ")), cell(&route.from.join(", ")));
        let cells = [route.port.to_string(), hosts, code(&path), cell(&route.action), from];
        cells.into_iter().chain(verdicts).collect()
    };
    table(&heads, report.routes.iter().map(row))
}

fn directives(report: &Report) -> String {
    let heads = ["line", "directive", "traefik", "api-gateway", "ingress-gateway", "notes"];
    let row = |d: &DirectiveView| {
        let verdicts = TARGETS.iter().map(|t| d.verdict[t.name()].to_owned());
        let place = [format!("{}:{}", cell(&d.file), d.line), code(&d.shown())];
        place.into_iter().chain(verdicts).chain([cell(&notes(d))]).collect()
    };
    table(&heads, report.directives.iter().map(row))
}

/// What is said of a directive: of which targets, where it is not said of all.
fn notes(d: &DirectiveView) -> String {
    let words = d.notes().into_iter().map(|n| match n.targets[..] {
        [] => n.note.to_owned(),
        _ => format!("{}: {}", n.targets.join(", "), n.note),
    });
    words.collect::<Vec<_>>().join("; ")
}
