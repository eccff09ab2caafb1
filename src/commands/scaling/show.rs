//! `fleet scaling show`

use serde::Serialize;
use serde_json::Value;

use crate::api::nomad::scaling::{self, PolicyStub};
use crate::app::App;
use crate::commands::scaling::list::PolicyRow;
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::ui::{Cell, Describe, Detail};

/// Show a scaling policy: its limits, and what it tells an autoscaler.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet scaling show 2a4c8548
  fleet scaling show 2a4c8548 -o json")]
pub struct Args {
    /// The policy, by its id or the beginning of it.
    #[arg(value_name = "POLICY")]
    policy: String,
}

/// A scaling policy.
#[derive(Debug, Serialize)]
struct ScalingPolicyDetail {
    #[serde(flatten)]
    row: PolicyRow,
    min: i64,
    max: i64,
    policy: Value,
    #[serde(skip)]
    fields: Vec<(&'static str, Cell)>,
}

impl Describe for ScalingPolicyDetail {
    fn describe(&self) -> Detail {
        let text = serde_json::to_string_pretty(&self.policy).unwrap_or_default();
        let lines = text.lines().map(|line| (line.to_owned(), crate::ui::Tone::Plain)).collect::<Vec<_>>();
        let nothing = self.policy.as_object().is_none_or(serde_json::Map::is_empty);
        let detail = Detail::new().fields(self.fields.clone());
        if nothing { detail } else { detail.lines(Some("Policy"), lines) }
    }
}

/// Shows a scaling policy.
///
/// # Errors
/// Not found (3), several (2).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let all = nomad.list(&scaling::policies().namespace(app.list_namespace()?)).await?.value;
    let mut fitting: Vec<PolicyStub> = all.into_iter().filter(|p| p.id.starts_with(&args.policy)).collect();
    let Some(stub) = fitting.pop() else {
        return Err(Error::not_found(format!("there is no scaling policy {:?}", args.policy))
            .hint("fleet scaling list shows those there are"));
    };
    if !fitting.is_empty() {
        let error = Error::usage(format!("{:?} is the beginning of several ids", args.policy));
        return Err(fitting.iter().chain([&stub]).fold(error, |error, p| error.because(short(&p.id))));
    }
    let namespace = stub.target.get("Namespace").cloned().unwrap_or_default();
    let found = nomad.read(&scaling::policy(&namespace, &stub.id)).await?.value;
    let of = |name: &str| stub.target.get(name).map_or(Cell::Empty, Cell::from);
    let fields = vec![
        ("id", Cell::Id(stub.id.clone())),
        ("job", of("Job")),
        ("namespace", of("Namespace")),
        ("group", of("Group")),
        ("task", of("Task")),
        ("type", Cell::from(&stub.kind)),
        ("enabled", Cell::text(if stub.enabled { "yes" } else { "no" })),
        ("least", Cell::text(found.min.to_string())),
        ("most", Cell::text(found.max.to_string())),
    ];
    app.printer.object(&ScalingPolicyDetail {
        row: PolicyRow::from(stub),
        min: found.min,
        max: found.max,
        policy: found.policy,
        fields,
    })
}
