//! `fleet volume init`

use std::path::PathBuf;

use crate::api::nomad::volume::VolumeKind;
use crate::app::App;
use crate::commands::shared::new_file::{self, Readers};
use crate::error::Result;

const HOST: &str = include_str!("host.hcl");
const CSI: &str = include_str!("csi.hcl");

/// Print a specification of a volume to begin with, or write it to a file that does not exist yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet volume init
  fleet volume init --type csi volume.hcl")]
pub struct Args {
    /// The file to write.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// What keeps the volume.
    #[arg(long = "type", value_name = "TYPE", value_enum, default_value = "host")]
    kind: VolumeKind,
}

/// Prints or writes a specification.
///
/// # Errors
/// Refused (7) when the file exists.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let text = match args.kind {
        VolumeKind::Host => HOST,
        VolumeKind::Csi => CSI,
    };
    let Some(file) = &args.file else { return app.printer.text(text) };
    new_file::write(file, text, Readers::Usual)?;
    app.printer.note(&format!("wrote {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CSI, HOST, VolumeKind};
    use crate::commands::volume::create::read_text;

    #[test]
    fn what_it_writes_is_read_as_volumes() {
        for (text, kind) in [(HOST, VolumeKind::Host), (CSI, VolumeKind::Csi)] {
            assert_eq!(read_text(text).unwrap().0, kind);
        }
    }
}
