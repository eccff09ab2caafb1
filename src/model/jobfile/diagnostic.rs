//! What the cluster says of a job file, told of the user's own file: its answers name `input.hcl`, whatever was sent, and
//! count in the text that was sent (`nomad-api.md §3.2`).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::text::{Position, Text, position};
use super::variables::Merged;
use crate::model::redaction::Secrets;

/// One complaint about a place of the text that was sent, or about no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it begins and ends.
    pub range: Option<(Position, Position)>,
    /// What it says.
    pub text: String,
}

static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s;])(?:input\.hcl:(\d+),(\d+)-(?:(\d+),)?(\d+)|<nil>): ")
        .expect("the pattern is constant")
});

/// A place that is named in the middle of a sentence.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"input\.hcl:(\d+),(\d+)(?:-(?:\d+,)?\d+)?").expect("the pattern is constant")
});

/// Takes an answer such as `Failed to parse job: input.hcl:3,5-9: Summary; Detail` apart.
#[must_use]
pub fn parse(answer: &str) -> Vec<Diagnostic> {
    let answer = answer.trim().trim_start_matches("Failed to parse job: ");
    let heads: Vec<_> = HEAD.captures_iter(answer).collect();
    if heads.is_empty() {
        return vec![Diagnostic { range: None, text: answer.to_owned() }];
    }
    let whole = |i: usize| heads[i].get(0).expect("the whole match is always there");
    let one = |i: usize| {
        let end = heads.get(i + 1).map_or(answer.len(), |_| whole(i + 1).start());
        let number = |group: usize| heads[i].get(group).and_then(|m| m.as_str().parse::<usize>().ok());
        let range = number(1).zip(number(2)).map(|(line, column)| {
            let last = Position { line: number(3).unwrap_or(line), column: number(4).unwrap_or(column) };
            (Position { line, column }, last)
        });
        let text = answer[whole(i).end()..end].trim().trim_end_matches(['\n', ';']);
        Diagnostic { range, text: text.to_owned() }
    };
    (0..heads.len()).map(one).collect()
}

/// The variables that an answer says have no value, by name.
#[must_use]
pub fn unset(answer: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        answer.split("Unset variable \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

impl Diagnostic {
    /// The complaint about the user's file: its place, the words, and the line it means unless a secret may stand there.
    #[must_use]
    pub fn render(&self, file: &str, text: &Text) -> String {
        let Some((start, end)) = self.range else { return format!("{file}: {}", self.words(file, text)) };
        let sent = text.offset(start)..text.offset(end).max(text.offset(start));
        let range = text.trace(&sent);
        let (at, until) = (position(text.origin(), range.start), position(text.origin(), range.end));
        let line = text.origin().lines().nth(at.line - 1).unwrap_or("");
        let place = format!("{file}:{}:{}: {}", at.line, at.column, self.words(file, text));
        if Secrets::default().clean(line) != line {
            return place;
        }
        let shown = line.replace('\t', " ");
        let width = if until.line == at.line {
            until.column.saturating_sub(at.column)
        } else {
            shown.chars().count() + 1 - at.column
        };
        let number = at.line.to_string();
        let gutter = " ".repeat(number.len());
        format!(
            "{place}\n{gutter} |\n{number} | {shown}\n{gutter} | {}{}",
            " ".repeat(at.column - 1),
            "^".repeat(width.max(1)),
        )
    }

    /// The complaint about a variable's value, without the value; none when it is about something else.
    #[must_use]
    pub fn render_variable(&self, file: &str, text: &Text, variables: &Merged) -> Option<String> {
        let (start, _) = self.range?;
        let line = start.line.checked_sub(Merged::offset(text.as_str()) + 1)?;
        Some(format!("{}: {}", variables.lines.get(line)?.origin(), self.words(file, text)))
    }

    /// `Summary; Detail` as a sentence, whose places are those of the user's file.
    fn words(&self, file: &str, text: &Text) -> String {
        let told = match self.text.split_once("; ") {
            Some((summary, detail)) => format!("{summary}: {}", detail.trim_end_matches('.')),
            None => self.text.clone(),
        };
        let place = |found: &Captures<'_>| {
            let number = |group: usize| found[group].parse().unwrap_or(1);
            let at = text.place(text.offset(Position { line: number(1), column: number(2) }));
            format!("{file}:{}:{}", at.line, at.column)
        };
        PLACE.replace_all(&told, place).replace("\n\n", " ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_about_a_variable_names_who_set_it_and_not_its_value() {
        use crate::model::jobfile::value_syntax::ValueSyntax;
        use crate::model::jobfile::variables::{Source, assign, merged};
        let variables = merged(&[assign("flag", "hunter22", ValueSyntax::Expression, Source::Flag)]);
        let job = Text::new("variable \"flag\" {\n type = bool\n}\n");
        assert_eq!(variables.beyond(job.as_str()), "\n\n\n\nflag = hunter22\n");
        let complaint = &parse("input.hcl:5,8-16: Variables not allowed; Variables may not be used here.")[0];
        assert_eq!(
            complaint.render_variable("web.hcl", &job, &variables).unwrap(),
            "--var flag: Variables not allowed: Variables may not be used here"
        );
        assert_eq!(parse("input.hcl:2,1-3: A; B")[0].render_variable("web.hcl", &job, &variables), None);
        let rule = "input.hcl:5,8-16: Invalid value for variable; Be short.\n\nThis was checked by the validation rule at \
                    input.hcl:2,2-6.";
        assert_eq!(
            parse(rule)[0].render_variable("web.hcl", &job, &variables).unwrap(),
            "--var flag: Invalid value for variable: Be short. This was checked by the validation rule at web.hcl:2:2"
        );
    }

    #[test]
    fn several_complaints_are_told_apart() {
        let answer = "Failed to parse job: input.hcl:5,22-27: Error in function call; Call to function \"file\" failed: \
                      filesystem function disabled. input.hcl:9,1-12,3: Unsuitable value type; a string is required \
                      <nil>: Unset variable \"a\"; A used variable must be set";
        let found = parse(answer);
        let place = |line, column| Position { line, column };
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].range, Some((place(5, 22), place(5, 27))));
        assert_eq!(found[1].range, Some((place(9, 1), place(12, 3))));
        assert_eq!(found[1].text, "Unsuitable value type; a string is required");
        assert_eq!(found[2].range, None);
        assert_eq!((unset(answer), unset("Job spec is empty")), (vec!["a"], vec![]));
        assert_eq!(parse("Job spec is empty")[0].text, "Job spec is empty");
    }

    #[test]
    fn a_complaint_points_at_the_users_own_line() {
        let mut text = Text::new("a = file(\"x\")\njob \"web\" {\n  cuont = 1\n}\n");
        text.replace(vec![(4..13, "\"a very long text that was in the file\"".to_owned())]);
        let complaint = &parse(
            "input.hcl:3,3-8: Unsupported argument; An argument named \"cuont\" is not expected here.",
        )[0];
        assert_eq!(
            complaint.render("web.hcl", &text),
            "web.hcl:3:3: Unsupported argument: An argument named \"cuont\" is not expected here\n  |\n3 |   cuont = 1\n  |   ^^^^^"
        );
        // A log is no place for what stands in this line.
        let secret = Text::new("env {\n  DB_PASSWORD = \"hunter22\" +\n}\n");
        let complaint = &parse("input.hcl:2,28-29: Missing expression; Expected one.")[0];
        assert_eq!(complaint.render("web.hcl", &secret), "web.hcl:2:28: Missing expression: Expected one");
        // What was put in is told of where it stands.
        let inside = &parse("input.hcl:1,20-24: Bad; Worse")[0];
        assert!(inside.render("web.hcl", &text).starts_with(
            "web.hcl:1:5: Bad: Worse\n  |\n1 | a = file(\"x\")\n  |     ^^^^^^^^^\n".trim_end()
        ));
    }
}
