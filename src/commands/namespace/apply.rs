//! `fleet namespace apply`

use serde_json::Value;

use crate::api::nomad::namespace;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::spec::{self, SpecFlags, SpecKind};
use crate::error::Result;
use crate::model::spec_file::NAMESPACE;

/// Create a namespace or change it. What you do not name stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet namespace apply ops --description 'The platform team'
  fleet namespace apply ops --meta owner=alice --meta tier=1
  fleet namespace apply -f ops.hcl
  fleet namespace apply ops --description 'The platform team' --dry-run")]
pub struct Args {
    /// The namespace; the file may name it instead.
    #[arg(value_name = "NAMESPACE", required_unless_present = "file", add = clap_complete::ArgValueCompleter::new(complete::namespaces))]
    name: Option<String>,

    /// The quota to attach (Nomad Enterprise); empty for none.
    #[arg(long, value_name = "QUOTA")]
    quota: Option<String>,

    #[command(flatten)]
    spec: SpecFlags,
}

/// Stores the namespace and reads it back.
///
/// # Errors
/// Usage (2), refused rights (4), API errors.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let kind = SpecKind {
        noun: "namespace",
        key: "namespace",
        spelling: &NAMESPACE,
        read: namespace::get_spec,
        store: namespace::put,
    };
    let quota = args.quota.iter().map(|quota| ("Quota", Value::String(quota.clone())));
    spec::apply(app, &kind, args.name.as_deref(), &args.spec, quota).await
}
