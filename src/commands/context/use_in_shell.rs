//! `fleet context use-in-shell`

use std::fmt::Write as _;

use secrecy::ExposeSecret as _;

use crate::app::App;
use crate::config::{ConnectionFlags, Settings, Sourced};
use crate::error::{Error, Result};

/// Print shell commands that select a context in this shell, for fleet, nomad and consul alike.
///
/// They export what the context sets and unset what it does not, so that nothing of another cluster stays behind; a NOMAD_TOKEN that is
/// exported beside the same NOMAD_ADDR stays. Where they hold a token they are not printed to a terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  eval \"$(fleet context use-in-shell prod)\"
  fleet context use-in-shell prod --shell fish | source")]
pub struct Args {
    /// Name of the context.
    #[arg(add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,

    /// Shell that will run the commands.
    #[arg(long, value_enum, default_value_t = Shell::Posix)]
    shell: Shell,
}

/// Whose syntax to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    /// sh, bash, zsh and their kin.
    #[value(aliases = ["sh", "bash", "zsh", "dash", "ksh"])]
    Posix,
    /// fish.
    Fish,
    /// PowerShell.
    #[value(alias = "pwsh")]
    Powershell,
}

/// Prints the lines.
///
/// # Errors
/// When there is no such context, its token's source fails, or stdout is a terminal.
pub fn run(args: &Args, app: &App) -> Result<()> {
    let file = app.contexts()?;
    file.get(&args.name)?;
    let flags = ConnectionFlags { context: Some(args.name.clone()), ..ConnectionFlags::default() };
    // What is exported of the same cluster stays: a token that the context does not hold is one of them.
    let variables = variables(&Settings::resolve(&flags, &app.env, &file)?, &args.name)?;
    let is_secret = |name: &str| name.ends_with("_TOKEN") || name.ends_with("_AUTH");
    if app.printer.stdout_is_terminal() && variables.iter().any(|(n, v)| v.is_some() && is_secret(n)) {
        return Err(Error::refused("the commands hold a token and are not printed to a terminal")
            .hint(format!("eval \"$(fleet context use-in-shell {})\"", args.name)));
    }
    let mut lines = String::new();
    for (name, value) in variables {
        let line = match value {
            Some(value) => args.shell.export(name, &value),
            None => args.shell.unset(name),
        };
        writeln!(lines, "{line}").map_err(|e| Error::failed(e.to_string()))?;
    }
    app.printer.text(&lines)
}

/// The variables of a context, and those that it leaves unset.
///
/// # Errors
/// When a token's source fails.
pub(super) fn variables(settings: &Settings, context: &str) -> Result<Vec<(&'static str, Option<String>)>> {
    fn text<T: ToString>(value: &Option<Sourced<T>>) -> Option<String> {
        value.as_ref().map(|v| v.value.to_string())
    }
    fn path(value: &Option<Sourced<std::path::PathBuf>>) -> Option<String> {
        value.as_ref().map(|v| v.value.display().to_string())
    }
    fn secret(value: &Option<Sourced<secrecy::SecretString>>) -> Option<String> {
        value.as_ref().map(|v| v.value.expose_secret().to_owned())
    }
    let (n, c) = (&settings.nomad, &settings.consul);
    let token = |source: &Option<Sourced<crate::config::TokenSource>>| -> Result<Option<String>> {
        let Some(source) = source else { return Ok(None) };
        Ok(source.value.fetch()?.map(|t| t.expose_secret().to_owned()))
    };
    Ok(vec![
        ("FLEET_CONTEXT", Some(context.to_owned())),
        ("NOMAD_ADDR", Some(n.address.value.clone())),
        ("NOMAD_REGION", text(&n.region)),
        ("NOMAD_NAMESPACE", text(&n.namespace)),
        ("NOMAD_TOKEN", token(&n.token)?),
        ("NOMAD_HTTP_AUTH", secret(&n.http_auth)),
        ("NOMAD_CACERT", path(&n.tls.ca_cert)),
        ("NOMAD_CAPATH", path(&n.tls.ca_path)),
        ("NOMAD_CLIENT_CERT", path(&n.tls.client_cert)),
        ("NOMAD_CLIENT_KEY", path(&n.tls.client_key)),
        ("NOMAD_TLS_SERVER_NAME", text(&n.tls.server_name)),
        ("NOMAD_SKIP_VERIFY", text(&n.tls.skip_verify)),
        ("CONSUL_HTTP_ADDR", text(&c.address)),
        ("CONSUL_NAMESPACE", text(&c.namespace)),
        ("CONSUL_PARTITION", text(&c.partition)),
        ("CONSUL_HTTP_TOKEN", token(&c.token)?),
        ("CONSUL_HTTP_TOKEN_FILE", None),
        ("CONSUL_HTTP_AUTH", secret(&c.http_auth)),
        ("CONSUL_HTTP_SSL", None),
        ("CONSUL_HTTP_SSL_VERIFY", c.tls.skip_verify.as_ref().map(|s| (!s.value).to_string())),
        ("CONSUL_CACERT", path(&c.tls.ca_cert)),
        ("CONSUL_CAPATH", path(&c.tls.ca_path)),
        ("CONSUL_CLIENT_CERT", path(&c.tls.client_cert)),
        ("CONSUL_CLIENT_KEY", path(&c.tls.client_key)),
        ("CONSUL_TLS_SERVER_NAME", text(&c.tls.server_name)),
    ])
}

impl Shell {
    fn export(self, name: &str, value: &str) -> String {
        match self {
            Shell::Posix => format!("export {name}='{}'", value.replace('\'', r"'\''")),
            Shell::Fish => format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'")),
            Shell::Powershell => format!("$Env:{name} = '{}'", value.replace('\'', "''")),
        }
    }

    fn unset(self, name: &str) -> String {
        match self {
            Shell::Posix => format!("unset {name}"),
            Shell::Fish => format!("set -e {name}"),
            Shell::Powershell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shell;

    #[test]
    fn values_are_quoted_for_each_shell() {
        assert_eq!(Shell::Posix.export("A", "it's $x"), r"export A='it'\''s $x'");
        assert_eq!(Shell::Fish.export("A", r"it's \x"), r"set -gx A 'it\'s \\x'");
        assert_eq!(Shell::Powershell.export("A", "it's"), "$Env:A = 'it''s'");
    }
}
