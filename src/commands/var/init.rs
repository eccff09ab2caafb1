//! `fleet var init`

use std::path::PathBuf;

use crate::app::App;
use crate::commands::shared::new_file::{self, Readers};
use crate::error::Result;

/// What a file of items begins with.
const ITEMS: &str = "# The items of a variable, one a line: KEY=VALUE. Store them with
#   fleet var put nomad/jobs/web variable.env
# A task of job web reads them in a template: {{ with nomadVar \"nomad/jobs/web\" }}{{ .DB_USER }}{{ end }}

DB_USER=web

# A value of several lines stands between <<END and END.
CERTIFICATE=<<END
-----BEGIN CERTIFICATE-----
-----END CERTIFICATE-----
END
";

/// Print a file of items to begin a variable with, or write it to a file that does not exist yet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var init
  fleet var init variable.env")]
pub struct InitArgs {
    /// The file to write.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Prints or writes a file of items.
///
/// # Errors
/// Refused (7) when the file exists.
pub fn run(args: &InitArgs, app: &App) -> Result<()> {
    let Some(file) = &args.file else { return app.printer.text(ITEMS) };
    new_file::write(file, ITEMS, Readers::Usual)?;
    app.printer.note(&format!("wrote {}", file.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::model::var_items;

    #[test]
    fn what_it_writes_is_read_as_items() {
        let items = var_items::read(super::ITEMS).unwrap();
        assert_eq!(items.keys().collect::<Vec<_>>(), ["CERTIFICATE", "DB_USER"]);
    }
}
