//! `fleet wait service`

use super::{TermFlags, WaitGoal, WaitSubject, carry_out};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::condition::service::ServiceCondition;
use crate::ops::wait::ServiceSubject;

/// Wait for a service in Nomad's or Consul's registry: until so many instances pass, or none is registered.
///
/// An instance passes when all its checks do, those of its node too, and its allocation runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait service web --healthy 3
  fleet wait service web healthy --for 10s --timeout 2m
  fleet wait service old-web gone")]
pub struct Args {
    /// The service's name.
    #[arg(value_name = "SERVICE", add = clap_complete::ArgValueCompleter::new(complete::services))]
    service: String,

    /// healthy or gone.
    #[arg(value_name = "CONDITION", value_parser = ServiceCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::service::WORDS)), default_value = "healthy")]
    condition: ServiceCondition,

    /// How many instances have to pass.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    healthy: u64,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits. A service that is not registered yet is waited for.
///
/// # Errors
/// Not found (3) for a namespace that does not exist, timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    resolve::namespace(app).await?;
    let clients = (app.nomad()?, app.consul()?);
    let wanted = WaitGoal {
        label: format!("service {}", args.service),
        named: WaitSubject::Service { service: args.service.clone() },
        condition: args.condition.to_string(),
        hint: None,
    };
    let namespace = app.list_namespace()?;
    let mut subject = ServiceSubject::new(clients, namespace, &args.service, args.condition, args.healthy);
    carry_out(app, &wanted, &mut subject, args.terms).await
}
