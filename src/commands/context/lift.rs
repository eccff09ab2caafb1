//! `fleet context lift`

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::app::App;
use crate::commands::context::change::by_name;
use crate::config::Lifts;
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail, duration};

/// Lift the protection of a context for a while, for whoever runs fleet as you on this machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context lift prod --for 30m
  fleet context lift prod --for 15m --confirm prod
  fleet context lift prod --end")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,

    /// For how long, at most a day.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, default_value = "15m")]
    period: Duration,

    /// The context's name, instead of typing it.
    #[arg(long, value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    confirm: Option<String>,

    /// Protect it again at once.
    #[arg(long)]
    end: bool,
}

/// Longer than this is no while.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Serialize)]
struct Lifted {
    context: String,
    /// None when it is protected again.
    lifted_until: Option<Timestamp>,
}

impl Describe for Lifted {
    fn describe(&self) -> Detail {
        Detail::new()
            .fields([("context", Cell::text(&self.context)), ("lifted until", Cell::Time(self.lifted_until))])
    }
}

/// Lifts it, or ends that.
///
/// # Errors
/// Not found (3), usage (2) when it is not protected, refused (7) when its name is not typed.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if !app.contexts()?.get(&args.name)?.protected {
        return Err(Error::usage(format!("context {} is not protected", args.name)));
    }
    if args.period > LONGEST {
        return Err(Error::usage("--for is longer than a day").hint(format!(
            "`fleet context edit {} --unset protected` takes the protection away",
            args.name
        )));
    }
    let now = app.clock().now();
    let lifted_until = match args.end {
        true => None,
        false => {
            by_name(app, args.confirm.as_deref(), &args.name).await?;
            Some(now + SignedDuration::try_from(args.period).unwrap_or_default())
        }
    };
    Lifts::load(&app.env).set(&args.name, lifted_until, now)?;
    app.printer.object(&Lifted { context: args.name.clone(), lifted_until })
}
