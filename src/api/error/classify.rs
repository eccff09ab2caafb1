//! Which kind of failure an answer or a broken connection is.

use std::error::Error as StdError;

use rustls::{AlertDescription, CertificateError};

use super::{Problem, TlsProblem};

/// Reads the kind of failure from an HTTP answer.
pub(crate) fn classify(status: u16, body: &str) -> Problem {
    let text = strip(body);
    let has = |needle: &str| text.contains(needle);
    match status {
        400 if has("Client sent an HTTP request to an HTTPS server") => Problem::Tls(TlsProblem::PlainToTls),
        429 if has("too many concurrent connections") => Problem::TooManyConnections,
        _ if is_page(text) => Problem::Gateway,
        401 | 403 => Problem::Denied,
        _ if text.ends_with("Permission denied")
            || has("ACL token not found")
            || has("ACL token expired")
            // Of a token that is no secret's id the servers believe that it is a workload's.
            || has("failed to parse signed token") =>
        {
            Problem::Denied
        }
        _ if has("No cluster leader") || has("Not ready to serve consistent reads") => Problem::NoLeader,
        500 if has("failed to get conn")
            || text == "EOF"
            || has("leadership lost")
            || has("node is not the leader") =>
        {
            Problem::NoLeader
        }
        500 if has("connection refused")
            || has("connection reset")
            || has("i/o timeout")
            || has("session shutdown") =>
        {
            Problem::NoLeader
        }
        404 | 500 if has("No path to node") => Problem::NoPathToNode,
        500 if has("No path to region") => Problem::NoRegion,
        409 => Problem::Conflict,
        500 if has("Enforcing job modify index") || has("; enforcing version ") => Problem::Conflict,
        404 if text.is_empty() => Problem::Unsupported,
        405 | 501 => Problem::Unsupported,
        500 if has("Unknown rpc method") || has("can't find service") || has("can't find method") => {
            Problem::Unsupported
        }
        404 => Problem::NotFound,
        500 if text.ends_with("not found") || has("Unknown allocation") => Problem::NotFound,
        // Nomad answers so of servers that are not well (`nomad-api.md §9.4`), and whoever stands before it of too many questions.
        429 if !text.starts_with('{') => Problem::Gateway,
        400..=499 => Problem::Invalid,
        500 if has("index error:") => Problem::Invalid,
        502..=504 => Problem::Gateway,
        _ => Problem::Server,
    }
}

/// Whether the servers say that a connection of theirs broke in the midst of the call, and not that none could be made.
pub(crate) fn is_broken_connection(body: &str) -> bool {
    let text = strip(body);
    let has = |needle: &str| text.contains(needle);
    let broke = text == "EOF" || has("session shutdown") || has("connection reset") || has("i/o timeout");
    broke && !has("failed to get conn")
}

/// Whether an answer is a page for a browser: neither product has such, and what stands before them does (a login, an error page).
pub(crate) fn is_page(body: &str) -> bool {
    let begins = |with: &str| body.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins("<!doctype html") || begins("<html")
}

/// The server's words without the marks of forwarding.
pub(crate) fn strip(body: &str) -> &str {
    let mut text = body.trim();
    while let Some(rest) =
        text.strip_prefix("rpc error: ").or_else(|| text.strip_prefix("rpc error making call: "))
    {
        text = rest;
    }
    text
}

/// Reads the kind of failure from a transport error by looking for the TLS library's own error in its chain.
pub(crate) fn classify_transport(e: &reqwest::Error) -> Problem {
    if let Some(tls) = find::<rustls::Error>(e) {
        return Problem::Tls(tls_problem(tls));
    }
    if e.is_timeout() {
        return if e.is_connect() { Problem::Connect } else { Problem::Timeout };
    }
    if e.is_connect() {
        return Problem::Connect;
    }
    if e.is_decode() { Problem::Decode } else { Problem::Broken }
}

fn tls_problem(e: &rustls::Error) -> TlsProblem {
    use rustls::Error as Tls;
    match e {
        Tls::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => TlsProblem::Expired,
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => TlsProblem::WrongName,
        // A self-signed or otherwise odd certificate is one that nothing here vouches for.
        Tls::InvalidCertificate(_) => TlsProblem::UnknownAuthority,
        Tls::AlertReceived(AlertDescription::CertificateRequired) => TlsProblem::CertificateRequired,
        // Servers up to TLS 1.2 say handshake failure where 1.3 says certificate required.
        Tls::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRevoked
            | AlertDescription::DecryptError,
        ) => TlsProblem::CertificateRefused,
        Tls::InvalidMessage(_) => TlsProblem::TlsToPlain,
        _ => TlsProblem::Other,
    }
}

/// The innermost useful sentence of a transport error, without the URL (it may hold what nobody should log).
pub(crate) fn transport_text(e: &reqwest::Error) -> String {
    if let Some(tls) = find::<rustls::Error>(e) {
        return tls.to_string();
    }
    let mut last: &dyn StdError = e;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Finds an error of type `E` in a chain, looking inside `io::Error` too, which hides its payload from `source()`.
fn find<'e, E: StdError + 'static>(e: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut current: Option<&'e (dyn StdError + 'static)> = Some(e);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        current = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_answers() {
        let cases = [
            (403, "Permission denied", Problem::Denied),
            (500, "rpc error: Permission denied", Problem::Denied),
            (500, "ACL token expired", Problem::Denied),
            (404, "job not found", Problem::NotFound),
            (500, "rpc error: rpc error: node not found", Problem::NotFound),
            (500, "Unknown allocation \"x\"", Problem::NotFound),
            (404, "", Problem::Unsupported),
            (501, "Nomad Enterprise only endpoint", Problem::Unsupported),
            (500, "No cluster leader", Problem::NoLeader),
            (502, "<html>Bad Gateway</html>", Problem::Gateway),
            (503, "", Problem::Gateway),
            (401, "\n<!DOCTYPE html><title>Log in</title>", Problem::Gateway),
            (404, "<html><body>no such page</body></html>", Problem::Gateway),
            (401, "Unauthorized", Problem::Denied),
            (504, "gateway timeout", Problem::Gateway),
            (500, "", Problem::Server),
            (
                500,
                "rpc error: failed to get conn: dial tcp 1.2.3.4:4647: connect: connection refused",
                Problem::NoLeader,
            ),
            (500, "rpc error: EOF", Problem::NoLeader),
            (500, "Not ready to serve consistent reads", Problem::NoLeader),
            (
                429,
                "Your IP is issuing too many concurrent connections, please rate limit your calls\n",
                Problem::TooManyConnections,
            ),
            (429, "{\"Healthy\":false}", Problem::Invalid),
            (409, "conflict", Problem::Conflict),
            (
                500,
                "Enforcing job modify index 1: job exists with conflicting job modify index: 276",
                Problem::Conflict,
            ),
            (500, "Current job has version 4; enforcing version 3", Problem::Conflict),
            (400, "Invalid index", Problem::Invalid),
            (400, "Client sent an HTTP request to an HTTPS server.\n", Problem::Tls(TlsProblem::PlainToTls)),
            (500, "alloc lookup failed: index error: UUID must be 36 characters", Problem::Invalid),
            (404, "No path to node", Problem::NoPathToNode),
            (500, "No path to region", Problem::NoRegion),
            (500, "something else", Problem::Server),
        ];
        for (status, body, problem) in cases {
            assert_eq!(classify(status, body), problem, "{status} {body}");
        }
    }
}
