//! The way every change of config entries goes: preview, objections, permission, journal, write by check-and-set, read back, proxies.

mod args;
mod under_way;
pub mod undo;
pub mod view;
mod watch;

use std::collections::BTreeSet;
use std::time::Duration;

pub use self::args::{ChangeArgs, ChangeRequest, WriteArgs, is_objection};
use self::under_way::ChangeRun;
use self::view::{ChangeOutcome, Objection, Preview, WrittenEntry};
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::http::{Http, Patience};
use crate::app::App;
use crate::commands::shared::consul::before_any_write;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Action, Change, Stored, objections};
use crate::model::traffic::difference::has_secrets;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::{History, Recording};
use crate::ops::traffic::witness;
use crate::ui::duration_text;

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
    let stored = entries::stored(consul, &wanted).await.map_err(before_any_write)?;
    let mut changes = change::writing(wanted, &stored);
    entries::try_out(consul, &mut changes, &stored).await.map_err(before_any_write)?;
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
    entries::try_deletions(consul, &mut changes).await.map_err(before_any_write)?;
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
    let found = witness::find(consul, &sidecars_of(&changes), &gateways_of(&changes), &args.envoy).await;
    let witnesses = found.map_err(before_any_write)?;
    let load = match &watched {
        Some((url, plan)) => {
            Some((url.clone(), plan.connections(), args.watch.begin(url, plan.clone()).await?))
        }
        None => None,
    };
    // Written down last, so that what cannot even begin leaves nothing to put back.
    let recording = record(app, consul, &changes, asked)?;
    let consul = &consul.with_patience(Patience::OPERATION);
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
