//! What must not be shown, for every face: by the name it stands under, by what it is, and by known values wherever they stand.

pub mod command_line;
mod lines;
mod names;
mod programs;
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
    /// Those that stand under the names of secrets and may stand anywhere by chance: hidden in what tasks say, where no name is to be
    /// kept.
    weak: Vec<String>,
    /// Fields of the job that are made from secret variables.
    made: Vec<MadeField>,
}

/// A field of a job that its file makes from secret variables: `B = "p-${var.pw}"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MadeField {
    /// Its name, as the file has it.
    pub name: String,
    /// It is worked out of them, so that they need not be found in it: `upper(var.pw)`. Otherwise what holds none of them is told.
    pub worked_out: bool,
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
        Secrets { values, ..Self::default() }
    }

    /// The values of variables whose names are those of secrets. A field that holds nothing but one of them had it from there,
    /// however weak it is.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = &'a (String, String)>) -> Self {
        let all: Vec<(&str, &str)> =
            variables.into_iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let secrets = Self::of(all.iter().copied());
        let weak = all.iter().filter(|(name, value)| is_telling(name) && !is_place(value));
        let weak = weak.map(|(_, value)| *value).filter(|value| is_weak(value));
        Secrets { common: once(weak.map(str::to_owned).collect()), ..secrets }
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
        let own: Vec<String> = own.map(|(_, value)| value.to_owned()).collect();
        let weak = self.weak.iter().chain(own.iter().filter(|value| is_weak(value))).cloned().collect();
        let all = Self::new(self.values.iter().cloned().chain(own));
        Secrets { common: self.common.clone(), weak: once(weak), made: self.made.clone(), ..all }
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
        let common = once(self.common.into_iter().chain(others.common).collect());
        let weak = once(self.weak.into_iter().chain(others.weak).collect());
        Secrets { common, weak, made: self.made, ..all }.and_made(others.made)
    }

    /// The same, and fields that are made from secret variables.
    #[must_use]
    pub fn and_made(mut self, fields: impl IntoIterator<Item = MadeField>) -> Self {
        let fields = fields.into_iter().map(|field| MadeField { name: squeezed(&field.name), ..field });
        self.made.extend(fields);
        self.made.sort();
        self.made.dedup();
        self
    }

    /// Whether a field is made from secrets: as a whole, or so that the known ones in it are.
    fn is_made(&self, name: &str, value: &str) -> bool {
        if self.made.is_empty() || says_what_runs(name) {
            return false;
        }
        let inner = inner_name(name);
        let mut own = self.made.iter().filter(|field| field.name == inner);
        let holds = || self.values.iter().chain(&self.common).any(|secret| value.contains(secret.as_str()));
        own.any(|field| (field.worked_out && !lines::is_harmless_value(value)) || holds())
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
        let is_made = || self.is_made(name, value);
        values::looks_secret(value) || (!names_something(name) && (is_known() || is_one() || is_made()))
    }

    /// The value of a field as it may be shown; none when nothing of it may.
    #[must_use]
    pub fn shown(&self, name: &str, value: &str) -> Option<String> {
        if value.contains('\n') && !is_telling(name) {
            if self.is_made(name, value) {
                let all = self.common.iter().fold(value.to_owned(), |text, weak| text.replace(weak, HIDDEN));
                return Some(self.clean(&all));
            }
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

    /// What a task wrote, or its client says of it, as [`Secrets::clean`] has it, with the weak values hidden too: an image that has the
    /// name of its password is told elsewhere.
    #[must_use]
    pub fn clean_told(&self, text: &str) -> String {
        let mut weak: Vec<&String> = self.weak.iter().chain(&self.common).collect();
        // The longest first: it may hold another one.
        weak.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        let known = self.mask(text).into_owned();
        let masked = weak.into_iter().fold(known, |text, value| {
            let found = values::told_occurrences(&text, value);
            found.into_iter().rev().fold(text, |mut text, at| {
                text.replace_range(at..at + value.len(), HIDDEN);
                text
            })
        });
        lines::clean(&masked)
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
                let hidden = secret_text(members);
                let program = program(members).map(str::to_owned);
                for (name, value) in members.iter_mut() {
                    match value {
                        Value::String(text) if hidden == Some(name.as_str()) && !text.is_empty() => {
                            *text = HIDDEN.to_owned();
                        }
                        Value::Array(items) => self.redact_list(name, program.as_deref(), items),
                        _ => self.redact_field(name, value),
                    }
                }
            }
            Value::Array(items) => self.redact_list(name, None, items),
            Value::String(text) if !text.is_empty() => {
                *text = self.shown(name, text).unwrap_or_else(|| HIDDEN.to_owned());
            }
            _ => {}
        }
    }

    fn redact_list(&self, name: &str, program: Option<&str>, items: &mut [Value]) {
        let mut words = Words::of(program);
        for item in items {
            let word = item.as_str().map(str::to_owned);
            match &word {
                Some(text) if words.hand_over(text) => *item = HIDDEN.into(),
                _ => self.redact_field(name, item),
            }
            words.next(word);
        }
    }
}

/// The words of a command one after another.
#[derive(Debug, Default)]
pub struct Words {
    program: Option<String>,
    flag: Option<String>,
}

impl Words {
    /// Those behind a program.
    #[must_use]
    pub fn of(program: Option<&str>) -> Self {
        Words { program: program.map(str::to_owned), flag: None }
    }

    /// Whether the last word hands a secret over in this one.
    #[must_use]
    pub fn hand_over(&self, word: &str) -> bool {
        let Some(flag) = &self.flag else { return false };
        let takes = |program: &String| programs::takes_password(program, flag);
        is_flag_value(flag, word)
            || (self.program.as_ref().is_some_and(takes) && programs::is_password(flag, word))
    }

    /// Goes on with this word; none where something else than a text stands.
    pub fn next(&mut self, word: Option<String>) {
        if let Some(program) = word.as_ref().filter(|word| programs::is_known(word)) {
            self.program = Some(program.clone());
        }
        self.flag = word;
    }
}

/// What the object starts.
fn program(members: &serde_json::Map<String, Value>) -> Option<&str> {
    members.get("command").or_else(|| members.get("Command")).and_then(Value::as_str)
}

/// The member of an object that is a secret as a whole: the text of a template whose file is one.
fn secret_text(members: &serde_json::Map<String, Value>) -> Option<&'static str> {
    let path = members.get("DestPath").and_then(Value::as_str)?;
    let text = members.get("EmbeddedTmpl").and_then(Value::as_str)?;
    is_secret_text(path, text).then_some("EmbeddedTmpl")
}

/// Whether a text in a file of that name is a secret as a whole, as in `secrets/db_password` or `id_rsa`. Files of settings have
/// their secrets in lines, and what is looked up elsewhere is not told here.
#[must_use]
pub fn is_secret_text(path: &str, text: &str) -> bool {
    const SETTINGS: [&str; 17] = [
        "cfg",
        "cnf",
        "conf",
        "config",
        "env",
        "hcl",
        "html",
        "ini",
        "js",
        "json",
        "php",
        "properties",
        "sh",
        "toml",
        "xml",
        "yaml",
        "yml",
    ];
    const KEYS: [&str; 8] = ["id_dsa", "id_ecdsa", "id_ed25519", "id_rsa", "jks", "keystore", "p12", "pfx"];
    let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, ending) = file.rsplit_once('.').map_or((file.as_str(), ""), |(stem, ending)| match stem {
        "" => (ending, ""),
        _ => (stem, ending),
    });
    let text = text.trim();
    let elsewhere = text.starts_with("{{") && text.ends_with("}}");
    !elsewhere
        && !text.is_empty()
        && !SETTINGS.contains(&ending)
        && (KEYS.contains(&stem) || KEYS.contains(&ending) || ending == "key" || is_telling(stem))
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

/// The innermost name of a field, whatever number stands behind it, as a job file may have it: `args` of `Config.args[3]`.
fn inner_name(name: &str) -> String {
    let mut parts = name.split(['.', '[', ']']).filter(|part| !part.is_empty());
    let inner = parts.rfind(|part| !part.chars().all(|c| c.is_ascii_digit())).unwrap_or(name);
    squeezed(inner)
}

/// A name as files and the API have in common.
fn squeezed(name: &str) -> String {
    let name: String = name.chars().filter(|c| *c != '_').collect::<String>().to_lowercase();
    match name.as_str() {
        "data" => "embeddedtmpl".to_owned(),
        "source" => "gettersource".to_owned(),
        "destination" => "destpath".to_owned(),
        _ => name,
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
        Value::Object(members) => {
            let (hidden, program) = (secret_text(members), program(members));
            for (name, value) in members {
                match value {
                    Value::String(text) if hidden == Some(name.as_str()) => {
                        into.push(("password".to_owned(), text.trim()));
                    }
                    Value::Array(items) => listed(name, program, items, into),
                    _ => texts(name, value, into),
                }
            }
        }
        Value::Array(items) => listed(name, None, items, into),
        Value::String(text) => into.push((name.to_owned(), text)),
        _ => {}
    }
}

/// The same of a list, which may be the words of a command.
fn listed<'a>(name: &str, program: Option<&str>, items: &'a [Value], into: &mut Vec<(String, &'a str)>) {
    let mut words = Words::of(program);
    for item in items {
        match item.as_str() {
            Some(text) if words.hand_over(text) => into.push(("password".to_owned(), text)),
            _ => texts(name, item, into),
        }
        words.next(item.as_str().map(str::to_owned));
    }
}

/// Whether a value may be a password and may as well stand somewhere by chance.
fn is_weak(value: &str) -> bool {
    !values::is_rare(value) && value.chars().count() >= LEAST && !lines::is_harmless_value(value)
}

/// Each of them once.
fn once(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

/// Where a secret is to be found is none.
fn is_place(value: &str) -> bool {
    value.starts_with('/') || value.contains("${") || (value.contains("://") && !value.contains('@'))
}

#[cfg(test)]
mod tests;
