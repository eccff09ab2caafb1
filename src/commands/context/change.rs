//! What `context init`, `add` and `edit` have in common: the keys of a context, from flags and from the environment.

use std::path::Path;

use serde::Serialize;
use toml_edit::Array;

use crate::api::http::{Address, Product};
use crate::app::App;
use crate::config::{ConnectionFlags, ContextEdit};
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::redaction::Secrets;
use crate::model::suggest;
use crate::ui::{Cell, Describe, Detail};

/// Keys that no other flag has: addresses, certificates and token files are the connection options.
#[derive(Debug, clap::Args)]
pub(super) struct Keys {
    /// What it is, for the list.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// A further address of the same cluster, asked where those before it do not answer. Repeat it for several.
    #[arg(long, value_name = "URL")]
    failover: Vec<String>,

    /// A command that prints Nomad's token, such as 'pass show nomad/prod'. It is run without a shell.
    #[arg(long, value_name = "COMMAND")]
    token_cmd: Option<String>,

    /// A command that prints Consul's token.
    #[arg(long, value_name = "COMMAND")]
    consul_token_cmd: Option<String>,

    /// Ask for the context's name before anything is changed there, --yes or not.
    #[arg(long)]
    protected: bool,

    /// Pin it to the cluster that answers now: when the address leads to another one some day, that is refused.
    #[arg(long)]
    pin: bool,
}

/// What a change of the context file did.
#[derive(Debug, Serialize)]
pub(super) struct Changed {
    pub(super) context: String,
    pub(super) file: String,
    pub(super) changed: bool,
    pub(super) current: bool,
}

impl Describe for Changed {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("context", Cell::text(&self.context)),
            ("file", Cell::text(&self.file)),
            ("changed", Cell::from(if self.changed { "yes" } else { "no, it is so already" })),
            ("in force", Cell::from(if self.current { "yes" } else { "no" })),
        ])
    }
}

/// Every key that can be unset.
const KEYS: [&str; 31] = [
    "description",
    "protected",
    "pin",
    "nomad.address",
    "nomad.failover",
    "nomad.region",
    "nomad.namespace",
    "nomad.token",
    "nomad.token_file",
    "nomad.token_cmd",
    "nomad.http_auth",
    "nomad.ca_cert",
    "nomad.ca_path",
    "nomad.client_cert",
    "nomad.client_key",
    "nomad.tls_server_name",
    "nomad.tls_skip_verify",
    "nomad.direct",
    "consul.address",
    "consul.namespace",
    "consul.partition",
    "consul.token",
    "consul.token_file",
    "consul.token_cmd",
    "consul.http_auth",
    "consul.ca_cert",
    "consul.ca_path",
    "consul.client_cert",
    "consul.client_key",
    "consul.tls_server_name",
    "consul.tls_skip_verify",
];

/// A name that a shell, a file and a list of names with commas can hold.
///
/// # Errors
/// Usage (2) for any other.
pub(super) fn check_name(name: &str) -> Result<()> {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '/');
    if !name.is_empty() && name.chars().all(fine) && !name.starts_with('-') {
        return Ok(());
    }
    Err(Error::usage(format!("{name:?} is no name for a context"))
        .hint("letters, digits and - _ . @ / make one, such as prod or eu/prod"))
}

/// Permission to take a context's guard away: its name, from --confirm or typed.
///
/// # Errors
/// Refused (7) for another name, or when there is nobody to type it.
pub(super) async fn by_name(app: &App, confirm: Option<&str>, name: &str) -> Result<()> {
    let answered = app.confirm_by_name(confirm, "context", name).await.map(drop);
    match confirm.is_none() && !app.printer.may_ask() {
        true => answered.map_err(|e| e.hint(format!("pass --confirm {name}"))),
        false => answered,
    }
}

/// A command as its words.
fn words(flag: &str, text: &str) -> Result<Array> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(words.into_iter().collect()),
        _ => {
            Err(Error::usage(format!("{flag} {text:?} is no command")).hint("quote its words as in a shell"))
        }
    }
}

impl Keys {
    /// The flags as they were given, the connection options among them, each with a blank before it; none where one holds a password,
    /// which is not said again.
    pub(super) fn words(&self, flags: &ConnectionFlags) -> Option<String> {
        let with_password = |address: &String| Secrets::default().clean(address) != *address;
        let addresses = flags.address.iter().chain(&flags.consul_address).chain(&self.failover);
        if addresses.into_iter().any(with_password) {
            return None;
        }
        let connection = ConnectionFlags { context: None, ..flags.clone() }.words();
        let texts = [
            ("--description", &self.description),
            ("--token-cmd", &self.token_cmd),
            ("--consul-token-cmd", &self.consul_token_cmd),
        ];
        let texts = texts.into_iter().filter_map(|(flag, text)| Some((flag, text.as_ref()?)));
        let failover = self.failover.iter().map(|url| ("--failover", url));
        let valued = failover.chain(texts).map(|(flag, text)| format!("{flag} {}", shell_word(text)));
        let switches = [("--protected", self.protected), ("--pin", self.pin)];
        let switches = switches.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag.to_owned());
        let words = std::iter::once(connection).chain(valued).chain(switches);
        Some(words.filter(|word| !word.is_empty()).map(|word| format!(" {word}")).collect())
    }

    /// Sets what the flags say; whether they said anything.
    ///
    /// # Errors
    /// Usage (2) for what makes no sense.
    pub(super) fn write(&self, edit: &mut ContextEdit, name: &str, flags: &ConnectionFlags) -> Result<bool> {
        for address in flags.address.iter().chain(&self.failover) {
            Address::parse(Product::Nomad, address)?;
        }
        if let Some(address) = &flags.consul_address {
            Address::parse(Product::Consul, address)?;
        }
        let mut said = false;
        let texts = [
            ("description", self.description.clone()),
            ("nomad.address", flags.address.clone()),
            ("nomad.region", flags.region.clone()),
            ("nomad.namespace", flags.namespace.clone()),
            ("nomad.tls_server_name", flags.tls_server_name.clone()),
            ("consul.address", flags.consul_address.clone()),
        ];
        let paths = [
            ("nomad.token_file", &flags.token_file),
            ("nomad.ca_cert", &flags.ca_cert),
            ("nomad.ca_path", &flags.ca_path),
            ("nomad.client_cert", &flags.client_cert),
            ("nomad.client_key", &flags.client_key),
            ("consul.token_file", &flags.consul_token_file),
        ];
        let paths = paths.into_iter().map(|(key, path)| (key, path.as_deref().map(absolute)));
        for (key, text) in texts.into_iter().chain(paths) {
            let Some(text) = text else { continue };
            edit.set(name, key, text);
            said = true;
            if key.ends_with("token_file") {
                only_token(edit, name, key);
            }
        }
        for (key, command) in
            [("nomad.token_cmd", &self.token_cmd), ("consul.token_cmd", &self.consul_token_cmd)]
        {
            let Some(command) = command else { continue };
            edit.set(name, key, words("the command", command)?);
            only_token(edit, name, key);
            said = true;
        }
        if !self.failover.is_empty() {
            edit.set(name, "nomad.failover", self.failover.iter().collect::<Array>());
            said = true;
        }
        for (key, set) in [("protected", self.protected), ("nomad.tls_skip_verify", flags.tls_skip_verify)] {
            if set {
                edit.set(name, key, true);
                said = true;
            }
        }
        Ok(said || self.pin)
    }

    /// Saves, and pins the context to the cluster that answers.
    ///
    /// # Errors
    /// When it cannot be saved, or the cluster does not tell who it is: the rest is saved then.
    pub(super) async fn save(&self, mut edit: ContextEdit, name: &str, app: &App) -> Result<Changed> {
        if self.pin {
            // It is asked as the context will be, and not as it was pinned.
            edit.unset(name, "pin");
        }
        let file = edit.path().display().to_string();
        let mut changed = edit.save()?;
        if self.pin {
            let unpinned = |e: Error| {
                e.context(format!("context {name} is saved, but not pinned"))
                    .hint(format!("pin it when the cluster answers: `fleet context edit {name} --pin`"))
            };
            let keys = app.for_context(name).cluster_keys().await.map_err(unpinned)?;
            let mut edit = ContextEdit::open(&app.env)?;
            edit.set(name, "pin.keys", keys.into_iter().collect::<Array>());
            changed |= edit.save()?;
        }
        let current = app.contexts()?.current() == Some(name);
        Ok(Changed { context: name.to_owned(), file, changed, current })
    }
}

/// Takes away the other ways to name the token of the same product: only one may be there.
fn only_token(edit: &mut ContextEdit, name: &str, key: &str) {
    let product = key.split('.').next().unwrap_or_default();
    for other in ["token", "token_file", "token_cmd"] {
        let other = format!("{product}.{other}");
        if other != key && edit.has(name) {
            edit.unset(name, &other);
        }
    }
}

/// Removes keys.
///
/// # Errors
/// Usage (2) for one that no context has.
pub(super) fn unset(edit: &mut ContextEdit, name: &str, keys: &[String]) -> Result<()> {
    for key in keys {
        if !KEYS.contains(&key.as_str()) {
            let error = Error::usage(format!("a context has no key {key:?}"));
            return Err(match suggest::nearest(key, KEYS) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`fleet context init --template` shows them all"),
            });
        }
        edit.unset(name, key);
    }
    Ok(())
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
