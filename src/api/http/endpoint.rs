//! Where a cluster's API answers, and the `reqwest::Client` that reaches it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use crate::api::error::{Error, Result};
use crate::api::http::tls::RealHost;
use crate::api::http::{Address, BasicAuth, TlsOptions};

/// Which product answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Product {
    /// HashiCorp Nomad.
    Nomad,
    /// HashiCorp Consul.
    Consul,
}

impl std::fmt::Display for Product {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Product::Nomad => "Nomad",
            Product::Consul => "Consul",
        })
    }
}

/// Everything a client needs to know of a cluster.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Which product answers there.
    pub product: Product,
    /// Where it answers.
    pub address: Address,
    /// Where the address came from (`NOMAD_ADDR`, `context prod`, …), for error messages.
    pub origin: String,
    /// The ACL token.
    pub token: Option<SecretString>,
    /// Basic authentication; one in the address wins.
    pub basic: Option<BasicAuth>,
    /// TLS settings.
    pub tls: TlsOptions,
    /// Parameters of every request, such as `region`.
    pub params: Vec<(&'static str, String)>,
}

impl Endpoint {
    /// The basic authentication to send; one in the address wins.
    fn basic(&self) -> Option<&BasicAuth> {
        self.address.auth.as_ref().or(self.basic.as_ref())
    }

    /// Adds what every request carries beyond the client's default headers.
    pub(super) fn authenticate(&self, request: RequestBuilder) -> RequestBuilder {
        match self.basic() {
            Some(auth) => {
                request.basic_auth(&auth.user, auth.password.as_ref().map(ExposeSecret::expose_secret))
            }
            None => request,
        }
    }

    /// The address with the TLS server name in the host's place, when one is set and it matters: only the name in
    /// the URL is asked for and verified.
    pub(super) fn base_url(&self) -> Url {
        let mut url = self.address.url.clone();
        if let Some(name) = self.server_name() {
            // A name that is no host is left to the handshake, which says what is wrong with it.
            let _ = url.set_host(Some(name));
        }
        url
    }

    fn server_name(&self) -> Option<&str> {
        let wanted = self.tls.server_name.as_deref()?;
        (self.address.url.scheme() == "https" && !self.tls.skip_verify).then_some(wanted)
    }

    /// Builds the client. Certificates are read and roots loaded only for `https`: that is most of a cold start.
    pub(super) fn client(&self) -> Result<Client> {
        // Installing the provider twice is an error that changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let address = &self.address;
        let mut builder = Client::builder()
            .user_agent(concat!("fleet/", env!("CARGO_PKG_VERSION")))
            .default_headers(self.headers()?)
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(20))
            .connect_timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(8)
            .gzip(!address.is_local());
        builder = match address.url.scheme() {
            "https" => self.tls.apply(self.product, builder)?,
            _ => builder.tls_certs_only([]),
        };
        if let Some(socket) = &address.socket {
            builder = builder.unix_socket(socket.clone());
        }
        if address.is_local() {
            // Like Go, never ask a proxy for this machine.
            builder = builder.no_proxy();
        }
        if self.server_name().is_some() {
            let host = address.url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let port = address.url.port_or_known_default().unwrap_or(443);
            builder = builder.dns_resolver(Arc::new(RealHost { host, port }));
        }
        let product = self.product;
        builder
            .build()
            .map_err(|e| Error::config(product, format!("could not set up the {product} client: {e}")))
    }

    fn headers(&self) -> Result<HeaderMap> {
        let product = self.product;
        let invalid = |what: &str| {
            Error::config(product, format!("the {product} {what} has characters no header may have"))
        };
        let mut headers = HeaderMap::new();
        if let Some(token) = &self.token {
            let name = match product {
                Product::Nomad => "X-Nomad-Token",
                Product::Consul => "X-Consul-Token",
            };
            let mut value =
                HeaderValue::from_str(token.expose_secret().trim()).map_err(|_| invalid("token"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        if self.server_name().is_some() {
            let url = &self.address.url;
            let host = url.host_str().unwrap_or_default();
            let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
            headers.insert(HOST, HeaderValue::from_str(&host).map_err(|_| invalid("address"))?);
        }
        if self.address.is_local() {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        Ok(headers)
    }
}
