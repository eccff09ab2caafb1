//! A migration on the terminal.

use serde::Serialize;

use crate::model::ingress::report::{Refusal, Report, Row};
use crate::model::words;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// A migration, as it is printed.
#[derive(Debug, Serialize)]
pub(super) struct MigrationView<'a> {
    #[serde(flatten)]
    pub(super) report: &'a Report,
    /// The files that were written.
    pub(super) written: &'a [String],
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("TARGET").whole(),
        column("CARRIED").right(),
        column("DIFFERS").right(),
        column("CANNOT").right(),
        column("IRRELEVANT").right().rank(2),
        column("GUARDS LOST").right(),
        column("REFUSED").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let count =
            |n: usize, tone: Tone| Cell::toned(n.to_string(), if n == 0 { Tone::Plain } else { tone });
        vec![
            Cell::text(self.target.name()),
            count(self.carried_over, Tone::Good),
            count(self.with_a_difference, Tone::Warn),
            count(self.cannot, Tone::Bad),
            count(self.irrelevant, Tone::Plain),
            count(self.guards_lost, Tone::Bad),
            count(self.refused, Tone::Bad),
        ]
    }
}

impl Tabular for Refusal {
    const COLUMNS: &'static [Column] =
        &[column("ID").whole(), column("FOR").rank(2), column("DIRECTIVE").rank(1), column("WHY").folds()];

    fn cells(&self) -> Vec<Cell> {
        let targets: Vec<&str> = self.targets.iter().map(|t| t.name()).collect();
        let why = if self.accepted { format!("(accepted) {}", self.why) } else { self.why.clone() };
        vec![
            Cell::toned(&self.id, if self.accepted { Tone::Dim } else { Tone::Bad }),
            Cell::text(targets.join(", ")),
            Cell::text(&self.directive),
            Cell::text(why),
        ]
    }
}

impl Describe for MigrationView<'_> {
    fn describe(&self) -> Detail {
        let report = self.report;
        let rows: Vec<&Row> = report.matrix.iter().filter(|r| report.targets.contains(&r.target)).collect();
        let checks = report.self_check.iter().filter(|c| report.targets.contains(&c.target)).map(|c| {
            let tone = if c.unexpected_differences == 0 { Tone::Plain } else { Tone::Bad };
            let line = format!(
                "{}: {} of {} come to the same, {} differ as told, {} differ untold",
                c.target.name(),
                c.same,
                words::count(c.requests, "request"),
                c.expected_differences,
                c.unexpected_differences
            );
            (line, tone)
        });
        Detail::new()
            .fields([
                ("files", Cell::text(report.files.join(", "))),
                ("directives", Cell::text(report.directives.len().to_string())),
                ("routes", Cell::text(report.routes.len().to_string())),
            ])
            .table("What becomes of them", &rows)
            .table("In the way", &report.refusals)
            .lines(Some("Self-check"), checks)
            .lines(Some("Written"), self.written.iter().map(|w| (w.clone(), Tone::Plain)))
    }
}
