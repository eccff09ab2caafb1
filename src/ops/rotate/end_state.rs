//! What a rotation makes of each empty node. Two rotations of the same nodes that differ in it are two, and a node that one of them
//! has done is not done for the other. Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::ids::shell_word;
use crate::model::redaction::Secrets;
use crate::ops::journal;
use crate::ops::rotate::options::{NodeCommand, NodeService, Reach};

/// What is to be true of each node at the end beside that it is empty, in the flags of the command line. How long things may take and
/// how often they are tried is no part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndState(BTreeSet<String>);

impl EndState {
    /// Of a rotation that does this to each empty node; of one that only empties them where it is none.
    #[must_use]
    pub fn of(service: Option<&NodeService>) -> Self {
        let Some(service) = service else { return EndState::default() };
        let mut flags = BTreeSet::new();
        match service {
            NodeService::InPlace { command, expect, .. } => {
                flags.insert("--in-place".to_owned());
                flags.extend(of_command("--exec", command));
                flags.extend(expect.iter().map(|e| format!("--expect {}", shell_word(&e.to_string()))));
            }
            NodeService::End { command, purge, .. } => {
                flags.extend(command.iter().flat_map(|command| of_command("--terminate-cmd", command)));
                flags.extend(purge.then(|| "--purge".to_owned()));
            }
        }
        EndState(flags.into_iter().map(|flag| without_secrets(&flag)).collect())
    }

    /// What a later rotation of the same nodes is to do otherwise, in words; none where it is the same.
    #[must_use]
    pub fn difference(&self, later: &EndState) -> Option<String> {
        let list = |flags: Vec<&String>| flags.into_iter().cloned().collect::<Vec<_>>().join(" ");
        let before = list(self.0.difference(&later.0).collect());
        let now = list(later.0.difference(&self.0).collect());
        match (before.as_str(), now.as_str()) {
            ("", "") => None,
            ("", now) => Some(format!("was begun without {now}")),
            (before, "") => Some(format!("was begun with {before}, which is not asked for now")),
            (before, now) => Some(format!("was begun with {before}, not with {now}")),
        }
    }
}

/// The text of a flag as it may be written down; where a secret is in it, with a mark that tells it from the same one with another.
fn without_secrets(flag: &str) -> String {
    let shown = Secrets::default().clean(flag);
    match shown == flag {
        true => shown,
        false => format!("{shown} [{}]", &journal::key(&[flag])[..8]),
    }
}

/// The flags of a command that is run from here by this flag, or on the node.
fn of_command(flag: &str, command: &NodeCommand) -> Vec<String> {
    match &command.reach {
        Reach::Here => {
            let words: Vec<String> = command.words.iter().map(|word| shell_word(word)).collect();
            vec![format!("{flag} {}", shell_word(&words.join(" ")))]
        }
        Reach::Ssh { host } => vec![
            format!("--ssh {}", shell_word(&command.words.join(" "))),
            format!("--ssh-host {}", shell_word(&host.to_string())),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::model::expectation::Expectation;
    use crate::model::node_template::NodeTemplate;

    fn command(reach: Reach, words: &[&str]) -> NodeCommand {
        NodeCommand {
            reach,
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ssh_options: Vec::new(),
            within: Duration::from_secs(600),
            tries: 1,
        }
    }

    fn in_place(words: &[&str], expect: &[&str]) -> NodeService {
        NodeService::InPlace {
            command: command(Reach::Here, words),
            expect: expect.iter().map(|e| Expectation::parse(e).unwrap()).collect(),
            within: Duration::from_secs(900),
        }
    }

    fn end(words: &[&str], purge: bool) -> NodeService {
        let command = (!words.is_empty()).then(|| command(Reach::Here, words));
        NodeService::End { command, purge, within: Duration::from_secs(900) }
    }

    fn by_ssh(host: &str, text: &str) -> NodeService {
        let host = NodeTemplate::parse(host).unwrap();
        let command = command(Reach::Ssh { host }, &[text]);
        NodeService::InPlace { command, expect: vec![Expectation::Reboot], within: Duration::from_secs(900) }
    }

    #[test]
    fn another_command_or_expectation_is_another_end_and_it_is_said_which() {
        let told = |before: Option<&NodeService>, now: Option<&NodeService>| {
            EndState::of(before).difference(&EndState::of(now)).unwrap_or_else(|| "the same".to_owned())
        };
        let a = in_place(&["./a.sh"], &["nothing"]);
        let list = [
            told(Some(&a), Some(&in_place(&["./b.sh", "x y"], &["nothing"]))),
            told(Some(&a), Some(&in_place(&["./a.sh"], &["reboot"]))),
            told(Some(&a), Some(&in_place(&["./a.sh"], &["nothing", "meta.image=7"]))),
            told(Some(&a), None),
            told(None, Some(&end(&["./end.sh"], true))),
            told(Some(&end(&["./end.sh"], false)), Some(&end(&["./end.sh"], true))),
            told(Some(&by_ssh("{address}", "reboot")), Some(&by_ssh("ops@{name}", "reboot"))),
        ];
        insta::assert_snapshot!(list.join("\n"), @r"
        was begun with --exec ./a.sh, not with --exec './b.sh '\''x y'\'''
        was begun with --expect nothing, not with --expect reboot
        was begun without --expect meta.image=7
        was begun with --exec ./a.sh --expect nothing --in-place, which is not asked for now
        was begun without --purge --terminate-cmd ./end.sh
        was begun without --purge
        was begun with --ssh-host '{address}', not with --ssh-host 'ops@{name}'
        ");
    }

    #[test]
    fn a_secret_in_a_command_is_not_written_down_and_another_one_is_another_command() {
        let with = |secret: &str| {
            let header = format!("Authorization: Bearer {secret}");
            EndState::of(Some(&end(&["curl", "-H", &header, "http://x/"], false)))
        };
        let (one, other) = (with("abcdefgh1234"), with("abcdefgh5678"));
        assert!(one.difference(&other).is_some());
        assert_eq!(one.difference(&with("abcdefgh1234")), None);
        let written = serde_json::to_string(&one).unwrap();
        assert!(!written.contains("abcdefgh1234"), "{written}");
    }

    #[test]
    fn how_long_and_how_often_it_is_tried_makes_no_difference() {
        let patient = |seconds, tries| {
            let within = Duration::from_secs(seconds);
            let command = NodeCommand { within, tries, ..command(Reach::Here, &["./a.sh"]) };
            EndState::of(Some(&NodeService::InPlace { command, expect: vec![Expectation::Nothing], within }))
        };
        assert_eq!(patient(5, 1).difference(&patient(50, 3)), None);
    }

    fn service() -> impl Strategy<Value = Option<NodeService>> {
        let words = || prop::collection::vec("[a-c ']{1,3}", 1..3);
        let expect =
            || prop::collection::vec(prop::sample::select(vec!["nothing", "reboot", "restart"]), 1..3);
        prop_oneof![
            Just(None),
            (words(), expect()).prop_map(|(w, e)| {
                let w: Vec<&str> = w.iter().map(String::as_str).collect();
                Some(in_place(&w, &e))
            }),
            (words(), any::<bool>()).prop_map(|(w, purge)| {
                let w: Vec<&str> = w.iter().map(String::as_str).collect();
                Some(end(&w, purge))
            }),
        ]
    }

    proptest! {
        /// No two commands that differ in a word are taken for one, and what differs is found both ways round.
        #[test]
        fn two_ends_are_the_same_only_where_commands_and_expectations_are(a in service(), b in service()) {
            let sorted = |service: &Option<NodeService>| service.as_ref().map(|s| {
                let expect: BTreeSet<String> = s.expectations().iter().map(ToString::to_string).collect();
                let purge = matches!(s, NodeService::End { purge: true, .. });
                (std::mem::discriminant(s), s.command().map(|c| c.words.clone()), expect, purge)
            });
            let (one, other) = (EndState::of(a.as_ref()), EndState::of(b.as_ref()));
            prop_assert_eq!(one.difference(&other).is_none(), sorted(&a) == sorted(&b));
            prop_assert_eq!(one.difference(&other).is_none(), other.difference(&one).is_none());
        }
    }
}
