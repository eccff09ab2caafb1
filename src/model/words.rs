//! Numbers with their nouns, for everything that is printed.

use std::fmt::Display;

/// So much time in words, in at most two units: `40 s`, `12 min`, `2 h 05 min`.
#[must_use]
pub fn span(d: std::time::Duration) -> String {
    match d.as_secs_f64().ceil() as u64 {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7200 => format!("{} min", s.div_ceil(60)),
        s => format!("{} h {:02} min", s / 3600, s % 3600 / 60),
    }
}

/// A number with its noun, in the singular for one: `1 node`, `0 nodes`, `2 batch jobs`. The noun is given in the singular.
#[must_use]
pub fn count<N: Display + PartialEq + From<u8> + Copy>(n: N, noun: &str) -> String {
    if n == N::from(1) { format!("{n} {noun}") } else { format!("{n} {}", plural(noun)) }
}

/// What goes with a number: the first form for one, the second for any other: `is` or `are`.
#[must_use]
pub fn either<N: PartialEq + From<u8> + Copy>(n: N, one: &'static str, other: &'static str) -> &'static str {
    if n == N::from(1) { one } else { other }
}

/// The first few of many names with a separator between them, and how many more there are.
#[must_use]
pub fn first_few(names: &[&str], separator: &str) -> String {
    /// So many can be taken in.
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(separator);
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The plural of a noun, whose last word changes.
fn plural(noun: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|end| noun.ends_with(end));
    if noun == "child" || noun.ends_with(" child") {
        format!("{noun}ren")
    } else if ends(&["s", "x", "ch", "sh"]) {
        format!("{noun}es")
    } else if noun.ends_with('y') && !ends(&["ay", "ey", "oy", "uy"]) {
        format!("{}ies", &noun[..noun.len() - 1])
    } else {
        format!("{noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::{count, either, first_few};

    #[test]
    fn of_many_names_the_first_few_are_told_and_how_many_more_there_are() {
        assert_eq!(first_few(&["a", "b"], ", "), "a, b");
        let many: Vec<&str> = std::iter::repeat_n("n", 500).collect();
        assert_eq!(first_few(&many, " "), "n n n n n n n n and 492 more");
    }

    #[test]
    fn one_is_singular_and_everything_else_plural() {
        for (n, noun, text) in [
            (1_usize, "node", "1 node"),
            (0, "node", "0 nodes"),
            (2, "node", "2 nodes"),
            (2, "batch", "2 batches"),
            (3, "directory", "3 directories"),
            (2, "key", "2 keys"),
            (2, "running child", "2 running children"),
            (5, "unhealthy canary", "5 unhealthy canaries"),
        ] {
            assert_eq!(count(n, noun), text);
        }
        assert_eq!(
            (count(1_u64, "byte"), count(11_u32, "byte")),
            ("1 byte".to_owned(), "11 bytes".to_owned())
        );
        assert_eq!((either(1_u64, "is", "are"), either(0_u64, "is", "are")), ("is", "are"));
    }
}
