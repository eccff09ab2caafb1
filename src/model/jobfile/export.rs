//! A job file from what the servers hold of a job: its source with the values it was run with, or the job itself.

use std::ops::Range;

use hcl_edit::Span as _;
use serde_json::{Value, json};

use super::variables::Assignment;

/// What the servers add to a job by themselves.
const OF_THE_SERVERS: &[&str] = &[
    "ConsulToken",
    "CreateIndex",
    "DispatchIdempotencyToken",
    "Dispatched",
    "JobModifyIndex",
    "ModifyIndex",
    "NomadTokenID",
    "ParentID",
    "Stable",
    "Status",
    "StatusDescription",
    "SubmitTime",
    "UI",
    "VaultToken",
    "Version",
    "VersionTag",
];

/// The job as a file in JSON holds it: without what the servers add. `UI` stays where it says something.
#[must_use]
pub fn of_spec(spec: &Value) -> Value {
    let mut job = spec.clone();
    if let Some(fields) = job.as_object_mut() {
        fields.retain(|name, value| {
            !OF_THE_SERVERS.contains(&name.as_str()) || (name == "UI" && !value.is_null())
        });
        if fields.get("Stop") == Some(&Value::Bool(false)) {
            fields.remove("Stop");
        }
    }
    json!({ "Job": job })
}

/// The source with these values as the defaults of its variables, so that it needs no others; none where it does not declare
/// one of them, or cannot be read here.
#[must_use]
pub fn with_values(source: &str, values: &[Assignment]) -> Option<String> {
    if values.is_empty() {
        return Some(source.to_owned());
    }
    let body = super::syntax::parse(source).ok()?.body;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for value in values {
        let mut edit = None;
        for block in body.blocks() {
            match (block.ident.as_str(), block.labels.first()) {
                ("variable", Some(name)) if name.as_str() == value.name => {
                    edit = Some(match block.body.get_attribute("default") {
                        Some(default) => (default.value.span()?, value.expression.clone()),
                        None => insertion(source, block.span()?, &value.expression)?,
                    });
                }
                ("variables", _) => {
                    if let Some(own) = block.body.get_attribute(&value.name) {
                        edit = Some((own.value.span()?, value.expression.clone()));
                    }
                }
                _ => {}
            }
        }
        edits.push(edit?);
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = source.to_owned();
    for (range, put) in edits {
        text.replace_range(range, &put);
    }
    Some(text)
}

/// Where a default is put into a block without one.
fn insertion(source: &str, block: Range<usize>, expression: &str) -> Option<(Range<usize>, String)> {
    let text = source.get(block.clone())?;
    let (open, close) = (text.find('{')?, text.rfind('}')?);
    let inside = text.get(open + 1..close)?;
    // A block in one line may hold one attribute only, and a comment may end another.
    let put = format!("{{\n  {}\n  default = {expression}\n}}", inside.trim());
    Some((block.start + open..block.start + close + 1, put))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::jobfile::value_syntax::ValueSyntax;
    use crate::model::jobfile::variables::{Source, assign};

    fn set(name: &str, value: &str, reading: ValueSyntax) -> Assignment {
        assign(name, value, reading, Source::Flag)
    }

    #[test]
    fn values_become_defaults_wherever_a_variable_is_declared() {
        let source = "variable \"n\" { type = number }\nvariable \"tag\" {\n  default = \"v1\" # the image\n}\nvariable \"x\" {}\nvariables {\n  zone = \"a\"\n}\njob \"web\" {}\n";
        let values = [
            set("n", "3", ValueSyntax::Literal),
            set("tag", "v2\"", ValueSyntax::Literal),
            set("x", "[1, 2]", ValueSyntax::Expression),
            set("zone", "b", ValueSyntax::Literal),
        ];
        insta::assert_snapshot!(with_values(source, &values).unwrap(), @r#"
        variable "n" {
          type = number
          default = "3"
        }
        variable "tag" {
          default = "v2\"" # the image
        }
        variable "x" {
          
          default = [1, 2]
        }
        variables {
          zone = "b"
        }
        job "web" {}
        "#);
        assert_eq!(with_values(source, &[set("nobody", "1", ValueSyntax::Literal)]), None);
        assert_eq!(with_values("not hcl {", &values), None);
        assert_eq!(with_values("not hcl {", &[]).as_deref(), Some("not hcl {"));
    }

    #[test]
    fn what_the_servers_add_is_left_out() {
        let spec = json!({"ID": "web", "Version": 3, "Status": "running", "Stop": false, "UI": null, "TaskGroups": []});
        assert_eq!(of_spec(&spec), json!({"Job": {"ID": "web", "TaskGroups": []}}));
        let stopped = json!({"ID": "web", "Stop": true, "UI": {"Description": "x"}});
        assert_eq!(of_spec(&stopped), json!({"Job": stopped}));
    }
}
