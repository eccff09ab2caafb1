//! What whoever shipped a version does next, by how that ended.

use super::{After, End, Meanwhile};
use crate::api::nomad::job::LaunchedBy;
use crate::error::Error;
use crate::model::ids::job_words;
use crate::model::rollout::{Later, Unplaced};
use crate::model::unseen_end::UnseenEnd;

impl End {
    /// The error it is for a command, with what to do next; none where it is no error.
    #[must_use]
    pub fn error(&self, namespace: &str, job: &str) -> Option<Error> {
        let target = job_words(namespace, job);
        let error = Error::new(self.code(), self.sentence(job));
        Some(match self {
            End::Healthy { .. }
            | End::Finished { .. }
            | End::Idle { .. }
            | End::Registered { .. }
            | End::Pending { .. }
            | End::Paused { .. } => return None,
            End::NotKnown { why, .. } => {
                error.because(why.clone()).hint(format!("to look again: fleet deploy {target}"))
            }
            End::NotSeenToStop { not_seen, .. } => out_of_sight(error, not_seen, &target),
            End::CanariesUnwell { why, .. } => error
                .because(why.clone())
                .hint(format!("to find out why: fleet why {target}"))
                .hint(format!("to follow it again: fleet deploy {target}"))
                .hint(format!("to roll it back: fleet abort {target}")),
            End::CanariesNotKnown { why, .. } => error
                .because(why.clone())
                .hint(format!("to look again: fleet deploy status {target}"))
                .hint(format!(
                    "to promote them when you know that they are: fleet promote {target} --force-unhealthy"
                ))
                .hint(format!("to roll it back: fleet abort {target}")),
            End::RolledBack { why, .. } => error.because(why.clone()),
            End::Failed { why, after, back_to, .. } => {
                let error = with_what_follows(error.because(why.clone()), after, &target);
                with_way_back(error, *back_to, &target)
                    .hint(format!("to look at it: fleet job show {target}"))
            }
            End::Nowhere { why, later, back_to, .. } => {
                let error = with_its_future(error.because(why.clone()), *later, &target);
                with_way_back(error, *back_to, &target)
                    .hint(format!("to see what keeps it: fleet why {target}"))
            }
            End::Blocked { version, unplaced } => {
                without_room(error, unplaced, &target).hint(way_out(*version, &target))
            }
            End::TimedOut { version, waits, meanwhile } => {
                in_time(error.because(waits.clone()), *version, *meanwhile, &target)
            }
            End::BelowFloor { promotes, why, meanwhile, .. } => {
                below_floor(error.because(why.clone()), *promotes, *meanwhile, &target)
            }
            End::Held { why, .. } => error
                .because(why.clone())
                .hint(format!("to find out why: fleet why {target}"))
                .hint(let_go_on(&target))
                .hint(format!("to let it go on all the same: fleet resume {target} --force-below-floor"))
                .hint(format!("to follow it then: fleet deploy {target}"))
                .hint(format!("to roll it back: fleet abort {target}")),
            End::Stopped => error.hint(format!("to start it again: fleet job start {target}")),
            End::Superseded { .. } => error
                .hint(format!("to follow that one: fleet deploy {target}"))
                .hint(format!("to see who changed it: fleet job history {target}")),
            // Only whoever has its file knows how to register it again.
            End::Gone => error,
        })
    }

    /// What to do next where it is no error.
    #[must_use]
    pub fn next(&self, namespace: &str, job: &str) -> Option<String> {
        let target = job_words(namespace, job);
        match self {
            End::Pending { unseen: None, .. } => {
                Some(format!("to promote: fleet promote {target}; to roll it back: fleet abort {target}"))
            }
            // Without more it would be refused.
            End::Pending { unseen: Some(_), .. } => Some(format!(
                "to promote them when you know that they are: fleet promote {target} --force-unhealthy; to roll it back: \
                 fleet abort {target}"
            )),
            End::Finished { unchanged: true, .. } => {
                Some(format!("to run it again: fleet job resubmit {target}"))
            }
            End::Registered { by: LaunchedBy::Time, .. } => {
                Some(format!("to start a run now: fleet job periodic force {target}"))
            }
            // Which metadata it takes is in its file.
            End::Registered { by: LaunchedBy::Dispatch, .. } => {
                Some(format!("to start a run: fleet job dispatch {target}"))
            }
            End::Paused { .. } => {
                Some(format!("to resume it: fleet resume {target}; to roll it back: fleet abort {target}"))
            }
            _ => None,
        }
    }
}

/// What may still run on nodes that are away.
fn out_of_sight(error: Error, not_seen: &[UnseenEnd], target: &str) -> Error {
    not_seen
        .iter()
        .fold(error, |e, unseen| e.because(unseen.to_string()))
        .hint("what runs on a node that is away stops when the node is back")
        .hint(format!("to look again: fleet job show {target}"))
}

/// What follows a failure that nobody rolls back.
fn with_what_follows(error: Error, after: &After, target: &str) -> Error {
    let error = match after {
        After::Nothing => error,
        after => error.because(after.to_string()),
    };
    match after {
        After::SameAs(_) => error
            .hint(format!("to try the same version again: fleet job resubmit {target}"))
            .hint(format!("to go back to another one: fleet job history {target}")),
        After::NotTriedAgain => error.hint(format!("to run it again: fleet job resubmit {target}")),
        After::NothingBefore => error.hint(format!("to stop it: fleet job stop {target}")),
        After::Nothing | After::NotBroughtBack(_) | After::Words(_) => error,
    }
}

/// What becomes by itself of a job that runs nowhere.
fn with_its_future(error: Error, later: Later, target: &str) -> Error {
    match later {
        Later::Placed => error.because("it is placed as soon as there is a node that fits it"),
        Later::NotPlaced => error
            .because("it is not placed by itself on a node that fits it later")
            .hint(format!("to have it placed when there is such a node: fleet job eval {target}")),
        Later::HadEnded => error.hint(format!("to run it again: fleet job resubmit {target}")),
    }
}

/// What can be done about what was not seen to its end, by what becomes of its deployment.
fn in_time(error: Error, version: u64, meanwhile: Meanwhile, target: &str) -> Error {
    let again = format!("to follow it again: fleet deploy {target}");
    let wait_on = format!("to wait on: fleet wait job {target}");
    match meanwhile {
        Meanwhile::GoesOn => error.hint(again).hint(way_out(version, target)),
        Meanwhile::Unpromoted => error.hint(format!("{again} --promote")).hint(way_out(version, target)),
        Meanwhile::Paused => error.hint(way_out(version, target)).hint(let_go_on(target)),
        // There is no deployment to roll back.
        Meanwhile::Over if version > 0 => {
            error.hint(wait_on).hint(format!("to go back to an earlier version: fleet job revert {target}"))
        }
        Meanwhile::Over | Meanwhile::Nothing => error.hint(wait_on),
    }
}

/// What can be done where an act would take the job below its floor.
fn below_floor(error: Error, promotes: bool, meanwhile: Meanwhile, target: &str) -> Error {
    let error = match meanwhile {
        Meanwhile::Paused => error.because("its deployment is paused, so nothing more of it is replaced"),
        Meanwhile::Over => error.because("its deployment has failed, so nothing more of it is replaced"),
        Meanwhile::GoesOn | Meanwhile::Unpromoted | Meanwhile::Nothing => error,
    };
    let error = error.hint(format!("to find out why: fleet why {target}"));
    if promotes {
        return error
            .hint(format!("to promote them all the same: fleet promote {target} --force-below-floor"))
            .hint(format!("to roll it back: fleet abort {target}"));
    }
    let error = error.hint(format!("to roll it back all the same: fleet abort {target} --force-below-floor"));
    if meanwhile == Meanwhile::Paused { error.hint(let_go_on(target)) } else { error }
}

fn let_go_on(target: &str) -> String {
    format!("to let its deployment go on: fleet resume {target}")
}

/// What finds no place.
fn without_room(error: Error, unplaced: &[Unplaced], target: &str) -> Error {
    unplaced
        .iter()
        .fold(error, |e, u| e.because(format!("{} of {} cannot be placed: {}", u.count, u.group, u.why)))
        .hint(format!("it continues as soon as there is room; to follow it: fleet deploy {target}"))
}

/// The hint how to come back to a version that was good, where there is one.
fn with_way_back(error: Error, back_to: Option<u64>, target: &str) -> Error {
    match back_to {
        Some(version) => error.hint(format!("to roll back to version {version}: fleet abort {target}")),
        None => error,
    }
}

/// How to have done with a version that is being rolled out: the first one has none before it.
pub(crate) fn way_out(version: u64, target: &str) -> String {
    match version {
        0 => format!("to stop it: fleet job stop {target}"),
        _ => format!("to roll it back: fleet abort {target}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_deployment_goes_on_there_is_none_to_roll_back() {
        let hints = |version, meanwhile| {
            let end = End::TimedOut { version, waits: "web.g[0]: not known".into(), meanwhile };
            end.error("default", "web").unwrap().hints().to_vec()
        };
        let wait = "to wait on: fleet wait job web";
        assert_eq!(hints(3, Meanwhile::Nothing), [wait]);
        assert_eq!(hints(0, Meanwhile::Over), [wait]);
        let revert = "to go back to an earlier version: fleet job revert web";
        assert_eq!(hints(3, Meanwhile::Over), [wait, revert]);
        let abort = "to roll it back: fleet abort web";
        assert_eq!(hints(3, Meanwhile::GoesOn), ["to follow it again: fleet deploy web", abort]);
        assert_eq!(
            hints(3, Meanwhile::Unpromoted),
            ["to follow it again: fleet deploy web --promote", abort]
        );
        let resume = "to let its deployment go on: fleet resume web";
        assert_eq!(hints(3, Meanwhile::Paused), [abort, resume]);
    }
}
