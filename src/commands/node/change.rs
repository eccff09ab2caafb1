//! Changing many nodes side by side: each failure told, what is so already not written again, and the result read back.

use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;

use crate::api::nomad::node::{self, Eligibility, NodeStub};
use crate::api::nomad::one_of;
use crate::app::App;
use crate::commands::node::outcome::in_common;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// How many writes run at the same time.
const WRITES_AT_ONCE: usize = 8;

/// Whether a change of a node is to be written.
pub(super) enum ChangeDecision {
    /// Nothing to do; the text says why.
    Already(String),
    /// Refused, with the error.
    Refused(Error),
    /// To be written.
    Write,
}

/// What became of a node.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    /// What it was.
    #[serde(rename = "old")]
    was: String,
    /// What it is; none where that is not known.
    #[serde(rename = "new")]
    now: Option<String>,
    changed: bool,
    note: Option<String>,
    #[serde(skip)]
    wanted: Eligibility,
    #[serde(skip)]
    error: Option<Error>,
}

impl Tabular for Changed {
    const COLUMNS: &'static [Column] =
        &[column("NODE").whole(), column("WAS").whole(), column("IS").whole(), column("NOTE").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let now = match (&self.now, &self.error) {
            (Some(now), None) => Cell::toned(now, if self.changed { Tone::Good } else { Tone::Plain }),
            (Some(now), Some(_)) => Cell::toned(now, Tone::Bad),
            (None, _) => Cell::toned("not known", Tone::Bad),
        };
        let note = self.note.as_deref().map_or(Cell::Empty, |n| {
            Cell::toned(n, if self.error.is_some() { Tone::Bad } else { Tone::Dim })
        });
        vec![Cell::text(&self.name), Cell::text(&self.was), now, note]
    }
}

/// What a node is, as far as these verbs change it.
pub(super) fn state(node: &NodeStub) -> String {
    if node.drain { "draining".to_owned() } else { node.scheduling_eligibility.to_string() }
}

/// Changes each node as `decide` says, and reads all of them back.
///
/// # Errors
/// When some node is not as it should be: the code they have in common, else failed (1).
pub(super) async fn each(
    app: &App,
    nodes: Vec<NodeStub>,
    wanted: impl Fn(&NodeStub) -> Eligibility,
    wish: impl Fn(&NodeStub) -> ChangeDecision,
    write: impl AsyncFn(&NodeStub) -> Result<()>,
) -> Result<()> {
    let (write, wanted) = (&write, &wanted);
    let wishes: Vec<(NodeStub, ChangeDecision)> = nodes
        .into_iter()
        .map(|n| {
            let w = wish(&n);
            (n, w)
        })
        .collect();
    let mut rows: Vec<Changed> = stream::iter(wishes)
        .map(|(node, wish)| async move {
            let (changed, note, error) = match wish {
                ChangeDecision::Already(note) => (false, Some(note), None),
                ChangeDecision::Refused(error) => (false, Some(error.to_string()), Some(error)),
                ChangeDecision::Write => match write(&node).await {
                    Ok(()) => (true, None, None),
                    Err(error) => (false, Some(error.to_string()), Some(error)),
                },
            };
            let was = state(&node);
            let wanted = wanted(&node);
            Changed { id: node.id, name: node.name, was, now: None, changed, note, wanted, error }
        })
        .buffered(WRITES_AT_ONCE)
        .collect()
        .await;
    read_back(app, &mut rows).await?;
    app.printer.list(&rows, "no nodes")?;
    verdict(&rows)
}

/// What the nodes are now; a consistent read, since a write came before.
async fn read_back(app: &App, rows: &mut [Changed]) -> Result<()> {
    let filter = one_of("ID", rows.iter().map(|r| r.id.as_str()));
    let now = app.nomad()?.list(&node::list().filter(Some(&filter))).await?.value;
    for row in rows {
        let Some(found) = now.iter().find(|n| n.id == row.id) else { continue };
        row.now = Some(state(found));
        let as_wished = !found.drain && found.scheduling_eligibility == row.wanted;
        if row.changed && !as_wished && row.error.is_none() {
            let error = Error::failed(format!("node {} is still {}", row.name, state(found)))
                .because("someone else changed it, or a drain had just ended");
            row.note = Some(error.to_string());
            row.error = Some(error);
        }
    }
    Ok(())
}

fn verdict(rows: &[Changed]) -> Result<()> {
    let errors: Vec<&Error> = rows.iter().filter_map(|r| r.error.as_ref()).collect();
    in_common(&errors, rows.len(), "not changed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_code::ExitCode;
    use crate::ui::testing::screen;

    fn row(name: &str, error: Option<Error>) -> Changed {
        Changed {
            id: name.to_owned(),
            name: name.to_owned(),
            was: "eligible".to_owned(),
            now: Some("ineligible".to_owned()),
            changed: error.is_none(),
            note: error.as_ref().map(ToString::to_string),
            wanted: Eligibility::Ineligible,
            error,
        }
    }

    #[test]
    fn every_failure_is_told_and_a_common_cause_keeps_its_code() {
        let denied = || Error::new(ExitCode::Denied, "could not mark c1").because("403 Permission denied");
        let rows = [row("c1", Some(denied())), row("c2", None)];
        insta::assert_snapshot!(screen(80, |p| p.list(&rows, "")), @"
        NODE  WAS       IS          NOTE
        c1    eligible  ineligible  could not mark c1: 403 Permission denied
        c2    eligible  ineligible  -
        ");
        assert_eq!(verdict(&rows).unwrap_err().code(), ExitCode::Denied);
        let mixed = [row("c1", Some(denied())), row("c2", Some(Error::failed("reset")))];
        let error = verdict(&mixed).unwrap_err();
        assert_eq!((error.code(), error.message()), (ExitCode::Failed, "2 of 2 nodes not changed"));
        assert!(verdict(&rows[1..]).is_ok());
    }
}
