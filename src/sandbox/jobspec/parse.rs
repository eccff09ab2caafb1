//! A job file into the API's job, as `/v1/jobs/parse` answers it (`nomad-api.md §3.2`).

use serde_json::{Map, Value as Json, json};

use super::blocks::BlockView;
use super::decode;
use super::hcl::{Scope, Source, Value, parse as syntax};
use super::schema::job::JOB;
use super::variables;

/// Parses a job file with the values of its variables. Unset fields are `null`; see `canonical` for defaults.
///
/// # Errors
/// What Nomad puts after `Failed to parse job: `; `Job spec is empty` stands alone.
pub fn parse(hcl: &str, variables: &str) -> Result<Json, String> {
    if hcl.trim_start_matches(' ').starts_with('{') || variables.trim_start_matches(' ').starts_with('{') {
        return Err("the embedded fleet does not read HCL written as JSON".to_owned());
    }
    let assignments = Source::new(variables);
    let assigned = syntax(&assignments).map_err(|e| format!("unable to parse var content: {e}"))?;
    let source = Source::new(hcl);
    let body = syntax(&source)?;
    let mut scope = Scope::new(&source, Vec::new());
    top_level(&body, &mut scope);
    if !scope.diags.is_empty() {
        return Err(scope.diags.lines(&source));
    }
    let inputs = variables::inputs(&body, (&assignments, &assigned), &mut scope);
    scope.bind(None, "var", Value::Null, Value::Object(inputs));
    let locals = variables::locals(&body, &mut scope);
    if !scope.diags.is_empty() {
        return Err(scope.diags.lines(&source));
    }
    scope.bind(None, "local", Value::Null, Value::Object(locals));
    let job = job(&body, &mut scope);
    match job {
        Some(job) if scope.diags.is_empty() => Ok(Json::Object(job)),
        _ => Err(scope.diags.lines(&source)),
    }
}

/// Only variables, locals and jobs stand alone.
fn top_level(body: &hcl_edit::structure::Body, scope: &mut Scope<'_>) {
    const BLOCKS: [&str; 4] = ["job", "locals", "variable", "variables"];
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        let range = hcl_edit::Span::span(&attribute.key).unwrap_or(0..0);
        let detail = format!("An argument named {name:?} is not expected here.");
        scope.diags.add(range, "Unsupported argument", detail);
    }
    for block in body.blocks() {
        let view = BlockView::of(block, scope);
        match view.name.as_str() {
            "job" | "variable" => {
                view.has_labels(&["name"], scope);
            }
            "locals" | "variables" => {
                view.has_labels(&[], scope);
            }
            other => {
                let mut detail = format!("Blocks of type {other:?} are not expected here.");
                if let Some(close) = decode::similar(other, BLOCKS.to_vec()) {
                    detail.push_str(&format!(" Did you mean {close:?}?"));
                }
                scope.diags.add(view.kind.clone(), "Unsupported block type", detail);
            }
        }
    }
}

fn job(body: &hcl_edit::structure::Body, scope: &mut Scope<'_>) -> Option<Map<String, Json>> {
    let mut jobs = body.blocks().filter(|block| block.ident.as_str() == "job");
    let Some(first) = jobs.next() else {
        scope.diags.add_anywhere("Missing job block", "A job block is required");
        return None;
    };
    let first = BlockView::of(first, scope);
    for block in jobs {
        let view = BlockView::of(block, scope);
        let detail = format!(
            "Only one block of type \"job\" is allowed. Previous definition was at {}.",
            scope.source().show(&first.head)
        );
        scope.diags.add(view.head, "Duplicate job block", detail);
    }
    let mut job = JOB.empty();
    decode::body(first.body, &JOB, &first.brace, &mut job, scope);
    let name = first.labels.first().map_or("", |(name, _)| name.as_str());
    for key in ["ID", "Name"] {
        if job[key].is_null() {
            job.insert(key.to_owned(), json!(name));
        }
    }
    normalize(&mut job);
    Some(job)
}

/// What the parser itself fills in: inherited blocks, groups for tasks that stand alone, and a few defaults.
fn normalize(job: &mut Map<String, Json>) {
    let mut vault = job.remove("vault").and_then(|list| list.as_array().and_then(|l| l.last().cloned()));
    if let Some(vault) = &mut vault {
        normalize_vault(vault);
    }
    let secrets = job.remove("secrets");
    if let Some(Json::Array(tasks)) = job.remove("tasks") {
        let alone = tasks.into_iter().map(|task| {
            let mut group = super::schema::job::TASK_GROUP.empty();
            group.insert("Name".to_owned(), task["Name"].clone());
            group.insert("Tasks".to_owned(), json!([task]));
            Json::Object(group)
        });
        let mut groups: Vec<Json> = alone.collect();
        groups.extend(job.get("TaskGroups").and_then(Json::as_array).cloned().unwrap_or_default());
        job.insert("TaskGroups".to_owned(), Json::Array(groups));
    }
    if let Some(periodic) = job.get_mut("Periodic").filter(|p| p.is_object())
        && (!periodic["Spec"].is_null() || !periodic["Specs"].is_null())
    {
        periodic["SpecType"] = json!("cron");
    }
    for group in job.get_mut("TaskGroups").and_then(Json::as_array_mut).into_iter().flatten() {
        normalize_ports(&mut group["Networks"]);
        for task in group["Tasks"].as_array_mut().into_iter().flatten() {
            normalize_task(task, vault.as_ref(), secrets.as_ref());
        }
    }
}

fn normalize_task(task: &mut Json, vault: Option<&Json>, secrets: Option<&Json>) {
    if task["Resources"].is_object() {
        normalize_ports(&mut task["Resources"]["Networks"]);
    }
    for template in task["Templates"].as_array_mut().into_iter().flatten() {
        fill(template, &[("ChangeMode", json!("restart")), ("Perms", json!("0644"))]);
        fill(template, &[("Splay", json!(5_000_000_000_i64)), ("ErrMissingKey", json!(false))]);
        if template["ChangeScript"].is_object() {
            let script = &mut template["ChangeScript"];
            fill(script, &[("Args", json!([])), ("Timeout", json!(5_000_000_000_i64))]);
            fill(script, &[("FailOnError", json!(false)), ("RunOnFirstRender", json!(false))]);
        }
    }
    if task["Vault"].is_object() {
        normalize_vault(&mut task["Vault"]);
    } else if let Some(vault) = vault {
        task["Vault"] = vault.clone();
    }
    if let Some(Json::Array(secrets)) = secrets {
        match task["Secrets"].as_array_mut() {
            Some(own) => own.extend(secrets.iter().cloned()),
            None => task["Secrets"] = json!(secrets),
        }
    }
    // The default identity has a place of its own.
    if let Some(identities) = task["Identities"].as_array_mut() {
        let default = identities.iter().position(|i| i["Name"] == "" || i["Name"] == "default");
        if let Some(at) = default {
            task["Identity"] = task["Identities"].as_array_mut().map_or(Json::Null, |list| list.remove(at));
        }
    }
}

fn fill(object: &mut Json, defaults: &[(&str, Json)]) {
    for (key, default) in defaults {
        if object[*key].is_null() {
            object[*key] = default.clone();
        }
    }
}

fn normalize_vault(vault: &mut Json) {
    fill(vault, &[("Env", json!(true)), ("DisableFile", json!(false)), ("ChangeMode", json!("restart"))]);
}

/// Ports with a number are reserved, the others dynamic.
fn normalize_ports(networks: &mut Json) {
    for network in networks.as_array_mut().into_iter().flatten() {
        let Json::Array(ports) = network["DynamicPorts"].take() else { continue };
        let (fixed, dynamic): (Vec<Json>, Vec<Json>) =
            ports.into_iter().partition(|port| port["Value"].as_i64().unwrap_or(0) > 0);
        let list = |ports: Vec<Json>| if ports.is_empty() { Json::Null } else { Json::Array(ports) };
        network["DynamicPorts"] = list(dynamic);
        network["ReservedPorts"] = list(fixed);
    }
}
