//! What can be done with what is selected: each act is a command line of `fleet`, which asks and answers as it always does.

use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::job::LatestDeployment;
use crate::model::finding::Finding;
use crate::model::ids::{JobKey, shell_word, short};

/// Something that can be done with a job, an allocation, a node, a deployment or a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Shows all of it.
    Show,
    /// Tells why it is as it is.
    Why,
    /// Follows its logs.
    Logs,
    /// Opens a shell in it.
    Shell,
    /// Follows its events.
    Events,
    /// Opens its page.
    Open,
    /// Restarts it.
    Restart,
    /// Stops it, or starts it again.
    Stop,
    /// Sets its count.
    Scale,
    /// Promotes its canaries.
    Promote,
    /// Fails its deployment.
    Abort,
    /// Pauses its deployment, or resumes it.
    Pause,
    /// Drains it, or cancels its drain.
    Drain,
    /// Makes it eligible or ineligible.
    Eligibility,
    /// Rotates it.
    Rotate,
}

impl Act {
    /// All of them, those first that change nothing.
    pub const ALL: [Act; 15] = [
        Act::Show,
        Act::Why,
        Act::Logs,
        Act::Shell,
        Act::Events,
        Act::Open,
        Act::Restart,
        Act::Stop,
        Act::Scale,
        Act::Promote,
        Act::Abort,
        Act::Pause,
        Act::Drain,
        Act::Eligibility,
        Act::Rotate,
    ];

    /// Its key: a capital letter where it changes something.
    #[must_use]
    pub fn key(self) -> char {
        match self {
            Act::Show => 'd',
            Act::Why => 'w',
            Act::Logs => 'l',
            Act::Shell => 's',
            Act::Events => 'v',
            Act::Open => 'o',
            Act::Restart => 'R',
            Act::Stop => 'X',
            Act::Scale => 'C',
            Act::Promote => 'P',
            Act::Abort => 'A',
            Act::Pause => 'Z',
            Act::Drain => 'D',
            Act::Eligibility => 'E',
            Act::Rotate => 'T',
        }
    }

    /// Its word, which does the same after a colon.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Act::Show => "show",
            Act::Why => "why",
            Act::Logs => "logs",
            Act::Shell => "shell",
            Act::Events => "events",
            Act::Open => "open",
            Act::Restart => "restart",
            Act::Stop => "stop",
            Act::Scale => "scale",
            Act::Promote => "promote",
            Act::Abort => "abort",
            Act::Pause => "pause",
            Act::Drain => "drain",
            Act::Eligibility => "eligibility",
            Act::Rotate => "rotate",
        }
    }

    /// What it does, for the page of keys.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Act::Show => "show all of it",
            Act::Why => "tell why it is as it is",
            Act::Logs => "follow its logs",
            Act::Shell => "open a shell in it",
            Act::Events => "follow its events",
            Act::Open => "open its page in the browser",
            Act::Restart => "restart it, or resume a rotation",
            Act::Stop => "stop it, or start a stopped job",
            Act::Scale => "set its count",
            Act::Promote => "promote its canaries",
            Act::Abort => "abort its deployment: roll back",
            Act::Pause => "pause or resume its deployment or rotation",
            Act::Drain => "drain a node, or cancel its drain",
            Act::Eligibility => "make a node ineligible, or eligible",
            Act::Rotate => "rotate a node, above every floor",
        }
    }

    /// Whether it changes the cluster: then its command line is shown first, to be run with Enter.
    #[must_use]
    pub fn changes(self) -> bool {
        self.key().is_ascii_uppercase()
    }

    /// Whether a command has found that nothing is wrong: `why` says so with a code of its own.
    #[must_use]
    pub fn is_well(line: &str, code: u8) -> bool {
        code == 8 && line.split(' ').next() == Some("why")
    }

    /// Whether the screen comes back by itself when a command has ended with this code: its user has ended it, and nothing is left
    /// to read.
    #[must_use]
    pub fn comes_back(line: &str, code: u8) -> bool {
        match line.split(' ').next() {
            Some("logs" | "events" | "monitor" | "top" | "status") => code == 130,
            // A shell ends with the code of the last command in it; 125 to 127 are fleet's own and the shell's that was not found.
            Some("shell") => !(125..=127).contains(&code),
            _ => false,
        }
    }
}

/// What something can be done with.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A job, or a group of it.
    Job {
        /// Which.
        key: JobKey,
        /// The group, where one is selected.
        group: Option<String>,
        /// Whether it was stopped.
        stopped: bool,
        /// Its latest deployment, where it is under way, or the version of the job failed in it.
        deployment: Option<LatestDeployment>,
    },
    /// An allocation.
    Alloc {
        /// The full id.
        id: String,
        /// Its job.
        job: JobKey,
        /// Whether it has ended.
        ended: bool,
    },
    /// A node.
    Node {
        /// The full id.
        id: String,
        /// Its name, where no other node has it.
        name: Option<String>,
        /// Whether a drain is under way.
        draining: bool,
        /// Whether new work may be placed.
        eligible: bool,
    },
    /// A rotation, by its name.
    Rotation {
        /// The name.
        name: String,
        /// Whether it has ended well.
        finished: bool,
    },
    /// Something that is neither of these, with the command that shows more.
    Other(Option<String>),
}

impl Subject {
    /// What a finding is about, where it is no job or node that is known.
    pub(super) fn of_finding(finding: &Finding) -> Self {
        Subject::Other(
            finding.next.as_deref().and_then(|next| next.strip_prefix("fleet ")).map(str::to_owned),
        )
    }

    /// The command line of an act; none where it cannot be done with this.
    #[must_use]
    pub fn line(&self, act: Act) -> Option<String> {
        match self {
            Subject::Job { key, group, stopped, deployment } => {
                of_job(act, key, group.as_deref(), *stopped, deployment.as_ref())
            }
            Subject::Alloc { id, job, ended } => of_alloc(act, short(id), job, *ended),
            Subject::Node { id, name, draining, eligible } => {
                let word = name.as_deref().map_or_else(|| short(id).to_owned(), shell_word);
                of_node(act, &word, *draining, *eligible)
            }
            Subject::Rotation { name, finished } => of_rotation(act, &shell_word(name), *finished),
            Subject::Other(next) => next.clone().filter(|_| act == Act::Show),
        }
    }
}

fn of_job(
    act: Act,
    key: &JobKey,
    group: Option<&str>,
    stopped: bool,
    deployment: Option<&LatestDeployment>,
) -> Option<String> {
    let namespace = format!("-n {}", shell_word(&key.namespace));
    let job = shell_word(&key.id);
    let target = group.map_or_else(|| job.clone(), |group| shell_word(&format!("{}/{group}", key.id)));
    let of_group = group.map(shell_word);
    let active = deployment.filter(|d| d.is_active);
    Some(match act {
        Act::Show => format!("job show {namespace} {job}"),
        Act::Why => format!("why {namespace} --kind job {job}"),
        Act::Logs => format!("logs {namespace} -f --tail 100 {target}"),
        Act::Shell => format!("shell {namespace} {target}"),
        Act::Events => format!("events {namespace} --job {job}"),
        Act::Open => format!("open {namespace} {job}"),
        Act::Restart => {
            let of_group = of_group.map_or_else(String::new, |group| format!(" --group {group}"));
            format!("job restart {namespace} {job}{of_group}")
        }
        Act::Stop if stopped => format!("job start {namespace} {job}"),
        Act::Stop => format!("job stop {namespace} {job}"),
        Act::Scale => {
            let of_group = of_group.map_or_else(String::new, |group| format!("{group} "));
            format!("job scale {namespace} {job} {of_group}")
        }
        Act::Promote => format!("deployment promote {namespace} {}", short(&active?.id)),
        Act::Abort => {
            deployment?;
            format!("abort {namespace} {job}")
        }
        Act::Pause if active?.status == DeploymentStatus::Paused => format!("resume {namespace} {job}"),
        Act::Pause => {
            active?;
            format!("pause {namespace} {job}")
        }
        Act::Drain | Act::Eligibility | Act::Rotate => return None,
    })
}

fn of_alloc(act: Act, id: &str, job: &JobKey, ended: bool) -> Option<String> {
    let namespace = format!("-n {}", shell_word(&job.namespace));
    Some(match act {
        Act::Show => format!("alloc show {namespace} {id}"),
        Act::Why => format!("why {namespace} --kind alloc {id}"),
        Act::Logs if ended => format!("logs {namespace} --tail 1000 {id}"),
        Act::Logs => format!("logs {namespace} -f --tail 100 {id}"),
        Act::Shell if !ended => format!("shell {namespace} {id}"),
        Act::Events => format!("events {namespace} --job {}", shell_word(&job.id)),
        Act::Open => format!("open {namespace} {id}"),
        Act::Restart if !ended => format!("alloc restart {namespace} {id}"),
        Act::Stop if !ended => format!("alloc stop {namespace} {id}"),
        _ => return None,
    })
}

fn of_node(act: Act, node: &str, draining: bool, eligible: bool) -> Option<String> {
    Some(match act {
        Act::Show => format!("node show {node}"),
        Act::Why => format!("why --kind node {node}"),
        Act::Events => format!("events --node {node}"),
        Act::Open => format!("open {node}"),
        Act::Drain if draining => format!("node undrain {node}"),
        Act::Drain => format!("node drain {node}"),
        Act::Eligibility if eligible => format!("node ineligible {node}"),
        Act::Eligibility => format!("node eligible {node}"),
        Act::Rotate => format!("rotate-nodes {node}"),
        _ => return None,
    })
}

fn of_rotation(act: Act, name: &str, finished: bool) -> Option<String> {
    Some(match act {
        Act::Show if finished => format!("rotation report {name}"),
        Act::Show => format!("rotation show {name}"),
        Act::Why => format!("rotation watch {name}"),
        Act::Restart if !finished => format!("rotation resume {name}"),
        Act::Pause if !finished => format!("rotation pause {name}"),
        _ => return None,
    })
}
