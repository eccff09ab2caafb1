//! `fleet config apply`

use super::carry_out::{self, ChangeArgs};
use super::{files, history};
use crate::app::App;
use crate::commands::shared::consul;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::{self, Change, Stored};
use crate::model::traffic::difference::{has_secrets, same};
use crate::ops::traffic::entries;
use crate::ops::traffic::history::Recorded;

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
        return undo(args, app, &http, which).await;
    }
    let wanted = files::read(&args.files).await?;
    let stored = entries::stored(&http, &wanted).await?;
    let mut changes = change::writing(wanted, &stored);
    entries::try_filters(&http, &mut changes, &stored).await?;
    carry_out::run(&args.change, app, &http, changes, None).await
}

async fn undo(args: &Args, app: &App, http: &crate::api::http::Http, which: &str) -> Result<ExitCode> {
    let recorded = history::chosen(app, http, which)?;
    let subjects = recorded.entries.iter().rev();
    let mut changes = Vec::new();
    let mut moved = Vec::new();
    for saved in subjects {
        let now = entries::read(http, saved.kind, &saved.name).await?;
        let is = |e: &Option<_>| match (&now, e) {
            (None, None) => true,
            (Some(now), Some(then)) => same(now, then),
            _ => false,
        };
        if is(&saved.old) {
            continue;
        }
        let subject = format!("{}/{}", saved.kind, saved.name);
        if saved.old.as_ref().is_some_and(has_secrets) {
            return Err(Error::refused(format!(
                "{subject} cannot be put back: its private key was not kept"
            ))
            .hint("apply the file that holds it"));
        }
        if !is(&saved.new) {
            moved.push(subject);
        }
        changes.push(change::change(saved.kind, now, saved.old.clone(), &Stored::new()));
    }
    if !moved.is_empty() && !args.change.accepts("changed-since") {
        return Err(Error::refused(format!(
            "somebody changed {} since; nothing was written",
            moved.join(", ")
        ))
        .hint(format!("`fleet config history {}` shows what was there", recorded.id))
        .hint("`--accept changed-since` puts it back all the same"));
    }
    undone(args, app, http, changes, &recorded).await
}

async fn undone(
    args: &Args,
    app: &App,
    http: &crate::api::http::Http,
    mut changes: Vec<Change>,
    recorded: &Recorded,
) -> Result<ExitCode> {
    // A resolver that comes back is looked over like any other.
    let stored: Stored =
        changes.iter().filter_map(|c| Some(((c.kind, c.name.clone()), c.old.clone()?))).collect();
    entries::try_filters(http, &mut changes, &stored).await?;
    carry_out::run(&args.change, app, http, changes, Some(&recorded.id)).await
}
