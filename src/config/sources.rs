//! The lookups below the flags.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum as _;
use secrecy::SecretString;

use crate::config::contexts::is_same;
use crate::config::{DirectMode, Environment, Origin, Sourced, TokenSource};

/// The sources below the flags: the environment, then the context of this name; where `--context` named it, the context first.
pub(super) struct Sources<'a> {
    pub(super) env: Cow<'a, Environment>,
    pub(super) name: &'a str,
    /// Whether `--context` named the context: what is said on the command line goes before the environment.
    pub(super) explicit: bool,
    /// Variables that would have been used, had no context been named by `--context`.
    set_aside: RefCell<BTreeSet<String>>,
}

impl<'a> Sources<'a> {
    /// The sources of one product's settings. `prefix` begins its variables; `address` is its address in the context and the
    /// variable that stands for it. Variables that belong with another address than that of the context `--context` named are not
    /// looked at: a token of one cluster is not shown to another.
    pub(super) fn new(
        env: &'a Environment,
        name: &'a str,
        explicit: bool,
        prefix: &str,
        (address, variable): (Option<&str>, &'static str),
    ) -> Self {
        let of_another = match (address, env.get(variable)) {
            (Some(own), Some(exported)) => explicit && !is_same(own, exported),
            _ => false,
        };
        let foreign = |name: &str| of_another && name.starts_with(prefix);
        let set_aside = env.iter().map(|(name, _)| name).filter(|name| foreign(name) && is_connection(name));
        let set_aside = RefCell::new(set_aside.map(str::to_owned).collect());
        let env = match of_another {
            true => Cow::Owned(Environment::from_pairs(env.iter().filter(|(name, _)| !foreign(name)))),
            false => Cow::Borrowed(env),
        };
        Sources { env, name, explicit, set_aside }
    }

    /// The variables that were set aside for the context.
    pub(super) fn set_aside(self) -> impl Iterator<Item = String> {
        self.set_aside.into_inner().into_iter()
    }

    /// What the environment and the context say of one setting, in their order.
    fn below<T>(
        &self,
        variable: Option<Sourced<T>>,
        context: Option<(T, &'static str)>,
    ) -> Option<Sourced<T>> {
        let context = self.context(context);
        if !self.explicit {
            return variable.or(context);
        }
        if let (Some(Sourced { origin: Origin::Env(name), .. }), Some(_)) = (&variable, &context) {
            self.set_aside.borrow_mut().insert((*name).to_owned());
        }
        context.or(variable)
    }

    pub(super) fn text(
        &self,
        (flag, flag_name): (&Option<String>, &'static str),
        variable: &'static str,
        (context, key): (&Option<String>, &'static str),
    ) -> Option<Sourced<String>> {
        let flag = flag.clone().map(|v| Sourced::new(v, Origin::Flag(flag_name)));
        let env = self.env.get(variable).map(|v| Sourced::new(v.to_owned(), Origin::Env(variable)));
        flag.or_else(|| self.below(env, context.clone().map(|v| (v, key))))
    }

    pub(super) fn path(
        &self,
        (flag, flag_name): (&Option<PathBuf>, &'static str),
        variable: &'static str,
        (context, key): (&Option<PathBuf>, &'static str),
    ) -> Option<Sourced<PathBuf>> {
        let flag = flag.clone().map(|v| Sourced::new(v, Origin::Flag(flag_name)));
        let env = self.env.get(variable).map(|v| Sourced::new(PathBuf::from(v), Origin::Env(variable)));
        flag.or_else(|| self.below(env, context.clone().map(|v| (v, key))))
    }

    pub(super) fn switch(
        &self,
        (flag, flag_name): (bool, &'static str),
        variable: Option<Sourced<bool>>,
        (context, key): (Option<bool>, &'static str),
    ) -> Option<Sourced<bool>> {
        let flag = flag.then(|| Sourced::new(true, Origin::Flag(flag_name)));
        flag.or_else(|| self.below(variable, context.map(|v| (v, key))))
    }

    pub(super) fn token(
        &self,
        variable: Option<Sourced<TokenSource>>,
        context: Option<(TokenSource, &'static str)>,
    ) -> Option<Sourced<TokenSource>> {
        self.below(variable, context)
    }

    /// Basic authentication, `user:password`.
    pub(super) fn basic(
        &self,
        variable: &'static str,
        (context, key): (&Option<String>, &'static str),
    ) -> Option<Sourced<SecretString>> {
        let context = context.clone().map(|auth| (SecretString::from(auth), key));
        self.below(self.secret(variable), context)
    }

    /// Whether nodes are asked straight. It says nothing of which cluster, so the environment's word goes first.
    pub(super) fn direct(
        &self,
        variable: &'static str,
        (context, key): (Option<DirectMode>, &'static str),
    ) -> Option<Sourced<DirectMode>> {
        let text = self.env.get(variable);
        let mode = text.and_then(|text| DirectMode::from_str(text, false).ok());
        let mode = mode.map(|mode| Sourced::new(mode, Origin::Env(variable)));
        mode.or_else(|| self.context(context.map(|mode| (mode, key))))
    }

    fn context<T>(&self, value: Option<(T, &'static str)>) -> Option<Sourced<T>> {
        value.map(|(value, key)| Sourced::new(value, Origin::Context { name: self.name.to_owned(), key }))
    }

    pub(super) fn secret(&self, variable: &'static str) -> Option<Sourced<SecretString>> {
        self.env.get(variable).map(|v| Sourced::new(SecretString::from(v), Origin::Env(variable)))
    }

    /// The file wins over the variable unless it is empty; a missing file is an error, met when it is fetched
    /// (`consul-api.md §1`).
    pub(super) fn consul_token(&self) -> Option<Sourced<TokenSource>> {
        let file = self.env.get("CONSUL_HTTP_TOKEN_FILE").map(PathBuf::from);
        let file = file.map(|f| Sourced::new(TokenSource::File(f), Origin::Env("CONSUL_HTTP_TOKEN_FILE")));
        let literal = || self.secret("CONSUL_HTTP_TOKEN").map(|s| s.map(TokenSource::Literal));
        match file {
            Some(file) if matches!(file.value.fetch(), Ok(None)) => literal(),
            Some(file) => Some(file),
            None => literal(),
        }
    }

    /// A boolean as Go parses it; one that it cannot parse counts as unset, as it does for `nomad` and `consul`.
    pub(super) fn go_bool(&self, variable: &'static str) -> Option<Sourced<bool>> {
        let value = match self.env.get(variable)? {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
            "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
            _ => return None,
        };
        Some(Sourced::new(value, Origin::Env(variable)))
    }
}

/// Whether a variable says how a cluster is reached: others of these prefixes are a job's variables and metadata.
fn is_connection(variable: &str) -> bool {
    !["NOMAD_VAR_", "NOMAD_META_", "NOMAD_CLI_"].iter().any(|other| variable.starts_with(other))
}
