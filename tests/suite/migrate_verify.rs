//! `fleet migrate verify`: what differs is found, what does not is left alone.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binary::Fleet;

/// A request as a server sees it: method, target, headers.
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// Status, headers and body; none closes the connection.
pub(crate) type Says = Option<(u16, Vec<(String, String)>, String)>;

/// Serves on an address until the test ends; each connection gets one answer.
pub(crate) fn serve(address: &str, answer: impl Fn(&Seen) -> Says + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 {
                    return;
                }
                let mut words = line.trim_end().splitn(2, ' ');
                let method = words.next().unwrap_or_default().to_owned();
                let rest = words.next().unwrap_or_default();
                let target = rest.rsplit_once(" HTTP").map_or(rest, |(t, _)| t).to_owned();
                let mut headers = Vec::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim_end().is_empty() {
                        break;
                    }
                    if let Some((name, value)) = line.trim_end().split_once(':') {
                        headers.push((name.to_owned(), value.trim().to_owned()));
                    }
                }
                let seen = Seen { method, target, headers };
                let length = seen.header("content-length").and_then(|l| l.parse::<u64>().ok()).unwrap_or(0);
                std::io::copy(&mut std::io::Read::take(&mut reader, length), &mut std::io::sink()).unwrap();
                let Some((status, headers, body)) = answer(&seen) else { return };
                let mut out =
                    format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    out.push_str(&format!("{name}: {value}\r\n"));
                }
                out.push_str("\r\n");
                if seen.method != "HEAD" {
                    out.push_str(&body);
                }
                let mut stream = stream;
                // A client that hung up is its own affair.
                drop(stream.write_all(out.as_bytes()));
            });
        }
    });
    address
}

/// The site both sides serve. The new side has twelve differences, and many that are none.
fn site(new: bool, count: &AtomicUsize, seen: &Seen) -> Says {
    let n = count.fetch_add(1, Ordering::SeqCst);
    let path = seen.target.split('?').next().unwrap_or_default();
    let pick = |old: &str, other: &str| if new { other.to_owned() } else { old.to_owned() };
    let mut headers = vec![
        ("Server".to_owned(), pick("nginx/1.22.1", "envoy")),
        ("Date".to_owned(), format!("{n}")),
        ("X-Request-Id".to_owned(), format!("{n}")),
        ("Content-Type".to_owned(), pick("text/plain;charset=utf-8", "text/plain; charset=UTF-8")),
    ];
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    let (mut status, mut body) = (200, format!("page {path}"));
    match path {
        // 1 to 12: planted.
        "/d1" => status = if new { 404 } else { 200 },
        "/d2" => body = pick("hello", "hallo"),
        "/d3" if !new => add("X-Frame-Options", "SAMEORIGIN".into()),
        "/d4" => add("Cache-Control", pick("no-store", "max-age=60")),
        "/d5" => add("Set-Cookie", pick("sid=1; Path=/; HttpOnly; Secure", "sid=2; Path=/; HttpOnly")),
        "/d6" => {
            status = 301;
            add("Location", pick("/new/x", "/neu/x"));
            body.clear();
        }
        "/d7" => {
            headers.retain(|(n, _)| n != "Content-Type");
            headers.push(("Content-Type".into(), pick("text/html", "application/json")));
        }
        "/d8" => add("Vary", pick("Accept-Encoding, Origin", "Origin")),
        "/d9" => {
            status = 401;
            add("WWW-Authenticate", pick("Basic realm=\"Staff\"", "Basic realm=\"x\""));
            body.clear();
        }
        "/d10" => add("ETag", pick("\"1\"", "\"2\"")),
        "/d11" if seen.target.contains("x=1") => body = pick("one", "two"),
        "/d12" => body = if new { "{\"a\": 1}".into() } else { "{\"a\":1,\"b\":2}".into() },
        // None of these differs.
        "/s1" => body = format!("it is {n} o'clock, request 0f8fad5b-d9cb-469f-a165-{n:012}"),
        "/s2" => {
            status = 301;
            add("Location", pick("http://shop.example.com:8081/s2/", "http://shop.example.com/s2/"));
            body = pick("<hr><center>nginx/1.22.1</center>", "Moved Permanently");
        }
        "/s3" => body = pick("{\"a\":1,\"b\":[1,2]}", "{ \"b\": [1, 2], \"a\": 1 }"),
        "/s4" => add("ETag", pick("W/\"7\"", "\"7\"")),
        "/s5" => {
            add("X-Served-By", format!("web-{}", n % 2));
        }
        "/s6" => {
            add("X-Time", n.to_string());
            add("Set-Cookie", format!("s={n}; Path=/; Expires={n}"));
        }
        "/s7" => {
            status = 404;
            body = pick("<html><hr><center>nginx/1.22.1</center></html>", "404 page not found\n");
            headers.retain(|(name, _)| name != "Content-Type");
            headers.push(("Content-Type".into(), pick("text/html", "text/plain")));
        }
        _ => {}
    }
    Some((status, headers, body))
}

fn sides() -> (String, String) {
    let (a, b) = (AtomicUsize::new(0), AtomicUsize::new(1000));
    let old = serve("127.0.0.1:0", move |seen| site(false, &a, seen));
    let new = serve("127.0.0.1:0", move |seen| site(true, &b, seen));
    (format!("http://{old}"), format!("http://{new}"))
}

#[test]
fn twelve_differences_are_found_and_none_else() {
    let (old, new) = sides();
    let home = tempfile::tempdir().unwrap();
    let mut log = String::new();
    let paths =
        (1..=12).map(|n| format!("/d{n}?x=1")).chain((1..=12).filter(|n| *n == 11).map(|n| format!("/d{n}")));
    for path in paths.chain((1..=9).map(|n| format!("/s{n}"))) {
        log.push_str(&format!(
            "10.0.0.1 - - [29/Nov/2026:19:00:00 +0000] \"GET {path} HTTP/1.1\" 200 1 \"-\" \"x\"\n"
        ));
    }
    log.push_str("10.0.0.1 - - [x] \"POST /d1 HTTP/1.1\" 200 1 \"-\" \"x\"\n10.0.0.1 - - [x] \"GET /a?token=t HTTP/1.1\" 200 1\nrubbish\n");
    std::fs::write(home.path().join("access.log"), log).unwrap();
    let fleet = Fleet::new(home.path());
    let args = [
        "migrate",
        "verify",
        "--old",
        &old,
        "--new",
        &new,
        "--from-log",
        "access.log",
        "--no-probes",
        "--host",
        "shop.example.com",
        "--rate",
        "500",
        "--state",
        "state.jsonl",
        "--junit",
        "verify.xml",
        "--report",
        "verify.html",
        "-o",
        "json",
    ];
    let ran = fleet.run(&args);
    assert_eq!(ran.code, 1, "{ran}");
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let mut differ: Vec<String> = Vec::new();
    for finding in
        view["findings"].as_array().unwrap().iter().filter(|f| f["outcome"]["outcome"] == "differs")
    {
        for difference in finding["outcome"]["differences"].as_array().unwrap() {
            differ.push(format!(
                "{} {}",
                finding["request"]["target"].as_str().unwrap(),
                difference["what"].as_str().unwrap()
            ));
        }
    }
    differ.sort();
    let mut planted = [
        "/d1?x=1 status",
        "/d2?x=1 body",
        "/d3?x=1 header x-frame-options",
        "/d4?x=1 header cache-control",
        "/d5?x=1 set-cookie",
        "/d6?x=1 location",
        "/d7?x=1 content-type",
        "/d8?x=1 vary",
        "/d9?x=1 header www-authenticate",
        "/d10?x=1 etag",
        "/d11?x=1 body",
        "/d12?x=1 body",
    ];
    planted.sort_unstable();
    assert_eq!(differ, planted, "{ran}");
    assert!(ran.err.contains("1 that may change something, 1 with secrets, 1 unreadable lines"), "{ran}");
    let junit = std::fs::read_to_string(home.path().join("verify.xml")).unwrap();
    assert!(junit.contains("failures=\"12\" errors=\"0\""), "{junit}");
    assert!(
        std::fs::read_to_string(home.path().join("verify.html"))
            .unwrap()
            .contains("gate is <span class=\"bad\">closed")
    );
    // What was found is not asked for again, but only of the same two sides.
    let elsewhere =
        ["migrate", "verify", "--old", "http://127.0.0.1:1", "--new", &new, "--from-log", "access.log"];
    let refused = fleet.run(&[&elsewhere[..], &["--no-probes", "--state", "state.jsonl"]].concat());
    assert!(refused.code == 7 && refused.err.contains("says nothing of these sides"), "{refused}");
    let again = [
        "migrate",
        "verify",
        "--old",
        &old,
        "--new",
        &new,
        "--from-log",
        "access.log",
        "--no-probes",
        "--host",
        "shop.example.com",
        "--state",
        "state.jsonl",
        "-o",
        "json",
    ];
    let resumed = fleet.run(&again);
    assert_eq!(resumed.code, 1, "{resumed}");
    let resumed: serde_json::Value = serde_json::from_str(&resumed.out).unwrap();
    assert_eq!(resumed["unexplained"], 12);
}

#[test]
fn a_side_that_does_not_answer_is_not_known() {
    let (old, _) = sides();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("r.txt"), "/s1\n/s3\n").unwrap();
    let ran = Fleet::new(home.path()).run(&[
        "migrate",
        "verify",
        "--old",
        &old,
        "--new",
        "http://127.0.0.1:1",
        "--requests",
        "r.txt",
    ]);
    assert_eq!(ran.code, 5, "{ran}");
    let same = Fleet::new(home.path()).run(&[
        "migrate",
        "verify",
        "--old",
        &old,
        "--new",
        &old,
        "--requests",
        "r.txt",
        "--rate",
        "500",
    ]);
    assert_eq!(same.code, 0, "{same}");
    for wrong in [["--old", "ftp://x", "--new", &old], ["--old", &old, "--new", "http://x/path"]] {
        let ran = Fleet::new(home.path())
            .run(&[&["migrate", "verify", "--requests", "r.txt"][..], &wrong[..]].concat());
        assert_eq!(ran.code, 2, "{ran}");
    }
}

#[test]
fn what_the_configuration_foretells_is_explained() {
    let conf = "events {}\nhttp { upstream app { server 10.0.0.1:80; } server { listen 8081;\n location /api/ { proxy_pass http://app/; }\n\
                location /admin { return 403; }\n location /gone { return 410; }\n location / { proxy_pass http://app; } } }\n";
    let nginx = |seen: &Seen| -> Says {
        let path = seen.target.split('?').next().unwrap_or_default();
        let location = vec![("Location".to_owned(), "http://a.b:8081/api/".to_owned())];
        let normal = fleet::model::ingress::request::normalised(path, true);
        match normal.as_deref() {
            None => Some((400, Vec::new(), String::new())),
            Some("/api") => Some((301, location, String::new())),
            Some(p) if p.starts_with("/admin") => Some((403, Vec::new(), String::new())),
            Some(p) if p.starts_with("/gone") => Some((410, Vec::new(), "gone".to_owned())),
            _ => Some((200, Vec::new(), "app".to_owned())),
        }
    };
    let old = serve("127.0.0.1:0", nginx);
    // The new side answers 403 where nginx said 410, as its guards do, and has forgotten /admin.
    let new = serve("127.0.0.1:0", move |seen| {
        let answer = nginx(seen);
        match answer {
            Some((410, ..)) => Some((403, Vec::new(), String::new())),
            Some((403, ..)) => Some((200, Vec::new(), "app".to_owned())),
            other => other,
        }
    });
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("nginx.conf"), conf).unwrap();
    let ran = Fleet::new(home.path()).run(&[
        "migrate",
        "verify",
        "--old",
        &format!("http://{old}"),
        "--new",
        &format!("http://{new}"),
        "--conf",
        "nginx.conf",
        "--port",
        "8081",
        "--rate",
        "2000",
        "-o",
        "json",
    ]);
    assert_eq!(ran.code, 1, "{ran}");
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let of = |outcome: &str| {
        let all = view["findings"].as_array().unwrap().iter().filter(|f| f["outcome"]["outcome"] == outcome);
        all.map(|f| f["request"]["target"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (explained, differs) = (of("explained"), of("differs"));
    assert!(explained.iter().any(|t| t == "/gone"), "{explained:?}");
    assert!(differs.iter().any(|t| t == "/admin"), "{differs:?}");
    assert!(differs.iter().all(|t| t.contains("dmin")), "{differs:?}");
    assert_eq!(view["routes_not_seen"], serde_json::json!([]), "{ran}");
}

/// A server that answers as the old side does, over TLS.
fn over_tls() -> (String, String) {
    let (address, pem) = crate::tls::serve_anything("shop.example.com", |_| {
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\npage"
            .to_vec()
    });
    (format!("https://{address}"), pem)
}

#[test]
fn both_sides_may_speak_tls_and_show_a_certificate_of_the_host() {
    let (side, pem) = over_tls();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("r.txt"), "/a\n/b\n").unwrap();
    std::fs::write(home.path().join("ca.pem"), pem).unwrap();
    let args = [
        "migrate",
        "verify",
        "--old",
        &side,
        "--new",
        &side,
        "--requests",
        "r.txt",
        "--rate",
        "500",
        "--host",
    ];
    let fleet = Fleet::new(home.path());
    let ran = fleet.run(&[&args[..], &["shop.example.com", "--cacert", "ca.pem"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let other = fleet.run(&[&args[..], &["other.example.com", "--cacert", "ca.pem"]].concat());
    assert!(other.code == 5 && other.err.contains("no TLS"), "{other}");
    let untrusted = fleet.run(&[&args[..], &["shop.example.com"]].concat());
    assert_eq!(untrusted.code, 5, "{untrusted}");
}

/// What the application receives is compared: behind one side the Host is lost, and nothing of that shows in its answers.
#[test]
fn an_echo_behind_both_sides_shows_what_the_application_receives() {
    let echo = |host: &'static str| {
        move |seen: &Seen| -> Says {
            let named = if host.is_empty() {
                seen.header("host").unwrap_or_default().to_owned()
            } else {
                host.to_owned()
            };
            let body = serde_json::json!({"method": seen.method, "target": seen.target,
                "headers": [["host", named], ["user-agent", "x"], ["x-fleet-verify", "1"]]});
            let json = vec![("Content-Type".to_owned(), "application/json".to_owned())];
            Some((200, json, body.to_string()))
        }
    };
    let (old, new, same) = (
        serve("127.0.0.1:0", echo("")),
        serve("127.0.0.1:0", echo("upstream")),
        serve("127.0.0.1:0", echo("")),
    );
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("r.txt"), "GET /a shop.example.com\n").unwrap();
    let run = |new: &str| {
        Fleet::new(home.path()).run(&[
            "migrate",
            "verify",
            "--old",
            &format!("http://{old}"),
            "--new",
            &format!("http://{new}"),
            "--requests",
            "r.txt",
            "--rate",
            "500",
            "--echo",
            "-o",
            "json",
        ])
    };
    let differs = run(&new);
    assert_eq!(differs.code, 1, "{differs}");
    assert!(differs.out.contains("app-host"), "{differs}");
    assert_eq!(run(&same).code, 0);
}

/// Killed in the middle, also in the middle of a line, it goes on where it was; another pair of sides gets nothing of it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let page = move |_: &Seen| -> Says {
        counted.fetch_add(1, Ordering::SeqCst);
        Some((200, Vec::new(), "page".to_owned()))
    };
    let (old, new) = (serve("127.0.0.1:0", page.clone()), serve("127.0.0.1:0", page));
    let home = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..40).map(|n| format!("/page{n}")).collect();
    std::fs::write(home.path().join("r.txt"), lines.join("\n")).unwrap();
    let state = home.path().join("state");
    let (old, new) = (format!("http://{old}"), format!("http://{new}"));
    let args = [
        "migrate",
        "verify",
        "--old",
        &old,
        "--new",
        &new,
        "--requests",
        "r.txt",
        "--state",
        "state",
        "--rate",
    ];
    let mut child = Fleet::new(home.path()).command(&[&args[..], &["20"]].concat()).spawn().unwrap();
    let found = || std::fs::read_to_string(&state).map_or(0, |text| text.lines().count().saturating_sub(1));
    while found() < 5 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was on its way is answered to nobody.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let had = found();
    assert!(had < 40, "it was done before it was killed");
    // The last line is half of one, and its finding is not known.
    let text = std::fs::read_to_string(&state).unwrap();
    std::fs::write(&state, &text[..text.len() - 20]).unwrap();
    count.store(0, Ordering::SeqCst);
    let ran = Fleet::new(home.path()).run(&[&args[..], &["500", "-o", "json"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let sent = count.load(Ordering::SeqCst);
    assert_eq!(
        sent,
        (40 - had + 1) * 3,
        "each that was not known goes twice to the old side and once to the new"
    );
    count.store(0, Ordering::SeqCst);
    let again = Fleet::new(home.path()).run(&[&args[..], &["500"]].concat());
    assert_eq!((again.code, count.load(Ordering::SeqCst)), (0, 0), "{again}");
    let other = Fleet::new(home.path()).run(&[
        "migrate",
        "verify",
        "--old",
        &new,
        "--new",
        &old,
        "--requests",
        "r.txt",
        "--state",
        "state",
    ]);
    assert_eq!(other.code, 7, "{other}");
}
