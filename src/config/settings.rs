//! What all the sources say together: flags over environment over context over default. A context that `--context` names is
//! said on the command line, and goes before the environment as other flags do.

use std::path::PathBuf;

use clap::ValueEnum as _;
use secrecy::SecretString;

use crate::api::http::{Address, BasicAuth, Endpoint, Product, TlsOptions};
use crate::config::sources::Sources;
use crate::config::{
    ConnectionFlags, ConsulContext, Context, ContextFile, DirectMode, Environment, NomadContext, Origin, Pin,
    Sourced, TokenSource,
};
use crate::error::{Error, Result};

/// The variable that says whether what is in a task is asked for straight at its node, as `--direct` does.
const DIRECT: &str = "FLEET_DIRECT";

/// The resolved settings of one run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The context in force, and who chose it.
    pub context: Option<Sourced<String>>,
    /// How to reach Nomad.
    pub nomad: NomadSettings,
    /// How to reach Consul; its address is absent unless it was given.
    pub consul: ConsulSettings,
    /// Whether the context is protected from changes.
    pub protected: bool,
    /// The cluster that the context is pinned to; none where its address is not used.
    pub pin: Option<Pin>,
    /// Settings of the context that the environment overrides. Worth a warning: the two may be different clusters.
    pub overridden: Vec<(&'static str, &'static str)>,
    /// Tokens of the context that are not sent, each with the address that is asked instead of the context's: a token of one
    /// cluster is not shown to another.
    pub withheld: Vec<(&'static str, String)>,
    /// Variables of the environment that are not used, because `--context` names a context that says otherwise, or whose
    /// cluster is another than theirs.
    pub set_aside: Vec<String>,
}

/// How to reach Nomad.
#[derive(Debug, Clone)]
pub struct NomadSettings {
    /// The address.
    pub address: Sourced<String>,
    /// Further addresses of the same cluster; none unless the address is the context's.
    pub failover: Vec<String>,
    /// The region to ask.
    pub region: Option<Sourced<String>>,
    /// The one namespace to look at.
    pub namespace: Option<Sourced<String>>,
    /// Where the token is kept.
    pub token: Option<Sourced<TokenSource>>,
    /// Basic authentication, `user:password`.
    pub http_auth: Option<Sourced<SecretString>>,
    /// TLS settings.
    pub tls: TlsSettings,
    /// Whether what is in a task is asked for straight at its node, where no flag says so.
    pub direct: Sourced<DirectMode>,
}

/// How to reach Consul.
#[derive(Debug, Clone)]
pub struct ConsulSettings {
    /// The address; none when not given, because Consul is optional.
    pub address: Option<Sourced<String>>,
    /// The namespace (Enterprise).
    pub namespace: Option<Sourced<String>>,
    /// The admin partition (Enterprise).
    pub partition: Option<Sourced<String>>,
    /// Where the token is kept.
    pub token: Option<Sourced<TokenSource>>,
    /// Basic authentication, `user:password`.
    pub http_auth: Option<Sourced<SecretString>>,
    /// Whether an address without TLS is spoken to with TLS all the same (`CONSUL_HTTP_SSL`).
    pub ssl: Option<Sourced<bool>>,
    /// TLS settings.
    pub tls: TlsSettings,
}

/// TLS settings, each with its origin.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// PEM file of authorities.
    pub ca_cert: Option<Sourced<PathBuf>>,
    /// Directory of PEM files of authorities.
    pub ca_path: Option<Sourced<PathBuf>>,
    /// PEM file of the client's certificate.
    pub client_cert: Option<Sourced<PathBuf>>,
    /// PEM file of the client's key.
    pub client_key: Option<Sourced<PathBuf>>,
    /// The name to verify.
    pub server_name: Option<Sourced<String>>,
    /// Whether any certificate is accepted.
    pub skip_verify: Option<Sourced<bool>>,
}

impl TlsSettings {
    fn options(&self) -> TlsOptions {
        let value = |s: &Option<Sourced<PathBuf>>| s.as_ref().map(|s| s.value.clone());
        TlsOptions {
            ca_cert: value(&self.ca_cert),
            ca_path: value(&self.ca_path),
            client_cert: value(&self.client_cert),
            client_key: value(&self.client_key),
            server_name: self.server_name.as_ref().map(|s| s.value.clone()),
            skip_verify: self.skip_verify.as_ref().is_some_and(|s| s.value),
        }
    }
}

impl NomadSettings {
    /// What a client is built from; fetches the token.
    ///
    /// # Errors
    /// When the address or the token's source is no good (2).
    pub fn endpoint(&self) -> Result<Endpoint> {
        self.endpoint_at(&self.address)
    }

    /// The same at another address of the cluster.
    ///
    /// # Errors
    /// As [`NomadSettings::endpoint`].
    pub fn endpoint_at(&self, named: &Sourced<String>) -> Result<Endpoint> {
        let region = self.region.iter().map(|r| ("region", r.value.clone()));
        Ok(Endpoint {
            product: Product::Nomad,
            address: address(Product::Nomad, named)?,
            origin: named.origin.to_string(),
            token: fetch(self.token.as_ref())?,
            basic: basic(self.http_auth.as_ref()),
            tls: self.tls.options(),
            params: region.collect(),
        })
    }
}

/// Parses an address; the error for a bad one names where it came from.
fn address(product: Product, named: &Sourced<String>) -> Result<Address> {
    let bad = |e| Error::from(e).because(format!("the address came from {}", named.origin));
    Address::parse(product, &named.value).map_err(bad)
}

impl ConsulSettings {
    /// What a client is built from; none without an address. Fetches the token.
    ///
    /// # Errors
    /// When the address or the token's source is no good (2).
    pub fn endpoint(&self) -> Result<Option<Endpoint>> {
        let Some(named) = &self.address else { return Ok(None) };
        let mut address = address(Product::Consul, named)?;
        if self.ssl.as_ref().is_some_and(|s| s.value)
            && address.socket.is_none()
            && address.url.scheme() == "http"
        {
            address.url.set_scheme("https").expect("http and https may replace each other");
        }
        // A community server refuses these parameters, so the defaults are not sent.
        let params = [("ns", &self.namespace), ("partition", &self.partition)];
        let params =
            params.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.value.clone())));
        Ok(Some(Endpoint {
            product: Product::Consul,
            address,
            origin: named.origin.to_string(),
            token: fetch(self.token.as_ref())?,
            basic: basic(self.http_auth.as_ref()),
            tls: self.tls.options(),
            params: params.filter(|(_, value)| value != "default").collect(),
        }))
    }
}

fn fetch(token: Option<&Sourced<TokenSource>>) -> Result<Option<SecretString>> {
    let Some(token) = token else { return Ok(None) };
    token.value.fetch().map_err(|e| e.hint(format!("the token's source was named by {}", token.origin)))
}

fn basic(auth: Option<&Sourced<SecretString>>) -> Option<BasicAuth> {
    use secrecy::ExposeSecret as _;
    auth.map(|auth| BasicAuth::parse(auth.value.expose_secret()))
}

impl Settings {
    /// Resolves the settings.
    ///
    /// # Errors
    /// When the context file is no good, or the chosen context does not exist.
    pub fn resolve(flags: &ConnectionFlags, env: &Environment, file: &ContextFile) -> Result<Self> {
        let chosen = choose(flags, env, file);
        let empty = Context::default();
        let context = match &chosen {
            Some(chosen) => {
                file.get(&chosen.value).map_err(|e| e.hint(format!("it was chosen by {}", chosen.origin)))?
            }
            None => &empty,
        };
        let name = chosen.as_ref().map_or("", |c| c.value.as_str());
        let explicit = matches!(&chosen, Some(Sourced { origin: Origin::Flag(_), .. }));
        if let Some(text) = env.get(DIRECT).filter(|text| DirectMode::from_str(text, false).is_err()) {
            return Err(Error::usage(format!("{DIRECT} is {text:?}")).hint("it takes auto, always or never"));
        }
        let of_nomad = (context.nomad.address.as_deref(), "NOMAD_ADDR");
        let of_nomad = Sources::new(env, name, explicit, "NOMAD_", of_nomad);
        let of_consul = (context.consul.address.as_deref(), "CONSUL_HTTP_ADDR");
        let of_consul = Sources::new(env, name, explicit, "CONSUL_", of_consul);
        let said = |flag: &Option<String>, variable| {
            let exported = || env.get(variable).filter(|_| !explicit).map(str::to_owned);
            flag.clone().or_else(exported)
        };
        let nomad_said = said(&flags.address, "NOMAD_ADDR");
        let consul_said = said(&flags.consul_address, "CONSUL_HTTP_ADDR");
        let withheld = withheld(flags, env, context, (nomad_said.as_deref(), consul_said.as_deref()));
        let of_context = context.nomad.for_address(nomad_said.as_deref());
        let nomad = nomad(flags, &of_nomad, &of_context);
        let of_context = context.consul.for_address(consul_said.as_deref());
        let consul = consul(flags, &of_consul, &of_context);
        let own_address = matches!(nomad.address.origin, Origin::Context { .. } | Origin::Default);
        Ok(Settings {
            overridden: overridden(flags, env, context).into_iter().filter(|_| !explicit).collect(),
            withheld,
            set_aside: of_nomad.set_aside().chain(of_consul.set_aside()).collect(),
            nomad: NomadSettings {
                failover: context.nomad.failover.iter().filter(|_| own_address).cloned().collect(),
                ..nomad
            },
            protected: context.protected,
            pin: context.pin.clone().filter(|_| own_address),
            consul,
            context: chosen,
        })
    }
}

/// What the context says and the environment says otherwise, where no flag says it.
fn overridden(
    flags: &ConnectionFlags,
    env: &Environment,
    context: &Context,
) -> Vec<(&'static str, &'static str)> {
    let (nomad, consul) = (&context.nomad, &context.consul);
    // The same address twice is one cluster.
    let differs = |variable: &str, kept: Option<&str>| {
        kept.is_some_and(|kept| env.get(variable).is_some_and(|said| said != kept))
    };
    let (nomad_at, consul_at) = (nomad.address.as_deref(), consul.address.as_deref());
    let both = [
        ("NOMAD_ADDR", "nomad.address", flags.address.is_none() && differs("NOMAD_ADDR", nomad_at)),
        ("NOMAD_TOKEN", "nomad.token", flags.token_file.is_none() && token_of_context(nomad).is_some()),
        (
            "CONSUL_HTTP_ADDR",
            "consul.address",
            flags.consul_address.is_none() && differs("CONSUL_HTTP_ADDR", consul_at),
        ),
    ];
    let both = both.into_iter().filter(|(variable, _, both)| *both && env.get(variable).is_some());
    both.map(|(variable, key, _)| (variable, key)).collect()
}

/// The tokens of the context that other addresses would get, where nobody named another token.
fn withheld(
    flags: &ConnectionFlags,
    env: &Environment,
    context: &Context,
    (nomad_said, consul_said): (Option<&str>, Option<&str>),
) -> Vec<(&'static str, String)> {
    let (nomad, consul) = (&context.nomad, &context.consul);
    let of_nomad = token_of_context(nomad)
        .filter(|_| flags.token_file.is_none() && env.get("NOMAD_TOKEN").is_none())
        .zip(nomad_said.filter(|said| !nomad.is_at(said)));
    let named = env.get("CONSUL_HTTP_TOKEN").is_some() || env.get("CONSUL_HTTP_TOKEN_FILE").is_some();
    let of_consul = token_of_consul(consul)
        .filter(|_| flags.consul_token_file.is_none() && !named)
        .zip(consul_said.filter(|said| !consul.is_at(said)));
    [of_nomad, of_consul].into_iter().flatten().map(|((_, key), said)| (key, said.to_owned())).collect()
}

fn choose(flags: &ConnectionFlags, env: &Environment, file: &ContextFile) -> Option<Sourced<String>> {
    let flag = flags.context.clone().map(|name| Sourced::new(name, Origin::Flag("--context")));
    let variable =
        || env.get("FLEET_CONTEXT").map(|name| Sourced::new(name.to_owned(), Origin::Env("FLEET_CONTEXT")));
    let current = || {
        let name = file.current()?.to_owned();
        Some(Sourced::new(name.clone(), Origin::Context { name, key: "current" }))
    };
    flag.or_else(variable).or_else(current)
}

fn nomad(flags: &ConnectionFlags, from: &Sources<'_>, context: &NomadContext) -> NomadSettings {
    let tls = TlsSettings {
        ca_cert: from.path(
            (&flags.ca_cert, "--ca-cert"),
            "NOMAD_CACERT",
            (&context.ca_cert, "nomad.ca_cert"),
        ),
        ca_path: from.path(
            (&flags.ca_path, "--ca-path"),
            "NOMAD_CAPATH",
            (&context.ca_path, "nomad.ca_path"),
        ),
        client_cert: from.path(
            (&flags.client_cert, "--client-cert"),
            "NOMAD_CLIENT_CERT",
            (&context.client_cert, "nomad.client_cert"),
        ),
        client_key: from.path(
            (&flags.client_key, "--client-key"),
            "NOMAD_CLIENT_KEY",
            (&context.client_key, "nomad.client_key"),
        ),
        server_name: from.text(
            (&flags.tls_server_name, "--tls-server-name"),
            "NOMAD_TLS_SERVER_NAME",
            (&context.tls_server_name, "nomad.tls_server_name"),
        ),
        skip_verify: from.switch(
            (flags.tls_skip_verify, "--tls-skip-verify"),
            from.go_bool("NOMAD_SKIP_VERIFY"),
            (context.tls_skip_verify, "nomad.tls_skip_verify"),
        ),
    };
    NomadSettings {
        address: from
            .text((&flags.address, "--address"), "NOMAD_ADDR", (&context.address, "nomad.address"))
            .unwrap_or_else(|| Sourced::new("http://127.0.0.1:4646".to_owned(), Origin::Default)),
        failover: Vec::new(),
        region: from.text((&flags.region, "--region"), "NOMAD_REGION", (&context.region, "nomad.region")),
        namespace: from.text(
            (&flags.namespace, "--namespace"),
            "NOMAD_NAMESPACE",
            (&context.namespace, "nomad.namespace"),
        ),
        token: token_file(&flags.token_file, "--token-file").or_else(|| {
            let variable = from.secret("NOMAD_TOKEN").map(|s| s.map(TokenSource::Literal));
            from.token(variable, token_of_context(context))
        }),
        http_auth: from.basic("NOMAD_HTTP_AUTH", (&context.http_auth, "nomad.http_auth")),
        tls,
        direct: from
            .direct(DIRECT, (context.direct, "nomad.direct"))
            .unwrap_or_else(|| Sourced::new(DirectMode::default(), Origin::Default)),
    }
}

fn token_file(flag: &Option<PathBuf>, name: &'static str) -> Option<Sourced<TokenSource>> {
    flag.clone().map(|file| Sourced::new(TokenSource::File(file), Origin::Flag(name)))
}

fn token_of_context(context: &NomadContext) -> Option<(TokenSource, &'static str)> {
    let literal = context.token.clone().map(|t| (TokenSource::Literal(SecretString::from(t)), "nomad.token"));
    let file = || context.token_file.clone().map(|f| (TokenSource::File(f), "nomad.token_file"));
    let command = || context.token_cmd.clone().map(|c| (TokenSource::Command(c), "nomad.token_cmd"));
    literal.or_else(file).or_else(command)
}

fn consul(flags: &ConnectionFlags, from: &Sources<'_>, context: &ConsulContext) -> ConsulSettings {
    let none = &None::<PathBuf>;
    let server_name = from
        .text((&None, ""), "CONSUL_TLS_SERVER_NAME", (&context.tls_server_name, "consul.tls_server_name"))
        // A port after the name is stripped, as Consul's own client does.
        .map(|s| s.map(|name| name.rsplit_once(':').map_or(name.clone(), |(host, _)| host.to_owned())));
    let tls = TlsSettings {
        ca_cert: from.path((none, ""), "CONSUL_CACERT", (&context.ca_cert, "consul.ca_cert")),
        ca_path: from.path((none, ""), "CONSUL_CAPATH", (&context.ca_path, "consul.ca_path")),
        client_cert: from.path(
            (none, ""),
            "CONSUL_CLIENT_CERT",
            (&context.client_cert, "consul.client_cert"),
        ),
        client_key: from.path((none, ""), "CONSUL_CLIENT_KEY", (&context.client_key, "consul.client_key")),
        server_name,
        skip_verify: from.switch(
            (false, ""),
            from.go_bool("CONSUL_HTTP_SSL_VERIFY").map(|s| s.map(|verify| !verify)),
            (context.tls_skip_verify, "consul.tls_skip_verify"),
        ),
    };
    ConsulSettings {
        address: from.text(
            (&flags.consul_address, "--consul-address"),
            "CONSUL_HTTP_ADDR",
            (&context.address, "consul.address"),
        ),
        namespace: from.text((&None, ""), "CONSUL_NAMESPACE", (&context.namespace, "consul.namespace")),
        partition: from.text((&None, ""), "CONSUL_PARTITION", (&context.partition, "consul.partition")),
        token: token_file(&flags.consul_token_file, "--consul-token-file")
            .or_else(|| from.token(from.consul_token(), token_of_consul(context))),
        http_auth: from.basic("CONSUL_HTTP_AUTH", (&context.http_auth, "consul.http_auth")),
        ssl: from.go_bool("CONSUL_HTTP_SSL"),
        tls,
    }
}

fn token_of_consul(context: &ConsulContext) -> Option<(TokenSource, &'static str)> {
    let literal =
        context.token.clone().map(|t| (TokenSource::Literal(SecretString::from(t)), "consul.token"));
    let file = || context.token_file.clone().map(|f| (TokenSource::File(f), "consul.token_file"));
    let command = || context.token_cmd.clone().map(|c| (TokenSource::Command(c), "consul.token_cmd"));
    literal.or_else(file).or_else(command)
}

#[cfg(test)]
mod tests;
