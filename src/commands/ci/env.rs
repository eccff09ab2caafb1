//! `fleet ci env`

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::pipeline::Pipeline;
use crate::error::Result;
use crate::model::ci::{Platform, Resolved};
use crate::model::redaction::Secrets;
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show what `fleet deploy --ci` would deploy, where, and why; deploys nothing. Secrets are named, not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet ci env
  fleet ci env -o json
  fleet ci env --job-file")]
pub struct Args {
    /// Print the job file as it would be parsed, with the repository's own parts included and without known secrets.
    #[arg(long)]
    job_file: bool,
}

/// What a pipeline deploys, and where to.
#[derive(Debug, Serialize)]
struct CiEnvView<'a> {
    slug: &'a str,
    hostnames: &'a [String],
    nomad_addr: String,
    base_domain: &'a str,
    /// The variable the token is in.
    token_from: Option<&'a str>,
    production: bool,
    staging: bool,
    job_file: &'a str,
    /// Values of the job file's variables; the value of a secret one is none, and its name among the hidden ones.
    variables: BTreeMap<&'a str, Option<&'a str>>,
    /// Names of the variables whose values are not shown.
    hidden_variables: Vec<&'a str>,
    /// Names of the secrets that the job reads as a variable of Nomad.
    secrets: Vec<&'a str>,
    #[serde(skip)]
    pipeline: &'a Pipeline,
}

impl<'a> CiEnvView<'a> {
    fn new(pipeline: &'a Pipeline, known: &Secrets) -> Self {
        let r = &pipeline.resolved;
        let shown = |value: &&'a str, name: &str| value.is_empty() || !known.hides(name, Some(value));
        let variable = |(name, value): (&'a String, &'a String)| {
            (name.as_str(), Some(value.as_str()).filter(|v| shown(v, name)))
        };
        let variables: BTreeMap<&str, Option<&str>> = r.variables.iter().map(variable).collect();
        CiEnvView {
            hidden_variables: variables.iter().filter(|(_, v)| v.is_none()).map(|(name, _)| *name).collect(),
            slug: &r.slug,
            hostnames: &r.hostnames,
            nomad_addr: known.clean(&r.nomad_addr),
            base_domain: &r.base_domain,
            token_from: r.token_from,
            production: r.production,
            staging: r.staging,
            job_file: &pipeline.job_file,
            variables,
            secrets: r.secrets.keys().map(String::as_str).collect(),
            pipeline,
        }
    }
}

impl Describe for CiEnvView<'_> {
    fn describe(&self) -> Detail {
        let r: &Resolved = &self.pipeline.resolved;
        let platform = match r.platform {
            Platform::Github => "GitHub Actions",
            Platform::Gitlab => "GitLab CI",
        };
        let to = match (r.production, r.staging) {
            (true, _) => "production",
            (false, true) => "staging",
            (false, false) => "",
        };
        let variable = |(name, value): (&&str, &Option<&str>)| {
            (format!("{name}={}", value.unwrap_or("(not shown)")), Tone::Plain)
        };
        Detail::new()
            .fields([
                ("platform", Cell::text(platform)),
                ("skipped", r.skip.as_ref().map_or(Cell::Empty, |s| Cell::toned(s, Tone::Warn))),
                ("slug", Cell::text(&r.slug)),
                ("host names", Cell::text(r.hostnames.join(", "))),
                ("cluster", Cell::text(&self.nomad_addr)),
                ("domain", Cell::text(&r.base_domain)),
                ("token from", Cell::text(r.token_from.unwrap_or("no variable has a token"))),
                ("goes to", Cell::text(to)),
                ("namespace", r.namespace.as_ref().map_or(Cell::Empty, Cell::from)),
                ("job file", Cell::text(self.job_file)),
                ("with", Cell::text(self.pipeline.inserts.join(", "))),
                ("driver", if r.podman { Cell::text("podman instead of docker") } else { Cell::Empty }),
                ("secrets", Cell::text(self.secrets.join(", "))),
            ])
            .lines(Some("Why"), r.why.iter().map(|w| (w.clone(), Tone::Plain)))
            .lines(Some("Variables"), self.variables.iter().filter(|(_, v)| **v != Some("")).map(variable))
    }
}

/// Shows what would be deployed.
///
/// # Errors
/// Usage (2) when this is no pipeline.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let pipeline = Pipeline::read(app)?;
    if args.job_file {
        return app.printer.text(&pipeline.secrets(app).mask(&pipeline.text));
    }
    if let Some(why) = &pipeline.resolved.skip {
        app.printer.note(&format!("nothing is deployed: {why}"));
    }
    app.printer.object(&CiEnvView::new(&pipeline, &pipeline.secrets(app)))
}
