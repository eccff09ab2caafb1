//! What was found, on the terminal and for machines.

use serde::Serialize;

use crate::model::ingress::verify::verdict::{Finding, Gate, Outcome, VerificationSummary};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The result of a verification.
#[derive(Debug, Serialize)]
pub(super) struct VerificationView {
    #[serde(flatten)]
    pub(super) sum: VerificationSummary,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Row {
    request: String,
    what: String,
    old: String,
    new: String,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("REQUEST"), column("WHAT").whole(), column("OLD").folds(), column("NEW").folds()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.request),
            Cell::toned(&self.what, Tone::Bad),
            Cell::text(&self.old),
            Cell::text(&self.new),
        ]
    }
}

impl Describe for VerificationView {
    fn describe(&self) -> Detail {
        let gate = match self.sum.gate {
            Gate::Open => {
                Cell::toned("open: nothing unexplained, every route seen on both sides", Tone::Good)
            }
            Gate::Closed => Cell::toned("closed: the new side answers differently", Tone::Bad),
            Gate::Unknown => Cell::toned("not known: something was not seen", Tone::Warn),
        };
        let mut rows = Vec::new();
        for finding in &self.findings {
            if let Outcome::Differs { differences } = &finding.outcome {
                rows.extend(differences.iter().map(|d| Row {
                    request: finding.request.shown(),
                    what: d.what.clone(),
                    old: d.old.clone(),
                    new: d.new.clone(),
                }));
            }
        }
        let explained = self.findings.iter().filter_map(|f| match &f.outcome {
            Outcome::Explained { by, .. } => Some((format!("{}: {by}", f.request.shown()), Tone::Plain)),
            _ => None,
        });
        let unknown = self.findings.iter().filter_map(|f| match &f.outcome {
            Outcome::Unknown { why } => Some((format!("{}: {why}", f.request.shown()), Tone::Warn)),
            _ => None,
        });
        let count = |n: usize| Cell::text(n.to_string());
        Detail::new()
            .fields([
                ("gate", gate),
                ("requests", count(self.sum.requests)),
                ("alike", count(self.sum.same)),
                ("explained", count(self.sum.explained)),
                ("unexplained", count(self.sum.unexplained)),
                ("unknown", count(self.sum.unknown)),
                ("routes", count(self.sum.routes)),
            ])
            .table("Unexplained", &rows)
            .lines(Some("Explained"), explained.take(50))
            .lines(Some("Without an answer"), unknown.take(50))
            .lines(
                Some("Routes not seen on both sides"),
                self.sum.routes_not_seen.iter().map(|r| (r.clone(), Tone::Warn)),
            )
    }
}
