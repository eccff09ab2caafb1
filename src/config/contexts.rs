//! The context file: named pairs of a Nomad and a Consul, in TOML.
//!
//! ```toml
//! current = "staging"
//!
//! [contexts.staging.nomad]
//! address = "https://nomad.staging.example:4646"
//! token_cmd = ["pass", "show", "nomad/staging"]
//!
//! [contexts.staging.consul]
//! address = "https://consul.staging.example:8501"
//! token_file = "/home/me/.consul-staging"
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::{DirectMode, Environment};
use crate::error::{Error, Result};

/// Name of the file in the configuration directory.
pub(super) const FILE: &str = "contexts.toml";

/// The context file as it was read.
#[derive(Debug, Clone, Default)]
pub struct ContextFile {
    /// Where it is, or would be; none when there is no home directory.
    pub path: Option<PathBuf>,
    contents: Contents,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Contents {
    current: Option<String>,
    contexts: BTreeMap<String, Context>,
}

/// A named context.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Context {
    /// What it is, for the list.
    pub description: Option<String>,
    /// Whether whoever changes something there types its name first, or has lifted that for a while.
    pub protected: bool,
    /// The cluster it means, wherever its addresses lead.
    pub pin: Option<Pin>,
    /// How to reach Nomad.
    pub nomad: NomadContext,
    /// How to reach Consul.
    pub consul: ConsulContext,
}

/// What tells a cluster from every other: the ids of the keys that its servers sign workload identities with. They are made by
/// the cluster, each region has its own, anybody may ask for them, and an old one stays for a while when a new one is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Ids of keys, as far as they are known.
    pub keys: Vec<String>,
}

/// How to reach Nomad: the keys of `[contexts.NAME.nomad]`, named after the variables they stand for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NomadContext {
    /// `NOMAD_ADDR`.
    pub address: Option<String>,
    /// Addresses of the same cluster, tried in this order where the first does not answer.
    pub failover: Vec<String>,
    /// `NOMAD_REGION`.
    pub region: Option<String>,
    /// `NOMAD_NAMESPACE`.
    pub namespace: Option<String>,
    /// `NOMAD_TOKEN`; the file must then be readable by its owner alone.
    pub token: Option<String>,
    /// A file that holds the token.
    pub token_file: Option<PathBuf>,
    /// A command that prints the token.
    pub token_cmd: Option<Vec<String>>,
    /// `NOMAD_HTTP_AUTH`; the file must then be readable by its owner alone.
    pub http_auth: Option<String>,
    /// `NOMAD_CACERT`.
    pub ca_cert: Option<PathBuf>,
    /// `NOMAD_CAPATH`.
    pub ca_path: Option<PathBuf>,
    /// `NOMAD_CLIENT_CERT`.
    pub client_cert: Option<PathBuf>,
    /// `NOMAD_CLIENT_KEY`.
    pub client_key: Option<PathBuf>,
    /// `NOMAD_TLS_SERVER_NAME`.
    pub tls_server_name: Option<String>,
    /// `NOMAD_SKIP_VERIFY`.
    pub tls_skip_verify: Option<bool>,
    /// `FLEET_DIRECT`, `--direct`: whether what is in a task is asked for straight at its node.
    pub direct: Option<DirectMode>,
}

/// How to reach Consul: the keys of `[contexts.NAME.consul]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsulContext {
    /// `CONSUL_HTTP_ADDR`.
    pub address: Option<String>,
    /// `CONSUL_NAMESPACE`.
    pub namespace: Option<String>,
    /// `CONSUL_PARTITION`.
    pub partition: Option<String>,
    /// `CONSUL_HTTP_TOKEN`; the file must then be readable by its owner alone.
    pub token: Option<String>,
    /// `CONSUL_HTTP_TOKEN_FILE`.
    pub token_file: Option<PathBuf>,
    /// A command that prints the token.
    pub token_cmd: Option<Vec<String>>,
    /// `CONSUL_HTTP_AUTH`; the file must then be readable by its owner alone.
    pub http_auth: Option<String>,
    /// `CONSUL_CACERT`.
    pub ca_cert: Option<PathBuf>,
    /// `CONSUL_CAPATH`.
    pub ca_path: Option<PathBuf>,
    /// `CONSUL_CLIENT_CERT`.
    pub client_cert: Option<PathBuf>,
    /// `CONSUL_CLIENT_KEY`.
    pub client_key: Option<PathBuf>,
    /// `CONSUL_TLS_SERVER_NAME`.
    pub tls_server_name: Option<String>,
    /// The opposite of `CONSUL_HTTP_SSL_VERIFY`.
    pub tls_skip_verify: Option<bool>,
}

impl NomadContext {
    /// Whether an address is one of this cluster's; each is, where none is written down.
    #[must_use]
    pub(super) fn is_at(&self, said: &str) -> bool {
        self.address.is_none() || self.address.iter().chain(&self.failover).any(|own| is_same(own, said))
    }

    /// What counts of it where this address was named: nothing where it is another cluster's, above all no token.
    #[must_use]
    pub(super) fn for_address(&self, said: Option<&str>) -> Cow<'_, Self> {
        match said.is_none_or(|said| self.is_at(said)) {
            true => Cow::Borrowed(self),
            false => Cow::Owned(NomadContext::default()),
        }
    }
}

impl ConsulContext {
    /// As [`NomadContext::is_at`].
    #[must_use]
    pub(super) fn is_at(&self, said: &str) -> bool {
        self.address.as_ref().is_none_or(|own| is_same(own, said))
    }

    /// As [`NomadContext::for_address`].
    #[must_use]
    pub(super) fn for_address(&self, said: Option<&str>) -> Cow<'_, Self> {
        match said.is_none_or(|said| self.is_at(said)) {
            true => Cow::Borrowed(self),
            false => Cow::Owned(ConsulContext::default()),
        }
    }
}

/// Whether two addresses are one, whatever slash they end with.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

impl Context {
    fn holds_secret(&self) -> bool {
        let (nomad, consul) = (&self.nomad, &self.consul);
        [&nomad.token, &nomad.http_auth, &consul.token, &consul.http_auth].into_iter().any(Option::is_some)
    }
}

impl ContextFile {
    /// Reads the file; one that does not exist holds no contexts.
    ///
    /// # Errors
    /// When it cannot be read or parsed, or holds a secret and others may read it.
    pub fn load(env: &Environment) -> Result<Self> {
        let Some(path) = env.config_dir().map(|dir| dir.join(FILE)) else {
            return Ok(ContextFile::default());
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(ContextFile { path: Some(path), contents: Contents::default() });
            }
            Err(e) => {
                let message = format!("could not read the context file {}", path.display());
                return Err(Error::usage(message).because(e.to_string()));
            }
        };
        let file = Self::parse(&path, &text)?;
        if file.contents.contexts.values().any(Context::holds_secret) {
            demand_private(&path)?;
        }
        Ok(file)
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<Self> {
        let contents: Contents = toml::from_str(text).map_err(|e| {
            Error::usage(format!("the context file {} is not valid", path.display())).because(flaw(&e, text))
        })?;
        for (name, context) in &contents.contexts {
            check_tokens(path, name, context)?;
        }
        Ok(ContextFile { path: Some(path.to_owned()), contents })
    }

    /// The context the file itself names as current.
    #[must_use]
    pub fn current(&self) -> Option<&str> {
        self.contents.current.as_deref()
    }

    /// Every context by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Context)> {
        self.contents.contexts.iter().map(|(name, context)| (name.as_str(), context))
    }

    /// The context of that name.
    ///
    /// # Errors
    /// When there is none (3), with the nearest name as a hint.
    pub fn get(&self, name: &str) -> Result<&Context> {
        self.contents.contexts.get(name).ok_or_else(|| {
            let place = self.path.as_ref().map_or_else(String::new, |p| format!(" in {}", p.display()));
            let error = Error::not_found(format!("no such context{place}: {name}"));
            match crate::model::suggest::nearest(name, self.iter().map(|(n, _)| n)) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("fleet context list shows all contexts"),
            }
        })
    }
}

/// What is wrong and where, without the line or the value itself, which may be a secret.
fn flaw(e: &toml::de::Error, text: &str) -> String {
    let words = match e.message().split_once(", expected ") {
        Some((found, expected)) if found.starts_with("invalid ") => format!("expected {expected}"),
        _ => e.message().to_owned(),
    };
    let Some(before) = e.span().and_then(|span| text.get(..span.start)) else { return words };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("line {line}, column {column}: {words}")
}

/// Refuses more than one way to name a token per product, because it would not be plain which one counts.
fn check_tokens(path: &Path, name: &str, context: &Context) -> Result<()> {
    let (n, c) = (&context.nomad, &context.consul);
    let ways = [
        ("nomad", [n.token.is_some(), n.token_file.is_some(), n.token_cmd.is_some()]),
        ("consul", [c.token.is_some(), c.token_file.is_some(), c.token_cmd.is_some()]),
    ];
    for (product, given) in ways {
        if given.into_iter().filter(|&is| is).count() > 1 {
            return Err(Error::usage(format!(
                "context {name:?} in {} names more than one of {product}.token, token_file and token_cmd",
                path.display()
            )));
        }
    }
    Ok(())
}

impl ContextFile {
    /// Whether any context asks for more than to be used: such as to be protected.
    #[must_use]
    pub fn is_guarded(&self) -> bool {
        self.contents
            .contexts
            .values()
            .any(|c| c.protected || c.pin.is_some() || !c.nomad.failover.is_empty())
    }
}

#[cfg(unix)]
fn demand_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let unreadable =
        |e: std::io::Error| Error::usage(format!("could not read {}", path.display())).because(e.to_string());
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let place = path.display();
    Err(Error::usage(format!("{place} holds a secret and others may read it (mode {:03o})", mode & 0o777))
        .hint(format!("run `chmod 600 {place}`, or keep the token elsewhere with token_cmd or token_file")))
}

#[cfg(not(unix))]
fn demand_private(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<ContextFile> {
        ContextFile::parse(Path::new("contexts.toml"), text)
    }

    #[test]
    fn contexts_are_found_by_name_and_near_names_are_offered() {
        let file =
            parse("current = \"prod\"\n[contexts.prod.nomad]\naddress = \"https://n:4646\"\n").unwrap();
        assert_eq!(file.current(), Some("prod"));
        assert_eq!(file.get("prod").unwrap().nomad.address.as_deref(), Some("https://n:4646"));
        let e = file.get("prd").unwrap_err();
        assert_eq!(e.hints(), ["did you mean \"prod\"?"]);
    }

    #[test]
    fn unknown_keys_and_two_tokens_are_errors() {
        assert!(parse("[contexts.a.nomad]\nadress = \"x\"\n").unwrap_err().to_string().contains("adress"));
        let e = parse("[contexts.a.nomad]\ntoken = \"x\"\ntoken_file = \"/y\"\n").unwrap_err();
        assert!(e.to_string().contains("more than one"), "{e}");
    }

    #[test]
    fn what_is_wrong_is_told_without_the_line_it_stands_in() {
        for wrong in [
            "token = \"73578642",
            "token = 73578642",
            "token = 73578642x",
            "token = [\"73578642\"]",
            "token \"73578642\"",
            "token = \"73578642\"\ntoken = \"73578642\"",
            "http_auth = \"me:73578642\\q\"",
            "tls_skip_verify = \"73578642\"",
            "token_cmd = \"echo 73578642\"",
            "token = 'a\"73578642",
        ] {
            let e = parse(&format!("[contexts.a.nomad]\n{wrong}\n")).unwrap_err();
            let told = format!("{e} {:?} {:?}", e.causes(), e.hints());
            assert!(told.contains("line 2") || told.contains("line 3"), "{wrong}: {told}");
            assert!(!told.contains("73578642") && !format!("{e:?}").contains("73578642"), "{wrong}: {told}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([a-z.=\"'\\[\\]{}# \n]|contexts|nomad|token|é){0,30}") {
            drop(parse(&text));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_a_token_must_be_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let env = Environment::from_pairs([("FLEET_CONFIG_DIR", dir.path().to_string_lossy())]);
        let chmod = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        std::fs::write(&path, "[contexts.a.nomad]\ntoken = \"x\"\n").unwrap();
        chmod(0o644);
        assert!(ContextFile::load(&env).unwrap_err().hints()[0].contains("chmod 600"));
        chmod(0o600);
        assert!(ContextFile::load(&env).is_ok());
        std::fs::write(&path, "[contexts.a.nomad]\ntoken_file = \"/x\"\n").unwrap();
        chmod(0o644);
        assert!(ContextFile::load(&env).is_ok());
    }
}
