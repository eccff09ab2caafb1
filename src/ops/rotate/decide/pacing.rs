//! When a node may be begun: windows of time that cover its end, the first node before the others, and gates.

use std::time::Duration;

use crate::api::nomad::allocation::AllocStub;
use crate::model::ids::JobType;
use crate::model::window;
use crate::model::words::span;
use crate::ops::migration::NodeRef;
use crate::ops::migration::floors::{self, Speed};
use crate::ops::migration::progress::Progress;
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{Decision, Phase, is_batch};
use crate::ops::rotate::options::Batch;

impl StepFacts<'_> {
    /// Whether something may be touched now; when not, why and until when.
    pub(super) fn is_open(&self, decision: &mut Decision) -> bool {
        let windows = &self.input.options.pace.windows;
        if windows.is_empty() || window::closes(windows, self.input.now).is_some() {
            return true;
        }
        let opens = window::opens(windows, self.input.now, Duration::ZERO);
        decision.opens = opens;
        decision.holds.insert(match opens {
            Some(at) => format!("outside of every --window: nothing is touched until {at:.0}"),
            None => "outside of every --window, and none comes any more".to_owned(),
        });
        false
    }

    /// Whether the window covers the end of the node, were it begun now; when not, why.
    pub(super) fn is_covered(&self, node: &NodeRef) -> Result<(), String> {
        let windows = &self.input.options.pace.windows;
        let Some(left) = window::left(windows, self.input.now).filter(|_| !windows.is_empty()) else {
            return Ok(());
        };
        let takes = self.expected(&node.id);
        if takes <= left {
            return Ok(());
        }
        let name = &node.name;
        let (takes_text, left) = (span(takes), span(left));
        Err(match window::opens(windows, self.input.now, takes) {
            Some(at) => {
                format!(
                    "{name} is expected to take {takes_text}, and the window closes in {left}; it is begun after {at:.0}"
                )
            }
            None => format!("{name} is expected to take {takes_text}, and no --window is that long"),
        })
    }

    /// How long the node is expected to take, by what its jobs say and by how others went.
    pub(super) fn expected(&self, node: &str) -> Duration {
        let services = self.residents(node).iter().filter(|a| a.job_type == JobType::Service).copied();
        let takes = floors::expected(services, |key| {
            let rule = self.rules.get(key)?;
            Some(Speed { at_once: rule.count.saturating_sub(rule.floor), usual: rule.usual })
        });
        takes.mul_f64(self.input.run.slowness.max(1.0))
    }

    /// Whether a node has work that its end depends on.
    fn has_work(&self, node: &str) -> bool {
        self.residents(node).iter().any(|a: &&AllocStub| a.job_type == JobType::Service)
    }

    /// Whether a first node with work was emptied and what left it has been well for long enough; what is waited for, when not.
    pub(super) fn first_is_proven(&self, decision: &Decision) -> Result<(), Option<String>> {
        let Some(soak) = self.input.options.pace.first_soak else { return Ok(()) };
        let mut first = None;
        for (node, _) in decision.phases.iter().filter(|(_, p)| *p == Phase::Rotated) {
            let moved = || {
                self.tracked(&node.id).filter_map(|(_, p)| match p {
                    Progress::Moved { replacement } => Some(replacement),
                    _ => None,
                })
            };
            if moved().next().is_none() {
                continue;
            }
            let left = moved().map(|id| match self.input.run.well_since.get(id) {
                Some(since) => soak.saturating_sub(self.since(*since)),
                None => soak,
            });
            let left = left.max().unwrap_or_default();
            if left.is_zero() {
                return Ok(());
            }
            first.get_or_insert_with(|| {
                format!(
                    "{} was the first: the others wait until what moved off it has been well for another {}",
                    node.name,
                    span(left)
                )
            });
        }
        Err(first)
    }

    /// Which of these nodes may be begun beside those that are under way, while the first one is not proven.
    pub(super) fn before_the_others(&self, next: Vec<NodeRef>, decision: &mut Decision) -> Vec<NodeRef> {
        let Err(why) = self.first_is_proven(decision) else { return next };
        let mut with_work =
            decision.phases.iter().any(|(n, p)| p.is_active() && self.tracked(&n.id).next().is_some());
        let soaks = why.is_some();
        decision.holds.extend(why);
        let mut chosen = Vec::new();
        for node in next {
            // Where nothing moves there is nothing to learn, nor to lose.
            let works = self.has_work(&node.id);
            if works && (with_work || soaks) {
                continue;
            }
            with_work |= works;
            chosen.push(node);
        }
        chosen
    }

    /// Whether the batch work of the node has been waited for as long as was decided.
    pub(super) fn is_overdue(&self, node: &str) -> bool {
        let limit = self.input.options.pace.batch_limit;
        let since = self.input.run.awaited.get(node);
        limit.zip(since).is_some_and(|(limit, since)| self.since(*since) >= limit)
    }

    /// Whether what still runs on the node is stopped at once when it is sealed.
    pub(super) fn kills(&self, node: &str) -> bool {
        let decided = match self.input.options.batch {
            Some(Batch::Kill) => true,
            Some(Batch::Wait) => self.is_overdue(node),
            _ => false,
        };
        decided && self.residents(node).iter().any(|a| is_batch(a))
    }
}
