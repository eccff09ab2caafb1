//! `fleet context list`

use serde::Serialize;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::redaction::Secrets;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// List the contexts of the context file.
///
/// The file is contexts.toml in $FLEET_CONFIG_DIR, else in the fleet folder of your configuration directory.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context list
  fleet context list -o json")]
pub struct Args {}

/// A context in a list.
#[derive(Debug, Serialize)]
struct ContextRow {
    context: String,
    current: bool,
    protected: bool,
    pinned: bool,
    nomad_address: Option<String>,
    consul_address: Option<String>,
    description: Option<String>,
}

impl Tabular for ContextRow {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("CURRENT"),
        column("PROTECTED").wide(),
        column("PINNED").wide(),
        column("NOMAD"),
        column("CONSUL").rank(1),
        column("DESCRIPTION").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let optional = |text: &Option<String>| text.as_deref().map_or(Cell::Empty, Cell::from);
        let yes = |is: bool| if is { Cell::text("yes") } else { Cell::Empty };
        let current = if self.current { Cell::toned("yes", Tone::Good) } else { Cell::Empty };
        vec![
            Cell::toned(&self.context, if self.current { Tone::Strong } else { Tone::Plain }),
            current,
            yes(self.protected),
            yes(self.pinned),
            optional(&self.nomad_address),
            optional(&self.consul_address),
            optional(&self.description),
        ]
    }
}

/// Lists the contexts.
///
/// # Errors
/// When the context file is no good.
pub fn run(_args: &Args, app: &App) -> Result<()> {
    let file = app.contexts()?;
    let shown = |address: &str| Secrets::default().clean(address);
    // A context that is chosen and is not there does not keep the others from being listed: its error says to look here.
    let current = match app.settings() {
        Ok(settings) => settings.context.as_ref().map(|c| c.value.clone()),
        Err(e) if e.code() == ExitCode::NotFound => {
            app.printer.warn(e.message());
            None
        }
        Err(e) => return Err(e),
    };
    let views: Vec<ContextRow> = file
        .iter()
        .map(|(name, context)| ContextRow {
            context: name.to_owned(),
            current: current.as_deref() == Some(name),
            protected: context.protected,
            pinned: context.pin.is_some(),
            nomad_address: context.nomad.address.as_deref().map(shown),
            consul_address: context.consul.address.as_deref().map(shown),
            description: context.description.clone(),
        })
        .collect();
    let none = match &file.path {
        Some(path) => format!("no contexts in {}", path.display()),
        None => "no contexts: there is no configuration directory".to_owned(),
    };
    app.printer.list(&views, &none)
}
