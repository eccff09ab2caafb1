//! One file per verb. Here stands only which verbs there are.

pub mod complete;
pub mod context;
pub mod help;
pub mod node;
pub mod resolve;
pub mod rotate_nodes;
pub mod status;
pub mod util;

use clap::Subcommand;

use crate::app::App;
use crate::cli::Invocation;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// What fleet can do.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    /// Look at the named pairs of a Nomad and a Consul.
    #[command(subcommand)]
    Context(context::Command),
    Help(help::Args),
    /// Look at nodes, and take them out of service and back.
    #[command(subcommand)]
    Node(node::Command),
    RotateNodes(Box<rotate_nodes::Args>),
    Status(status::Args),
    /// Generate completions and manual pages.
    #[command(subcommand, hide = true)]
    Util(util::Command),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail; its code is the exit code.
    pub async fn run(self, app: &App, _invocation: &Invocation) -> Result<ExitCode> {
        match self {
            Command::Context(command) => command.run(app)?,
            Command::Help(args) => help::run(&args, app)?,
            Command::Node(command) => command.run(app).await?,
            Command::RotateNodes(args) => rotate_nodes::run(&args, app).await?,
            Command::Status(args) => status::run(&args, app).await?,
            Command::Util(command) => command.run(app)?,
        }
        Ok(ExitCode::Done)
    }
}
