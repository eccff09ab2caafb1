//! Making sure of the cluster before anything is asked of it: by which address, and that it is the one that is meant.

use std::time::Duration;

use tokio::time::timeout;

use crate::api::Problem;
use crate::api::http::{Endpoint, Http};
use crate::api::nomad::agent;
use crate::app::App;
use crate::config::{ContextEdit, Lifts, NomadSettings, Origin, Pin, Settings, Sourced};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::redaction::Secrets;

/// An address that does not answer within this time is passed over when there is another.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

impl App {
    /// Chooses the first address of the context that answers, and refuses a cluster that it is not pinned to. Asks nothing of a
    /// cluster whose context has neither.
    ///
    /// # Errors
    /// Unreachable (5) when no address answers, refused (7) when another cluster does.
    pub async fn reach(&self) -> Result<()> {
        let settings = self.settings()?;
        if !settings.nomad.failover.is_empty() {
            let chosen = self.answering(settings).await?;
            self.choose_address(chosen);
        }
        match &settings.pin {
            Some(pin) => self.identify(settings, pin).await,
            None => Ok(()),
        }
    }

    /// The first address that answers, whatever it answers.
    async fn answering(&self, settings: &Settings) -> Result<Sourced<String>> {
        let further = settings.nomad.failover.iter().map(|address| {
            let name = settings.context.as_ref().map_or_else(String::new, |c| c.value.clone());
            Sourced::new(address.clone(), Origin::Context { name, key: "nomad.failover" })
        });
        let mut silent = Vec::new();
        for address in std::iter::once(settings.nomad.address.clone()).chain(further) {
            let http = Http::new(stranger(tokenless(settings).endpoint_at(&address)?));
            let why = match timeout(ANSWERS_WITHIN, http.read(&agent::leader())).await {
                Ok(Err(e)) if matches!(e.problem, Problem::Connect | Problem::Timeout) => e.text,
                Ok(_) => {
                    if !silent.is_empty() {
                        let shown = Secrets::default().clean(&address.value);
                        self.printer.warn(&format!("{}; asking {shown}", silent.join("; ")));
                    }
                    return Ok(address);
                }
                Err(_) => format!("no answer within {} s", ANSWERS_WITHIN.as_secs()),
            };
            silent.push(format!("{} does not answer ({why})", Secrets::default().clean(&address.value)));
        }
        let error = Error::new(ExitCode::Unreachable, "no address of the context answers");
        Err(silent.into_iter().fold(error, Error::because))
    }

    /// Compares the cluster's keys with those that are known. Keys change with time: one that is known is enough, and the new ones
    /// are remembered.
    async fn identify(&self, settings: &Settings, pin: &Pin) -> Result<()> {
        let keys = self.cluster_keys().await?;
        let name = settings.context.as_ref().map_or("", |c| c.value.as_str());
        if !keys.iter().any(|key| pin.keys.contains(key)) {
            let address = self.nomad()?.address().to_owned();
            return Err(Error::refused(format!("the cluster at {address} is not the one that context {name} is pinned to"))
                .because("none of its keys is known: the address leads elsewhere, or all keys were replaced since the last time")
                .hint(format!("when it is the right one: `fleet context edit {name} --pin`")));
        }
        if keys != pin.keys
            && let Ok(mut edit) = ContextEdit::open(&self.env)
        {
            edit.set(name, "pin.keys", keys.into_iter().collect::<toml_edit::Array>());
            // Where it cannot be written the next run compares with the older ones.
            drop(edit.save());
        }
        Ok(())
    }

    /// Asks for the context's name where it is protected and that is not lifted.
    ///
    /// # Errors
    /// Refused (7) when it is not typed, or there is nobody to ask.
    pub async fn confirm_protected(&self, what: &str) -> Result<()> {
        let settings = self.settings()?;
        let Some(context) = settings.context.as_ref().filter(|_| settings.protected) else { return Ok(()) };
        let name = &context.value;
        if Lifts::load(&self.env).until(name, self.clock().now()).is_some() {
            return Ok(());
        }
        let told = format!("context {name} is protected, and {what} may change something there");
        if !self.printer.may_ask() {
            return Err(Error::refused(told)
                .because("there is nobody to ask")
                .hint(format!("for a while: `fleet context lift {name} --for 15m --confirm {name}`")));
        }
        self.printer.warn(&told);
        self.confirm_by_name(None, "context", name).await.map(drop)
    }

    /// The ids of the keys that the cluster signs with, sorted. No token goes there before it is known who asks.
    ///
    /// # Errors
    /// When it does not tell them.
    pub async fn cluster_keys(&self) -> Result<Vec<String>> {
        let http = Http::new(stranger(self.nomad_endpoint(&tokenless(self.settings()?))?));
        let told = http.read(&agent::public_keys()).await;
        let told = told.map_err(|e| match e.is_not_found() {
            true => Error::refused("the cluster tells no keys by which it could be recognized")
                .because("Nomad does from 1.7 on"),
            false => Error::from(e),
        })?;
        let mut keys: Vec<String> = told.value.keys.into_iter().map(|key| key.kid).collect();
        keys.sort();
        if keys.is_empty() {
            return Err(Error::failed("the cluster has no keys by which it could be recognized"));
        }
        Ok(keys)
    }
}

/// The settings without the token, which is not even fetched.
fn tokenless(settings: &Settings) -> NomadSettings {
    NomadSettings { token: None, ..settings.nomad.clone() }
}

/// Without anything that is only for the cluster that is meant.
fn stranger(endpoint: Endpoint) -> Endpoint {
    Endpoint { token: None, basic: None, ..endpoint }
}
