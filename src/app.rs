//! What a verb is handed: settings, lazily built clients, the printer, the clock, and the say over writing.

mod reach;

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::Error as ApiError;
use crate::api::http::{AskedNode, Endpoint, Http, SlowAnswers};
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::permission::{Grant, Permission};
use crate::clock::SharedClock;
use crate::config::{ConnectionFlags, ContextFile, Environment, NomadSettings, Settings, Sourced};
use crate::error::{Error, Result};
use crate::interrupts::Interrupts;
use crate::model::redaction::Secrets;
use crate::ops::direct::Routes;
use crate::ui::{Printer, WaitingNote};

/// Whoever watches the clock has this time more to say how it stood.
const GRACE: Duration = Duration::from_secs(2);

/// What a verb is handed: settings, clients, the printer, the clock and the interrupts of one run.
#[derive(Debug)]
pub struct App {
    /// Writes results, notes and errors.
    pub printer: Arc<Printer>,
    /// The environment of the run.
    pub env: Environment,
    /// Reports Ctrl-C and termination.
    pub interrupts: Interrupts,
    clock: ClockDebug,
    flags: ConnectionFlags,
    settings: OnceCell<Settings>,
    /// The address that was chosen among several.
    address: OnceCell<Sourced<String>>,
    nomad: OnceCell<Http>,
    consul: OnceCell<Option<Http>>,
    /// Whether the run is a preview: then its clients send no change.
    preview: bool,
    /// The ways straight to nodes that were tried.
    pub routes: Routes,
}

/// By hand, because a clock has no `Debug`.
struct ClockDebug(SharedClock);

impl std::fmt::Debug for ClockDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl App {
    /// An app for a run; settings and clients are made when first used.
    #[must_use]
    pub fn new(
        printer: Arc<Printer>,
        env: Environment,
        flags: ConnectionFlags,
        clock: SharedClock,
        interrupts: Interrupts,
    ) -> Self {
        App {
            printer,
            env,
            interrupts,
            clock: ClockDebug(clock),
            flags,
            settings: OnceCell::new(),
            address: OnceCell::new(),
            nomad: OnceCell::new(),
            consul: OnceCell::new(),
            preview: false,
            routes: Routes::default(),
        }
    }

    /// The same app for a preview, where it is one: no change is ever sent, whatever a verb does.
    #[must_use]
    pub fn as_preview(self, preview: bool) -> Self {
        App { preview, ..self }
    }

    /// The same app with another environment; its settings and clients are made anew.
    #[must_use]
    pub fn with_env(&self, env: Environment) -> Self {
        let (printer, clock) = (Arc::clone(&self.printer), Arc::clone(self.clock()));
        App::new(printer, env, self.flags.clone(), clock, self.interrupts.clone()).as_preview(self.preview)
    }

    /// The same app for another region; its settings and clients are made anew.
    #[must_use]
    pub fn with_region(&self, region: &str) -> Self {
        let (printer, clock) = (Arc::clone(&self.printer), Arc::clone(self.clock()));
        let flags = ConnectionFlags { region: Some(region.to_owned()), ..self.flags.clone() };
        let app = App::new(printer, self.env.clone(), flags, clock, self.interrupts.clone());
        App { address: self.address.clone(), ..app }.as_preview(self.preview)
    }

    /// The same app for a context that is named, as --context names it: nothing of another cluster in the environment goes before it.
    #[must_use]
    pub fn for_context(&self, name: &str) -> Self {
        let flags = ConnectionFlags { context: Some(name.to_owned()), ..ConnectionFlags::default() };
        let (printer, clock) = (Arc::clone(&self.printer), Arc::clone(self.clock()));
        App::new(printer, self.env.clone(), flags, clock, self.interrupts.clone()).as_preview(self.preview)
    }

    /// The connection options as they were given.
    #[must_use]
    pub fn connection(&self) -> &ConnectionFlags {
        &self.flags
    }

    /// The address of Nomad that is used.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn nomad_address(&self) -> Result<&Sourced<String>> {
        let settings = self.settings()?;
        Ok(self.address.get().unwrap_or(&settings.nomad.address))
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.clock.0
    }

    /// The settings; read the first time.
    ///
    /// # Errors
    /// When the context file is no good, or the chosen context does not exist.
    pub fn settings(&self) -> Result<&Settings> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let settings = Settings::resolve(&self.flags, &self.env, &self.contexts()?)?;
        for (variable, key) in &settings.overridden {
            let context = settings.context.as_ref().map_or("", |context| context.value.as_str());
            self.printer.warn(&format!(
                "{variable} in the environment overrides {key} of the context; --context {context} goes before it"
            ));
        }
        for (key, said) in &settings.withheld {
            let context = settings.context.as_ref().map_or("", |context| context.value.as_str());
            let said = Secrets::default().clean(said);
            self.printer.warn(&format!(
                "{key} of context {context} is not sent to {said}, which is no address of it"
            ));
        }
        if let Some(context) = settings.context.as_ref().filter(|_| !settings.set_aside.is_empty()) {
            let variables = settings.set_aside.join(", ");
            tracing::info!(target: "fleet", "--context {} goes before the environment: {variables} not used", context.value);
        }
        let Sourced { value, origin } = &settings.nomad.address;
        tracing::info!(target: "fleet", "Nomad at {} ({origin})", Secrets::default().clean(value));
        Ok(self.settings.get_or_init(|| settings))
    }

    /// The context file.
    ///
    /// # Errors
    /// When it is no good.
    pub fn contexts(&self) -> Result<ContextFile> {
        ContextFile::load(&self.env)
    }

    /// The client of Nomad.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn nomad(&self) -> Result<&Http> {
        if let Some(client) = self.nomad.get() {
            return Ok(client);
        }
        let endpoint = self.nomad_endpoint(&self.settings()?.nomad)?;
        let client = self.client(endpoint);
        Ok(self.nomad.get_or_init(|| client))
    }

    /// Where Nomad is asked.
    fn nomad_endpoint(&self, settings: &NomadSettings) -> Result<Endpoint> {
        settings.endpoint_at(self.address.get().unwrap_or(&settings.address))
    }

    fn choose_address(&self, address: Sourced<String>) {
        drop(self.address.set(address));
    }

    /// The client of Consul; none when no address was given, because Consul is optional.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn consul(&self) -> Result<Option<&Http>> {
        if let Some(client) = self.consul.get() {
            return Ok(client.as_ref());
        }
        let endpoint = self.settings()?.consul.endpoint()?;
        let client = endpoint.map(|endpoint| self.client(endpoint));
        Ok(self.consul.get_or_init(|| client).as_ref())
    }

    /// Ends every request when this time is over, a moment after whoever watches the clock has ended by himself: a server that
    /// trickles its answer does not hold up a verb that may take so long and no longer.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn bound(&self, limit: Option<Duration>) -> Result<()> {
        let Some(limit) = limit else { return Ok(()) };
        let deadline = Instant::now() + limit + GRACE;
        self.nomad()?.end_at(deadline);
        if let Some(consul) = self.consul()? {
            consul.end_at(deadline);
        }
        Ok(())
    }

    fn client(&self, endpoint: Endpoint) -> Http {
        let client = Http::told(endpoint, Some(self.slow_answers()));
        if self.preview {
            client.only_read();
        }
        client
    }

    fn slow_answers(&self) -> Arc<dyn SlowAnswers> {
        Arc::new(Answers {
            note: WaitingNote::on(Arc::clone(&self.printer)),
            interrupts: self.interrupts.clone(),
        })
    }

    /// The namespace a list looks at: the one that was named, else all that the token may read.
    ///
    /// # Errors
    /// When the settings are no good.
    pub fn list_namespace(&self) -> Result<&str> {
        Ok(self.settings()?.nomad.namespace.as_ref().map_or(ALL_NAMESPACES, |n| n.value.as_str()))
    }

    /// Asks whether to go on, after the plan was shown: the only way to a permission for what cannot be taken back.
    ///
    /// # Errors
    /// Refused (7) when the answer is no, or there is nobody to ask and no `--yes`.
    pub async fn confirm(&self, yes: bool, question: &str) -> Result<Permission> {
        if yes {
            return Ok(Permission::granted(Grant::YesFlag));
        }
        if self.printer.confirm(question.to_owned()).await? {
            Ok(Permission::granted(Grant::Confirmed))
        } else {
            Err(Error::refused("not confirmed; nothing was changed"))
        }
    }

    /// Asks for the name of what is about to be replaced or lost, after the plan was shown; `given` is the name on the
    /// command line.
    ///
    /// # Errors
    /// Refused (7) when another name is given, or there is nobody to ask.
    pub async fn confirm_by_name(&self, given: Option<&str>, noun: &str, name: &str) -> Result<Permission> {
        let (typed, grant) = match given {
            Some(given) => (given.to_owned(), Grant::YesFlag),
            None => {
                let question = format!("Type the name of the {noun} to go on");
                (self.printer.line(question).await?, Grant::Confirmed)
            }
        };
        if typed.trim() == name {
            return Ok(Permission::granted(grant));
        }
        Err(Error::refused(format!("{:?} is not the name of the {noun}; nothing was changed", typed.trim())))
    }

    /// Permission for a verb that is itself the decision and can be taken back by its counterpart.
    #[must_use]
    pub fn explicit(&self) -> Permission {
        Permission::granted(Grant::Explicit)
    }
}

/// Tells of answers that take long, and keeps which changes have none yet for whoever ends the run.
#[derive(Debug)]
struct Answers {
    note: WaitingNote,
    interrupts: Interrupts,
}

impl SlowAnswers for Answers {
    fn after(&self) -> Duration {
        self.note.after()
    }

    fn waiting(&self, url: &str) {
        self.note.waiting(url);
    }

    fn trying_again(&self, why: &str) {
        self.note.trying_again(why);
    }

    fn waiting_for_node(&self, node: &AskedNode, why: Option<&str>) {
        self.note.waiting_for_node(node, why);
    }

    fn unanswered(&self, purpose: &str, url: &str) {
        self.note.unanswered(purpose, url);
    }

    fn asked(&self, lost: ApiError) -> u64 {
        self.interrupts.asked(lost.into())
    }

    fn answered(&self, number: u64) {
        self.interrupts.answered(number);
    }
}
