//! TLS as Nomad's and Consul's own clients configure it (`nomad-api.md §1.1`, `consul-api.md §1`).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, ClientBuilder, Identity};

use crate::api::error::{Error, Result};
use crate::api::http::Product;

/// What a connection needs to be trusted, and to be trusted with.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// A PEM file of certificate authorities; wins over `ca_path`.
    pub ca_cert: Option<PathBuf>,
    /// A directory of PEM files of certificate authorities.
    pub ca_path: Option<PathBuf>,
    /// The client's certificate (PEM). Needs `client_key`.
    pub client_cert: Option<PathBuf>,
    /// The client's private key (PEM). Needs `client_cert`.
    pub client_key: Option<PathBuf>,
    /// The name to ask for and to verify, when it is not the host of the address.
    pub server_name: Option<String>,
    /// Accept any certificate.
    pub skip_verify: bool,
}

impl TlsOptions {
    /// Applies the options to a client under construction.
    ///
    /// # Errors
    /// When a file cannot be read or parsed, or only one half of the client's pair is given.
    pub fn apply(&self, product: Product, mut builder: ClientBuilder) -> Result<ClientBuilder> {
        builder = builder.tls_version_min(reqwest::tls::Version::TLS_1_2);
        let authorities = self.authorities(product)?;
        if !authorities.is_empty() {
            builder = builder.tls_certs_only(authorities);
        }
        match (&self.client_cert, &self.client_key) {
            (Some(cert), Some(key)) => builder = builder.identity(identity(product, cert, key)?),
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                return Err(Error::config(
                    product,
                    "both client certificate and client key must be provided".into(),
                )
                .hint(match product {
                    Product::Nomad => {
                        "set NOMAD_CLIENT_CERT and NOMAD_CLIENT_KEY (or --client-cert and --client-key)"
                    }
                    Product::Consul => "set CONSUL_CLIENT_CERT and CONSUL_CLIENT_KEY",
                }));
            }
        }
        if self.skip_verify {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        Ok(builder)
    }

    fn authorities(&self, product: Product) -> Result<Vec<Certificate>> {
        if let Some(file) = &self.ca_cert {
            return bundle(product, file);
        }
        let Some(dir) = &self.ca_path else { return Ok(Vec::new()) };
        let unreadable = |e: std::io::Error| {
            Error::config(product, format!("could not read the CA directory {}: {e}", dir.display()))
        };
        let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
            .map_err(unreadable)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<_, _>>()
            .map_err(unreadable)?;
        files.retain(|f| f.is_file());
        files.sort();
        let mut all = Vec::new();
        for file in &files {
            all.extend(bundle(product, file)?);
        }
        if all.is_empty() {
            return Err(Error::config(
                product,
                format!("the CA directory {} holds no certificate", dir.display()),
            ));
        }
        Ok(all)
    }
}

fn read(product: Product, what: &str, file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file)
        .map_err(|e| Error::config(product, format!("could not read the {what} {}: {e}", file.display())))
}

fn bundle(product: Product, file: &Path) -> Result<Vec<Certificate>> {
    let pem = read(product, "CA certificate", file)?;
    let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if certificates.is_empty() {
        return Err(Error::config(product, format!("{} holds no PEM certificate", file.display())));
    }
    Ok(certificates)
}

fn identity(product: Product, cert: &Path, key: &Path) -> Result<Identity> {
    let mut pem = read(product, "client key", key)?;
    pem.push(b'\n');
    pem.extend(read(product, "client certificate", cert)?);
    Identity::from_pem(&pem).map_err(|e| {
        let (cert, key) = (cert.display(), key.display());
        Error::config(product, format!("{cert} and {key} are not a PEM certificate and its private key: {e}"))
    })
}

/// Resolves the TLS server name, which stands in the URL so that it is asked for and verified, to the real host.
#[derive(Debug)]
pub(super) struct RealHost {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Resolve for RealHost {
    fn resolve(&self, _asked: Name) -> Resolving {
        let (host, port) = (self.host.clone(), self.port);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), port)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
