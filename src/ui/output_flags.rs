//! The flags that say how to write, the same for every verb.

use crate::ui::ColorChoice;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns that fit the screen; ages and rounded sizes.
    #[value(alias = "text")]
    Table,
    /// Aligned columns, all of them, nothing cut.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object per line, written as things happen.
    JsonLines,
    /// Lines of logs as they are: only where logs are printed.
    #[value(hide = true)]
    Raw,
}

/// How to write, for every verb.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output options")]
pub struct OutputFlags {
    /// Output format [default: a table on a terminal, tab-separated lines in a pipe].
    #[arg(long, short = 'o', global = true, value_name = "FORMAT", value_enum)]
    pub output: Option<Format>,

    /// Omit the headings of tables.
    #[arg(long, global = true)]
    pub no_headers: bool,

    /// When to use colour [env: NO_COLOR, CLICOLOR_FORCE].
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, hide_short_help = true)]
    pub color: ColorChoice,

    /// Print only results and errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Log each request to stderr; twice for retries too [env: FLEET_LOG].
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}
