//! Whether an unfinished rotation is at work, paused, left, or given up.

use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::error::Result;
use crate::ops::migration::lock::{Claims, at_work};
use crate::ops::rotate::control;
use crate::ops::rotate::given_up::given_up;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ui::{Cell, Tone};

/// Whether somebody moves it on now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RotationState {
    /// Whether a process is at work on it.
    pub(crate) at_work: bool,
    /// Who asked for a pause, and why; none where nobody does.
    pub(crate) paused: Option<String>,
    /// By what it was given up since it was left; none where it can be gone on with.
    pub(crate) given_up: Option<String>,
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
        Ok(Self::of(at_work(claims, rotation), paused, state, nodes))
    }

    /// Of a rotation of which these are known, on these nodes.
    pub(crate) fn of(
        at_work: bool,
        paused: Option<String>,
        state: &RecoveredState,
        nodes: &[NodeStub],
    ) -> Self {
        RotationState { at_work, paused, given_up: given_up(state, nodes).filter(|_| !at_work) }
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
