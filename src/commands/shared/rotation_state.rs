//! Whether an unfinished rotation is at work, paused, left, or given up.

use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::error::Result;
use crate::model::group::GroupKey;
use crate::ops::migration::lock::{Claims, at_work};
use crate::ops::rotate::control;
use crate::ops::rotate::count;
use crate::ops::rotate::given_up::given_up;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Whether somebody moves it on now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RotationState {
    /// Whether a process is at work on it.
    pub(crate) at_work: bool,
    /// Who asked for a pause, and why; none where nobody does.
    pub(crate) paused: Option<String>,
    /// By what it was given up since it was left; none where it can be gone on with.
    pub(crate) given_up: Option<String>,
    /// Groups whose count is one more than their own, for a second copy.
    pub(crate) raised: Vec<RaisedCount>,
}

/// A count that a rotation has raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RaisedCount {
    #[serde(flatten)]
    group: GroupKey,
    /// The count it gets back.
    own_count: u64,
}

impl Tabular for RaisedCount {
    const COLUMNS: &'static [Column] =
        &[column("SERVICE"), column("OWN COUNT").right(), column("TO GIVE IT BACK").whole()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(self.group.to_string()),
            Cell::Number(self.own_count),
            Cell::text(count::to_give_back(&self.group, self.own_count)),
        ]
    }
}

impl RaisedCount {
    /// Those that a rotation raised and that are so now; what its journal says where that cannot be asked.
    pub(crate) async fn of(nomad: &Http, state: &RecoveredState) -> Vec<Self> {
        let raised = count::still_raised_by(nomad, state).await.unwrap_or_else(|_| state.surged.clone());
        raised.into_iter().map(|(group, own_count)| RaisedCount { group, own_count }).collect()
    }

    /// In a line, with the command that gives it back.
    pub(crate) fn line(&self) -> String {
        count::words_of_raise((&self.group, &self.own_count))
    }
}

impl RotationState {
    /// Of that rotation now, on the nodes of the cluster as they are.
    ///
    /// # Errors
    /// Any API fault.
    pub(crate) async fn read(
        nomad: &Http,
        claims: &Claims,
        state: &RecoveredState,
        nodes: &[NodeStub],
    ) -> Result<Self> {
        let rotation = state.rotation.as_deref().unwrap_or_default();
        let paused = control::read(nomad, rotation).await?.map(|pause| pause.to_string());
        let raised = RaisedCount::of(nomad, state).await;
        Ok(Self::of(at_work(claims, rotation), paused, raised, (state, nodes)))
    }

    /// Of a rotation of which these are known, on these nodes.
    pub(crate) fn of(
        at_work: bool,
        paused: Option<String>,
        raised: Vec<RaisedCount>,
        (state, nodes): (&RecoveredState, &[NodeStub]),
    ) -> Self {
        RotationState { at_work, paused, given_up: given_up(state, nodes).filter(|_| !at_work), raised }
    }

    /// Whether it has left something that somebody has to decide about.
    pub(crate) fn is_left(&self) -> bool {
        !self.at_work && (self.given_up.is_none() || !self.raised.is_empty())
    }

    /// In a word, or in a sentence where there is room.
    pub(crate) fn cell(&self, room: bool) -> Cell {
        if let Some(why) = &self.given_up {
            return Cell::toned(if room { format!("it {why}") } else { "given up".to_owned() }, Tone::Dim);
        }
        match (self.at_work, &self.paused) {
            (true, None) => Cell::toned("at work", Tone::Good),
            (_, Some(by)) if room => {
                let left = if self.at_work { "" } else { "; nobody is at work on it" };
                Cell::toned(format!("{by}{left}"), Tone::Warn)
            }
            (true, Some(_)) => Cell::toned("paused", Tone::Warn),
            (false, _) if room => Cell::toned("left: nobody is at work on it", Tone::Warn),
            (false, _) => Cell::toned("left", Tone::Warn),
        }
    }
}
