//! How a change of config entries is asked for.

use super::watch::WatchArgs;
use crate::model::traffic::lint;
use crate::ops::traffic::witness::AdminAddress;

/// How a change is made, and in spite of what.
#[derive(Debug, Default, clap::Args)]
pub struct ChangeArgs {
    /// Go ahead in spite of this: cut-connections, failing-requests, moved-sessions or the name of another objection.
    #[arg(long, value_name = "OBJECTION", value_parser = accepted)]
    pub(super) accept: Vec<String>,

    #[command(flatten)]
    pub(super) how: WriteArgs,
}

/// How a change is made.
#[derive(Debug, Default, clap::Args)]
pub struct WriteArgs {
    /// The admin port of a proxy, to ask what it made of the write. Port 19000 of every gateway is tried by itself.
    #[arg(long, value_name = "[ID=]HOST:PORT")]
    pub(super) envoy: Vec<AdminAddress>,

    #[command(flatten)]
    pub(super) watch: WatchArgs,

    /// Show what would happen and write nothing.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    pub(super) yes: bool,
}

fn accepted(text: &str) -> Result<String, String> {
    if is_objection(text) {
        return Ok(text.to_owned());
    }
    let mut known: Vec<&str> = objection_ids().collect();
    known.sort_unstable();
    Err(format!("there are {}", known.join(", ")))
}

fn objection_ids() -> impl Iterator<Item = &'static str> {
    lint::IDS.iter().copied().chain(["changed-since", "cut-connections", "failing-requests"])
}

/// Whether a word is the name under which something that stands against a change is accepted.
#[must_use]
pub fn is_objection(word: &str) -> bool {
    objection_ids().any(|id| id == word)
}

impl ChangeArgs {
    /// The change as it is to be made, by a verb.
    #[must_use]
    pub fn asked_by<'a>(&'a self, verb: &'a str) -> ChangeRequest<'a> {
        ChangeRequest { verb, accepted: &self.accept, how: &self.how, undoes: None }
    }
}

impl WriteArgs {
    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_preview(&self) -> bool {
        self.dry_run
    }

    /// Whether anything was said of how it is to be written.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.dry_run || self.yes || !self.envoy.is_empty() || self.watch.is_given()
    }

    /// The change as it is to be made, by a verb, in spite of these.
    #[must_use]
    pub fn asked_by<'a>(&'a self, verb: &'a str, accepted: &'a [String]) -> ChangeRequest<'a> {
        ChangeRequest { verb, accepted, how: self, undoes: None }
    }
}

/// A change of config entries as it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct ChangeRequest<'a> {
    /// The verb, as it is typed: with `--undo` it takes this change back.
    pub(super) verb: &'a str,
    pub(super) accepted: &'a [String],
    pub(super) how: &'a WriteArgs,
    pub(super) undoes: Option<&'a str>,
}

impl ChangeRequest<'_> {
    pub(super) fn accepts(self, id: &str) -> bool {
        self.accepted.iter().any(|a| a == id)
    }
}
