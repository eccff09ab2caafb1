//! `fleet acl token create`

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::json;

use super::check_policies;
use crate::api::nomad::acl::{self, NewToken};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail, duration};

/// Make a token. Its secret is printed once, here, and can never be read again by anybody else.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl token create --name ci --policy deploy --ttl 8h
  fleet acl token create --name alice --role ops
  fleet acl token create --name break-glass --management --ttl 1h --yes")]
pub struct Args {
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    name: String,

    /// Policies it has.
    #[arg(long, value_name = "POLICY")]
    policy: Vec<String>,

    /// Roles it has.
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,

    /// Let it do everything.
    #[arg(long, conflicts_with_all = ["policy", "role"], required_unless_present_any = ["policy", "role"])]
    management: bool,

    /// How long it is good; for ever unless said.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Option<Duration>,

    /// Make it known to every region.
    #[arg(long)]
    global: bool,

    /// Go ahead without asking, with a management token.
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    check_policies(nomad, &args.policy).await?;
    let permission = if args.management {
        app.confirm(args.yes, "Make a token that may do everything?").await?
    } else {
        app.explicit()
    };
    let mut spec = json!({
        "Name": args.name,
        "Type": if args.management { "management" } else { "client" },
        "Policies": args.policy,
        "Roles": args.role.iter().map(|name| json!({ "Name": name })).collect::<Vec<_>>(),
        "Global": args.global,
    });
    if let Some(ttl) = args.ttl {
        spec["ExpirationTTL"] = json!(format!("{}s", ttl.as_secs()));
    }
    let made = nomad.write(&permission, &acl::create_token(&spec)).await.map_err(|e| {
        let ambiguous = e.is_ambiguous();
        let error = Error::from(e);
        // A second attempt would be a second token.
        if ambiguous {
            error.hint("whether it was made is not known; `fleet acl token list` shows it")
        } else {
            error
        }
    })?;
    app.printer.object(&Created::of(made.value)?)
}

/// A token that was made just now: the only place where its secret is shown.
#[derive(Debug, Serialize)]
pub(in crate::commands::acl) struct Created {
    accessor_id: String,
    secret_id: String,
    expires_at: Option<Timestamp>,
}

impl Created {
    pub(in crate::commands::acl) fn of(made: NewToken) -> Result<Self> {
        let secret = made
            .secret_id
            .ok_or_else(|| Error::failed("the servers made a token and did not say its secret"))?;
        Ok(Created {
            accessor_id: made.token.accessor_id,
            secret_id: secret.expose_secret().to_owned(),
            expires_at: made.token.expiration_time,
        })
    }

    /// Writes the secret to a file, readable by its owner alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::commands::acl) fn save(&self, path: &std::path::Path) -> Result<()> {
        use std::io::Write as _;
        let written = || -> std::io::Result<()> {
            let folder =
                path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            writeln!(file, "{}", self.secret_id)?;
            file.persist(path).map_err(|e| e.error)?;
            Ok(())
        };
        written().map_err(|e| {
            Error::failed(format!(
                "the token {} was made, and could not be written to {}",
                self.accessor_id,
                path.display()
            ))
            .because(e.to_string())
            .hint(format!("`fleet acl token delete {}` deletes it", self.accessor_id))
        })
    }
}

impl Describe for Created {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("accessor", Cell::Id(self.accessor_id.clone())),
            ("secret", Cell::text(&self.secret_id)),
            ("expires", Cell::Time(self.expires_at)),
        ])
    }
}
