//! `fleet wait http`

use super::{TermFlags, WaitGoal, WaitSubject, carry_out};
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ops::wait::{HttpSubject, WantedStatus};

/// Wait until an address answers with a status.
///
/// Redirects are answers, and not followed. An address that ends in = and three digits itself needs a status after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait http https://web.example.com/health
  fleet wait http https://web.example.com/health=200 --for 10s --timeout 2m
  fleet wait http http://127.0.0.1:8080/=4xx")]
pub struct Args {
    /// The address, and after an = the status [default: 2xx].
    #[arg(value_name = "URL[=STATUS]", value_parser = target)]
    target: (String, WantedStatus),

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

fn target(text: &str) -> Result<(String, WantedStatus), String> {
    let (url, wanted) = match text.rsplit_once('=').and_then(|(url, s)| Some((url, WantedStatus::parse(s)?)))
    {
        Some((url, wanted)) => (url, wanted),
        None => (text, WantedStatus::Class(2)),
    };
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match host.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default()) {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok((url.to_owned(), wanted)),
        _ => Err("expected an address such as https://web.example.com/health=200".to_owned()),
    }
}

/// Waits.
///
/// # Errors
/// Timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (url, status) = &args.target;
    let wanted = WaitGoal {
        label: url.clone(),
        named: WaitSubject::Http { url: url.clone() },
        condition: status.to_string(),
        hint: None,
    };
    let mut subject = HttpSubject::new(url, *status)?;
    carry_out(app, &wanted, &mut subject, args.terms).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_stands_behind_the_address() {
        let read = |text: &str| target(text).unwrap();
        assert_eq!(read("http://a/x"), ("http://a/x".into(), WantedStatus::Class(2)));
        assert_eq!(read("http://a/x=301"), ("http://a/x".into(), WantedStatus::Status(301)));
        assert_eq!(read("http://a/x?id=7=2xx"), ("http://a/x?id=7".into(), WantedStatus::Class(2)));
        assert!(target("a/x").is_err() && target("http:///x").is_err() && target("ftp://a").is_err());
    }
}
