//! Settings that the servers hold as one document: shown, changed field by field under a check of the index, read back.

use serde::Serialize;
use serde_json::Value;

use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// A setting and its value.
#[derive(Debug, Serialize)]
pub(super) struct Setting {
    /// What the servers call it; a dot stands before a field of a block.
    pub(super) setting: String,
    /// What it is.
    pub(super) value: Value,
    /// What it was, where it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) old: Option<Value>,
}

impl Tabular for Setting {
    const COLUMNS: &'static [Column] = &[column("SETTING").whole(), column("VALUE"), column("OLD").usual("")];

    fn cells(&self) -> Vec<Cell> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let tone = if self.old.is_some() { Tone::Good } else { Tone::Plain };
        let old = self.old.as_ref().map_or(Cell::Empty, |old| Cell::toned(text(old), Tone::Dim));
        vec![Cell::text(&self.setting), Cell::toned(text(&self.value), tone), old]
    }
}

/// All settings of a document.
#[derive(Debug, Serialize)]
pub(super) struct Settings {
    pub(super) modify_index: u64,
    pub(super) changed: bool,
    pub(super) settings: Vec<Setting>,
}

impl Describe for Settings {
    fn describe(&self) -> Detail {
        Detail::new().table("Settings", &self.settings)
    }
}

/// The settings of a document, marked where `before` had another value. Indexes are no settings.
pub(super) fn listed(now: &Value, before: Option<&Value>) -> Settings {
    let mut settings = Vec::new();
    flatten("", now, &mut settings);
    let mut changed = false;
    if let Some(before) = before {
        let mut old = Vec::new();
        flatten("", before, &mut old);
        for setting in &mut settings {
            let was = old.iter().find(|o| o.setting == setting.setting).map(|o| o.value.clone());
            setting.old = was.filter(|was| *was != setting.value);
            changed |= setting.old.is_some();
        }
    }
    Settings { modify_index: now["ModifyIndex"].as_u64().unwrap_or_default(), changed, settings }
}

fn flatten(within: &str, document: &Value, settings: &mut Vec<Setting>) {
    for (name, value) in document.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => flatten(&format!("{within}{name}."), value, settings),
            _ if matches!(name.as_str(), "CreateIndex" | "ModifyIndex") => {}
            _ => {
                settings.push(Setting {
                    setting: format!("{within}{name}"),
                    value: value.clone(),
                    old: None,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_setting_tells_what_it_was() {
        let before = json!({"A": 1, "B": {"C": false}, "ModifyIndex": 7});
        let now = json!({"A": 1, "B": {"C": true}, "ModifyIndex": 9});
        let listed = listed(&now, Some(&before));
        assert_eq!((listed.modify_index, listed.changed), (9, true));
        let told: Vec<_> = listed.settings.iter().map(|s| (s.setting.as_str(), s.old.clone())).collect();
        assert_eq!(told, [("A", None), ("B.C", Some(json!(false)))]);
    }
}
