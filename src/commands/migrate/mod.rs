//! `fleet migrate …`

pub mod echo;
pub mod nginx;
pub mod nodes;
pub mod traffic;
pub mod verify;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;

/// Verbs that move things to where they are to be.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Echo(echo::Args),
    Nginx(Box<nginx::Args>),
    Nodes(Box<nodes::Args>),
    Traffic(Box<traffic::Args>),
    Verify(Box<verify::Args>),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App, invocation: &Invocation) -> Result<ExitCode> {
        match self {
            Command::Echo(args) => echo::run(&args, app).await,
            Command::Nginx(args) => Box::pin(nginx::run(&args, app)).await,
            Command::Nodes(args) => {
                Box::pin(nodes::run(&args, app, invocation)).await.map(|()| ExitCode::Done)
            }
            Command::Traffic(args) => Box::pin(traffic::run(&args, app)).await,
            Command::Verify(args) => Box::pin(verify::run(&args, app)).await,
        }
    }
}
