//! `fleet node identity get` and `renew`

use std::time::Duration;

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::Error as ApiError;
use crate::api::http::{Http, Patience};
use crate::api::nomad::node_client::{self, Identity};
use crate::app::App;
use crate::commands::node::outcome::{ensure_there, on_each, verdict};
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Describe, Detail, duration};

/// How often a node is asked for its identity.
const LOOK: Duration = Duration::from_millis(500);

/// Verbs on the identities by which nodes authenticate to the servers (Nomad 1.11).
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Get(GetArgs),
    Renew(Box<RenewArgs>),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Get(args) => get(&args, app).await,
            Command::Renew(args) => renew(&args, app).await,
        }
    }
}

/// Show what the identity of a node claims, and how long it is good.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node identity get c1
  fleet node identity get c1 -o json")]
pub struct GetArgs {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,
}

/// Have nodes ask for a new identity, as after a key of the servers was rotated or may have leaked.
///
/// A node does so with its next heartbeat, which this waits for. The identity before stays good until it expires.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node identity renew c1
  fleet node identity renew --pool gpu --timeout 2m")]
pub struct RenewArgs {
    #[command(flatten)]
    selection: NodeSelection,

    /// How long to wait for a node to have its new identity.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "1m")]
    timeout: Duration,
}

/// What an identity claims.
#[derive(Debug, Serialize)]
struct Claims {
    node_id: String,
    node_name: String,
    subject: String,
    #[serde(rename = "node_pool")]
    pool: String,
    class: String,
    datacenter: String,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    /// The number of the identity: a new one has another.
    identity_id: String,
}

impl Describe for Claims {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("node", Cell::text(&self.node_name)),
            ("id", Cell::Id(self.node_id.clone())),
            ("subject", Cell::from(&self.subject)),
            ("pool", Cell::from(&self.pool)),
            ("class", Cell::from(&self.class)),
            ("datacenter", Cell::from(&self.datacenter)),
            ("issued", Cell::Time(self.issued_at)),
            ("expires", Cell::Time(self.expires_at)),
            ("identity", Cell::from(&self.identity_id)),
        ])
    }
}

/// The identity of a node.
async fn read(nomad: &Http, node_id: &str, name: &str) -> Result<Identity> {
    let known = nomad.read(&node_client::identity(node_id)).await.map_err(|e| too_old(e, name))?;
    Ok(known.value)
}

/// Names the version that a missing route needs.
fn too_old(error: ApiError, name: &str) -> Error {
    if error.is_unknown_call() {
        return Error::failed(format!("node {name} has no identity"))
            .because("nodes have identities from Nomad 1.11 on, servers and clients");
    }
    error.into()
}

async fn get(args: &GetArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let node = resolve::node(nomad, &args.node).await?;
    ensure_there(&node)?;
    let identity = read(nomad, &node.id, &node.name).await?;
    app.printer.object(&Claims {
        subject: identity.text("sub").to_owned(),
        pool: identity.text("nomad_node_pool").to_owned(),
        class: identity.text("nomad_node_class").to_owned(),
        datacenter: identity.text("nomad_node_datacenter").to_owned(),
        issued_at: identity.time("iat"),
        expires_at: identity.time("exp"),
        identity_id: identity.text("jti").to_owned(),
        node_id: node.id,
        node_name: node.name,
    })
}

async fn renew(args: &RenewArgs, app: &App) -> Result<()> {
    let nomad = &app.nomad()?.with_patience(Patience::OPERATION);
    let nodes = args.selection.resolve_targets(nomad).await?;
    let permission = app.explicit();
    let rows = on_each(nodes, async |node| {
        ensure_there(node)?;
        let before = read(nomad, &node.id, &node.name).await?;
        // A second one does no harm, and the identity has the last word.
        match nomad.write(&permission, &node_client::renew_identity(&node.id)).await {
            Err(e) if !e.is_ambiguous() => return Err(too_old(e, &node.name)),
            _ => {}
        }
        let renewed = look_until(LOOK, args.timeout, async || {
            let now = read(nomad, &node.id, &node.name).await?;
            Ok::<_, Error>(if now.text("jti") == before.text("jti") { Err(()) } else { Ok(now) })
        });
        let Ok(now) = renewed.await? else {
            return Err(Error::new(
                ExitCode::TimedOut,
                format!("node {} was asked, but has no new identity yet", node.name),
            )
            .because("it asks for one with its next heartbeat")
            .hint(format!("fleet node identity get {} shows when it was issued", node.name)));
        };
        let until = now.time("exp").map(|at| format!(", good until {at:.0}")).unwrap_or_default();
        Ok((true, format!("renewed{until}")))
    })
    .await;
    app.printer.list(&rows, "no nodes")?;
    verdict(&rows, "not renewed")
}
