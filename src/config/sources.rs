//! The lookups below the flags.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::config::{Environment, Origin, Sourced, TokenSource};

/// The sources below the flags: the environment, then the context of this name.
pub(super) struct Sources<'a> {
    pub(super) env: &'a Environment,
    pub(super) name: &'a str,
}

impl Sources<'_> {
    pub(super) fn text(
        &self,
        (flag, flag_name): (&Option<String>, &'static str),
        variable: &'static str,
        (context, key): (&Option<String>, &'static str),
    ) -> Option<Sourced<String>> {
        let flag = flag.clone().map(|v| Sourced::new(v, Origin::Flag(flag_name)));
        let env = || self.env.get(variable).map(|v| Sourced::new(v.to_owned(), Origin::Env(variable)));
        flag.or_else(env).or_else(|| self.context(context.clone().map(|v| (v, key))))
    }

    pub(super) fn path(
        &self,
        (flag, flag_name): (&Option<PathBuf>, &'static str),
        variable: &'static str,
        (context, key): (&Option<PathBuf>, &'static str),
    ) -> Option<Sourced<PathBuf>> {
        let flag = flag.clone().map(|v| Sourced::new(v, Origin::Flag(flag_name)));
        let env = || self.env.get(variable).map(|v| Sourced::new(PathBuf::from(v), Origin::Env(variable)));
        flag.or_else(env).or_else(|| self.context(context.clone().map(|v| (v, key))))
    }

    pub(super) fn switch(
        &self,
        (flag, flag_name): (bool, &'static str),
        variable: Option<Sourced<bool>>,
        (context, key): (Option<bool>, &'static str),
    ) -> Option<Sourced<bool>> {
        let flag = flag.then(|| Sourced::new(true, Origin::Flag(flag_name)));
        flag.or(variable).or_else(|| self.context(context.map(|v| (v, key))))
    }

    pub(super) fn context<T>(&self, value: Option<(T, &'static str)>) -> Option<Sourced<T>> {
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
