//! Which unfinished rotation is gone on with.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::ids::shell_word;
use crate::ops::migration::lock::Holder;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ui::Tone;

use super::super::goal::to_write_down;

/// The unfinished rotation that is gone on with.
#[derive(Debug, Clone, Serialize)]
pub(in crate::commands::rotate_nodes) struct Continued {
    rotation: String,
    started_at: Option<Timestamp>,
    /// Who ran it last; none where only this machine tells of it.
    user: Option<String>,
    host: Option<String>,
    /// The words it was begun with, where they say anything else than those of now.
    begun_as: Option<Vec<String>>,
}

impl Continued {
    /// The one that was found, by whoever ran it last; the words are those of now.
    pub(in crate::commands::rotate_nodes) fn of(
        memory: &RecoveredState,
        holder: Option<&Holder>,
        words: &[String],
    ) -> Self {
        let (then, now) = (decisions(memory.command_line.clone()), decisions(words.to_vec()));
        let differs = !then.is_empty() && !now.is_empty() && then != now;
        Continued {
            rotation: memory.rotation.clone().unwrap_or_default(),
            started_at: memory.begun,
            user: holder.map(|h| h.user.clone()),
            host: holder.map(|h| h.host.clone()),
            begun_as: differs.then(|| memory.command_line.clone()),
        }
    }

    pub(super) fn lines(&self) -> Vec<(String, Tone)> {
        let since = self.started_at.map(|at| format!(", begun at {at:.0}")).unwrap_or_default();
        let by = match (&self.user, &self.host) {
            (Some(user), Some(host)) => format!(" by {user}@{host}"),
            _ => " on this machine".to_owned(),
        };
        let first = format!("Continues rotation {}{since}{by} and not finished.", self.rotation);
        let begun_as = self.begun_as.iter().map(|words| {
            let words = words.iter().map(|w| shell_word(w)).collect::<Vec<_>>().join(" ");
            (format!("It was begun as `fleet {words}`; what is said now holds."), Tone::Warn)
        });
        std::iter::once((first, Tone::Strong)).chain(begun_as).collect()
    }
}

/// The words that decide something, in no order.
fn decisions(words: Vec<String>) -> Vec<String> {
    let says_nothing = |word: &String| {
        ["--yes", "-y", "--dry-run"].contains(&word.as_str()) || word.starts_with("--resume=")
    };
    let mut words: Vec<String> = to_write_down(words).into_iter().filter(|w| !says_nothing(w)).collect();
    words.sort();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(begun: &str, now: &str) -> String {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let memory = RecoveredState {
            rotation: Some("r-1".into()),
            begun: Some(Timestamp::UNIX_EPOCH),
            command_line: words(begun),
            ..RecoveredState::default()
        };
        let holder = Holder {
            what: "rotation r-1".into(),
            host: "laptop".into(),
            user: "ann".into(),
            since: Timestamp::UNIX_EPOCH,
        };
        let lines = Continued::of(&memory, Some(&holder), &words(now)).lines();
        lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn it_is_named_and_so_is_what_else_was_decided_when_it_began() {
        insta::assert_snapshot!(lines("rotate-nodes c1 --yes", "rotate-nodes c1 --dry-run"), @"Continues rotation r-1, begun at 1970-01-01T00:00:00Z by ann@laptop and not finished.");
        insta::assert_snapshot!(lines("rotate-nodes c1 --floor web=3", "rotate-nodes c1 --yes --resume=r-1"), @"
        Continues rotation r-1, begun at 1970-01-01T00:00:00Z by ann@laptop and not finished.
        It was begun as `fleet rotate-nodes c1 --floor web=3`; what is said now holds.
        ");
    }
}
