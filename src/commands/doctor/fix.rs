//! `fleet doctor --fix CODE`: preview, question, repair, read back.

use serde::Serialize;

use super::{Args, COULD_NOT_CHECK};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::doctor::{self, Fault};
use crate::model::words::{count, either};
use crate::ops::doctor::fix::{Remedy, Surgeon};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It would be mended, or will be when it was agreed to.
    ToMend,
    /// It was mended and read back.
    Mended,
    /// It is left alone, since mending it is not known to be safe.
    Left,
    /// It was to be mended, and that failed.
    Failed,
}

impl State {
    fn words(self) -> (&'static str, Tone) {
        match self {
            State::ToMend => ("to mend", Tone::Strong),
            State::Mended => ("mended", Tone::Good),
            State::Left => ("left alone", Tone::Warn),
            State::Failed => ("failed", Tone::Bad),
        }
    }
}

/// A finding, and what becomes of it.
#[derive(Debug, Serialize)]
struct Row {
    code: &'static str,
    subject: String,
    namespace: Option<String>,
    state: State,
    /// What is done; none where it is left alone.
    does: Option<String>,
    /// The command that takes it back.
    undo: Option<String>,
    /// Why it is left alone or failed, or what else is to be said.
    note: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("CODE").whole(),
        column("OF").wraps(),
        column("STATE").whole(),
        column("WHAT").wraps(),
        column("TAKEN BACK BY").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (state, tone) = self.state.words();
        let what = [self.does.as_deref(), self.note.as_deref()];
        let what: Vec<&str> = what.into_iter().flatten().collect();
        vec![
            Cell::text(self.code),
            Cell::text(&self.subject),
            Cell::toned(state, tone),
            Cell::text(what.join(": ")),
            self.undo.as_deref().map_or(Cell::Empty, Cell::text),
        ]
    }
}

impl Row {
    fn new(fault: &Fault, state: State) -> Self {
        Row {
            code: fault.code,
            subject: fault.subject.clone(),
            namespace: fault.namespace.clone(),
            state,
            does: None,
            undo: None,
            note: None,
        }
    }

    fn to_mend(fault: &Fault, remedy: &Remedy) -> Self {
        let (does, undo) = (Some(remedy.does.clone()), remedy.undo.clone());
        Row { does, undo, ..Row::new(fault, State::ToMend) }
    }
}

/// Refuses codes that are not mended, with what to do by hand.
///
/// # Errors
/// Refused (7).
pub(super) fn refuse(codes: &[String]) -> Result<()> {
    for check in codes.iter().filter_map(|code| doctor::of(code)) {
        if check.fix.is_none() {
            let mended: Vec<&str> =
                doctor::CHECKS.iter().filter(|c| c.fix.is_some()).map(|c| c.code).collect();
            return Err(Error::refused(format!(
                "{} is not mended by fleet; nothing was changed",
                check.code
            ))
            .because(format!("what to do about it is somebody's decision: {}", check.title))
            .because(format!("mended are {}", mended.join(", ")))
            .hint(format!("what helps by hand: `fleet doctor --explain {}`", check.code)));
        }
    }
    Ok(())
}

/// Mends what was found.
///
/// # Errors
/// Refused (7) where it is not agreed to; failed (1) where something is not mended.
pub(super) async fn run(args: &Args, app: &App, faults: Vec<Fault>, unseen: Vec<String>) -> Result<ExitCode> {
    for why in &unseen {
        app.printer.warn(&format!("could not be looked at: {why}"));
    }
    let surgeon = Surgeon { nomad: app.nomad()?, consul: app.consul()? };
    let (mut rows, mut work): (Vec<Row>, Vec<(usize, Remedy, Fault)>) = (Vec::new(), Vec::new());
    for fault in faults {
        match surgeon.decide(&fault).await? {
            Ok(remedies) => {
                for remedy in remedies {
                    rows.push(Row::to_mend(&fault, &remedy));
                    work.push((rows.len() - 1, remedy, fault.clone()));
                }
            }
            Err(why) => rows.push(Row { note: Some(why), ..Row::new(&fault, State::Left) }),
        }
    }
    if args.dry_run || work.is_empty() {
        app.printer.list(&rows, "nothing to mend")?;
        return Ok(verdict(&rows, &unseen, args.dry_run));
    }
    app.printer.list_aside(&rows);
    let question = format!("Mend {}?", count(work.len(), "finding"));
    let permission = app.confirm(args.yes, &question).await?;
    for (at, remedy, fault) in work {
        // Between the preview and the answer the world may have moved: what is not safe any more is left.
        let row = &mut rows[at];
        let still = match surgeon.decide(&fault).await {
            Ok(Ok(now)) => now
                .iter()
                .any(|r| r.does == remedy.does)
                .then_some(())
                .ok_or_else(|| "it changed meanwhile".to_owned()),
            Ok(Err(why)) => Err(why),
            Err(e) => Err(e.to_string()),
        };
        if let Err(why) = still {
            (row.state, row.note, row.undo) = (State::Left, Some(why), None);
            continue;
        }
        match surgeon.carry_out(&permission, &remedy).await {
            Ok(note) => (row.state, row.note) = (State::Mended, note),
            Err(e) => (row.state, row.note) = (State::Failed, Some(e.to_string())),
        }
    }
    app.printer.list(&rows, "nothing to mend")?;
    let open = rows.iter().filter(|r| r.state != State::Mended).count();
    if open > 0 {
        let verb = either(open, "is", "are");
        return Err(Error::failed(format!("{} of {} {verb} not mended", open, count(rows.len(), "finding"))));
    }
    for undo in rows.iter().filter_map(|r| r.undo.as_deref()) {
        app.printer.note(&format!("taken back by: {undo}"));
    }
    Ok(verdict(&rows, &unseen, false))
}

/// What was left alone is no success, and nothing found where something could not be seen is none either.
fn verdict(rows: &[Row], unseen: &[String], dry_run: bool) -> ExitCode {
    if rows.iter().any(|r| matches!(r.state, State::Left | State::Failed)) {
        ExitCode::Failed
    } else if rows.is_empty() && !unseen.is_empty() {
        ExitCode::Of(COULD_NOT_CHECK)
    } else if dry_run && rows.iter().any(|r| r.state == State::ToMend) {
        ExitCode::Pending
    } else {
        ExitCode::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::screen;

    #[test]
    fn what_is_somebodys_decision_is_refused_with_the_page_that_helps() {
        let e = refuse(&["fd103".to_owned()]).unwrap_err();
        assert_eq!(e.code(), ExitCode::Refused);
        assert!(e.hints()[0].contains("fleet doctor --explain FD103"), "{e:?}");
        assert!(refuse(&["FD214".to_owned()]).is_ok() && refuse(&[]).is_ok());
    }

    #[test]
    fn what_is_left_is_no_success_and_says_why() {
        let fault = Fault::new("FD214", "node c4", "x");
        let does = Some("make node c4 eligible".to_owned());
        let rows = [
            Row { does, ..Row::new(&fault, State::Mended) },
            Row { note: Some("its agent does not answer now".into()), ..Row::new(&fault, State::Left) },
        ];
        insta::assert_snapshot!(screen(80, |p| p.list(&rows, "")), @"
        CODE   OF       STATE       WHAT
        FD214  node c4  mended      make node c4 eligible
        FD214  node c4  left alone  its agent does not answer now
        ");
        assert_eq!(verdict(&rows, &[], false), ExitCode::Failed);
        assert_eq!(verdict(&rows[..1], &[], false), ExitCode::Done);
        assert_eq!(verdict(&[], &["x".into()], false), ExitCode::Of(COULD_NOT_CHECK));
        let planned = [Row::new(&fault, State::ToMend)];
        assert_eq!(verdict(&planned, &[], true), ExitCode::Pending);
    }
}
