//! Programs for the shell of a task: kept in `scripts/*.sh` as somebody can read them, sent without comments and indentation.

/// A program for a shell, put together from what it needs and what it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ops) struct Script(String);

impl Script {
    /// One file of `scripts/`.
    pub(in crate::ops) fn of(file: &str) -> Self {
        Script::default().then(file)
    }

    /// Goes on with the lines of another file.
    #[must_use]
    pub(in crate::ops) fn then(mut self, source: &str) -> Self {
        for line in
            source.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            self.0.push_str(line);
            self.0.push('\n');
        }
        self
    }

    /// Goes on with a line that was made here, as it is.
    #[must_use]
    pub(in crate::ops) fn line(mut self, line: &str) -> Self {
        self.0.push_str(line);
        self.0.push('\n');
        self
    }

    /// Sets a variable to a text, whatever characters that has.
    #[must_use]
    pub(in crate::ops) fn set(self, name: &str, text: impl std::fmt::Display) -> Self {
        self.set_to(name, &quoted(&text.to_string()))
    }

    /// Sets a variable to what a shell makes of an expression.
    #[must_use]
    pub(in crate::ops) fn set_to(self, name: &str, expression: &str) -> Self {
        self.line(&format!("{name}={expression}"))
    }

    /// Works in a directory; ends with 1 when that cannot be entered.
    #[must_use]
    pub(in crate::ops) fn within(self, directory: &str) -> Self {
        self.line(&format!("cd {} || exit 1", quoted(directory)))
    }

    /// The program, as a shell takes it.
    pub(in crate::ops) fn text(&self) -> &str {
        self.0.trim_end_matches('\n')
    }
}

/// A word that a shell takes as it is.
#[must_use]
pub(in crate::ops) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_readers_only_is_not_sent_and_values_stay_whole() {
        let file = "#!/bin/sh\n# Says something.\n\nif true; then\n  # often\n  echo \"$WHAT\"\nfi\n";
        let script = Script::default().set("WHAT", "it's\n  # a text").then(file);
        assert_eq!(script.text(), "WHAT='it'\\''s\n  # a text'\nif true; then\necho \"$WHAT\"\nfi");
    }
}
