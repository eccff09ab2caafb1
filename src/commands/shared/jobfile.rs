//! A job file and the values of its variables on the command line, for every verb that takes one.

use std::path::PathBuf;
use std::rc::Rc;

use serde_json::Value;

use crate::api::nomad::job::Job;
use crate::api::nomad::{jobspec, registration};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::jobfile::secret_sources;
use crate::model::redaction::Secrets;
use crate::ops::jobfile::{self, Input, Parsed};

/// Values of a job file's variables.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Variables {
    /// Set a variable. Takes precedence over variable files, and these over NOMAD_VAR_NAME in the environment.
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = assignment)]
    pub vars: Vec<(String, String)>,

    /// Read variables from a file of `name = value` lines, or a JSON object; later files take precedence.
    #[arg(long = "var-file", value_name = "PATH")]
    pub var_files: Vec<PathBuf>,

    /// Ignore values for undeclared variables.
    #[arg(long)]
    pub no_strict: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() {
        Err("expected NAME=VALUE".to_owned())
    } else {
        Ok((name.to_owned(), value.to_owned()))
    }
}

/// A job that the cluster has parsed, and where it belongs.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The job and what it was made from.
    pub parsed: Parsed,
    /// Its namespace.
    pub namespace: String,
    /// Values in it that must not be shown.
    pub secrets: Secrets,
    /// The app for the region that the file names, when that differs from the one asked for.
    pub elsewhere: Option<Rc<App>>,
}

impl Spec {
    /// The app for the job's region.
    #[must_use]
    pub fn place<'a>(&'a self, app: &'a App) -> &'a App {
        self.elsewhere.as_deref().unwrap_or(app)
    }
}

impl Variables {
    /// Refuses values where no job file is read.
    ///
    /// # Errors
    /// Usage (2) when there are some.
    pub fn refuse(&self, unless: &str) -> Result<()> {
        if self.vars.is_empty() && self.var_files.is_empty() && !self.no_strict {
            return Ok(());
        }
        Err(Error::usage(format!("values of variables are for a job file, and need {unless}")))
    }

    /// Reads a job file and has the cluster parse it.
    ///
    /// # Errors
    /// Usage (2) when the file or a variable is no good; API errors.
    pub async fn load(&self, app: &App, path: &str) -> Result<Spec> {
        let source = jobfile::read(path).await?;
        self.parse(app, path, source, &app.env).await
    }

    /// As [`Variables::load`], for a text that was already read and another environment.
    ///
    /// # Errors
    /// As [`Variables::load`].
    pub async fn parse(
        &self,
        app: &App,
        path: &str,
        source: String,
        env: &crate::config::Environment,
    ) -> Result<Spec> {
        let asked = app.settings()?.nomad.namespace.as_ref();
        let namespace = asked.map_or("default", |n| n.value.as_str());
        let input =
            Input { path, vars: &self.vars, var_files: &self.var_files, env, strict: !self.no_strict };
        let mut parsed = jobfile::parse(app.nomad()?, namespace, input, source).await?;
        // The file's own word counts, as it does for `nomad`.
        let own = parsed.job["Namespace"].as_str().filter(|n| !n.is_empty()).map(str::to_owned);
        if let (Some(own), Some(asked)) = (&own, asked)
            && *own != asked.value
        {
            app.printer.warn(&format!(
                "{path} says namespace {own}; {} from {} is ignored",
                asked.value, asked.origin
            ));
        }
        let namespace = own.unwrap_or_else(|| namespace.to_owned());
        parsed.job["Namespace"] = namespace.as_str().into();
        let secrets = made_from(&parsed.submission.source, &parsed.values).and_document(&parsed.job);
        let elsewhere = elsewhere(app, path, parsed.job["Region"].as_str().unwrap_or_default())?;
        Ok(Spec { parsed, namespace, secrets, elsewhere })
    }
}

/// What must not be shown of a registered job: the values of variables that were submitted with it and have the names of
/// secrets, and of fields that have. What was not stored is not known.
pub async fn secrets_of(app: &App, job: &Job) -> Result<Secrets> {
    let secrets = secrets_of_versions(app, &job.namespace, &job.id, [job.version]).await?;
    let tasks = job.task_groups.iter().flat_map(|g| &g.tasks);
    let env = tasks.flat_map(|task| &task.env).map(|(name, value)| (name.as_str(), value.as_str()));
    Ok(secrets.and_fields(env))
}

/// The values of variables that were submitted with versions of a job and have the names of secrets.
pub async fn secrets_of_versions(
    app: &App,
    namespace: &str,
    id: &str,
    versions: impl IntoIterator<Item = u64>,
) -> Result<Secrets> {
    let nomad = app.nomad()?;
    let calls: Vec<_> =
        versions.into_iter().map(|version| jobspec::submission(namespace, id, version)).collect();
    let stored = futures_util::future::join_all(calls.iter().map(|call| nomad.read(call))).await;
    let of_one = |stored: &jobspec::Submission| made_from(&stored.source, &jobfile::stored_values(stored));
    let all = stored.iter().flatten().map(|reply| of_one(&reply.value));
    Ok(all.fold(Secrets::default(), Secrets::and))
}

/// What must not be shown of what a file and these values of its variables make.
fn made_from(source: &str, values: &[(String, String)]) -> Secrets {
    let found = secret_sources::of(source);
    Secrets::of_variables(values.iter().chain(&found.texts)).and_made(found.fields)
}

/// What must not be shown of a job as it is registered, beside which another one is shown: by its own names and by the files of the
/// versions that are kept. Scaling makes a version without a file, so the last one alone does not tell. Nothing where there is no
/// such job, or it may not be read.
///
/// # Errors
/// API errors.
pub async fn secrets_of_registered(app: &App, namespace: &str, id: &str) -> Result<Secrets> {
    match secrets_of_kept(app, namespace, id).await {
        Err(e) if matches!(e.code(), ExitCode::NotFound | ExitCode::Denied) => Ok(Secrets::default()),
        known => known,
    }
}

/// What must not be shown of an object in which a job is, of this version where that is known: by the file of the version, and where it
/// has none, as after a scaling, by the files of all versions that are kept.
///
/// # Errors
/// When neither can be read: then it is not known.
pub async fn secrets_of_object(
    app: &App,
    namespace: &str,
    id: &str,
    version: Option<u64>,
) -> Result<Secrets> {
    if let Some(version) = version {
        match app.nomad()?.read(&jobspec::submission(namespace, id, version)).await {
            Ok(reply) => return Ok(made_from(&reply.value.source, &jobfile::stored_values(&reply.value))),
            Err(e) if e.is_not_found() => {}
            Err(e) => return Err(e.into()),
        }
    }
    secrets_of_kept(app, namespace, id).await
}

async fn secrets_of_kept(app: &App, namespace: &str, id: &str) -> Result<Secrets> {
    let kept = app.nomad()?.read(&registration::versions_raw(namespace, id)).await?.value;
    let versions = kept["Versions"].as_array().map_or(&[][..], Vec::as_slice);
    let numbers = versions.iter().filter_map(|job| job["Version"].as_u64());
    let newest = versions.iter().max_by_key(|job| job["Version"].as_u64()).unwrap_or(&Value::Null);
    Ok(secrets_of_versions(app, namespace, id, numbers).await?.and_document(newest))
}

/// The app for the region that a job file names. The file decides, as it does for `nomad`; the servers would go by the request.
fn elsewhere(app: &App, path: &str, own: &str) -> Result<Option<Rc<App>>> {
    let asked = app.settings()?.nomad.region.as_ref();
    if own.is_empty() || asked.is_some_and(|asked| asked.value == own) {
        return Ok(None);
    }
    if let Some(asked) = asked {
        app.printer
            .warn(&format!("{path} says region {own}; {} from {} is ignored", asked.value, asked.origin));
    }
    Ok(Some(Rc::new(app.with_region(own))))
}

impl Variables {
    /// The job that a stored file makes.
    ///
    /// # Errors
    /// As [`Variables::load`].
    pub async fn parse_stored(&self, app: &App, job: &Job, stored: &jobspec::Submission) -> Result<Value> {
        let name = format!("the stored file of {}", job.id);
        let env = crate::config::Environment::default();
        let input = Input { path: &name, vars: &self.vars, var_files: &[], env: &env, strict: false };
        let parsed = jobfile::parse_stored(app.nomad()?, &job.namespace, input, stored).await?;
        let mut spec = parsed.job;
        spec["Namespace"] = job.namespace.as_str().into();
        Ok(spec)
    }
}

/// A job file.
#[derive(Debug, Clone, clap::Args)]
pub struct JobFile {
    /// The job file, in HCL or JSON; `-` reads it from stdin.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub file: String,

    /// Values of its variables.
    #[command(flatten)]
    pub variables: Variables,
}

impl JobFile {
    /// Reads it and has the cluster parse it.
    ///
    /// # Errors
    /// Usage (2) when the file or a variable is no good; API errors.
    pub async fn load(&self, app: &App) -> Result<Spec> {
        self.variables.load(app, &self.file).await
    }
}
