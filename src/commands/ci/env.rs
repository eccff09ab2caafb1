//! `fleet ci env`

use super::pipeline::Pipeline;
use crate::app::App;
use crate::error::Result;
use crate::model::ci::Platform;
use crate::model::job_diff::secrets::is_telling;
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show what `fleet deploy --ci` would deploy, where to, and why, without deploying. Secrets are named and not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet ci env
  fleet ci env -o json
  fleet ci env --job-file")]
pub struct Args {
    /// Print the job file as it would be parsed, with the repository's pieces in it.
    #[arg(long)]
    job_file: bool,
}

impl Describe for Pipeline {
    fn describe(&self) -> Detail {
        let r = &self.resolved;
        let platform = match r.platform {
            Platform::Github => "GitHub Actions",
            Platform::Gitlab => "GitLab CI",
        };
        let to = match (r.production, r.staging) {
            (true, _) => "production",
            (false, true) => "staging",
            (false, false) => "",
        };
        let variable = |(name, value): (&String, &String)| {
            let shown = if is_telling(name) && !value.is_empty() { "(not shown)" } else { value.as_str() };
            (format!("{name}={shown}"), Tone::Plain)
        };
        Detail::new()
            .fields([
                ("platform", Cell::text(platform)),
                ("skipped", r.skip.as_ref().map_or(Cell::Empty, |s| Cell::toned(s, Tone::Warn))),
                ("slug", Cell::text(&r.slug)),
                ("host names", Cell::text(r.hostnames.join(", "))),
                ("cluster", Cell::text(&r.nomad_addr)),
                ("domain", Cell::text(&r.base_domain)),
                ("token from", Cell::text(r.token_from.unwrap_or("no variable: there is no token"))),
                ("goes to", Cell::text(to)),
                ("namespace", r.namespace.as_ref().map_or(Cell::Empty, Cell::from)),
                ("job file", Cell::text(&self.job_file)),
                ("with", Cell::text(self.inserts.join(", "))),
                ("driver", if r.podman { Cell::text("podman instead of docker") } else { Cell::Empty }),
                ("secrets", Cell::text(r.secrets.keys().cloned().collect::<Vec<_>>().join(", "))),
            ])
            .lines(Some("Why"), r.why.iter().map(|w| (w.clone(), Tone::Plain)))
            .lines(Some("Variables"), r.variables.iter().filter(|(_, v)| !v.is_empty()).map(variable))
    }
}

/// Shows what would be deployed.
///
/// # Errors
/// Usage (2) when this is no pipeline.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let pipeline = Pipeline::read(app)?;
    if args.job_file {
        return app.printer.text(&pipeline.text);
    }
    app.printer.object(&pipeline)
}
