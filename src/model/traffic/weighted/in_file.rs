//! A weighted service in a file of Traefik's file provider: its weights are read from the text, and changed in it without touching
//! anything else.
//!
//! Traefik takes YAML and TOML, runs either through Go's templates first, and reads the names of its own fields whatever their case
//! (`ingress.md §0`).

use std::ops::Range;
use std::path::Path;

use serde_json::{Value, json};

use super::located::{self, Node, What};
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::model::traffic::fields::{field, items, text};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// `.yml` and `.yaml`.
    Yaml,
    /// `.toml`.
    Toml,
}

impl Syntax {
    /// That of a file by its name; none for a name that Traefik's file provider does not read.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "yml" | "yaml" => Some(Syntax::Yaml),
            "toml" => Some(Syntax::Toml),
            _ => None,
        }
    }
}

/// A weighted service as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFile {
    services: Vec<Weighed>,
    /// Whether it binds sessions to the side that answered first.
    pub sticky: bool,
}

/// One of the services it shares its requests out to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Weighed {
    name: String,
    weight: i64,
    /// The weight's bytes in the text.
    at: Range<usize>,
}

/// Reads a weighted service out of the text of a file.
///
/// # Errors
/// Why its weights cannot be moved there: there is no such service or it is of another kind, the text is a template or is broken, a
/// weight or a key is missing, is there twice, or stands for something in another place, too.
pub fn read(text: &str, syntax: Syntax, service: &str) -> Result<InFile, String> {
    if let Some(at) = text.find("{{") {
        return Err(format!(
            "line {} has {{{{, which Traefik renders as a template first: a weight there may not be the one that counts",
            located::line(text, at)
        ));
    }
    let root = match syntax {
        Syntax::Yaml => located::yaml(text)?,
        Syntax::Toml => located::toml(text)?,
    };
    let search = Search { text };
    let own = [("http", true), ("services", true), (service, false)];
    let mut here = &root;
    let mut path = String::new();
    for (name, any_case) in own {
        let Some(next) = search.child(here, &path, name, any_case)? else {
            return Err(search.missing(&root, service));
        };
        path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        here = next;
    }
    let weighted = search
        .child(here, &path, "weighted", true)?
        .ok_or_else(|| format!("{path} is no weighted service (line {})", search.line(here)))?;
    let path = format!("{path}.weighted");
    let list = match search.child(weighted, &path, "services", true)?.map(|n| &n.what) {
        Some(What::List(list)) if !list.is_empty() => list,
        _ => return Err(format!("{path}.services names no service (line {})", search.line(weighted))),
    };
    let services = list
        .iter()
        .enumerate()
        .map(|(at, one)| search.weighed(one, &format!("{path}.services[{at}]")))
        .collect::<Result<Vec<_>, _>>()?;
    for (at, one) in services.iter().enumerate() {
        // With the provider and without is the same service.
        let plain = |one: &Weighed| one.name.strip_suffix("@file").unwrap_or(&one.name).to_owned();
        if services[..at].iter().any(|before| plain(before) == plain(one)) {
            return Err(format!("{path}.services names {} twice", one.name));
        }
    }
    let sticky = search.child(weighted, &path, "sticky", true)?.is_some();
    Ok(InFile { services, sticky })
}

/// The way through a text.
struct Search<'t> {
    text: &'t str,
}

impl Search<'_> {
    fn line(&self, node: &Node) -> usize {
        located::line(self.text, node.at.start)
    }

    /// A value by its key; none where there is none.
    fn child<'n>(
        &self,
        node: &'n Node,
        path: &str,
        name: &str,
        any_case: bool,
    ) -> Result<Option<&'n Node>, String> {
        self.own(node, path)?;
        let What::Map(pairs) = &node.what else { return Ok(None) };
        if pairs.iter().any(|(key, _)| key == "<<") {
            return Err(format!(
                "{} (line {}) merges other values with <<: write out what it has",
                if path.is_empty() { "the file" } else { path },
                self.line(node)
            ));
        }
        let is = |key: &str| if any_case { key.eq_ignore_ascii_case(name) } else { key == name };
        let mut found = pairs.iter().filter(|(key, _)| is(key)).map(|(_, value)| value);
        let (first, second) = (found.next(), found.next());
        if let Some(second) = second {
            let of = if path.is_empty() { String::new() } else { format!(" of {path}") };
            return Err(format!("{name}{of} is there twice (line {})", self.line(second)));
        }
        if let Some(first) = first {
            self.own(first, &format!("{path}.{name}"))?;
        }
        Ok(first)
    }

    /// Refuses what an anchor or an alias ties to another place.
    fn own(&self, node: &Node, path: &str) -> Result<(), String> {
        if node.shared {
            return Err(format!(
                "{} (line {}) has an anchor or is an alias, so that a change there changes something else, too: write it out",
                path.trim_start_matches('.'),
                self.line(node)
            ));
        }
        Ok(())
    }

    fn scalar<'n>(
        &self,
        node: &'n Node,
        path: &str,
        name: &str,
    ) -> Result<Option<(&'n str, &'n Node)>, String> {
        Ok(match self.child(node, path, name, true)? {
            Some(found) => match &found.what {
                What::Scalar(value) => Some((value.as_str(), found)),
                _ => return Err(format!("{path}.{name} (line {}) is no plain value", self.line(found))),
            },
            None => None,
        })
    }

    fn weighed(&self, node: &Node, path: &str) -> Result<Weighed, String> {
        let line = self.line(node);
        let (name, _) = self
            .scalar(node, path, "name")?
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| format!("{path} (line {line}) has no name"))?;
        let (value, found) = self.scalar(node, path, "weight")?.ok_or_else(|| {
            format!("{path} (line {line}), {name}, has no weight: write `weight` with 1 there, which is what it has without")
        })?;
        let written = self.text.get(found.at.clone()).unwrap_or_default();
        let weight = value
            .parse()
            .ok()
            .filter(|weight: &i64| *weight >= 0 && written.trim_matches(['"', '\'']) == value)
            .ok_or_else(|| {
                format!(
                    "{path}.weight (line {}) is {written}, no plain whole number from 0 on",
                    self.line(found)
                )
            })?;
        Ok(Weighed { name: name.to_owned(), weight, at: found.at.clone() })
    }

    /// What there is instead of a service.
    fn missing(&self, root: &Node, service: &str) -> String {
        let services = |of: &str| -> Vec<String> {
            let Ok(Some(section)) = self.child(root, "", of, true) else { return Vec::new() };
            let Ok(Some(services)) = self.child(section, of, "services", true) else { return Vec::new() };
            match &services.what {
                What::Map(pairs) => pairs.iter().map(|(key, _)| key.clone()).collect(),
                _ => Vec::new(),
            }
        };
        if services("tcp").iter().chain(&services("udp")).any(|known| known == service) {
            return format!("{service} is no service of http there, and only those of http are moved");
        }
        match services("http") {
            known if known.is_empty() => "it has no http.services".to_owned(),
            known => format!("http.services has no {service}; it has {}", known.join(", ")),
        }
    }
}

impl InFile {
    /// Its weights as an entry of that name.
    #[must_use]
    pub fn entry(&self, name: &str) -> ConfigEntry {
        let services: Vec<Value> =
            self.services.iter().map(|s| json!({"Name": s.name, "Weight": s.weight})).collect();
        let whole =
            json!({"Kind": Kind::TraefikService.name(), "Name": name, "Rules": [{"Services": services}]});
        ConfigEntry { fields: whole.as_object().cloned().unwrap_or_default() }
    }

    /// The text with the weights of an entry, and nothing else changed.
    ///
    /// # Errors
    /// When the entry names other services than the file.
    pub fn with(&self, before: &str, new: &ConfigEntry) -> Result<String, String> {
        let whole = Value::Object(new.fields.clone());
        let mut wanted: Vec<(&str, i64)> = items(&whole, "Rules")
            .flat_map(|rule| items(rule, "Services"))
            .map(|s| (text(s, "Name"), field(s, "Weight").as_i64().unwrap_or(1)))
            .collect();
        let mut edits: Vec<(&Range<usize>, String)> = Vec::new();
        for own in &self.services {
            let at = wanted.iter().position(|(name, _)| *name == own.name);
            let Some(at) = at else { return Err(format!("it would lose {}", own.name)) };
            let (_, weight) = wanted.swap_remove(at);
            if weight != own.weight {
                edits.push((&own.at, weight.to_string()));
            }
        }
        if let Some((name, _)) = wanted.first() {
            return Err(format!("it does not name {name}"));
        }
        edits.sort_by_key(|(at, _)| at.start);
        let mut made = before.to_owned();
        for (at, weight) in edits.into_iter().rev() {
            made.replace_range(at.clone(), &weight);
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests;
