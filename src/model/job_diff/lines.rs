//! Differences as lines for people.

use super::{Change, Difference};
use crate::api::wire::Nanos;
use crate::model::job_fields::is_time;
use crate::model::words;

/// A longer value is not shown whole.
const LONGEST: usize = 120;
/// Lines of a text around a change.
const AROUND: usize = 1;

/// A line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about; none for headings and for lines that did not change.
    pub change: Option<Change>,
    /// The words, indented.
    pub text: String,
}

/// One difference in one line.
#[must_use]
pub fn one(d: &Difference) -> String {
    let name = match (&d.group, &d.task) {
        _ if !d.field.is_empty() => d.field.clone(),
        (_, Some(task)) => format!("task {task}"),
        (Some(group), None) => format!("group {group}"),
        (None, None) => "job".to_owned(),
    };
    let name = format!("{} {name}", d.change.sign());
    if d.redacted && (d.old == d.new || (d.old.is_none() && d.new.is_none())) {
        let what = match d.change {
            Change::Added => "set (not shown)",
            Change::Deleted => "removed (not shown)",
            Change::Edited => "changed (not shown)",
        };
        return format!("{name}: {what}");
    }
    match (&d.old, &d.new, &d.effect) {
        (Some(old), Some(new), _) => format!("{name}: {} → {}", value(&d.field, old), value(&d.field, new)),
        (Some(only), None, _) | (None, Some(only), _) => format!("{name}: {}", value(&d.field, only)),
        (None, None, Some(effect)) => format!("{name}: {effect}"),
        (None, None, None) => name,
    }
}

fn value(field: &str, value: &str) -> String {
    let name = field.rsplit('.').next().unwrap_or_default();
    match value.parse() {
        Ok(nanos) if is_time(name) => Nanos(nanos).to_string(),
        _ => shown(value),
    }
}

fn shown(value: &str) -> String {
    if value.is_empty() {
        return "\"\"".to_owned();
    }
    let first = value.lines().next().unwrap_or("");
    let lines = value.lines().count();
    let cut = first.char_indices().nth(LONGEST).map_or(first.len(), |(at, _)| at);
    match (lines, cut < first.len()) {
        (0 | 1, false) => first.to_owned(),
        (0 | 1, true) => format!("{}…", &first[..cut]),
        _ => format!("{}… ({})", &first[..cut.min(40.min(first.len()))], words::count(lines, "line")),
    }
}

/// All differences below headings of their groups and tasks; of texts of several lines only the lines that change.
#[must_use]
pub fn all(differences: &[Difference]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at: (Option<&str>, Option<&str>) = (None, None);
    for d in differences {
        let here = (d.group.as_deref(), d.task.as_deref());
        let whole = d.field.is_empty();
        if here.0 != at.0
            && let Some(group) = here.0
            && !(whole && here.1.is_none())
        {
            lines.push(Line { change: None, text: format!("group {group}") });
        }
        if here != at
            && let Some(task) = here.1
            && !whole
        {
            lines.push(Line { change: None, text: format!("  task {task}") });
        }
        at = here;
        let depth = usize::from(here.0.is_some()) + usize::from(here.1.is_some())
            - usize::from(whole && here.0.is_some());
        let indent = "  ".repeat(depth);
        match (&d.old, &d.new) {
            (Some(old), Some(new)) if old != new && (old.contains('\n') || new.contains('\n')) => {
                lines.push(Line {
                    change: Some(d.change),
                    text: format!("{indent}{} {}:", d.change.sign(), d.field),
                });
                lines.extend(text_diff(old, new, &format!("{indent}    ")));
            }
            _ => lines.push(Line { change: Some(d.change), text: format!("{indent}{}", one(d)) }),
        }
    }
    lines
}

/// The lines of two texts that differ, with a little of what stands around them.
fn text_diff(old: &str, new: &str, indent: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let script = script(&old, &new);
    let near = |i: usize| {
        let from = i.saturating_sub(AROUND);
        script[from..script.len().min(i + AROUND + 1)].iter().any(|(change, _)| change.is_some())
    };
    let mut lines = Vec::new();
    let mut gap = false;
    for (i, (change, text)) in script.iter().enumerate() {
        if change.is_none() && !near(i) {
            gap = !lines.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            lines.push(Line { change: None, text: format!("{indent}…") });
        }
        let sign = change.map_or(' ', Change::sign);
        lines.push(Line { change: *change, text: format!("{indent}{sign} {text}") });
    }
    lines
}

/// What leads from one list of lines to the other, by their longest common subsequence; texts that are too long for
/// that are told as one replaced by the other.
fn script<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Option<Change>, &'a str)> {
    const MOST: usize = 4_000_000;
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut script: Vec<(Option<Change>, &str)> = old[..head].iter().map(|l| (None, *l)).collect();
    if a.len().saturating_mul(b.len()) > MOST {
        script.extend(a.iter().map(|l| (Some(Change::Deleted), *l)));
        script.extend(b.iter().map(|l| (Some(Change::Added), *l)));
    } else {
        let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                common[i][j] = if a[i] == b[j] {
                    common[i + 1][j + 1] + 1
                } else {
                    common[i + 1][j].max(common[i][j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() || j < b.len() {
            if i < a.len() && j < b.len() && a[i] == b[j] {
                script.push((None, a[i]));
                (i, j) = (i + 1, j + 1);
            } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
                script.push((Some(Change::Deleted), a[i]));
                i += 1;
            } else {
                script.push((Some(Change::Added), b[j]));
                j += 1;
            }
        }
    }
    script.extend(old[old.len() - tail..].iter().map(|l| (None, *l)));
    script
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn of_a_long_text_only_the_lines_that_change_are_told() {
        let old = "a\nb\nc\nd\ne\nf\nPASSWORD= (not shown)\n";
        let new = "a\nb\nc\nD\ne\nf\nPASSWORD= (not shown)\n";
        let d = Difference {
            change: Change::Edited,
            group: Some("g".into()),
            task: Some("t".into()),
            field: "Template.EmbeddedTmpl".into(),
            old: Some(old.into()),
            new: Some(new.into()),
            redacted: false,
            effect: None,
        };
        assert_eq!(
            text(&all(&[d])),
            "group g\n  task t\n    ~ Template.EmbeddedTmpl:\n          c\n        - d\n        + D\n          e"
        );
    }

    proptest! {
        #[test]
        fn a_script_leads_from_one_text_to_the_other(
            old in prop::collection::vec("[abc]", 0..12),
            new in prop::collection::vec("[abc]", 0..12),
        ) {
            let (old, new): (Vec<&str>, Vec<&str>) = (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
            let script = script(&old, &new);
            let side = |gone: Change| script.iter().filter(|(c, _)| *c != Some(gone)).map(|(_, l)| *l).collect::<Vec<_>>();
            prop_assert_eq!(side(Change::Added), old);
            prop_assert_eq!(side(Change::Deleted), new);
        }
    }
}
