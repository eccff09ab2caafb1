//! Secrets that a pipeline has for its job.

use std::collections::BTreeMap;

use super::Vars;

/// The secrets among the variables, by the name the job knows them by. One that is empty is one: the job gets it empty.
pub(super) fn secrets(given: &Vars) -> Result<Vars, String> {
    if let Some(json) = given.get("NOMAD_SECRETS").filter(|v| !v.is_empty()) {
        let map: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(json).map_err(|_| "NOMAD_SECRETS is not a JSON object".to_owned())?;
        let text = |v: serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        return Ok(map.into_iter().map(|(k, v)| (k, text(v))).collect());
    }
    let named = |(k, v): (&String, &String)| Some((k.strip_prefix("NOMAD_SECRET_")?.to_owned(), v.clone()));
    Ok(given.iter().filter_map(named).collect())
}

/// The secrets as lines of a file of environment variables, in which nothing below a space may stand as it is.
#[must_use]
pub fn secret_lines(secrets: &Vars) -> String {
    secrets.iter().map(|(k, v)| format!("{k}={}\n", quoted(v))).collect()
}

fn quoted(value: &str) -> String {
    if !value.contains(|c: char| c == '\'' || c.is_ascii_control()) {
        return format!("'{value}'");
    }
    let escaped = value.chars().map(|c| match c {
        '\\' | '"' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c if c.is_ascii_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
