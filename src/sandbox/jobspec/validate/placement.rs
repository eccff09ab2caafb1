//! Constraints, affinities and spreads.

use serde_json::Value as Json;

use super::{Errors, compiles, list, text, whole};
use crate::sandbox::go;

/// References that name one thing.
const EXACT: [&str; 5] =
    ["${node.unique.id}", "${node.datacenter}", "${node.unique.name}", "${node.class}", "${node.pool}"];

/// References that begin like this.
const PREFIXES: [&str; 3] = ["${attr.", "${device.", "${meta."];

pub(super) fn constraint(constraint: &Json) -> Errors {
    let mut errors = Errors::default();
    let (left, operand, right) =
        (text(&constraint["LTarget"]), text(&constraint["Operand"]), text(&constraint["RTarget"]));
    errors.when(operand.is_empty(), "Missing constraint operand");
    match operand {
        "distinct_hosts" => return errors,
        "set_contains" | "set_contains_all" | "set_contains_any" => {
            errors.when(right.is_empty(), "Set contains constraint requires an RTarget");
        }
        "regexp" => pattern(right, &mut errors),
        "version" | "semver" => version("constraint", operand, right, &mut errors),
        "distinct_property" if right.is_empty() => {}
        "distinct_property" => match go::unsigned(right) {
            Err(flaw) => errors.add(format!("Failed to convert RTarget {right:?} to uint64: {flaw}")),
            Ok(count) => errors.when(
                count < 1,
                format!("Distinct Property must have an allowed count of 1 or greater: {count} < 1"),
            ),
        },
        "is_set" | "is_not_set" => {
            errors.when(!right.is_empty(), format!("Operator {operand:?} does not support an RTarget"));
        }
        "=" | "==" | "is" | "!=" | "not" | "<" | "<=" | ">" | ">=" => {
            errors.when(right.is_empty(), format!("Operator {operand:?} requires an RTarget"));
        }
        other => errors.add(format!("Unknown constraint type {other:?}")),
    }
    if left.is_empty() {
        errors.add("no attribute provided but is required by operator");
    } else if let Some(error) = reference(left) {
        errors.add(error);
    }
    errors
}

fn reference(target: &str) -> Option<String> {
    if !target.starts_with('$') {
        return None;
    }
    if !target.starts_with("${") {
        return Some(format!("attribute {target:?} is missing an opening brace"));
    }
    if !target.ends_with('}') {
        return Some(format!("attribute {target:?} is missing a closing brace"));
    }
    let known = EXACT.contains(&target) || PREFIXES.iter().any(|prefix| target.starts_with(prefix));
    (!known).then(|| format!("unsupported attribute {target:?}"))
}

fn pattern(pattern: &str, errors: &mut Errors) {
    let flaw = crate::sandbox::filter::flaw(pattern);
    let error = format!("Regular expression failed to compile: error parsing regexp: {flaw}");
    errors.when(!compiles(pattern), error);
}

fn version(what: &str, operand: &str, right: &str, errors: &mut Errors) {
    let semver = operand == "semver";
    if crate::sandbox::placement::is_version_constraint(right, semver) {
        return;
    }
    let (name, malformed) = if semver { ("Semver", "Malformed") } else { ("Version", "malformed") };
    let single = right.split(',').find(|s| !crate::sandbox::placement::is_version_constraint(s, semver));
    errors.add(format!("{name} {what} is invalid: {malformed} constraint: {}", single.unwrap_or(right)));
}

fn affinity(affinity: &Json) -> Errors {
    let mut errors = Errors::default();
    let (operand, right) = (text(&affinity["Operand"]), text(&affinity["RTarget"]));
    errors.when(operand.is_empty(), "Missing affinity operand");
    match operand {
        "set_contains" | "set_contains_all" | "set_contains_any" => {
            errors.when(right.is_empty(), "Set contains operators require an RTarget");
        }
        "regexp" => pattern(right, &mut errors),
        "version" | "semver" => version("affinity", operand, right, &mut errors),
        "=" | "==" | "is" | "!=" | "not" | "<" | "<=" | ">" | ">=" => {
            errors.when(right.is_empty(), format!("Operator {operand:?} requires an RTarget"));
        }
        other => errors.add(format!("Unknown affinity operator {other:?}")),
    }
    errors.when(text(&affinity["LTarget"]).is_empty(), "No LTarget provided but is required");
    let weight = whole(&affinity["Weight"]);
    errors.when(weight == 0, "Affinity weight cannot be zero");
    errors.when(!(-100..=100).contains(&weight), "Affinity weight must be within the range [-100,100]");
    errors
}

fn spread(spread: &Json) -> Errors {
    let mut errors = Errors::default();
    errors.when(text(&spread["Attribute"]).is_empty(), "Missing spread attribute");
    let weight = whole(&spread["Weight"]);
    let range = "Spread block must have a positive weight from 0 to 100";
    errors.when(!(1..=100).contains(&weight), range);
    let targets = list(&spread["SpreadTarget"]);
    let mut sum = 0;
    for (at, target) in targets.iter().enumerate() {
        let value = text(&target["Value"]);
        let again = targets[..at].iter().any(|other| other["Value"] == target["Value"]);
        errors.when(again, format!("Spread target value {value:?} already defined"));
        let percent = whole(&target["Percent"]);
        let range = format!("Spread target percentage for value {value:?} must be between 0 and 100");
        errors.when(percent > 100, range);
        sum += percent;
    }
    let too_much = format!("Sum of spread target percentages must not be greater than 100%; got {sum}%");
    errors.when(sum > 100, too_much);
    errors
}

/// Affinities and spreads of a job, a group or a task, which system jobs may not have.
pub(super) fn preferences(job: &Json, holder: &Json, errors: &mut Errors) {
    let system = job["Type"] == "system";
    for (key, name, check) in [
        ("Affinities", "Affinity", affinity as fn(&Json) -> Errors),
        ("Spreads", "Spread", spread as fn(&Json) -> Errors),
    ] {
        let all = holder.get(key).map_or(&[][..], list);
        if system && !all.is_empty() {
            let (article, block) = if key == "Spreads" { ("a", "spread") } else { ("an", "affinity") };
            errors.add(format!("System jobs may not have {article} {block} block"));
        } else if !system {
            for (at, preference) in (1..).zip(all) {
                errors.nest(&format!("{name} {at} validation failed"), &check(preference));
            }
        }
    }
}
