//! Logging in by a browser: a provider, the servers that know it, and a browser that comes back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binary::{Fleet, Ran};
use crate::canned::{Answer, Canned};

const METHODS: &str =
    r#"[{"Name": "sso", "Type": "OIDC", "Default": true}, {"Name": "gh", "Type": "JWT", "Default": false}]"#;
const TOKEN: &str =
    r#"{"AccessorID": "ac1", "SecretID": "s3cr3t-0f-login", "Name": "OIDC-sso", "Type": "client"}"#;

fn servers() -> Canned {
    Canned::new(|asked| match asked {
        "GET /v1/acl/auth-methods" => Answer::new(200, METHODS),
        "POST /v1/acl/oidc/auth-url" => {
            Answer::new(200, r#"{"AuthURL": "https://idp.example/authorize?client_id=nomad&state=st_7"}"#)
        }
        "POST /v1/acl/oidc/complete-auth" => Answer::new(200, TOKEN),
        _ => Answer::new(404, "not found"),
    })
}

/// A login that waits for a browser.
pub(crate) struct Waiting {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    port: u16,
    /// Where the browser is to go.
    pub(crate) address: String,
}

fn login(servers: &Canned, home: &tempfile::TempDir, more: &[&str]) -> Waiting {
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &servers.url).env("CI", "1");
    let waiting = Waiting::of(&fleet, &[&["acl", "login"][..], more].concat());
    assert_eq!(waiting.address, "https://idp.example/authorize?client_id=nomad&state=st_7");
    waiting
}

impl Waiting {
    /// A login on a port that is free now.
    pub(crate) fn of(fleet: &Fleet, args: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let callback = format!("localhost:{port}");
        let args = [args, &["--callback-addr", &callback]].concat();
        let mut child = fleet.command(&args).stdin(Stdio::null()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("warning: log in at ");
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).to_owned();
        Waiting { child, err, port, address }
    }

    /// What a browser is told that comes with this.
    fn browse(&self, path: &str) -> String {
        get(&format!("localhost:{}", self.port), path)
    }

    pub(crate) fn ends(mut self) -> Ran {
        let mut err = String::new();
        self.err.read_to_string(&mut err).unwrap();
        Ran { err, ..Ran::of(&self.child.wait_with_output().unwrap()) }
    }
}

fn get(host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).unwrap();
    told
}

/// What a browser shows in the end that goes to this address.
pub(crate) fn browse(address: &str) -> String {
    let mut address = address.to_owned();
    loop {
        let (host, path) = address.strip_prefix("http://").and_then(|a| a.split_once('/')).unwrap();
        let told = get(host, &format!("/{path}"));
        match told.lines().find_map(|line| line.strip_prefix("Location: ")) {
            Some(next) => address = next.to_owned(),
            None => return told,
        }
    }
}

#[test]
fn a_browser_brings_a_token() {
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let waiting = login(&servers, &home, &["-o", "json"]);
    // A stranger, and an answer to another login.
    assert!(waiting.browse("/favicon.ico").starts_with("HTTP/1.1 404"));
    assert!(waiting.browse("/oidc/callback?state=other&code=evil").starts_with("HTTP/1.1 400"));
    let page = waiting.browse("/oidc/callback?state=st_7&code=c1");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("You are logged in"), "{page}");
    assert!(!page.contains("s3cr3t"), "{page}");
    let ran = waiting.ends();
    assert!(ran.err.contains("the answer to another login"), "{ran}");
    crate::schemas::look(&["acl", "login", "-o", "json"], &ran.out, &ran.err);
    let made: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &made["secret_id"]), (0, &"s3cr3t-0f-login".into()), "{ran}");
    let asked = servers.asked();
    assert_eq!(asked.iter().filter(|a| a.ends_with("complete-auth")).count(), 1, "{asked:?}");
}

#[test]
fn a_secret_that_is_saved_is_not_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let waiting = login(&servers, &home, &["--save", "token"]);
    waiting.browse("/oidc/callback?state=st_7&code=c1");
    let ran = waiting.ends();
    assert!(ran.code == 0 && !ran.to_string().contains("s3cr3t"), "{ran}");
    let file = home.path().join("token");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "s3cr3t-0f-login\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_refusal_of_the_provider_is_told() {
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let waiting = login(&servers, &home, &[]);
    waiting.browse("/oidc/callback?state=st_7&error=access_denied&error_description=not+in+the+group");
    let ran = waiting.ends();
    assert!(ran.code == 4 && ran.err.contains("access_denied: not in the group"), "{ran}");
    let asked = servers.asked();
    assert!(!asked.iter().any(|a| a.ends_with("complete-auth")), "{asked:?}");
}

/// Servers that refuse the first logins they are brought, so many of them, with these words.
fn forgetful(times: usize, words: &'static str) -> Canned {
    let (begun, brought) = (AtomicUsize::new(0), AtomicUsize::new(0));
    Canned::new(move |asked| match asked {
        "POST /v1/acl/oidc/auth-url" => {
            let state = ["st_7", "st_8", "st_9", "st_10"][begun.fetch_add(1, Ordering::Relaxed)];
            let url = format!("https://idp.example/authorize?client_id=nomad&state={state}");
            Answer::new(200, serde_json::json!({"AuthURL": url}).to_string())
        }
        "POST /v1/acl/oidc/complete-auth" if brought.fetch_add(1, Ordering::Relaxed) < times => {
            Answer::new(500, words)
        }
        "POST /v1/acl/oidc/complete-auth" => Answer::new(200, TOKEN),
        _ => Answer::new(404, "not found"),
    })
}

const EXPIRED: &str = "failed to exchange token with provider: Provider.Exchange: authentication request is expired: invalid parameter";

#[test]
fn a_login_that_the_servers_forgot_is_begun_anew() {
    let home = tempfile::tempdir().unwrap();
    for words in [EXPIRED, "no OIDC request found for client nonce"] {
        let servers = forgetful(1, words);
        let waiting = login(&servers, &home, &["--method", "sso"]);
        let page = waiting.browse("/oidc/callback?state=st_7&code=c1");
        let next = "Location: https://idp.example/authorize?client_id=nomad&state=st_8\r\n";
        assert!(page.starts_with("HTTP/1.1 302") && page.contains(next), "{page}");
        assert!(waiting.browse("/oidc/callback?state=st_8&code=c2").contains("You are logged in"));
        let ran = waiting.ends();
        assert!(ran.code == 0 && ran.out.contains("s3cr3t"), "{ran}");
    }
}

#[test]
fn nobody_is_told_to_be_logged_in_who_is_not() {
    let home = tempfile::tempdir().unwrap();
    let servers = forgetful(9, "failed to exchange token with provider: invalid id_token nonce");
    let waiting = login(&servers, &home, &["--method", "sso"]);
    let page = waiting.browse("/oidc/callback?state=st_7&code=c1");
    assert!(page.contains("The login was refused"), "{page}");
    let ran = waiting.ends();
    assert!(ran.code == 1 && ran.err.contains("`fleet acl auth-method show sso`"), "{ran}");
    // Nor is it begun anew for ever.
    let servers = forgetful(9, EXPIRED);
    let waiting = login(&servers, &home, &["--method", "sso"]);
    for (state, status) in [("st_7", "302"), ("st_8", "302"), ("st_9", "200")] {
        let page = waiting.browse(&format!("/oidc/callback?state={state}&code=c"));
        assert!(page.starts_with(&format!("HTTP/1.1 {status}")), "{page}");
    }
    let ran = waiting.ends();
    assert!(ran.code == 1 && ran.err.contains("request is expired"), "{ran}");
}

#[test]
fn a_place_that_others_reach_is_none_to_wait_at() {
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &servers.url);
    let ran = fleet.run(&["acl", "login", "--callback-addr", "0.0.0.0:0"]);
    assert!(ran.code == 2 && ran.err.contains("this machine alone"), "{ran}");
    let ran = fleet.run(&["acl", "login", "--callback-addr", "4649"]);
    assert!(ran.code == 2 && ran.err.contains("is not HOST:PORT"), "{ran}");
    let ran = fleet.run(&["acl", "login", "--jwt-file", "x", "--callback-addr", "localhost:1"]);
    assert_eq!(ran.code, 2, "{ran}");
}
