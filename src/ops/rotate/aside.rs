//! Nodes that are passed over where a destination was named: they take no new work until the end, whatever the end is.

use crate::api::nomad::node::Eligibility;
use crate::error::{Error, Result};
use crate::ops::migration::{eligibility, names};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Lets them take no new work. What they were was written down when the rotation began.
    pub(super) async fn close_aside(&mut self) -> Result<()> {
        let nodes = self.goal.aside.clone();
        if nodes.is_empty() {
            return Ok(());
        }
        let (nomad, permission) = (&self.nomad, &self.permission);
        let done = eligibility::set_each(nomad, permission, &nodes, Eligibility::Ineligible).await;
        if let Some(error) = done.into_iter().find_map(|(_, result)| result.err()) {
            return Err(error.into());
        }
        self.recorder.emit(Event::PassedOver { nodes })
    }

    /// Lets them take work again, however it ended; and looks whether everything went where it was to go.
    pub(super) async fn open_aside(&mut self, ended: Result<()>) -> Result<()> {
        let aside = self.goal.aside.clone();
        if aside.is_empty() {
            return ended.and_then(|()| self.all_at_their_destination());
        }
        let opened = match self.give_back_all(&aside).await {
            Ok((given, opened)) => {
                let nodes = given.into_iter().map(|(node, _)| node).collect();
                self.recorder.emit(Event::PassedOverRestored { nodes })?;
                opened
            }
            Err(error) => Err(error),
        };
        let closed = aside.iter().filter(|n| self.recorder.memory.passed_over.contains(&n.id));
        let names = names(closed, &self.goal.selected);
        let hint =
            |error: Error| error.hint(format!("to let them take work again: fleet node eligible {names}"));
        match (ended, opened) {
            (ended, Ok(())) => ended.and_then(|()| self.all_at_their_destination()),
            (Ok(()), Err(e)) => Err(hint(e.context("some nodes that were passed over take no work yet"))),
            (Err(error), Err(e)) => {
                Err(hint(error.because(format!("nodes that were passed over take no work yet: {e}"))))
            }
        }
    }

    fn all_at_their_destination(&self) -> Result<()> {
        let Some(to) = &self.goal.options.destination else { return Ok(()) };
        let moved = self.recorder.memory.moved.values();
        let astray = moved.filter_map(|m| {
            let node = m.to.as_ref().filter(|node| !to.contains(&node.id))?;
            Some(format!("{} went to {}", m.alloc.name, node.name))
        });
        let astray: Vec<String> = astray.collect();
        if astray.is_empty() {
            return Ok(());
        }
        let error = Error::failed("not everything went to the nodes of --to")
            .because("somebody made other nodes eligible meanwhile");
        let error = astray.into_iter().fold(error, Error::because);
        Err(error.hint(format!(
            "to leave what moved where it is, and give the nodes back: fleet rotation rollback {}",
            self.goal.name
        )))
    }
}
