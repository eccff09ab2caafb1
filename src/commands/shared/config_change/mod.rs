//! The way every change of config entries goes: preview, objections, permission, journal, write by check-and-set, read back, proxies.

pub mod undo;
pub mod view;
mod watch;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::view::{ChangeOutcome, Objection, Preview, Proxies, WatchedConnections, WrittenEntry};
use self::watch::WatchArgs;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::http::Http;
use crate::api::permission::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Action, Change, Stored, objections};
use crate::model::traffic::difference::{has_secrets, same};
use crate::model::traffic::lint;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::{History, Recording};
use crate::ops::traffic::load::Load;
use crate::ops::traffic::on_proxies;
use crate::ops::traffic::witness::{self, AdminAddress, WitnessCounters, Witnesses};
use crate::ops::traffic::write;
use crate::ui::duration_text;

/// How long proxies may take to say what they made of a write: Consul sends it within 0.2 s (`mesh.md §3`).
const PROXIES_WITHIN: Duration = Duration::from_millis(2500);

/// How a change is made, and in spite of what.
#[derive(Debug, Default, clap::Args)]
pub struct ChangeArgs {
    /// Go ahead in spite of this: cut-connections, failing-requests, moved-sessions or the name of another objection.
    #[arg(long, value_name = "OBJECTION", value_parser = accepted)]
    accept: Vec<String>,

    #[command(flatten)]
    how: WriteArgs,
}

/// How a change is made.
#[derive(Debug, Default, clap::Args)]
pub struct WriteArgs {
    /// The admin port of a proxy, to ask what it made of the write. Port 19000 of every gateway is tried by itself.
    #[arg(long, value_name = "[ID=]HOST:PORT")]
    envoy: Vec<AdminAddress>,

    #[command(flatten)]
    watch: WatchArgs,

    /// Show what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
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
    verb: &'a str,
    accepted: &'a [String],
    how: &'a WriteArgs,
    undoes: Option<&'a str>,
}

impl ChangeRequest<'_> {
    fn accepts(self, id: &str) -> bool {
        self.accepted.iter().any(|a| a == id)
    }
}

/// Writes entries, after a look at what is stored of them and beside them.
///
/// # Errors
/// As [`run`].
pub async fn write(
    asked: ChangeRequest<'_>,
    app: &App,
    consul: &Http,
    wanted: Vec<ConfigEntry>,
) -> Result<ExitCode> {
    let stored = entries::stored(consul, &wanted).await?;
    let mut changes = change::writing(wanted, &stored);
    entries::try_out(consul, &mut changes, &stored).await?;
    run(asked, app, consul, changes).await
}

/// Shows a set of changes, and makes it when it may be made.
///
/// # Errors
/// Refused (7); failed (1) when Consul or a proxy does not take one; any error of a call.
pub async fn run(
    asked: ChangeRequest<'_>,
    app: &App,
    consul: &Http,
    mut changes: Vec<Change>,
) -> Result<ExitCode> {
    entries::try_deletions(consul, &mut changes).await?;
    let args = asked.how;
    let watched = args.watch.plan()?;
    let standing: Vec<Objection> = objections(&changes)
        .into_iter()
        .filter(|(id, _)| !asked.accepts(id))
        .map(|(accept, why)| Objection { accept, why })
        .collect();
    let preview = Preview { changes: &changes, refused: standing.clone(), notes: notes(&changes, args) };
    if args.dry_run || app.printer.wants_events() {
        app.printer.object(&preview)?;
    } else {
        app.printer.aside(&preview);
    }
    refuse(&standing)?;
    possible(&changes)?;
    let writes = changes.iter().filter(|c| c.writes()).count();
    if args.dry_run {
        return Ok(if writes == 0 { ExitCode::Done } else { ExitCode::Pending });
    }
    if writes == 0 {
        app.printer.note("nothing to do: everything says that already");
        let entries = changes.iter().map(|c| done(c, "kept", c.old.as_ref())).collect();
        let outcome = ChangeOutcome {
            change_id: None,
            entries,
            failure: None,
            proxies: None,
            connections: None,
            undo: None,
            verb: asked.verb.to_owned(),
        };
        return if app.printer.is_machine() {
            app.printer.object(&outcome).map(|()| ExitCode::Done)
        } else {
            Ok(ExitCode::Done)
        };
    }
    let permission = app.confirm(args.yes, &question(&changes)).await?;
    let witnesses =
        witness::find(consul, &sidecars_of(&changes), &gateways_of(&changes), &args.envoy).await?;
    let load = match &watched {
        Some((url, plan)) => {
            Some((url.clone(), plan.connections(), args.watch.begin(url, plan.clone()).await?))
        }
        None => None,
    };
    // Written down last, so that what cannot even begin leaves nothing to put back.
    let recording = record(app, consul, &changes, asked)?;
    ChangeRun { app, consul, permission, recording, witnesses, asked, untouched: false }
        .write(changes, load)
        .await
}

/// Sidecars matter where a change replaces their listeners, or the service's own subsets.
fn sidecars_of(changes: &[Change]) -> BTreeSet<String> {
    let about = |c: &&Change| c.writes() && matches!(c.kind, Kind::ServiceDefaults | Kind::ServiceIntentions);
    changes.iter().filter(about).map(|c| c.name.clone()).collect()
}

/// Gateways that are written; what runs already may have waited for its entry.
fn gateways_of(changes: &[Change]) -> BTreeSet<String> {
    let gateway = |c: &&Change| c.new.is_some() && matches!(c.kind, Kind::IngressGateway | Kind::ApiGateway);
    changes.iter().filter(gateway).map(|c| c.name.clone()).collect()
}

fn question(changes: &[Change]) -> String {
    let count = |action: Action| changes.iter().filter(|c| c.action == action).count();
    let told = [(Action::Create, "create"), (Action::Update, "change"), (Action::Delete, "delete")];
    let told: Vec<String> = told
        .into_iter()
        .filter(|(a, _)| count(*a) > 0)
        .map(|(a, word)| format!("{word} {}", count(a)))
        .collect();
    let sentence = told.join(", ");
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let entries = if changes.iter().filter(|c| c.writes()).count() == 1 { "entry" } else { "entries" };
    format!("{first}{} config {entries}?", chars.as_str())
}

fn refuse(standing: &[Objection]) -> Result<()> {
    if standing.is_empty() {
        return Ok(());
    }
    let error = Error::refused("nothing was written");
    let error = standing.iter().flat_map(|o| &o.why).cloned().fold(error, Error::because);
    let flags: Vec<String> = standing.iter().map(|o| format!("--accept {}", o.accept)).collect();
    let it = if flags.len() == 1 { "it" } else { "all of it" };
    Err(error.hint(format!("`{}` goes ahead in spite of {it}", flags.join(" "))))
}

/// Whether what was there before a change cannot be put back, for it holds a private key.
fn is_not_kept(change: &Change) -> bool {
    change.writes() && change.old.as_ref().is_some_and(has_secrets)
}

/// What the way back has to accept, as flags: it may cut connections like the way there.
fn accepted_back(changes: &[Change]) -> String {
    let back: Vec<Change> = changes
        .iter()
        .filter(|c| c.writes())
        .map(|c| change::change(c.kind, c.new.clone(), c.old.clone(), &Stored::new()))
        .collect();
    objections(&back).into_keys().map(|id| format!(" --accept {id}")).collect()
}

/// What no acceptance makes possible.
fn possible(changes: &[Change]) -> Result<()> {
    let gone = |c: &&Change| c.writes() && c.kind == Kind::TraefikService && c.new.is_none();
    match changes.iter().find(gone) {
        None => Ok(()),
        Some(change) => {
            Err(Error::refused(format!("{} is not deleted; nothing was written", change.subject()))
                .because("its keys are Traefik's whole service, of which fleet writes the weights alone")
                .hint("move its traffic: `fleet migrate traffic --help`; the keys go by `consul kv delete`"))
        }
    }
}

fn notes(changes: &[Change], args: &WriteArgs) -> Vec<String> {
    let mut notes: Vec<String> = changes
        .iter()
        .filter(|change| is_not_kept(change))
        .map(|change| {
            format!("the private key of {} is not kept: --undo cannot put it back", change.subject())
        })
        .collect();
    let later = changes
        .iter()
        .flat_map(|c| &c.consequences)
        .any(|c| matches!(c.loss, crate::model::traffic::consequence::Loss::CutLater));
    if later && args.watch.plan().ok().flatten().is_some() && args.watch.after() < Duration::from_secs(600) {
        notes.push(format!(
            "connections are watched for {} after the write; Envoy cuts them after its drain time, 600 s unless it runs with --drain-time-s",
            duration_text(args.watch.after())
        ));
    }
    notes
}

/// What was there is on disk before anything is written. Without a place for it that is said, and can be accepted by going on.
fn record(
    app: &App,
    consul: &Http,
    changes: &[Change],
    asked: ChangeRequest<'_>,
) -> Result<Option<Recording>> {
    let Some(dir) = app.env.state_dir() else {
        app.printer.warn("there is no folder for journals (FLEET_STATE_DIR): what was there before cannot be put back by --undo");
        return Ok(None);
    };
    let changes: Vec<Change> = changes.iter().filter(|c| c.writes()).cloned().collect();
    let history = History::of(&dir, consul.address());
    match history.begin(app.clock().now(), &changes, asked.verb, asked.undoes) {
        Ok(recording) => Ok(Some(recording)),
        Err(e) if e.code() == ExitCode::Refused => Err(e),
        Err(e) => {
            app.printer.warn(&format!("{e}: what was there before cannot be put back by --undo"));
            Ok(None)
        }
    }
}

fn done(change: &Change, outcome: &'static str, entry: Option<&ConfigEntry>) -> WrittenEntry {
    WrittenEntry {
        kind: change.kind.name(),
        name: change.name.clone(),
        action: change.action,
        outcome,
        modify_index: entry.map(ConfigEntry::modify_index),
    }
}

/// A change that is under way.
struct ChangeRun<'a> {
    app: &'a App,
    consul: &'a Http,
    permission: Permission,
    recording: Option<Recording>,
    witnesses: Witnesses,
    asked: ChangeRequest<'a>,
    /// Whether the entry that could not be written was read again, and is as it was.
    untouched: bool,
}

impl ChangeRun<'_> {
    async fn write(mut self, changes: Vec<Change>, load: Option<(String, usize, Load)>) -> Result<ExitCode> {
        let marks = self.witnesses.marks().await;
        let written_at_ms = load.as_ref().map_or(0, |(_, _, load)| load.elapsed_ms());
        let (entries, mut failure) = self.entries(&changes).await;
        let written = Instant::now();
        let proxies = if entries.iter().any(|e| matches!(e.outcome, "written" | "deleted" | "unknown")) {
            self.proxies(&marks, &changes, failure.is_none()).await
        } else {
            None
        };
        if let (None, Some(id)) = (&failure, proxies.as_ref().and_then(|p| p.effect.rejected.first())) {
            failure = Some(Error::failed(format!("{id} rejected what was written, though Consul says true"))
                .because("it goes on with what it had, ignores every later change of that listener, and answers 404 to every host after its next start"));
        }
        if let (None, Some(lack)) = (&failure, proxies.as_ref().and_then(|p| p.lacking.first())) {
            failure = Some(Error::failed(format!("{lack}, though Consul says true"))
                .because("a gateway that rejected a change of a listener ignores every later one of it; the log of Consul's agent says what it rejected"));
        }
        let connections = match load {
            Some((url, connections, load)) => {
                sleep(self.asked.how.watch.after().saturating_sub(written.elapsed())).await;
                let watched_s = written.elapsed().as_secs_f64();
                let tally = WatchArgs::end(load).await;
                let lost = tally.total().lost();
                if lost > 0 && failure.is_none() {
                    failure = Some(Error::failed(format!("requests and connections lost: {lost}")));
                }
                Some(WatchedConnections { url, connections, written_at_ms, watched_s, tally, lost })
            }
            None => None,
        };
        let undo = (!changes.iter().any(is_not_kept)).then(|| accepted_back(&changes));
        self.end(entries, failure, proxies, connections, undo)
    }

    /// Writes one after the other; what stops it.
    async fn entries(&mut self, changes: &[Change]) -> (Vec<WrittenEntry>, Option<Error>) {
        let (mut entries, mut failure, mut at) = (Vec::new(), None, 0);
        for change in changes {
            if failure.is_some() {
                entries.push(done(change, "not-begun", change.old.as_ref()));
                continue;
            }
            if !change.writes() {
                entries.push(done(change, "kept", change.old.as_ref()));
                continue;
            }
            let outcome = write::carry_out(self.consul, &self.permission, change).await;
            let outcome = outcome
                .and_then(|now| self.recording.as_mut().map_or(Ok(()), |r| r.written(at)).map(|()| now));
            at += 1;
            match outcome {
                Ok(now) if change.new.is_some() => entries.push(done(change, "written", now.as_ref())),
                Ok(_) => entries.push(done(change, "deleted", None)),
                Err(e) => {
                    let unknown = matches!(e.code(), ExitCode::Unreachable | ExitCode::TimedOut);
                    self.untouched = !unknown && self.is_as_it_was(change).await;
                    entries.push(done(
                        change,
                        if unknown { "unknown" } else { "failed" },
                        change.old.as_ref(),
                    ));
                    failure = Some(e);
                }
            }
        }
        (entries, failure)
    }

    /// Whether what is stored still is what was there before a change.
    async fn is_as_it_was(&self, change: &Change) -> bool {
        match (entries::read(self.consul, change.kind, &change.name).await, &change.old) {
            (Ok(None), None) => true,
            (Ok(Some(now)), Some(then)) => same(&now, then),
            _ => false,
        }
    }

    /// What proxies made of it: they are asked again until they had the time to say so, and whether they have the routes.
    async fn proxies(&self, marks: &WitnessCounters, changes: &[Change], whole: bool) -> Option<Proxies> {
        let written: Vec<&ConfigEntry> = changes.iter().filter_map(|c| c.new.as_ref()).collect();
        let unmanned = on_proxies::unmanned(&written, &self.witnesses);
        if self.witnesses.heard.is_empty() && self.witnesses.silent.is_empty() && unmanned.is_empty() {
            return None;
        }
        if !self.witnesses.heard.is_empty() {
            sleep(PROXIES_WITHIN).await;
        }
        let effect = self.witnesses.since(marks).await;
        let cut = self.witnesses.longest_drain().filter(|_| !effect.replaced.is_empty());
        let held = whole && effect.rejected.is_empty();
        Some(Proxies {
            asked: self.witnesses.heard.iter().map(|w| w.id.clone()).collect(),
            silent: self.witnesses.silent.iter().map(|(id, _)| id.clone()).collect(),
            unmanned,
            lacking: if held {
                on_proxies::lacking(self.consul, &self.witnesses, &written).await
            } else {
                Vec::new()
            },
            effect,
            cut_after_s: cut.map(|d| d.as_secs()),
        })
    }

    fn end(
        mut self,
        entries: Vec<WrittenEntry>,
        failure: Option<Error>,
        proxies: Option<Proxies>,
        connections: Option<WatchedConnections>,
        undo: Option<String>,
    ) -> Result<ExitCode> {
        // What was refused, for somebody else was quicker or a right is missing, was not written; what failed otherwise may be stored.
        let refused =
            failure.as_ref().is_some_and(|e| matches!(e.code(), ExitCode::Refused | ExitCode::Denied));
        let any = entries.iter().any(|e| match e.outcome {
            "written" | "deleted" | "unknown" => true,
            "failed" => !refused && !self.untouched,
            _ => false,
        });
        let change_id = self.recording.as_ref().map(|r| r.id.clone());
        if let Some(recording) = &mut self.recording {
            recording.end(failure.as_ref().map(ToString::to_string))?;
        }
        let outcome = ChangeOutcome {
            change_id: change_id.filter(|_| any),
            entries,
            failure: failure.as_ref().map(ToString::to_string),
            proxies,
            connections,
            undo,
            verb: self.asked.verb.to_owned(),
        };
        self.app.printer.object(&outcome)?;
        match (failure, outcome.way_back()) {
            (None, _) => Ok(ExitCode::Done),
            (Some(e), Some(command)) => Err(e.hint(format!("`{command}` puts back what was there"))),
            (Some(e), None) => Err(e),
        }
    }
}
