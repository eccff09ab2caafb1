//! `fleet job export`

use std::path::PathBuf;

use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::job;
use crate::api::nomad::jobspec::{self, Submission};
use crate::api::nomad::plan;
use crate::app::App;
use crate::commands::shared::new_file::{self, Readers};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::ids::{JobKey, shell_word};
use crate::model::job_diff::{Secrets, differences};
use crate::model::jobfile::export::{of_spec, with_values};
use crate::ops::jobfile::assignments_of;

/// Write the job file of a running job: one that plans to "no changes" now.
///
/// It is the file the job was submitted from, with the values it was run with as the defaults of its variables, where that
/// still says what runs; else the job as the servers hold it, in JSON. Each is planned before it is written. The file holds all
/// that the job holds, secrets too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job export web | less
  fleet job export web web.nomad.hcl
  fleet job export web web.nomad.json --json")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The file to write; it must not exist yet, and nobody else may read it.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Write the job as the servers hold it, in JSON, even where its source is known.
    #[arg(long)]
    json: bool,
}

/// A job file, and what it is made from.
struct Exported {
    text: String,
    from: &'static str,
}

/// Writes a job file.
///
/// # Errors
/// Refused (7) when the file exists, or the job is the child of another.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let key = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let spec = nomad.read(&job::get_spec(&key.namespace, &key.id)).await?.value;
    if let Some(parent) = spec["ParentID"].as_str().filter(|parent| !parent.is_empty()) {
        return Err(Error::refused(format!("job {} was started by job {parent}", key.id))
            .because("it has no file of its own")
            .hint(format!("fleet job export {}", crate::model::ids::job_words(&key.namespace, parent))));
    }
    let from_source = if args.json {
        Err("--json asks for the job as it is held")
    } else {
        from_source(nomad, &key, &spec).await?
    };
    let exported = match from_source {
        Ok(exported) => exported,
        Err(why) => {
            if !args.json {
                app.printer.note(&format!("{why}: written in JSON, from what the servers hold"));
            }
            from_spec(nomad, &key, &spec).await?
        }
    };
    if spec["Stop"] == true {
        app.printer.warn(&format!("job {} is stopped, and the file keeps it so: \"Stop\" is true", key.id));
    }
    let Some(file) = &args.file else { return app.printer.text(&exported.text) };
    new_file::write(file, &exported.text, Readers::Owner)?;
    app.printer.note(&format!(
        "wrote {} from {}; it plans to no changes: fleet job plan {}",
        file.display(),
        exported.from,
        shell_word(&file.to_string_lossy())
    ));
    Ok(())
}

/// Whether a plan of this job would change nothing.
async fn changes_nothing(nomad: &Http, key: &JobKey, job: &Value) -> Result<bool> {
    let planned = nomad.ask(&plan::plan_with_diff(&key.namespace, &key.id, job)).await?.value;
    // A scaling block is said to be edited, without a field that differs, also of an unchanged job.
    Ok(planned.diff.is_some_and(|diff| differences(&diff, &Secrets::default()).is_empty()))
}

/// The file it was submitted from; else why not.
async fn from_source(nomad: &Http, key: &JobKey, spec: &Value) -> Result<Result<Exported, &'static str>> {
    let version = spec["Version"].as_u64().unwrap_or_default();
    let stored = match nomad.read(&jobspec::submission(&key.namespace, &key.id, version)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(Err("the file it was submitted from is not stored")),
        Err(e) => return Err(e.into()),
    };
    let Some(text) = self_contained(&stored) else {
        return Ok(Err("the values of its variables cannot be put into the file it was submitted from"));
    };
    let parsed = match nomad.ask(&jobspec::parse(&key.namespace, &text, "")).await {
        Ok(reply) => reply.value,
        Err(e) if e.status == Some(400) => {
            return Ok(Err("the file it was submitted from needs more than itself"));
        }
        Err(e) => return Err(e.into()),
    };
    if parsed["ID"] != spec["ID"] || !changes_nothing(nomad, key, &parsed).await? {
        return Ok(Err("the job has changed since it was submitted from a file"));
    }
    Ok(Ok(Exported { text, from: "the file it was submitted from" }))
}

/// The source with the values it was run with; none where that cannot be done here.
fn self_contained(stored: &Submission) -> Option<String> {
    (stored.format == "hcl2").then_some(())?;
    let mut text = with_values(&stored.source, &assignments_of(stored)?)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}

/// The job as the servers hold it.
async fn from_spec(nomad: &Http, key: &JobKey, spec: &Value) -> Result<Exported> {
    let file = of_spec(spec);
    if !changes_nothing(nomad, key, &file["Job"]).await? {
        return Err(Error::failed(format!(
            "what the servers hold of job {} would change it when it is run",
            key.id
        ))
        .because("somebody may have changed it at this moment")
        .hint("run the same command again"));
    }
    let text = serde_json::to_string_pretty(&file).map_err(anyhow::Error::from)?;
    Ok(Exported { text: format!("{text}\n"), from: "what the servers hold" })
}
