//! `fleet operator snapshot restore`

use std::path::PathBuf;

use crate::api::nomad::{agent, operator};
use crate::app::App;
use crate::commands::shared::snapshot::archive;
use crate::error::{Error, Result};

/// Replace all that the servers hold by a snapshot: jobs, variables, tokens, nodes. What came after it is gone.
///
/// The file is verified first. You confirm by the name of the region, on the terminal or with --region-name, so that no
/// other cluster is meant. Your own token may be none any more afterwards.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator snapshot restore backup.snap
  fleet operator snapshot restore backup.snap --region-name global")]
pub struct Args {
    /// The file.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,

    /// The name of the region whose state is to be replaced, instead of typing it.
    #[arg(long, value_name = "REGION")]
    region_name: Option<String>,
}

/// Restores, and sees that the servers answer with a leader again.
///
/// # Errors
/// Failed (1) when the file is not whole, refused (7) without the name, API errors.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let found = archive::read(&args.file)?;
    let nomad = app.nomad()?;
    let region = match nomad.region() {
        Some(region) => region.to_owned(),
        None => nomad.read(&agent::members()).await?.value.server_region,
    };
    app.printer.aside(&found);
    app.printer.note(&format!(
        "all that the servers of region {region} at {} hold will be replaced by it",
        nomad.address()
    ));
    let permission = app.confirm_by_name(args.region_name.as_deref(), "region", &region).await?;
    let bytes = std::fs::read(&args.file)
        .map_err(|e| Error::usage(format!("could not read {}", found.file)).because(e.to_string()))?;
    if let Err(e) = nomad.write(&permission, &operator::restore_snapshot(bytes)).await {
        let ambiguous = e.is_ambiguous();
        let error = Error::from(e);
        return Err(match ambiguous {
            true => {
                error.hint("whether it was restored is not known; `fleet job list` shows what there is now")
            }
            false => error,
        });
    }
    let leader = nomad.read(&agent::leader()).await?.value;
    if leader.is_empty() {
        return Err(Error::failed("the snapshot was restored, and the servers have no leader now")
            .hint("`fleet server list` shows when there is one"));
    }
    app.printer.note("the snapshot was restored, and the servers have a leader");
    // The servers hold what the clients said then; a client does not run anew what it has seen to its end.
    app.printer.warn(
        "what has ended since the snapshot was taken may stand there as running and not run: `fleet job show JOB` asks the clients, \
         `fleet alloc stop ALLOC` has it placed anew",
    );
    app.printer.object(&found)
}
