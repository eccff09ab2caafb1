//! `fleet job tag apply`, `unset` and `list`

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::Error as ApiError;
use crate::api::http::{Http, Patience};
use crate::api::nomad::registration::{self, Version};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::ids::{JobKey, job_words};
use crate::model::suggest;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Verbs on the names of versions (Nomad 1.9).
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Apply(ApplyArgs),
    List(ListArgs),
    Unset(UnsetArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Apply(args) => apply(&args, app).await,
            Command::List(args) => list(&args, app).await,
            Command::Unset(args) => unset(&args, app).await,
        }
    }
}

/// Give a version of a job a name, so that it is kept for good and can be compared and gone back to by it.
///
/// Nomad keeps the newest six versions and those with a name. A version has one name: another one in its place takes
/// --replace.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job tag apply web --name golden
  fleet job tag apply web --name before-migration --version 3 --description 'the last one on PostgreSQL 15'
  fleet job revert web --to golden")]
pub struct ApplyArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The name.
    #[arg(long, value_name = "TAG")]
    name: String,

    /// The version [default: the current one].
    #[arg(long, value_name = "N")]
    version: Option<u64>,

    /// What it is given for.
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,

    /// Take the place of the name the version has now.
    #[arg(long)]
    replace: bool,
}

/// Take a name from the version of a job that has it. Beyond the newest six, the version can then be forgotten.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job tag unset web --name golden")]
pub struct UnsetArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The name.
    #[arg(long, value_name = "TAG")]
    name: String,
}

/// List the versions of a job that have a name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job tag list web")]
pub struct ListArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// A version with a name.
#[derive(Debug, Serialize)]
struct Tagged {
    job_id: String,
    namespace: String,
    job_version: u64,
    tag: Option<String>,
    description: String,
    tagged_at: Option<Timestamp>,
    changed: bool,
}

impl Tagged {
    fn of(key: &JobKey, version: &Version, changed: bool) -> Self {
        let tag = version.tag.as_ref();
        Tagged {
            job_id: key.id.clone(),
            namespace: key.namespace.clone(),
            job_version: version.job.version,
            tag: tag.map(|t| t.name.clone()),
            description: tag.map(|t| t.description.clone()).unwrap_or_default(),
            tagged_at: tag.and_then(registration::VersionTag::tagged_at),
            changed,
        }
    }
}

impl Tabular for Tagged {
    const COLUMNS: &'static [Column] =
        &[column("TAG").whole(), column("VERSION").right(), column("TAGGED"), column("DESCRIPTION").folds()];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.tag.as_ref().map_or(Cell::Empty, Cell::from),
            Cell::Number(self.job_version),
            Cell::Time(self.tagged_at),
            Cell::from(&self.description),
        ]
    }
}

impl Describe for Tagged {
    fn describe(&self) -> Detail {
        let result = match (self.changed, &self.tag) {
            (true, Some(_)) => Cell::toned("tagged", Tone::Good),
            (true, None) => Cell::toned("has no tag any more", Tone::Good),
            (false, _) => Cell::text("it was so already"),
        };
        Detail::new().fields([
            ("job", Cell::text(&self.job_id)),
            ("version", Cell::Number(self.job_version)),
            ("tag", self.tag.as_ref().map_or(Cell::Empty, Cell::from)),
            ("description", Cell::from(&self.description)),
            ("result", result),
        ])
    }
}

fn name_of(version: &Version) -> Option<&str> {
    version.tag.as_ref().map(|t| t.name.as_str()).filter(|name| !name.is_empty())
}

/// The job that was named, which must be one whose versions Nomad can name.
async fn job(app: &App, text: &str) -> Result<JobKey> {
    let key = resolve::job(app.nomad()?, app.list_namespace()?, text).await?;
    if key.id.contains('/') {
        return Err(Error::refused(format!("versions of job {} cannot be tagged", key.id))
            .because("Nomad reads the slash in its id as the end of the id"));
    }
    Ok(key)
}

async fn versions(nomad: &Http, key: &JobKey) -> Result<Vec<Version>> {
    Ok(nomad.read(&registration::versions(&key.namespace, &key.id)).await?.value.versions)
}

async fn list(args: &ListArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let key = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let all = versions(nomad, &key).await?;
    let tagged = all.iter().filter(|v| name_of(v).is_some());
    let rows: Vec<Tagged> = tagged.map(|v| Tagged::of(&key, v, false)).collect();
    app.printer.list(&rows, &format!("no version of job {} has a tag", key.id))
}

async fn apply(args: &ApplyArgs, app: &App) -> Result<()> {
    if args.name.trim().is_empty() {
        return Err(Error::usage("a tag needs a name"));
    }
    let nomad = app.nomad()?;
    let key = job(app, &args.job).await?;
    let all = versions(nomad, &key).await?;
    let newest = all.iter().map(|v| v.job.version).max();
    let wanted = args.version.or(newest).unwrap_or_default();
    let Some(version) = all.iter().find(|v| v.job.version == wanted) else {
        return Err(resolve::no_version(&key.id, wanted));
    };
    let bearer = all.iter().find(|v| name_of(v) == Some(args.name.as_str()));
    if let Some(other) = bearer.filter(|v| v.job.version != wanted) {
        let words = job_words(&key.namespace, &key.id);
        return Err(Error::refused(format!(
            "tag {:?} is that of version {} of job {}",
            args.name, other.job.version, key.id
        ))
        .hint(format!(
            "to move it, first: fleet job tag unset {words} --name {}",
            crate::model::ids::shell_word(&args.name)
        )));
    }
    let described = version.tag.as_ref().is_some_and(|t| t.description == args.description);
    match name_of(version) {
        Some(now) if now == args.name && described => {
            return app.printer.object(&Tagged::of(&key, version, false));
        }
        // The servers would replace it without a word.
        Some(now) if now != args.name && !args.replace => {
            return Err(Error::refused(format!("version {wanted} of job {} is tagged {now:?}", key.id))
                .because("a version has one tag")
                .hint("--replace takes its place"));
        }
        _ => {}
    }
    let as_wished = |v: &Version| {
        v.job.version == wanted
            && v.tag.as_ref().is_some_and(|t| t.name == args.name && t.description == args.description)
    };
    let read_back = async || {
        let all = nomad.read(&registration::versions(&key.namespace, &key.id)).await?.value.versions;
        Ok(all.into_iter().find(as_wished))
    };
    let call = registration::tag_version(&key.namespace, &key.id, wanted, &args.name, &args.description);
    let wrote = settle(nomad, &app.explicit(), &call, Patience::OPERATION, read_back).await;
    wrote.map_err(|e| too_old(e, &key.id))?;
    match read_back().await? {
        Some(version) => app.printer.object(&Tagged::of(&key, &version, true)),
        None => {
            Err(Error::failed(format!("version {wanted} of job {} is not tagged {:?}", key.id, args.name))
                .because("the servers took the tag, but somebody changed it meanwhile"))
        }
    }
}

/// Names the version that tags need. A server before it takes the call for the registration of a job that is missing.
fn too_old(error: ApiError, job_id: &str) -> Error {
    if error.is_unknown_call() || error.status == Some(400) && error.text.ends_with("Job must be specified") {
        return Error::failed(format!("versions of job {job_id} cannot be tagged"))
            .because("versions have tags from Nomad 1.9 on, and the servers are older")
            .hint("fleet server list");
    }
    error.into()
}

async fn unset(args: &UnsetArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let key = job(app, &args.job).await?;
    let all = versions(nomad, &key).await?;
    let Some(bearer) = all.iter().find(|v| name_of(v) == Some(args.name.as_str())) else {
        let error = Error::not_found(format!("no version of job {} is tagged {:?}", key.id, args.name));
        return Err(match suggest::nearest(&args.name, all.iter().filter_map(name_of)) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error.hint(format!("fleet job tag list {}", job_words(&key.namespace, &key.id))),
        });
    };
    let bearers = async || {
        let all = nomad.read(&registration::versions(&key.namespace, &key.id)).await?.value.versions;
        Ok::<_, crate::api::Error>(all.iter().filter(|v| name_of(v) == Some(args.name.as_str())).count())
    };
    let call = registration::untag_version(&key.namespace, &key.id, &args.name);
    let permission = app.explicit();
    // Scaling makes a version with the tag of the one before it, so that several may have it; each call takes it from one.
    let mut left = all.iter().filter(|v| name_of(v) == Some(args.name.as_str())).count();
    while left > 0 {
        let fewer = async || Ok((bearers().await? < left).then_some(()));
        settle(nomad, &permission, &call, Patience::OPERATION, fewer).await?;
        let now = bearers().await?;
        if now >= left {
            return Err(Error::failed(format!("tag {:?} is there all the same", args.name)));
        }
        left = now;
    }
    let without = Version { tag: None, ..bearer.clone() };
    app.printer.object(&Tagged::of(&key, &without, true))
}
