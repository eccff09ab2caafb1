//! A plan in a file: made and looked at by one, carried out by another or later, and only as long as the world is as it was.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::FromArgMatches as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::request::RotationRequest;
use crate::app::App;
use crate::error::{Error, Result};
use crate::invocation::Invocation;
use crate::model::group::GroupKey;
use crate::model::ids::shell_word;
use crate::ops::rotate::blocker;
use crate::ops::rotate::plan::NodePlan;
use crate::ui::duration;

/// What the file is, and which version of its form.
const FORMAT: &str = "fleet-rotation-plan/1";

/// Make the plan of a rotation and write it to a file; change nothing.
///
/// The file holds the command line, the cluster, the nodes in order and everything that moves. `fleet rotate-nodes apply FILE` carries
/// it out, and refuses when the world has moved since.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotate-nodes plan --class old --singletons surge --out tonight.json
  fleet rotate-nodes plan --pool web --max-parallel 10% --by meta.rack --out web.json --expires 2h")]
// A plan asks nothing and does nothing.
#[command(mut_arg("dry_run", |arg| arg.hide(true)), mut_arg("yes", |arg| arg.hide(true)))]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) wanted: RotationRequest,

    /// Where to write the plan.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) out: PathBuf,

    /// How long the plan may be carried out.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h")]
    pub(super) expires: Duration,
}

/// Carry out a plan from a file, if the world is still as it was when it was made.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotate-nodes apply tonight.json
  fleet rotate-nodes apply tonight.json --yes -o json-lines")]
pub(super) struct ApplyArgs {
    /// The file.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(super) file: PathBuf,

    /// Only say whether the plan still holds; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Saved {
    format: String,
    made_at: Timestamp,
    expires_at: Timestamp,
    cluster: Cluster,
    /// The words of the command line behind `rotate-nodes`, from which everything is decided again.
    arguments: Vec<String>,
    /// Index of the list of nodes.
    index: u64,
    steps: Steps,
}

/// Which cluster it was made for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Cluster {
    address: String,
    region: String,
}

/// What is done, in order, and what it stands on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Steps {
    nodes: Vec<Step>,
    groups: Vec<Group>,
    /// What speaks against it, accepted or not.
    holds: BTreeSet<String>,
    /// What would find no place.
    unplaced: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Step {
    node_id: String,
    node_name: String,
    /// `rotate`, `leave` or `nothing`.
    action: String,
    moves: Vec<Move>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Move {
    alloc_id: String,
    alloc_name: String,
    /// `service`, `batch` or `system`.
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Group {
    #[serde(flatten)]
    group: GroupKey,
    count: u64,
    floor: u64,
}

impl Steps {
    /// Of a draft.
    pub(super) fn of(draft: &Draft) -> Self {
        let moves = |n: &NodePlan| -> Vec<Move> {
            let kinds = [("service", &n.moves), ("batch", &n.batch), ("system", &n.system)];
            let mut all: Vec<Move> = kinds
                .into_iter()
                .flat_map(|(kind, allocs)| {
                    allocs.iter().map(move |a| Move {
                        alloc_id: a.id.clone(),
                        alloc_name: a.name.clone(),
                        kind: kind.to_owned(),
                    })
                })
                .collect();
            all.sort();
            all
        };
        let step = |n: &NodePlan| Step {
            node_id: n.node.id.clone(),
            node_name: n.node.name.clone(),
            action: match (&n.skip, n.done) {
                (Some(_), _) => "leave".to_owned(),
                (None, true) => "nothing".to_owned(),
                (None, false) => "rotate".to_owned(),
            },
            moves: moves(n),
        };
        let losses = draft.forecast.losses.iter();
        Steps {
            nodes: draft.plan.nodes.iter().map(step).collect(),
            groups: draft
                .plan
                .groups
                .iter()
                .map(|(key, g)| Group { group: key.clone(), count: g.count, floor: g.floor })
                .collect(),
            holds: draft.blockers.iter().map(blocker::Blocker::text).collect(),
            unplaced: losses.map(|l| format!("{} of {} find no place", l.unplaced, l.group)).collect(),
        }
    }

    /// What is not as it was, in words; nothing when all is.
    pub(super) fn changes_to(&self, now: &Steps) -> Vec<String> {
        let mut changes = Vec::new();
        let find = |all: &[Step], id: &str| all.iter().find(|s| s.node_id == id).cloned();
        for before in &self.nodes {
            let name = &before.node_name;
            let Some(after) = find(&now.nodes, &before.node_id) else {
                changes.push(format!("node {name} is not selected any more"));
                continue;
            };
            if after.action != before.action {
                changes.push(format!("node {name}: {} instead of {}", after.action, before.action));
            }
            let of = |s: &Step| s.moves.iter().cloned().collect::<BTreeSet<Move>>();
            let told = |m: &Move| format!("{} ({})", m.alloc_name, crate::model::ids::short(&m.alloc_id));
            changes.extend(
                of(&after).difference(&of(before)).map(|m| format!("node {name} runs {} as well", told(m))),
            );
            changes.extend(
                of(before)
                    .difference(&of(&after))
                    .map(|m| format!("node {name} does not run {} any more", told(m))),
            );
        }
        let new = now.nodes.iter().filter(|s| find(&self.nodes, &s.node_id).is_none());
        changes.extend(new.map(|s| format!("node {} is selected as well", s.node_name)));
        for before in &self.groups {
            let after = now.groups.iter().find(|g| g.group == before.group);
            let Some(after) = after.filter(|after| *after != before) else { continue };
            changes.push(format!(
                "{}: {} wanted and a floor of {}, instead of {} and {}",
                before.group, after.count, after.floor, before.count, before.floor
            ));
        }
        changes.extend(now.holds.difference(&self.holds).cloned());
        changes.extend(now.unplaced.difference(&self.unplaced).cloned());
        let order = |s: &Steps| s.nodes.iter().map(|n| n.node_id.clone()).collect::<Vec<_>>();
        if changes.is_empty() && order(self) != order(now) {
            changes.push("the nodes would be emptied in another order".to_owned());
        }
        changes
    }
}

impl PlanArgs {
    /// The words that say what is wanted, and what they mean to a run that only looks.
    ///
    /// # Errors
    /// When the words are no text.
    pub(super) fn wanted(invocation: &Invocation) -> Result<(Vec<String>, RotationRequest)> {
        let words = words(&invocation.args)?;
        let wanted = parse(invocation, &words)?;
        Ok((words, RotationRequest { dry_run: true, ..wanted }))
    }

    /// Writes the draft down.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, app: &App, arguments: &[String], draft: &Draft) -> Result<()> {
        let made_at = app.clock().now();
        let saved = Saved {
            format: FORMAT.to_owned(),
            made_at,
            expires_at: made_at + self.expires,
            cluster: cluster(app)?,
            arguments: arguments.to_vec(),
            index: draft.index,
            steps: Steps::of(draft),
        };
        let text = serde_json::to_string_pretty(&saved).map_err(|e| Error::failed(e.to_string()))?;
        let wrong = |e: std::io::Error| {
            Error::failed(format!("the plan could not be written to {}", self.out.display()))
                .because(e.to_string())
        };
        write_private(&self.out, text.as_bytes()).map_err(wrong)?;
        let file = shell_word(&self.out.to_string_lossy());
        app.printer.note(&format!(
            "to carry it out before {:.0}: fleet rotate-nodes apply {file}",
            saved.expires_at
        ));
        Ok(())
    }
}

/// Whole or not at all, and for nobody else to read: command lines may hold secrets.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

impl ApplyArgs {
    /// The plan and what its words mean now.
    ///
    /// # Errors
    /// Not found (3); usage (2) for a file that is none, refused (7) when it has expired or is for another cluster.
    pub(super) fn read(&self, app: &App, invocation: &Invocation) -> Result<(Saved, RotationRequest)> {
        let name = self.file.display();
        let text = std::fs::read_to_string(&self.file)
            .map_err(|e| Error::not_found(format!("{name} cannot be read")).because(e.to_string()))?;
        let saved: Saved = serde_json::from_str(&text).map_err(|e| {
            Error::usage(format!("{name} is not a plan of a rotation")).because(e.to_string())
        })?;
        if saved.format != FORMAT {
            return Err(Error::usage(format!(
                "{name} is a plan of another version of fleet: {}",
                saved.format
            )));
        }
        let now = app.clock().now();
        if now >= saved.expires_at {
            return Err(Error::refused(format!("the plan in {name} expired at {:.0}", saved.expires_at))
                .hint(saved.again(&self.file)));
        }
        let here = cluster(app)?;
        if here.region != saved.cluster.region {
            return Err(Error::refused(format!("the plan in {name} is for another cluster")).because(
                format!("it was made at {} in region {:?}", saved.cluster.address, saved.cluster.region),
            ));
        }
        let wanted = parse(invocation, &saved.arguments)?;
        let yes = self.yes || wanted.yes;
        Ok((saved, RotationRequest { dry_run: self.dry_run, yes, ..wanted }))
    }
}

impl Saved {
    /// The command that makes the plan again, into the same file.
    fn again(&self, file: &Path) -> String {
        let words = shlex::try_join(self.arguments.iter().map(String::as_str)).unwrap_or_default();
        let file = shell_word(&file.display().to_string());
        format!("to make it again, and look at it: fleet rotate-nodes plan {words} --out {file}")
    }

    /// The words that do the same without the file.
    pub(super) fn command_line(&self) -> Vec<String> {
        std::iter::once("rotate-nodes".to_owned()).chain(self.arguments.iter().cloned()).collect()
    }

    /// Refuses when what would be done now is not what was planned.
    ///
    /// # Errors
    /// Refused (7) with everything that is not as it was.
    pub(super) fn still_holds(&self, file: &Path, draft: &Draft) -> Result<()> {
        let now = Steps::of(draft);
        let known = |id: &str| now.nodes.iter().any(|n| n.node_id == id);
        if !self.steps.nodes.is_empty() && !self.steps.nodes.iter().any(|n| known(&n.node_id)) {
            return Err(Error::refused(
                "none of the nodes of the plan is here; it may be for another cluster",
            )
            .because(format!("it was made at {}", self.cluster.address))
            .hint(self.again(file)));
        }
        let changes = self.steps.changes_to(&now);
        if changes.is_empty() {
            return Ok(());
        }
        let error = Error::refused("the world has moved since the plan was made; nothing was changed");
        Err(changes.into_iter().fold(error, Error::because).hint(self.again(file)))
    }
}

fn cluster(app: &App) -> Result<Cluster> {
    let settings = app.settings()?;
    let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
    Ok(Cluster { address: settings.nomad.address.value.clone(), region: region.to_owned() })
}

/// The words behind `rotate-nodes plan`, without those that are about the file.
fn words(args: &[OsString]) -> Result<Vec<String>> {
    let text = |word: &OsString| {
        word.to_str()
            .map(str::to_owned)
            .ok_or_else(|| Error::usage(format!("{} is not text", word.display())))
    };
    let all: Vec<String> = args.iter().map(text).collect::<Result<_>>()?;
    let at = all.windows(2).position(|two| two == ["rotate-nodes", "plan"]).map_or(all.len(), |at| at + 2);
    let mut words = Vec::new();
    let mut rest = all.into_iter().skip(at);
    while let Some(word) = rest.next() {
        let about_file = ["--out", "--expires"];
        if about_file.contains(&word.as_str()) {
            rest.next();
        } else if !about_file.iter().any(|flag| word.starts_with(&format!("{flag}="))) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Reads words as they stand behind `rotate-nodes`.
fn parse(invocation: &Invocation, words: &[String]) -> Result<RotationRequest> {
    let line = ["fleet", "rotate-nodes"].into_iter().map(str::to_owned).chain(words.iter().cloned());
    let wrong = |e: clap::Error| Error::usage("the words of the plan make no sense").because(e.to_string());
    let matches = (invocation.line.definition)().try_get_matches_from(line).map_err(wrong)?;
    let matches = matches.subcommand_matches("rotate-nodes").cloned().unwrap_or_default();
    RotationRequest::from_arg_matches(&matches).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(node: &str, action: &str, allocs: &[&str]) -> Step {
        let moves = allocs.iter().map(|a| Move {
            alloc_id: (*a).into(),
            alloc_name: (*a).into(),
            kind: "service".into(),
        });
        Step { node_id: node.into(), node_name: node.into(), action: action.into(), moves: moves.collect() }
    }

    fn steps(nodes: Vec<Step>, floor: u64) -> Steps {
        let group = GroupKey { namespace: "default".into(), job: "web".into(), group: "g".into() };
        Steps { nodes, groups: vec![Group { group, count: 3, floor }], ..Steps::default() }
    }

    #[test]
    fn whatever_differs_is_named_and_nothing_else() {
        let before = steps(vec![step("c1", "rotate", &["a", "b"]), step("c2", "rotate", &[])], 2);
        assert!(before.changes_to(&before).is_empty());
        let now = steps(vec![step("c1", "rotate", &["b", "c"]), step("c3", "rotate", &[])], 1);
        assert_eq!(
            before.changes_to(&now),
            [
                "node c1 runs c (c) as well",
                "node c1 does not run a (a) any more",
                "node c2 is not selected any more",
                "node c3 is selected as well",
                "web/g: 3 wanted and a floor of 1, instead of 3 and 2",
            ]
        );
        let swapped = steps(before.nodes.iter().rev().cloned().collect(), 2);
        assert_eq!(before.changes_to(&swapped), ["the nodes would be emptied in another order"]);
        let risky = Steps { holds: BTreeSet::from(["x".to_owned()]), ..before.clone() };
        assert_eq!(before.changes_to(&risky), ["x"]);
        assert!(risky.changes_to(&before).is_empty(), "a risk that is gone is none");
    }

    #[test]
    fn the_words_of_the_command_line_are_kept_without_the_file() {
        let line = [
            "fleet",
            "--context",
            "prod",
            "rotate-nodes",
            "plan",
            "--class",
            "old",
            "--out",
            "f",
            "--expires=2h",
            "-y",
        ];
        let line: Vec<OsString> = line.iter().map(OsString::from).collect();
        assert_eq!(words(&line).unwrap(), ["--class", "old", "-y"]);
    }
}
