//! Telling somebody elsewhere what an operation does: by a command, or by a request to an address. It never holds the operation up
//! and never fails it; what could not be told is said.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::api::http::Probe;
use crate::error::{Error, Result};
use crate::model::words;
use crate::ops::operator_command::OperatorCommand;

/// A delivery that takes longer than this has failed.
const WITHIN: Duration = Duration::from_secs(20);
/// When it is said that the last deliveries are waited for.
const SAY_AFTER: Duration = Duration::from_secs(2);
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

    /// Waits for what is under way, each at most so long as a delivery may take; what could not be told. Where that takes long, `say` is
    /// told what is waited for.
    pub async fn finish(&mut self, say: impl FnOnce(&str)) -> Vec<String> {
        let mut failures = self.say_left_out();
        let mut say = Some(say);
        let soon = sleep(SAY_AFTER);
        tokio::pin!(soon);
        loop {
            tokio::select! {
                ended = self.under_way.join_next() => match ended {
                    Some(ended) => failures.extend(ended.ok().and_then(Result::err)),
                    None => return failures,
                },
                () = &mut soon, if say.is_some() => {
                    let notices = words::count(self.under_way.len(), "notice");
                    let line = format!("the rest is done; {notices} to others may take up to {} s", WITHIN.as_secs());
                    say.take().into_iter().for_each(|say| say(&line));
                }
            }
        }
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
        assert_eq!(notifier.finish(|_| ()).await, ["2 notices were left out: 32 are still on their way"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_wait_for_the_last_notices_is_said_once() {
        let mut notifier = Notifier::default();
        let late = async |seconds| sleep(Duration::from_secs(seconds)).await;
        notifier.under_way.spawn(async move {
            late(1).await;
            Ok(())
        });
        let mut said = Vec::new();
        assert!(notifier.finish(|line| said.push(line.to_owned())).await.is_empty() && said.is_empty());
        (3..5).for_each(|seconds| {
            drop(notifier.under_way.spawn(async move {
                late(seconds).await;
                Err(format!("late by {seconds} s"))
            }));
        });
        let failures = notifier.finish(|line| said.push(line.to_owned())).await;
        assert_eq!(failures, ["late by 3 s", "late by 4 s"]);
        assert_eq!(said, ["the rest is done; 2 notices to others may take up to 20 s"]);
    }

    #[tokio::test]
    async fn a_command_gets_the_document_and_its_failure_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("told");
        let argv = |script: &str| vec!["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()];
        let script = format!("cat > {f}; echo \" $FLEET_EVENT\" >> {f}", f = file.display());
        let mut notifier = Notifier::new(Some(argv(&script)), &[]).unwrap();
        notifier.tell(&serde_json::json!({"event": "end"}), &[("FLEET_EVENT", "end".to_owned())]);
        assert!(notifier.finish(|_| ()).await.is_empty());
        assert_eq!(std::fs::read_to_string(file).unwrap(), "{\"event\":\"end\"} end\n");
        let mut notifier = Notifier::new(Some(argv("echo no room >&2; exit 3")), &[]).unwrap();
        notifier.tell(&serde_json::json!({}), &[]);
        let failures = notifier.finish(|_| ()).await;
        assert!(failures.len() == 1 && failures[0].ends_with("exit status: 3: no room"), "{failures:?}");
        let mut notifier = Notifier::new(None, &["http://127.0.0.1:1/secret".to_owned()]).unwrap();
        notifier.tell(&serde_json::json!({}), &[]);
        let failures = notifier.finish(|_| ()).await;
        assert!(
            failures[0].contains("could not notify http://127.0.0.1:1/") && !failures[0].contains("secret"),
            "{failures:?}"
        );
    }
}
