//! `fleet operator snapshot schedule`

use crate::app::App;
use crate::error::Result;
use crate::model::backup_schedule::{BackupInterval, Schedule};

/// What runs the command.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Runner {
    /// A line for a crontab.
    Cron,
    /// A service and a timer of systemd.
    Systemd,
    /// A periodic job of Nomad itself.
    Job,
}

/// Print what saves snapshots regularly and keeps the newest: a line for cron, units for systemd, or a job file.
///
/// It goes to stdout; nothing is installed. What is printed runs `fleet operator snapshot save --dir DIR --keep N`, which
/// deletes older ones only after the new one was verified, and ends with another code than 0 when anything is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator snapshot schedule --every 6h --dir /var/backups/nomad --keep 28
  fleet operator snapshot schedule --as systemd --every 1h --dir /var/backups/nomad
  fleet operator snapshot schedule --as job --every 1d --dir /backup | tee nomad-snapshot.nomad.hcl")]
pub struct Args {
    /// What runs it.
    #[arg(long = "as", value_name = "RUNNER", value_enum, default_value = "cron")]
    runner: Runner,

    /// How often: a part of an hour or of a day, such as 15m, 1h, 6h or 1d.
    #[arg(long, value_name = "DURATION", value_parser = BackupInterval::parse, default_value = "6h")]
    every: BackupInterval,

    /// The directory the snapshots go to, on the machine that runs it.
    #[arg(long, value_name = "DIR")]
    dir: String,

    /// How many are kept.
    #[arg(long, value_name = "N", default_value = "28", value_parser = clap::value_parser!(u32).range(1..))]
    keep: u32,

    /// The file the token is in, on the machine that runs it; a job has an identity of its own.
    #[arg(long = "with-token-file", value_name = "FILE", default_value = "/etc/nomad.d/snapshot.token")]
    with_token_file: String,

    /// Where fleet is, on the machine that runs it.
    #[arg(long, value_name = "PATH", default_value = "/usr/local/bin/fleet")]
    program: String,
}

/// Prints the schedule.
///
/// # Errors
/// When the settings are no good.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let schedule = Schedule {
        every: args.every,
        dir: args.dir.clone(),
        keep: args.keep,
        address: app.nomad()?.address().trim_end_matches('/').to_owned(),
        token_file: args.with_token_file.clone(),
        program: args.program.clone(),
    };
    let text = match args.runner {
        Runner::Cron => schedule.crontab(),
        Runner::Systemd => schedule.units(),
        Runner::Job => schedule.job(),
    };
    app.printer.text(&text)?;
    if !matches!(args.runner, Runner::Job) {
        app.printer.note(&format!(
            "the token in {} needs no more than: operator {{ capabilities = [\"snapshot-save\"] }}",
            args.with_token_file
        ));
    }
    Ok(())
}
