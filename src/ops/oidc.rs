//! Logging in by a browser: the address it is sent to, and the one request that comes back on loopback (OIDC, and RFC 8252 on native applications).

use std::io;
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::hex;
use crate::ops::random;

/// How long somebody may take to log in.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a browser may take to send its request, and how long a line of it may be, in bytes.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const LONGEST: u64 = 16 * 1024;
/// What the browser shows when nobody is let in.
pub const REFUSED: &str = "The login was refused. The terminal says why.";

/// Waits on loopback for the browser to come back.
#[derive(Debug)]
pub struct Callback {
    listener: TcpListener,
    /// Where the provider sends the browser: what the auth method must allow.
    pub redirect: String,
}

/// Where a browser logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginAddress {
    /// The provider's page.
    pub url: String,
    /// The provider, as `HOST:PORT`.
    pub provider: String,
    /// By which the answer to this login is known.
    state: String,
}

/// The parameters the provider's redirect brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackQuery {
    /// What the request began with: it belongs to this login.
    pub state: String,
    /// What is exchanged for a token.
    pub code: String,
    /// Who sent the browser back (RFC 9207), which the servers ask for where the provider says that it tells.
    pub issuer: Option<String>,
}

/// A browser that came back and waits to be told how the login ended.
#[derive(Debug)]
pub struct WaitingBrowser(TcpStream);

impl WaitingBrowser {
    /// Shows a page that says this.
    pub async fn tell(mut self, text: &str) {
        answer(&mut self.0, "200 OK", "", text).await;
    }

    /// Sends it to log in once more. A provider that knows it asks nothing again.
    pub async fn send_to(mut self, address: &LoginAddress) {
        let location = format!("Location: {}\r\n", address.url);
        answer(&mut self.0, "302 Found", &location, "Once more.").await;
    }
}

impl Callback {
    /// Listens at `HOST:PORT` of this machine, as `nomad login` does.
    ///
    /// # Errors
    /// When it is no address of loopback, or taken.
    pub async fn listen(address: &str) -> Result<Self> {
        let failed = |e: io::Error| {
            match e.kind() {
            io::ErrorKind::InvalidInput => Error::usage(format!("{address:?} is not HOST:PORT"))
                .hint("--callback-addr localhost:4649 is what it is unless said otherwise"),
            // Servers that allow one port of loopback allow them all (`nomad-api.md §9.3`).
            _ => Error::failed(format!("could not wait at {address} for the browser"))
                .because(e.to_string())
                .hint("another port of localhost will do, if the provider takes it: --callback-addr localhost:PORT"),
        }
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

    /// Waits for the browser. What comes to another path, or with the state of another login, is turned away; `stranger` hears of
    /// the latter.
    ///
    /// # Errors
    /// When nobody comes, or the provider refused.
    pub async fn wait(
        &self,
        login: &LoginAddress,
        mut stranger: impl FnMut(),
    ) -> Result<(CallbackQuery, WaitingBrowser)> {
        let waiting = async {
            loop {
                let (mut stream, _) =
                    self.listener.accept().await.map_err(|e| {
                        Error::failed("could not wait for the browser").because(e.to_string())
                    })?;
                let line = timeout(REQUEST_WITHIN, request_line(&mut stream)).await;
                let Ok(Ok(line)) = line else { continue };
                match read(&line, &login.state) {
                    Brought::Code(query) => return Ok((query, WaitingBrowser(stream))),
                    Brought::Refusal(why) => {
                        WaitingBrowser(stream).tell(REFUSED).await;
                        let what = format!("the provider {} refused the login", login.provider);
                        return Err(Error::new(ExitCode::Denied, what).because(why));
                    }
                    Brought::AnotherLogin => {
                        stranger();
                        let text = "This belongs to another login. Open the address that the terminal shows.";
                        answer(&mut stream, "400 Bad Request", "", text).await;
                    }
                    Brought::Nothing => {
                        answer(&mut stream, "404 Not Found", "", "There is nothing here.").await;
                    }
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| {
            let minutes = PATIENCE.as_secs() / 60;
            Err(Error::new(ExitCode::TimedOut, format!("nobody logged in within {minutes} minutes")))
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

impl LoginAddress {
    /// Reads what the servers give.
    ///
    /// # Errors
    /// When it is no address, or has no state.
    pub fn parse(auth_url: &str) -> Result<Self> {
        let none = |why: &str| {
            Err(Error::failed("the servers gave no address to log in at")
                .because(why)
                .hint("the auth method may not allow this callback: see its AllowedRedirectURIs"))
        };
        let Ok(url) = Url::parse(auth_url) else { return none("what they gave is no address") };
        let state = url.query_pairs().find(|(name, _)| name == "state").map(|(_, v)| v.into_owned());
        let Some(state) = state else { return none("it has no state, by which the answer would be known") };
        let host = url.host_str().unwrap_or_default();
        let provider = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(LoginAddress { url: url.into(), provider, state })
    }
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

/// What a request brings.
#[derive(Debug, PartialEq, Eq)]
enum Brought {
    /// What this login waits for.
    Code(CallbackQuery),
    /// Why the provider refused this login.
    Refusal(String),
    /// The answer to another login.
    AnotherLogin,
    /// Something else.
    Nothing,
}

fn read(line: &str, state: &str) -> Brought {
    let path = line.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    let url = path.and_then(|path| Url::parse("http://localhost").ok()?.join(path).ok());
    let Some(url) = url.filter(|url| url.path() == "/oidc/callback") else { return Brought::Nothing };
    let of = |wanted: &str| {
        url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    if of("state").as_deref() != Some(state) {
        return Brought::AnotherLogin;
    }
    if let Some(error) = of("error") {
        let more = of("error_description").map_or_else(String::new, |text| format!(": {text}"));
        return Brought::Refusal(format!("{error}{more}"));
    }
    let query = |code| CallbackQuery { state: state.to_owned(), code, issuer: of("iss") };
    of("code").map_or(Brought::Nothing, |code| Brought::Code(query(code)))
}

async fn answer(stream: &mut TcpStream, status: &str, more: &str, text: &str) {
    let page = format!("<!doctype html><title>fleet</title><p>{text}</p>\n");
    let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\nCache-Control: no-store";
    let whole = format!("HTTP/1.1 {status}\r\n{more}{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    // A browser that does not hear it has brought what it had to.
    drop(stream.write_all(whole.as_bytes()).await);
    drop(stream.shutdown().await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_login_is_taken() {
        let brought = |issuer: Option<&str>| {
            let issuer = issuer.map(str::to_owned);
            Brought::Code(CallbackQuery { state: "st".into(), code: "a b".into(), issuer })
        };
        assert_eq!(read("GET /oidc/callback?state=st&code=a%20b HTTP/1.1\r\n", "st"), brought(None));
        let with_issuer = "GET /oidc/callback?state=st&code=a%20b&iss=https%3A%2F%2Fidp HTTP/1.1\r\n";
        assert_eq!(read(with_issuer, "st"), brought(Some("https://idp")));
        for other in ["GET /oidc/callback?state=other&code=x HTTP/1.1", "GET /oidc/callback?code=x HTTP/1.1"]
        {
            assert_eq!(read(other, "st"), Brought::AnotherLogin, "{other}");
        }
        for nothing in [
            "GET /favicon.ico HTTP/1.1",
            "POST /oidc/callback?state=st&code=x HTTP/1.1",
            "GET /oidc/callback?state=st HTTP/1.1",
            "",
        ] {
            assert_eq!(read(nothing, "st"), Brought::Nothing, "{nothing}");
        }
        let refused =
            read("GET /oidc/callback?state=st&error=access_denied&error_description=no+way HTTP/1.1", "st");
        assert_eq!(refused, Brought::Refusal("access_denied: no way".to_owned()));
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }

    #[test]
    fn the_address_to_log_in_at_has_a_state() {
        let address = LoginAddress::parse("https://idp:8443/authorize?client_id=x&state=st_1").unwrap();
        assert_eq!((address.provider.as_str(), address.state.as_str()), ("idp:8443", "st_1"));
        assert!(LoginAddress::parse("https://idp/authorize").is_err() && LoginAddress::parse("").is_err());
    }
}
