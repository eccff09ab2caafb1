//! The items of a variable: as people edit them, and merged when somebody else changed them meanwhile.

use std::collections::BTreeMap;

/// Items by key.
pub type Items = BTreeMap<String, String>;

/// Reads items as they are edited: `KEY=VALUE` lines, values of several lines between `<<END` and `END`, `#` for comments;
/// or a JSON object of texts.
///
/// # Errors
/// What is wrong, and in which line.
pub fn read(text: &str) -> Result<Items, String> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|e| format!("not a JSON object of strings: {e}"));
    }
    let mut items = Items::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let at = |what: &str| format!("line {}: {what}", number + 1);
        let (key, value) = trimmed.split_once('=').ok_or_else(|| at("expected KEY=VALUE"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(at("the key is empty"));
        }
        let value = match value.trim_start().strip_prefix("<<") {
            Some(end) if !end.trim().is_empty() => {
                let mut body = Vec::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if line == end.trim() => break body.join("\n"),
                        Some((_, line)) => body.push(line),
                        None => {
                            return Err(at(&format!(
                                "the value is not closed; a line {} closes it",
                                end.trim()
                            )));
                        }
                    }
                }
            }
            _ => value.trim_start().to_owned(),
        };
        if items.insert(key.to_owned(), value).is_some() {
            return Err(at(&format!("{key} is given twice")));
        }
    }
    Ok(items)
}

/// Writes items so that [`read`] gives them back.
#[must_use]
pub fn write(items: &Items) -> String {
    let mut text = String::new();
    for (key, value) in items {
        let plain = !value.contains('\n')
            && value.trim() == value
            && !value.starts_with("<<")
            && !value.contains('\r');
        if plain {
            text.push_str(&format!("{key}={value}\n"));
        } else {
            let mut end = "END".to_owned();
            while value.split('\n').any(|l| l == end) {
                end.push('_');
            }
            text.push_str(&format!("{key}=<<{end}\n{value}\n{end}\n"));
        }
    }
    text
}

/// What somebody changed: keys set to new values, and keys that were removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// Set.
    pub set: Items,
    /// Removed.
    pub unset: Vec<String>,
}

impl Edit {
    /// What leads from one state to the other.
    #[must_use]
    pub fn between(old: &Items, new: &Items) -> Self {
        let set =
            new.iter().filter(|(k, v)| old.get(*k) != Some(v)).map(|(k, v)| (k.clone(), v.clone())).collect();
        let unset = old.keys().filter(|k| !new.contains_key(*k)).cloned().collect();
        Edit { set, unset }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// The items after it.
    #[must_use]
    pub fn apply(&self, items: &Items) -> Items {
        let mut after = items.clone();
        self.unset.iter().for_each(|key| {
            after.remove(key);
        });
        after.extend(self.set.clone());
        after
    }

    /// The keys that somebody else changed too, and not to the same: `theirs` is what leads from the state this began with to
    /// the one there is now.
    #[must_use]
    pub fn conflicts(&self, theirs: &Edit) -> Vec<String> {
        let after = |edit: &Edit, key: &str| edit.set.get(key).cloned();
        let keys = self.set.keys().chain(&self.unset);
        let touched = |key: &str| theirs.set.contains_key(key) || theirs.unset.iter().any(|k| k == key);
        keys.filter(|key| touched(key) && after(self, key) != after(theirs, key)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items(pairs: &[(&str, &str)]) -> Items {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn items_are_read_as_lines_or_json_and_mistakes_name_their_line() {
        assert_eq!(
            read("# c\n\na=1\nb = x=y \nc=<<END\none\ntwo\nEND\n").unwrap(),
            items(&[("a", "1"), ("b", "x=y"), ("c", "one\ntwo")])
        );
        assert_eq!(read("{\"a\": \"1\"}").unwrap(), items(&[("a", "1")]));
        assert_eq!(read("a=1\nb").unwrap_err(), "line 2: expected KEY=VALUE");
        assert_eq!(read("a=1\na=2").unwrap_err(), "line 2: a is given twice");
        assert!(read("a=<<X\nb").unwrap_err().starts_with("line 1"));
    }

    #[test]
    fn two_edits_meet_where_they_set_a_key_to_different_things() {
        let old = items(&[("a", "1"), ("b", "2")]);
        let mine = Edit::between(&old, &items(&[("a", "9"), ("b", "2"), ("c", "3")]));
        let theirs = |new: &[(&str, &str)]| Edit::between(&old, &items(new));
        assert_eq!(mine.conflicts(&theirs(&[("a", "1"), ("b", "7")])), Vec::<String>::new());
        assert_eq!(mine.conflicts(&theirs(&[("a", "8"), ("b", "2")])), ["a"]);
        assert_eq!(mine.conflicts(&theirs(&[("b", "2")])), ["a"]);
        assert_eq!(mine.conflicts(&theirs(&[("a", "9"), ("b", "2")])), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(map in prop::collection::btree_map("[a-z][a-zA-Z0-9_]{0,5}", "[ -~\\n]{0,12}", 0..5)) {
            prop_assert_eq!(read(&write(&map)).unwrap(), map);
        }

        #[test]
        fn an_edit_leads_from_the_old_to_the_new(
            old in prop::collection::btree_map("[a-d]", "[01]", 0..4),
            new in prop::collection::btree_map("[a-d]", "[01]", 0..4),
        ) {
            prop_assert_eq!(Edit::between(&old, &new).apply(&old), new);
        }
    }
}
