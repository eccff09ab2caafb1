//! `fleet acl whoami`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::acl::{self, Token};
use crate::app::App;
use crate::error::Result;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Show whose token you use, what it may do, and when it ends. Secrets are never shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl whoami
  fleet acl whoami -o json")]
pub struct Args {}

/// The token of the requests themselves.
#[derive(Debug, Serialize)]
struct Whoami {
    address: String,
    /// `acls-disabled` and `anonymous` are no tokens.
    accessor_id: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    policies: Vec<String>,
    roles: Vec<String>,
    expires_at: Option<Timestamp>,
    rights: Vec<Right>,
    /// Policies that could not be read: what they grant is not known.
    unread_policies: Vec<String>,
}

/// What a rule grants.
#[derive(Debug, Serialize)]
struct Right {
    scope: String,
    grants: String,
}

impl Tabular for Right {
    const COLUMNS: &'static [Column] = &[column("WHERE").whole(), column("MAY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.scope), Cell::from(&self.grants)]
    }
}

impl Describe for Whoami {
    fn describe(&self) -> Detail {
        let who = match self.accessor_id.as_str() {
            "acls-disabled" => Cell::toned(
                "nobody in particular: ACLs are disabled, everybody may do everything",
                Tone::Warn,
            ),
            "anonymous" => Cell::toned("anonymous: no token is set", Tone::Warn),
            _ => Cell::text(&self.name),
        };
        let unread = self.unread_policies.join(", ");
        Detail::new()
            .fields([
                ("address", Cell::text(&self.address)),
                ("token", who),
                ("accessor", Cell::Id(self.accessor_id.clone())),
                ("type", Cell::from(&self.kind)),
                ("policies", Cell::text(self.policies.join(", "))),
                ("roles", Cell::text(self.roles.join(", "))),
                ("expires", Cell::Time(self.expires_at)),
                (
                    "not readable",
                    if unread.is_empty() { Cell::Empty } else { Cell::toned(unread, Tone::Warn) },
                ),
            ])
            .table("Rights", &self.rights)
    }
}

/// Shows the token.
///
/// # Errors
/// Refused rights (4) for a token that the cluster does not know.
pub async fn run(_args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let token = match nomad.read(&acl::token_self()).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_acl_disabled() => {
            Token { accessor_id: "acls-disabled".to_owned(), ..Token::default() }
        }
        Err(e) => return Err(e.into()),
    };
    let (mut rights, mut unread) = (Vec::new(), Vec::new());
    if token.is_management() {
        rights.push(Right { scope: "everywhere".to_owned(), grants: "everything".to_owned() });
    }
    for name in &token.policies {
        match nomad.read(&acl::policy(name)).await {
            Ok(reply) => rights.extend(reply.value.rules.map(granted).unwrap_or_default()),
            Err(_) => unread.push(name.clone()),
        }
    }
    app.printer.object(&Whoami {
        address: nomad.address().to_owned(),
        accessor_id: token.accessor_id,
        name: token.name,
        kind: token.kind,
        policies: token.policies,
        roles: token.roles.into_iter().map(|r| r.name).collect(),
        expires_at: token.expiration_time,
        rights,
        unread_policies: unread,
    })
}

fn granted(rules: acl::Rules) -> Vec<Right> {
    let namespaces = rules
        .namespaces
        .into_iter()
        .map(|n| Right { scope: format!("namespace {}", n.name), grants: n.capabilities.join(", ") });
    let others = [("nodes", rules.node), ("agents", rules.agent), ("operator", rules.operator)];
    let others = others
        .into_iter()
        .filter_map(|(scope, rule)| Some(Right { scope: scope.to_owned(), grants: rule?.policy }));
    namespaces.chain(others).collect()
}
