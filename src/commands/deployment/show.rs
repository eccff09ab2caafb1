//! `fleet deployment show`

use crate::api::nomad::allocation;
use crate::app::App;
use crate::commands::shared::deployment::{DeploymentDetail, present};
use crate::commands::shared::{complete, resolve};
use crate::error::Result;

/// Show a deployment, its progress, and what it waits for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet deployment show ebda0f29
  fleet deployment show eb -o json")]
pub struct Args {
    /// The deployment, by its id or the beginning of it.
    #[arg(value_name = "DEPLOYMENT", add = clap_complete::ArgValueCompleter::new(complete::deployments))]
    deployment: String,
}

/// Shows a deployment.
///
/// # Errors
/// When there is no such deployment, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let found = resolve::deployment(nomad, &args.deployment).await?;
    let mut allocs = nomad.list(&allocation::of_deployment(&found.id)).await?.value;
    allocs.sort_by_key(|a| std::cmp::Reverse(a.create_index));
    let present = present(app, &found, &allocs).await?;
    app.printer.object(&DeploymentDetail::new(found, &allocs, &present, true))
}
