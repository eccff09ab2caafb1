//! `fleet config apply`

use super::files;
use crate::app::App;
use crate::commands::shared::config_change::{self, ChangeArgs, undo};
use crate::commands::shared::consul;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// As it is typed.
const VERB: &str = "config apply";

/// Write config entries: what would change is shown first, and an entry is written only if nobody changed it since.
///
/// Consul says true to much that does not work. So every expression, weight, port and filter is checked before anything is
/// written, entries go in the order in which Consul takes them, each is read back, gateways and routes must be accepted and bound,
/// and the proxies whose admin port answers are asked whether they took it. What cuts connections, now or when Envoy's drain time is
/// over, is refused until it is named by --accept.
///
/// What was there before is kept on this machine: --undo puts it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet config apply splitter.hcl
  fleet config apply mesh/ --dry-run
  fleet config apply splitter.json --yes --watch-connections http://10.0.0.7:8080/ --watch-host web.example.com
  fleet config apply defaults.hcl --accept cut-connections --envoy ingress=10.0.0.7:19000
  fleet config apply --undo
  fleet config apply --undo=c-4f1d2a90")]
pub struct Args {
    /// Files of entries in HCL or JSON, folders of them, or - for stdin.
    #[arg(value_name = "FILE", required_unless_present = "undo", value_hint = clap::ValueHint::AnyPath)]
    files: Vec<String>,

    /// Put back what was there before a change, the last one unless said otherwise.
    #[arg(long, value_name = "CHANGE", num_args = 0..=1, require_equals = true, default_missing_value = "last", conflicts_with = "files")]
    undo: Option<String>,

    #[command(flatten)]
    change: ChangeArgs,
}

/// Writes entries.
///
/// # Errors
/// Refused (7); usage (2) for files that cannot be read; failed (1) when Consul or a proxy does not take one.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let http = consul::needed(app)?;
    if let Some(which) = &args.undo {
        let recorded = undo::chosen(app, &http, which, None)?;
        return undo::run(args.change.asked_by(VERB), app, &http, &recorded).await;
    }
    let wanted = files::read(&args.files).await?;
    config_change::write(args.change.asked_by(VERB), app, &http, wanted).await
}
