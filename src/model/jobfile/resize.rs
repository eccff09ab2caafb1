//! Changing what tasks ask for in the text of a job file, and nothing else of it.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};

/// What a task is to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The group.
    pub group: String,
    /// The task.
    pub task: String,
    /// MHz; none leaves it as it is.
    pub cpu_mhz: Option<u64>,
    /// MiB; none leaves it as it is.
    pub memory_mib: Option<u64>,
}

/// The text with what is wanted, and what could not be changed in it, with the reason.
///
/// # Errors
/// Why the text cannot be read.
pub fn resized(text: &str, wanted: &[Wanted]) -> Result<(String, Vec<String>), String> {
    let body = hcl_edit::parser::parse_body(text).map_err(|e| e.to_string())?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut left = Vec::new();
    for want in wanted {
        let what = format!("task {} of group {}", want.task, want.group);
        let Some(task) = find(&body, want) else {
            left.push(format!("{what}: the file has no block of it that could be read"));
            continue;
        };
        let mut block: Option<(usize, String, Vec<String>)> = None;
        for (name, value) in [("cpu", want.cpu_mhz), ("memory", want.memory_mib)] {
            let Some(value) = value else { continue };
            match place(text, task, name) {
                Ok(Place::Number(range)) => edits.push((range, value.to_string())),
                Ok(Place::New(at, indent)) => edits.push((at..at, format!("{indent}{name} = {value}\n"))),
                Ok(Place::NoBlock(at, indent)) => {
                    let line = format!("{indent}  {name} = {value}\n");
                    block.get_or_insert((at, indent, Vec::new())).2.push(line);
                }
                Err(why) => left.push(format!("{what}: set {name} to {value} by hand: {why}")),
            }
        }
        if let Some((at, indent, lines)) = block {
            edits.push((at..at, format!("{indent}resources {{\n{}{indent}}}\n", lines.concat())));
        }
    }
    // From the end, so that what comes before stays where it is; where two begin at one place the later one goes in first.
    edits.reverse();
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut out = text.to_owned();
    for (range, new) in edits {
        out.replace_range(range, &new);
    }
    Ok((out, left))
}

/// Where a number is to stand.
enum Place {
    /// There is one already.
    Number(Range<usize>),
    /// The block has none yet.
    New(usize, String),
    /// The task has no such block yet.
    NoBlock(usize, String),
}

fn labelled<'b>(body: &'b Body, kind: &str, label: Option<&str>) -> Option<&'b Block> {
    body.blocks().find(|b| {
        b.ident.as_str() == kind
            && label.is_none_or(|wanted| b.labels.first().is_some_and(|l| l.as_str() == wanted))
    })
}

/// The block of a task. One that stands in the job itself makes a group of its own, by its name.
fn find<'b>(body: &'b Body, want: &Wanted) -> Option<&'b Block> {
    let job = labelled(body, "job", None)?;
    match labelled(&job.body, "group", Some(&want.group)) {
        Some(group) => labelled(&group.body, "task", Some(&want.task)),
        None if want.group == want.task => labelled(&job.body, "task", Some(&want.task)),
        None => None,
    }
}

fn place(text: &str, task: &Block, name: &str) -> Result<Place, String> {
    let mut all = task.body.blocks().filter(|b| b.ident.as_str() == "resources");
    let (resources, second) = (all.next(), all.next());
    if second.is_some() {
        return Err("the task has several resources blocks".to_owned());
    }
    let Some(resources) = resources else {
        let (at, indent) = before_end(text, task)?;
        return Ok(Place::NoBlock(at, format!("{indent}  ")));
    };
    let Some(attribute) = resources.body.attributes().find(|a| a.key.as_str() == name) else {
        let (at, indent) = before_end(text, resources)?;
        return Ok(Place::New(at, format!("{indent}  ")));
    };
    match (&attribute.value, attribute.value.span()) {
        (Expression::Number(_), Some(range)) => Ok(Place::Number(range)),
        _ => Err("it is not a plain number in the file".to_owned()),
    }
}

/// The beginning of the line on which a block ends, and the indent of that line.
fn before_end(text: &str, block: &Block) -> Result<(usize, String), String> {
    let one_line = || "its block stands on one line".to_owned();
    let end = block.span().ok_or_else(one_line)?.end;
    let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = text[line..end].chars().take_while(|c| c.is_whitespace()).collect();
    // Only a line that has nothing but the closing brace can take a line before it.
    if text[line..end].trim() == "}" { Ok((line, indent)) } else { Err(one_line()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"variable "m" { default = 64 }
job "web" {
  group "g" {
    task "t" {
      driver = "docker" # stays
      resources {
        cpu    = 500 # MHz
        memory = 300
      }
    }
    task "bare" {
      driver = "exec"
    }
    task "half" {
      resources {
        memory = var.m
      }
    }
    task "line" { driver = "exec" }
  }
}
"#;

    fn want(task: &str, cpu_mhz: Option<u64>, memory_mib: Option<u64>) -> Wanted {
        Wanted { group: "g".into(), task: task.into(), cpu_mhz, memory_mib }
    }

    #[test]
    fn numbers_are_changed_and_all_else_stays() {
        let wanted = [
            want("t", Some(120), Some(128)),
            want("bare", Some(60), Some(64)),
            want("half", Some(50), Some(96)),
            want("line", Some(50), None),
            want("none", Some(50), None),
        ];
        let (text, left) = resized(FILE, &wanted).unwrap();
        let expected = FILE
            .replace("500 # MHz", "120 # MHz")
            .replace("memory = 300", "memory = 128")
            .replace(
                "      driver = \"exec\"\n    }",
                "      driver = \"exec\"\n      resources {\n        cpu = 60\n        memory = 64\n      }\n    }",
            )
            .replace("        memory = var.m\n", "        memory = var.m\n        cpu = 50\n");
        assert_eq!(text, expected);
        assert_eq!(
            left,
            [
                "task half of group g: set memory to 96 by hand: it is not a plain number in the file",
                "task line of group g: set cpu to 50 by hand: its block stands on one line",
                "task none of group g: the file has no block of it that could be read",
            ]
        );
        assert!(resized("job {", &[]).is_err());
    }
}
