//! Old against new: every request twice to the old side, which shows its noise, then to the new; what differs is tried again.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::exchange::Side;
use crate::error::{Error, Result};
use crate::model::ingress::verify::compare::{compare, noise, relative};
use crate::model::ingress::verify::verdict::{Finding, Outcome};
use crate::model::ingress::verify::{SentRequest, SideAnswer};

/// How often a difference must show before it counts.
const TRIES: usize = 3;
/// Exchanges at once.
const AT_ONCE: usize = 4;

/// How requests are sent, and what is compared.
#[derive(Debug)]
pub struct VerificationRun<'a> {
    /// The side that is to be left.
    pub old: Side,
    /// The side that is to take over.
    pub new: Side,
    /// How long an answer may take.
    pub patience: Duration,
    /// Headers every request gets.
    pub headers: &'a [(String, String)],
    /// Whether answers tell what the application received.
    pub echo: bool,
    /// Where findings are kept, to go on from.
    pub state: Option<PathBuf>,
}

/// What foretells a difference: its reason, where the new answer is the one that was foretold.
pub type Foretold<'a> = dyn Fn(&SentRequest, &SideAnswer, &SideAnswer) -> Option<String> + 'a;

impl VerificationRun<'_> {
    /// Sends all requests and compares; those a former run has findings of are not sent again. `each` is told of every finding.
    ///
    /// # Errors
    /// When findings cannot be kept.
    pub async fn all(
        &self,
        requests: &[(SentRequest, String)],
        foretold: &Foretold<'_>,
        mut each: impl FnMut(&Finding),
    ) -> Result<Vec<Finding>> {
        let mut known = match &self.state {
            Some(path) => kept(path, &self.header())?,
            None => BTreeMap::new(),
        };
        let mut findings = Vec::with_capacity(requests.len());
        let mut waiting = Vec::new();
        for (asked, route) in requests {
            match known.remove(asked) {
                Some(finding) if !matches!(finding.outcome, Outcome::Unknown { .. }) => {
                    findings.push(finding);
                }
                _ => waiting.push((asked, route)),
            }
        }
        let stream = futures_util::stream::iter(waiting);
        let mut stream =
            stream.map(|(asked, route)| self.one(asked, route, foretold)).buffer_unordered(AT_ONCE);
        while let Some(finding) = stream.next().await {
            if let Some(path) = &self.state {
                keep(path, &finding)?;
            }
            each(&finding);
            findings.push(finding);
        }
        findings.sort_by(|a, b| a.request.cmp(&b.request));
        Ok(findings)
    }

    fn header(&self) -> Header {
        Header { old: self.old.address.clone(), new: self.new.address.clone(), echo: self.echo }
    }

    async fn one(&self, asked: &SentRequest, route: &str, foretold: &Foretold<'_>) -> Finding {
        let finding = |outcome: Outcome, noise: Vec<String>| Finding {
            request: asked.clone(),
            route: route.to_owned(),
            outcome,
            noise,
        };
        let unknown = |side: &Side, why: String| Outcome::Unknown { why: format!("{}: {why}", side.name) };
        let mut olds = Vec::new();
        for _ in 0..2 {
            match self.old.send(asked, self.headers, self.patience).await {
                Ok(answer) => olds.push(self.received(&self.old, asked, answer)),
                Err(why) => return finding(unknown(&self.old, why), Vec::new()),
            }
        }
        let masks = noise(&olds[0], &olds[1]);
        let host = asked.host.as_deref();
        let mut last = Vec::new();
        let mut by = None;
        for attempt in 0..TRIES {
            let new = match self.new.send(asked, self.headers, self.patience).await {
                Ok(answer) => self.received(&self.new, asked, answer),
                Err(why) => return finding(unknown(&self.new, why), masks.shown()),
            };
            // A pool may answer in several ways: any the old side was seen to give will do.
            let differences = olds.iter().map(|old| compare(old, &new, &masks, host)).min_by_key(Vec::len);
            last = differences.unwrap_or_default();
            if last.is_empty() {
                return finding(Outcome::Same, masks.shown());
            }
            by = foretold(asked, &olds[0], &new);
            if by.is_some() {
                break;
            }
            if attempt + 1 < TRIES
                && let Ok(old) = self.old.send(asked, self.headers, self.patience).await
            {
                olds.push(self.received(&self.old, asked, old));
            }
        }
        let outcome = match by {
            Some(by) => Outcome::Explained { differences: last, by },
            None => Outcome::Differs { differences: last },
        };
        finding(outcome, masks.shown())
    }

    /// With an echo behind both sides, what the application received takes the place of what it answered.
    fn received(&self, side: &Side, asked: &SentRequest, mut answer: SideAnswer) -> SideAnswer {
        if asked.host.is_none() {
            // Each side was asked under its own address, and names that one where it names itself.
            for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "location") {
                *value = relative(value, Some(&side.address));
            }
        }
        if !self.echo || answer.status != 200 {
            return answer;
        }
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(&answer.body) else { return answer };
        let mut headers = vec![(
            "app-line".to_owned(),
            format!("{} {}", value["method"].as_str().unwrap_or(""), value["target"].as_str().unwrap_or("")),
        )];
        let ignored = ["user-agent", "x-fleet-verify", "connection", "accept-encoding"];
        for pair in value["headers"].as_array().into_iter().flatten() {
            let (name, text) = (pair[0].as_str().unwrap_or(""), pair[1].as_str().unwrap_or(""));
            let own = asked.host.is_none() && name == "host" && text == side.address;
            if !ignored.contains(&name) && !own {
                headers.push((format!("app-{name}"), text.to_owned()));
            }
        }
        SideAnswer { status: answer.status, headers, body: Vec::new(), cut: false }
    }
}

/// What the findings of a file are of; its first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    old: String,
    new: String,
    echo: bool,
}

/// The findings of a former run between the same sides. A line that a killed run left half written is ended.
fn kept(path: &Path, header: &Header) -> Result<BTreeMap<SentRequest, Finding>> {
    let failed = |what: &str, e: &dyn std::fmt::Display| {
        Error::failed(format!("could not {what} {}", path.display())).because(e.to_string())
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(failed("read", &e)),
    };
    if text.is_empty() {
        keep(path, header)?;
        return Ok(BTreeMap::new());
    }
    let first = text.lines().next().and_then(|line| serde_json::from_str::<Header>(line).ok());
    if first.as_ref() != Some(header) {
        let of = first.map_or("something else".to_owned(), |h| format!("{} and {}", h.old, h.new));
        return Err(Error::refused(format!("{} holds findings of {of}", path.display()))
            .because("what was found there says nothing of these sides")
            .hint("name another file: --state FILE"));
    }
    if !text.ends_with('\n') {
        let mut file =
            std::fs::OpenOptions::new().append(true).open(path).map_err(|e| failed("write", &e))?;
        file.write_all(b"\n").map_err(|e| failed("write", &e))?;
    }
    let findings = text.lines().filter_map(|line| serde_json::from_str::<Finding>(line).ok());
    Ok(findings.map(|f| (f.request.clone(), f)).collect())
}

fn keep(path: &Path, line: &impl Serialize) -> Result<()> {
    let line = serde_json::to_string(line).map_err(anyhow::Error::from)?;
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    opened
        .and_then(|mut file| writeln!(file, "{line}"))
        .map_err(|e| Error::failed(format!("could not write {}", path.display())).because(e.to_string()))
}
