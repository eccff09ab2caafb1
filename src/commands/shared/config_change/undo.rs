//! Taking a change of config entries back: what was there before it, put back the same way.

use super::ChangeRequest;
use crate::api::consul::config_entry::ConfigEntry;
use crate::api::http::Http;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Stored};
use crate::model::traffic::difference::{has_secrets, same, without_secrets};
use crate::model::words;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::{History, Recorded};

/// Every change that was made from this machine, the oldest first.
///
/// # Errors
/// Refused (7) when the journal is damaged.
pub fn all(app: &App, http: &Http) -> Result<Vec<Recorded>> {
    let dir = app.env.state_dir();
    dir.map_or(Ok(Vec::new()), |dir| History::of(&dir, http.address()).read())
}

/// The change of that name, or the last one that was not taken back: of this verb, where one is named.
///
/// # Errors
/// Not found (3); usage (2) for a beginning that several have.
pub fn chosen(app: &App, http: &Http, which: &str, verb: Option<&str>) -> Result<Recorded> {
    let changes = all(app, http)?;
    let found = if which == "last" {
        let of_verb = |c: &Recorded| verb.is_none_or(|verb| c.verb == verb);
        changes
            .into_iter()
            .rev()
            .find(|c| of_verb(c) && c.undone_by.is_none() && c.undoes.is_none() && !is_nothing(c))
    } else {
        let mut fitting: Vec<Recorded> = changes.into_iter().filter(|c| c.id.starts_with(which)).collect();
        if fitting.len() > 1 {
            return Err(Error::usage(format!(
                "{which:?} is the beginning of {}",
                words::count(fitting.len(), "change")
            )));
        }
        fitting.pop()
    };
    found.ok_or_else(|| {
        let by = verb.map(|verb| format!(" by `fleet {verb}`")).unwrap_or_default();
        let what = if which == "last" {
            "no change that could be taken back".to_owned()
        } else {
            format!("no change {which}")
        };
        Error::not_found(format!("{what} was made from this machine at {}{by}", http.address()))
            .hint("`fleet config history` lists them")
    })
}

/// Whether it came to an end without having written anything.
fn is_nothing(recorded: &Recorded) -> bool {
    recorded.ended
        && recorded.failure.is_some()
        && recorded.entries.iter().all(|e| !e.written)
        && recorded.entries.len() == 1
}

/// Puts back what was there before a change, in the reverse of the order in which it was written.
///
/// # Errors
/// Refused (7) when somebody changed it since, or its private key was not kept; as [`super::run`].
pub async fn run(asked: ChangeRequest<'_>, app: &App, http: &Http, recorded: &Recorded) -> Result<ExitCode> {
    let mut changes = Vec::new();
    let mut moved = Vec::new();
    for saved in recorded.entries.iter().rev() {
        let now = entries::read(http, saved.kind, &saved.name).await?;
        let is = |e: &Option<ConfigEntry>| match (&now, e) {
            (None, None) => true,
            (Some(now), Some(then)) => same(now, then),
            _ => false,
        };
        if is(&saved.old) {
            continue;
        }
        let subject = format!("{}/{}", saved.kind, saved.name);
        if saved.old.as_ref().is_some_and(has_secrets) {
            return Err(Error::refused(format!(
                "{subject} cannot be put back: its private key was not kept"
            ))
            .hint("apply the file that holds it"));
        }
        // Without the private key, which the history does not keep.
        let shown = now.as_ref().map(without_secrets);
        let is_new = match (&shown, &saved.new) {
            (None, None) => true,
            (Some(now), Some(then)) => same(now, then),
            _ => false,
        };
        if !is_new {
            moved.push(subject);
        }
        changes.push(change::change(saved.kind, now, saved.old.clone(), &Stored::new()));
    }
    if !moved.is_empty() && !asked.accepts("changed-since") {
        return Err(Error::refused(format!(
            "somebody changed {} since; nothing was written",
            moved.join(", ")
        ))
        .hint(format!("`fleet config history {}` shows what was there", recorded.id))
        .hint("`--accept changed-since` puts it back all the same"));
    }
    if changes.is_empty() && !asked.how.is_preview() {
        taken_back(app, http, asked, recorded)?;
    }
    // A resolver that comes back is looked over like any other.
    let stored: Stored =
        changes.iter().filter_map(|c| Some(((c.kind, c.name.clone()), c.old.clone()?))).collect();
    entries::try_out(http, &mut changes, &stored).await?;
    let code = super::run(ChangeRequest { undoes: Some(&recorded.id), ..asked }, app, http, changes).await?;
    if !asked.how.is_preview() {
        remind(app, http, asked, recorded)?;
    }
    Ok(code)
}

/// Writes down that nothing of a change is left, so that the one before it is the next to be taken back.
fn taken_back(app: &App, http: &Http, asked: ChangeRequest<'_>, recorded: &Recorded) -> Result<()> {
    let Some(dir) = app.env.state_dir() else { return Ok(()) };
    let history = History::of(&dir, http.address());
    history.begin(app.clock().now(), &[], asked.verb, Some(&recorded.id))?.end(None)
}

/// Says which earlier change of this verb was cut off and still stands: whoever began again after it may not know that it is another.
fn remind(app: &App, http: &Http, asked: ChangeRequest<'_>, recorded: &Recorded) -> Result<()> {
    let changes = all(app, http)?;
    let earlier = changes.iter().take_while(|c| c.id != recorded.id);
    let open =
        |c: &&Recorded| c.verb == asked.verb && !c.ended && c.undone_by.is_none() && c.undoes.is_none();
    if let Some(cut_off) = earlier.filter(open).last() {
        app.printer.warn(&format!(
            "the change {} before it was cut off, and what it wrote may stand: `fleet {} --undo={}` puts back what was there before that",
            cut_off.id, asked.verb, cut_off.id
        ));
    }
    Ok(())
}
