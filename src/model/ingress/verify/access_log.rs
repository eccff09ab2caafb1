//! Access logs: nginx's own form and JSON, a request from each line. What must not be sent again is not even read.

use serde_json::Value;

use super::{Origin, SentRequest};

/// A request that a client sent once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The request.
    pub asked: SentRequest,
    /// What it was answered with; 0 where the log does not say.
    pub status: u16,
    /// The protocol, where the log says.
    pub protocol: String,
}

/// What of a logged request may be replayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogLimits {
    /// Cookies and authorisation, which are somebody's identity.
    pub credentials: bool,
}

/// Reads a line; none where it is no request.
#[must_use]
pub fn line(text: &str, taking: LogLimits) -> Option<Logged> {
    let text = text.trim();
    if text.starts_with('{') { from_json(text, taking) } else { from_combined(text) }
}

/// `ADDR - USER [TIME] "GET /x HTTP/1.1" 200 12 "REFERER" "AGENT"`, perhaps with a host in front and more behind.
fn from_combined(text: &str) -> Option<Logged> {
    let open = text.find('"')?;
    let before = &text[..open];
    let (request, after) = quoted(&text[open..])?;
    let status = after.split_whitespace().next()?.parse().ok()?;
    let (method, target, protocol) = request_line(&request)?;
    // `vhost_combined` begins with the host.
    let first = before.split_whitespace().next().unwrap_or_default();
    let is_address = first.parse::<core::net::IpAddr>().is_ok() || first.is_empty() || first == "-";
    let named =
        before.split_whitespace().nth(1).is_some_and(|second| second.parse::<core::net::IpAddr>().is_ok());
    let host = (!is_address && named).then(|| first.to_owned());
    if !host.iter().all(|host| is_host(host)) {
        return None;
    }
    let asked = SentRequest { method, target, host, headers: Vec::new(), origin: Origin::Log };
    Some(Logged { asked, status, protocol })
}

/// A text in quotes and what follows it. nginx writes a quote inside as `\x22`, Apache as `\"`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                'x' => {
                    let digits: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                    out.push(char::from(u8::from_str_radix(&digits, 16).ok()?));
                }
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
    None
}

fn request_line(text: &str) -> Option<(String, String, String)> {
    let (method, rest) = text.split_once(' ')?;
    let (target, protocol) = match rest.rsplit_once(' ') {
        Some((target, protocol)) if protocol.starts_with("HTTP/") => (target, protocol),
        _ => (rest, ""),
    };
    let is_method = !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    let is_target = target.starts_with('/') && target.bytes().all(|b| (0x21..0x7f).contains(&b));
    (is_method && is_target).then(|| (method.to_owned(), target.to_owned(), protocol.to_owned()))
}

/// Whether a text can stand in a Host header.
fn is_host(text: &str) -> bool {
    text.bytes().all(|b| (0x21..0x7f).contains(&b))
}

fn from_json(text: &str, taking: LogLimits) -> Option<Logged> {
    let value: Value = serde_json::from_str(text).ok()?;
    let one = |names: &[&str]| {
        names.iter().find_map(|name| match value.get(name)? {
            Value::String(text) if !text.is_empty() && text != "-" => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let whole = one(&["request", "http_request", "request_line"]).and_then(|line| request_line(&line));
    let (method, target, protocol) = match whole {
        Some(found) => found,
        None => {
            let method = one(&["request_method", "method", "RequestMethod"])?;
            let mut target = one(&["request_uri", "uri", "RequestPath", "path", "url"])?;
            let query = one(&["query_string", "args", "query"]).filter(|_| !target.contains('?'));
            if let Some(query) = query {
                target = format!("{target}?{query}");
            }
            let protocol = one(&["server_protocol", "protocol", "RequestProtocol"]).unwrap_or_default();
            request_line(format!("{method} {target} {protocol}").trim_end())?
        }
    };
    let host = one(&["http_host", "host", "RequestHost", "vhost", "server_name"]);
    if !host.iter().all(|host| is_host(host)) {
        return None;
    }
    let status =
        one(&["status", "DownstreamStatus", "response_code"]).and_then(|s| s.parse().ok()).unwrap_or(0);
    let mut headers = Vec::new();
    if taking.credentials {
        for (name, keys) in [
            ("cookie", ["http_cookie", "cookie"]),
            ("authorization", ["http_authorization", "authorization"]),
        ] {
            headers.extend(one(&keys).map(|value| (name.to_owned(), value)));
        }
    }
    for (name, keys) in [
        ("accept", ["http_accept", "accept"]),
        ("accept-language", ["http_accept_language", "accept_language"]),
    ] {
        headers.extend(one(&keys).map(|value| (name.to_owned(), value)));
    }
    // A line end in a value would be another header.
    headers.retain(|(_, value)| value.bytes().all(|b| (0x20..0x7f).contains(&b)));
    Some(Logged {
        asked: SentRequest { method, target, host, headers, origin: Origin::Log },
        status,
        protocol,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>, u16)> {
        let logged = line(text, LogLimits::default())?;
        Some((format!("{} {}", logged.asked.method, logged.asked.target), logged.asked.host, logged.status))
    }

    #[test]
    fn lines_of_both_forms_are_read() {
        let combined =
            r#"10.0.0.1 - - [29/Nov/2026:19:00:00 +0000] "GET /a/b?x=1 HTTP/1.1" 200 12 "-" "curl/8""#;
        assert_eq!(read(combined), Some(("GET /a/b?x=1".into(), None, 200)));
        let vhost =
            r#"shop.example.com 10.0.0.1 - - [29/Nov/2026:19:00:00 +0000] "HEAD / HTTP/1.0" 301 0 "-" "x""#;
        assert_eq!(read(vhost), Some(("HEAD /".into(), Some("shop.example.com".into()), 301)));
        let json = r#"{"request":"GET /x HTTP/1.1","status":"404","http_host":"a.b","http_cookie":"sid=1"}"#;
        assert_eq!(read(json), Some(("GET /x".into(), Some("a.b".into()), 404)));
        let parts = r#"{"method":"POST","uri":"/x","args":"y=1","status":201}"#;
        assert_eq!(read(parts), Some(("POST /x?y=1".into(), None, 201)));
        for no in [
            "",
            "x",
            r#"1.1.1.1 - - [x] "\x16\x03" 400 0"#,
            r#"1.1.1.1 - - [x] "GET" 400 0"#,
            "{",
            r#"{"a":1}"#,
            r#""GET /é HTTP/1.1" 200"#,
            "\0shop.example.com 10.0.0.1 - - [x] \"GET / HTTP/1.1\" 200 0",
            r#"{"request":"GET /x HTTP/1.1","host":"a.b\r\nX-A: b"}"#,
        ] {
            assert_eq!(read(no), None, "{no}");
        }
    }

    #[test]
    fn who_somebody_is_stays_in_the_log_unless_told() {
        let json = r#"{"request":"GET /x HTTP/1.1","status":200,"http_cookie":"sid=1","http_authorization":"Bearer t"}"#;
        assert_eq!(line(json, LogLimits::default()).unwrap().asked.headers, []);
        assert_eq!(line(json, LogLimits { credentials: true }).unwrap().asked.headers.len(), 2);
        let split =
            r#"{"request":"GET /x HTTP/1.1","http_accept":"a\r\nX-Admin: 1","http_accept_language":"de"}"#;
        let names: Vec<_> = line(split, LogLimits::default()).unwrap().asked.headers;
        assert_eq!(names, [("accept-language".to_owned(), "de".to_owned())]);
    }
}
