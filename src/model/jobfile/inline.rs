//! Results in the place of calls that look at the file system, round by round, until none is left. Who evaluates arguments
//! and who looks at files is the caller's affair.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::calls::{Call, Calls, Function};
use super::text::Text;

/// A call whose arguments are the results of as many others, one inside of the other, is no job file.
const MOST_ROUNDS: usize = 32;

/// A call that failed. It may stand where it is never made, such as in the other branch of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCall {
    /// Where it stands in the user's file.
    pub at: Range<usize>,
    /// Why.
    pub text: String,
}

impl FailedCall {
    /// Whether a place of the user's file lies in it.
    #[must_use]
    pub fn holds(&self, place: &Range<usize>) -> bool {
        self.at.start <= place.start && place.start < self.at.end
    }
}

/// The error where calls that read files depend on each other without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndlessCalls;

/// A text on its way to one without such calls.
#[derive(Debug, Clone)]
pub struct Inliner {
    text: Text,
    failed: Vec<FailedCall>,
    rounds: usize,
}

/// The calls that can be made now.
#[derive(Debug, Clone)]
pub struct CallRound {
    ready: Vec<Call>,
    /// A job file whose `Meta` tells what the arguments are worth that are no plain texts; none when all of them are.
    pub document: Option<String>,
}

impl CallRound {
    /// The first call whose arguments have to be asked for.
    #[must_use]
    pub fn first_open(&self) -> Option<&Call> {
        self.ready.iter().find(|c| c.plain.is_none())
    }
}

impl Inliner {
    /// Begins with the user's text.
    #[must_use]
    pub fn new(text: Text) -> Self {
        Inliner { text, failed: Vec::new(), rounds: 0 }
    }

    /// The text as it is now.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The text, and the calls that failed and still stand in it.
    #[must_use]
    pub fn finish(self) -> (Text, Vec<FailedCall>) {
        (self.text, self.failed)
    }

    /// What can be done next; none when every call is replaced but those that fail, or the text is no HCL, which is for the
    /// cluster to tell.
    ///
    /// # Errors
    /// When calls depend on each other without end.
    pub fn round(&mut self) -> Result<Option<CallRound>, EndlessCalls> {
        let Ok(read) = super::syntax::parse(self.text.as_str()) else { return Ok(None) };
        let mut calls = Calls::of(&read.body);
        calls.all.retain(|c| !self.failed.iter().any(|f| f.at == self.text.trace(&c.range)));
        if calls.all.is_empty() {
            return Ok(None);
        }
        let ready: Vec<Call> = calls.ready().into_iter().cloned().collect();
        self.rounds += 1;
        if ready.is_empty() || self.rounds > MOST_ROUNDS {
            return Err(EndlessCalls);
        }
        let open = ready.iter().filter(|c| c.plain.is_none());
        let questions: Vec<String> = open.map(|c| c.question(self.text.as_str())).collect();
        let document = (!questions.is_empty()).then(|| calls.questionnaire(self.text.as_str(), &questions));
        Ok(Some(CallRound { ready, document }))
    }

    /// Makes the calls of a round. `meta` is what its document came to; `make` makes a call.
    ///
    /// # Errors
    /// The call of which an argument is no text.
    pub fn answer(
        &mut self,
        round: CallRound,
        meta: &Value,
        make: impl Fn(Function, &[String]) -> Result<String, String>,
    ) -> Result<(), Box<Call>> {
        let (mut asked, mut replacements) = (0, Vec::new());
        for call in round.ready {
            let rounds = match &call.plain {
                Some(plain) => BTreeSet::from([plain.clone()]),
                None => {
                    let answer = meta[format!("q{asked}")].as_str();
                    let answer: Value =
                        answer.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
                    asked += 1;
                    let mut sets = BTreeSet::new();
                    match collect(&answer, call.bindings.len(), call.args.len(), &mut sets) {
                        Some(()) => sets,
                        None => return Err(Box::new(call)),
                    }
                }
            };
            let mut results = Vec::new();
            let at = self.text.trace(&call.range);
            for args in rounds {
                match make(call.function, &args) {
                    Ok(result) => results.push((args, result)),
                    Err(why) => {
                        let text = format!("{}: {why}", call.function.name());
                        self.failed.push(FailedCall { at: at.clone(), text });
                    }
                }
            }
            if !results.is_empty() || !call.bindings.is_empty() {
                replacements.push((call.range.clone(), call.replacement(self.text.as_str(), &results)));
            }
        }
        self.text.replace(replacements);
        Ok(())
    }
}

/// The lists of arguments in an answer, below as many lists as there are bindings.
fn collect(answer: &Value, depth: usize, args: usize, into: &mut BTreeSet<Vec<String>>) -> Option<()> {
    let items = answer.as_array()?;
    if depth > 0 {
        return items.iter().try_for_each(|item| collect(item, depth - 1, args, into));
    }
    let text = |v: &Value| match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    };
    let texts: Option<Vec<String>> = items.iter().map(text).collect();
    into.insert(texts.filter(|t| t.len() == args)?);
    Some(())
}
