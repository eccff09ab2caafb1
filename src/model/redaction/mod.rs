//! What must not be shown, for every face: by the name it stands under, by what it is, and by known values wherever they stand.

mod lines;
mod names;
mod values;

use std::borrow::Cow;

use serde_json::Value;

pub use names::is_telling;

/// A value that is shorter is no password that anybody would miss.
const LEAST: usize = 4;

/// What stands in the place of a secret.
pub const HIDDEN: &str = "(not shown)";

/// Known secret values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    values: Vec<String>,
    /// Those that may stand anywhere by chance: hidden where one is all that a field holds.
    common: Vec<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.values.len())
    }
}

impl Secrets {
    /// Values that are secret. Those that may stand anywhere by chance, such as `postgres`, are hidden under their own names only.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut values: Vec<String> = values.into_iter().filter(|v| values::is_rare(v)).collect();
        // The longest first: it may hold another one.
        values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        values.dedup();
        Secrets { values, common: Vec::new() }
    }

    /// The values of variables whose names are those of secrets. A field that holds nothing but one of them had it from there,
    /// however weak it is.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = &'a (String, String)>) -> Self {
        let all: Vec<(&str, &str)> =
            variables.into_iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let secrets = Self::of(all.iter().copied());
        let weak = all.iter().filter(|(name, value)| is_telling(name) && !is_place(value));
        let weak = weak.map(|(_, value)| *value).filter(|v| !values::is_rare(v));
        let weak = weak.filter(|v| v.chars().count() >= LEAST && !lines::is_harmless_value(v));
        let mut common: Vec<String> = weak.map(str::to_owned).collect();
        common.sort();
        common.dedup();
        Secrets { common, ..secrets }
    }

    /// The values of fields that have the names of secrets.
    pub fn of<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::default().and_fields(fields)
    }

    /// What the environment has under the names of secrets, its variables of job files among them.
    pub fn of_environment<'a>(env: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        // The shell's own folder is no password.
        Self::of(env.into_iter().filter(|(name, _)| !matches!(*name, "PWD" | "OLDPWD")))
    }

    /// The same, and the values of fields that have the names of secrets: what stands in one field may stand in another.
    #[must_use]
    pub fn and_fields<'a>(&self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let own = fields.into_iter().filter(|(name, value)| is_telling(name) && !is_place(value));
        let all = Self::new(self.values.iter().cloned().chain(own.map(|(_, value)| value.to_owned())));
        Secrets { common: self.common.clone(), ..all }
    }

    /// The same, and those in a job, or in any other document.
    #[must_use]
    pub fn and_document(&self, document: &Value) -> Self {
        let mut fields = Vec::new();
        texts("", document, &mut fields);
        self.and_fields(fields.iter().map(|(name, value)| (name.as_str(), *value)))
    }

    /// These and others.
    #[must_use]
    pub fn and(self, others: Secrets) -> Self {
        let all = Self::new(self.values.into_iter().chain(others.values));
        let mut common: Vec<String> = self.common.into_iter().chain(others.common).collect();
        common.sort();
        common.dedup();
        Secrets { common, ..all }
    }

    /// Whether a field of that name and value must not be shown at all.
    #[must_use]
    pub fn hides(&self, name: &str, value: Option<&str>) -> bool {
        let Some(value) = value else { return is_telling(name) };
        if is_telling(name) {
            return !lines::is_harmless_value(value);
        }
        let is_known = || self.values.iter().any(|v| !values::occurrences(value, v).is_empty());
        let is_one = || self.common.iter().any(|v| v == value) && !says_what_runs(name);
        values::looks_secret(value) || (!names_something(name) && (is_known() || is_one()))
    }

    /// The value of a field as it may be shown; none when nothing of it may.
    #[must_use]
    pub fn shown(&self, name: &str, value: &str) -> Option<String> {
        if value.contains('\n') && !is_telling(name) {
            return Some(self.clean(value));
        }
        if self.hides(name, Some(value)) {
            return None;
        }
        Some(if names_something(name) { value.to_owned() } else { self.clean(value) })
    }

    /// A text with every known secret value replaced, the rest of each line after a telling name, and what gives itself away.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        lines::clean(&self.mask(text))
    }

    /// A text with every known secret value replaced, and all else as it is.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for value in &self.values {
            let mut found = values::occurrences(&masked, value);
            while let Some(at) = found.pop() {
                masked.to_mut().replace_range(at..at + value.len(), HIDDEN);
            }
        }
        masked
    }

    /// Takes the secrets out of a document.
    pub fn redact(&self, document: &mut Value) {
        self.redact_field("", document);
    }

    fn redact_field(&self, name: &str, value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| self.redact_field(name, value));
            }
            Value::Array(items) => {
                let mut flag: Option<String> = None;
                for item in items {
                    let next = item.as_str().map(str::to_owned);
                    match (&flag, &next) {
                        (Some(flag), Some(text)) if is_flag_value(flag, text) => *item = HIDDEN.into(),
                        _ => self.redact_field(name, item),
                    }
                    flag = next;
                }
            }
            Value::String(text) if !text.is_empty() => {
                *text = self.shown(name, text).unwrap_or_else(|| HIDDEN.to_owned());
            }
            _ => {}
        }
    }
}

/// Whether a word hands a secret over in the next one, as `--password` does, and the next one is such a value.
#[must_use]
pub fn is_flag_value(flag: &str, value: &str) -> bool {
    let name = flag.trim_start_matches('-');
    if value.starts_with('-') || value.is_empty() || value.starts_with("${") || value.starts_with(HIDDEN) {
        return false;
    }
    match name.to_ascii_lowercase().as_str() {
        // What curl and others take: USER:PASSWORD.
        "u" | "user" | "proxy-user" => {
            flag.starts_with('-') && value.split_once(':').is_some_and(|(_, password)| !password.is_empty())
        }
        "bearer" => value.len() >= 8,
        "basic" => {
            value.len() >= 8
                && value.chars().all(|c| c.is_ascii_alphanumeric() || "+/=_-".contains(c))
                && !value.chars().all(char::is_lowercase)
        }
        _ => flag.starts_with('-') && flag.len() > 2 && is_telling(name) && !lines::is_harmless_value(value),
    }
}

/// Whether a field is the name of something that everybody may know: an image, a task, a node.
fn names_something(name: &str) -> bool {
    let inner = name.trim_end_matches(']').rsplit(['.', '[']).next().unwrap_or(name);
    matches!(
        inner,
        "image" | "Image" | "Name" | "ID" | "Driver" | "Datacenter" | "Namespace" | "Region" | "NodePool"
    )
}

/// Whether a field says what runs and as whom: a weak password may be the same word.
fn says_what_runs(name: &str) -> bool {
    let inner = name.trim_end_matches(']').rsplit(['.', '[']).next().unwrap_or(name).to_ascii_lowercase();
    matches!(
        inner.as_str(),
        "command" | "entrypoint" | "user" | "username" | "kind" | "type" | "mode" | "provider" | "portlabel"
    )
}

/// Every text in a document with the name it stands under; what follows a flag stands under the flag's name.
fn texts<'a>(name: &str, value: &'a Value, into: &mut Vec<(String, &'a str)>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| texts(name, value, into)),
        Value::Array(items) => {
            let mut flag: Option<&str> = None;
            for item in items {
                match (flag, item.as_str()) {
                    (Some(flag), Some(text)) if is_flag_value(flag, text) => {
                        into.push((flag.to_owned(), text));
                    }
                    _ => texts(name, item, into),
                }
                flag = item.as_str();
            }
        }
        Value::String(text) => into.push((name.to_owned(), text)),
        _ => {}
    }
}

/// Where a secret is to be found is none.
fn is_place(value: &str) -> bool {
    value.starts_with('/') || value.contains("${") || (value.contains("://") && !value.contains('@'))
}

#[cfg(test)]
mod tests;
