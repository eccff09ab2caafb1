//! Telling somebody elsewhere what an operation does: by a command, or by a request to an address. It never holds the operation up
//! and never fails it; what could not be told is said.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::api::http::Probe;
use crate::error::{Error, Result};
use crate::model::words;
use crate::ops::operator_command::OperatorCommand;

/// A delivery that takes longer than this has failed.
const WITHIN: Duration = Duration::from_secs(20);
/// More deliveries than this at once are no notices any more: then one is left out, and that is said.
const MOST: usize = 32;

/// Who is told.
#[derive(Debug, Default)]
pub struct Notifier {
    command: Option<Vec<String>>,
    urls: Vec<(String, Probe)>,
    under_way: JoinSet<Result<(), String>>,
    /// How many were left out, and not said to be.
    left_out: usize,
}

impl Notifier {
    /// One that runs this command and asks these addresses.
    ///
    /// # Errors
    /// Usage (2) when an address is none.
    pub fn new(command: Option<Vec<String>>, urls: &[String]) -> Result<Self> {
        let target = |url: &String| {
            let web = url.starts_with("http://") || url.starts_with("https://");
            if !web {
                return Err(Error::usage(format!(
                    "{url:?} is no address to notify: it begins with http:// or https://"
                )));
            }
            let probe =
                Probe::new(WITHIN).map_err(|e| Error::failed("could not make a client").because(e))?;
            Ok((url.clone(), probe))
        };
        let urls = urls.iter().map(target).collect::<Result<_>>()?;
        Ok(Notifier { command, urls, under_way: JoinSet::new(), left_out: 0 })
    }

    /// Begins to tell. The command gets the document on its stdin, and these variables.
    pub fn tell(&mut self, document: &Value, variables: &[(&'static str, String)]) {
        if self.under_way.len() >= MOST {
            self.left_out += 1;
            return;
        }
        let body = document.to_string();
        for (url, probe) in self.urls.clone() {
            let body = body.clone();
            self.under_way.spawn(async move {
                probe
                    .post_json(&url, body)
                    .await
                    .map_err(|e| format!("could not notify {}: {e}", place(&url)))
            });
        }
        if let Some(argv) = &self.command {
            // Ctrl-C is meant for the operation, whose end is to be told.
            let command = OperatorCommand::program(argv)
                .variables(variables.iter().cloned())
                .input(body)
                .in_own_group()
                .killed_on_drop();
            self.under_way.spawn(async move {
                let name = command.name();
                match timeout(WITHIN, run(&command)).await {
                    Ok(ended) => ended.map_err(|e| format!("--notify-cmd {name:?} failed: {e}")),
                    Err(_) => Err(format!("--notify-cmd {name:?} did not end within {} s", WITHIN.as_secs())),
                }
            });
        }
    }

    /// What could not be told, as far as it is known by now.
    pub fn failures(&mut self) -> Vec<String> {
        let mut failures = self.say_left_out();
        while let Some(ended) = self.under_way.try_join_next() {
            failures.extend(ended.ok().and_then(Result::err));
        }
        failures
    }

    fn say_left_out(&mut self) -> Vec<String> {
        let left_out = std::mem::take(&mut self.left_out);
        let text = || {
            let notices = words::count(left_out, "notice");
            let were = words::either(left_out, "was", "were");
            format!("{notices} {were} left out: {MOST} are still on their way")
        };
        (left_out > 0).then(text).into_iter().collect()
    }

    /// Waits for what is under way; what could not be told.
    pub async fn finish(&mut self) -> Vec<String> {
        let mut failures = self.say_left_out();
        while let Some(ended) = self.under_way.join_next().await {
            failures.extend(ended.ok().and_then(Result::err));
        }
        failures
    }
}

/// The part of an address that is no secret: what stands behind the host may be one.
fn place(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    format!("{scheme}://{host}/\u{2026}")
}

async fn run(command: &OperatorCommand) -> Result<(), String> {
    let end = command.run().await.map_err(|e| e.to_string())?;
    match (end.status.success(), end.last_error.trim()) {
        (true, _) => Ok(()),
        (false, "") => Err(end.status.to_string()),
        (false, said) => Err(format!("{}: {said}", end.status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_in_an_address_is_not_told() {
        let cases = [
            ("https://hooks.example/services/secret", "https://hooks.example/\u{2026}"),
            ("https://user:secret@host:8443?token=secret", "https://host:8443/\u{2026}"),
        ];
        for (url, shown) in cases {
            assert_eq!(place(url), shown);
        }
        assert!(Notifier::new(None, &["hooks.example".to_owned()]).is_err());
    }

    #[tokio::test]
    async fn what_was_left_out_is_said() {
        let argv = ["/bin/sleep".to_owned(), "0.1".to_owned()].to_vec();
        let mut notifier = Notifier::new(Some(argv), &[]).unwrap();
        (0..MOST + 2).for_each(|_| notifier.tell(&serde_json::json!({}), &[]));
        assert_eq!(notifier.finish().await, ["2 notices were left out: 32 are still on their way"]);
    }

    #[tokio::test]
    async fn a_command_gets_the_document_and_its_failure_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("told");
        let argv = |script: &str| vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()];
        let script = format!("cat > {f}; echo \" $FLEET_EVENT\" >> {f}", f = file.display());
        let mut notifier = Notifier::new(Some(argv(&script)), &[]).unwrap();
        notifier.tell(&serde_json::json!({"event": "end"}), &[("FLEET_EVENT", "end".to_owned())]);
        assert!(notifier.finish().await.is_empty());
        assert_eq!(std::fs::read_to_string(file).unwrap(), "{\"event\":\"end\"} end\n");
        let mut notifier = Notifier::new(Some(argv("echo no room >&2; exit 3")), &[]).unwrap();
        notifier.tell(&serde_json::json!({}), &[]);
        let failures = notifier.finish().await;
        assert!(failures.len() == 1 && failures[0].ends_with("exit status: 3: no room"), "{failures:?}");
        let mut notifier = Notifier::new(None, &["http://127.0.0.1:1/secret".to_owned()]).unwrap();
        notifier.tell(&serde_json::json!({}), &[]);
        let failures = notifier.finish().await;
        assert!(
            failures[0].contains("could not notify http://127.0.0.1:1/") && !failures[0].contains("secret"),
            "{failures:?}"
        );
    }
}
