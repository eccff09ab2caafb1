//! One request, sent exactly as it is: a client that tidies paths up would hide what is looked for.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use crate::error::{Error, Result};
use crate::model::ingress::verify::{Reply, SentRequest, SideAnswer};

/// The largest body that is kept.
const LARGEST: usize = 4 << 20;

/// Requests one after the other, so many a second at most, whoever sends them.
#[derive(Debug, Clone)]
struct Pace {
    gap: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    /// Waits for its turn.
    async fn turn(&self) {
        let at = {
            let mut next = self.next.lock().await;
            let at = next.unwrap_or_else(Instant::now).max(Instant::now());
            *next = Some(at + self.gap);
            at
        };
        tokio::time::sleep_until(at).await;
    }
}

/// A side.
#[derive(Debug, Clone)]
pub struct Side {
    /// `old` or `new`.
    pub name: &'static str,
    /// Host and port.
    pub address: String,
    /// How it is spoken to over TLS; none in the clear.
    tls: Option<Arc<ClientConfig>>,
    pace: Pace,
}

impl Side {
    /// The side at an address, asked so many times a second at most. Over TLS it has to show a certificate of an authority of this
    /// machine, or of the file that is named.
    ///
    /// # Errors
    /// Usage (2) when it is no address, or the authorities cannot be read.
    pub fn of(name: &'static str, url: &str, rate: f64, authorities: Option<&Path>) -> Result<Self> {
        let expected = "http://HOST:PORT or https://HOST:PORT is expected";
        let (rest, secure) = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(Error::usage(format!("--{name} {url}: {expected}"))),
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if authority.is_empty() || !matches!(path, "" | "/") || authority.contains(['?', '#', '@']) {
            return Err(Error::usage(format!("--{name} {url}: {expected}, without a path")));
        }
        let port = authority.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok());
        let usual = if secure { 443 } else { 80 };
        let address = if port.is_some() { authority.to_owned() } else { format!("{authority}:{usual}") };
        let tls = if secure { Some(Arc::new(client_config(authorities)?)) } else { None };
        let gap = Duration::from_secs_f64(1.0 / rate.max(0.01));
        Ok(Side { name, address, tls, pace: Pace { gap, next: Arc::default() } })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, asked: &SentRequest, extra: &[(String, String)], patience: Duration) -> Reply {
        self.pace.turn().await;
        match tokio::time::timeout(patience, self.exchange(asked, extra)).await {
            Ok(reply) => reply,
            Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
        }
    }

    async fn exchange(&self, asked: &SentRequest, extra: &[(String, String)]) -> Reply {
        let told = |what: &str, e: &dyn std::fmt::Display| format!("{what}: {e}");
        let line = TcpStream::connect(&self.address).await.map_err(|e| told("could not connect", &e))?;
        match &self.tls {
            None => self.talk(line, asked, extra).await,
            Some(config) => {
                let name = server_name(asked.host.as_deref(), &self.address)?;
                let connector = TlsConnector::from(Arc::clone(config));
                let line = connector.connect(name, line).await.map_err(|e| told("no TLS", &e))?;
                self.talk(line, asked, extra).await
            }
        }
    }

    async fn talk(
        &self,
        line: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        asked: &SentRequest,
        extra: &[(String, String)],
    ) -> Reply {
        let told = |what: &str, e: &dyn std::fmt::Display| format!("{what}: {e}");
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(line))
            .await
            .map_err(|e| told("no HTTP", &e))?;
        let driving = tokio::spawn(connection);
        let host = asked.host.clone().unwrap_or_else(|| self.address.clone());
        let mut request = hyper::Request::builder()
            .method(asked.method.as_str())
            .uri(&asked.target)
            .header("host", host)
            .header("user-agent", "fleet-migrate-verify")
            .header("x-fleet-verify", "1");
        for (name, value) in asked.headers.iter().chain(extra) {
            request = request.header(name, value);
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(|e| told("it cannot be sent", &e))?;
        let reply = sender.send_request(request).await.map_err(|e| told("no answer", &e))?;
        let status = reply.status().as_u16();
        let headers: Vec<(String, String)> = reply
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        let mut cut = false;
        let mut stream = reply.into_body();
        while let Some(frame) = stream.frame().await {
            let frame = frame.map_err(|e| told("the answer broke off", &e))?;
            if let Some(data) = frame.data_ref() {
                body.extend_from_slice(data);
            }
            if body.len() > LARGEST {
                body.truncate(LARGEST);
                cut = true;
                break;
            }
        }
        driving.abort();
        let packed = headers.iter().any(|(n, v)| n == "content-encoding" && v.contains("gzip"));
        if packed && !cut {
            let mut plain = Vec::new();
            let unpacked = flate2::read::GzDecoder::new(body.as_slice())
                .take(LARGEST as u64 * 4)
                .read_to_end(&mut plain);
            if unpacked.is_ok() {
                body = plain;
            }
        }
        Ok(SideAnswer { status, headers, body, cut })
    }
}

/// The name the certificate must be of, and by which the side chooses one: that of the request, else that of the address.
fn server_name(host: Option<&str>, address: &str) -> std::result::Result<ServerName<'static>, String> {
    let whole = host.unwrap_or(address);
    let name = match whole.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => whole,
    };
    let name = name.trim_matches(['[', ']']).to_owned();
    ServerName::try_from(name).map_err(|_| format!("{whole} is no name a certificate could be of"))
}

fn client_config(authorities: Option<&Path>) -> Result<ClientConfig> {
    // Installing the provider twice is an error that changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = ClientConfig::builder();
    let Some(path) = authorities else {
        let builder = builder.with_platform_verifier();
        let builder = builder.map_err(|e| Error::failed("no TLS is possible").because(e.to_string()))?;
        return Ok(builder.with_no_client_auth());
    };
    let unread = |e: &dyn std::fmt::Display| {
        Error::usage(format!("--cacert {}: it cannot be read", path.display())).because(e.to_string())
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unread(&e))? {
        roots.add(certificate.map_err(|e| unread(&e))?).map_err(|e| unread(&e))?;
    }
    if roots.is_empty() {
        return Err(unread(&"there is no certificate in it"));
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_of_the_host_that_is_asked_for() {
        let name = |host, address| server_name(host, address).unwrap().to_str().into_owned();
        assert_eq!(name(Some("shop.example.com:8443"), "10.0.0.1:443"), "shop.example.com");
        assert_eq!(name(None, "10.0.0.1:443"), "10.0.0.1");
        assert_eq!(name(None, "[::1]:443"), "::1");
        assert!(server_name(Some("a b"), "x:1").is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_is_asked_no_more_often_than_it_was_said() {
        let side = Side::of("old", "http://127.0.0.1:1", 10.0, None).unwrap();
        let begun = Instant::now();
        let turns = (0..5).map(|_| side.pace.turn());
        futures_util::future::join_all(turns).await;
        assert_eq!(begun.elapsed().as_millis(), 400);
    }
}
