//! What came of a shift.

use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::model::traffic::shift::Shares;
use crate::model::traffic::weighted;
use crate::ops::traffic::shift::{Record, ShiftEnd};
use crate::ui::{Cell, Describe, Detail, Tone};

/// How a shift of traffic ended.
#[derive(Debug, Serialize)]
pub(super) struct ShiftOutcome {
    shift_id: String,
    service: String,
    from: String,
    to: String,
    /// As in `end`, which writes them.
    #[serde(skip)]
    shares: Shares,
    #[serde(flatten)]
    end: ShiftEnd,
    #[serde(skip)]
    sentence: (String, Tone),
}

impl ShiftOutcome {
    pub(super) fn new(record: &Record, end: &ShiftEnd) -> Self {
        let shares = match end {
            ShiftEnd::Done { shares, .. }
            | ShiftEnd::Pending { shares, .. }
            | ShiftEnd::Held { shares, .. }
            | ShiftEnd::RolledBack { shares, .. } => *shares,
        };
        ShiftOutcome {
            shift_id: record.id.clone(),
            service: record.service.clone(),
            from: record.from.to_string(),
            to: record.to.to_string(),
            shares,
            sentence: sentence(record, end),
            end: end.clone(),
        }
    }
}

impl ShiftOutcome {
    /// What taking it back would do.
    pub(super) fn preview(record: &Record, shares: Shares, why: String) -> Self {
        let sentence = (format!("{}: the split is {shares}; {why}", record.service), Tone::Strong);
        ShiftOutcome { sentence, ..ShiftOutcome::new(record, &ShiftEnd::Pending { shares, why }) }
    }
}

/// Whether the weights stand in a file and no Traefik was named that reads it.
fn is_blind(record: &Record) -> bool {
    record.service.starts_with(weighted::PREFIX) && record.traefiks.is_empty()
}

/// How it ended, in a sentence.
pub(super) fn sentence(record: &Record, end: &ShiftEnd) -> (String, Tone) {
    let Record { service, from, to, .. } = record;
    match end {
        ShiftEnd::Done { shares, drained: Some(true) } => (
            format!(
                "{service}: the split is {shares}, verified, and nothing goes to {from} any more: it can be stopped"
            ),
            Tone::Good,
        ),
        ShiftEnd::Done { shares, drained: Some(false) } => (
            format!(
                "{service}: the split is {shares}, verified; {from} was not idle when the pins were taken out"
            ),
            Tone::Warn,
        ),
        ShiftEnd::Done { shares, drained: None } if shares.from > 0 && is_blind(record) => (
            format!(
                "{service}: the split is {shares}, read back from the file and not verified: no Traefik is named with --traefik"
            ),
            Tone::Warn,
        ),
        ShiftEnd::Done { shares, drained: None } if shares.from > 0 => {
            (format!("{service}: the split is {shares}, verified"), Tone::Good)
        }
        ShiftEnd::Done { shares, drained: None } if is_blind(record) => (
            format!(
                "{service}: the split is {shares}, read back from the file and not verified: no Traefik is named with --traefik; what is under way on {from} is not known: look before it is stopped"
            ),
            Tone::Warn,
        ),
        ShiftEnd::Done { shares, drained: None } if !record.traefiks.is_empty() => (
            format!(
                "{service}: the split is {shares}, verified on every Traefik that was named; what is under way on {from} Traefik does not tell: look before it is stopped"
            ),
            Tone::Warn,
        ),
        ShiftEnd::Done { shares, drained: None } => (
            format!(
                "{service}: the split is {shares}, read back; whether something still goes to {from} is not known: no gateway can be asked"
            ),
            Tone::Warn,
        ),
        ShiftEnd::Pending { shares, why } => (
            format!("{service}: the split is {shares}, verified; {why}; the same command waits on"),
            Tone::Warn,
        ),
        ShiftEnd::Held { shares, why } => (format!("{service}: held at {shares}: {why}"), Tone::Bad),
        ShiftEnd::RolledBack { shares, why, asked, silent } => {
            let proof = match (asked.is_empty(), silent.is_empty()) {
                (_, false) if is_blind(record) => {
                    "read back from the file; what a Traefik made of it is not known: name it with --traefik HOST:PORT".to_owned()
                }
                (_, false) => format!(
                    "read back; what {} made of it is not known, its admin port cannot be asked: name it with --envoy ID=HOST:PORT",
                    silent.join(", ")
                ),
                (true, true) => "read back".to_owned(),
                (false, true) => "verified".to_owned(),
            };
            (
                format!("{service}: taken back to {shares}, {proof} ({why}); {to} has what it had before"),
                Tone::Warn,
            )
        }
    }
}

/// The code of an end.
pub(super) fn code(end: &ShiftEnd) -> ExitCode {
    match end {
        ShiftEnd::Done { .. } => ExitCode::Done,
        ShiftEnd::Pending { .. } => ExitCode::Pending,
        ShiftEnd::Held { .. } => ExitCode::Failed,
        ShiftEnd::RolledBack { .. } => ExitCode::RolledBack,
    }
}

impl Describe for ShiftOutcome {
    fn describe(&self) -> Detail {
        let (text, tone) = &self.sentence;
        Detail::new()
            .fields([
                ("Shift", Cell::text(&self.shift_id)),
                ("Split", Cell::toned(self.shares.to_string(), Tone::Strong)),
            ])
            .lines(None, [(text.clone(), *tone)])
    }
}
