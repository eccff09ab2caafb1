//! Why something is as it is: facts in, one sentence with its evidence and the smallest change that helps out.
//!
//! What is not known is said to be so, with what was looked at: an explanation never guesses.

pub mod alloc;
pub mod changes;
pub mod deployment;
pub mod drain;
pub mod evaluation;
pub mod exit_words;
pub mod experiment;
pub mod job;
pub mod node;
pub mod placement;
pub mod room;
pub mod task;
pub mod template;

use serde::Serialize;

/// What kind of answer it is. The names are stable: scripts depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Nothing is wrong with it.
    NothingWrong,
    /// What was looked at does not tell.
    NotKnown,
    /// No node of the pool and the datacenters takes new work.
    NoEligibleNode,
    /// The nodes that would do are full.
    NoRoom,
    /// A static port is taken wherever it could run.
    PortTaken,
    /// A constraint rules the nodes out.
    Constraint,
    /// The nodes lack its driver.
    MissingDriver,
    /// The nodes lack its volume.
    MissingVolume,
    /// The nodes lack its device.
    MissingDevice,
    /// Its allocations must keep apart, and there are too few nodes for that.
    Distinct,
    /// The quota of its namespace is used up.
    Quota,
    /// The nodes lack something else that it asks for.
    MissingFeature,
    /// Its program ends by itself.
    Exits,
    /// The program was not found, or cannot be executed.
    ProgramNotFound,
    /// A signal ends its program.
    Signal,
    /// It runs out of memory.
    OutOfMemory,
    /// It is killed, and nobody had asked for that: it may be out of memory.
    PossiblyOutOfMemory,
    /// An artifact cannot be downloaded.
    Artifact,
    /// A template waits for a key or variable that is not there, or cannot be rendered.
    Template,
    /// Vault refuses or cannot be reached.
    Vault,
    /// Consul refuses or cannot be reached.
    Consul,
    /// The image cannot be had.
    Image,
    /// A volume cannot be mounted.
    Volume,
    /// The driver cannot start it.
    Driver,
    /// What comes before the start failed.
    Setup,
    /// Its disk is full.
    Disk,
    /// Another task of its group failed.
    SiblingFailed,
    /// A check fails.
    CheckFails,
    /// A check fails because nothing listens on its port.
    PortNotListening,
    /// A check has not run yet.
    CheckPending,
    /// It was not healthy by its `healthy_deadline`.
    HealthyDeadline,
    /// It is restarted again and again.
    Flapping,
    /// Its client has not started it yet.
    Starting,
    /// It waits for the end of the one it replaces.
    WaitsForPredecessor,
    /// Its health is not decided yet.
    HealthPending,
    /// A deployment goes on.
    DeploymentUnderWay,
    /// A deployment waits for its canaries to be promoted.
    WaitsForPromotion,
    /// Somebody paused a deployment.
    DeploymentPaused,
    /// A deployment failed for want of progress.
    ProgressDeadline,
    /// A deployment failed because of unhealthy allocations.
    DeploymentUnhealthy,
    /// Somebody failed a deployment.
    DeploymentFailedByOperator,
    /// A deployment failed for another reason.
    DeploymentFailed,
    /// A newer version, or the end of the job, took the deployment's place.
    DeploymentCancelled,
    /// It had to make room for work of a higher priority.
    Preempted,
    /// It was lost with its node.
    Lost,
    /// It was told to stop.
    Stopped,
    /// It moved to another node.
    Moved,
    /// Another version of its job took its place.
    Replaced,
    /// It failed, and is tried again.
    WillBeRetried,
    /// It failed, and its job allows no more attempts.
    ReschedulesExhausted,
    /// The job was stopped.
    JobStopped,
    /// The job has ended.
    JobDead,
    /// The node misses its heartbeats.
    NodeDown,
    /// The node misses its heartbeats, and what runs there is waited for.
    NodeDisconnected,
    /// The servers have the node for ready, and its agent does not answer.
    NodeSilent,
    /// The node is registered and not ready.
    NodeInitializing,
    /// The node takes no new work.
    NodeIneligible,
    /// The node is being drained, and the drain goes on.
    NodeDraining,
    /// Something holds a drain up.
    DrainHeld,
    /// The scheduler has not looked at it yet.
    EvaluationPending,
    /// The scheduler refused it once and would place it now: nothing has it look again.
    NotLookedAtAgain,
    /// The scheduler gave up.
    EvaluationFailed,
    /// Another evaluation took its place.
    EvaluationCanceled,
}

/// A fact that an explanation stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it is about, such as `node c4` or `task web`.
    pub about: String,
    /// What was seen, without a full stop.
    pub text: String,
}

impl Evidence {
    /// What was seen of something.
    pub fn new(about: impl Into<String>, text: impl Into<String>) -> Self {
        Evidence { about: about.into(), text: text.into() }
    }
}

/// Whether a change helps, as far as the scheduler was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planned {
    /// The cluster's scheduler was asked, and places it.
    Fits,
    /// The cluster's scheduler was asked, and does not place it.
    DoesNotFit,
    /// The scheduler was not, or cannot be, asked.
    NotKnown,
}

/// A change that may help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What to change, without a full stop.
    pub text: String,
    /// The command that does it or leads there, to be pasted.
    pub command: Option<String>,
    /// Whether it was planned; none where there is nothing to plan.
    pub planned: Option<Planned>,
}

impl Suggestion {
    /// A change with the command that does it or leads there.
    pub fn new(text: impl Into<String>, command: impl Into<String>) -> Self {
        Suggestion { text: text.into(), command: Some(command.into()), planned: None }
    }

    /// A change without a command of its own.
    pub fn words(text: impl Into<String>) -> Self {
        Suggestion { text: text.into(), command: None, planned: None }
    }

    /// The same, with what the scheduler says of it.
    #[must_use]
    pub fn planned(mut self, planned: Planned) -> Self {
        self.planned = Some(planned);
        self
    }
}

/// Why an object is as it is: the sentence, its evidence and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What kind of answer it is.
    pub code: Code,
    /// The answer in one sentence without a full stop.
    pub sentence: String,
    /// What it stands on.
    pub evidence: Vec<Evidence>,
    /// What may be changed, the smallest first.
    pub suggestions: Vec<Suggestion>,
    /// What was looked at.
    pub looked_at: Vec<String>,
    /// What could not be seen, and why.
    pub not_known: Vec<String>,
}

impl Explanation {
    /// An answer without evidence yet.
    pub fn new(code: Code, sentence: impl Into<String>) -> Self {
        Explanation {
            code,
            sentence: sentence.into(),
            evidence: Vec::new(),
            suggestions: Vec::new(),
            looked_at: Vec::new(),
            not_known: Vec::new(),
        }
    }

    /// Adds something that was seen.
    #[must_use]
    pub fn saw(mut self, about: impl Into<String>, text: impl Into<String>) -> Self {
        self.evidence.push(Evidence::new(about, text));
        self
    }

    /// Adds what may be changed.
    #[must_use]
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.suggestions.push(suggestion);
        self
    }

    /// Adds several changes.
    #[must_use]
    pub fn suggests(mut self, suggestions: impl IntoIterator<Item = Suggestion>) -> Self {
        self.suggestions.extend(suggestions);
        self
    }

    /// Whether there is nothing to complain of.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.code == Code::NothingWrong
    }
}

/// The first words of several, with a count of the others.
#[must_use]
pub fn some_of(names: &[String], most: usize) -> String {
    if names.len() <= most {
        return names.join(", ");
    }
    format!("{}, … {} more", names[..most].join(", "), names.len() - most)
}

/// How long ago, or in how long, in words: `3m`, `2h 5m`.
#[must_use]
pub fn span(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    match s {
        0..60 => format!("{s}s"),
        60..3600 if s.is_multiple_of(60) => format!("{}m", s / 60),
        60..3600 => format!("{}m {}s", s / 60, s % 60),
        3600..86_400 if s % 3600 < 60 => format!("{}h", s / 3600),
        3600..86_400 => format!("{}h {}m", s / 3600, s % 3600 / 60),
        _ if s % 86_400 < 3600 => format!("{}d", s / 86_400),
        _ => format!("{}d {}h", s / 86_400, s % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_in_kebab_case_and_spans_in_two_units_at_most() {
        assert_eq!(serde_json::to_value(Code::PossiblyOutOfMemory).unwrap(), "possibly-out-of-memory");
        let spans: Vec<String> = [0, 59, 60, 61, 3600, 7_500, 86_400, 100_000].map(span).into();
        assert_eq!(spans, ["0s", "59s", "1m", "1m 1s", "1h", "2h 5m", "1d", "1d 3h"]);
        assert_eq!(some_of(&["a".into(), "b".into(), "c".into()], 2), "a, b, … 1 more");
    }
}
