//! What earlier runs left: on this machine, and on the cluster by any machine.

use std::collections::BTreeSet;

use crate::api::http::Http;
use crate::app::App;
use crate::error::Result;
use crate::ops::migration::lock::{self, Holder};
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::store::OnCluster;

/// An earlier run of the same rotation, from which this one goes on.
pub(super) struct UnfinishedRun {
    /// What earlier runs had in mind.
    pub(super) memory: RecoveredState,
    /// Index of the journal on the cluster; 0 when there is none.
    pub(super) index: u64,
    /// Who wrote it, when it was another machine.
    pub(super) elsewhere: Option<Holder>,
    /// Who ran it last, where the cluster tells.
    pub(super) holder: Option<Holder>,
    /// Whether its journal stood on the cluster and does not any more: somebody has given it up.
    pub(super) is_forgotten: bool,
}

/// The newer of the two. What stands on the cluster was written before each act, what stands here after each as well: so where this
/// machine wrote the one on the cluster last, its own tells more; where another did, that one had taken it over. The clocks of two
/// machines are compared only where the journal does not tell who wrote it.
pub(super) fn choose(local: RecoveredState, on_cluster: OnCluster) -> UnfinishedRun {
    let is_forgotten = matches!(on_cluster, OnCluster::Nothing) && local.kept;
    let here = UnfinishedRun { memory: local, index: 0, elsewhere: None, holder: None, is_forgotten };
    let Some(stored) = on_cluster.journal() else { return here };
    let (index, holder) = (stored.index, Some(stored.holder));
    let is_own = match (&stored.owner, &here.memory.owner) {
        (Some(there), Some(own)) => there == own,
        _ => here.memory.last >= stored.state.last,
    };
    if here.memory.rotation.is_some() && is_own {
        let RecoveredState { written_at, unwritten_for, .. } = stored.state;
        let memory = RecoveredState { written_at, unwritten_for, ..here.memory };
        return UnfinishedRun { memory, index, holder, ..here };
    }
    UnfinishedRun { memory: stored.state, index, elsewhere: holder.clone(), holder, is_forgotten: false }
}

impl UnfinishedRun {
    /// Since when it is under way, and who ran it last, in words.
    pub(super) fn origin(&self) -> String {
        let since = self.memory.begun.map(|at| format!("begun at {at:.0}"));
        let by = match &self.holder {
            Some(holder) => format!("by {}@{}", holder.user, holder.host),
            None => "on this machine".to_owned(),
        };
        since.into_iter().chain([by]).collect::<Vec<_>>().join(" ")
    }
}

/// Takes a rotation over that another machine began, once it is sure that it is not at work there any more; the names of its
/// holders of the lock.
pub(super) async fn take_over(
    app: &App,
    nomad: &Http,
    holder: &Holder,
    memory: &RecoveredState,
    resumes: bool,
) -> Result<BTreeSet<String>> {
    let name = memory.rotation.clone().unwrap_or_default();
    app.printer.note(&format!("{holder} was not finished; it is taken up here"));
    lock::await_silence(nomad, &format!("{name}-"), app.clock(), |line| app.printer.note(line)).await.map_err(
        |e| {
            let error = e.context(format!("{name} cannot be taken over"));
            match resumes {
                true => error.hint(format!("to follow it: fleet rotation watch {name}")),
                false => error.hint("fleet rotation list").hint("--wait-lock 1h waits until it has ended"),
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::rotate::store::Stored;
    use jiff::Timestamp;

    fn state(name: &str, last: i64) -> RecoveredState {
        let last = Timestamp::from_second(last).ok();
        RecoveredState { rotation: Some(name.to_owned()), last, ..RecoveredState::default() }
    }

    #[test]
    fn the_newer_journal_is_gone_on_from() {
        let holder =
            Holder { what: "x".into(), host: "h".into(), user: "u".into(), since: Timestamp::UNIX_EPOCH };
        let by = |owner: Option<&str>, name: &str, last| {
            OnCluster::Journal(Box::new(Stored::in_test(state(name, last), holder.clone(), owner, 7)))
        };
        let stored = |name: &str, last| by(None, name, last);
        let name = |f: &UnfinishedRun| f.memory.rotation.clone().unwrap();
        let found = choose(RecoveredState::default(), stored("r-2", 5));
        assert_eq!((name(&found).as_str(), found.index, found.elsewhere.is_some()), ("r-2", 7, true));
        let found = choose(state("r-1", 9), stored("r-1", 5));
        assert_eq!((name(&found).as_str(), found.index, found.elsewhere.is_some()), ("r-1", 7, false));
        let found = choose(state("r-1", 4), stored("r-2", 5));
        assert_eq!((name(&found).as_str(), found.elsewhere.is_some()), ("r-2", true));
        assert_eq!(choose(state("r-1", 4), OnCluster::Nothing).index, 0);
        // Whoever wrote it last is known: no clock is asked.
        let own = |last| RecoveredState { owner: Some("a".into()), ..state("r-1", last) };
        for (here, there) in [(9, 5), (5, 9)] {
            assert!(choose(own(here), by(Some("b"), "r-1", there)).elsewhere.is_some(), "{here} {there}");
            assert!(choose(own(here), by(Some("a"), "r-1", there)).elsewhere.is_none(), "{here} {there}");
        }
    }

    #[test]
    fn what_was_taken_off_the_cluster_was_given_up_and_what_cannot_be_seen_there_was_not() {
        let kept = RecoveredState { kept: true, ..state("r-1", 4) };
        assert!(choose(kept.clone(), OnCluster::Nothing).is_forgotten);
        assert!(!choose(kept, OnCluster::NotKnown).is_forgotten);
        assert!(!choose(state("r-1", 4), OnCluster::Nothing).is_forgotten, "it never stood there");
    }
}
