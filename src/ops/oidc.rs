//! Logging in by a browser: the address it is sent to, and the one request that comes back on loopback (OIDC, and RFC 8252 on native applications).

use std::io;
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::model::ids::hex;
use crate::ops::random;

/// How long somebody may take to log in.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a browser may take to send its request, and how long a line of it may be, in bytes.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const LONGEST: u64 = 16 * 1024;

/// Waits on loopback for the browser to come back.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    /// Where the provider sends the browser: what the auth method must allow.
    pub redirect: String,
}

/// The parameters the provider's redirect brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackQuery {
    /// What the request began with: it belongs to this login.
    pub state: String,
    /// What is exchanged for a token.
    pub code: String,
}

impl Callback {
    /// Listens at `HOST:PORT` of this machine, as `nomad login` does.
    ///
    /// # Errors
    /// When it is no address of loopback, or taken.
    pub async fn listen(address: &str) -> Result<Self> {
        let failed = |e: io::Error| {
            Error::failed(format!("could not wait at {address} for the browser"))
                .because(e.to_string())
                .hint("name another place that the auth method allows: --callback-addr localhost:PORT")
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        if !bound.ip().is_loopback() {
            return Err(Error::usage(format!("{address} is not an address of this machine alone"))
                .hint("a token would travel there: use localhost:PORT"));
        }
        let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
        Ok(Callback { listener, redirect: format!("http://{host}:{}/oidc/callback", bound.port()) })
    }

    /// Waits for the browser. What comes with another state, or to another path, is turned away.
    ///
    /// # Errors
    /// When nobody comes, or the provider refused.
    pub async fn wait(&self, state: &str) -> Result<CallbackQuery> {
        let waiting = async {
            loop {
                let (mut stream, _) =
                    self.listener.accept().await.map_err(|e| {
                        Error::failed("could not wait for the browser").because(e.to_string())
                    })?;
                let line = timeout(REQUEST_WITHIN, request_line(&mut stream)).await;
                let Ok(Ok(line)) = line else { continue };
                match read(&line, state) {
                    Some(Ok(brought)) => {
                        answer(&mut stream, "200 OK", "You are logged in. This page may be closed.").await;
                        return Ok(brought);
                    }
                    Some(Err(why)) => {
                        answer(&mut stream, "200 OK", "The login was refused. The terminal says why.").await;
                        return Err(Error::new(
                            crate::exit_code::ExitCode::Denied,
                            "the provider refused the login",
                        )
                        .because(why));
                    }
                    None => answer(&mut stream, "404 Not Found", "There is nothing here.").await,
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
            let minutes = PATIENCE.as_secs() / 60;
            Err(Error::new(
                crate::exit_code::ExitCode::TimedOut,
                format!("nobody logged in within {minutes} minutes"),
            ))
        })
    }
}

/// A value that nobody guesses.
///
/// # Errors
/// When this machine has no source of randomness.
pub fn nonce() -> Result<String> {
    Ok(hex(&random::bytes::<20>()?))
}

/// The state in the address a browser is sent to.
///
/// # Errors
/// When it has none.
pub fn state_of(auth_url: &str) -> Result<String> {
    let url = Url::parse(auth_url).ok();
    let state =
        url.and_then(|url| url.query_pairs().find(|(name, _)| name == "state").map(|(_, v)| v.into_owned()));
    state.ok_or_else(|| {
        Error::failed("the servers gave no address to log in at")
            .because("it has no state, by which the answer would be known")
            .hint("the auth method may not allow this callback: see its AllowedRedirectURIs")
    })
}

async fn request_line(stream: &mut TcpStream) -> io::Result<String> {
    use tokio::io::AsyncReadExt as _;
    let mut reader = BufReader::new(stream.take(LONGEST));
    let mut first = String::new();
    reader.read_line(&mut first).await?;
    // The rest of the head is read, so that closing does not cut the answer off.
    let mut line = String::new();
    while reader.read_line(&mut line).await? > 2 {
        line.clear();
    }
    Ok(first)
}

/// What a request brings; none when it is another one.
fn read(line: &str, state: &str) -> Option<Result<CallbackQuery, String>> {
    let path = line.strip_prefix("GET ")?.split(' ').next()?;
    let url = Url::parse("http://localhost").ok()?.join(path).ok()?;
    if url.path() != "/oidc/callback" {
        return None;
    }
    let of = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if of("state").as_deref() != Some(state) {
        return None;
    }
    if let Some(error) = of("error") {
        let more = of("error_description").map_or_else(String::new, |text| format!(": {text}"));
        return Some(Err(format!("{error}{more}")));
    }
    Some(Ok(CallbackQuery { state: state.to_owned(), code: of("code")? }))
}

async fn answer(stream: &mut TcpStream, status: &str, text: &str) {
    let page = format!("<!doctype html><title>fleet</title><p>{text}</p>\n");
    let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\nCache-Control: no-store";
    let whole = format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    // A browser that does not hear it has brought what it had to.
    drop(stream.write_all(whole.as_bytes()).await);
    drop(stream.shutdown().await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_login_is_taken() {
        let brought = CallbackQuery { state: "st".into(), code: "a b".into() };
        assert_eq!(read("GET /oidc/callback?state=st&code=a%20b HTTP/1.1\r\n", "st"), Some(Ok(brought)));
        for other in [
            "GET /oidc/callback?state=other&code=x HTTP/1.1",
            "GET /oidc/callback?code=x HTTP/1.1",
            "GET /favicon.ico HTTP/1.1",
            "POST /oidc/callback?state=st&code=x HTTP/1.1",
            "",
        ] {
            assert_eq!(read(other, "st"), None, "{other}");
        }
        let refused =
            read("GET /oidc/callback?state=st&error=access_denied&error_description=no+way HTTP/1.1", "st");
        assert_eq!(refused, Some(Err("access_denied: no way".to_owned())));
        assert_eq!(state_of("https://idp/authorize?client_id=x&state=st_1").unwrap(), "st_1");
        assert!(state_of("https://idp/authorize").is_err() && state_of("").is_err());
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }
}
