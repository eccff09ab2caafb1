//! What one comparison led to.

use serde::Serialize;

use crate::commands::shared::progress::rate;
use crate::commands::sync::{Args, SyncRound};
use crate::model::tree_sync::Changes;
use crate::ops::sync::{Applied, RemoteDir};
use crate::ui::{Cell, Describe, Detail, Tone, bytes_text};

/// What was done, or would be.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SyncReport {
    dir: String,
    to: String,
    /// Whether it was done.
    dry_run: bool,
    sent: Vec<String>,
    removed: Vec<String>,
    bytes: u64,
    seconds: f64,
    /// What is not the same, and why.
    not_copied: Vec<NotCopied>,
}

/// A path that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct NotCopied {
    path: String,
    why: &'static str,
}

impl SyncReport {
    pub(super) fn of(args: &Args, copy: &RemoteDir, round: SyncRound) -> Self {
        let SyncRound { scan, changes, applied, seconds } = round;
        let Changes { send, remove, blocked } = changes;
        let Applied { sent, removed, stayed, bytes } = applied;
        let (sent, removed) = if args.dry_run { (send, remove) } else { (sent, removed) };
        let group = |paths: Vec<String>, why| paths.into_iter().map(move |path| NotCopied { path, why });
        let unlisted = (!copy.is_whole() && args.delete).then(|| args.to.clone());
        let not_copied = group(blocked, "something of another kind is in its place; --delete removes it")
            .chain(group(stayed, "could not be removed from the task"))
            .chain(group(scan.unreadable, "could not be read here"))
            .chain(group(scan.uncopyable, "cannot be copied"))
            .chain(group(
                unlisted.into_iter().collect(),
                "could not be listed in full, so nothing was removed",
            ))
            .collect();
        let dir = args.dir.display().to_string();
        SyncReport {
            dir,
            to: args.to.clone(),
            dry_run: args.dry_run,
            sent,
            removed,
            bytes,
            seconds,
            not_copied,
        }
    }

    pub(super) fn failures(&self) -> usize {
        self.not_copied.len()
    }

    /// Whether nothing was done and nothing is wrong.
    pub(super) fn is_quiet(&self) -> bool {
        self.sent.is_empty() && self.removed.is_empty() && self.not_copied.is_empty()
    }

    /// In one line.
    pub(super) fn line(&self) -> String {
        let mut parts = Vec::new();
        if !self.sent.is_empty() {
            parts.push(format!("sent {} ({})", some_of(&self.sent), bytes_text(self.bytes)));
        }
        if !self.removed.is_empty() {
            parts.push(format!("removed {}", some_of(&self.removed)));
        }
        parts.extend(self.not_copied.iter().take(3).map(|n| format!("{} {}", n.path, n.why)));
        if parts.is_empty() { "the same on both sides".to_owned() } else { parts.join("; ") }
    }

    pub(super) fn tone(&self) -> Tone {
        if self.not_copied.is_empty() { Tone::Good } else { Tone::Bad }
    }
}

/// The first few by name, and how many more.
fn some_of(paths: &[String]) -> String {
    const SHOWN: usize = 3;
    let first = paths.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match paths.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// How many successful paths are shown to people; machines get all.
const LISTED: usize = 20;

impl Describe for SyncReport {
    fn describe(&self) -> Detail {
        let (sent, removed) = if self.dry_run { ("Would send", "Would remove") } else { ("Sent", "Removed") };
        let lines = |paths: &[String]| {
            let more = paths.len().saturating_sub(LISTED);
            let rest = (more > 0).then(|| (format!("and {more} more"), Tone::Dim));
            paths.iter().take(LISTED).map(|p| (p.clone(), Tone::Plain)).chain(rest).collect::<Vec<_>>()
        };
        let state = match (self.dry_run, self.not_copied.is_empty()) {
            (true, _) => ("Done", Cell::toned("nothing", Tone::Dim)),
            (false, true) => ("SHA-256", Cell::toned("same on both sides", Tone::Good)),
            (false, false) => ("SHA-256", Cell::toned("NOT the same", Tone::Bad)),
        };
        let amount = format!(
            "{} in {:.1} s, {}",
            bytes_text(self.bytes),
            self.seconds,
            rate(self.bytes, self.seconds)
        );
        Detail::new()
            .fields([("From", (&self.dir).into()), ("To", (&self.to).into()), state])
            .fields((!self.dry_run).then_some(("Bytes", Cell::text(amount))))
            .lines(Some(sent), lines(&self.sent))
            .lines(Some(removed), lines(&self.removed))
            .lines(
                Some("Not the same"),
                self.not_copied.iter().map(|n| (format!("{}: {}", n.path, n.why), Tone::Bad)),
            )
    }
}

#[cfg(test)]
mod tests {
    use super::some_of;

    #[test]
    fn long_lists_are_cut_in_a_line() {
        let paths: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        assert_eq!((some_of(&paths[..2]).as_str(), some_of(&paths).as_str()), ("a, b", "a, b, c and 2 more"));
    }
}
