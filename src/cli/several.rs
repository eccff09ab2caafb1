//! One verb over several contexts: `--context a,b status`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;

use crate::cli::effect;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Interrupts;
use crate::invocation::Invocation;
use crate::ui::{Printer, Streams};

/// Verbs that go on until somebody ends them: of several nothing would be seen before that.
const ENDLESS: [&str; 6] = ["events", "monitor", "logs", "top", "sync", "ui"];

/// The names, where several are given.
pub(super) fn names(context: Option<&str>) -> Option<Vec<String>> {
    let names: Vec<String> = context?.split(',').map(|name| name.trim().to_owned()).collect();
    (names.len() > 1).then_some(names)
}

/// How the run in one context ended, as a machine reads it.
#[derive(Debug, Serialize)]
struct ContextResult {
    context: String,
    exit_code: u8,
    /// None of a run that failed.
    document: Option<Value>,
}

/// Runs the verb on each side by side, and shows what they printed one after the other. The worst exit code is that of all.
pub(super) async fn run(
    names: Vec<String>,
    verb: &[String],
    invocation: &Invocation,
    interrupts: Interrupts,
    printer: &Printer,
) -> ExitCode {
    match each(names, verb, invocation, interrupts, printer).await {
        Ok(code) => code,
        Err(error) => {
            printer.error(&error);
            error.code()
        }
    }
}

async fn each(
    names: Vec<String>,
    verb: &[String],
    invocation: &Invocation,
    interrupts: Interrupts,
    printer: &Printer,
) -> Result<ExitCode> {
    let words: Vec<&str> = verb.iter().map(String::as_str).collect();
    let said = words.join(" ");
    if names.iter().any(String::is_empty) {
        return Err(Error::usage("a name is missing between the commas of --context"));
    }
    if !effect::changes_nothing(&words, invocation.args.iter().filter_map(|arg| arg.to_str())) {
        return Err(Error::usage(format!(
            "fleet {said} may change something, and does so in one context at a time"
        )));
    }
    if words.first().is_some_and(|first| ENDLESS.contains(first)) {
        return Err(Error::usage(format!("fleet {said} goes on, and does so in one context at a time")));
    }
    let runs = names.iter().map(|name| {
        let interrupts = interrupts.clone();
        async move {
            let out = CapturedOutput::default();
            let err = Box::new(SharedStderr(Arc::clone(&invocation.streams)));
            let streams = Arc::new(Streams::new(Box::new(out.clone()), err, invocation.streams.facts));
            let inner =
                Invocation { args: with_context(&invocation.args, name), streams, ..invocation.clone() };
            let code = (inner.line.run)(&inner, interrupts).await;
            (name, code, out.take())
        }
    });
    let mut worst = ExitCode::Done;
    let mut documents = Vec::new();
    for (name, code, out) in join_all(runs).await {
        worst = if code.number() > worst.number() { code } else { worst };
        if printer.wants_events() {
            for line in out.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                printer.event(&of_context(name, line))?;
            }
        } else if printer.is_machine() {
            let document = serde_json::from_slice(&out).ok();
            documents.push(ContextResult { context: name.clone(), exit_code: code.number(), document });
        } else {
            printer.note(&format!("context {name}"));
            printer.pass(&out)?;
        }
    }
    if printer.is_machine() && !printer.wants_events() {
        printer.document(&documents)?;
    }
    Ok(worst)
}

/// A line of a context's output with its name in it.
fn of_context(name: &str, line: &[u8]) -> Value {
    match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => {
            let context = std::iter::once(("context".to_owned(), Value::from(name)));
            Value::Object(context.chain(object).collect())
        }
        Ok(value) => serde_json::json!({"context": name, "value": value}),
        Err(_) => serde_json::json!({"context": name, "text": String::from_utf8_lossy(line)}),
    }
}

/// The command line with one context in the place of several.
fn with_context(args: &[OsString], name: &str) -> Vec<OsString> {
    let mut line = Vec::new();
    let (mut value, mut own) = (false, true);
    for arg in args {
        own &= arg != "--";
        if value {
            line.push(name.into());
        } else if own && arg.to_string_lossy().starts_with("--context=") {
            line.push(format!("--context={name}").into());
        } else {
            line.push(arg.clone());
        }
        value = !value && own && arg == "--context";
    }
    line
}

/// A stream that keeps what is written.
#[derive(Debug, Clone, Default)]
struct CapturedOutput(Arc<Mutex<Vec<u8>>>);

impl CapturedOutput {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for CapturedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A stream that passes on to the stderr of all contexts' runs.
struct SharedStderr(Arc<Streams>);

impl Write for SharedStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.err().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.err().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_context_stands_where_several_stood() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        for (typed, own) in [
            ("fleet --context a,b status", "fleet --context a status"),
            ("fleet status --context=a,b -o json", "fleet status --context=a -o json"),
            ("fleet exec x -- fleet --context a,b", "fleet exec x -- fleet --context a,b"),
        ] {
            assert_eq!(with_context(&line(typed), "a"), line(own));
        }
        assert_eq!(names(Some("a, b")), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((names(Some("a")), names(None)), (None, None));
    }

    #[test]
    fn a_line_knows_its_context() {
        assert_eq!(of_context("a", br#"{"x":1}"#).to_string(), r#"{"context":"a","x":1}"#);
        assert_eq!(of_context("a", b"no json").to_string(), r#"{"context":"a","text":"no json"}"#);
    }
}
