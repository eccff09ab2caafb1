//! What was found, on the terminal and for machines.

use serde::Serialize;

use crate::model::ingress::request::normalised;
use crate::model::ingress::verify::verdict::{Finding, Gate, Outcome, VerificationSummary};
use crate::model::ingress::verify::{Origin, SentRequest};
use crate::model::words;
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
    /// How many other spellings of its path show the same.
    more: usize,
    what: String,
    old: String,
    new: String,
}

/// A row for each difference. One that other spellings of a path only show again is told once; all of them are in the reports.
fn rows(findings: &[Finding]) -> Vec<Row> {
    let mut rows: Vec<(String, Row)> = Vec::new();
    for finding in findings {
        let Outcome::Differs { differences } = &finding.outcome else { continue };
        let plain = spelled_out(&finding.request);
        for d in differences {
            let same = |(path, row): &&mut (String, Row)| {
                *path == plain && row.what == d.what && row.old == d.old && row.new == d.new
            };
            match rows.iter_mut().find(same) {
                Some((_, known)) => {
                    known.more += 1;
                    // The way people write it stands for the others.
                    if finding.request.origin != Origin::Probe {
                        known.request = finding.request.shown();
                    }
                }
                None => rows.push((
                    plain.clone(),
                    Row {
                        request: finding.request.shown(),
                        more: 0,
                        what: d.what.clone(),
                        old: d.old.clone(),
                        new: d.new.clone(),
                    },
                )),
            }
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// A request, its path as both spellings of it are meant.
fn spelled_out(request: &SentRequest) -> String {
    let (raw, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let path = normalised(raw, true).unwrap_or_else(|| raw.to_owned());
    format!("{} {} {path}?{query}", request.method, request.host.as_deref().unwrap_or_default())
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("REQUEST"), column("WHAT").whole(), column("OLD").folds(), column("NEW").folds()];

    fn cells(&self) -> Vec<Cell> {
        let request = match self.more {
            0 => self.request.clone(),
            n => format!("{}, and {}", self.request, words::count(n, "other spelling")),
        };
        vec![
            Cell::text(request),
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
        let rows = rows(&self.findings);
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
