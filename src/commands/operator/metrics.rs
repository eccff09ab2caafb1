//! `fleet operator metrics`

use crate::api::nomad::agent;
use crate::app::App;
use crate::error::Result;

/// Print the measurements of the agent that is asked, as JSON or in Prometheus' text form.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator metrics
  fleet operator metrics --prometheus")]
pub struct Args {
    /// Print Prometheus' text form; the agent must keep it (`telemetry { prometheus_metrics = true }`).
    #[arg(long)]
    prometheus: bool,
}

/// Prints the measurements.
///
/// # Errors
/// When the agent does not answer, or does not keep that form.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    if args.prometheus {
        return app.printer.text(&nomad.read_text(&agent::metrics_text()).await?.value);
    }
    let metrics = nomad.read(&agent::metrics()).await?.value;
    app.printer.text(&format!("{metrics:#}\n"))
}
