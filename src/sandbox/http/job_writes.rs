//! The writes of `/v1/jobs` and `/v1/job/…` (`nomad-api.md §3.1`, §3.3, §3.4).

use std::sync::Arc;

use base64::Engine as _;
use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::call::{Call, REGION};
use crate::sandbox::http::job_bodies::{
    DISPATCH, EVALUATION, PARSING, PLAN, REGISTRATION, REVERSION, SCALING, STABILITY, TAG, VALIDATION,
};
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::http::request::{Input, field};
use crate::sandbox::http::shape::Shape;
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::catalog::Submission;
use crate::sandbox::state::job::JobKey;
use crate::sandbox::wire::alloc::{Parts, Stub};
use crate::sandbox::wire::eval::{Annotations, Evaluation};
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::world::requests::{
    Dispatch, Dispatched, Planned, Refusal, Registered, Registration, Scaling, Stop, TagChange, many_errors,
};

fn bad(words: &str) -> Refusal {
    Refusal::new(400, words)
}

/// What a registration and its like answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Registers {
    eval_create_index: u64,
    #[serde(rename = "EvalID", serialize_with = "or_empty")]
    eval: Option<Id>,
    index: u64,
    job_modify_index: u64,
    known_leader: bool,
    last_contact: u64,
    next_token: &'static str,
    warnings: String,
}

fn registers(done: Registered) -> Registers {
    let Registered { eval, eval_index, job_index, index, warnings } = done;
    Registers {
        eval_create_index: eval_index,
        eval,
        index,
        job_modify_index: job_index,
        known_leader: false,
        last_contact: 0,
        next_token: "",
        warnings,
    }
}

fn registered(done: Registered) -> HandlerResult {
    let index = done.index;
    Ok(Reply::value(&registers(done)).written(index))
}

/// The job of a submission, in the namespace that is decided by the parameters, the body and the job, in this order, and in
/// the region that the body, the parameters or the job name; `global` means the agent's own.
fn submitted(call: &Call<'_>, input: &Input) -> Result<Value, Refusal> {
    let mut job = input.get("Job").clone();
    let first =
        |given: [&str; 3], or: &str| given.into_iter().find(|text| !text.is_empty()).unwrap_or(or).to_owned();
    let text = |value: &Value, name: &str| field(value, name).as_str().unwrap_or("").to_owned();
    let (of_body, of_job) = (text(&input.0, "Namespace"), text(&job, "Namespace"));
    let namespace = first([call.request.query.get("namespace"), &of_body, &of_job], "default");
    let (of_body, of_job) = (text(&input.0, "Region"), text(&job, "Region"));
    let region = first([&of_body, call.request.query.get("region"), &of_job], REGION);
    if region != REGION {
        return Err(Refusal::failed("No path to region"));
    }
    set(&mut job, "Namespace", namespace.into());
    set(&mut job, "Region", region.into());
    Ok(job)
}

/// Sets a field under its own name, whatever case it came in.
fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|n, _| !n.eq_ignore_ascii_case(name));
        fields.insert(name.to_owned(), value);
    }
}

/// The source a job was made from.
fn source(call: &Call<'_>, input: &Input, job: &Value) -> Option<Submission> {
    let given = input.get("Submission");
    let given = Input(given.is_object().then(|| given.clone())?);
    let flags = given.map("VariableFlags").filter(|flags| !flags.is_empty());
    let namespace = field(job, "Namespace").as_str().unwrap_or(call.request.namespace()).to_owned();
    Some(Submission {
        format: given.text("Format").to_owned(),
        job_id: field(job, "ID").as_str().unwrap_or("").to_owned(),
        job_modify_index: 0,
        namespace,
        source: given.text("Source").to_owned(),
        variable_flags: flags,
        variables: given.text("Variables").to_owned(),
        version: 0,
    })
}

fn check_priority(priority: i64) -> Result<(), Refusal> {
    if priority == 0 || (1..=100).contains(&priority) {
        return Ok(());
    }
    Err(bad("Eval priority must be between 1 and 100 inclusively"))
}

/// Whether registrations are shut off for everybody but management.
fn admitted(call: &Call<'_>, rights: &Rights) -> Result<(), Refusal> {
    if call.state().catalog.scheduler.reject_job_registration && !rights.is_management() {
        let words = "Job registration, dispatch, and scale are disabled by the scheduler configuration";
        return Err(Refusal::new(403, words));
    }
    Ok(())
}

pub(super) fn register(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&REGISTRATION)?;
    let given = input.get("Job");
    if given.is_null() {
        return Err(bad("Job must be specified"));
    }
    let Some(own) = field(given, "ID").as_str() else {
        return Err(bad("Job ID hasn't been provided"));
    };
    if !id.is_empty() && own != id {
        return Err(bad("Job ID does not match name"));
    }
    let scales = |group: &Value| !field(group, "Scaling").is_null();
    let groups = field(given, "TaskGroups").as_array().map_or(&[][..], Vec::as_slice);
    if field(given, "Type") == "system" && groups.iter().any(scales) {
        return Err(bad("Task groups with job type system do not support scaling blocks"));
    }
    let eval_priority = input.number("EvalPriority");
    check_priority(eval_priority)?;
    let job = submitted(call, &input)?;
    let namespace = field(&job, "Namespace").as_str().unwrap_or("").to_owned();
    let rights = call.rights()?;
    admitted(call, &rights)?;
    let registration = Registration {
        submission: source(call, &input, &job),
        enforce: input.flag("EnforceIndex").then(|| input.index("JobModifyIndex")),
        eval_priority,
        preserve_counts: input.flag("PreserveCounts"),
        preserve_resources: input.flag("PreserveResources"),
        job,
    };
    if !rights.in_namespace(&namespace, &["submit-job", "register-job"]) {
        return Err(denied());
    }
    registered(call.world.register_job(&registration, &rights.accessor())?)
}

pub(super) fn deregister(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let query = &call.request.query;
    let flag = |name: &str| query.flag(name).map(|f| f.unwrap_or(false));
    let (purge, _) = (flag("purge")?, flag("global")?);
    let eval_priority = match query.get("eval_priority") {
        "" => 0,
        text => text.parse::<i64>().map_err(|_| {
            let error = format!("strconv.Atoi: parsing {text:?}: invalid syntax");
            Refusal::failed(format!("Failed to parse value of \"eval_priority\" ({text}) as a int: {error}"))
        })?,
    };
    // Nomad's own slip of the pen.
    let misspelt = |r: Refusal| Refusal::failed(r.text.replacen("delay\"", "delay\"q", 1));
    let no_shutdown_delay = flag("no_shutdown_delay").map_err(misspelt)?;
    check_priority(eval_priority.max(0))?;
    let namespace = call.request.namespace();
    let mut capabilities = vec!["submit-job", "purge-job"];
    if !purge {
        capabilities.push("deregister-job");
    }
    call.may(namespace, &capabilities)?;
    if id.is_empty() {
        return Err(Refusal::failed("missing job ID for deregistering"));
    }
    let stop = Stop { purge, eval_priority: eval_priority.max(0), no_shutdown_delay };
    let done = call.world.stop_job(&JobKey::new(namespace, id), stop).unwrap_or_default();
    let index = done.index;
    let eval = done.eval.map(|id| id.to_string()).unwrap_or_default();
    Ok(Reply::value(&json!({"EvalCreateIndex": done.eval_index, "EvalID": eval, "Index": index,
        "JobModifyIndex": done.job_index, "KnownLeader": false, "LastContact": 0, "NextToken": "",
        "VolumeEvalID": "", "VolumeEvalIndex": 0}))
    .written(index))
}

pub(super) fn evaluate(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let mut force = false;
    if !call.request.body.is_empty() {
        let input = call.request.json(&EVALUATION)?;
        match input.text("JobID") {
            "" => return Err(bad("Job ID must be specified")),
            given if !id.is_empty() && given != id => return Err(bad("JobID not same as job name")),
            _ => {}
        }
        force = field(input.get("EvalOptions"), "ForceReschedule").as_bool().unwrap_or(false);
    }
    let namespace = call.request.namespace();
    call.may(namespace, &["submit-job", "evaluate-job"])?;
    if id.is_empty() {
        return Err(Refusal::failed("missing job ID for evaluation"));
    }
    registered(call.world.evaluate_job(&JobKey::new(namespace, id), force)?)
}

/// What a dry run answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Plans<'a> {
    annotations: Annotations<'a>,
    created_evals: Option<Vec<OmitEmpty<Evaluation<'a>>>>,
    diff: &'a Option<Value>,
    #[serde(rename = "FailedTGAllocs")]
    failed: Option<&'a std::collections::BTreeMap<String, Arc<crate::sandbox::placement::Metric>>>,
    index: u64,
    job_modify_index: u64,
    next_periodic_launch: Option<Moment>,
    warnings: &'a str,
}

pub(super) fn plan(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&PLAN)?;
    let given = input.get("Job");
    if given.is_null() {
        return Err(bad("Job must be specified"));
    }
    let Some(own) = field(given, "ID").as_str() else {
        return Err(bad("Job must have a valid ID"));
    };
    if !id.is_empty() && own != id {
        return Err(bad("Job ID does not match"));
    }
    let job = submitted(call, &input)?;
    let rights = call.rights()?;
    let namespace = field(&job, "Namespace").as_str().unwrap_or("").to_owned();
    if !rights.in_namespace(&namespace, &["submit-job", "plan-job"]) {
        return Err(denied());
    }
    let planned = call.world.plan_job(&job, input.flag("Diff"))?;
    Ok(plans(&planned).written(planned.job_index))
}

fn plans(planned: &Planned) -> Reply {
    let stub =
        |alloc: &'_ Arc<Alloc>| serde_json::to_value(Stub::of(alloc, Parts::default())).unwrap_or_default();
    let preempted: Vec<Value> = planned.preempted.iter().map(stub).collect();
    let annotations = Annotations {
        desired: &planned.updates,
        preempted_allocs: (!preempted.is_empty()).then_some(preempted),
    };
    let created: Vec<_> = planned.created.iter().map(|e| OmitEmpty(Evaluation::of(e))).collect();
    Reply::value(&Plans {
        annotations,
        created_evals: (!created.is_empty()).then_some(created),
        diff: &planned.diff,
        failed: (!planned.failed.is_empty()).then_some(&planned.failed),
        index: planned.job_index,
        job_modify_index: planned.job_index,
        next_periodic_launch: planned.next_launch,
        warnings: &planned.warnings,
    })
}

/// The body of a write that repeats the id of the path.
fn matching(call: &Call<'_>, id: &str, shape: &Shape) -> Result<Input, Refusal> {
    let input = call.request.json(shape)?;
    match input.text("JobID") {
        "" => Err(bad("JobID must be specified")),
        given if given != id => Err(bad("Job ID does not match")),
        _ => Ok(input),
    }
}

pub(super) fn revert(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = matching(call, id, &REVERSION)?;
    let namespace = call.request.namespace();
    let rights = call.may(namespace, &["submit-job", "revert-job"])?;
    admitted(call, &rights)?;
    let prior = input.get("EnforcePriorVersion").as_u64();
    let key = JobKey::new(namespace, id);
    let done = call.world.revert_job(&key, input.index("JobVersion"), prior, &rights.accessor())?;
    let index = done.index;
    let mut reply = Reply::value(&registers(done)).written(index);
    reply.leader = Some(false);
    Ok(reply)
}

pub(super) fn stable(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = matching(call, id, &STABILITY)?;
    let namespace = call.request.namespace();
    call.may(namespace, &["submit-job", "stable-job"])?;
    let key = JobKey::new(namespace, id);
    let index = call.world.mark_stable(&key, input.index("JobVersion"), input.flag("Stable"))?;
    Ok(Reply::value(&json!({"Index": index})).written(index))
}

pub(super) fn scale(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let input = call.request.json(&SCALING)?;
    let target = Input(input.get("Target").clone());
    let other = |name: &str, own: &str| Some(target.text(name)).is_some_and(|t| !t.is_empty() && t != own);
    if other("Job", id) {
        return Err(bad("job ID in payload did not match URL"));
    }
    let namespace = call.request.namespace();
    let rights = call.may(namespace, &["scale-job", "submit-job"])?;
    admitted(call, &rights)?;
    if other("Namespace", namespace) {
        return Err(bad("namespace in payload did not match header"));
    }
    let scaling = Scaling {
        group: target.text("Group").to_owned(),
        count: input.get("Count").as_i64(),
        message: input.text("Message").to_owned(),
        error: input.flag("Error"),
        meta: input.get("Meta").as_object().cloned(),
        job_index: input.index("JobModifyIndex"),
    };
    let done = call.world.scale_job(&JobKey::new(namespace, id), scaling)?;
    let index = done.index;
    Ok(Reply::value(&Registers { known_leader: true, ..registers(done) }).written(index))
}

pub(super) fn force_periodic(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let namespace = call.request.namespace();
    call.may(namespace, &["dispatch-job", "submit-job", "force-periodic-job"])?;
    let (eval, index) = call.world.force_periodic(&JobKey::new(namespace, id))?;
    Ok(Reply::value(&json!({"EvalCreateIndex": index, "EvalID": eval, "Index": index})).written(index))
}

pub(super) fn dispatch(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&DISPATCH)?;
    let given = input.text("JobID");
    if !given.is_empty() && given != id {
        return Err(bad("Job ID does not match"));
    }
    let payload = input.text("Payload");
    let payload = base64::engine::general_purpose::STANDARD.decode(payload);
    let request = Dispatch {
        payload: payload.map_err(|_| bad("illegal base64 data at input byte 0"))?,
        meta: input.map("Meta").unwrap_or_default(),
        id_prefix: input.text("IdPrefixTemplate").to_owned(),
        priority: input.number("Priority"),
        idempotency_token: call.request.query.get("idempotency_token").to_owned(),
    };
    dispatched(call, id, request)
}

pub(super) fn dispatch_payload(call: &mut Call<'_>, id: &str) -> HandlerResult {
    call.only("PUT")?;
    let request = Dispatch {
        payload: call.request.body.to_vec(),
        idempotency_token: call.request.query.get("idempotency_token").to_owned(),
        ..Dispatch::default()
    };
    dispatched(call, id, request)
}

fn dispatched(call: &mut Call<'_>, id: &str, request: Dispatch) -> HandlerResult {
    let namespace = call.request.namespace();
    let rights = call.may(namespace, &["dispatch-job"])?;
    admitted(call, &rights)?;
    let done = call.world.dispatch_job(&JobKey::new(namespace, id), request)?;
    let Dispatched { job_id, eval, eval_index, job_index, index } = done;
    let eval = eval.map(|id| id.to_string()).unwrap_or_default();
    Ok(Reply::value(&json!({"DispatchedJobID": job_id, "EvalCreateIndex": eval_index, "EvalID": eval,
        "Index": index, "JobCreateIndex": job_index}))
    .written(index))
}

pub(super) fn tag(call: &mut Call<'_>, id: &str, name: &str) -> HandlerResult {
    let set = match call.request.method.as_str() {
        "DELETE" => None,
        "PUT" | "POST" => {
            let input = call.request.json(&TAG)?;
            Some((input.index("Version"), input.flag("Latest"), input.text("Description").to_owned()))
        }
        _ => return call.only("PUT").map(|()| Reply::empty()),
    };
    let namespace = call.request.namespace();
    call.may(namespace, &["submit-job", "tag-job-version"])?;
    let change = TagChange { name: name.to_owned(), set };
    let (index, tag) = call.world.tag_version(&JobKey::new(namespace, id), change)?;
    let (description, name, time) =
        tag.map_or_else(Default::default, |tag| (tag.description, tag.name, tag.tagged_time));
    Ok(Reply::value(
        &json!({"Description": description, "Index": index, "KnownLeader": false, "LastContact": 0,
        "Name": name, "NextToken": "", "TaggedTime": time}),
    ))
}

pub(super) fn parse(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    call.may(call.request.namespace(), &["parse-job", "submit-job"])?;
    let input = call.request.json(&PARSING)?;
    if input.text("JobHCL").is_empty() {
        return Err(bad("Job spec is empty"));
    }
    let job = crate::sandbox::jobspec::parse(input.text("JobHCL"), input.text("Variables"));
    let job = job.map_err(|words| bad(&format!("Failed to parse job: {words}")))?;
    Ok(Reply::value(&if input.flag("Canonicalize") {
        crate::sandbox::jobspec::canonicalize(job)
    } else {
        job
    }))
}

pub(super) fn validate(call: &mut Call<'_>) -> HandlerResult {
    call.only("PUT")?;
    let input = call.request.json(&VALIDATION)?;
    if input.get("Job").is_null() {
        return Err(bad("Job must be specified"));
    }
    let mut job = input.get("Job").clone();
    let namespace =
        field(&job, "Namespace").as_str().filter(|n| !n.is_empty()).unwrap_or("default").to_owned();
    set(&mut job, "Namespace", namespace.clone().into());
    call.may(&namespace, &["read-job"])?;
    let (errors, warnings) = call.world.validate_job(&job)?;
    let error = if errors.is_empty() { String::new() } else { many_errors(&errors) };
    let errors = (!errors.is_empty()).then_some(errors);
    Ok(Reply::value(&json!({"DriverConfigValidated": true, "Error": error, "ValidationErrors": errors,
        "Warnings": warnings})))
}
