//! `fleet node intro-token`

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use crate::api::nomad::{node_client, node_pool};
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::model::suggest;
use crate::ui::{Cell, Describe, Detail, duration, duration_text};

/// Make a token by which a new client introduces itself to the servers (Nomad 1.11). It is printed once, here.
///
/// It lets one agent join as a node of the pool, under the name where one is given, until it expires. The servers cut its
/// life to what they allow, 30 minutes unless configured. Give it to the new agent as `intro_token.jwt` in the `client`
/// folder of its data directory, or as NOMAD_CLIENT_INTRO_TOKEN.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node intro-token | ssh c7 'sudo tee /opt/nomad/data/client/intro_token.jwt'
  fleet node intro-token --pool gpu --name c7 --ttl 10m
  fleet node intro-token --pool gpu -o json")]
pub struct Args {
    /// The name the node has to have; any, where none is given.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// The pool the node has to be in.
    #[arg(long, value_name = "POOL", default_value = "default", add = clap_complete::ArgValueCompleter::new(complete::pools))]
    pool: String,

    /// How long it is good; what the servers are configured for, 5 minutes mostly, where it is not said.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Option<Duration>,
}

/// An introduction token that was made.
#[derive(Debug, Serialize)]
struct IntroToken {
    jwt: String,
    node_name: Option<String>,
    #[serde(rename = "node_pool")]
    pool: String,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
}

impl Describe for IntroToken {
    fn describe(&self) -> Detail {
        Detail::new().fields([("pool", Cell::text(&self.pool)), ("expires", Cell::Time(self.expires_at))])
    }
}

/// Makes a token and prints it.
///
/// # Errors
/// Usage (2) for a life of nothing, not found (3) for an unknown pool, which the servers do not check.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    // The servers take a life that is not positive for one without an end.
    if args.ttl.is_some_and(|ttl| ttl.as_millis() == 0) {
        return Err(Error::usage("--ttl has to be longer than nothing"));
    }
    pool_exists(&args.pool, app).await?;
    let nomad = app.nomad()?;
    let name = args.name.as_deref().unwrap_or_default();
    let call = node_client::introduction(name, &args.pool, args.ttl);
    let made = nomad.write(&app.explicit(), &call).await.map_err(|e| {
        if e.is_unknown_call() {
            return Error::failed("the servers make no client introduction tokens")
                .because("all of them have to run Nomad 1.11 or newer");
        }
        e.into()
    })?;
    let claims = made.value.claims();
    let (issued_at, expires_at) =
        claims.map_or((None, None), |claims| (claims.time("iat"), claims.time("exp")));
    tell_its_life(args.ttl, issued_at, expires_at, app);
    let jwt = made.value.jwt.expose_secret().to_owned();
    if !app.printer.is_machine() {
        return app.printer.text(&format!("{jwt}\n"));
    }
    let pool = args.pool.clone();
    app.printer.object(&IntroToken { jwt, node_name: args.name.clone(), pool, issued_at, expires_at })
}

/// Refuses a pool that is not there; a token that may not read pools has to know.
async fn pool_exists(name: &str, app: &App) -> Result<()> {
    if name == "all" {
        return Err(
            Error::usage("no node can be in pool all").because("it stands for the nodes of every pool")
        );
    }
    let nomad = app.nomad()?;
    match nomad.read(&node_pool::get(name)).await {
        Ok(_) => Ok(()),
        Err(e) if e.is_not_found() => {
            let error = Error::not_found(format!("there is no node pool {name:?}"));
            let all = nomad.list(&node_pool::list()).await.map(|reply| reply.value).unwrap_or_default();
            Err(match suggest::nearest(name, all.iter().map(|p| p.name.as_str())) {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint(format!("fleet pool apply {name} makes it")),
            })
        }
        Err(e) if e.is_denied() => {
            app.printer
                .warn(&format!("the token may not read node pool {name}: whether it exists is not known"));
            Ok(())
        }
        Err(e) => Err(e.into()),
    }
}

/// Says until when it is good, and that this is less than was asked for.
fn tell_its_life(asked: Option<Duration>, from: Option<Timestamp>, until: Option<Timestamp>, app: &App) {
    let (Some(from), Some(until)) = (from, until) else {
        return app.printer.warn("the token does not say when it expires");
    };
    let life = Duration::try_from(until.duration_since(from)).unwrap_or_default();
    if asked.is_some_and(|asked| asked > life + Duration::from_secs(1)) {
        let text = format!("the servers allow no longer life than {}", duration_text(life));
        app.printer.warn(&text);
    }
    app.printer.note(&format!("good until {until:.0}; it is a secret and is not shown again"));
}
