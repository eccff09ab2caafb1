//! One file per verb. Here stands only which verbs there are.

pub mod acl;
pub mod alloc;
pub mod ci;
pub mod config;
pub mod context;
pub mod cp;
pub mod deploy;
pub mod deployment;
pub mod doctor;
pub mod eval;
pub mod events;
pub mod exec;
pub mod fmt;
pub mod help;
pub mod job;
pub mod logs;
pub mod migrate;
pub mod monitor;
pub mod namespace;
pub mod node;
pub mod open;
pub mod operator;
pub mod plugin;
pub mod pool;
pub mod port_forward;
pub mod rotate_nodes;
pub mod rotation;
pub mod run;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod scaling;
pub mod server;
pub mod service;
pub mod shared;
pub mod shell;
pub mod status;
pub mod sync;
pub mod system;
pub mod top;
pub mod ui;
pub mod util;
pub mod var;
pub mod volume;
pub mod wait;
pub mod why;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;

/// What fleet can do.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Abort(deploy::abort::Args),
    /// Show your token, and list, show and change tokens, policies and roles.
    #[command(subcommand)]
    Acl(acl::Command),
    /// List and show allocations and their files, and act on them.
    #[command(subcommand)]
    Alloc(alloc::Command),
    /// Pipeline helpers: preview a branch's deployment, and stop it when the branch is closed.
    #[command(subcommand)]
    Ci(ci::Command),
    /// List and show Consul's config entries, and change them with proof.
    #[command(subcommand)]
    Config(config::Command),
    /// List, show, add and change contexts: named Nomad and Consul addresses.
    #[command(subcommand)]
    Context(context::Command),
    Cp(cp::Args),
    Deploy(Box<deploy::Args>),
    /// List and show deployments; promote, fail, pause or resume them.
    #[command(subcommand)]
    Deployment(deployment::Command),
    Doctor(doctor::Args),
    /// List and show evaluations: what the scheduler decided, and what it could not place.
    #[command(subcommand)]
    Eval(eval::Command),
    Events(events::Args),
    Exec(Box<exec::Args>),
    Fmt(fmt::Args),
    Help(help::Args),
    /// List, show, plan and change jobs.
    #[command(subcommand)]
    Job(job::Command),
    Logs(Box<logs::Args>),
    /// Move traffic from an nginx to a gateway or from one side to another, and work from some nodes to others.
    #[command(subcommand)]
    Migrate(migrate::Command),
    Monitor(monitor::Args),
    /// List, show, create, change and delete namespaces.
    #[command(subcommand)]
    Namespace(namespace::Command),
    /// List and show nodes; drain them, and make them eligible or ineligible.
    #[command(subcommand)]
    Node(node::Command),
    Open(open::Args),
    /// For those who run the servers: settings, raft, keys, snapshots, requests of your own.
    #[command(subcommand)]
    Operator(operator::Command),
    Pause(deploy::pause::PauseArgs),
    /// List and show CSI plugins.
    #[command(subcommand)]
    Plugin(plugin::Command),
    /// List, show, create, change and delete node pools.
    #[command(subcommand)]
    Pool(pool::Command),
    PortForward(port_forward::Args),
    Promote(deploy::promote::Args),
    Resume(deploy::pause::ResumeArgs),
    RotateNodes(Box<rotate_nodes::Args>),
    /// List and show unfinished rotations, see who moves what now, and give one up.
    #[command(subcommand)]
    Rotation(rotation::Command),
    Run(Box<run::Args>),
    /// Try things out on a simulated cluster on loopback.
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(sandbox::Command),
    /// List and show the scaling policies of jobs.
    #[command(subcommand)]
    Scaling(scaling::Command),
    /// List and show servers; have them join, leave and lead.
    #[command(subcommand)]
    Server(server::Command),
    /// List and show the services of Nomad and Consul, their health and addresses; take stale ones out.
    #[command(subcommand)]
    Service(service::Command),
    Shell(shell::Args),
    Status(status::Args),
    Sync(Box<sync::Args>),
    /// Have the servers collect garbage, or count anew.
    #[command(subcommand)]
    System(system::Command),
    /// Show what nodes, jobs and allocations use now beside what is allocated, live.
    #[command(subcommand)]
    Top(top::Command),
    Ui(ui::Args),
    /// List, show and change variables; hold their locks.
    #[command(subcommand)]
    Var(var::Command),
    /// List and show volumes of hosts and CSI plugins, make and delete them, and end their claims.
    #[command(subcommand)]
    Volume(volume::Command),
    /// Wait until something is so: a job healthy, a node drained, work complete, a service up.
    #[command(subcommand)]
    Wait(wait::Command),
    Why(why::Args),
    /// Generate completions and manual pages; internal helpers.
    #[command(subcommand, hide = true)]
    Util(util::Command),
}

impl Command {
    /// Whether the verb prints logs, for which `-o raw` is allowed.
    #[must_use]
    pub fn prints_logs(&self) -> bool {
        matches!(self, Command::Logs(_))
    }

    /// Whether the verb tells measurements, for which `-o prometheus` is allowed.
    #[must_use]
    pub fn tells_measurements(&self) -> bool {
        matches!(self, Command::Status(_))
    }

    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail; its code is the exit code.
    pub async fn run(self, app: &App, invocation: &Invocation) -> Result<ExitCode> {
        match self {
            Command::Abort(args) => return deploy::abort::run(&args, app).await,
            Command::Acl(command) => return command.run(app).await,
            Command::Alloc(command) => command.run(app).await?,
            Command::Ci(command) => return command.run(app).await,
            Command::Config(command) => return Box::pin(command.run(app)).await,
            Command::Context(command) => return command.run(app).await,
            Command::Cp(args) => return cp::run(&args, app).await,
            Command::Deploy(args) => return Box::pin(deploy::run(&args, app)).await,
            Command::Deployment(command) => return command.run(app).await,
            Command::Doctor(args) => return Box::pin(doctor::run(&args, app)).await,
            Command::Eval(command) => command.run(app).await?,
            Command::Events(args) => events::run(&args, app).await?,
            Command::Exec(args) => return exec::run(&args, app).await,
            Command::Fmt(args) => return fmt::run(&args, app).await,
            Command::Help(args) => help::run(&args, app, (invocation.line.definition)())?,
            Command::Job(command) => return Box::pin(command.run(app)).await,
            Command::Logs(args) => return logs::run(&args, app).await,
            Command::Migrate(command) => return Box::pin(command.run(app, invocation)).await,
            Command::Monitor(args) => monitor::run(&args, app).await?,
            Command::Namespace(command) => return command.run(app).await,
            Command::Node(command) => Box::pin(command.run(app)).await?,
            Command::Open(args) => open::run(&args, app).await?,
            Command::Operator(command) => return command.run(app).await,
            Command::Pause(args) => deploy::pause::pause(&args, app).await?,
            Command::Plugin(command) => command.run(app).await?,
            Command::Pool(command) => return command.run(app).await,
            Command::PortForward(args) => return Box::pin(port_forward::run(&args, app)).await,
            Command::Promote(args) => return deploy::promote::run(&args, app).await,
            Command::Resume(args) => deploy::pause::resume(&args, app).await?,
            Command::RotateNodes(args) => Box::pin(rotate_nodes::run(&args, app, invocation)).await?,
            Command::Rotation(command) => return command.run(app, invocation).await,
            Command::Run(args) => return Box::pin(run::run(&args, app)).await,
            #[cfg(feature = "sandbox")]
            Command::Sandbox(command) => return command.run(app, invocation).await,
            Command::Scaling(command) => command.run(app).await?,
            Command::Server(command) => return command.run(app).await,
            Command::Service(command) => return Box::pin(command.run(app)).await,
            Command::Shell(args) => return shell::run(&args, app).await,
            Command::Status(args) => Box::pin(status::run(&args, app)).await?,
            Command::Sync(args) => return sync::run(&args, app).await,
            Command::System(command) => return command.run(app).await,
            Command::Var(command) => return command.run(app).await,
            Command::Volume(command) => return command.run(app).await,
            Command::Wait(command) => return Box::pin(command.run(app)).await,
            Command::Top(command) => Box::pin(command.run(app)).await?,
            Command::Ui(args) => return Box::pin(ui::run(&args, app, invocation)).await,
            Command::Why(args) => return Box::pin(why::run(&args, app)).await,
            Command::Util(command) => return command.run(app, (invocation.line.definition)()).await,
        }
        Ok(ExitCode::Done)
    }
}
