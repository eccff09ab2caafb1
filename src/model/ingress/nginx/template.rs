//! Templates: what renders to an nginx configuration and is none yet.
//!
//! In Nomad's world a configuration is mostly a `template{}`. Lenient parsers take it for a configuration with directives
//! named `{` and `%`; whoever migrated that would migrate nonsense (`ingress.md §B`).

use std::sync::LazyLock;

use regex::Regex;

/// The mark of a template, and what writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// One-based.
    pub line: u32,
    /// The mark itself.
    pub mark: String,
    /// What such marks are of.
    pub kind: &'static str,
}

static MARKS: LazyLock<[(Regex, &'static str); 5]> = LazyLock::new(|| {
    let of = |pattern: &str| Regex::new(pattern).expect("the pattern is constant");
    [
        (of(r"\{\{"), "consul-template, Nomad's template block, Jinja or Helm"),
        (of(r"\{%"), "Jinja"),
        (of(r"<%"), "ERB"),
        // Two brackets begin a class of POSIX too: `[[:alpha:]]`.
        (of(r"\[\[-?\s"), "a template with the delimiters [[ ]] (nomad-pack, levant)"),
        // A variable of nginx is in lower case; these are the shell's, filled in by envsubst.
        (of(r"\$\{[A-Z][A-Z0-9_]*\}"), "envsubst, as the official image does in /etc/nginx/templates"),
    ]
});

/// The first mark of a template in a text; comments are passed over.
#[must_use]
pub fn mark(text: &str) -> Option<Mark> {
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let found = MARKS.iter().filter_map(|(pattern, kind)| Some((pattern.find(line)?, *kind)));
        if let Some((mark, kind)) = found.min_by_key(|(m, _)| m.start()) {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            return Some(Mark { line, mark: mark.as_str().trim().to_owned(), kind });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_told_from_configurations() {
        let found = |text: &str| mark(text).map(|m| (m.line, m.mark));
        assert_eq!(found("upstream a {\n{{ range service \"web\" }}\n"), Some((2, "{{".to_owned())));
        assert_eq!(found("{% if x %}"), Some((1, "{%".to_owned())));
        assert_eq!(found("listen [[ .port ]];"), Some((1, "[[".to_owned())));
        assert_eq!(found("server_name ${NGINX_HOST};"), Some((1, "${NGINX_HOST}".to_owned())));
        assert_eq!(found("set $x ${DOLLAR}host;"), Some((1, "${DOLLAR}".to_owned())));
        assert_eq!(found("<%= @name %>"), Some((1, "<%".to_owned())));
        assert_eq!(found("location ~ ^/[[:alpha:]]+$ { set $a ${host}x; }\n# {{ rendered }}\n"), None);
    }
}
