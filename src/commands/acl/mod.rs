//! `fleet acl …`

pub mod bootstrap;
pub mod login;
pub mod policy;
pub mod policy_check;
pub mod stored;
pub mod token;
pub mod whoami;

use clap::Subcommand;

use crate::api::nomad::acl::Kind;
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on tokens and rights.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    /// Look at the ways people log in, and change them.
    #[command(subcommand)]
    AuthMethod(stored::Command),
    /// Look at who gets what by logging in, and change it.
    #[command(subcommand)]
    BindingRule(stored::Command),
    Bootstrap(bootstrap::Args),
    Login(login::Args),
    /// Look at policies, and change them.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Look at roles, and change them.
    #[command(subcommand)]
    Role(stored::Command),
    /// Look at tokens, make and delete them.
    #[command(subcommand)]
    Token(token::Command),
    Whoami(whoami::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::AuthMethod(command) => command.run(app, Kind::AuthMethod).await?,
            Command::BindingRule(command) => command.run(app, Kind::BindingRule).await?,
            Command::Bootstrap(args) => bootstrap::run(&args, app).await?,
            Command::Login(args) => login::run(&args, app).await?,
            Command::Policy(command) => command.run(app).await?,
            Command::Role(command) => command.run(app, Kind::Role).await?,
            Command::Token(command) => command.run(app).await?,
            Command::Whoami(args) => whoami::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
