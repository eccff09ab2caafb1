//! `--apply` and `--undo`: what is emitted, written into Consul as `fleet config apply` would, and taken back.

use super::{Args, TargetChoice};
use crate::api::consul::config_entry::ConfigEntry;
use crate::app::App;
use crate::commands::shared::config_change::{self, is_objection, undo};
use crate::commands::shared::consul;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ingress::report::Migration;

/// As it is typed.
const VERB: &str = "migrate nginx";

/// Whether what is asked for can be written into Consul at all.
///
/// # Errors
/// Usage (2).
pub(super) fn possible(to: TargetChoice) -> Result<()> {
    match to {
        TargetChoice::ApiGateway | TargetChoice::IngressGateway => Ok(()),
        TargetChoice::Traefik => {
            Err(Error::usage("--apply writes Consul's config entries, and Traefik has none")
                .hint("--out DIR writes its file; every write renames it into place, as Traefik needs it"))
        }
        TargetChoice::All => Err(Error::usage("--apply needs one target")
            .hint("--to api-gateway or --to ingress-gateway; the report says which of them loses what")),
    }
}

/// Writes the config entries.
///
/// # Errors
/// As `fleet config apply`.
pub(super) async fn run(args: &Args, app: &App, migration: &Migration) -> Result<ExitCode> {
    let documents = migration.emitted.iter().flat_map(|(_, emitted)| emitted.documents.iter());
    let wanted: Vec<ConfigEntry> = documents.cloned().filter_map(ConfigEntry::of).collect();
    if wanted.is_empty() {
        return Err(Error::refused(
            "nothing of the configuration comes to a config entry; nothing was written",
        ));
    }
    let accepted: Vec<String> = args.accept.iter().filter(|id| is_objection(id)).cloned().collect();
    let asked = args.write.asked_by(VERB, &accepted);
    config_change::write(asked, app, &consul::needed(app)?, wanted).await
}

/// Puts back what was there before a change that `--apply` made.
///
/// # Errors
/// As `fleet config apply --undo`.
pub(super) async fn undo(args: &Args, app: &App, which: &str) -> Result<ExitCode> {
    let http = consul::needed(app)?;
    let recorded = undo::chosen(app, &http, which, Some(VERB))?;
    undo::run(args.write.asked_by(VERB, &args.accept), app, &http, &recorded).await
}
