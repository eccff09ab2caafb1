//! One request, sent exactly as it is: a client that tidies paths up would hide what is looked for.

use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::error::{Error, Result};
use crate::model::ingress::verify::{Answered, Asked, Reply};

/// The largest body that is kept.
const LARGEST: usize = 4 << 20;

/// A side.
#[derive(Debug, Clone)]
pub struct Side {
    /// `old` or `new`.
    pub name: &'static str,
    /// Host and port.
    pub address: String,
}

impl Side {
    /// The side at an address.
    ///
    /// # Errors
    /// Usage (2) when it is no plain HTTP address.
    pub fn of(name: &'static str, url: &str) -> Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(Error::usage(format!("--{name} {url}: http://HOST:PORT is expected"))
                .hint("TLS ends at the load balancer: name the port behind it"));
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        if authority.is_empty() || !matches!(path, "" | "/") || authority.contains(['?', '#', '@']) {
            return Err(Error::usage(format!(
                "--{name} {url}: http://HOST:PORT is expected, without a path"
            )));
        }
        let port = authority.rsplit_once(':').filter(|(_, p)| p.parse::<u16>().is_ok());
        let address = if port.is_some() { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Side { name, address })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(&self, asked: &Asked, extra: &[(String, String)], patience: Duration) -> Reply {
        match tokio::time::timeout(patience, self.exchange(asked, extra)).await {
            Ok(reply) => reply,
            Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
        }
    }

    async fn exchange(&self, asked: &Asked, extra: &[(String, String)]) -> Reply {
        let told = |what: &str, e: &dyn std::fmt::Display| format!("{what}: {e}");
        let line = TcpStream::connect(&self.address).await.map_err(|e| told("could not connect", &e))?;
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
        Ok(Answered { status, headers, body, cut })
    }
}
