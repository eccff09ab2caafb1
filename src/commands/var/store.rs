//! Reading and writing a variable so that nobody's change is lost.

use serde::Serialize;

use crate::api::error::Problem;
use crate::api::http::Patience;
use crate::api::nomad::variable;
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::var_items::{Edit, Items};
use crate::ui::{Cell, Describe, Detail};

/// A variable as it is: its items and the index to check when it is written; no items and 0 when there is none. Not found (3) where
/// there is not even its namespace.
pub(super) async fn read(app: &App, path: &str) -> Result<(Items, u64)> {
    // The servers redirect requests for such a path.
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(Error::usage(format!("{path:?} is not a variable path"))
            .because("its parts are separated by single slashes, such as nomad/jobs/web"));
    }
    match app.nomad()?.read(&variable::get(namespace(app)?, path)).await {
        Ok(reply) => Ok((reply.value.items, reply.value.modify_index)),
        Err(e) if e.is_not_found() => {
            // The servers would store one there all the same.
            resolve::namespace(app).await?;
            Ok((Items::new(), 0))
        }
        Err(e) => Err(e.into()),
    }
}

/// As [`read`], for a variable that must exist.
pub(super) async fn read_existing(app: &App, path: &str) -> Result<(Items, u64)> {
    let (items, index) = read(app, path).await?;
    if index == 0 {
        return Err(Error::not_found(format!("no such variable in namespace {}: {path}", namespace(app)?))
            .hint("fleet var list shows all variables"));
    }
    Ok((items, index))
}

/// The namespace variables are in.
pub(super) fn namespace(app: &App) -> Result<&str> {
    Ok(app.settings()?.nomad.namespace.as_ref().map_or("default", |n| n.value.as_str()))
}

/// What a change did. Values are not shown.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    path: String,
    namespace: String,
    set: Vec<String>,
    unset: Vec<String>,
    /// Whether someone else changed other keys meanwhile.
    merged: bool,
}

impl Describe for Changed {
    fn describe(&self) -> Detail {
        let nothing = self.set.is_empty() && self.unset.is_empty();
        Detail::new().fields([
            ("variable", Cell::text(&self.path)),
            ("set", Cell::text(self.set.join(", "))),
            ("removed", Cell::text(self.unset.join(", "))),
            ("result", Cell::text(if nothing { "nothing changed" } else { "stored" })),
            (
                "merged",
                if self.merged {
                    Cell::text("with changes that someone else made meanwhile")
                } else {
                    Cell::Empty
                },
            ),
        ])
    }
}

/// Applies a change to a variable, given the state it was based on. Changes that others made meanwhile stay; when they changed the
/// same key, the change is refused.
pub(super) async fn change(
    app: &App,
    permission: &Permission,
    path: &str,
    base: (Items, u64),
    edit: &Edit,
) -> Result<Changed> {
    const MOST_TRIES: usize = 10;
    let (base, mut index) = base;
    let (mut now, mut merged) = (base.clone(), false);
    let space = namespace(app)?;
    let done = |merged| Changed {
        path: path.to_owned(),
        namespace: space.to_owned(),
        set: edit.set.keys().cloned().collect(),
        unset: edit.unset.clone(),
        merged,
    };
    if edit.is_empty() {
        return Ok(done(false));
    }
    for _ in 0..MOST_TRIES {
        let items = edit.apply(&now);
        if items.is_empty() {
            return Err(Error::refused(format!("variable {path} would have no items left"))
                .hint(format!("fleet var rm {}", shell_word(path))));
        }
        let nomad = app.nomad()?;
        let stored = async || match nomad.read(&variable::get(space, path)).await {
            Ok(reply) => Ok((reply.value.items == items).then_some(())),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        };
        match settle(
            nomad,
            permission,
            &variable::put(space, path, &items, Some(index)),
            Patience::OPERATION,
            stored,
        )
        .await
        {
            Ok(_) => return Ok(done(merged)),
            Err(e) if e.problem == Problem::Conflict => {}
            Err(e) => return Err(e.into()),
        }
        (now, index) = read(app, path).await?;
        check_mergeable(path, edit, &Edit::between(&base, &now))?;
        merged = true;
    }
    Err(Error::refused(format!("variable {path} keeps changing; nothing was stored")))
}

/// Whether a change can be made on top of what somebody else changed meanwhile.
fn check_mergeable(path: &str, edit: &Edit, theirs: &Edit) -> Result<()> {
    let conflicts = edit.conflicts(theirs);
    if !conflicts.is_empty() {
        return Err(Error::refused(format!(
            "someone else changed variable {path} meanwhile; nothing was stored"
        ))
        .because(format!("these keys differ: {}", conflicts.join(", "))));
    }
    // Refused, though nobody changed it.
    if theirs.is_empty() {
        return Err(Error::refused(format!("variable {path} is locked; nothing was stored")));
    }
    Ok(())
}
