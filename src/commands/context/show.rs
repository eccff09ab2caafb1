//! `fleet context show`

use std::path::PathBuf;

use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::app::App;
use crate::config::{ConsulSettings, NomadSettings, Sourced, TokenSource, fingerprint};
use crate::error::Result;
use crate::model::redaction::Secrets;
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Show every setting in force and where it came from.
///
/// Flags beat the environment, the environment beats the context in force, the context beats the default. A context that --context
/// names beats the environment: NOMAD_TOKEN and its like are used only where it has no such key, and not at all where NOMAD_ADDR is
/// another cluster's; -v says which are not used. Secrets are shown as a
/// fingerprint: the first 8 hexadecimal digits of their SHA-256.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context show
  fleet context show prod
  fleet --context prod context show -o json")]
pub struct Args {
    /// The context [default: what is in force, the environment included].
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: Option<String>,
}

/// A setting, and where its value comes from.
#[derive(Debug, Serialize)]
struct SettingRow {
    setting: &'static str,
    value: Option<String>,
    secret: bool,
    origin: Option<String>,
}

impl Tabular for SettingRow {
    const COLUMNS: &'static [Column] = &[column("SETTING").whole(), column("VALUE"), column("FROM")];

    fn cells(&self) -> Vec<Cell> {
        let value = match &self.value {
            Some(value) if self.secret => Cell::toned(format!("sha256:{value}"), Tone::Dim),
            Some(value) => Cell::text(value),
            None => Cell::Empty,
        };
        vec![Cell::text(self.setting), value, self.origin.as_deref().map_or(Cell::Empty, Cell::text)]
    }
}

/// Shows the settings.
///
/// # Errors
/// When the settings are no good. A token's source that fails is told, and the rest is shown.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let named = args.name.as_ref().map(|name| app.for_context(name));
    let settings = named.as_ref().unwrap_or(app).settings()?;
    let mut views = vec![SettingRow::of("context", settings.context.as_ref())];
    views.push(SettingRow::plain("protected", settings.protected.then(|| "true".to_owned())));
    views.push(SettingRow::plain("pin", settings.pin.as_ref().map(|pin| pin.keys.join(", "))));
    views.extend(nomad(&settings.nomad, app));
    views.extend(consul(&settings.consul, app));
    app.printer.list(&views, "no settings")
}

fn nomad(s: &NomadSettings, app: &App) -> Vec<SettingRow> {
    vec![
        SettingRow::address("nomad.address", Some(&s.address)),
        SettingRow::plain(
            "nomad.failover",
            (!s.failover.is_empty()).then(|| {
                let shown: Vec<String> = s.failover.iter().map(|a| Secrets::default().clean(a)).collect();
                shown.join(", ")
            }),
        ),
        SettingRow::of("nomad.region", s.region.as_ref()),
        SettingRow::of("nomad.namespace", s.namespace.as_ref()),
        SettingRow::token("nomad.token", s.token.as_ref(), app),
        SettingRow::secret("nomad.http_auth", s.http_auth.as_ref()),
        SettingRow::path("nomad.ca_cert", s.tls.ca_cert.as_ref()),
        SettingRow::path("nomad.ca_path", s.tls.ca_path.as_ref()),
        SettingRow::path("nomad.client_cert", s.tls.client_cert.as_ref()),
        SettingRow::path("nomad.client_key", s.tls.client_key.as_ref()),
        SettingRow::of("nomad.tls_server_name", s.tls.server_name.as_ref()),
        SettingRow::of("nomad.tls_skip_verify", s.tls.skip_verify.as_ref()),
        SettingRow::of("nomad.direct", Some(&s.direct)),
    ]
}

fn consul(s: &ConsulSettings, app: &App) -> Vec<SettingRow> {
    vec![
        SettingRow::address("consul.address", s.address.as_ref()),
        SettingRow::of("consul.namespace", s.namespace.as_ref()),
        SettingRow::of("consul.partition", s.partition.as_ref()),
        SettingRow::token("consul.token", s.token.as_ref(), app),
        SettingRow::secret("consul.http_auth", s.http_auth.as_ref()),
        SettingRow::of("consul.ssl", s.ssl.as_ref()),
        SettingRow::path("consul.ca_cert", s.tls.ca_cert.as_ref()),
        SettingRow::path("consul.ca_path", s.tls.ca_path.as_ref()),
        SettingRow::path("consul.client_cert", s.tls.client_cert.as_ref()),
        SettingRow::path("consul.client_key", s.tls.client_key.as_ref()),
        SettingRow::of("consul.tls_server_name", s.tls.server_name.as_ref()),
        SettingRow::of("consul.tls_skip_verify", s.tls.skip_verify.as_ref()),
    ]
}

impl SettingRow {
    fn of<T: ToString>(setting: &'static str, value: Option<&Sourced<T>>) -> Self {
        let origin = value.map(|v| v.origin.to_string());
        SettingRow { setting, value: value.map(|v| v.value.to_string()), secret: false, origin }
    }

    /// What only the context has.
    fn plain(setting: &'static str, value: Option<String>) -> Self {
        let origin = value.as_ref().map(|_| "the context".to_owned());
        SettingRow { setting, value, secret: false, origin }
    }

    /// An address may hold a password.
    fn address(setting: &'static str, value: Option<&Sourced<String>>) -> Self {
        let origin = value.map(|v| v.origin.to_string());
        SettingRow {
            setting,
            value: value.map(|v| Secrets::default().clean(&v.value)),
            secret: false,
            origin,
        }
    }

    fn path(setting: &'static str, value: Option<&Sourced<PathBuf>>) -> Self {
        let origin = value.map(|v| v.origin.to_string());
        SettingRow { setting, value: value.map(|v| v.value.display().to_string()), secret: false, origin }
    }

    fn secret(setting: &'static str, value: Option<&Sourced<secrecy::SecretString>>) -> Self {
        let origin = value.map(|v| v.origin.to_string());
        SettingRow { setting, value: value.map(|v| fingerprint(&v.value)), secret: true, origin }
    }

    /// A token's source that fails hides nothing else.
    fn token(setting: &'static str, source: Option<&Sourced<TokenSource>>, app: &App) -> Self {
        let Some(source) = source else {
            return SettingRow { setting, value: None, secret: true, origin: None };
        };
        let place = match &source.value {
            TokenSource::Literal(_) => source.origin.to_string(),
            TokenSource::File(path) => format!("{}, file {}", source.origin, path.display()),
            TokenSource::Command(argv) => {
                format!("{}, command {}", source.origin, argv.first().map_or("", String::as_str))
            }
        };
        match source.value.fetch() {
            Ok(token) => {
                let value = token.filter(|t| !t.expose_secret().is_empty()).map(|t| fingerprint(&t));
                SettingRow { setting, value, secret: true, origin: Some(place) }
            }
            Err(e) => {
                app.printer.warn(&format!("{setting} is not known: {e}"));
                let value = Some("not known: its source failed".to_owned());
                SettingRow { setting, value, secret: false, origin: Some(place) }
            }
        }
    }
}
