//! `fleet operator gossip-keyring list`, `generate`, `install`, `use` and `remove`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::api::http::Http;
use crate::api::nomad::agent::{self, GossipKeyAct, GossipKeys};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::hex;
use crate::model::words;
use crate::ops::{jobfile, random};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Verbs on the keys that the servers' gossip is encrypted with. A key is told by the beginning of its SHA-256, never itself.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Generate(GenerateArgs),
    Install(InstallArgs),
    List(ListArgs),
    Remove(RemoveArgs),
    Use(UseArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Generate(_) => {
                app.printer.text(&format!("{}\n", STANDARD.encode(random::bytes::<32>()?)))
            }
            Command::Install(args) => install(&args, app).await,
            Command::List(_) => show(app, &read(app.nomad()?).await?),
            Command::Remove(args) => remove(&args, app).await,
            Command::Use(args) => take_up(&args, app).await,
        }
    }
}

/// List the gossip keys, and how many servers have each.
///
/// Every server is asked, and one that does not answer fails it. Needs `agent { policy = "write" }`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator gossip-keyring list
  fleet operator gossip-keyring list -o json")]
pub struct ListArgs {}

/// Print a new gossip key, for `install` and for `encrypt` in the configuration of servers. The cluster is not asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator gossip-keyring generate
  fleet operator gossip-keyring install gossip.key")]
pub struct GenerateArgs {}

/// Have every server understand a further gossip key. It is used only after `use`.
///
/// The configuration of the servers keeps the old one: change `encrypt` there before a server is set up anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator gossip-keyring install gossip.key
  fleet operator gossip-keyring generate | tee gossip.key | fleet operator gossip-keyring install -")]
pub struct InstallArgs {
    /// The file with the key in base64; `-` for stdin. It is kept out of the command line, which others see.
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: String,
}

/// Have every server encrypt its gossip with an installed key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator gossip-keyring use 3f9a11c0
  fleet operator gossip-keyring use 3f9a11c0 --yes")]
pub struct UseArgs {
    /// The key, by the beginning of its fingerprint.
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Have every server forget a gossip key. The one that is used cannot be removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator gossip-keyring remove 3f9a11c0
  fleet operator gossip-keyring remove 3f9a11c0 --yes")]
pub struct RemoveArgs {
    /// The key, by the beginning of its fingerprint.
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A gossip key.
#[derive(Debug, Serialize)]
struct GossipKeyRow {
    /// The SHA-256 of the key.
    fingerprint: String,
    /// How many servers have it.
    servers_with_it: u64,
    servers: u64,
}

impl Tabular for GossipKeyRow {
    const COLUMNS: &'static [Column] = &[column("FINGERPRINT").whole(), column("SERVERS").right()];

    fn cells(&self) -> Vec<Cell> {
        let tone = if self.servers_with_it == self.servers { Tone::Good } else { Tone::Warn };
        let counted = format!("{} of {}", self.servers_with_it, self.servers);
        vec![Cell::Id(self.fingerprint.clone()), Cell::toned(counted, tone)]
    }
}

/// What a key is told by.
fn fingerprint(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

/// Whether this is a key: 16, 24 or 32 bytes in base64.
fn is_key(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| matches!(bytes.len(), 16 | 24 | 32))
}

/// The keys, as every server answers.
async fn read(nomad: &Http) -> Result<GossipKeys> {
    nomad.read(&agent::gossip_keys()).await.map(|reply| reply.value).map_err(explained)
}

/// The servers' own words say how many of them failed, and not why.
fn explained(error: crate::api::Error) -> Error {
    let text = error.to_string();
    let error = Error::from(error);
    if text.contains("reported success") {
        error
            .because("every server has to answer, and one that is away does not")
            .hint("`fleet server list` shows which one is away")
    } else if text.contains("reported failure") {
        error.because("it is so where gossip is not encrypted: a server without `encrypt` in its configuration has no keys")
    } else {
        error
    }
}

fn show(app: &App, keys: &GossipKeys) -> Result<()> {
    let row = |(key, servers_with_it): (&String, &u64)| GossipKeyRow {
        fingerprint: fingerprint(key),
        servers_with_it: *servers_with_it,
        servers: keys.num_nodes,
    };
    let rows: Vec<GossipKeyRow> = keys.keys.iter().map(row).collect();
    app.printer.list(&rows, "no gossip keys")
}

/// The key that is meant.
fn find<'a>(keys: &'a GossipKeys, text: &str) -> Result<&'a str> {
    let fits = |key: &&String| fingerprint(key).starts_with(&text.to_ascii_lowercase());
    let found: Vec<&String> = keys.keys.keys().filter(fits).collect();
    match found[..] {
        [key] => Ok(key),
        // A key itself is not repeated in a message.
        [] if is_key(text) => {
            Err(Error::usage("that is a key, which everybody saw in the list of processes").hint(format!(
                "a key is told by its fingerprint; that of this one begins with {}",
                &fingerprint(text)[..8]
            )))
        }
        [] => Err(Error::not_found(format!("there is no gossip key with the fingerprint {text:?}"))
            .hint("`fleet operator gossip-keyring list` shows the keys there are")),
        _ => Err(Error::usage(format!("{text:?} fits {} gossip keys", found.len()))),
    }
}

async fn install(args: &InstallArgs, app: &App) -> Result<()> {
    if is_key(&args.file) {
        return Err(Error::usage("that is a key, and everybody saw it in the list of processes").hint(
            "a key stands in a file, or comes by stdin: `fleet operator gossip-keyring install FILE`",
        ));
    }
    let text = jobfile::read(&args.file).await?;
    let key = text.trim();
    if !is_key(key) {
        return Err(Error::usage(format!("{} holds no gossip key", args.file))
            .because("a key is 16, 24 or 32 bytes in base64")
            .hint("`fleet operator gossip-keyring generate` makes one"));
    }
    let nomad = app.nomad()?;
    change(nomad, &app.explicit(), GossipKeyAct::Install, key).await?;
    let now = read(nomad).await?;
    let has_it = now.keys.get(key).copied().unwrap_or_default();
    if has_it < now.num_nodes {
        return Err(Error::failed(format!(
            "only {has_it} of {} has the key {}",
            words::count(usize::try_from(now.num_nodes).unwrap_or(usize::MAX), "server"),
            &fingerprint(key)[..8]
        )));
    }
    show(app, &now)
}

async fn take_up(args: &UseArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let keys = read(nomad).await?;
    let key = find(&keys, &args.fingerprint)?;
    let has_it = keys.keys.get(key).copied().unwrap_or_default();
    if has_it < keys.num_nodes {
        return Err(Error::refused(format!("only {has_it} of {} servers have the key", keys.num_nodes))
            .because("those without it would not understand the others")
            .hint("`fleet operator gossip-keyring install FILE` installs it on all of them"));
    }
    let question = format!("Encrypt the gossip with the key {}?", &fingerprint(key)[..8]);
    let permission = app.confirm(args.yes, &question).await?;
    change(nomad, &permission, GossipKeyAct::Use, key).await?;
    app.printer.note(&format!("every server encrypts with {} now", &fingerprint(key)[..8]));
    show(app, &read(nomad).await?)
}

async fn remove(args: &RemoveArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let keys = read(nomad).await?;
    let key = find(&keys, &args.fingerprint)?;
    let short = fingerprint(key)[..8].to_owned();
    if keys.keys.len() == 1 {
        return Err(Error::refused(format!("{short} is the only gossip key, so it is in use")));
    }
    let permission =
        app.confirm(args.yes, &format!("Have every server forget the gossip key {short}?")).await?;
    change(nomad, &permission, GossipKeyAct::Remove, key).await.map_err(|error| {
        error
            .because("the key in use cannot be removed")
            .hint("`fleet operator gossip-keyring use` takes another one up")
    })?;
    let now = read(nomad).await?;
    if now.keys.contains_key(key) {
        return Err(Error::failed(format!(
            "the gossip key {short} is still there, although the servers said so"
        )));
    }
    show(app, &now)
}

/// Does something with a key on every server. Each of these acts is the same when it is done again.
async fn change(
    nomad: &Http,
    permission: &crate::api::Permission,
    act: GossipKeyAct,
    key: &str,
) -> Result<()> {
    let told = nomad.write(permission, &agent::change_gossip_key(act, key)).await.map_err(|e| {
        let ambiguous = e.is_ambiguous();
        let error = Error::from(e);
        if ambiguous {
            error.hint("whether it was done is not known; the same command does it again")
        } else {
            error
        }
    })?;
    match told.value.messages.into_iter().next() {
        None => Ok(()),
        Some((server, why)) => Err(Error::failed(format!("server {server} did not do it")).because(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_fingerprint_and_never_shown() {
        let one = "BN+DiWEA6tg5C1wgM5Zj8GwNDpT818mxNPJZc5d4osg=".to_owned();
        let keys = GossipKeys {
            keys: [(one.clone(), 3), ("wWE6Rw98lp47+zOFEOIEE6946JSD97kkVqDWxOCARTY=".to_owned(), 2)].into(),
            num_nodes: 3,
            ..GossipKeys::default()
        };
        let print = fingerprint(&one);
        assert_eq!(print.len(), 64);
        assert_eq!(find(&keys, &print[..8]).unwrap(), one);
        assert_eq!(find(&keys, &print[..8].to_uppercase()).unwrap(), one);
        assert_eq!(find(&keys, "").unwrap_err().code(), crate::exit_code::ExitCode::Usage);
        // A key itself names none: it would stand on a command line. It is not repeated.
        let told = find(&keys, &one).unwrap_err();
        assert!(
            told.code() == crate::exit_code::ExitCode::Usage && !told.to_string().contains(&one),
            "{told}"
        );
        assert!(told.hints()[0].ends_with(&print[..8]), "{:?}", told.hints());
        assert_eq!(find(&keys, "abcdef").unwrap_err().code(), crate::exit_code::ExitCode::NotFound);
    }
}
