//! How drains ended, and what became of everything that left.

use serde::Serialize;

use super::NotTold;
use super::narrate::{end_words, fate_words};
use crate::error::{Error, Result};
use crate::model::drain_end::DrainEnd;
use crate::model::ids::JobType;
use crate::ops::drain::Followed;
use crate::ops::drain::fate::AllocFate;
use crate::ops::drain::target::{Action, Target};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    nodes: Vec<NodeRow>,
    allocations: Vec<AllocRow>,
    #[serde(skip)]
    forced: bool,
}

#[derive(Debug, Serialize)]
struct NodeRow {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    #[serde(flatten)]
    action: Action,
    error: Option<String>,
    #[serde(flatten)]
    end: Option<DrainEnd>,
    allocations_on_it: usize,
    allocations_well: Option<usize>,
    #[serde(skip)]
    told: Result<(), Error>,
}

#[derive(Debug, Serialize)]
struct AllocRow {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    job_id: String,
    job_type: JobType,
    #[serde(rename = "node_name")]
    node: String,
    #[serde(flatten)]
    fate: AllocFate,
}

impl Tabular for NodeRow {
    const COLUMNS: &'static [Column] = &[
        column("NODE").whole(),
        column("ALLOCATIONS").right(),
        column("HEALTHY").right(),
        column("HOW").wraps(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (how, tone) = match (&self.error, &self.end, &self.action) {
            (Some(error), ..) => (format!("not drained: {error}"), Tone::Bad),
            (None, Some(end), _) => end_words(end),
            (None, None, Action::Nothing) => ("nothing to do".to_owned(), Tone::Dim),
            (None, None, _) => ("draining".to_owned(), Tone::Warn),
        };
        let well = self.allocations_well.map_or(Cell::Empty, |well| {
            let tone = if well < self.allocations_on_it { Tone::Warn } else { Tone::Plain };
            Cell::toned(well.to_string(), tone)
        });
        vec![
            Cell::text(&self.name),
            Cell::Number(self.allocations_on_it as u64),
            well,
            Cell::toned(how, tone),
        ]
    }
}

impl Tabular for AllocRow {
    const COLUMNS: &'static [Column] = &[
        column("ALLOCATION"),
        column("NAMESPACE").usual("default").rank(1),
        column("FROM").whole(),
        column("RESULT").wraps(),
        column("REPLACEMENT").whole(),
        column("ID").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (text, tone) = fate_words(&self.fate);
        let replacement = match &self.fate {
            AllocFate::Settling { replacement, .. }
            | AllocFate::Healthy { replacement, .. }
            | AllocFate::Restarted { replacement, .. }
            | AllocFate::Unhealthy { replacement, .. } => Cell::Id(replacement.clone()),
            _ => Cell::Empty,
        };
        vec![
            Cell::text(&self.name),
            Cell::text(&self.namespace),
            Cell::text(&self.node),
            Cell::toned(text, tone),
            replacement,
            Cell::Id(self.id.clone()),
        ]
    }
}

impl Report {
    pub(super) fn new(targets: &[Target], failed: &[NotTold], followed: &[Followed], forced: bool) -> Self {
        let row = |t: &Target| {
            let error = failed.iter().find(|(node, _)| *node == t.node).map(|(_, e)| e.clone());
            let seen = followed.iter().find(|f| f.node == t.node);
            NodeRow {
                id: t.node.id.clone(),
                name: t.node.name.clone(),
                action: t.action.clone(),
                error: error.as_ref().map(ToString::to_string),
                end: seen.and_then(|f| f.end.clone()),
                allocations_on_it: seen.map_or(t.allocs.len(), |f| f.fates.len()),
                allocations_well: seen.map(|f| f.fates.values().filter(|f| f.is_good()).count()),
                told: error.map_or(Ok(()), Err),
            }
        };
        let mut allocations: Vec<AllocRow> = followed.iter().flat_map(rows).collect();
        allocations.sort_by(|a, b| (&a.node, &a.namespace, &a.name).cmp(&(&b.node, &b.namespace, &b.name)));
        Report { nodes: targets.iter().map(row).collect(), allocations, forced }
    }

    /// Whether every drain is complete and every service healthy again; else the error, which says what is not.
    pub(super) fn verdict(&self, detached: bool) -> Result<()> {
        let refused: Vec<&Error> = self.nodes.iter().filter_map(|n| n.told.as_ref().err()).collect();
        let mut wrong: Vec<String> = Vec::new();
        for node in &self.nodes {
            match (&node.error, &node.end) {
                (Some(error), _) => wrong.push(format!("{}: {error}", node.name)),
                (None, None | Some(DrainEnd::Complete)) => {}
                (None, Some(DrainEnd::Forced)) if self.forced => {}
                (None, Some(end)) => wrong.push(format!("{}: {}", node.name, end_words(end).0)),
            }
        }
        wrong.extend(
            self.allocations
                .iter()
                .filter(|a| self.is_wrong(a))
                .map(|a| format!("{} of {}: {}", a.name, a.node, fate_words(&a.fate).0)),
        );
        if wrong.is_empty() {
            return Ok(());
        }
        let what =
            if detached { "not every drain could be started" } else { "not everything that left is healthy" };
        // When every node was refused for the same reason, its exit code is kept.
        let code = match refused.first() {
            Some(first)
                if refused.len() == wrong.len() && refused.iter().all(|e| e.code() == first.code()) =>
            {
                first.code()
            }
            _ => crate::exit_code::ExitCode::Failed,
        };
        let error = Error::new(code, what);
        const MOST: usize = 10;
        let more = wrong.len().saturating_sub(MOST);
        let error = wrong.into_iter().take(MOST).fold(error, Error::because);
        Err(if more > 0 { error.because(format!("and {more} more")) } else { error })
    }

    fn is_wrong(&self, alloc: &AllocRow) -> bool {
        match alloc.fate {
            // --force gave that up.
            AllocFate::Killed => !self.forced,
            ref fate => !fate.is_good(),
        }
    }
}

fn rows(f: &Followed) -> impl Iterator<Item = AllocRow> + '_ {
    f.fates.iter().filter_map(|(id, fate)| {
        let alloc = f.tracked.get(id)?;
        Some(AllocRow {
            id: id.clone(),
            name: alloc.name.clone(),
            namespace: alloc.namespace.clone(),
            job_id: alloc.job_id.clone(),
            job_type: alloc.job_type,
            node: f.node.name.clone(),
            fate: fate.clone(),
        })
    })
}

impl Describe for Report {
    fn describe(&self) -> Detail {
        Detail::new().table("Nodes", &self.nodes).table("Allocations", &self.allocations)
    }
}
