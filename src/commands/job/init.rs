//! `fleet job init`

use std::path::PathBuf;

use crate::app::App;
use crate::commands::shared::new_file::{self, Readers};
use crate::error::Result;
use crate::model::ids::shell_word;

/// The job file that `fleet deploy --ci` uses where a repository has none.
pub const WEB: &str = include_str!("templates/web.nomad.hcl");

/// What a job file begins with.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Template {
    /// A service with a check and canaries.
    Service,
    /// A periodic batch job.
    Batch,
    /// A container built by a pipeline, with everything as variables: what `fleet deploy --ci` uses.
    Web,
}

/// Print a job file to start from, or write it to a new file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job init
  fleet job init web.nomad.hcl
  fleet job init project.nomad --template web")]
pub struct Args {
    /// The file to write.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The template.
    #[arg(long, value_name = "NAME", value_enum, default_value = "service")]
    template: Template,
}

/// Prints or writes a job file.
///
/// # Errors
/// Refused (7) when the file exists.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let text = match args.template {
        Template::Service => include_str!("templates/service.nomad.hcl"),
        Template::Batch => include_str!("templates/batch.nomad.hcl"),
        Template::Web => WEB,
    };
    let Some(file) = &args.file else { return app.printer.text(text) };
    new_file::write(file, text, Readers::Usual)?;
    app.printer.note(&format!(
        "wrote {}; next: fleet job plan {}",
        file.display(),
        shell_word(&file.to_string_lossy())
    ));
    Ok(())
}
