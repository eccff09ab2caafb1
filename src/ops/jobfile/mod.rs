//! From a job file to the job the cluster is asked to run: functions that look at the file system are resolved here, the
//! rest is parsed by the cluster (`nomad-api.md §3.2`).

mod files;
mod inline;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::jobspec::{self, Submission};
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::model::jobfile::diagnostic::Diagnostic;
use crate::model::jobfile::inline::Failed;
use crate::model::jobfile::variables::{self, Assignment, Merged, Source};
use crate::model::jobfile::{Text, diagnostic, text};

/// What to make a job from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file; `-` for the text on stdin.
    pub path: &'a str,
    /// Values from the command line, by name.
    pub vars: &'a [(String, String)],
    /// Variable files, the last one counts most.
    pub var_files: &'a [PathBuf],
    /// The environment with its `NOMAD_VAR_…`.
    pub env: &'a Environment,
    /// Whether a value for a variable that is not declared is an error.
    pub strict: bool,
}

/// A job as the cluster understood it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The file, as the user named it.
    pub path: String,
    /// The job, as it would be registered.
    pub job: Value,
    /// What is stored with the job, so that it can be read and submitted again.
    pub submission: Submission,
    /// Values of variables, with their names: they may be secret.
    pub values: Vec<(String, String)>,
}

impl Parsed {
    /// The id of the job.
    #[must_use]
    pub fn id(&self) -> &str {
        self.job["ID"].as_str().unwrap_or_default()
    }
}

/// Reads a job file and has the cluster parse it, for the namespace whose rights count.
///
/// # Errors
/// Usage (2) when the file, a variable file or a variable is no good, told with file, line and column; API errors.
pub async fn load(nomad: &Http, namespace: &str, input: Input<'_>) -> Result<Parsed> {
    let source = read(input.path).await?;
    parse(nomad, namespace, input, source).await
}

/// The same of a text that was read already.
///
/// # Errors
/// As [`load`].
pub async fn parse(nomad: &Http, namespace: &str, input: Input<'_>, source: String) -> Result<Parsed> {
    if let Some(job) = api_job(&source) {
        if !input.vars.is_empty() || !input.var_files.is_empty() {
            return Err(Error::usage(format!("{} is a JSON job, which has no variables", input.path)));
        }
        let submission = Submission::json(source);
        return Ok(Parsed { path: input.path.to_owned(), job, submission, values: Vec::new() });
    }
    let text = Text::new(source);
    let variables = merge(&text, input)?;
    let (text, failed) = inline::inline(nomad, namespace, input, text, &variables).await?;
    let call = jobspec::parse(namespace, text.as_str(), &variables.beyond(text.as_str()));
    let job = match nomad.ask(&call).await {
        Ok(reply) => reply.value,
        Err(e) if e.status == Some(400) => {
            return Err(complaint(&e.text, input.path, &text, &variables, &failed));
        }
        Err(e) => return Err(e.into()),
    };
    let values = variables.values();
    let submission = Submission::hcl(text.as_str().to_owned(), variables.text);
    Ok(Parsed { path: input.path.to_owned(), job, submission, values })
}

/// The same of what was stored with a job.
///
/// # Errors
/// As [`load`].
pub async fn parse_stored(
    nomad: &Http,
    namespace: &str,
    input: Input<'_>,
    stored: &Submission,
) -> Result<Parsed> {
    let text = Text::new(stored.source.clone());
    let mut all = assignments(stored);
    all.extend(flags(&text, input.vars));
    let variables = variables::merged(&all);
    let call = jobspec::parse(namespace, text.as_str(), &variables.beyond(text.as_str()));
    match nomad.ask(&call).await {
        Ok(reply) => {
            let (path, submission, values) = (input.path.to_owned(), stored.clone(), variables.values());
            Ok(Parsed { path, job: reply.value, submission, values })
        }
        Err(e) if e.status == Some(400) => Err(complaint(&e.text, input.path, &text, &variables, &[])),
        Err(e) => Err(e.into()),
    }
}

fn assignments(stored: &Submission) -> Vec<Assignment> {
    variables::of_file(Path::new("variables"), &stored.variables).unwrap_or_default()
}

/// The values of variables that were stored with a job, with their names.
#[must_use]
pub fn stored_values(stored: &Submission) -> Vec<(String, String)> {
    variables::merged(&assignments(stored)).values()
}

/// Assignments of the command line, read as the file declares.
fn flags(text: &Text, vars: &[(String, String)]) -> Vec<Assignment> {
    let declared = hcl_edit::parser::parse_body(text.as_str()).map(|body| variables::declared(&body));
    let declared = declared.unwrap_or_default();
    let reading = |name: &str| declared.get(name).copied().unwrap_or(variables::Reading::Literal);
    vars.iter().map(|(name, value)| variables::assign(name, value, reading(name), Source::Flag)).collect()
}

/// The text of a file, or of stdin for `-`.
///
/// # Errors
/// Usage (2) when it cannot be read.
pub async fn read(path: &str) -> Result<String> {
    String::from_utf8(read_bytes(path).await?).map_err(|e| {
        let file = if path == "-" { "stdin" } else { path };
        Error::usage(format!("could not read {file}"))
            .because(format!("it is not UTF-8 text: {}", e.utf8_error()))
    })
}

/// The contents of a file, or of stdin for `-`.
///
/// # Errors
/// Usage (2) when they cannot be read.
pub async fn read_bytes(path: &str) -> Result<Vec<u8>> {
    if path != "-" {
        return std::fs::read(path)
            .map_err(|e| Error::usage(format!("could not read {path}")).because(e.to_string()));
    }
    let all = || {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes).map(|_| bytes)
    };
    match tokio::task::spawn_blocking(all).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(e)) => Err(Error::usage("could not read stdin").because(e.to_string())),
        Err(e) => Err(Error::failed("could not read stdin").because(e.to_string())),
    }
}

fn read_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|e| Error::usage(format!("could not read {}", path.display())).because(e.to_string()))
}

/// A job in the API's own form, bare or as `{"Job": …}`; HCL in JSON begins with `job` in lower case.
fn api_job(source: &str) -> Option<Value> {
    if !source.trim_start().starts_with('{') {
        return None;
    }
    let mut value: Value = serde_json::from_str(source).ok()?;
    if value["Job"].is_object() {
        return Some(value["Job"].take());
    }
    (value["ID"].is_string() || value["TaskGroups"].is_array()).then_some(value)
}

/// What the cluster complains of, told of the user's file.
fn complaint(answer: &str, path: &str, text: &Text, variables: &Merged, failed: &[Failed]) -> Error {
    let file = if path == "-" { "stdin" } else { path };
    let error = Error::usage(format!("{file} is not a valid job file"));
    let render = |d: Diagnostic| {
        let place = d.range.map(|(start, end)| text.trace(&(text.offset(start)..text.offset(end))));
        let why = |place| failed.iter().find(|f| f.holds(place)).map(|f| f.text.clone());
        d.render_variable(file, text, variables).unwrap_or_else(|| {
            let told = place.as_ref().and_then(why).unwrap_or_else(|| d.text.clone());
            Diagnostic { text: told, ..d }.render(file, text)
        })
    };
    let error = diagnostic::parse(answer).into_iter().map(render).fold(error, Error::because);
    match diagnostic::unset(answer) {
        Some(name) => error.hint(format!("--var {name}=VALUE, NOMAD_VAR_{name} or a --var-file sets it")),
        None => error,
    }
}

/// The values of the variables, from everywhere.
fn merge(text: &Text, input: Input<'_>) -> Result<Merged> {
    // What is no HCL is told by the cluster, in its words.
    let declared = hcl_edit::parser::parse_body(text.as_str()).map(|body| variables::declared(&body));
    let declared = declared.unwrap_or_default();
    let mut all: Vec<Assignment> = Vec::new();
    for (name, value) in input.env.iter() {
        let Some(name) = name.strip_prefix("NOMAD_VAR_") else { continue };
        if let Some(reading) = declared.get(name) {
            all.push(variables::assign(name, value, *reading, Source::Environment));
        }
    }
    for file in input.var_files {
        let text = read_file(file)?;
        let found = variables::of_file(file, &text).map_err(|bad| {
            let at = bad.at.map(|at| text::position(&text, at));
            let place = at.map_or_else(
                || file.display().to_string(),
                |p| format!("{}:{}:{}", file.display(), p.line, p.column),
            );
            Error::usage(format!("{} is not valid", file.display())).because(format!("{place}: {}", bad.text))
        })?;
        all.extend(found);
    }
    for (name, value) in input.vars {
        let reading = declared.get(name).copied().unwrap_or(variables::Reading::Literal);
        all.push(variables::assign(name, value, reading, Source::Flag));
    }
    let unknown: Vec<&Assignment> = all.iter().filter(|a| !declared.contains_key(&a.name)).collect();
    if input.strict && !unknown.is_empty() {
        let error = Error::usage(format!("{} does not declare a variable that was set", input.path));
        let error = unknown
            .iter()
            .fold(error, |e, a| e.because(format!("{}: no such variable: {}", a.origin(), a.name)));
        let known: Vec<&str> = declared.keys().map(String::as_str).collect();
        let near =
            unknown.first().and_then(|a| crate::model::suggest::nearest(&a.name, known.iter().copied()));
        let error = match near {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error,
        };
        return Err(error.hint("declare it with `variable \"name\" {}`, or pass --no-strict"));
    }
    all.retain(|a| declared.contains_key(&a.name));
    Ok(variables::merged(&all))
}
