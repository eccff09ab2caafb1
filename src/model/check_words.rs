//! How a check that does not pass is told: which one, and in one line what it said.

use crate::model::redaction::Secrets;

/// No more of what a check said is told.
const MOST: usize = 160;

/// A check that does not pass: which, how, and what it said. `status` is the HTTP status it got, 0 where there was none.
#[must_use]
pub fn failing(check: &str, service: &str, how: &str, status: u16, output: &str) -> String {
    let (called, said) = (called(check, service), said(status, output));
    if said.is_empty() { format!("{called} {how}") } else { format!("{called} {how}: {said}") }
}

/// A check by its name; one that nobody gave a name, by its service.
#[must_use]
pub fn called(check: &str, service: &str) -> String {
    // What Nomad calls it then.
    if let Some(of) = check.strip_prefix("service: \"").and_then(|rest| rest.strip_suffix("\" check")) {
        return format!("the check of {of}");
    }
    let named = format!("check {check:?}").replace("\\\"", "\"");
    if service.is_empty() || check.contains(service) { named } else { format!("{named} of {service}") }
}

/// What a check said, as far as one line holds it, without the secrets of its address. The text of a page tells a person nothing: its
/// status does.
#[must_use]
pub fn said(status: u16, output: &str) -> String {
    let line = output.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    // Consul puts what it got behind the status.
    let (head, body) = match line.split_once(" Output:") {
        Some((head, body)) => (head, body.trim()),
        None => ("", line),
    };
    let body = if body.starts_with('<') { "" } else { body };
    let status = match status {
        0 => String::new(),
        status => status.to_string(),
    };
    let status = if body.contains(&status) { "" } else { &status };
    let parts: Vec<&str> = [status, head, body].into_iter().filter(|part| !part.is_empty()).collect();
    Secrets::default().clean(&parts.join(": ")).chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_told_in_one_line_with_its_status() {
        let page = "<!DOCTYPE HTML>\n<html lang=\"en\">\n";
        assert_eq!(
            failing("service: \"web\" check", "web", "fails", 404, page),
            "the check of web fails: 404"
        );
        assert_eq!(failing("http", "web", "fails", 500, "500 boom"), "check \"http\" of web fails: 500 boom");
        assert_eq!(
            failing("http", "web", "fails", 503, "starting"),
            "check \"http\" of web fails: 503: starting"
        );
        assert_eq!(
            failing("web alive", "web", "is critical", 0, "\n  refused \nmore"),
            "check \"web alive\" is critical: refused"
        );
        assert_eq!(failing("a \"b\"", "web", "fails", 0, ""), "check \"a \"b\"\" of web fails");
        let consul = "HTTP GET http://127.0.0.1:80/: 500 Internal Server Error Output: ";
        assert_eq!(said(0, consul), "HTTP GET http://127.0.0.1:80/: 500 Internal Server Error");
        assert_eq!(
            said(0, &format!("{consul}<html>")),
            "HTTP GET http://127.0.0.1:80/: 500 Internal Server Error"
        );
        assert_eq!(
            said(0, &format!("{consul}no disk")),
            "HTTP GET http://127.0.0.1:80/: 500 Internal Server Error: no disk"
        );
        assert_eq!(said(0, &"x".repeat(500)).len(), MOST);
        let refused = "nomad: Get \"http://127.0.0.1:3/health?token=CANARY\": connection refused";
        assert!(!said(0, refused).contains("CANARY"), "{}", said(0, refused));
    }
}
