//! A report as Markdown.

use std::fmt::Write as _;

use crate::commands::rotation::report::ReportView;
use crate::commands::rotation::report::page::{comparison, headline, moment, summary};
use crate::ui::{Cell, Column, Tabular};

pub(super) fn page(report: &ReportView) -> String {
    let story = &report.story;
    let mut out = format!("# Rotation {}\n\n{}\n\n", escaped(&story.rotation), escaped(&headline(story)));
    let facts = [
        ("by", report.by.clone()),
        ("begun", story.begun_at.map(moment)),
        ("last event", story.last_at.map(moment)),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            let _ = writeln!(out, "- {label}: {}", escaped(&value));
        }
    }
    list(&mut out, "Forecast and reality", comparison(story));
    table(&mut out, "Nodes", &story.nodes);
    table(&mut out, "Services, by what was moved here", &story.groups);
    table(&mut out, "Allocations", &story.moves);
    table(&mut out, "What happened, and why (UTC)", &report.decisions);
    list(&mut out, "Remarks", summary(story));
    out
}

fn list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = write!(out, "\n## {title}\n\n");
        lines.for_each(|line| {
            let _ = writeln!(out, "- {}", escaped(&line));
        });
    }
}

fn table<T: Tabular>(out: &mut String, title: &str, rows: &[T]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "\n## {title}\n\n");
    let row = |out: &mut String, cells: &[String]| {
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    };
    let heads: Vec<String> = T::COLUMNS.iter().map(|c: &Column| c.title.to_lowercase()).collect();
    row(out, &heads);
    row(out, &vec!["---".to_owned(); heads.len()]);
    for cells in rows.iter().map(Tabular::cells) {
        let cells: Vec<String> = cells.iter().map(|cell: &Cell| escaped(&cell.plain())).collect();
        row(out, &cells);
    }
}

/// Text in which nothing means anything to Markdown, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
