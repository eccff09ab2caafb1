//! The report in Markdown.

use std::fmt::Write as _;

use crate::model::ingress::report::Report;
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

/// Writes the document.
pub(super) fn document(report: &Report) -> String {
    let mut out = String::from("# From nginx to a gateway\n\n");
    // Writing to a text cannot fail.
    let _ = writeln!(
        out,
        "Files: {}. {} directives, {} routes.\n",
        report.files.join(", "),
        report.directives.len(),
        report.routes.len()
    );
    out.push_str("| target | carried over | with a difference | cannot | irrelevant | guards lost | refused |\n|---|--:|--:|--:|--:|--:|--:|\n");
    for row in &report.matrix {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.target.name(),
            row.carried_over,
            row.with_a_difference,
            row.cannot,
            row.irrelevant,
            row.guards_lost,
            row.refused
        );
    }
    if !report.refusals.is_empty() {
        out.push_str("\n## In the way\n\n| ID | for | directive | why |\n|---|---|---|---|\n");
        for refusal in &report.refusals {
            let targets: Vec<&str> = refusal.targets.iter().map(|t| t.name()).collect();
            let accepted = if refusal.accepted { " (accepted)" } else { "" };
            let _ = writeln!(
                out,
                "| {}{accepted} | {} | {} | {} |",
                code(&refusal.id),
                targets.join(", "),
                code(&refusal.directive),
                cell(&refusal.why)
            );
        }
    }
    out.push_str("\n## Self-check\n\n| target | requests | same | expected differences | unexpected |\n|---|--:|--:|--:|--:|\n");
    for check in &report.self_check {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            check.target.name(),
            check.requests,
            check.same,
            check.expected_differences,
            check.unexpected_differences
        );
    }
    out.push_str("\n## Routes\n\n| port | hosts | path | action | from | traefik | api-gateway | ingress-gateway |\n|--:|---|---|---|---|---|---|---|\n");
    for route in &report.routes {
        let path = if route.conditions.is_empty() {
            route.path.clone()
        } else {
            format!("{} ({})", route.path, route.conditions.join(", "))
        };
        let verdicts: Vec<&str> = TARGETS.iter().map(|t| route.verdict[t.name()]).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            route.port,
            cell(&route.hosts.join(", ")),
            code(&path),
            cell(&route.action),
            cell(&route.from.join(", ")),
            verdicts.join(" | ")
        );
    }
    out.push_str("\n## Every line\n\n| line | directive | traefik | api-gateway | ingress-gateway | notes |\n|---|---|---|---|---|---|\n");
    for d in &report.directives {
        let mut notes: Vec<(String, Vec<&str>)> = Vec::new();
        for target in TARGETS {
            if let Some(note) = d.note.get(target.name()) {
                match notes.iter_mut().find(|(n, _)| n == note) {
                    Some((_, targets)) => targets.push(target.name()),
                    None => notes.push((note.clone(), vec![target.name()])),
                }
            }
        }
        let all = notes.len() == 1 && notes[0].1.len() == 3;
        let notes: Vec<String> = notes
            .iter()
            .map(|(n, t)| if all { n.clone() } else { format!("{}: {n}", t.join(", ")) })
            .collect();
        let verdicts: Vec<&str> = TARGETS.iter().map(|t| d.verdict[t.name()]).collect();
        let shown = std::iter::once(d.directive.as_str()).chain(d.args.iter().map(String::as_str));
        let shown = shown.collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            out,
            "| {}:{} | {} | {} | {} |",
            cell(&d.file),
            d.line,
            code(&shown),
            verdicts.join(" | "),
            cell(&notes.join("; "))
        );
    }
    out
}
