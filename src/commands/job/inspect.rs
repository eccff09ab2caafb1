//! `fleet job inspect`

use serde::Serialize;
use serde_json::Value;

use crate::api::nomad::{job, jobspec, registration};
use crate::app::App;
use crate::commands::job::effective;
use crate::commands::shared::jobfile::{Variables, secrets_of_versions};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::jobfile::variables::named_texts;
use crate::model::jobfile::{Text, secret_sources};
use crate::model::redaction::{HIDDEN, Secrets};
use crate::ui::{Cell, Describe, Detail};

/// Show a job as the cluster stores it, or the job file it came from.
///
/// Values that are secret by their name or their kind are hidden unless you pass --show-secrets.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job inspect web
  fleet job inspect web --version 3
  fleet job inspect web --hcl
  fleet job inspect web --version 3 --effective -o json")]
pub struct Args {
    /// The job, by its id or the beginning of it; with --effective also a job file, or `-` for stdin.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The version [default: the current one].
    #[arg(long, value_name = "N")]
    version: Option<u64>,

    /// Show the job file it came from; functions that read files are replaced by what they read.
    #[arg(long)]
    hcl: bool,

    /// Show every field, where its value comes from, and what a change of it would do: see `fleet job show`.
    #[arg(long, conflicts_with_all = ["hcl", "show_secrets"])]
    effective: bool,

    /// Values of the variables of a job file.
    #[command(flatten)]
    variables: Variables,

    /// Show secrets too.
    #[arg(long)]
    show_secrets: bool,
}

/// The file a job was made from, for machines.
#[derive(Debug, Serialize)]
struct Source {
    #[serde(rename = "job_id")]
    job: String,
    namespace: String,
    #[serde(rename = "job_version")]
    version: u64,
    format: String,
    source: String,
    /// The names of the variables that were set; their values may be secret.
    variables: Vec<String>,
}

impl Describe for Source {
    fn describe(&self) -> Detail {
        Detail::new().fields([("job", Cell::text(&self.job)), ("source", Cell::text(&self.source))])
    }
}

/// A job as the servers hold it, with the file it was made from.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct InspectedJob(Value);

impl Describe for InspectedJob {
    fn describe(&self) -> Detail {
        Detail::new().fields([("job", Cell::text(self.0["ID"].as_str().unwrap_or_default()))])
    }
}

/// Shows a job as it is held.
///
/// # Errors
/// When there is no such job, version or source.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if args.effective {
        return Box::pin(effective::run(app, &args.job, args.version, &args.variables)).await;
    }
    args.variables.refuse("--effective")?;
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    if args.hcl {
        return source(args, app, &stub.namespace, &stub.id).await;
    }
    let mut spec = match args.version {
        None => nomad.read(&job::get_spec(&stub.namespace, &stub.id)).await?.value,
        Some(wanted) => {
            let all: Value = nomad.read(&registration::versions_raw(&stub.namespace, &stub.id)).await?.value;
            let found =
                all["Versions"].as_array().and_then(|v| v.iter().find(|j| j["Version"] == wanted).cloned());
            found.ok_or_else(|| resolve::no_version(&stub.id, wanted))?
        }
    };
    if !args.show_secrets {
        let version = spec["Version"].as_u64().unwrap_or_default();
        let secrets = secrets_of_versions(app, &stub.namespace, &stub.id, [version]).await?;
        secrets.and_document(&spec).redact(&mut spec);
    }
    if app.printer.is_machine() {
        return app.printer.object(&InspectedJob(spec));
    }
    let text = serde_json::to_string_pretty(&spec).map_err(anyhow::Error::from)?;
    app.printer.text(&format!("{text}\n"))
}

/// A job file without its secrets, as they are known by their names and by what they are for.
fn without_secrets(source: &str) -> String {
    let mut text = Text::new(source);
    let whole = secret_sources::secret_texts(source);
    text.replace(whole.into_iter().map(|place| (place, format!("\"{HIDDEN}\""))).collect());
    let made = secret_sources::of(source).texts;
    Secrets::of_variables(named_texts(source).iter().chain(&made)).clean(text.as_str())
}

async fn source(args: &Args, app: &App, namespace: &str, id: &str) -> Result<()> {
    let nomad = app.nomad()?;
    let version = match args.version {
        Some(version) => version,
        None => nomad.read(&job::get(namespace, id)).await?.value.version,
    };
    let call = jobspec::submission(namespace, id, version);
    let found = nomad.read(&call).await.map_err(|e| {
        if e.is_not_found() {
            Error::not_found(format!("the job file of version {version} of job {id} is not stored"))
                .hint("jobs submitted through the API, or larger than 1 MB, have none")
        } else {
            e.into()
        }
    })?;
    let found = found.value;
    let text = if args.show_secrets { found.source } else { without_secrets(&found.source) };
    if !app.printer.is_machine() {
        return app.printer.text(if text.ends_with('\n') { &text } else { text.as_str() });
    }
    let body = hcl_edit::parser::parse_body(&found.variables).ok();
    let names = body.iter().flat_map(|b| b.attributes()).map(|a| a.key.as_str().to_owned());
    let view = Source {
        job: id.to_owned(),
        namespace: namespace.to_owned(),
        version,
        format: found.format,
        source: text,
        variables: names.chain(found.variable_flags.into_keys()).collect(),
    };
    app.printer.object(&view)
}
