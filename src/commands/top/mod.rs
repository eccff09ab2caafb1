//! `fleet top …`

mod gather;
mod live;
#[cfg(test)]
mod tests;
mod view;

use clap::{Subcommand, ValueEnum};

use crate::app::App;
use crate::error::Result;
use crate::model::usage::SortBy;

/// Verbs that show what is used.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what each node uses now beside what is allocated on it.
    ///
    /// On a terminal it stays and looks again every few seconds: c, m and n sort by CPU, memory and name, q leaves. Elsewhere, and
    /// with --once, it is shown once. Only the nodes that are shown are asked what they use, two hundred at most.
    #[command(
        after_help = "Examples:\n  fleet top nodes\n  fleet top nodes --sort memory --filter gpu --once\n  fleet top nodes -o json"
    )]
    Nodes(Args),
    /// Show what each job uses now beside what is allocated to it.
    ///
    /// What a job uses is the sum of its allocations. Only those of the jobs that are shown are asked, two hundred at most; of a job
    /// with more than could be asked it is not known. Keys and output are those of `fleet top nodes`.
    #[command(
        after_help = "Examples:\n  fleet top jobs\n  fleet top jobs --filter web --once\n  fleet top jobs -o json"
    )]
    Jobs(Args),
    /// Show what each running allocation uses now beside what is allocated to it.
    ///
    /// Only the allocations that are shown are asked what they use, two hundred at most. Keys and output are those of `fleet top nodes`.
    #[command(
        after_help = "Examples:\n  fleet top allocs\n  fleet top allocs --filter web --sort memory --once"
    )]
    Allocs(Args),
}

/// What the rows are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TopSubject {
    Nodes,
    Jobs,
    Allocs,
}

/// By what to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// CPU, the most first.
    Cpu,
    /// Memory, the most first.
    Memory,
    /// Name.
    Name,
}

impl From<Sort> for SortBy {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Cpu => SortBy::Cpu,
            Sort::Memory => SortBy::Memory,
            Sort::Name => SortBy::Name,
        }
    }
}

/// How it is shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Sort by this.
    #[arg(long, value_name = "KEY", value_enum, default_value = "cpu")]
    sort: Sort,

    /// Only what has this text in its name, or in the name of its pool, node, job or namespace.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Show it once and end.
    #[arg(long)]
    once: bool,

    /// Show at most N rows [default: as many as fit the screen, else 50].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    rows: Option<u16>,
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Refused rights (4), unreachable (5).
    pub async fn run(self, app: &App) -> Result<()> {
        let (what, args) = match self {
            Command::Nodes(args) => (TopSubject::Nodes, args),
            Command::Jobs(args) => (TopSubject::Jobs, args),
            Command::Allocs(args) => (TopSubject::Allocs, args),
        };
        Box::pin(live::run(app, what, &args)).await
    }
}
