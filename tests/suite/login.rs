//! Logging in by a browser: a provider, the servers that know it, and a browser that comes back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

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

/// A login that waits, and the port it waits at.
struct Waiting {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    port: u16,
}

fn login(servers: &Canned, home: &tempfile::TempDir, more: &[&str]) -> Waiting {
    // A port that is free now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let args = [&["acl", "login", "--callback-addr", &address][..], more].concat();
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &servers.url).env("CI", "1");
    let mut child = fleet.command(&args).stdin(Stdio::null()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert_eq!(line, "warning: log in at https://idp.example/authorize?client_id=nomad&state=st_7\n");
    Waiting { child, err, port }
}

impl Waiting {
    /// What a browser is told that comes with this.
    fn browse(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        told
    }

    fn ends(mut self) -> Ran {
        let mut err = String::new();
        self.err.read_to_string(&mut err).unwrap();
        Ran { err, ..Ran::of(&self.child.wait_with_output().unwrap()) }
    }
}

#[test]
fn a_browser_brings_a_token() {
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let waiting = login(&servers, &home, &["-o", "json"]);
    // A stranger, and an answer to another login.
    assert!(waiting.browse("/favicon.ico").starts_with("HTTP/1.1 404"));
    assert!(waiting.browse("/oidc/callback?state=other&code=evil").starts_with("HTTP/1.1 404"));
    let page = waiting.browse("/oidc/callback?state=st_7&code=c1");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("You are logged in"), "{page}");
    assert!(!page.contains("s3cr3t"), "{page}");
    let ran = waiting.ends();
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

#[test]
fn a_place_that_others_reach_is_none_to_wait_at() {
    let (servers, home) = (servers(), tempfile::tempdir().unwrap());
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &servers.url);
    let ran = fleet.run(&["acl", "login", "--callback-addr", "0.0.0.0:0"]);
    assert!(ran.code == 2 && ran.err.contains("this machine alone"), "{ran}");
    let ran = fleet.run(&["acl", "login", "--jwt-file", "x", "--callback-addr", "localhost:1"]);
    assert_eq!(ran.code, 2, "{ran}");
}
