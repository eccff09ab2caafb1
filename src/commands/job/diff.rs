//! `fleet job diff`

use serde::Serialize;

use crate::api::nomad::registration::{self, Versions};
use crate::app::App;
use crate::commands::shared::jobfile::secrets_of_versions;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::job_diff::{self, Change, Difference, lines};
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show what differs between two versions of a job [default: the current one and the one before].
///
/// The exit code is 0 when they are the same and 8 when they differ. Secrets are not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job diff web
  fleet job diff web 3
  fleet job diff web 3 5
  fleet job diff web before-migration")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The old version, by its number or its tag [default: the one before the new one].
    #[arg(value_name = "OLD")]
    old: Option<String>,

    /// The new version, by its number or its tag [default: the current one].
    #[arg(value_name = "NEW")]
    new: Option<String>,
}

/// How two versions of a job differ.
#[derive(Debug, Serialize)]
struct DiffView {
    #[serde(rename = "job_id")]
    job: String,
    namespace: String,
    #[serde(rename = "old_job_version")]
    old: u64,
    #[serde(rename = "new_job_version")]
    new: u64,
    changes: Vec<Difference>,
}

impl Describe for DiffView {
    fn describe(&self) -> Detail {
        let tone = |change: Option<Change>| match change {
            Some(Change::Added) => Tone::Good,
            Some(Change::Deleted) => Tone::Bad,
            Some(Change::Edited) => Tone::Warn,
            None => Tone::Plain,
        };
        let lines = lines::all(&self.changes);
        let same = if self.changes.is_empty() { Cell::text("none") } else { Cell::Empty };
        Detail::new()
            .fields([
                ("job", Cell::text(&self.job)),
                ("versions", Cell::text(format!("{} → {}", self.old, self.new))),
                ("changes", same),
            ])
            .lines(Some("Changes"), lines.into_iter().map(|l| (l.text, tone(l.change))))
    }
}

/// The kept version of that number or tag.
///
/// # Errors
/// Not found (3).
pub(super) fn find(job: &str, versions: &Versions, text: &str) -> Result<u64> {
    let tagged = versions.versions.iter().find(|v| v.tag.as_ref().is_some_and(|t| t.name == text));
    if let Some(version) = tagged {
        return Ok(version.job.version);
    }
    let number: u64 = text.trim_start_matches('v').parse().map_err(|_| {
        Error::not_found(format!("job {job} has no version with the tag {text:?}"))
            .hint(format!("fleet job history {job} lists its versions"))
    })?;
    let known = versions.versions.iter().any(|v| v.job.version == number);
    if known { Ok(number) } else { Err(resolve::no_version(job, number)) }
}

/// Whether this version was compared with the one that was asked for. Nomad 1.8 knows no such wish and says nothing of it: it
/// compares with the version before, so that the oldest is compared with none.
fn is_compared_with(old: u64, at: usize, answer: &Versions) -> bool {
    let before = answer.versions.get(at + 1).map(|v| v.job.version);
    answer.diffs.len() == answer.versions.len() || before == Some(old)
}

/// Shows what differs between two versions.
///
/// # Errors
/// When there is no such job or version.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let kept = nomad.read(&registration::versions(&stub.namespace, &stub.id)).await?.value;
    let newest = kept.versions.iter().map(|v| v.job.version).max().unwrap_or_default();
    let new = args.new.as_deref().map_or(Ok(newest), |text| find(&stub.id, &kept, text))?;
    let before = || {
        let older = kept.versions.iter().map(|v| v.job.version).filter(|v| *v < new).max();
        older.ok_or_else(|| Error::not_found(format!("job {} has no version before {new}", stub.id)))
    };
    let old = args.old.as_deref().map_or_else(before, |text| find(&stub.id, &kept, text))?;
    if old == new {
        let changes = Vec::new();
        app.printer.object(&DiffView { job: stub.id, namespace: stub.namespace, old, new, changes })?;
        return Ok(ExitCode::Done);
    }
    let call = registration::versions_with_diffs(&stub.namespace, &stub.id, Some(old));
    let compared = nomad.read(&call).await?.value;
    let at = compared.versions.iter().position(|v| v.job.version == new);
    let at = at.ok_or_else(|| resolve::no_version(&stub.id, new))?;
    if !is_compared_with(old, at, &compared) {
        return Err(Error::failed(format!("versions {old} and {new} of job {} cannot be compared", stub.id))
            .because("servers before Nomad 1.9 compare a version with the one before it and with no other"));
    }
    let diff = compared.diffs.get(at).ok_or_else(|| resolve::no_version(&stub.id, new))?;
    let secrets = secrets_of_versions(app, &stub.namespace, &stub.id, [old, new]).await?;
    let changes = job_diff::differences(diff, &secrets);
    let differs = !changes.is_empty();
    app.printer.object(&DiffView { job: stub.id, namespace: stub.namespace, old, new, changes })?;
    Ok(if differs { ExitCode::Pending } else { ExitCode::Done })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_older_servers_compare_is_not_taken_for_what_was_asked_for() {
        let answer = |diffs: usize| -> Versions {
            let versions = [json!({"Version": 2}), json!({"Version": 1}), json!({"Version": 0})];
            serde_json::from_value(json!({"Versions": versions, "Diffs": vec![json!({}); diffs]})).unwrap()
        };
        assert!(is_compared_with(0, 0, &answer(3)) && is_compared_with(2, 2, &answer(3)));
        assert!(is_compared_with(1, 0, &answer(2)));
        assert!(!is_compared_with(0, 0, &answer(2)) && !is_compared_with(2, 2, &answer(2)));
    }
}
